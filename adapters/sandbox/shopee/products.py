"""add_item, batch_add_item, update_item, unlist_item, delete_item (facts, sections 3.1 to 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.sandbox.shopee.context import LAG_S, READY_S, Context, tree
from adapters.sandbox.shopee.errors import Refusal, param
from adapters.sandbox.shopee.judging import judge_item
from adapters.sandbox.shopee.reading import ITEMS_MOST, write_echo
from adapters.sandbox.shopee.state import DEAD, BatchTask, Item, Model

BATCH_MOST = 100
BATCH_S = 60.0
"""How long a batch of creates takes; nobody published a number."""

ADD_ITEMS = 4
"""The type of a batch_add_item task."""


def add_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Create one item. There is no idempotency key: the same body twice makes two items."""
    if here.shop.holiday:
        raise Refusal("product.error_holiday_on_add_item", "Can't add item in holiday mode.")
    _room_for_one(here)
    _refuse_repeat(here, ask)
    judge_item(here, ask, whole=True)
    item = _new_item(here, ask)
    here.shop.items[item.item_id] = item
    here.earlier.keep(item.item_id, here.now, None)
    numbers = {
        "price_info": {"current_price": item.plain.price, "original_price": item.plain.price},
        "seller_stock": [here.stock_echo(item, item.plain.stock)],
    }
    return {**write_echo(item), **numbers}


def batch_add_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Take 1 to 100 creates in; what became of them is asked for later."""
    rows = ask["item_list"]
    if not 1 <= len(rows) <= BATCH_MOST:
        raise param("item_list length should be between 1 to 100.")
    task = BatchTask(here.shop.new_id(), here.now + here.delay(BATCH_S), stuck=here.fault == "stuck_queue")
    for number, row in enumerate(rows):
        try:
            if here.row_refused(number):
                raise param("Inner error, please try later")
            task.made.append(add_item(here, row)["item_id"])
        except Refusal as refusal:
            task.refused.append(refusal.message)
    here.shop.tasks.append(task)
    return {"task_id": task.id}


def get_batch_task_result(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Ongoing (1) or finished (2), then the records. A failed one says why, but not which one it was."""
    task = next((task for task in here.shop.tasks if task.id == ask["task_id"]), None)
    if task is None or ask["task_type"] != ADD_ITEMS:
        raise param("Wrong parameters, detail: task not found.")
    if task.stuck or task.ends > here.now:
        return {"publish_status": 1, "success_list": [], "failed_list": []}
    shop = here.shop.shop_id
    return {
        "publish_status": 2,
        "success_list": [{"shop_id": shop, "item_id": item_id} for item_id in task.made],
        "failed_list": [{"shop_id": shop, "failed_reason": reason} for reason in task.refused],
    }


def update_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Merge the given fields; every list that is sent replaces the whole list. The echo is not to be trusted."""
    item = here.living(ask["item_id"])
    if item.status == "BANNED":
        raise Refusal("product.error_item_uneditable", "This status does not allow editing.")
    if item.status == "REVIEWING" and "item_status" in ask:
        raise Refusal("product.error_busi_item_status_invalid", "Invalid item status.")
    if ask.get("item_status") == "UNLIST" and here.locked(item, "content"):
        raise Refusal("product.error_in_item_promotion_unlsit_lock", "Can't unlist item when item is under promotion.")
    for field, code in PROMOTION_LOCKS.items():
        if field in ask and here.locked(item, "content"):
            raise Refusal(code, "Can't edit when item is under promotion.")
    judge_item(here, {**_as_asked(here, item), **ask}, whole=False)
    here.remember(item)
    was = item.status
    for field, put in _PUT.items():
        if field in ask:
            put(item, ask[field])
    if item.models and ("weight" in ask or "dimension" in ask):
        for model in item.models:
            model.weight, model.dimension = item.weight, item.dimension
    if ask.get("item_status") == "NORMAL" and was != "NORMAL":
        here.publish(item)
    here.touch(item)
    # NORMAL was sent, the echo said UNLIST, a later read said NORMAL (facts, section 3.2).
    return {**write_echo(item), "item_status": item.status if here.on("update_echo", "true") else "UNLIST"}


def unlist_item(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Hide or show 1 to 50 items, each by itself."""
    rows = ask["item_list"]
    if not 1 <= len(rows) <= ITEMS_MOST:
        raise param("item_list length should be between 1 to 50.")
    success, failure = [], []
    for number, row in enumerate(rows):
        reason = here.row_refused(number) or _unlist_reason(here, row)
        if reason is None:
            _show(here, here.shop.items[row["item_id"]], not row["unlist"])
            success.append({"item_id": row["item_id"], "unlist": row["unlist"]})
        else:
            failure.append({"item_id": row["item_id"], "failed_reason": reason})
    if here.fault == "omit_row":
        success = success[1:]
    elif not success:
        raise Refusal("product.error_unlist_item_all_failed", "Unlist item all failed.", {"failure_list": failure})
    return here.lists(success, failure)


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


