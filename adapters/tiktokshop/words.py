"""The marketplace's words for how a product, its audit and an order stand, in our terms."""

from __future__ import annotations

from adapters.contract import ListingState, OrderState

# The most buyable state of several storefronts counts: what can be bought anywhere is on sale (facts, section 7.6).
STATES = {
    "ACTIVATE": ListingState.live,
    "PENDING": ListingState.in_review,
    "SELLER_DEACTIVATED": ListingState.hidden,
    "DRAFT": ListingState.hidden,
    "FAILED": ListingState.needs_correction,
    "PLATFORM_DEACTIVATED": ListingState.banned,
    "FREEZE": ListingState.banned,
    "DELETED": ListingState.gone,
}
AUDITS_DONE = frozenset({"", "APPROVED", "PRE_APPROVED", "NONE"})
AUDITS_FAILED = frozenset({"FAILED", "REJECTED"})
AUDITS_OPEN = frozenset({"AUDITING", "PENDING", "IN_PROGRESS"})
"""Only APPROVED stands in a source (facts, section 7.6); the words around it are ours, and any other is waited for."""

CANCELLED = frozenset({"CANCELLED", "CANCEL"})
"""Orders spell it one way, webhooks the other (facts, section 9)."""
ORDER_STATES = {
    "UNPAID": OrderState.unpaid,
    "ON_HOLD": OrderState.open,
    "AWAITING_SHIPMENT": OrderState.open,
    "PARTIALLY_SHIPPING": OrderState.open,
    "AWAITING_COLLECTION": OrderState.open,
    "IN_TRANSIT": OrderState.open,
    "DELIVERED": OrderState.open,
    "COMPLETED": OrderState.closed,
    **dict.fromkeys(sorted(CANCELLED), OrderState.cancelled),
}
