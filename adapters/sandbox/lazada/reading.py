"""Products as the marketplace shows them (facts, sections 7.8 to 7.10)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.lazada.context import Answer, Ask, Context
from adapters.sandbox.lazada.errors import Refusal, malformed, numbered
from adapters.sandbox.lazada.judging import WIB
from adapters.sandbox.lazada.state import Item, Sku

LIST = frozenset({"filter", "limit", "offset", "create_after", "create_before", "update_after", "update_before",
                  "options", "sku_seller_list"})  # fmt: skip
OFFSET_MOST, SKUS_MOST = 10_000, 100
MANY_VARIANTS, SMALL_PAGE = 10, 20
"""A page above 20 with a product of more than 10 variants runs into ServiceTimeout (facts, sections 5 and 7.8)."""

FILTERS: Mapping[str, Callable[[Item], bool]] = {
    "all": lambda item: item.state != "deleted",
    "live": lambda item: item.shown == "Active",
    "inactive": lambda item: item.shown == "InActive",
    "deleted": lambda item: item.state == "deleted",
    "pending": lambda item: item.state == "pending",
    "rejected": lambda item: item.state == "rejected",
    "sold-out": lambda item: item.shown == "Active" and not any(sku.sellable for sku in item.living),
}


def ms(stamp: float) -> str:
    """Milliseconds since 1970, as text."""
    return str(int(stamp * 1000))


def products(here: Context, ask: Ask) -> Answer:
    """GET /products/get."""
    wanted = FILTERS.get(ask.get("filter"))
    if wanted is None:
        raise numbered("36", "Invalid status filter")
    limit = number(ask, "limit", 20, 1, int(here.switches["lazada.list_limit"]), "19")
    offset = number(ask, "offset", 0, 0, OFFSET_MOST, "14")
    skus = _skus(ask.get("sku_seller_list"))
    created = window(ask, "create_after", "create_before")
    updated = window(ask, "update_after", "update_before")
    found = [
        item for item in here.seen(listed=True, only=None if skus is None else here.named(skus))
        if wanted(item) and created[0] <= item.created <= created[1] and updated[0] <= item.updated <= updated[1]
        and (skus is None or any(sku.seller_sku in skus for sku in item.skus))
    ]  # fmt: skip
    if here.fault == "empty_page":
        return Answer({"products": []})
    page = found[offset : offset + limit]
    if limit > SMALL_PAGE and any(len(item.living) > MANY_VARIANTS for item in page):
        raise Refusal("ServiceTimeout", "the service did not answer in time; ask for less", "SYSTEM")
    total = {"total_products": len(found)} if here.on("total_products", "present") else {}
    return Answer({**total, "products": [shown(here, item) for item in page]})


def _skus(given: str) -> frozenset[str] | None:
    if not given:
        return None
    try:
        found = json.loads(given)
    except (ValueError, RecursionError):
        raise malformed("sku_seller_list is no JSON list") from None
    if not isinstance(found, list) or len(found) > SKUS_MOST or not all(isinstance(one, str) for one in found):
        raise malformed(f"sku_seller_list is no list of up to {SKUS_MOST} texts")
    return frozenset(found)


def number(ask: Ask, name: str, usual: int, least: int, most: int, code: str) -> int:
    """A whole number among the parameters.

    Raises:
        Refusal: it is none, or out of bounds.
    """
    given = ask.get(name)
    if not given:
        return usual
    if not given.isdecimal() or len(given) > 9 or not least <= int(given) <= most:
        raise numbered(code, f"Invalid {name}")
    return int(given)


def window(ask: Ask, after: str, before: str) -> tuple[float, float]:
    """From when to when, in seconds since 1970.

    Raises:
        Refusal: a time is not ISO 8601 with an offset.
    """
    return iso_moment(ask.get(after), 0.0), iso_moment(ask.get(before), 1e15)


def iso_moment(given: str, otherwise: float) -> float:
    """ISO 8601 with an offset as seconds since 1970; a space in its place was a plus on the way here.

    Raises:
        Refusal: it is no such time.
    """
    if not given:
        return otherwise
    try:
        found = datetime.fromisoformat(given.replace(" ", "+"))
        return found.timestamp() if found.tzinfo is not None else _no_date(given)
    except (ValueError, OverflowError):
        return _no_date(given)


def _no_date(given: str) -> float:
    raise numbered("17", f"Invalid Date Format: {given[:40]}")


def product(here: Context, ask: Ask) -> Answer:
    """GET /product/item/get?item_id=: `seller_sku` is dead (facts, section 7.9)."""
    given = ask.get("item_id")
    if not given.isdecimal() or len(given) > 19:
        raise numbered("208", "the product does not exist")
    item = next(here.seen(listed=False, only=[int(given)]), None)
    if item is None or item.state == "deleted":
        raise numbered("208", "the product does not exist")
    row = shown(here, item)
    if here.on("item_keys", "camel"):
        row = {_CAMEL.get(name, name): value for name, value in row.items()}
    return Answer(row)


_CAMEL = {"item_id": "itemId", "created_time": "createdTime", "updated_time": "updatedTime",
          "primary_category": "primaryCategory", "images": "productImageList",
          "marketImages": "marketImageList"}  # fmt: skip


def shown(here: Context, item: Item) -> dict[str, Any]:
    """A product with its SKUs."""
    rejected = item.state == "rejected"
    row: dict[str, Any] = {
        "item_id": item.id, "primary_category": int(item.category), "status": item.shown,
        "created_time": ms(item.created), "updated_time": ms(item.updated), "images": item.images, "marketImages": [],
        "trialProduct": False, "attributes": item.attributes, "variation": _variation(item),
        "subStatus": {"banned": "Lock", "rejected": "Reject", "pending": "Pending"}.get(item.state, ""),
        "suspendedSkus": [{"SkuId": sku.id} for sku in item.living] if item.state == "banned" else [],
        "rejectReason": [{"suggestion": item.reason, "violationDetail": item.reason}] if rejected else [],
        "hiddenStatus": "", "hiddenReason": "",
    }  # fmt: skip
    row["skus"] = [_sku(here, item, sku) for sku in (item.living or item.skus)]
    return row


def _variation(item: Item) -> dict[str, Any]:
    return {
        f"Variation{number}": {"name": axis["name"], "options": axis["options"], "hasImage": axis["hasImage"],
                               "customize": axis["customize"], "label": axis["name"]}
        for number, axis in enumerate(item.variation, 1)
    }  # fmt: skip


def _sku(here: Context, item: Item, sku: Sku) -> dict[str, Any]:
    sizes = {name: value for name, value in sku.package.items() if name.startswith("package_")}
    return {
        "SkuId": sku.id, "SellerSku": sku.seller_sku, "ShopSku": item.shop_sku(sku), "Status": sku.status,
        "quantity": sku.sellable, "Available": sku.sellable, "price": float(sku.price),
        "special_price": float(sku.special or 0), "special_from_time": sku.special_from[:16],
        "special_to_time": sku.special_to[:16], **sizes, "saleProp": sku.sale_prop, **sku.sale_prop,
        "Images": sku.images, "Url": f"https://www.lazada.co.id/-i{item.id}-s{sku.id}.html",
        "multiWarehouseInventories": [_place(sku, place["code"], n == 0) for n, place in enumerate(here.warehouses())],
        "fblWarehouseInventories": [],
        "channelInventories": [
            {"channelName": f"campaign-{one.id}", "startTime": _minute(one.start), "endTime": _minute(one.end),
             "sellableQuantity": one.reserve}
            for one in here.campaigns(sku) if one.reserve
        ],
    }  # fmt: skip


def _place(sku: Sku, code: str, default: bool) -> dict[str, Any]:
    """A warehouse's part: orders take from the default one."""
    sellable = sku.stock if default else sku.elsewhere.get(code, 0)
    occupied, withheld = (sku.occupied, sku.withheld) if default else (0, 0)
    return {"warehouseCode": code, "quantity": sellable, "totalQuantity": sellable + occupied + withheld,
            "sellableQuantity": sellable, "occupyQuantity": occupied, "withholdQuantity": withheld}  # fmt: skip


