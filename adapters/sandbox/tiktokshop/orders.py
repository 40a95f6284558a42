"""Buyers' orders: how they take stock, and how a seller's software reads them (facts, section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.market import NowhereError
from adapters.sandbox.selling import give_back, take
from adapters.sandbox.tiktokshop import webhooks
from adapters.sandbox.tiktokshop.context import Ask, Context
from adapters.sandbox.tiktokshop.errors import parameter
from adapters.sandbox.tiktokshop.metadata import page_text, page_token
from adapters.sandbox.tiktokshop.shape import whole
from adapters.sandbox.tiktokshop.state import PLATFORMS, TIKTOK, Line, Order, Product, Shelf

SEARCH = frozenset({"page_size", "page_token", "sort_field", "sort_order"})
DETAIL = frozenset({"ids"})
OWN = "FULFILLMENT_BY_SELLER"
FULFILMENTS = (OWN, "FULFILLMENT_BY_TIKTOK", "FULFILLMENT_BY_DILAYANI_TOKOPEDIA")
STATUSES = frozenset({
    "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED",
    "COMPLETED", "CANCELLED",
})  # fmt: skip
ADVANCED = {
    "unpaid": "UNPAID", "on_hold": "ON_HOLD", "paid": "AWAITING_SHIPMENT", "packed": "AWAITING_COLLECTION",
    "shipped": "IN_TRANSIT", "delivered": "DELIVERED", "completed": "COMPLETED", "cancelled": "CANCELLED",
    "returned": "COMPLETED", "failed": "CANCELLED",
}  # fmt: skip
GONE = frozenset({"IN_TRANSIT", "DELIVERED", "COMPLETED"})
"""Statuses in which the pieces have left the warehouse, and are no longer committed."""

WAREHOUSES_MOST = 100
SEARCHES_KEPT = 200
PIECES_MOST = 1000


# --- the seller's software -------------------------------------------------------------------------------------------


def search(here: Context, ask: Ask) -> dict[str, Any]:
    """POST orders/search: which orders belong to it is settled by the first page, what they say by each page. So the
    update times of later pages may lie outside the window, as they do in the real thing (facts, section 9)."""
    size = whole(ask.query, "page_size", 20, int(here.switches["tiktokshop.orders_page"]))
    name, start, numbers = _found(here, ask)
    page = [] if here.fault == "empty_page" else [here.shop.orders[number] for number in numbers[start : start + size]]
    more = start + size < len(numbers) and here.fault != "empty_page"
    if more:
        here.searches[name] = numbers
        while len(here.searches) > SEARCHES_KEPT:
            del here.searches[next(iter(here.searches))]
    for order in page:
        _read(here, order)
    return {
        "total_count": len(numbers), "next_page_token": page_token(f"{name}/{start + size}") if more else "",
        "orders": [_shown(order) for order in page],
    }  # fmt: skip


def _found(here: Context, ask: Ask) -> tuple[str, int, list[str]]:
    """Name, start and order ids of a search: a new one, or one that is gone on with."""
    field, sort = ask.query.get("sort_field", "create_time"), ask.query.get("sort_order", "DESC")
    if field not in ("create_time", "update_time") or sort not in ("ASC", "DESC"):
        raise parameter("sort_field or sort_order")
    _filters(ask.body)
    if token := ask.query.get("page_token", ""):
        name, _, start = page_text(token).partition("/")
        if name not in here.searches or not start.isdecimal():
            raise parameter("page_token")
        return name, int(start), here.searches[name]
    rows = [order for order in here.shop.orders.values() if _fits(order, ask.body)]
    stamp = "created" if field == "create_time" else "updated"
    rows.sort(key=lambda order: (getattr(order, stamp), order.id), reverse=sort == "DESC")
    return here.shop.new_id(), 0, [order.id for order in rows]


def _filters(wanted: Mapping[str, Any]) -> None:
    if wanted.get("order_status", "UNPAID") not in STATUSES:
        raise parameter("order_status")
    if len(wanted.get("warehouse_ids", ())) > WAREHOUSES_MOST:
        raise parameter("warehouse_ids has up to 100 entries")


def _fits(order: Order, wanted: Mapping[str, Any]) -> bool:
    return (
        wanted.get("order_status", order.status) == order.status
        and wanted.get("shipping_type", "TIKTOK") == "TIKTOK"
        and not wanted.get("is_buyer_request_cancel", False)
        and _within(wanted, "create_time", order.created)
        and _within(wanted, "update_time", order.updated)
        and ("warehouse_ids" not in wanted or order.lines[0].warehouse in wanted["warehouse_ids"])
    )


def _within(wanted: Mapping[str, Any], name: str, at: float) -> bool:
    """The end does not belong to it, unlike that of products."""
    low, high = wanted.get(f"{name}_ge"), wanted.get(f"{name}_lt")
    return (low is None or int(at) >= low) and (high is None or int(at) < high)


def detail(here: Context, ask: Ask) -> dict[str, Any]:
    """GET orders?ids=a,b: ids that do not exist are left out."""
    numbers = [number for number in ask.query.get("ids", "").split(",") if number]
    most = here.switches["tiktokshop.order_ids"]
    if not numbers or (most != "unbounded" and len(numbers) > int(most)):
        raise parameter("ids has 1 to 50 entries")
    known = [here.shop.orders[number] for number in numbers if number in here.shop.orders]
    for order in known:
        _read(here, order)
    return {"orders": [_shown(order) for order in known]}


def _read(here: Context, order: Order) -> None:
    """The seller's software knows of this order now: it may write numbers from here on that count it in."""
    if order.told:
        return
    order.told = True
    for line in order.lines:
        shelf = _shelf(here, line)
        if shelf is not None:
            shelf.unseen -= len(line.items)


