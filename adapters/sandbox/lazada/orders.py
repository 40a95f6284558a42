"""Orders as sellers read them, and the buyers who make them (facts, sections 10.2 and 10.3).

There is no quantity: every piece is a line of its own, and the status belongs to it. What is not paid is withheld and
comes back after 30 minutes; what is paid is occupied until it is on its way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.lazada import push
from adapters.sandbox.lazada.context import Answer, Ask, Context
from adapters.sandbox.lazada.errors import numbered
from adapters.sandbox.lazada.judging import WIB
from adapters.sandbox.lazada.reading import number, on_sale, window
from adapters.sandbox.lazada.state import Item, Line, Order, Sku
from adapters.sandbox.market import NowhereError
from adapters.sandbox.selling import give_back, take

LIST = frozenset({"created_after", "created_before", "update_after", "update_before", "status", "sort_by",
                  "sort_direction", "limit", "offset"})  # fmt: skip
PAGE_MOST, OFFSET_MOST, MANY_MOST = 100, 5000, 50
WITHHELD_S = 1800
SHIPPING_FEE = 9000
BUYER = "P***"
WORDS = {"paid": "pending", "cancelled": "canceled"}
STATUSES = ("unpaid", "pending", "packed", "repacked", "ready_to_ship", "topack", "toship", "shipping", "shipped",
            "delivered", "failed", "canceled", "returned", "lost")  # fmt: skip
HELD = {"unpaid": "withheld", "pending": "occupied", "packed": "occupied", "repacked": "occupied",
        "topack": "occupied", "toship": "occupied"}  # fmt: skip


# --- what sellers read -----------------------------------------------------------------------------------------------


def orders(here: Context, ask: Ask) -> Answer:
    """GET /orders/get: by a window of time, which must be given."""
    if not ask.get("created_after") and not ask.get("update_after"):
        raise numbered("17", "Invalid Date Format: created_after or update_after is mandatory")
    created = window(ask, "created_after", "created_before")
    updated = window(ask, "update_after", "update_before")
    status = ask.get("status") or "all"
    if status != "all" and status not in STATUSES:
        raise numbered("36", "Invalid status filter")
    key = _sorted_by(ask)
    limit = number(ask, "limit", PAGE_MOST, 1, PAGE_MOST, "19")
    offset = number(ask, "offset", 0, 0, OFFSET_MOST, "14")
    found = [
        order for order in here.shop.orders.values()
        if created[0] <= order.created <= created[1] and updated[0] <= order.updated <= updated[1]
        and (status == "all" or any(line.status == status for line in order.lines))
    ]  # fmt: skip
    found.sort(key=key, reverse=ask.get("sort_direction").upper() == "DESC")
    page = [] if here.fault == "empty_page" else found[offset : offset + limit]
    return Answer({"count": len(page), "countTotal": len(found), "orders": [_listed(here, order) for order in page]})


def _sorted_by(ask: Ask) -> Callable[[Order], float]:
    if ask.get("sort_direction").upper() not in ("", "ASC", "DESC"):
        raise numbered("74", "Invalid Sort Direction")
    match ask.get("sort_by"):
        case "" | "created_at":
            return lambda order: order.created
        case "updated_at":
            return lambda order: order.updated
    raise numbered("75", "Invalid Sort Filter")


def order(here: Context, ask: Ask) -> Answer:
    """GET /order/get?order_id=."""
    return Answer(_order(here, _found(here, ask.get("order_id"))))


def _found(here: Context, order_id: str) -> Order:
    found = here.shop.orders.get(int(order_id)) if order_id.isdecimal() and len(order_id) < 20 else None
    if found is None:
        raise numbered("16", "Invalid Order ID")
    return found


def items(here: Context, ask: Ask) -> Answer:
    """GET /order/items/get?order_id=: to read the lines is to know of them."""
    found = _found(here, ask.get("order_id"))
    _read(here, [found])
    return Answer(_lines(here, found))


def items_of_many(here: Context, ask: Ask) -> Answer:
    """GET /orders/items/get?order_ids=[1,2]."""
    try:
        ids = json.loads(ask.get("order_ids") or "null")
    except (ValueError, RecursionError):
        ids = None
    if not isinstance(ids, list) or not ids or not all(str(one).isdecimal() and len(str(one)) < 20 for one in ids):
        raise numbered("56", "Invalid Orders ID")
    if len(ids) > MANY_MOST:
        raise numbered("38", "Too many orders were requested")
    found = [here.shop.orders[int(one)] for one in ids if int(one) in here.shop.orders]
    if len(found) < len(ids):
        raise numbered("37" if found else "39", "One or more order ids are incorrect")
    _read(here, found)
    return Answer([{**_ids(here, one.id), "order_items": _lines(here, one)} for one in found])


def _ids(here: Context, order_id: int) -> dict[str, Any]:
    shown = str(order_id) if here.on("order_number", "string") else order_id
    return {"order_id": shown, "order_number": shown}


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(WIB).strftime("%Y-%m-%d %H:%M:%S +0700")


def _order(here: Context, order: Order) -> dict[str, Any]:
    address = {"first_name": BUYER, "last_name": "", "phone": "62********00", "phone2": "", "address1": "J***",
               "address2": "", "address3": "Kepulauan Bangka Belitung", "address4": "Kota Pangkalpinang",
               "address5": "Taman Sari", "city": "Kota Pangkalpinang", "post_code": "33***",
               "country": "Indonesia"}  # fmt: skip
    return {
        **_ids(here, order.id), "statuses": list(dict.fromkeys(line.status for line in order.lines)),
        "price": f"{sum(line.paid_price for line in order.lines)}.00", "voucher": "0",
        "shipping_fee": f"{SHIPPING_FEE}.00", "items_count": len(order.lines),
        "payment_method": "COD", "warehouse_code": here.warehouses()[0]["code"], "created_at": _stamp(order.created),
        "updated_at": _stamp(order.updated), "customer_first_name": BUYER, "customer_last_name": "",
        "address_shipping": address, "address_billing": address, "need_cancel_confirm": False,
        "is_cancel_pending": False,
    }  # fmt: skip


def _listed(here: Context, order: Order) -> dict[str, Any]:
    """An order in a list: with the vouchers apart, and with a text where one order alone has a boolean."""
    return {**_order(here, order), "voucher_seller": "0", "voucher_platform": "0", "is_cancel_pending": "false"}


def _lines(here: Context, order: Order) -> list[dict[str, Any]]:
    return [
        {
            "order_item_id": line.id, "order_id": order.id, "sku": line.seller_sku,
            "shop_sku": f"{line.item}_ID-{line.sku}", "sku_id": str(line.sku), "product_id": str(line.item),
            "name": line.name, "variation": line.variation, "item_price": f"{line.price}.00",
            "paid_price": f"{line.paid_price}.00", "voucher_amount": "0", "currency": "IDR", "status": line.status,
            "warehouse_code": line.warehouse or here.warehouses()[0]["code"], "order_flag": "NORMAL",
            "sla_time_stamp": "",
            "reason": "buyer changed mind" if line.status == "canceled" else "",
            "cancel_return_initiator": "buyer" if line.status in ("canceled", "returned") else "",
            "created_at": _stamp(order.created), "updated_at": _stamp(line.updated), "shop_id": "Toko Uji",
        }
        for line in order.lines
    ]  # fmt: skip


def _read(here: Context, read: Iterable[Order]) -> None:
    """The seller's software knows of these orders now: what it writes from here on counts them in."""
    for order in read:
        if order.told:
            continue
        order.told = True
        for line in order.lines:
            found = _sku(here, line)
            if found is not None and line.took and not line.warehouse:
                found.unseen -= 1


