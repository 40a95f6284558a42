"""Typed reads of one store: lists by pages, submissions, rejections, queues."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.blibli.client import BlibliClient, Reply, instant
from adapters.blibli.mapping import dump
from adapters.contract import Cause

Row = Mapping[str, Any]
SKUS_PER_READ = 50  # facts, section 8
PAGE_V2, PAGE = 100, 50  # facts, section 8
FEED_PAGE = 100  # facts, section 7.4
CREATING = ("createProductV2", "createProduct")
"""Queues that a create of ours stands in; the older name is asked for too, as a version's name may change."""


# --- products --------------------------------------------------------------------------------------------------------


def variants(client: BlibliClient, archived: bool, **chosen: Any) -> Iterator[Row]:
    """Rows of list V2, variant by variant, with their stock (facts, section 8). `chosen` = its filters."""
    page = 0
    while True:
        body = {**chosen, "isArchive": archived, "page": page, "size": PAGE_V2}
        reply = client.read("list_v2", dump(body).encode())
        yield from reply.rows
        page += 1
        if _last(reply, page, PAGE_V2):
            return


def variants_by_sku(client: BlibliClient, skus: Sequence[str], archived: bool) -> list[Row]:
    """Rows of list V2 for these seller SKUs, at most 50 a call."""
    wanted = list(dict.fromkeys(skus))
    chunks = [wanted[at : at + SKUS_PER_READ] for at in range(0, len(wanted), SKUS_PER_READ)]
    return [row for chunk in chunks for row in variants(client, archived, merchantSkus=chunk)]


def variants_of(client: BlibliClient, listing: str) -> list[Row]:
    """The variants of one product (L3), whoever made them: `blibliSku` and, if it has one, `sellerSku` (facts, 7.9)."""
    body = {"filter": {}, "paging": {"page": 0, "size": PAGE_V2}}
    reply = client.exchange("variants_list", dump(body).encode(), target=listing, keys={"sku": listing})
    if reply.cause is Cause.missing:
        return []
    if not reply.ok:
        raise client.error(reply)
    return list(reply.rows)


def products(client: BlibliClient, state: str) -> Iterator[Row]:
    """Rows of list V3 in one state; without a state those out of stock are left out (facts, section 8)."""
    yield from _pages(client, "list_v3", {"state": state})


def submissions(client: BlibliClient, sku: str | None = None, state: str = "ALL") -> Iterator[Row]:
    """Products in review or in need of correction, all or by one seller SKU (facts, section 7.3)."""
    yield from _pages(client, "submissions", {"state": state, **({"sellerSku": sku} if sku is not None else {})})


def _pages(client: BlibliClient, operation: str, chosen: Mapping[str, Any]) -> Iterator[Row]:
    page = 0
    while True:
        body = {"filter": dict(chosen), "paging": {"page": page, "size": PAGE}}
        reply = client.read(operation, json.dumps(body).encode())
        yield from reply.rows
        page += 1
        if _last(reply, page, PAGE):
            return


def _last(reply: Reply, pages: int, size: int) -> bool:
    """The end is an empty page or the count of all records; where no count is given, a short page."""
    if not reply.rows:
        return True
    return pages * size >= reply.total if reply.total is not None else len(reply.rows) < size


def rejections(client: BlibliClient, sku: str) -> list[Row]:
    """What the rejected list says of one seller SKU, newest last (facts, section 7.3)."""
    reply = client.exchange("rejected", params=[("merchantSku", sku)])
    if reply.cause is Cause.missing:
        return []
    if not reply.ok:
        raise client.error(reply)
    return sorted(reply.rows, key=lambda row: str(instant(row.get("rejectedDate")) or ""))


# --- queues (facts, section 7.4) -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of a queue's history; `value` = the JSON inside its JSON."""

    offer: str
    ok: bool
    message: str
    value: Mapping[str, Any]

    @property
    def skus(self) -> tuple[str, ...]:
        """Seller SKUs that a create's row names."""
        return tuple(str(sku) for sku in self.value.get("merchantSkuList") or ())

    @property
    def code(self) -> str:
        """The product's code; a correction may have given it a new one."""
        return str(self.value.get("newProductCode") or self.value.get("productCode") or "")


@dataclass(frozen=True, slots=True)
class Feed:
    """One queue: how many rows it will have, and those that are done."""

    total: int = 0
    rows: tuple[FeedRow, ...] = field(default=())

    @property
    def finished(self) -> bool:
        """Finished when rows == total; an empty history says nothing."""
        return bool(self.rows) and len(self.rows) >= self.total


def feed(client: BlibliClient, queue: str) -> Feed:
    """One queue's history; an unknown queue is an empty one. Each page draws on its own small budget.

    Raises:
        Transient: the budget of this queue is used up, or the line failed; `until` says when to ask again.
        MarketplaceError: the read failed.
    """
    rows: list[FeedRow] = []
    total, page = 0, 0
    while True:
        params = [("requestId", queue), ("page", str(page)), ("size", str(FEED_PAGE))]
        reply = client.exchange("feed_detail", params=params, keys={"queue": queue})
        if reply.cause is Cause.missing:
            return Feed()
        if not reply.ok:
            raise client.error(reply)
        head = reply.get("queueFeed")
        total = int(head.get("total") or 0) if isinstance(head, dict) else total
        history = [row for row in reply.get("queueHistory") or [] if isinstance(row, dict)]
        rows += [_feed_row(row) for row in history]
        page += 1
        if len(history) < FEED_PAGE or len(rows) >= total:
            return Feed(total, tuple(rows))


def _feed_row(row: Row) -> FeedRow:
    value = row.get("value")
    try:
        parsed = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        parsed = {}
    return FeedRow(
        str(row.get("gdnSku") or ""), row.get("isSuccess") is True, str(row.get("errorMessage") or ""),
        parsed if isinstance(parsed, dict) else {},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queued:
    """One queue in the list of a day."""

    queue: str
    at: datetime | None


def queues(client: BlibliClient, day: str) -> list[Queued]:
    """Creating queues that were handed in on `day` (yyyy-MM-dd in Jakarta), finished or not."""
    found: dict[str, Queued] = {}
    for action in CREATING:
        reply = client.read("feed_list", params=[("queueDate", day), ("queueAction", action)])
        for row in _queue_rows(reply):
            queue = str(row.get("requestId") or row.get("queueFeedId") or row.get("queueId") or "")
            if queue:
                found[queue] = Queued(queue, instant(row.get("timeStamp") or row.get("timestamp")))
    return list(found.values())


def _queue_rows(reply: Reply) -> list[Row]:
    """No source shows the list's body: a list, or a list under one key, whose rows may wrap the head (UNCONFIRMED)."""
    rows: list[Any] = list(reply.rows)
    if isinstance(reply.payload, dict):
        rows = next((v for v in reply.payload.values() if isinstance(v, list)), [])
    heads = (row.get("queueFeed", row) for row in rows if isinstance(row, dict))
    return [head for head in heads if isinstance(head, dict)]
