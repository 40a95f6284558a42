"""Orders: one row is one variant of one order; a filter gives about a hundred rows, so windows are halved (10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.blibli.client import V3_PAGE, BlibliClient, instant
from adapters.contract import Order, OrderLine, OrderState

CAP = 100
OVERLAP = timedelta(minutes=1)
WINDOW = timedelta(days=7)
SHORTEST = timedelta(seconds=2)
STATES = {
    "BP": OrderState.open, "FP": OrderState.open, "PF": OrderState.open, "PU": OrderState.open,
    "CX": OrderState.closed, "D": OrderState.closed,
    "X": OrderState.cancelled, "OS": OrderState.cancelled, "CR": OrderState.cancelled,
}  # fmt: skip
"""CX is "in delivery", not cancelled (facts, section 10). What BP and CR mean is UNCONFIRMED."""

Row = Mapping[str, Any]


def changed_since(client: BlibliClient, since: datetime, now: datetime) -> Iterator[Order]:
    """Every order changed at or after `since`, window by window, oldest first."""
    start, end = since - OVERLAP, now + OVERLAP
    while start < end:
        until = min(start + WINDOW, end)
        yield from _window(client, start, until)
        start = until


def _window(client: BlibliClient, start: datetime, end: datetime) -> Iterator[Order]:
    """One window; one that is as full as a filter can be is read in halves."""
    rows = _rows(client, start, end)
    if len(rows) >= CAP and end - start > SHORTEST:
        middle = start + (end - start) / 2
        yield from _window(client, start, middle)
        yield from _window(client, middle, end)
        return
    yield from sorted(_orders(rows), key=lambda order: (order.updated_at, order.id))


def _rows(client: BlibliClient, start: datetime, end: datetime) -> list[Row]:
    span = {"start": int(start.timestamp() * 1000), "end": int(end.timestamp() * 1000)}
    rows: list[Row] = []
    page = 0
    while True:
        reply = client.read("orders", {
            "filter": {"statusFPDateRange": span}, "sorting": {"by": "statusFPUpdatedTimestamp", "direction": "ASC"},
            "paging": {"page": page, "size": V3_PAGE},
        })  # fmt: skip
        found = [item for package in reply.rows() for item in package.get("orderItems") or []]
        rows += found
        page += 1
        if len(reply.rows()) < V3_PAGE or page * V3_PAGE >= reply.total > 0:
            return rows


def _orders(rows: list[Row]) -> Iterator[Order]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[str(row["order"]["id"])].append(row)
    for number, items in grouped.items():
        changed = [m for row in items if (m := instant(row["order"].get("statusFPUpdatedTimestamp")))]
        placed = [m for row in items if (m := instant(row["order"].get("date")))]
        states = [STATES.get(str(row["order"].get("itemStatus")), OrderState.open) for row in items]
        # An order of which a window shows only some rows is told row by row: each row is an order of its own here.
        for row, state in zip(items, states, strict=True):
            yield Order(
                id=f"{number}-{row['order']['itemId']}", state=state, placed_at=min(placed), updated_at=max(changed),
                lines=(_line(row, state),),
            )  # fmt: skip


def _line(row: Row, state: OrderState) -> OrderLine:
    product = row.get("product") or {}
    l4 = str(product.get("blibliSku") or "")
    taken = 0 if state is OrderState.cancelled else int(row["order"].get("quantity") or 0)
    return OrderLine(l4.rsplit("-", 1)[0], l4, str(product["sellerSku"]) if product.get("sellerSku") else None, taken)
