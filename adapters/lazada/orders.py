"""Reading orders: a window that moves along the time of the last change, lines by fifties (facts, section 10.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from adapters.contract import Cause, MarketplaceError, Order, OrderLine, OrderState, Transient
from adapters.lazada.client import LazadaClient
from adapters.lazada.looking import moment
from adapters.lazada.mapping import offer_id
from adapters.lazada.words import ORDER_STATUSES, plain
from adapters.words import kept

Row = Mapping[str, Any]
OVERLAP = timedelta(seconds=10)
PAGE = 100
DEEPEST = 5000
ORDERS_PER_READ = 50
GIVEN_BACK = frozenset({"canceled", "cancelled"})
"""Statuses of a line whose piece is sellable again: what was returned or lost on its way is not (section 10.2)."""


def changed_since(client: LazadaClient, since: datetime, warehouse: str | None = None) -> Iterator[Order]:
    """Every order changed at or after `since`, oldest change first; lazily. `warehouse` = the one whose stock is ours.

    Raises:
        MarketplaceError: more orders changed in one moment than a list shows; what was yielded so far stands.
    """
    for rows in _pages(client, since - OVERLAP):
        chunks = [rows[at : at + ORDERS_PER_READ] for at in range(0, len(rows), ORDERS_PER_READ)]
        for found in client.abreast(partial(_with_lines, client, warehouse), chunks):
            yield from (order for order in found if order.updated_at >= since - OVERLAP)


def _pages(client: LazadaClient, since: datetime) -> Iterator[list[Row]]:
    """Pages of orders that were not seen as they now are.

    An order that changes moves to the end, and those behind it move up: turned by its offset, a page would miss one. So
    the window's start follows the last order instead, and the offset only turns pages within one moment.
    """
    start, offset = since, 0
    seen: set[tuple[str, str]] = set()
    while True:
        fixed = [("sort_by", "updated_at"), ("sort_direction", "ASC"), ("limit", str(PAGE))]
        reply = client.read("GetOrders", [("update_after", moment(start)), ("offset", str(offset)), *fixed])
        rows = reply.rows("orders")
        fresh = [row for row in rows if _name(row) not in seen]
        seen.update(_name(row) for row in rows)
        if fresh:
            yield fresh
        if len(rows) < PAGE:
            return
        # Whether the bound itself is in the window is not said: one second earlier it surely is.
        last = (instant(rows[-1].get("updated_at")) or start) - timedelta(seconds=1)
        start, offset = (last, 0) if last > start else (start, offset + PAGE)
        if offset > DEEPEST:
            text = kept("more than {most} orders of one moment: the list cannot be read to its end", most=DEEPEST)
            raise MarketplaceError(Cause.unknown, "list_too_deep", text)


def _name(row: Row) -> tuple[str, str]:
    return str(row.get("order_id")), str(row.get("updated_at"))


def _with_lines(client: LazadaClient, warehouse: str | None, rows: Sequence[Row]) -> list[Order]:
    numbers = ",".join(str(row["order_id"]) for row in rows)
    found = client.read("GetMultipleOrderItems", [("order_ids", f"[{numbers}]")])
    answers = found.payload if isinstance(found.payload, list) else []
    lines = {str(one.get("order_id")): one.get("order_items") or [] for one in answers if isinstance(one, dict)}
    if missing := [number for row in rows if (number := str(row["order_id"])) not in lines]:
        # An order without its lines would take no stock: rather none at all now than a wrong one.
        text = kept("the lines of {number} orders did not come", number=len(missing))
        raise Transient(Cause.transient, "lines_missing", text)
    return [order(row, lines[str(row["order_id"])], warehouse) for row in rows]


def order(row: Row, lines: Sequence[Row], warehouse: str | None = None) -> Order:
    """One order, without anything of the buyer. A line is one piece, and each has a status of its own."""
    taken: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for line in lines:
        if not _from_our_stock(line, warehouse):
            continue
        taken[_line_key(line)] += 0 if plain(line.get("status")) in GIVEN_BACK else 1
    placed = instant(row.get("created_at")) or datetime.fromtimestamp(0, UTC)
    updated = instant(row.get("updated_at")) or placed
    statuses = [line.get("status") for line in lines] or list(row.get("statuses") or [])
    kept = tuple(OrderLine(item, offer, sku, pieces) for (item, offer, sku), pieces in taken.items())
    return Order(str(row["order_id"]), state_of(statuses), placed, updated, kept)


def _from_our_stock(line: Row, warehouse: str | None) -> bool:
    """What another of the seller's warehouses sends takes nothing of this stock; codes are compared without case."""
    where = str(line.get("warehouse_code") or "")
    return not where or warehouse is None or where.casefold() == warehouse.casefold()


def state_of(statuses: Sequence[Any]) -> OrderState:
    """An order is as far as the least of its lines that are not cancelled (facts, section 10.3)."""
    states = {ORDER_STATUSES.get(plain(status), OrderState.open) for status in statuses}
    if not states:
        return OrderState.open
    for state in (OrderState.unpaid, OrderState.open, OrderState.closed):
        if state in states:
            return state
    return OrderState.cancelled


def _line_key(line: Row) -> tuple[str, str, str | None]:
    item, sku = str(line.get("product_id") or ""), line.get("sku")
    return item, offer_id(item, line.get("sku_id")), str(sku) if sku else None


def instant(text: Any) -> datetime | None:
    """An order's time, as "2026-01-02 10:11:12 +0700", as an aware datetime; None if it is none (section 10.3)."""
    words = str(text or "").strip().replace("T", " ")
    for form in ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S%z"):
        try:
            return datetime.strptime(words, form).astimezone(UTC)
        except ValueError:
            continue
    return None
