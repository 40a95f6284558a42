"""update_price and update_stock: one item a call, a list of successes and one of failures (facts, 3.6 and 3.7)."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.selling import set_stock
from adapters.sandbox.shopee import push
from adapters.sandbox.shopee.context import Context, tree
from adapters.sandbox.shopee.errors import Refusal, param
from adapters.sandbox.shopee.state import DEAD, Item, Model

RATIO = 7
ROWS_MOST = 50

Rows = list[dict[str, Any]]


def update_price(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Set original prices. Several kinds of refusal collapse into one code that invites a retry."""
    item, rows = here.item(ask["item_id"]), ask["price_list"]
    _count(rows, "price_list")
    _models_known_once(here, item, rows)
    fail = Refusal("product.error_update_price_fail", "Update price failed, please try later.")
    if item.status in DEAD or (item.models and any(not row.get("model_id") for row in rows)):
        raise _all_failed(fail, rows, "update price failed")
    if here.locked(item, "price"):
        raise Refusal("product.error_cannt_edit_price_in_promotion", "Can't edit price when item is under promotion.")
    success, failure = _each(here, item, rows, _price_reason)
    applied = {row.get("model_id", 0): row["original_price"] for row in success}
    if success and not _ratio_holds(item, applied):
        raise _all_failed(fail, rows, "price ratio between variations exceeds limit")
    here.remember(item)
    for model in item.offers:
        if model.model_id in applied:
            _set_price(here, item, model, int(applied[model.model_id]))
    # A price write did not move update_time on the sandbox of the real thing (facts, section 3.4).
    echo = [_echo(row, {"original_price": row["original_price"]}) for row in success]
    return _lists(here, _omitted(here, echo), failure, fail)


