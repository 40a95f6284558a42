"""Reading orders: half-open windows of update time, each page with its lines (facts, section 9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.contract import Order, OrderLine, OrderState
from adapters.tiktokshop.client import TikTokClient, instant, objects, whole
from adapters.tiktokshop.mapping import dump
from adapters.tiktokshop.words import CANCELLED, ORDER_STATES

Row = Mapping[str, Any]
OVERLAP = timedelta(minutes=5)
"""Orders move while they are searched: their update times may lie outside the window (facts, section 9)."""
WINDOW = timedelta(days=7)
OURS = "FULFILLMENT_BY_SELLER"


def changed_since(
    client: TikTokClient, since: datetime, now: datetime, page: int, warehouse: str | None
) -> Iterator[Order]:
    """Every order changed at or after `since`, oldest change first within a window; lazily.

    Reads are at-least-once, so windows overlap. `warehouse` = the one whose stock is ours.
    """
    start, end = since - OVERLAP, now + OVERLAP
    while start < end:
        until = min(start + WINDOW, end)
        for row in _rows(client, start, until, page):
            yield order(row, warehouse)
        start = until


def _rows(client: TikTokClient, start: datetime, until: datetime, page: int) -> Iterator[Row]:
    window = {"update_time_ge": int(start.timestamp()), "update_time_lt": int(until.timestamp()) + 1}
    fixed = [("page_size", str(page)), ("sort_field", "update_time"), ("sort_order", "ASC")]
    token = ""
    while True:
        params = [*fixed, *([("page_token", token)] if token else [])]
        reply = client.read("get_order_list", params=params, body=dump(window))
        yield from (row for row in reply.rows("orders") if row.get("id"))
        token = str(reply.get("next_page_token") or "")
        if not token:
            return


def order(row: Row, warehouse: str | None) -> Order:
    """One order, without anything of the buyer; a line is one unit, and lines of one offer are summed (section 9)."""
    state = ORDER_STATES.get(str(row.get("status") or ""), OrderState.open)
    taken: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for line in objects(row.get("line_items")) if _from_our_stock(row, warehouse) else []:
        gone = state is OrderState.cancelled or str(line.get("display_status")) in CANCELLED
        for key, pieces in _pieces(line):
            taken[key] += 0 if gone else pieces
    placed = instant(row.get("create_time")) or datetime.fromtimestamp(0, UTC)
    lines = tuple(OrderLine(listing, offer, sku, pieces) for (listing, offer, sku), pieces in taken.items())
    return Order(str(row["id"]), state, placed, instant(row.get("update_time")) or placed, lines)


def _from_our_stock(row: Row, warehouse: str | None) -> bool:
    """What the marketplace ships from its own warehouses, or another of the seller's, takes nothing of this stock."""
    if str(row.get("fulfillment_type") or OURS) != OURS:
        return False
    where = str(row.get("warehouse_id") or "")
    return not where or warehouse is None or where == warehouse


def _pieces(line: Row) -> Iterator[tuple[tuple[str, str, str | None], int]]:
    """The offers that one unit takes: of a virtual bundle its parts (facts, section 9)."""
    parts = objects(line.get("combined_listing_skus"))
    for part in parts:
        yield _key(part), whole(part.get("sku_count")) or 0
    if not parts:
        yield _key(line), 1


def _key(row: Row) -> tuple[str, str, str | None]:
    sku = row.get("seller_sku")
    return str(row.get("product_id") or ""), str(row.get("sku_id") or ""), str(sku) if sku else None
