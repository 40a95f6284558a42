"""Lazada's words for the state of a listing and of an order's line, as ours. Both sets are open (facts, 7.8, 10.3)."""

from __future__ import annotations

from typing import Any

from adapters.contract import ListingState, OrderState

PRODUCT_STATUSES = {
    "active": ListingState.live,
    "live": ListingState.live,
    "inactive": ListingState.hidden,
    "pending": ListingState.in_review,
    "pendingqc": ListingState.in_review,
    "rejected": ListingState.needs_correction,
    "soldout": ListingState.live_oos,
    "deleted": ListingState.gone,
    # Not in the facts; the names under which documents speak of a listing that Lazada took off sale.
    "suspended": ListingState.banned,
    "locked": ListingState.banned,
}
"""Statuses and filters of lists, and `item_status` of writes. What was rejected is kept, and corrected by an edit."""

ORDER_STATUSES = {
    "unpaid": OrderState.unpaid,
    "canceled": OrderState.cancelled,
    "cancelled": OrderState.cancelled,
    "delivered": OrderState.closed,
    "returned": OrderState.closed,
    "failed": OrderState.closed,
    "lost": OrderState.closed,
    **dict.fromkeys(
        ("pending", "packed", "repacked", "readytoship", "topack", "toship", "shipping", "shipped"), OrderState.open
    ),
}
"""Statuses of an order's lines; one that nobody has seen counts as open: its pieces are taken."""


def plain(word: Any) -> str:
    """A status as it is compared: "Pending QC", "pending_qc" and "PendingQC" are one."""
    return "".join(letter for letter in str(word or "").casefold() if letter.isalnum())