def _room_for_one(here: Context) -> None:
    most = tree()["limits"]["item_count_limit"]
    if len(here.shop.items) >= most and sum(i.status not in DEAD for i in here.shop.items.values()) >= most:
        raise Refusal("product.error_reach_shop_item_limit", "Shop item limit reached.")


def _refuse_repeat(here: Context, ask: dict[str, Any]) -> None:
    if here.on("repeats", "refused") and any(
        item.name == ask["item_name"] and item.sku == ask.get("item_sku", "") and item.status not in DEAD
        for item in here.shop.items.values()
    ):
        raise Refusal("product.error_repeated_mtsku", "A similar product has already been uploaded.")


def _new_item(here: Context, ask: dict[str, Any]) -> Item:
    located, stock = _location_and_stock(here, ask.get("seller_stock") or [{"stock": 0}])
    # With repeats refused the first one shows up late, so that a client cannot tell it from none at all.
    late = here.delay(LAG_S) if here.on("repeats", "refused") else 0.0
    item = Item(
        item_id=here.shop.new_id(), name=ask["item_name"], description=ask["description"],
        sku=ask.get("item_sku", ""), category_id=ask["category_id"], images=list(ask["image"]["image_id_list"]),
        status=ask.get("item_status", "NORMAL"), created=here.now, updated=here.now,
        ready_at=here.now + here.delay(READY_S), listed_at=here.now + late,
        plain=Model(0, [], "", int(ask["original_price"]), stock, float(ask["weight"])), located=located,
    )  # fmt: skip
    for field, put in _PUT.items():
        if field in ask:
            put(item, ask[field])
    if item.status == "NORMAL":
        here.publish(item)
    here.touch(item)
    return item


def _location_and_stock(here: Context, rows: list[dict[str, Any]]) -> tuple[str | None, int]:
    located: str | None = rows[0].get("location_id") or None
    if len(rows) != 1:
        raise param("seller_stock length should be 1.")
    if located and not here.multi_warehouse:
        text = "You do not have right to use seller location_id, please only fill seller_stock filed."
        raise Refusal("product.error_auth", text)
    if here.multi_warehouse and not located:
        raise Refusal("product.error_busi", "The merchant/shop has multi warehouse, please input location id")
    if located and located not in tree()["locations"]:
        raise Refusal("product.error_inner", "Invalid stock location ID")
    return located, int(rows[0]["stock"])


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
    "pre_order": "product.error_cannt_edit_pre_order_in_promotion",
    "category_id": "product.error_item_in_promotion",
}


def _show(here: Context, item: Item, shown: bool) -> None:
    here.remember(item)
    if shown and item.status != "NORMAL":
        here.publish(item)
    elif not shown:
        item.status = "UNLIST"
    here.touch(item)


def _unlist_reason(here: Context, row: dict[str, Any]) -> str | None:
    item = here.shop.items.get(row["item_id"])
    if item is None or item.status in DEAD:
        return "Product not found"
    if item.status in ("REVIEWING", "BANNED"):
        return "Can't delist reviewing or banned item"
    if row["unlist"] and here.promotions(item):
        return "Can't unlist item when item is under promotion"
    return None


def _as_asked(here: Context, item: Item) -> dict[str, Any]:
    """An item as the request that would make it: an update re-validates the whole item (facts, section 3.2)."""
    return {
        "item_name": item.name, "description": item.description, "category_id": here.category(item),
        "image": {"image_id_list": item.images}, "weight": item.weight, "dimension": item.dimension,
        "brand": {"brand_id": item.brand_id}, "attribute_list": item.attributes, "logistic_info": item.logistics,
        "pre_order": item.pre_order,
    }  # fmt: skip