def _minute(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, UTC).astimezone(WIB).strftime("%Y-%m-%d %H:%M")


def on_sale(sku: Sku, now: float) -> bool:
    """Whether the special price holds now: by its dates, or for ever without them."""
    begins, ends = _at(sku.special_from, 0.0), _at(sku.special_to, 1e15)
    return bool(sku.special) and begins <= now <= ends


def _at(day: str, otherwise: float) -> float:
    return datetime.strptime(day, "%Y-%m-%d %H:%M:%S").replace(tzinfo=WIB).timestamp() if day else otherwise


def item_limit(here: Context, _ask: Ask) -> Answer:
    """GET /product/seller/item/limit."""
    counted = {"onlineItemCount": here.shop.active_items(), "itemLimit": here.shop.active_most, "payItemCnt": 0,
               "payByrCnt": 0}  # fmt: skip
    return Answer(counted, {"success": True, "errorCodes": [], "errorMsgs": []})


def qc_alerts(here: Context, ask: Ask) -> Answer:
    """GET /product/qc/alert/list: live products that will be taken off, as their category is closed."""
    offset = number(ask, "offset", 0, 0, OFFSET_MOST, "14")
    limit = number(ask, "limit", 20, 1, 100, "19")
    rows = [
        {"productId": item.id, "categoryId": int(item.category), "deactivationTime": int(here.now + 7 * 86_400) * 1000,
         "suggestionCategories": []}
        for item in here.seen(listed=True) if item.state == "good" and item.category in here.shop.closed
    ]  # fmt: skip
    return Answer(rows[offset : offset + limit])
