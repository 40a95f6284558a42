"""add_item, update_item, unlist_item, delete_item, and every way to read items (facts, sections 3.1 to 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from adapters.sandbox.shopee.context import LAG_S, READY_S, Context, tree
from adapters.sandbox.shopee.errors import Refusal, not_found, param
from adapters.sandbox.shopee.state import DEAD, Item, Model

ITEMS_MOST = 50
PAGE_MOST = 100
DEEPEST = 10_000
"""Offsets beyond this are refused; the number is nowhere published."""

STATUSES = frozenset({"NORMAL", "BANNED", "UNLIST", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"})
HASHTAGS_MOST = 18


# --- writing ---------------------------------------------------------------------------------------------------------


def add_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Create one item. There is no idempotency key: the same body twice makes two items."""
    if here.shop.holiday:
        raise Refusal("product.error_holiday_on_add_item", "Can't add item in holiday mode.")
    if len([i for i in here.shop.items.values() if i.status not in DEAD]) >= tree()["limits"]["item_count_limit"]:
        raise Refusal("product.error_reach_shop_item_limit", "Shop item limit reached.")
    _refuse_repeat(here, ask)
    _judge(here, ask, whole=True)
    item = _new_item(here, ask)
    here.shop.items[item.item_id] = item
    here.before[item.item_id] = (here.now, None)
    numbers = {
        "price_info": {"current_price": item.plain.price, "original_price": item.plain.price},
        "seller_stock": [{"location_id": "", "stock": item.plain.stock}],
    }
    return {**_echo(item), **numbers}


def update_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Merge the given fields; every list that is sent replaces the whole list. The echo is not to be trusted."""
    item = here.living(ask["item_id"])
    if item.status == "BANNED":
        raise Refusal("product.error_item_uneditable", "This status does not allow editing.")
    for field, code in PROMOTION_LOCKS.items():
        if field in ask and here.locked(item, "content"):
            raise Refusal(code, "Can't edit when item is under promotion.")
    _judge(here, {**_as_asked(item), **ask}, whole=False)
    here.remember(item)
    for field, put in _PUT.items():
        if field in ask:
            put(item, ask[field])
    if item.models and ("weight" in ask or "dimension" in ask):
        for model in item.models:
            model.weight, model.dimension = item.weight, item.dimension
    here.touch(item)
    # NORMAL was sent, the echo said UNLIST, a later read said NORMAL (facts, section 3.2).
    return {**_echo(item), "item_status": "UNLIST"}


def unlist_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Hide or show 1 to 50 items, each by itself."""
    rows = ask["item_list"]
    if not 1 <= len(rows) <= ITEMS_MOST:
        raise param("item_list length should be between 1 to 50.")
    success, failure = [], []
    for number, row in enumerate(rows):
        reason = _played(here, number) or _unlist_reason(here, row)
        if reason is None:
            _show(here, here.shop.items[row["item_id"]], not row["unlist"])
            success.append({"item_id": row["item_id"], "unlist": row["unlist"]})
        else:
            failure.append({"item_id": row["item_id"], "failed_reason": reason})
    if here.fault == "omit_row":
        success = success[1:]
    elif not success:
        raise Refusal("product.error_unlist_item_all_failed", "All items failed.", {"failure_list": failure})
    return {"success_list": success, "failure_list": failure}


def delete_item(here: Context, ask: dict[str, Any]) -> None:
    """Delete for good; the item stays readable for 90 days."""
    item = here.shop.items.get(ask["item_id"])
    if item is None or item.status in DEAD:
        code = here.switches["shopee.delete_twice"]
        raise Refusal(f"product.{code}", "Product not found.")
    if here.shop.holiday:
        raise Refusal("product.error_holiday_on_del_item", "Can't delete item in holiday mode.")
    if here.promotions(item):
        raise Refusal("product.error_cannt_delete_in_promotion", "Can't delete item when it is under promotion.")
    here.remember(item)
    item.status, item.deleted_at = "SELLER_DELETE", here.now
    here.touch(item)


