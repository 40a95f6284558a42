"""Audits followed to their end: what became of creates and edits that the marketplace looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.contract import (
    Applied,
    Cause,
    Change,
    Content,
    Facet,
    Listing,
    ListingState,
    Outcome,
    Receipt,
    Rejected,
    Structure,
)
from adapters.tiktokshop import reading
from adapters.tiktokshop.client import TikTokClient
from adapters.tiktokshop.outcomes import Context, correction, end_without
from adapters.tiktokshop.receipts import LISTED, Mark
from adapters.tiktokshop.steps import Memory
from adapters.tiktokshop.words import AUDITS_DONE, AUDITS_FAILED
from adapters.words import kept, sentence

Row = Mapping[str, Any]
RELISTED = (Facet.visibility,)
"""Whether a version that passes puts a product on sale again that was taken down meanwhile is open (facts, 7.2)."""

DISTURBED = (Facet.price, Facet.stock, *RELISTED)
AUDIT_FAILED = "audit_failed"


def poll(client: TikTokClient, receipts: Sequence[Receipt], context: Context) -> list[Outcome]:
    """One outcome per change of each receipt, in order; each product is read once.

    Raises:
        MarketplaceError: nothing was learnt; ask again later.
    """
    marks = [Mark.of(r.receipt) for r in receipts]
    products = list(dict.fromkeys(mark.product for mark in marks))
    shown = dict(zip(products, client.abreast(client.product, products), strict=True))
    pairs = zip(marks, receipts, strict=True)
    return [_end(mark, change, shown[mark.product], context) for mark, receipt in pairs for change in receipt.changes]


def _end(mark: Mark, change: Change, row: Row | None, context: Context) -> Outcome:
    if row is None:
        # A read may lag behind the write that it follows; a product that stays away is looked for by its SKUs.
        if mark.age_s(context.now) < context.limits.settle_s:
            return mark.open(context.now)
        return context.lost("not_shown", sentence("the product is not in the shop, or not any more"))
    return _listed(mark, change, row, context) if mark.kind == LISTED else _edited(mark, change, row, context)


def _listed(mark: Mark, change: Change, row: Row, context: Context) -> Outcome:
    """A product whose first version is audited."""
    state = reading.state_of(row)
    if state is ListingState.in_review:
        return mark.open(context.now)
    if state in (ListingState.needs_correction, ListingState.banned):
        return _sent_back(mark, change, row)
    if state is ListingState.gone:
        return Rejected(Cause.missing, "DELETED", sentence("the product was deleted in the shop"))
    return Applied(mark.ids if isinstance(change.to, Listing) else None, (*mark.said, *_off(row)))


def _sent_back(mark: Mark, change: Change, row: Row) -> Rejected:
    text = reading.reasons(row) or sentence("the marketplace refused the listing and gave no reason")
    code = AUDIT_FAILED if "FAILED" in reading.statuses(row) else reading.statuses(row)[0]
    if isinstance(change.to, Listing):
        # The marketplace keeps it: the next create of this product corrects that one.
        return Rejected(Cause.review, code, text, (), mark.ids, correction(change))
    return Rejected(Cause.review, code, text)


def _edited(mark: Mark, change: Change, row: Row, context: Context) -> Outcome:
    """A new version of a product that is there; the old one stays on sale until it passes (facts, section 7.2)."""
    audit = reading.audit_of(row)
    if audit in AUDITS_FAILED:
        text = reading.reasons(row) or sentence(
            "the marketplace refused the new version and gave no reason; the old one stays"
        )
        return Rejected(Cause.review, AUDIT_FAILED, text)
    if audit not in AUDITS_DONE:
        return mark.open(context.now)
    if isinstance(change.to, Content) and (without := Memory.of(change).without):
        return end_without(without)
    if isinstance(change.to, Structure):
        return Applied(mark.ids, (*mark.said, *_off(row)), DISTURBED)
    return Applied(None, (*mark.said, *_off(row)), RELISTED)


def _off(row: Row) -> tuple[str, ...]:
    """A storefront that refused what another took hides the listing there (facts, section 7.2)."""
    off = reading.off_storefronts(row)
    if not off:
        return ()
    where, why = ", ".join(off), reading.reasons(row)
    if why:
        return (kept("not on sale on {storefronts}: {why}", storefronts=where, why=why),)
    return (kept("not on sale on {storefronts}", storefronts=where),)
