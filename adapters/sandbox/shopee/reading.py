"""Every way to read listings (facts, section 3.4), and how a listing looks in an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.shopee.context import Context, tree
from adapters.sandbox.shopee.errors import Refusal, not_found, param
from adapters.sandbox.shopee.judging import DATE
from adapters.sandbox.shopee.state import Item, Model

ITEMS_MOST = 50
PAGE_MOST = 100
TAX_PERCENT = 11
DEEPEST = 10_000
"""Offsets beyond this are refused; the number is nowhere published."""

STATUSES = frozenset({"NORMAL", "BANNED", "UNLIST", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"})


# --- how a listing looks ---------------------------------------------------------------------------------------------


def write_echo(item: Item) -> dict[str, Any]:
    """The echo of a write: price_info an object here (an array in reads), weight a number (a string in reads)."""
    return {
        "item_id": item.item_id, "item_status": item.status, "item_name": item.name,
        "description": item.description, "category_id": item.category_id,
        "images": {"image_id_list": item.images, "image_url_list": [_url(i) for i in item.images]},
        "weight": item.weight, "dimension": item.dimension or {}, "condition": item.condition,
        "logistic_info": [{"logistic_id": row["logistic_id"], "enabled": row["enabled"]} for row in item.logistics],
        "brand": {"brand_id": item.brand_id, "original_brand_name": _brand_name(item.brand_id)},
        "pre_order": _pre_order(item),
    }  # fmt: skip


def _url(image: str) -> str:
    return f"https://img.example/{image}"


def _brand_name(brand: int) -> str:
    """Sent as "No Brand", read as "NoBrand" (facts, section 3.1)."""
    return str(tree()["brands"].get(str(brand), "NoBrand"))


def _pre_order(item: Item) -> dict[str, Any]:
    days = tree()["leafs"][str(item.category_id)]["non_pre_order_days_to_ship"]
    return item.pre_order or {"is_pre_order": False, "days_to_ship": days}


def price_info(here: Context, model: Model) -> list[dict[str, Any]]:
    """Prices in reads: an array; the inflated ones are what a buyer sees, tax included (facts, section 3.6)."""
    current = model.sale_price or model.price
    percent = 100 if here.on("inflated_price", "equal") else 100 + TAX_PERCENT
    return [{
        "currency": "IDR", "original_price": model.price, "current_price": current,
        "inflated_price_of_original_price": model.price * percent // 100,
        "inflated_price_of_current_price": current * percent // 100,
    }]  # fmt: skip


def stock_info(here: Context, item: Item, model: Model) -> dict[str, Any]:
    """Stock in reads: a running promotion has moved its pieces out of the seller's stock."""
    moved = sum(p.reserve for p in here.promotions(item, model) if here.ongoing(p))
    own = max(0, model.stock - moved)
    row: dict[str, Any] = {"stock": own, "if_saleable": True}
    if not here.on("location_in_reads", "absent"):
        row["location_id"] = item.located or ("IDZ" if here.on("location_in_reads", "id") else "")
    return {
        "summary_info": {"total_reserved_stock": moved, "total_available_stock": own},
        "seller_stock": [row],
        "shopee_stock": [],
    }


def _base_info(here: Context, item: Item) -> dict[str, Any]:
    category = here.category(item)
    mandatory = tree()["leafs"][str(category)]["mandatory"]
    info: dict[str, Any] = {
        "item_id": item.item_id, "category_id": category,
        "item_name": item.name, "description": item.description, "item_sku": item.sku,
        "create_time": int(item.created), "update_time": int(item.updated), "item_status": item.status,
        "has_model": bool(item.models), "has_promotion": bool(here.promotions(item)), "weight": f"{item.weight:g}",
        "dimension": item.dimension or {}, "condition": item.condition, "item_dangerous": item.dangerous,
        "image": {"image_id_list": item.images, "image_url_list": [_url(i) for i in item.images]},
        "attribute_list": [_attribute(row, mandatory) for row in item.attributes],
        "logistic_info": [_courier(row) for row in item.logistics],
        "pre_order": _pre_order(item), "deboost": "false", "description_type": "normal",
        "brand": {"brand_id": item.brand_id, "original_brand_name": _brand_name(item.brand_id)},
        "tag": {"kit": False},
    }  # fmt: skip
    if item.gtin:
        info["gtin_code"] = item.gtin
    if not item.models:
        info["price_info"] = price_info(here, item.plain)
        info["stock_info_v2"] = stock_info(here, item, item.plain)
    return info


