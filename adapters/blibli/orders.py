"""Reading orders: list V2 by the time of payment, windows halved where too many fall into one (facts, section 10)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.blibli.client import BlibliClient
from adapters.blibli.seen import CANCELLED, orders_from
from adapters.contract import AuthError, MarketplaceError, Order, Transient

OVERLAP = timedelta(minutes=5)  # their clock and ours, and rows that show late
CANCELLED_WITHIN = timedelta(days=30)
"""The list filters by the time of payment, not of the last change. What an older order does that matters to stock is
to be cancelled; thirty days cover payment to delivery."""
SURELY_CANCELLED = ("X",)
"""What stands in the one list of statuses that a filter takes (facts, section 10, V1)."""

PAGE = 50
CAP = 100  # more than about 100 records of one filter are not shown (facts, section 10)
LEAST = timedelta(seconds=1)


class Orders:
    """Reads of one store's orders."""

    def __init__(self, client: BlibliClient) -> None:
        self._client = client
        self._cancelled: Sequence[str] = CANCELLED

    def changed_since(self, since: datetime, now: datetime) -> Iterator[Order]:
        """Every order paid at or after `since`, and older ones cancelled meanwhile; windows oldest first, lazily.

        Raises:
            MarketplaceError: what was yielded so far stands.
        """
        start = since - OVERLAP
        yield from self._cancellations(start - CANCELLED_WITHIN, start)
        yield from _window(self._client, start, now + OVERLAP, ())

    def _cancellations(self, start: datetime, end: datetime) -> Iterator[Order]:
        """Whether a filter takes OS and CR is an open question: where it does not, nothing bears them either."""
        try:
            found = list(_window(self._client, start, end, self._cancelled))
        except (Transient, AuthError):
            raise
        except MarketplaceError:
            if self._cancelled == SURELY_CANCELLED:
                raise
            self._cancelled = SURELY_CANCELLED
            found = list(_window(self._client, start, end, self._cancelled))
        yield from found


def _window(client: BlibliClient, start: datetime, end: datetime, statuses: Sequence[str]) -> Iterator[Order]:
    first, total = _page(client, start, end, statuses, 0)
    if total >= CAP and end - start > LEAST:
        middle = start + (end - start) / 2
        yield from _window(client, start, middle, statuses)
        yield from _window(client, middle, end, statuses)
        return
    rows, page = list(first), 0
    while len(rows) < total:
        page += 1
        more, _ = _page(client, start, end, statuses, page)
        if not more:
            break
        rows += more
    yield from orders_from(rows)


def _page(
    client: BlibliClient, start: datetime, end: datetime, statuses: Sequence[str], page: int
) -> tuple[list[Mapping[str, Any]], int]:
    """One page of packages, and how many records the window holds."""
    window = {"start": int(start.timestamp() * 1000), "end": int(end.timestamp() * 1000)}
    chosen: dict[str, Any] = {"orderItemStatuses": list(statuses)} if statuses else {}
    body = {
        "filter": {"statusFPDateRange": window, **chosen},
        "sorting": {"by": "statusFPUpdatedTimestamp", "direction": "ASC"},
        "paging": {"page": page, "size": PAGE},
    }
    reply = client.read("orders", json.dumps(body).encode())
    return list(reply.rows), reply.total if reply.total is not None else len(reply.rows)
