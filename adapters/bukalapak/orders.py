"""Reading orders: windows of local time, in the groups of states that a production client reads (facts, 4.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.bukalapak.client import BukalapakClient, local, whole
from adapters.bukalapak.mapping import instant, offer_id
from adapters.contract import Order, OrderLine, OrderState

Row = Mapping[str, Any]
LOOK_BACK = timedelta(days=30)
"""Whether the filter means the time of an order or of its last change is in no source. As it may be the first, a
window begins this much earlier: an order lives shorter than that."""
WINDOW = timedelta(days=61)
OVERLAP = timedelta(seconds=10)
GROUPS = (
    ("pending", "paid", "accepted", "delivered"),  # the client's own groups leave "delivered" out
    ("received", "remitted"),
    ("cancelled", "expired", "refunded"),
    (),  # without a filter: an order can be rejected, too, yet no filter for that state was seen (facts, section 4.6)
)
STATES = {
    "pending": OrderState.unpaid,
    "addressed": OrderState.unpaid,
    "payment_chosen": OrderState.unpaid,
    "confirm_payment": OrderState.unpaid,
    "received": OrderState.closed,
    "remitted": OrderState.closed,
    "cancelled": OrderState.cancelled,
    "expired": OrderState.cancelled,
    "rejected": OrderState.cancelled,
    "refunded": OrderState.cancelled,
}


def changed_since(client: BukalapakClient, since: datetime, now: datetime) -> Iterator[Order]:
    """Every order changed at or after `since`: windows oldest first, within a window oldest change first."""
    start, end = since - LOOK_BACK, now + OVERLAP
    while start < end:
        until = min(start + WINDOW, end)
        found = [order(row) for row in _rows(client, start, until)]
        latest = {one.id: one for one in sorted(found, key=lambda o: o.updated_at)}
        changed = [one for one in latest.values() if one.updated_at >= since - OVERLAP]
        yield from sorted(changed, key=lambda o: (o.updated_at, o.id))
        start = until


def _rows(client: BukalapakClient, start: datetime, until: datetime) -> Iterator[Row]:
    """All groups of one window; an order that moves on meanwhile may come twice."""
    fixed = [("context", "sale"), ("start_time", local(start)), ("end_time", local(until + timedelta(seconds=1)))]
    for group in GROUPS:
        yield from client.pages("transactions", [*fixed, *(("states[]", state) for state in group)])


def order(row: Row) -> Order:
    """One order, without anything of the buyer; rows of one offer are summed."""
    state = state_of(row)
    taken: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for line in (one for one in row.get("items") or [] if isinstance(one, dict)):
        pieces = whole(line.get("quantity")) or 0
        taken[_line_key(line)] += 0 if state is OrderState.cancelled else max(0, pieces)
    placed = instant(row.get("created_at")) or datetime.fromtimestamp(0, UTC)
    moments = [placed, *(m for m in (instant(row.get("updated_at")), *_changes(row).values()) if m is not None)]
    lines = tuple(OrderLine(product, offer, sku, pieces) for (product, offer, sku), pieces in taken.items())
    return Order(str(row["id"]), state, placed, max(moments), lines)


def state_of(row: Row) -> OrderState:
    """How far an order has come. Money that went back after the goods had left brings no pieces back."""
    word = str(row.get("state") or "").casefold()
    if word == "refunded" and any("delivered" in k or "received" in k for k, m in _changes(row).items() if m):
        return OrderState.closed
    return STATES.get(word, OrderState.open)


def _changes(row: Row) -> dict[str, datetime | None]:
    """{state: when it was reached}."""
    moments = row.get("state_changed_at")
    return {str(k): instant(v) for k, v in moments.items()} if isinstance(moments, dict) else {}


def _line_key(line: Row) -> tuple[str, str, str | None]:
    """Product, offer and SKU of a line: the "stuff" of an order is the SKU that was bought."""
    stuff = line.get("stuff") or {}
    product = str((stuff.get("product") or {}).get("id") or "")
    sku = stuff.get("sku_name")
    return product, offer_id(product, stuff.get("sku_id") or stuff.get("id")), str(sku) if sku else None
