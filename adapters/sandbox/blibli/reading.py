"""What can be read: lists of two generations, details, submissions, rejected ones, reference data (7.3, 8)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.sandbox.blibli.context import STORE, Context, Refusal, tree
from adapters.sandbox.blibli.queues import finished, head
from adapters.sandbox.blibli.state import CORRECTION, REJECTED, REVIEWED, Product, Queue, Variant

Json = Mapping[str, Any]
WIB = ZoneInfo("Asia/Jakarta")
V3_MOST, V2_MOST, FEED_MOST = 50, 100, 100
STATES = ("ACTIVE", "OOS", "ARCHIVED", "SUSPENDED", "NEED_CORRECTION", "IN_PROGRESS")


def paged(rows: Sequence[Any], page: int, size: int) -> list[Any]:
    """One page of `rows`, counted from 0."""
    return list(rows[page * size : (page + 1) * size])


def paging(total: int, page: int, size: int) -> dict[str, int]:
    """What a page of the newer family says of itself."""
    return {"pageNumber": page, "pageSize": size, "totalPage": -(-total // size), "totalRecord": total}


def page_of(body: Json, most: int) -> tuple[int, int]:
    """Page and size that a body asks for.

    Raises:
        Refusal: they cannot be given.
    """
    ask = body.get("paging") or {}
    page, size = int(ask.get("page", 0)), int(ask.get("size", most))
    if page < 0 or not 1 <= size <= most:
        raise Refusal("ERR-PA400090", f"(invented) size must be 1 to {most}")
    return page, size


# --- lists -----------------------------------------------------------------------------------------------------------


def list_v3(here: Context, body: Json) -> tuple[list[Json], dict[str, int]]:
    """Products by state; without one, those that are on sale: sold out ones are not among them (trap 6)."""
    ask = body.get("filter") or {}
    state = ask.get("state")
    if state is not None and state not in STATES:
        raise Refusal("ERR-PA400091", "(invented) state is unknown")
    page, size = page_of(body, V3_MOST)
    rows = [here.seen(p) for p in here.store.products.values() if _v3_state(here.seen(p)) == (state or "ACTIVE")]
    if ask.get("productSku"):
        rows = [p for p in rows if p.l3 == ask["productSku"]]
    elif ask.get("productName"):
        rows = [p for p in rows if str(ask["productName"]).casefold() in p.name.casefold()]
    rows = [] if here.fault == "empty_page" else rows
    return [_v3(p) for p in paged(rows, page, size)], paging(len(rows), page, size)


def _v3_state(product: Product) -> str:
    if product.state == CORRECTION:
        return "NEED_CORRECTION"
    if product.state == REVIEWED:
        return "IN_PROGRESS"
    if not product.live:
        return ""
    if product.suspended:
        return "SUSPENDED"
    if product.archived:
        return "ARCHIVED"
    return "ACTIVE" if any(v.stock for v in product.variants) else "OOS"


def _v3(product: Product) -> dict[str, Any]:
    prices, sales = [v.price for v in product.variants], [v.sale for v in product.variants]
    return {
        "product": {"code": product.code, "name": product.name, "sku": product.l3 if product.live else None,
                    "state": _v3_state(product), "url": {"blibli": f"https://www.blibli.com/p/-/ps--{product.l3}"}},
        "brand": product.brand, "category": {"code": product.category, "name": ""},
        "counter": {"stock": sum(v.stock for v in product.variants), "variant": len(product.variants)},
        "price": {"normal": {"min": min(prices), "max": max(prices)}, "sale": {"min": min(sales), "max": max(sales)}},
        "pickupPointCodes": [tree()["pickup_points"][0]["code"]],
        "images": [{"main": n == 0, "path": f"/{name}.jpg", "sequence": n}
                   for n, name in enumerate(product.variants[0].pictures)],
        "createdDate": _ms(product.created), "updatedDate": _ms(product.updated),
    }  # fmt: skip


def list_v2(here: Context, body: Json) -> tuple[list[Json], dict[str, int]]:
    """Live variants, sold out ones included, with their stock: the older list, and the only one with that."""
    page, size = int(body.get("page", 0)), int(body.get("size", V2_MOST))
    if not 1 <= size <= V2_MOST or page < 0:
        raise Refusal("ERR-MA400001", f"(invented) size must be 1 to {V2_MOST}")
    skus = body.get("merchantSkus")
    if isinstance(skus, list) and len(skus) > 50:
        raise Refusal("ERR-MA400002", "(invented) at most 50 merchantSkus")
    rows = [(p, v) for p, v in _live_variants(here) if _asked(p, v, body)]
    rows = [] if here.fault == "empty_page" else rows
    meta = {"pageSize": size, "pageNumber": page, "totalRecords": len(rows)}
    return [_v2(here, p, v) for p, v in paged(rows, page, size)], meta


def _live_variants(here: Context) -> Iterable[tuple[Product, Variant]]:
    for product in here.store.products.values():
        seen = here.seen(product)
        if seen.live:
            yield from ((seen, variant) for variant in seen.variants)


def _asked(product: Product, variant: Variant, body: Json) -> bool:
    archived = body.get("isArchive")
    if archived is not None and bool(archived) is not product.archived:
        return False
    if body.get("merchantSkus") and variant.sku not in body["merchantSkus"]:
        return False
    if body.get("gdnSku") and body["gdnSku"] != variant.l4:
        return False
    name = body.get("productName")
    return not name or str(name).casefold() in product.name.casefold()


def shown(here: Context, product: Product, variant: Variant) -> bool:
    """Whether buyers see it."""
    offline = product.reviewed_again and here.on("content_review", "PRELIVE")
    return variant.buyable and not (product.archived or product.suspended or offline or here.store.holiday)


def _v2(here: Context, product: Product, variant: Variant) -> dict[str, Any]:
    on = shown(here, product, variant)
    campaign = here.promotion(variant)
    return {
        "gdnSku": variant.l4, "productName": variant.name, "productItemCode": variant.code, "productSku": product.l3,
        "merchantSku": variant.sku, "regularPrice": float(variant.price), "sellingPrice": float(variant.sale),
        "stockAvailableLv1": 0 if here.on("stock_level_1", "zero") else variant.stock, "stockReservedLv1": 0,
        "stockAvailableLv2": variant.stock, "stockReservedLv2": campaign.reserve if campaign else 0, "productType": 1,
        "pickupPointCode": tree()["pickup_points"][0]["code"], "pickupPointName": "", "displayable": on, "buyable": on,
        "image": f"/{variant.pictures[0]}.jpg" if variant.pictures else None, "synchronizeStock": True,
        "promoBundling": False, "isArchive": product.archived, "review": product.reviewed_again,
        "suspended": product.suspended, "wholesalePriceActivated": None, "createdDate": _ms(product.created),
    }  # fmt: skip


def variants_list(here: Context, product: Product | None) -> list[Json]:
    """Every variant of one product; the row's shape is invented."""
    if product is None or not product.live:
        raise Refusal("ERR-PA404012", "(invented) product is not found", 404)
    return [
        {"blibliSku": v.l4, "sellerSku": v.sku, "name": v.name, "attributesMap": v.attributes,
         "price": {"regular": float(v.price), "sale": float(v.sale)}, "stock": v.stock}
        for v in here.seen(product).variants
    ]  # fmt: skip


