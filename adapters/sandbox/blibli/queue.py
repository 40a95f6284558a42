"""The queue (feed): what is submitted waits, is done row by row, and is told of only by its history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.sandbox.blibli.context import Answer, Ask, Context, page_of
from adapters.sandbox.blibli.errors import invalid
from adapters.sandbox.blibli.state import Feed, FeedRow

KEPT_S = 61 * 86_400
"""Two months (facts, section 7.4)."""

HISTORY_MOST = 100
ACTIONS = frozenset(
    {"createProduct", "createProductV2", "createProductV3", "updateProduct", "updateDetailProduct", "productRevision",
     "postImage", "archiveProduct", "unarchiveProduct"}
)  # fmt: skip
"""createProductV3 and the last two are invented; the rest stands in facts, section 7.4."""

FEED_LIST = frozenset({"queueDate", "queueAction", "status", "page", "size"})
FEED_DETAIL = frozenset({"page", "size"})


def submit(here: Context, action: str, jobs: Sequence[dict[str, Any]]) -> Feed:
    """Put rows into a queue of their own."""
    rows = [
        FeedRow(here.now + here.queue_s * (0.5 + 0.5 * (n + 1) / len(jobs)), job, _fate(here, n))
        for n, job in enumerate(jobs)
    ]
    # 26 characters: only such ids can be paged (facts, section 7.4).
    feed = Feed(f"01SIM{here.shop.number():021d}", action, here.now, rows, stuck=here.fault == "stuck_queue")
    here.shop.feeds[feed.id] = feed
    for n, row in enumerate(rows):
        here.schedule(row.due, "row", f"{feed.id} {n}")
    return feed


def _fate(here: Context, number: int) -> str | None:
    """What a fault does to row `number`: the first or every second is refused, or the first stands in no history."""
    if (here.fault == "reject_row" and number == 0) or (here.fault == "partial_batch" and number % 2 == 1):
        return "refused"
    return "omitted" if here.fault == "omit_row" and number == 0 else None


def header(feed: Feed) -> dict[str, Any]:
    """What the /mta family tells of a queue at once."""
    return {
        "queueFeedId": feed.id,
        "requestAction": feed.action,
        "total": len(feed.rows),
        "timeStamp": ms(feed.created),
    }


def short(feed: Feed) -> dict[str, Any]:
    """What the /seller/v1 family tells of a queue at once."""
    return {"queueId": feed.id, "action": feed.action, "timeStamp": ms(feed.created)}


def ms(at: float) -> int:
    """Milliseconds since 1970."""
    return round(at * 1000)


# --- reads -----------------------------------------------------------------------------------------------------------


def feed_detail(here: Context, ask: Ask) -> Answer:
    """GET feed/detail: `requestId` in the query is the queue's id. Empty history is not the same as failure."""
    feed = here.feed(ask.query["requestId"])
    value: dict[str, Any] = {"queueFeed": _told(feed)}
    if ask.query.get("size") == "0":
        return Answer({**value, "queueHistory": []})
    page, size = page_of(ask.query, HISTORY_MOST, HISTORY_MOST)
    rows = [] if here.fault == "empty_page" else feed.told[page * size : (page + 1) * size]
    return Answer({**value, "queueHistory": [_history(row) for row in rows]})


def _told(feed: Feed) -> dict[str, Any]:
    return {"requestId": feed.id, "requestAction": feed.action, "total": len(feed.rows), "timeStamp": ms(feed.created)}


def _history(row: FeedRow) -> dict[str, Any]:
    """One row: what it was about is JSON inside JSON (facts, section 7.4)."""
    return {
        "gdnSku": row.gdn, "value": json.dumps(row.value), "timestamp": ms(row.due), "isSuccess": row.ok,
        "errorMessage": row.text,
    }  # fmt: skip


def feed_list(here: Context, ask: Ask) -> Answer:
    """GET feed/list: the queues of a day (Jakarta's), by action and status."""
    day, action, status = (ask.query.get(name) for name in ("queueDate", "queueAction", "status"))
    try:
        wanted = datetime.strptime(day or "", "%Y-%m-%d").date()
    except ValueError:
        raise invalid("queueDate must be yyyy-MM-dd") from None
    if action is not None and action not in ACTIONS:
        raise invalid(f"queueAction {action} is not known")
    if status not in (None, "IN_PROGRESS", "FINISHED"):
        raise invalid(f"status {status} is not known")
    page, size = page_of(ask.query, HISTORY_MOST, HISTORY_MOST)
    found = [
        {**_told(feed), "status": _status(feed)}
        for feed in here.shop.feeds.values()
        if action in (None, feed.action) and status in (None, _status(feed)) and feed.created > here.now - KEPT_S
        and (datetime.fromtimestamp(feed.created, UTC) + timedelta(hours=7)).date() == wanted
    ]  # fmt: skip
    found = [] if here.fault == "empty_page" else found
    return Answer(found[page * size : (page + 1) * size], (page, size, len(found)))


def _status(feed: Feed) -> str:
    return "FINISHED" if len(feed.told) == len(feed.rows) else "IN_PROGRESS"