def _shown(order: Order) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": order.id, "status": order.status, "create_time": int(order.created), "update_time": int(order.updated),
        "commerce_platform": order.platform, "fulfillment_type": order.fulfilment,
        "warehouse_id": order.lines[0].warehouse, "shipping_type": "TIKTOK", "is_cod": False,
        "is_sample_order": False, "is_replacement_order": False, "is_on_hold_order": order.status == "ON_HOLD",
        "is_buyer_request_cancel": False, "buyer_message": "", "user_id": "7490000000000000001",
        "line_items": [item for line in order.lines for item in _items(order, line)],
        "payment": _payment(order), "recipient_address": _ADDRESS,
    }  # fmt: skip
    if order.paid_at is not None:
        shown["paid_time"] = int(order.paid_at)
    if order.status == "CANCELLED":
        shown |= {"cancel_reason": "Dibatalkan", "cancellation_initiator": order.cancelled_by,
                  "cancel_time": int(order.updated)}  # fmt: skip
    return shown


_ADDRESS: dict[str, Any] = {
    "name": "C*** P***", "phone_number": "(+62)8*******21", "full_address": "Indonesia, ******", "postal_code": "33***",
    "region_code": "ID", "address_detail": "******", "district_info": [],
}  # fmt: skip
"""A buyer who does not exist."""


def _items(order: Order, line: Line) -> list[dict[str, Any]]:
    """One line item per piece: there is no quantity (facts, section 9)."""
    discount = str(line.price - line.sale_price)
    return [
        {"id": item, "product_id": line.product, "sku_id": line.sku, "seller_sku": line.seller_sku,
         "product_name": line.name, "sku_name": line.options, "sale_price": str(line.sale_price),
         "original_price": str(line.price), "platform_discount": "0", "seller_discount": discount, "currency": "IDR",
         "display_status": order.status, "package_id": f"1{order.id}", "is_gift": False,
         "cancel_user": order.cancelled_by, "sku_type": "NORMAL"}
        for item in line.items
    ]  # fmt: skip


def _payment(order: Order) -> dict[str, str]:
    total = sum(line.sale_price * len(line.items) for line in order.lines)
    full = sum(line.price * len(line.items) for line in order.lines)
    return {
        "currency": "IDR", "sub_total": str(total), "shipping_fee": "0", "seller_discount": str(full - total),
        "platform_discount": "0", "total_amount": str(total), "original_total_product_price": str(full), "tax": "0",
    }  # fmt: skip


# --- the buyers ------------------------------------------------------------------------------------------------------


