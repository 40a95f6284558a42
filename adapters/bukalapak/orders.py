"""Orders ("transactions"): three groups of states, windows in local time, by offset (facts, section 4.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.bukalapak.client import BukalapakClient
from adapters.bukalapak.mapping import WIB, moment, offer_id, whole
from adapters.contract import Order, OrderLine, OrderState

OVERLAP = timedelta(minutes=1)
GROUPS = (("pending", "paid", "accepted", "delivered"), ("received", "remitted"),
          ("cancelled", "expired", "refunded", "rejected"))  # fmt: skip
STATES = {
    "pending": OrderState.unpaid, "addressed": OrderState.unpaid, "payment_chosen": OrderState.unpaid,
    "confirm_payment": OrderState.unpaid, "paid": OrderState.open, "accepted": OrderState.open,
    "delivered": OrderState.closed, "received": OrderState.closed, "remitted": OrderState.closed,
    "cancelled": OrderState.cancelled, "expired": OrderState.cancelled, "refunded": OrderState.cancelled,
    "rejected": OrderState.cancelled,
}  # fmt: skip


def changed_since(client: BukalapakClient, since: datetime, now: datetime) -> Iterator[Order]:
    """Every order changed at or after `since`, oldest change first."""
    span = (("start_time", _local(since - OVERLAP)), ("end_time", _local(now + OVERLAP)))
    rows: dict[str, Mapping[str, Any]] = {}
    for group in GROUPS:
        states = [("states[]", state) for state in group]
        for row in client.pages("transactions", [("context", "sale"), *span, *states]):
            rows[str(row.get("id"))] = row
    yield from sorted((_order(row) for row in rows.values()), key=lambda order: (order.updated_at, order.id))


def _local(at: datetime) -> str:
    return at.astimezone(WIB).isoformat(timespec="seconds")


def _order(row: Mapping[str, Any]) -> Order:
    state = STATES.get(str(row.get("state")), OrderState.open)
    placed = moment(row.get("created_at"))
    changed = moment(row.get("updated_at")) or placed
    if placed is None or changed is None:
        raise ValueError("an order without a time cannot be booked")
    lines = tuple(_line(one, state) for one in row.get("items") or [] if isinstance(one, dict))
    return Order(str(row["id"]), state, placed, changed, lines)


def _line(row: Mapping[str, Any], state: OrderState) -> OrderLine:
    stuff = row.get("stuff") or {}
    product = str((stuff.get("product") or {}).get("id") or "")
    taken = 0 if state is OrderState.cancelled else whole(row.get("quantity")) or 0
    sku = str(stuff["sku_name"]) if stuff.get("sku_name") else None
    return OrderLine(product, offer_id(product, str(stuff.get("id") or "")), sku, taken)