def _refuse_repeat(here: Context, ask: dict[str, Any]) -> None:
    if here.on("repeats", "refused") and any(
        item.name == ask["item_name"] and item.sku == ask.get("item_sku", "") and item.status not in DEAD
        for item in here.shop.items.values()
    ):
        raise Refusal("product.error_repeated_mtsku", "A similar product has already been uploaded.")


def _new_item(here: Context, ask: dict[str, Any]) -> Item:
    located = (ask.get("seller_stock") or [{}])[0].get("location_id") or None
    if located and not here.multi_warehouse:
        raise Refusal("product.error_auth", "You do not have right to use seller location_id, please check.")
    if here.multi_warehouse and not located:
        raise Refusal("product.error_busi", "The shop is a multi warehouse shop, location id is missing.")
    stock = (ask.get("seller_stock") or [{"stock": 0}])[0]["stock"]
    item = Item(
        item_id=here.shop.new_id(), name=ask["item_name"], description=ask["description"],
        sku=ask.get("item_sku", ""), category_id=ask["category_id"], images=list(ask["image"]["image_id_list"]),
        status=ask.get("item_status", "NORMAL"), created=here.now, updated=here.now,
        ready_at=here.now + here.delay(READY_S), searchable_at=here.now + here.delay(LAG_S),
        plain=Model(0, [], "", int(ask["original_price"]), stock, float(ask["weight"])), located=located,
    )  # fmt: skip
    for field, put in _PUT.items():
        if field in ask:
            put(item, ask[field])
    return item


def _set(name: str) -> Callable[[Item, Any], None]:
    def put(item: Item, value: Any) -> None:
        setattr(item, name, value)

    return put


def _put_weight(item: Item, value: Any) -> None:
    item.weight = item.plain.weight = float(value)


def _put_brand(item: Item, value: Any) -> None:
    item.brand_id = value["brand_id"]


def _put_images(item: Item, value: Any) -> None:
    item.images = list(value["image_id_list"])


def _put_nothing(_item: Item, _value: Any) -> None:
    """Taken and without effect in this sandbox."""


_PUT: dict[str, Callable[[Item, Any], None]] = {
    "item_name": _set("name"), "description": _set("description"), "item_sku": _set("sku"),
    "category_id": _set("category_id"), "image": _put_images, "item_status": _set("status"), "weight": _put_weight,
    "dimension": _set("dimension"), "brand": _put_brand, "attribute_list": _set("attributes"),
    "logistic_info": _set("logistics"), "pre_order": _set("pre_order"), "condition": _set("condition"),
    "item_dangerous": _set("dangerous"), "gtin_code": _set("gtin"), "description_type": _put_nothing,
}  # fmt: skip

PROMOTION_LOCKS = {
    "item_name": "product.error_cannt_edit_name_in_promotion",
    "description": "product.error_cannt_edit_description_in_promotion",
    "image": "product.error_cannt_edit_image_in_promotion",
    "category_id": "product.error_item_in_promotion",
}


def _show(here: Context, item: Item, shown: bool) -> None:
    here.remember(item)
    item.status = "NORMAL" if shown else "UNLIST"
    verdict = here.shop.reviews.pop(str(item.item_id), None) if shown else None
    if verdict is not None:
        item.status = verdict
    here.touch(item)


def _played(here: Context, number: int) -> str | None:
    refused = (here.fault == "reject_row" and number == 0) or (here.fault == "partial_batch" and number % 2 == 1)
    return "Failed by rule of the shop" if refused else None


def _unlist_reason(here: Context, row: dict[str, Any]) -> str | None:
    item = here.shop.items.get(row["item_id"])
    if item is None or item.status in DEAD:
        return "Product not found"
    if item.status in ("REVIEWING", "BANNED"):
        return "Can't delist reviewing or banned item"
    if row["unlist"] and here.promotions(item):
        return "Can't unlist item when item is under promotion"
    return None


# --- judging ---------------------------------------------------------------------------------------------------------