# --- submissions -----------------------------------------------------------------------------------------------------


def submissions(here: Context, body: Json) -> tuple[list[Json], dict[str, int]]:
    """What is in review or sent back; what still stands in a queue is not here."""
    ask = body.get("filter") or {}
    state = ask.get("state", "ALL")
    if state not in ("ALL", REVIEWED, CORRECTION):
        raise Refusal("ERR-PA400092", "(invented) state is unknown")
    page, size = page_of(body, V3_MOST)
    rows = [p for p in here.store.products.values() if p.state in (REVIEWED, CORRECTION)]
    rows = [p for p in rows if state in ("ALL", p.state)]
    if ask.get("sellerSku"):
        rows = [p for p in rows if any(v.sku == ask["sellerSku"] for v in p.variants)]
    rows = [] if here.fault == "empty_page" else rows
    return [submission(here, p) for p in paged(rows, page, size)], paging(len(rows), page, size)


def submission(here: Context, product: Product) -> dict[str, Any]:
    """One submission's row."""
    known = here.on("submission_sku", "present")
    return {
        "product": {
            "code": product.code, "sku": product.l3 if known else None, "name": product.name, "videoUrl": None,
            "description": base64.b64encode(product.description.encode()).decode(),
            "revisionNotes": product.notes or None, "state": product.state, "createdDate": _ms(product.created),
        },
        "productItems": [{"name": v.name, "code": v.code, "upcCode": None} for v in product.variants],
    }  # fmt: skip


def in_process(here: Context, page: int, size: int) -> tuple[list[Json], dict[str, int]]:
    """The older list of what is in review."""
    rows = [p for p in here.store.products.values() if p.state == REVIEWED]
    meta = {"pageSize": size, "pageNumber": page, "totalRecords": len(rows)}
    return [{"productCode": p.code, "productName": p.name, "state": p.state} for p in paged(rows, page, size)], meta


def rejected(here: Context, sku: str) -> list[Json]:
    """What was refused for good, by seller SKU alone."""
    return [
        {"productName": p.name, "categoryName": p.category, "brand": p.brand, "submitDate": _ms(p.created),
         "initiator": "(invented) QC", "rejectedReason": p.notes, "rejectedDate": _ms(p.updated), "productCode": p.code}
        for p in here.store.products.values()
        if p.state == REJECTED and any(v.sku == sku for v in p.variants)
    ]  # fmt: skip


# --- details ---------------------------------------------------------------------------------------------------------


