"""What happens by itself: rows come out of queues, reviews end; each as of the moment at which it was due."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.blibli import numbers, products, review
from adapters.sandbox.blibli.context import Context
from adapters.sandbox.blibli.errors import Refusal
from adapters.sandbox.blibli.state import FeedRow

Job = Callable[[Context, FeedRow, Mapping[str, Any]], str | None]

JOBS: Mapping[str, Job] = {
    "create": products.created, "revise": products.revised, "archive": products.archived,
    "unarchive": products.archived, "update": numbers.updated,
}  # fmt: skip


def run(here: Context) -> None:
    """Do everything that is due by now, in its order."""
    until, fault = here.now, here.fault
    while here.agenda and here.agenda[0][0] <= until:
        due, _, kind, whose = heapq.heappop(here.agenda)
        here.at, here.fault = due, None
        if kind == "row":
            _row(here, whose)
        else:
            _review(here, int(whose), due)
    here.at, here.fault = None, fault


def _row(here: Context, whose: str) -> None:
    feed_id, _, number = whose.partition(" ")
    feed = here.shop.feeds.get(feed_id)
    if feed is None:
        return
    row = feed.rows[int(number)]
    try:
        if row.fate == "refused":
            row.gdn, row.value = row.job.get("row", {}).get("gdnSku"), _about(row.job)
            row.text = "(invented) refused by a rule of the shop"
        else:
            row.text, row.ok = JOBS[row.job["do"]](here, row, row.job), True
    except Refusal as refusal:
        row.text = refusal.text
    row.done, row.job = True, {}


def _about(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a row that was refused at once was about."""
    draft = job.get("draft", {})
    if "variants" not in draft:
        return {"productSku": job["sku"]} if "sku" in job else dict(job.get("row", {}))
    return {"productName": draft.get("name"), "merchantSkuList": [variant["sku"] for variant in draft["variants"]]}


def _review(here: Context, number: int, due: float) -> None:
    product = here.shop.products.get(number)
    if product is not None and product.review_ends == due:
        review.end(here, product)


def rebuild(here: Context) -> None:
    """The agenda of a state that was taken from a file."""
    here.agenda.clear()
    for feed in here.shop.feeds.values():
        for number, row in enumerate(feed.rows):
            if not row.done:
                here.schedule(row.due, "row", f"{feed.id} {number}")
    for product in here.shop.products.values():
        if product.review_ends is not None:
            here.schedule(product.review_ends, "review", str(product.number))