def _as_asked(item: Item) -> dict[str, Any]:
    """An item as the request that would make it: an update re-validates the whole item (facts, section 3.2)."""
    return {
        "item_name": item.name, "description": item.description, "category_id": item.category_id,
        "image": {"image_id_list": item.images}, "weight": item.weight, "dimension": item.dimension,
        "brand": {"brand_id": item.brand_id}, "attribute_list": item.attributes, "logistic_info": item.logistics,
        "pre_order": item.pre_order,
    }  # fmt: skip


def _judge(here: Context, ask: dict[str, Any], whole: bool) -> None:
    leaf = here.leaf(ask["category_id"])
    for check in (_texts, _images, _weight_and_size, _couriers, _attributes, _brand, _days):
        check(here, ask, leaf)
    if ask.get("item_status") not in (None, "NORMAL", "UNLIST"):
        raise param("item_status is invalid")
    if whole:
        _price_and_stock(ask)


def _texts(_here: Context, ask: dict[str, Any], _leaf: dict[str, Any]) -> None:
    limits = tree()["limits"]
    least, most = limits["item_name_length_limit"]
    if len(ask["item_name"]) < least:
        raise Refusal("product.error_item_name_is_too_short", "Item name is too short.")
    if len(ask["item_name"]) > most:
        raise Refusal("product.error_title_exceeds_max_length", "Title exceeds max length.")
    least, most = limits["item_description_length_limit"]
    if not least <= len(ask["description"]) <= most:
        raise Refusal("product.error_desc_length_min_limit", "Description length is out of limit.")
    if ask["description"].count("#") > HASHTAGS_MOST:
        raise Refusal("product.error_desc_hash_tag_over_limit", "Too many hashtags.")


def _images(here: Context, ask: dict[str, Any], _leaf: dict[str, Any]) -> None:
    ids = ask["image"]["image_id_list"]
    least, most = tree()["limits"]["item_image_count_limit"]
    if not least <= len(ids) <= most:
        raise Refusal("product.error_image_num_min", "Image number is out of limit.")
    if any(image not in here.shop.images for image in ids):
        raise param("Image not exist.")


