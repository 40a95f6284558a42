"""How a seller's software reads orders and moves them on, in both generations (facts, sections 3.6 and 4.6)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from adapters.sandbox.bukalapak.ask import Ask, is_id, is_map, is_text
from adapters.sandbox.bukalapak.buyers import move, read
from adapters.sandbox.bukalapak.context import WIB, Context, local, tree
from adapters.sandbox.bukalapak.reading import window
from adapters.sandbox.bukalapak.refusals import invalid, invented, missing
from adapters.sandbox.bukalapak.state import Line, Order
from adapters.sandbox.market import Reply

STATES = frozenset({
    "pending", "paid", "accepted", "delivered", "received", "remitted", "cancelled", "expired", "refunded", "rejected",
})  # fmt: skip
LOCKED = "Terkunci"
"""What stands for the consignee's phone until the order is accepted (facts, section 4.6)."""

OPEN_TO = {"accepted": ("paid",), "delivered": ("paid", "accepted"), "rejected": ("paid", "accepted")}
FAILED_REJECT = "Failed to reject"
"""The text of a reject that says OK and did nothing (facts, section 3.2)."""

PDF = b"%PDF-1.4\n% invented label\n%%EOF\n"


# --- v4 --------------------------------------------------------------------------------------------------------------


def listed(here: Context, ask: Ask) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Orders of a window of local time, in some states, newest first."""
    if ask.one("context", "sale") != "sale":
        raise invalid("context tidak sah")
    wanted = set(ask.query.get("states[]", STATES))
    if not wanted <= STATES:
        raise invalid("states tidak sah")
    offset, limit = window(ask)
    since, until = _moment(ask, "start_time", 0.0), _moment(ask, "end_time", float("inf"))
    stamp = "created" if here.on("order_window", "created") else "updated"
    found = [
        order for order in here.shop.orders.values()
        if order.state in wanted and since <= int(getattr(order, stamp)) <= until
    ]  # fmt: skip
    found.sort(key=lambda order: (getattr(order, stamp), order.id), reverse=True)
    rows = [] if here.fault == "empty_page" else found
    page = rows[offset : offset + limit]
    for order in page:
        read(here, order)
    return [_row(order) for order in page], {"offset": offset, "limit": limit, "total": len(rows)}


def _moment(ask: Ask, name: str, otherwise: float) -> float:
    """Seconds since 1970; without an offset the text is local time (facts, section 2)."""
    text = ask.one(name)
    if not text:
        return otherwise
    try:
        # A + that a client did not encode arrives as a blank; only the one before the offset can be meant.
        found = datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", text) if "T" in text else text)
    except ValueError:
        raise invalid(f"{name} tidak sah") from None
    return (found if found.tzinfo else found.replace(tzinfo=WIB)).timestamp()


def one(here: Context, ask: Ask) -> dict[str, Any]:
    """One order."""
    order = _order(here, ask.ids[0])
    read(here, order)
    return _row(order)


def set_state(here: Context, ask: Ask) -> dict[str, Any]:
    """Accept, send or reject; a repeat is refused, as the order is no longer where it was."""
    here.may_write()
    order, body = _order(here, ask.ids[0]), ask.json()
    state, options = body.get("state"), body.get("state_options", {})
    if not set(body) <= {"state", "state_options"} or not isinstance(state, str) or not is_map(options):
        raise invalid("state tidak sah")
    if order.state not in OPEN_TO.get(state, ()):
        raise invalid(f"Transaksi tidak dapat menjadi {state}")
    if state == "delivered":
        if not is_text(options.get("carrier")) or not is_text(options.get("tracking_number")):
            raise invalid("carrier dan tracking_number harus diisi")
        order.carrier, order.tracking = options["carrier"], options["tracking_number"]
    if state == "rejected":
        if not is_text(options.get("reject_reason")):
            raise invalid("reject_reason harus diisi")
        order.reason = options["reject_reason"]
    move(here, order, state)
    return _row(order)


def book(here: Context, ask: Ask) -> dict[str, Any]:
    """Book a carrier: each call makes another booking."""
    here.may_write()
    body = ask.json()
    if not is_id(body.get("transaction_id")) or not is_text(body.get("courier_selection")):
        raise invalid("transaction_id atau courier_selection tidak sah")
    order = _order(here, str(body["transaction_id"]))
    order.bookings += 1
    number = here.shop.new_id()
    return {
        "id": number, "transaction_id": order.id, "shipping_id": number, "courier": body["courier_selection"],
        "courier_name": body["courier_selection"], "booking_code": f"SIM{number}",
        "partner_label_url": f"https://img.invalid/label/{number}.pdf",
    }  # fmt: skip


def labels(here: Context, ask: Ask) -> Reply:
    """The labels of some orders, as a file."""
    numbers = ask.query.get("transaction_ids[]", [])
    if not numbers or ask.one("file_type", "pdf") != "pdf":
        raise invalid("transaction_ids atau file_type tidak sah")
    for number in numbers:
        _order(here, number)
    return Reply(200, PDF, "application/pdf")


def _order(here: Context, number: str) -> Order:
    found = here.shop.orders.get(number)
    if found is None:
        raise missing("Transaksi")
    return found


def _row(order: Order) -> dict[str, Any]:
    total = sum(line.price * line.quantity for line in order.lines)
    return {
        "id": order.id, "transaction_id": f"TR{order.id}", "invoice_id": order.id + 1, "state": order.state,
        "state_changed_at": {f"{state}_at": local(stamp) for state, stamp in order.changed.items()},
        "items": [_position(order, number, line) for number, line in enumerate(order.lines, start=1)],
        "buyer": {"id": 258_065, "username": "pembeli_contoh"},
        "amount": {
            "buyer": {"total": total, "details": {"items": total, "delivery": 0, "insurance": 0}},
            "seller": {
                "total": total, "details": {"items": total, "delivery": 0, "insurance": 0, "reductions": []}
            },
        },
        "delivery": {
            "consignee": _consignee(order), "tracking_number": order.tracking, "carrier": order.carrier,
            "requested_carrier": tree()["carriers"][0]["carrier"],
        },
        "options": {"buyer_note": "", "reject_reason": order.reason},
        "created_at": local(order.created), "updated_at": local(order.updated),
    }  # fmt: skip


def _position(order: Order, number: int, line: Line) -> dict[str, Any]:
    product = {"id": line.product_id, "weight": line.weight, "condition": "Baru"}
    return {
        "id": order.id * 100 + number, "name": line.name, "price": line.price,
        "total_price": line.price * line.quantity, "quantity": line.quantity,
        "stuff": {
            "id": line.sku_id, "product": product, "variant_name": line.variant_name, "sku_name": line.sku_name,
            "price": line.price, "discount": 0,
        },
    }  # fmt: skip


def _consignee(order: Order) -> dict[str, str]:
    """A buyer who does not exist; the phone is locked until the order was accepted."""
    known = {"accepted", "delivered", "received", "remitted"} & set(order.changed)
    return {
        "name": "Pembeli Contoh", "phone": "080000000000" if known else LOCKED, "country": "Indonesia",
        "province": "Kepulauan Bangka Belitung", "city": "Pangkalpinang", "district": "Contoh",
        "address": "Jalan Contoh 1", "postal_code": "33100",
    }  # fmt: skip


# --- v2 --------------------------------------------------------------------------------------------------------------


def listed_v2(here: Context, ask: Ask) -> dict[str, Any]:
    """Orders by page, newest first."""
    page, size = ask.whole("page", 1), ask.whole("per_page", 10)
    if page < 1 or not 1 <= size <= 80:
        raise invalid("page atau per_page tidak sah")
    found = sorted(here.shop.orders.values(), key=lambda order: (order.created, order.id), reverse=True)
    rows = [] if here.fault == "empty_page" else found[(page - 1) * size : page * size]
    for order in rows:
        read(here, order)
    return {"transactions": [_row_v2(here, order) for order in rows]}


def one_v2(here: Context, ask: Ask) -> dict[str, Any]:
    """One order."""
    order = _order(here, ask.ids[0])
    read(here, order)
    return {"transaction": _row_v2(here, order)}


def _row_v2(here: Context, order: Order) -> dict[str, Any]:
    """An order of v2; the sheet names its states, its fields are INVENTED."""
    shown = str if here.on("v2_numbers", "strings") else int
    return {
        "id": order.id, "transaction_id": f"TR{order.id}", "state": order.state,
        "total_amount": shown(sum(line.price * line.quantity for line in order.lines)),
        "products": [
            {"id": line.product_id, "name": line.name, "price": shown(line.price), "order_quantity": line.quantity}
            for line in order.lines
        ],
        "created_at": local(order.created), "updated_at": local(order.updated),
    }  # fmt: skip


def confirm_shipping(here: Context, ask: Ask) -> dict[str, Any]:
    """Say that it was sent. The body {transaction_id, shipping_code} is INVENTED: the sheet names only the call."""
    here.may_write()
    body = ask.json()
    if not is_id(body.get("transaction_id")) or not is_text(body.get("shipping_code")):
        raise invalid("transaction_id atau shipping_code tidak sah")
    order = _order(here, str(body["transaction_id"]))
    if order.state not in OPEN_TO["delivered"]:
        raise invalid("Transaksi tidak dapat dikirim")
    order.tracking = body["shipping_code"]
    move(here, order, "delivered")
    return {"id": order.id, "message": invented("Pengiriman dikonfirmasi")}


def reject_v2(here: Context, ask: Ask) -> dict[str, Any]:
    """Reject an order. One that cannot be, or for another reason than the four, answers OK and does nothing."""
    here.may_write()
    body = ask.json()
    if not is_id(body.get("transaction_id")) or not is_text(body.get("reason")):
        raise invalid("transaction_id atau reason tidak sah")
    order = _order(here, str(body["transaction_id"]))
    if body["reason"] not in tree()["reject_reasons"] or order.state not in OPEN_TO["rejected"]:
        return {"id": order.id, "message": FAILED_REJECT}
    order.reason = body["reason"]
    move(here, order, "rejected")
    return {"id": order.id, "message": invented("Transaksi ditolak")}