# --- buyers ----------------------------------------------------------------------------------------------------------


def buy(here: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    """A buyer's order of what is on sale; ValueError when it cannot be bought."""
    bought = [_bought(here, line) for line in body["lines"]]
    paid = bool(body.get("paid", True))
    order = Order(11 * 10**14 + here.shop.number(), here.now, [])
    status = "pending" if paid else "unpaid"
    for item, sku, quantity, warehouse in bought:
        sale = sku.special if on_sale(sku, here.now) and sku.special else sku.price
        variation = ", ".join(f"{name}:{value}" for name, value in sku.sale_prop.items())
        for _ in range(quantity):
            line = Line(22 * 10**14 + here.shop.number(), item.id, sku.id, sku.seller_sku, item.attributes["name"],
                        variation, sku.price, sale, status, here.now, warehouse=warehouse)  # fmt: skip
            order.lines.append(line)
        here.remember(item)
    order.paid = paid
    here.shop.orders[order.id] = order
    for line in order.lines:
        _take(here, line)
        _hold(here, line, HELD[status])
        push.order_changed(here, order, line)
    if not paid:
        here.schedule(here.now + WITHHELD_S, "unpaid", order.id)
    return {"id": str(order.id), "status": status, "lines": [str(line.id) for line in order.lines]}


def _bought(here: Context, line: Mapping[str, Any]) -> tuple[Item, Sku, int, str]:
    """What is bought, and the warehouse that has it: the default one ("") before others (facts, section 10.3)."""
    if here.shop.holiday:
        raise ValueError("the shop is on holiday")
    quantity, wanted = int(line["quantity"]), str(line["sku"])
    pairs = [(item, sku) for item in here.seen(listed=False, only=here.named([wanted])) for sku in item.living]
    for item, sku in pairs:
        if sku.seller_sku != wanted or item.state != "good" or sku.status != "active":
            continue
        places = {"": sku.stock, **(sku.elsewhere if here.shop.multi_warehouse else {})}
        place = next((code for code, pieces in places.items() if pieces >= quantity >= 1), None)
        if place is None:
            raise ValueError(f"{wanted}: only {sku.stock} left, and at least one piece is bought")
        return item, sku, quantity, place
    raise ValueError(f"nothing on sale has SKU {wanted}")


def _take(here: Context, line: Line) -> None:
    sku = _sku(here, line)
    line.took = True
    if sku is not None and line.warehouse:
        sku.elsewhere[line.warehouse] -= 1
    elif sku is not None:
        take(here.shop, sku, 1)


def _hold(here: Context, line: Line, where: str) -> None:
    """Move the piece of a line between withheld, occupied and gone: parts that only the default warehouse has."""
    sku = _sku(here, line)
    if sku is not None and not line.warehouse:
        sku.withheld += (where == "withheld") - (line.holds == "withheld")
        sku.occupied += (where == "occupied") - (line.holds == "occupied")
    line.holds = where


def _give_back(here: Context, order: Order, line: Line) -> None:
    sku = _sku(here, line)
    line.took = False
    if sku is not None and line.warehouse:
        sku.elsewhere[line.warehouse] += 1
    elif sku is not None:
        give_back(sku, 1, 1, order.told)


def advance(here: Context, order_id: str, word: str) -> dict[str, Any]:
    """Move an order on; NowhereError for one that is not there, ValueError for a word that is none."""
    found = here.shop.orders.get(int(order_id)) if order_id.isdecimal() else None
    if found is None:
        raise NowhereError(f"there is no order {order_id}")
    status = WORDS.get(word, word)
    if status not in STATUSES:
        raise ValueError(f"an order cannot become '{word}': {', '.join((*WORDS, *STATUSES))}")
    found.paid = found.paid or status not in ("unpaid", "canceled")
    for line in found.lines:
        if line.status != status:
            becomes(here, found, line, status)
    return {"id": order_id, "status": status}


def becomes(here: Context, order: Order, line: Line, status: str) -> None:
    """A line's status, and where its piece is then."""
    line.status, line.updated = status, here.now
    push.order_changed(here, order, line)
    if status in HELD and not line.took:
        order.told = False  # it had been cancelled, all its lines with it
        _take(here, line)
    _hold(here, line, HELD.get(status, ""))
    if status == "canceled" and line.took:
        _give_back(here, order, line)


def expire(here: Context, order_id: int) -> None:
    """Nobody paid within 30 minutes: the order ends, and its pieces can be bought again."""
    found = here.shop.orders.get(order_id)
    if found is not None and not found.paid:
        for line in found.lines:
            if line.status == "unpaid":
                becomes(here, found, line, "canceled")


def _sku(here: Context, line: Line) -> Sku | None:
    item = here.shop.items.get(line.item)
    return None if item is None else next((sku for sku in item.skus if sku.id == line.sku), None)