def _weight_and_size(_here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    heaviest = max((c["max_kg"] for c in tree()["couriers"] if c["enabled"]), default=50)
    if not 0 < ask["weight"] <= heaviest:
        raise param("Invalid Weight.")
    size = ask.get("dimension")
    if leaf["dimension_mandatory"] and not size:
        raise param("dimension is required")
    sides = ("package_length", "package_width", "package_height")
    if size and any(not size.get(side) for side in sides):
        raise param("dimension is required")


def _couriers(_here: Context, ask: dict[str, Any], _leaf: dict[str, Any]) -> None:
    usable = {c["logistics_channel_id"] for c in tree()["couriers"] if c["enabled"] and not c["mask_channel_id"]}
    chosen = [row["logistic_id"] for row in ask["logistic_info"] if row["enabled"]]
    if not chosen or any(courier not in usable for courier in chosen):
        raise Refusal("product.error_invalid_logistic_info", "Invalid logistic info.")
    compulsory = {c["logistics_channel_id"] for c in tree()["couriers"] if c["compulsory_channel"]}
    if not compulsory & set(chosen):
        raise Refusal("product.error_invalid_logistic_info", "At least one compulsory channel must be enabled.")


def _attributes(_here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    given = {str(row["attribute_id"]): row.get("attribute_value_list") or [] for row in ask.get("attribute_list") or []}
    if any(not given.get(key) for key in leaf["mandatory"]):
        raise Refusal("product.error_less_required_attribute", "Mandatory attribute information required")
    for key, values in given.items():
        if key not in (*leaf["mandatory"], *leaf["optional"]):
            raise Refusal("product.error_invalid_attribute_value", "Attribute does not belong to category.")
        for value in values:
            if not _attribute_value_fits(tree()["attributes"][key], value):
                raise Refusal("product.error_invalid_attribute_value", f"Invalid value of attribute {key}.")


def _attribute_value_fits(attribute: dict[str, Any], value: dict[str, Any]) -> bool:
    value_id, name = value.get("value_id", 0), value.get("original_value_name", "")
    if value_id:
        return str(value_id) in attribute["values"]
    if attribute["input_type"] in (1, 4) or not name:  # dropdowns take no values of one's own
        return False
    if attribute["input_validation_type"] == 1 and not name.isdecimal():
        return False
    return attribute["format_type"] != 2 or value.get("value_unit") in attribute["units"]


def _brand(_here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    brand = (ask.get("brand") or {}).get("brand_id", 0)
    if not brand and leaf["brand_mandatory"]:
        raise Refusal("product.error_less_required_brand", "Brand information required.")
    if brand and brand not in leaf["brands"]:
        raise Refusal("product.error_invalid_brand", "Invalid brand.")


def _days(_here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    order = ask.get("pre_order") or {}
    days = order.get("days_to_ship")
    if not order.get("is_pre_order"):
        if days is not None and days != leaf["non_pre_order_days_to_ship"]:
            raise Refusal("product.error_invalid_days_to_ship", "Invalid days to ship.")
        return
    least, most = leaf["days_to_ship"]
    if most < 0:
        raise Refusal("product.error_param_category_not_support_pre_order", "Category does not support pre-order.")
    if days is None or not least <= days <= most:
        raise Refusal("product.error_param_dts_exceeds_max_limit", "Days to ship exceeds limit.")


def _price_and_stock(ask: dict[str, Any]) -> None:
    judge_price(ask["original_price"])
    low, high = tree()["limits"]["stock_limit"]
    for row in ask.get("seller_stock") or []:
        if not low <= row["stock"] <= high:
            raise param(f"Stock should be within {low}-{high}")


def judge_price(price: float) -> None:
    """A price of this region: whole rupiah, within the limits."""
    low, high = tree()["limits"]["price_limit"]
    if price != int(price):
        raise Refusal("product.error_invalid_price", "Price of this region must be an integer.")
    if price < low:
        raise Refusal("product.error_price_exceed_min_limitt", "Price is below the minimum.")
    if price > high:
        raise Refusal("product.error_price_exceed_max_limitt", "Price exceeds the maximum.")


# --- answers ---------------------------------------------------------------------------------------------------------


def _echo(item: Item) -> dict[str, Any]:
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


def price_info(model: Model) -> list[dict[str, Any]]:
    """Prices in reads: an array; the inflated ones are what a buyer sees."""
    current = model.sale_price or model.price
    return [{
        "currency": "IDR", "original_price": model.price, "current_price": current,
        "inflated_price_of_original_price": model.price, "inflated_price_of_current_price": current,
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
    category = here.shop.merged_categories.get(str(item.category_id), item.category_id)
    info: dict[str, Any] = {
        "item_id": item.item_id, "category_id": category,
        "item_name": item.name, "description": item.description, "item_sku": item.sku,
        "create_time": int(item.created), "update_time": int(item.updated), "item_status": item.status,
        "has_model": bool(item.models), "has_promotion": bool(here.promotions(item)), "weight": f"{item.weight:g}",
        "dimension": item.dimension or {}, "condition": item.condition, "item_dangerous": item.dangerous,
        "image": {"image_id_list": item.images, "image_url_list": [_url(i) for i in item.images]},
        "attribute_list": [_attribute(row) for row in item.attributes],
        "logistic_info": [_courier(row) for row in item.logistics],
        "pre_order": _pre_order(item), "deboost": "false", "description_type": "normal",
        "brand": {"brand_id": item.brand_id, "original_brand_name": _brand_name(item.brand_id)},
        "tag": {"kit": False},
    }  # fmt: skip
    if item.gtin:
        info["gtin_code"] = item.gtin
    if not item.models:
        info["price_info"] = price_info(item.plain)
        info["stock_info_v2"] = stock_info(here, item, item.plain)
    return info


def _attribute(row: dict[str, Any]) -> dict[str, Any]:
    attribute = tree()["attributes"].get(str(row["attribute_id"]), {"name": "", "values": {}})
    values = [
        {
            "value_id": value.get("value_id", 0),
            "original_value_name": value.get("original_value_name")
            or attribute["values"].get(str(value.get("value_id")), ""),
            "value_unit": value.get("value_unit", ""),
        }
        for value in row.get("attribute_value_list") or []
    ]
    return {
        "attribute_id": row["attribute_id"], "original_attribute_name": attribute["name"], "is_mandatory": True,
        "attribute_value_list": values,
    }  # fmt: skip


def _courier(row: dict[str, Any]) -> dict[str, Any]:
    names = {c["logistics_channel_id"]: c["logistics_channel_name"] for c in tree()["couriers"]}
    return {
        "logistic_id": row["logistic_id"], "logistic_name": names.get(row["logistic_id"], ""),
        "enabled": row["enabled"], "is_free": bool(row.get("is_free", False)), "estimated_shipping_fee": 9000,
    }  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------------------------


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
    rows = [
        item for item in _seen(here)
        if item.status in wanted and (since is None or int(item.updated) >= since)
        and (until is None or int(item.updated) <= until)
    ]  # fmt: skip
    rows.sort(key=lambda item: (-item.created, -item.item_id))
    page = [] if here.fault == "empty_page" else rows[offset : offset + size]
    more = offset + size < len(rows) and here.fault != "empty_page"
    return {
        "item": [
            {"item_id": i.item_id, "item_status": i.status, "update_time": int(i.updated), "tag": {"kit": False}}
            for i in page
        ],
        "total_count": len(rows), "has_next_page": more, "next_offset": offset + size if more else 0,
    }  # fmt: skip


def get_item_base_info(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Up to 50 items; ids that do not exist are silently missing, and if none exists the call fails."""
    ids = ask["item_id_list"]
    if not 1 <= len(ids) <= ITEMS_MOST:
        raise param("item_id_list length should be between 1 to 50.")
    found = [item for item in (here.seen(i) for i in dict.fromkeys(ids)) if item is not None]
    if here.fault == "empty_page":
        found = []
    elif not found:
        raise not_found()
    return {"item_list": [_base_info(here, item) for item in found]}


def search_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Find by SKU or name, with a lag behind writes; SKU wins over name. The cursor is opaque."""
    size, sku, name = ask["page_size"], ask.get("item_sku"), ask.get("item_name")
    _page_size(size)
    if not sku and not name and ask.get("attribute_status") is None:
        raise param("item_name and attribute_status cannot be empty at the same time")
    wanted = set(ask.get("item_status") or ["NORMAL"])
    rows = [
        item for item in _seen(here)
        if item.status in wanted and item.searchable_at <= here.now
        and (_sku_hit(here, item, sku) if sku else (name or "").casefold() in item.name.casefold())
    ]  # fmt: skip
    rows.sort(key=lambda item: item.item_id)
    start = _cursor(ask.get("offset") or "")
    page = [] if here.fault == "empty_page" else rows[start : start + size]
    following = f"p{start + size}" if start + size < len(rows) else ""
    return {"item_id_list": [i.item_id for i in page], "total_count": len(rows), "next_offset": following}


def _sku_hit(here: Context, item: Item, sku: str) -> bool:
    own = [item.sku, *([m.sku for m in item.models] if here.on("search_covers_models", "yes") else [])]
    return any(s.startswith(sku) if here.on("search_sku", "prefix") else s == sku for s in own)


def _cursor(text: str) -> int:
    if not text:
        return 0
    if not text.startswith("p") or not text[1:].isdecimal():
        raise param("invalid offset")
    return int(text[1:])


def _page_size(size: int) -> None:
    if not 1 <= size <= PAGE_MOST:
        raise param("page_size should be between 1 to 100.")


def _seen(here: Context) -> Iterable[Item]:
    return [item for item in (here.seen(i) for i in list(here.shop.items)) if item is not None]


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
