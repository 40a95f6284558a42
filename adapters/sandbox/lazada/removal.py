"""Products and SKUs taken off, and removed (facts, sections 7.6 and 7.7)."""

from __future__ import annotations

import json

from adapters.sandbox.lazada import review
from adapters.sandbox.lazada.context import Answer, Ask, Context
from adapters.sandbox.lazada.documents import document, inner, objects, text, texts
from adapters.sandbox.lazada.errors import Refusal, malformed, numbered, umbrella, unsupported
from adapters.sandbox.lazada.products import item_of
from adapters.sandbox.lazada.state import Item, Sku

ROWS_MOST = 50
PREFIX = "SkuId_"


def deactivate(here: Context, ask: Ask) -> Answer:
    """POST /product/deactivate, whose document is in `apiRequestBody`; without SKUs the whole product goes off."""
    node = inner(document(ask.get("apiRequestBody")), "Product")
    item_id = text(node, "ItemId")
    if not item_id:
        raise Refusal("E0001", "ItemId is missing")
    item = here.shop.items.get(int(item_id)) if item_id.isdecimal() and len(item_id) < 20 else None
    if item is None or item.state == "deleted":
        raise Refusal("E0002", "the product does not exist")
    if "SellerSku" in inner(node, "Skus"):
        raise numbered("4193", "SellerSku is no key any more")
    ids = texts(inner(node, "Skus"), "SkuId")
    chosen = [sku for sku in item.living if not ids or str(sku.id) in ids]
    if not chosen or len(chosen) < len(set(ids)):
        raise Refusal("E0003", "the SKU does not exist")
    if all(sku.status == "inactive" for sku in chosen):
        raise Refusal("E0004", "the product is inactive already")
    here.remember(item, listed_late=True)
    for sku in chosen:
        sku.status = "inactive"
    item.updated = here.now
    return Answer({})


def remove(here: Context, ask: Ask) -> Answer:
    """POST /product/remove: up to 50 SKUs; a product without any is removed with them."""
    if ask.get("seller_sku_list"):
        raise unsupported("seller_sku_list is not supported any more")
    found: list[tuple[Item, Sku]] = []
    failed: list[dict[str, str]] = []
    for name in _names(ask.get("sku_id_list")):
        item_id, _, sku_id = name.removeprefix(PREFIX).partition("_")
        pair = here.find(item_id, sku_id) if name.startswith(PREFIX) else None
        if pair is None:
            failed.append({"sku": name, "message": "ITEM_NOT_FOUND: the SKU does not exist or is deleted"})
        else:
            found.append(pair)
    if here.fault in ("reject_row", "partial_batch") and found:
        failed += [{"sku": f"{PREFIX}{item.id}_{sku.id}", "message": "(invented) refused by a rule of the shop"}
                   for item, sku in found[-1:]]  # fmt: skip
        found = found[:-1]
    if not failed or here.on("refused_rest", "applied"):
        for item, sku in found:
            _gone(here, item, sku)
    if failed:
        raise umbrella("503", "Remove product failed", failed)
    return Answer({})


def _names(given: str) -> list[str]:
    if not given:
        raise unsupported("sku_id_list is missing")
    try:
        names = json.loads(given)
    except (ValueError, RecursionError):
        raise malformed("sku_id_list is no JSON list") from None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise malformed("sku_id_list is no list of texts")
    if len(names) > ROWS_MOST:
        raise numbered("4171", f"at most {ROWS_MOST} SKUs")
    return names


def _gone(here: Context, item: Item, sku: Sku) -> None:
    here.remember(item, listed_late=True)
    sku.status, item.updated = "deleted", here.now
    if not item.living:
        item.state, item.review_ends = "deleted", None


def sku_remove(here: Context, ask: Ask) -> Answer:
    """POST /product/sku/remove: SKUs, and the names of variations to drop; not the last SKU."""
    node = inner(document(ask.get("payload"), json_taken=here.on("stock_json", "accepted")), "Product")
    item = item_of(here, text(node, "ItemId"))
    ids = [text(row, "SkuId") for row in objects(inner(node, "Skus"), "Sku")]
    gone = [sku for sku in item.living if str(sku.id) in ids]
    if not gone or len(gone) < len(set(ids)):
        raise numbered("4137", "the SKU does not exist")
    if len(gone) == len(item.living):
        raise umbrella("501", "Update product failed", [{"field": "Skus", "message": "not every SKU can be removed"}])
    dropped = {text(inner(node, "variation", name), "name") for name in inner(node, "variation")}
    _droppable(item, gone, dropped)
    for sku in gone:
        _gone(here, item, sku)
    item.variation = [axis for axis in item.variation if axis["name"] not in dropped]
    for sku in item.living:
        sku.sale_prop = {name: value for name, value in sku.sale_prop.items() if name not in dropped}
    if here.on("edit_review", "pending") and item.state == "good":
        review.begin(here, item)
    return Answer({})


def _droppable(item: Item, gone: list[Sku], dropped: set[str]) -> None:
    """Whether those that stay still differ without the variations that are dropped."""
    stay = [tuple(sorted((name, value) for name, value in sku.sale_prop.items() if name not in dropped))
            for sku in item.living if sku not in gone]  # fmt: skip
    if len(set(stay)) < len(stay):
        raise numbered("4112", "two SKUs would have the same saleProp")
