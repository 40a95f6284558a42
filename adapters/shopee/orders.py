"""Reading orders: windows of at most 15 days, details by fifties (facts, sections 4.1 and 4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from adapters.contract import MarketplaceError, Order
from adapters.shopee.client import ShopeeClient
from adapters.shopee.mapping import order

WINDOW = timedelta(days=15) - timedelta(minutes=1)
OVERLAP = timedelta(seconds=10)
PAGE = 50  # one page of the list is one read of details


def changed_since(client: ShopeeClient, since: datetime, now: datetime) -> Iterator[Order]:
    """Every order changed at or after `since`: windows oldest first, within a page oldest change first;
    lazily.

    Shopee does not say in which order a list comes, and reads are at-least-once, so windows overlap.
    """
    start, end = since - OVERLAP, now + OVERLAP
    while start < end:
        until = min(start + WINDOW, end)
        for details in client.abreast(partial(_details, client), _pages(client, start, until)):
            found = [o for o in details if o.updated_at >= since - OVERLAP]
            yield from sorted(found, key=lambda o: (o.updated_at, o.id))
        start = until


def _pages(client: ShopeeClient, start: datetime, until: datetime) -> Iterator[list[str]]:
    cursor = ""
    window = [("time_from", str(int(start.timestamp()))), ("time_to", str(int(until.timestamp()) + 1))]
    fixed = [
        ("time_range_field", "update_time"), *window, ("page_size", str(PAGE)),
        ("response_optional_fields", "order_status"), ("request_order_status_pending", "true"),
    ]  # fmt: skip
    while True:
        reply = client.read("get_order_list", [*fixed, ("cursor", cursor)])
        numbers = [str(row["order_sn"]) for row in reply.rows("order_list")]
        if numbers:
            yield numbers
        following = str(reply.get("next_cursor") or "")
        # The end is `more` == false, not a short page (facts, section 4.1).
        if not reply.get("more") or not following:
            return
        cursor = following


def _details(client: ShopeeClient, numbers: Sequence[str]) -> list[Order]:
    """Details of up to 50 orders; where one unknown number spoils the read, halves are read apart (4.2)."""
    params = [
        ("order_sn_list", ",".join(numbers)), ("response_optional_fields", "item_list"),
        ("request_order_status_pending", "true"),
    ]  # fmt: skip
    try:
        return [order(row) for row in client.read("get_order_detail", params).rows("order_list")]
    except MarketplaceError as error:
        if error.code != "error_not_found":
            raise
    if len(numbers) == 1:
        return []
    middle = len(numbers) // 2
    return _details(client, numbers[:middle]) + _details(client, numbers[middle:])
