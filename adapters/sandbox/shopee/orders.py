"""Buyers' orders: how they take stock, and how a seller's software reads them (facts, sections 4.1 to 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.market import NowhereError
from adapters.sandbox.selling import give_back, take
from adapters.sandbox.shopee import push
from adapters.sandbox.shopee.context import Context
from adapters.sandbox.shopee.errors import Refusal
from adapters.sandbox.shopee.state import DEAD, Item, Line, Model, Order

WINDOW_S = 15 * 86_400
DETAILS_MOST = 50
STATUSES = frozenset({
    "UNPAID", "READY_TO_SHIP", "PROCESSED", "SHIPPED", "COMPLETED", "IN_CANCEL", "CANCELLED", "INVOICE_PENDING",
})  # fmt: skip
ADVANCED = {
    "unpaid": "UNPAID", "paid": "READY_TO_SHIP", "shipped": "SHIPPED", "delivered": "COMPLETED",
    "in_cancel": "IN_CANCEL", "cancelled": "CANCELLED", "returned": "TO_RETURN", "failed": "CANCELLED",
}  # fmt: skip


# --- the seller's software -------------------------------------------------------------------------------------------


def get_order_list(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Orders of a window of at most 15 days, by cursor; their status only if asked for."""
    if ask["time_range_field"] not in ("create_time", "update_time"):
        raise _param("time_range_field is invalid")
    since, until, size = ask["time_from"], ask["time_to"], ask["page_size"]
    if not since < until or until - since > WINDOW_S:
        text = "The time range should be within 15 days."
        raise Refusal("order.order_list_invalid_time", text)
    if not 1 <= size <= 100:
        raise _param("page_size should be between 1 to 100.")
    status = ask.get("order_status")
    if status is not None and status not in STATUSES:
        raise _param("order_status is invalid")
    stamp = "created" if ask["time_range_field"] == "create_time" else "updated"
    rows = [
        order for order in here.shop.orders.values()
        if since <= int(getattr(order, stamp)) <= until and status in (None, order.status)
    ]  # fmt: skip
    rows.sort(key=lambda order: (getattr(order, stamp), order.sn))
    start = _cursor(ask.get("cursor") or "")
    page = [] if here.fault == "empty_page" else rows[start : start + size]
    more = start + size < len(rows) and here.fault != "empty_page"
    with_status = ask.get("response_optional_fields") == "order_status"
    return {
        "more": more, "next_cursor": f"c{start + size}" if more else "",
        "order_list": [
            {"order_sn": order.sn, **({"order_status": order.status} if with_status else {})} for order in page
        ],
    }  # fmt: skip


def get_order_detail(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Up to 50 orders; without response_optional_fields no lines."""
    numbers = [sn for sn in ask["order_sn_list"].split(",") if sn]
    if not 1 <= len(numbers) <= DETAILS_MOST:
        raise _param("order_sn_list length should be between 1 to 50.")
    known = [here.shop.orders[sn] for sn in numbers if sn in here.shop.orders]
    if not known or (len(known) < len(numbers) and here.on("mixed_order_batch", "refused")):
        raise Refusal("order.error_not_found", "Wrong parameters, detail: the order is not found.")
    fields = {f for f in (ask.get("response_optional_fields") or "").split(",") if f}
    for order in known:
        if "item_list" in fields:
            _read(here, order)
    return {"order_list": [_detail(order, fields) for order in known]}


def _read(here: Context, order: Order) -> None:
    """The seller's software knows of this order now: it may write numbers from here on that count it in."""
    if order.told:
        return
    order.told = True
    for line in order.lines:
        model = _model(here, line.item_id, line.model_id)
        if model is not None:
            model.unseen -= line.quantity


def _detail(order: Order, fields: set[str]) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "order_sn": order.sn, "region": "ID", "currency": "IDR", "cod": False, "order_status": order.status,
        "message_to_seller": "", "create_time": int(order.created), "update_time": int(order.updated),
        "days_to_ship": 2, "ship_by_date": int(order.created) + 172_800, "booking_sn": "",
    }  # fmt: skip
    if "item_list" in fields:
        detail["item_list"] = [_line(order, line) for line in order.lines]
    if "package_list" in fields:
        detail["package_list"] = [_package(order)]
    if "total_amount" in fields:
        detail["total_amount"] = sum(line.price * line.quantity for line in order.lines)
    if "pay_time" in fields:
        detail["pay_time"] = None if order.paid_at is None else int(order.paid_at)
    detail.update({name: value for name, value in _BUYER.items() if name in fields})
    for name in ("cancel_by", "cancel_reason", "note"):
        if name in fields:
            detail[name] = ""
    return detail