def update_stock(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Set seller stock, absolutely; reserved pieces are a floor."""
    item, rows = here.item(ask["item_id"]), ask["stock_list"]
    _count(rows, "stock_list")
    if here.shop.holiday:
        raise _holiday(here)
    _models_known_once(here, item, rows)
    fail = Refusal(
        "product.error_busi_update_stock_failed", "Update stock failed, please check failure_list for detailed reason"
    )
    if item.status in DEAD:
        raise Refusal("product.error_item_uneditable", "This status does not allow editing.")
    if item.models and any(not row.get("model_id") for row in rows):
        text = "Can't edit item stock because item has model."
        raise Refusal("product.error_edit_item_stock_for_item_has_model", text)
    for row in rows:
        _location(here, item, row)
    if here.on("reserved_floor", "call"):
        _floors_hold(here, item, rows)
    success, failure = _each(here, item, rows, _stock_reason)
    here.remember(item)
    by_id = {model.model_id: model for model in item.offers}
    for row in success:
        set_stock(here.shop, by_id[row.get("model_id", 0)], int(row["seller_stock"][0]["stock"]))
    if success:
        here.touch(item)
    echo = [_echo(row, here.stock_echo(item, row["seller_stock"][0]["stock"])) for row in success]
    return _lists(here, _omitted(here, echo), failure, fail)


def _set_price(here: Context, item: Item, model: Model, price: int) -> None:
    """Set it; the push about it goes out for the seller's own writes, too (facts, section 4.4)."""
    body = {"item_id": item.item_id, "model_id": model.model_id, "update_field": "original_price",
            "old_value": model.price, "new_value": price, "update_time": int(here.now)}  # fmt: skip
    model.price = price
    push.say(here, push.PRICE, body)


# --- rows ------------------------------------------------------------------------------------------------------------


def _count(rows: Rows, name: str) -> None:
    if not 1 <= len(rows) <= ROWS_MOST:
        raise param(f"{name} length should be between 1 to {ROWS_MOST}.")


def _models_known_once(here: Context, item: Item, rows: Rows) -> None:
    ids = [row.get("model_id", 0) for row in rows]
    if len(set(ids)) != len(ids):
        raise param("Repeat model_id.")
    known = {model.model_id for model in item.offers}
    if here.on("unknown_model", "call") and any(i and i not in known for i in ids):
        raise param("Wrong model_id.")


def _each(here: Context, item: Item, rows: Rows, reason_of: Any) -> tuple[Rows, Rows]:
    by_id = {model.model_id: model for model in item.offers}
    success: Rows = []
    failure: Rows = []
    for number, row in enumerate(rows):
        reason = here.row_refused(number) or reason_of(here, item, by_id.get(row.get("model_id", 0)), row)
        if reason is None:
            success.append(row)
        else:
            failure.append(_echo(row, {"failed_reason": reason}))
    return success, failure


def _omitted(here: Context, success: Rows) -> Rows:
    """A fault that leaves an applied row out of both lists."""
    return success[1:] if here.fault == "omit_row" else success


def _price_reason(_here: Context, _item: Item, model: Model | None, row: dict[str, Any]) -> str | None:
    if model is None:
        return "model not found"
    price, (low, high) = row["original_price"], tree()["limits"]["price_limit"]
    if price != int(price):
        return "price of this region must be an integer"
    if not low <= price <= high:
        return f"Price should be within {low}-{high}"
    return None


def _stock_reason(here: Context, item: Item, model: Model | None, row: dict[str, Any]) -> str | None:
    if model is None:
        return "model not found"
    stock, (low, high) = row["seller_stock"][0]["stock"], tree()["limits"]["stock_limit"]
    if not low <= stock <= high:
        return f"Stock should be within {low}-{high} for model {model.model_id}"
    floor = here.reserved(item, model)
    if stock < floor:
        return f"Stock should be larger than {floor} (reserve stock number)"
    return None


def _holiday(here: Context) -> Refusal:
    if here.on("holiday_error", "error_auth"):
        text = "Please wait for the holiday mode set then to edit item. Please try later."
        return Refusal("product.error_auth", text)
    return Refusal("product.error_holiday_mode_change_stock", "Cannot change stock in holiday mode.")


def _floors_hold(here: Context, item: Item, rows: Rows) -> None:
    """The floor of reserved pieces, as a refusal of the whole call (facts, section 3.7)."""
    by_id = {model.model_id: model for model in item.offers}
    for row in rows:
        model = by_id.get(row.get("model_id", 0))
        if model is not None and row["seller_stock"][0]["stock"] < here.reserved(item, model):
            raise Refusal("product.error_auth", "Total stock must be more than reserved stock.")


def _location(here: Context, item: Item, row: dict[str, Any]) -> None:
    """The choice of locations is sticky per item (facts, section 3.7)."""
    stocks = row["seller_stock"]
    if len(stocks) != 1:
        raise param("seller_stock length should be 1.")
    given = stocks[0].get("location_id") or None
    if here.multi_warehouse and given is None:
        raise Refusal("product.error_auth", "Lack of location_id, please check.")
    if given is not None and not here.multi_warehouse:
        text = "You do not have right to use seller location_id, please check."
        raise Refusal("product.error_auth", text)
    if given is not None and given not in tree()["locations"]:
        raise Refusal("product.error_inner", "Invalid stock location ID")
    if (item.located is None) != (given is None):
        raise param("different stock structure")


def _ratio_holds(item: Item, changed: dict[int, float]) -> bool:
    """Dearest over cheapest, unsent siblings included."""
    prices = [changed.get(model.model_id, model.price) for model in item.offers]
    return max(prices) <= RATIO * min(prices)


# --- answers ---------------------------------------------------------------------------------------------------------


def _echo(row: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """An answer's row: without model_id for an item without variants."""
    return {"model_id": row["model_id"], **more} if row.get("model_id") else more


def _all_failed(fail: Refusal, rows: Rows, reason: str) -> Refusal:
    failure = [_echo(row, {"failed_reason": reason}) for row in rows]
    return Refusal(fail.code, fail.message, {"success_list": [], "failure_list": failure})


def _lists(here: Context, success: Rows, failure: Rows, fail: Refusal) -> dict[str, Any]:
    if failure and not success and here.fault != "omit_row":
        raise Refusal(fail.code, fail.message, {"success_list": [], "failure_list": failure})
    return here.lists(success, failure)