def buy(here: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    """A buyer's order of what is on sale. `platform` = where (else the first front that sells it); `fulfilment` = who
    ships it: only what the seller ships comes out of the seller's stock.

    Raises:
        ValueError: it cannot be bought.
    """
    paid, fulfilment = bool(body.get("paid", True)), str(body.get("fulfilment", OWN))
    platform = body.get("platform")
    if fulfilment not in FULFILMENTS or platform not in (None, *PLATFORMS):
        raise ValueError(f"fulfilment is one of {', '.join(FULFILMENTS)}, platform one of {', '.join(PLATFORMS)}")
    if here.shop.holiday:
        raise ValueError("the shop is on holiday")
    lines = [_bought(here, line, platform, fulfilment == OWN) for line in body["lines"]]
    if not lines:
        raise ValueError("an order has at least one line")
    order = Order(
        here.shop.new_id(), "AWAITING_SHIPMENT" if paid else "UNPAID", here.now, here.now,
        platform or _front(here.shop.products[lines[0].product]), fulfilment, lines, here.now if paid else None,
    )  # fmt: skip
    here.shop.orders[order.id] = order
    if paid or here.on("committed_at", "unpaid"):
        _take(here, order)
    webhooks.order_changed(here, order)
    return {"id": order.id, "status": order.status}


def _front(product: Product) -> str:
    return next((front for front, status in product.fronts.items() if status == "ACTIVATE"), TIKTOK)


def _bought(here: Context, line: Mapping[str, Any], platform: str | None, own: bool) -> Line:
    product, sku = on_sale(here, str(line["sku"]), platform)
    quantity, offer = int(line["quantity"]), product.offers[sku["id"]]
    place = next((one for one, shelf in offer.shelves.items() if shelf.stock >= quantity), None)
    if not 1 <= quantity <= PIECES_MOST:
        raise ValueError(f"a buyer buys 1 to {PIECES_MOST} pieces")
    if place is None and own:
        raise ValueError(f"{line['sku']}: no warehouse has {quantity} left")
    options = ", ".join(one.get("value_name", "") for one in sku["sales_attributes"])
    return Line(
        product.id, sku["id"], sku.get("seller_sku", ""), product.content["title"], options, offer.price,
        offer.sale_price or offer.price, [here.shop.new_id() for _ in range(quantity)],
        place or next(iter(offer.shelves)),
    )  # fmt: skip


def on_sale(here: Context, name: str, platform: str | None) -> tuple[Product, dict[str, Any]]:
    """The SKU that is on sale under a seller SKU.

    Raises:
        ValueError: there is none.
    """
    for product in here.living():
        sells = [front for front, status in product.fronts.items() if status == "ACTIVATE"]
        if not sells or (platform is not None and platform not in sells):
            continue
        for sku in product.skus:
            if sku.get("seller_sku") == name:
                return product, sku
    raise ValueError(f"nothing on sale has SKU {name}")


def advance(here: Context, number: str, word: str) -> dict[str, Any]:
    """Move an order on.

    Raises:
        NowhereError: there is no such order.
        ValueError: the word is none.
    """
    order = here.shop.orders.get(number)
    if order is None:
        raise NowhereError(f"there is no order {number}")
    if word not in ADVANCED:
        raise ValueError(f"an order cannot become '{word}': {', '.join(ADVANCED)}")
    order.status, order.updated = ADVANCED[word], here.now
    if word != "unpaid" and order.paid_at is None and order.status != "CANCELLED":
        order.paid_at = here.now
    if order.status not in ("UNPAID", "CANCELLED") and not order.took:
        _take(here, order)
    if order.status in GONE and order.committed:
        _commit(here, order, -1)
    if order.status == "CANCELLED" and order.took:
        order.cancelled_by = "BUYER" if word == "cancelled" else "SYSTEM"
        _give_back(here, order)
    webhooks.order_changed(here, order)
    return {"id": number, "status": order.status}


def _take(here: Context, order: Order) -> None:
    if order.fulfilment != OWN:
        return
    order.took, order.told = True, False
    for line in order.lines:
        shelf = _shelf(here, line)
        if shelf is not None:
            take(here.shop, shelf, len(line.items))
    _commit(here, order, 1)


def _commit(here: Context, order: Order, sign: int) -> None:
    order.committed = sign > 0
    for line in order.lines:
        shelf = _shelf(here, line)
        if shelf is not None:
            shelf.committed = max(0, shelf.committed + sign * len(line.items))


def _give_back(here: Context, order: Order) -> None:
    if order.committed:
        _commit(here, order, -1)
    order.took = False
    for line in order.lines:
        shelf = _shelf(here, line)
        if shelf is not None:
            give_back(shelf, len(line.items), len(line.items), order.told)
    order.told = True


def _shelf(here: Context, line: Line) -> Shelf | None:
    product = here.shop.products.get(line.product)
    offer = product.offers.get(line.sku) if product is not None else None
    return offer.shelves.get(line.warehouse) if offer is not None else None
