"""The check after a create or an edit (QC): it ends good, or rejected (facts, sections 7.1 and 7.2)."""

from __future__ import annotations

from adapters.sandbox.lazada import push
from adapters.sandbox.lazada.context import Context
from adapters.sandbox.lazada.state import Item

VERDICTS = ("good", "rejected")
REASON = "(invented) the main image carries text"


def begin(here: Context, item: Item) -> None:
    """A product is in review; `stuck_queue` = for ever."""
    item.state, item.verdict, item.reason, item.updated = "pending", "good", "", here.now
    for sku in item.skus:
        if sku.seller_sku in here.shop.verdicts:
            item.verdict, item.reason = here.shop.verdicts.pop(sku.seller_sku)
    item.review_ends = None
    if here.fault != "stuck_queue":
        item.review_ends = here.now + here.review_s
        here.schedule(item.review_ends, "review", item.id)


def end(here: Context, item: Item) -> None:
    """The review says what it says."""
    here.remember(item)
    item.review_ends, item.updated = None, here.now
    if item.verdict == "good":
        item.state, item.reason = "good", ""
    else:
        item.state, item.reason = "rejected", item.reason or REASON
    push.judged(here, item)