_BUYER: dict[str, Any] = {
    "buyer_user_id": 258_065, "buyer_username": "contoh_pembeli", "payment_method": "ShopeePay",
    "recipient_address": {
        "name": "C****h", "phone": "******21", "full_address": "****** Pangkalpinang", "city": "KOTA PANGKALPINANG",
        "district": "", "town": "", "state": "KEP. BANGKA BELITUNG", "zipcode": "", "region": "ID",
    },
}  # fmt: skip
"""A buyer who does not exist, masked as Shopee masks until a partner's addresses are declared (facts, section 1.1)."""


def _line(order: Order, line: Line) -> dict[str, Any]:
    cancelled = line.quantity if order.status == "CANCELLED" else line.cancelled
    return {
        "item_id": line.item_id, "item_name": line.name, "item_sku": line.item_sku, "model_id": line.model_id,
        "model_name": "", "model_sku": line.model_sku, "model_quantity_purchased": line.quantity,
        "model_original_price": line.price, "model_discounted_price": line.price, "order_item_id": line.item_id,
        "promotion_type": "", "promotion_id": 0, "promotion_group_id": 0, "active_qty": line.quantity - cancelled,
        "cancelled_qty": cancelled,
    }  # fmt: skip


def _package(order: Order) -> dict[str, Any]:
    return {
        "package_number": f"OFG{order.sn}", "logistics_status": "LOGISTICS_READY",
        "item_list": [
            {"item_id": n.item_id, "model_id": n.model_id, "model_quantity": n.quantity, "order_item_id": n.item_id}
            for n in order.lines
        ],
    }  # fmt: skip


def _cursor(text: str) -> int:
    if not text:
        return 0
    if not text.startswith("c") or not text[1:].isdecimal():
        raise _param("cursor is invalid")
    return int(text[1:])


def _param(text: str) -> Refusal:
    return Refusal("order.error_param", text)


# --- the buyers ------------------------------------------------------------------------------------------------------


def buy(here: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    """A buyer's order of what is on sale; ValueError when it cannot be bought."""
    lines = [_bought(here, line) for line in body["lines"]]
    paid = bool(body.get("paid", True))
    sn = f"{here.clock.now():%y%m%d}{here.shop.new_id() % 10**8:08d}"
    order = Order(sn, "READY_TO_SHIP" if paid else "UNPAID", here.now, here.now, lines, here.now if paid else None)
    here.shop.orders[sn] = order
    if paid or here.on("stock_drops_at", "unpaid"):
        _take(here, order)
    _told(here, order)
    return {"id": sn, "status": order.status}


def _told(here: Context, order: Order) -> None:
    body = {"ordersn": order.sn, "status": order.status, "completed_scenario": "", "items": [],
            "update_time": int(order.updated)}  # fmt: skip
    push.say(here, push.ORDER, body)


def advance(here: Context, sn: str, word: str) -> dict[str, Any]:
    """Move an order on; NowhereError for an order that does not exist, ValueError for a word that is none."""
    order = here.shop.orders.get(sn)
    if order is None:
        raise NowhereError(f"there is no order {sn}")
    if word not in ADVANCED:
        raise ValueError(f"an order cannot become '{word}': {', '.join(ADVANCED)}")
    order.status, order.updated = ADVANCED[word], here.now
    if word == "paid":
        order.paid_at = here.now
    if word in ("paid", "shipped", "delivered") and not order.took:
        _take(here, order)
    if word in ("cancelled", "failed") and order.took:
        _give_back(here, order)
    _told(here, order)
    return {"id": sn, "status": order.status}


def _bought(here: Context, line: Mapping[str, Any]) -> Line:
    item, model = on_sale(here, str(line["sku"]))
    quantity = int(line["quantity"])
    if quantity < 1:
        raise ValueError("a buyer buys at least one piece")
    if model.stock < quantity:
        raise ValueError(f"{line['sku']}: only {model.stock} left")
    sku = model.sku if item.models else ""
    return Line(item.item_id, model.model_id, item.name, item.sku, sku, quantity, model.sale_price or model.price)


def on_sale(here: Context, sku: str) -> tuple[Item, Model]:
    """The offer with this seller SKU; ValueError when nothing on sale has it."""
    for item in here.shop.items.values():
        for model in item.offers:
            if (model.sku if item.models else item.sku) == sku and item.status == "NORMAL":
                return item, model
    raise ValueError(f"nothing on sale has SKU {sku}")


def _take(here: Context, order: Order) -> None:
    order.took, order.told = True, False
    for line in order.lines:
        model = _model(here, line.item_id, line.model_id)
        if model is not None:
            take(here.shop, model, line.quantity)


def _give_back(here: Context, order: Order) -> None:
    order.took = False
    for line in order.lines:
        model = _model(here, line.item_id, line.model_id)
        if model is not None:
            give_back(model, line.quantity, line.quantity - line.cancelled, order.told)
    order.told = True


def _model(here: Context, item_id: int, model_id: int) -> Model | None:
    item = here.shop.items.get(item_id)
    if item is None or item.status in DEAD:
        return None
    return next((model for model in item.offers if model.model_id == model_id), None)