def _attribute(row: dict[str, Any], mandatory: Sequence[str]) -> dict[str, Any]:
    attribute = tree()["attributes"][str(row["attribute_id"])]
    values = [_value(attribute, value) for value in row.get("attribute_value_list") or []]
    return {
        "attribute_id": row["attribute_id"], "original_attribute_name": attribute["name"],
        "is_mandatory": str(row["attribute_id"]) in mandatory, "attribute_value_list": values,
    }  # fmt: skip


def _value(attribute: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """A value as it is read: a known one by Shopee's own name; a date as a date, though sent as a timestamp (3.9)."""
    value_id, name = value.get("value_id", 0), value.get("original_value_name") or ""
    if value_id:
        name = attribute["values"][str(value_id)]
    elif attribute["input_validation_type"] == DATE:
        name = f"{datetime.fromtimestamp(int(name), UTC):%d/%m/%Y}"
    return {"value_id": value_id, "original_value_name": name, "value_unit": value.get("value_unit", "")}


def _courier(row: dict[str, Any]) -> dict[str, Any]:
    names = {c["logistics_channel_id"]: c["logistics_channel_name"] for c in tree()["couriers"]}
    return {
        "logistic_id": row["logistic_id"], "logistic_name": names.get(row["logistic_id"], ""),
        "enabled": row["enabled"], "is_free": bool(row.get("is_free", False)), "estimated_shipping_fee": 9000,
    }  # fmt: skip


# --- the calls -------------------------------------------------------------------------------------------------------


def get_item_list(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Page through items by offset; the key is `item`. The newest stand first, so pages shift while items come in."""
    offset, size = ask["offset"], ask["page_size"]
    _page_size(size)
    if offset > DEEPEST:
        raise param("get items offset over limit, please use the next field")
    wanted = set(ask["item_status"])
    if not wanted or not wanted <= STATUSES:
        raise Refusal("product.error_param_item_status", "Invalid item_status.")
    since, until = ask.get("update_time_from"), ask.get("update_time_to")
    if since is not None and until is not None and since >= until:
        raise Refusal("product.error_update_time_range", "update_time_to should be greater than update_time_from.")
    now = here.now
    rows = [
        item for item in _seen(here)
        if item.status in wanted and (since is None or int(item.updated) >= since)
        and (until is None or int(item.updated) <= until) and item.listed_at <= now
    ]  # fmt: skip
    page = [] if here.fault == "empty_page" else rows[offset : offset + size]
    more = offset + size < len(rows) and here.fault != "empty_page"
    last = 0 if here.on("page_end_offset", "zero") else len(rows)
    return {
        "item": [
            {"item_id": i.item_id, "item_status": i.status, "update_time": int(i.updated), "tag": {"kit": False}}
            for i in page
        ],
        "total_count": len(rows), "has_next_page": more, "next_offset": offset + size if more else last,
    }  # fmt: skip


def get_item_base_info(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Up to 50 items; ids that do not exist are silently missing, and if none exists the call fails."""
    found = _asked(here, ask)
    if here.fault == "empty_page":
        found = []
    elif not found:
        raise not_found()
    return {"item_list": [_base_info(here, item) for item in found]}


def get_item_extra_info(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """How often items were sold and seen; nobody looks at or rates anything here."""
    sold: Counter[int] = Counter()
    for order in here.shop.orders.values():
        for line in order.lines:
            sold[line.item_id] += line.quantity
    rows = [
        {"item_id": item.item_id, "sale": sold[item.item_id], "views": 0, "likes": 0, "rating_star": 0.0,
         "comment_count": 0}
        for item in _asked(here, ask)
    ]  # fmt: skip
    if not rows:
        raise not_found()
    return {"item_list": rows}


def get_item_violation_info(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Why items are banned; an id that does not exist is a row with an error of its own."""
    rows: list[dict[str, Any]] = []
    found = {item.item_id: item for item in _asked(here, ask)}
    for item_id in ask["item_id_list"]:
        item = found.get(item_id)
        if item is None:
            missing = {"fail_error": "error_item_not_found", "fail_message": "Product not found"}
            rows.append({"item_id": item_id, **missing})
            continue
        ban = {"violation_type": "Prohibited Listing", "violation_reason": "License Reason",
               "suggestion": "Upload license", "update_time": int(item.updated)}  # fmt: skip
        rows.append({
            "item_id": item.item_id, "item_name": item.name, "item_status": item.status, "deboost": False,
            "item_status_details": [ban] if item.status == "BANNED" else [], "deboost_details": [],
        })  # fmt: skip
    return {"item_list": rows}


def _asked(here: Context, ask: dict[str, Any]) -> list[Item]:
    ids = ask["item_id_list"]
    if not 1 <= len(ids) <= ITEMS_MOST:
        raise param("item_id_list length should be between 1 to 50.")
    return [item for item in (here.seen(i) for i in dict.fromkeys(ids)) if item is not None]


def search_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Find by SKU or name, with a lag behind writes; SKU wins over name. The cursor is opaque."""
    size, sku, name = ask["page_size"], ask.get("item_sku"), ask.get("item_name")
    _page_size(size)
    if not sku and not name and ask.get("attribute_status") is None:
        raise param("item_name and attribute_status cannot be empty at the same time")
    everything = here.on("search_default", "all")
    wanted = frozenset(ask.get("item_status") or (STATUSES if everything else ["NORMAL"]))
    fits = _sku_hit(here, sku) if sku else _name_hit(name or "")
    now = here.now
    rows = [item for item in _seen(here) if (shown := item.shown(now)) and shown[3] in wanted and fits(shown)]
    start = _cursor(ask.get("offset") or "")
    page = [] if here.fault == "empty_page" else rows[start : start + size]
    following = f"p{start + size}" if start + size < len(rows) else ""
    return {"item_id_list": [i.item_id for i in page], "total_count": len(rows), "next_offset": following}


def _sku_hit(here: Context, sku: str) -> Callable[[Sequence[Any]], bool]:
    models, prefix = here.on("search_covers_models", "yes"), here.on("search_sku", "prefix")

    def hit(shown: Sequence[Any]) -> bool:
        skus = shown[2] if models else shown[2][:1]
        return any(own.startswith(sku) for own in skus) if prefix else sku in skus

    return hit


def _name_hit(name: str) -> Callable[[Sequence[Any]], bool]:
    wanted = name.casefold()
    return lambda shown: wanted in shown[1].casefold()


def _cursor(text: str) -> int:
    if not text:
        return 0
    if not text.startswith("p") or not text[1:].isdecimal():
        raise param("invalid offset")
    return int(text[1:])


def _page_size(size: int) -> None:
    if not 1 <= size <= PAGE_MOST:
        raise param("page_size should be between 1 to 100.")


def _seen(here: Context) -> Iterator[Item]:
    """Every item that can be read, the newest first; quick, as a shop may hold tens of thousands."""
    for item in reversed(here.shop.items.values()):
        if here.fault == "stale_read":
            if (shown := here.seen(item.item_id)) is not None:
                yield shown
        elif item.deleted_at is None or here.readable(item):
            yield item


def get_item_promotion(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Promotions, running and upcoming, of 1 to 50 items: price locks and reserved stock."""
    ids = ask["item_id_list"]
    if not 1 <= len(ids) <= ITEMS_MOST:
        raise param("item_id_list length should be between 1 to 50.")
    success, failure = [], []
    for item_id in ids:
        item = here.seen(item_id)
        if item is None:
            failure.append({"item_id": item_id, "failed_reason": "Product not found"})
            continue
        success.append({"item_id": item_id, "promotion": [_promotion(here, p) for p in here.promotions(item)]})
    return {"success_list": success, "failure_list": failure}


def _promotion(here: Context, promotion: Any) -> dict[str, Any]:
    return {
        "promotion_type": promotion.kind, "promotion_id": promotion.id, "model_id": promotion.model_id,
        "start_time": int(promotion.start), "end_time": int(promotion.end),
        "promotion_staging": "ongoing" if here.ongoing(promotion) else "upcoming",
        "promotion_price_info": [],
        "promotion_stock_info_v2": {"summary_info": {"total_reserved_stock": promotion.reserve}},
    }  # fmt: skip