def detail_v1(here: Context, l4: str) -> dict[str, Any]:
    """The older detail: weight in kilograms (trap 9)."""
    found = here.store.of_l4(l4)
    if found is None:
        raise Refusal("ERR-MA404001", "(invented) product is not found", 404)
    product = here.seen(found[0])
    return {
        "productSku": product.l3, "productCode": product.code, "businessPartnerCode": STORE,
        "productName": product.name, "productType": 1, "categoryCode": product.category, "categoryHierarchy": "",
        "brand": product.brand, "description": product.description,
        "items": [_item(here, product, v) for v in product.variants],
        "attributes": [{"attributeCode": k, "attributeType": "", "values": [v], "skuValue": False, "attributeName": k,
                        "variantCreation": False, "mandatory": False} for k, v in product.attributes.items()],
        "enableEdit": not product.suspended, "suspended": product.suspended, "forceReview": product.reviewed_again,
        "url": "",
    }  # fmt: skip


def _item(here: Context, product: Product, variant: Variant) -> dict[str, Any]:
    length, width, height, weight = (product.size or [0, 0, 0, 0])[:4]
    on = shown(here, product, variant)
    return {
        "itemSku": variant.l4, "skuCode": variant.code, "merchantSku": variant.sku, "upcCode": None, "length": length,
        "width": width, "height": height, "weight": weight / 1000, "shippingWeight": weight / 1000,
        "dangerousGoodsLevel": 0, "pickupPointCode": tree()["pickup_points"][0]["code"], "availableStockLevel1": 0,
        "availableStockLevel2": variant.stock, "reservedStockLevel2": 0, "minimumStock": variant.minimum,
        "synchronizeStock": True, "off2OnActiveFlag": False,
        "prices": [{"channelId": "DEFAULT", "price": float(variant.price), "salePrice": float(variant.sale)}],
        "viewConfigs": [{"channelId": "DEFAULT", "display": on, "buyable": on}],
        "images": [{"mainImage": n == 0, "sequence": n, "locationPath": f"/{name}.jpg"}
                   for n, name in enumerate(variant.pictures)],
        "archived": product.archived, "rejected": False,
    }  # fmt: skip


# --- queues ----------------------------------------------------------------------------------------------------------


def feed_detail(here: Context, queue: Queue | None, page: int, size: int) -> dict[str, Any]:
    """One queue and the rows it has told of so far."""
    if queue is None:
        raise Refusal("ERR-MA404002", "(invented) queue is not found", 404)
    if not 0 <= size <= FEED_MOST:
        raise Refusal("ERR-MA400003", f"(invented) size must be 0 to {FEED_MOST}")
    rows = [] if here.fault == "empty_page" or size == 0 else paged(queue.history, page, size)
    return {"queueFeed": head(queue), "queueHistory": rows}


def feed_list(here: Context, day: str, action: str, status: str) -> list[Json]:
    """The queues of one day (Jakarta), by action and status."""

    def dated(queue: Queue) -> str:
        return datetime.fromtimestamp(queue.at, WIB).date().isoformat()

    queues = [q for q in here.store.queues.values() if dated(q) == day and q.action == action]
    return [head(q) for q in queues if (status == "FINISHED") is finished(q)]


# --- reference data --------------------------------------------------------------------------------------------------


def categories(here: Context) -> list[Json]:
    """The whole tree."""
    found = tree()
    return [
        {"categoryCode": parent["code"], "categoryName": parent["name"], "children": [
            {"categoryCode": leaf["code"], "categoryName": leaf["name"], "children": []}
            for leaf in found["leaves"] if leaf["parent"] == parent["code"] and leaf["code"] not in here.store.closed]}
        for parent in found["parents"]
    ]  # fmt: skip


def attributes(here: Context, category: str) -> list[Json]:
    """The attributes of one category, those that make variants included."""
    leaf = next((one for one in tree()["leaves"] if one["code"] == category), None)
    if leaf is None or category in here.store.closed:
        raise Refusal("ERR-PA404020", "(invented) category is not found", 404)
    names = [*leaf["attributes"], *tree()["variant_creating"], "FA-2000060"]
    return [
        {"code": code, "name": known["name"], "nameLocale": {"ID": known["name"], "EN": known["name"]},
         "mandatory": code in leaf["required"], "type": known["type"], "variantCreating": known["variant"],
         "specialAttribute": False, "options": known["options"]}
        for code in names for known in [tree()["attributes"][code]]
    ]  # fmt: skip


def brands(name: str, page: int, size: int) -> tuple[list[Json], dict[str, int]]:
    """Approved brands whose name begins so."""
    rows = [b for b in tree()["brands"] if b["name"].casefold().startswith(name.casefold())]
    found = [{"code": b["code"], "brandName": b["name"], "brandApprovalStatus": "APPROVED"} for b in rows]
    return paged(found, page, size), {"pageSize": size, "pageNumber": page, "totalRecords": len(found)}


def _ms(epoch: float) -> int:
    return int(epoch * 1000)
