"""Following what waits at Blibli to its end: queue, review, live. Writes nothing (facts, sections 7.4 and 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from adapters.blibli import reads
from adapters.blibli.client import BlibliClient, instant
from adapters.blibli.facts import ShopFacts
from adapters.blibli.mapping import left_out
from adapters.blibli.outcomes import Context, content_done, row_refused
from adapters.blibli.planning import listing_id, offer_of
from adapters.blibli.reads import Feed, FeedRow
from adapters.blibli.receipts import QUEUE, REVIEW, SHOWN, VARIANTS, Mark, Memory, skus_of
from adapters.blibli.seen import by_listing, ids_for, listing_from
from adapters.clock import Clock
from adapters.contract import (
    Applied,
    Begun,
    Cause,
    Change,
    Facet,
    Ids,
    Limits,
    Listing,
    ListingState,
    Observed,
    Outcome,
    Receipt,
    Rejected,
    Transient,
)
from adapters.words import sentence

Row = Mapping[str, Any]
OVERLAP_S = 300  # their clock and ours
DISTURBED = (Facet.price, Facet.stock)


@dataclass(frozen=True, slots=True)
class Case:
    """One change and the receipt that it is followed by."""

    mark: Mark
    change: Change


class Tracking:
    """Polls of one store."""

    def __init__(self, client: BlibliClient, clock: Clock, limits: Limits, facts: Callable[[], ShopFacts]) -> None:
        self._client, self._clock, self._limits, self._facts = client, clock, limits, facts

    def poll(self, receipts: Sequence[Receipt]) -> list[Outcome]:
        """One outcome per change of each receipt, in order; a queue is read once, the lists once for all.

        Raises:
            MarketplaceError: nothing was learnt.
        """
        context = Context(self._clock.now(), self._limits)
        asked = [Case(Mark.of(r.receipt), change) for r in receipts for change in r.changes]
        feeds = self._feeds(case.mark.queue for case in asked if case.mark.stage == QUEUE)
        steps = [
            _after_queue(case, feeds[case.mark.queue], context) if case.mark.stage == QUEUE else case for case in asked
        ]
        looking = _Looking(self._client, context, self._facts(), [s for s in steps if isinstance(s, Case)])
        return [looking.end(step) if isinstance(step, Case) else step for step in steps]

    def _feeds(self, queues: Iterable[str]) -> dict[str, Feed | Transient]:
        """Each queue's history, read once; a queue whose budget is used up just stays open."""
        feeds: dict[str, Feed | Transient] = {}
        for queue in dict.fromkeys(queues):
            try:
                feeds[queue] = reads.feed(self._client, queue)
            except Transient as error:
                if error.cause is not Cause.throttled:
                    raise
                feeds[queue] = error
        return feeds


# --- the queue -------------------------------------------------------------------------------------------------------


def _after_queue(case: Case, feed: Feed | Transient, context: Context) -> Outcome | Case:
    """What the queue says of a change: its end, nothing yet, or what is to be looked at next."""
    if isinstance(feed, Transient):
        later = context.open(case.mark)
        return replace(later, not_before=max(later.not_before, feed.until or context.now))
    rows = [row for row in feed.rows if _row_of(row, case)]
    if refusal := _refusal(case, rows, context):
        return refusal
    if not rows or (case.change.facet is Facet.visibility and not feed.finished):
        return _unnamed(case, feed, context)
    return _went_well(case, rows)


def _row_of(row: FeedRow, case: Case) -> bool:
    """Is this row about this change? By SKU or code for creates, by L4 for price and stock, else by the product."""
    change = case.change
    if change.creates:
        ours = {sku.casefold() for sku in skus_of(change)}
        if row.skus:
            return bool(ours & {sku.casefold() for sku in row.skus})
        codes = {str(row.value.get(k) or "") for k in ("productCode", "oldProductCode", "newProductCode")} - {""}
        if case.mark.code and codes:
            return case.mark.code in codes
        assert isinstance(change.to, Listing)
        return str(row.value.get("productName") or "").strip() == change.to.content.title.strip()
    if change.facet in DISTURBED:
        return row.offer == offer_of(change)
    named = row.offer or str(row.value.get("productSku") or row.value.get("gdnSku") or "")
    return named == listing_id(change) or named.startswith(f"{listing_id(change)}-")


def _refusal(case: Case, rows: Sequence[FeedRow], context: Context) -> Outcome | None:
    """The first row that failed; "already so" is no failure of a take-down or of its taking back."""
    for row in (r for r in rows if not r.ok):
        operation = "archive" if case.change.to is False else "unarchive"
        outcome = row_refused(
            operation if case.change.facet is Facet.visibility else "bulk_update", row.message, context
        )
        already = isinstance(outcome, Rejected) and outcome.cause is Cause.duplicate
        if not (already and case.change.facet is Facet.visibility):
            return outcome
    return None


def _unnamed(case: Case, feed: Feed, context: Context) -> Outcome | Case:
    """No row yet, or none at all: a finished queue that does not name a change leaves it unknown (C6)."""
    mark = case.mark
    if feed.finished:
        return context.lost("", sentence("the queue is finished and names it in no row"))
    if context.early(mark):
        return context.open(mark)
    if case.change.creates:
        # History can stay empty or stuck: look where the product would be by now (facts, section 7.4).
        return case
    return context.lost("", sentence("its queue says nothing"))


def _went_well(case: Case, rows: Sequence[FeedRow]) -> Outcome | Case:
    change, mark = case.change, case.mark
    warnings = tuple(row.message for row in rows if row.ok and row.message)
    if change.facet is Facet.price and change.sku in mark.skus:
        warnings = (*warnings, sentence("the seller's discount was not below the new price, and has ended"))
    if change.creates:
        code = next((row.code for row in rows if row.code), mark.code)
        return replace(case, mark=replace(mark, stage=REVIEW, code=code))
    if change.facet is Facet.structure:
        return replace(case, mark=replace(mark, stage=VARIANTS))
    if change.facet is Facet.content:
        return content_done(change)
    if change.facet is Facet.visibility and change.to is True and Memory.of(change).step != "buyable":
        return replace(case, mark=replace(mark, stage=SHOWN))
    return Applied(None, warnings)


# --- the lists -------------------------------------------------------------------------------------------------------


class _Looking:
    """What the lists show of several changes, each list read once, and only if it is needed."""

    def __init__(self, client: BlibliClient, context: Context, facts: ShopFacts, cases: Sequence[Case]) -> None:
        self._client, self._context, self._facts = client, context, facts
        skus = [sku for case in cases for sku in skus_of(case.change)]
        self._live = self._listings(skus, False)
        self._codes: dict[str, Row] | None = None

    def end(self, case: Case) -> Outcome:
        """The end of one change, or that it is still open."""
        if case.mark.stage == SHOWN:
            return self._shown(case.change)
        if case.mark.stage == VARIANTS:
            return self._variants(case)
        return self._reviewed(case)

    def _listings(self, skus: Sequence[str], archived: bool) -> list[Observed]:
        rows = reads.variants_by_sku(self._client, skus, archived) if skus else []
        grouped = by_listing(rows, self._facts.point)
        return [listing_from(l3, group, self._context.now) for l3, group in grouped.items()]

    # --- creates and corrections

    def _reviewed(self, case: Case) -> Outcome:
        live = self._own(case, self._live)
        if live is not None:
            return self._applied(case, live)
        row = self._submission(case)
        if row is not None:
            return self._submitted(case, row)
        if refused := self._rejection(case):
            return refused
        # It may have come alive since the list was read, and been archived by hand.
        late = [o for archived in (False, True) for o in self._listings(skus_of(case.change), archived)]
        if (found := self._own(case, late)) is not None:
            return self._applied(case, found)
        if self._context.overdue(case.mark):
            return self._context.lost("lost", sentence("it is in no queue, review or list"))
        return self._context.open(case.mark)

    def _applied(self, case: Case, live: Observed) -> Outcome:
        assert isinstance(case.change.to, Listing)
        content = case.change.to.content
        return Applied(ids_for(skus_of(case.change), live), left_out(content, self._facts.category(content.category)))

    def _own(self, case: Case, listings: Sequence[Observed]) -> Observed | None:
        """The listing with every SKU of ours, by its product code, else the newest that was made since."""
        wanted = {sku.casefold() for sku in skus_of(case.change)}
        whole = [o for o in listings if wanted <= {f.sku.casefold() for f in o.offers if f.sku}]
        if case.mark.code:
            by_code = [o for o in whole if f'"{case.mark.code}-' in o.raw]
            if by_code:
                return by_code[-1]
        since = case.mark.at - OVERLAP_S
        fresh = [o for o in whole if o.created_at is None or o.created_at.timestamp() >= since]
        # A correction keeps the product's first date.
        known = [o for o in whole if case.change.ids is not None and o.external_id == case.change.ids.listing]
        return max(known or fresh, key=lambda o: (str(o.created_at or ""), o.external_id), default=None)

    def _submission(self, case: Case) -> Row | None:
        """The product in review: by its code among all of them, else by its SKU."""
        if case.mark.code:
            if self._codes is None:
                self._codes = {str(_product(row).get("code")): row for row in reads.submissions(self._client)}
            if (row := self._codes.get(case.mark.code)) is not None:
                return row
        # By SKU before anything is concluded: a page may have shifted, a correction brought another code.
        return next(iter(reads.submissions(self._client, skus_of(case.change)[0])), None)

    def _submitted(self, case: Case, row: Row) -> Outcome:
        product = _product(row)
        code, l3 = str(product.get("code") or ""), str(product.get("sku") or "")
        mark = replace(case.mark, stage=REVIEW, code=code)
        corrected = bool(Memory.of(case.change).revise)
        fresh = case.mark.age_s(self._context.now) < self._context.limits.settle_s
        if product.get("state") != "NEED_CORRECTION" or (corrected and fresh):
            return self._context.open(mark)
        memory = Memory(revise=code)
        notes = product.get("revisionNotes")
        text = str(notes or sentence("Blibli wants it corrected and does not say what"))
        return Rejected(Cause.review, "needs_correction", text, (), Ids(l3 or code), memory.text())

    def _rejection(self, case: Case) -> Rejected | None:
        """What vanished from review stands, with its reason, in one list only (facts, section 9)."""
        since = self._context.now - timedelta(seconds=case.mark.age_s(self._context.now) + OVERLAP_S)
        for row in reversed(reads.rejections(self._client, skus_of(case.change)[0])):
            at = instant(row.get("rejectedDate"))
            by_code = bool(case.mark.code) and str(row.get("productCode")) == case.mark.code
            if by_code or (not case.mark.code and at is not None and at >= since):
                return Rejected(
                    Cause.rejected, "rejected", str(row.get("rejectedReason") or sentence("no reason was given"))
                )
        return None

    # --- variants and visibility

    def _variants(self, case: Case) -> Outcome:
        listing = listing_id(case.change)
        found = next((o for o in self._live if o.external_id == listing), None)
        # Those with an id are there already, perhaps under another SKU; new ones must show.
        known = case.change.ids.offers if case.change.ids is not None else {}
        wanted = tuple(sku for sku in skus_of(case.change) if sku not in known)
        ids = ids_for(skus_of(case.change), found) if found is not None else Ids(listing)
        if set(wanted) <= set(ids.offers):
            # New variants brought their price and stock along, if the whole listing was known.
            return Applied(ids, disturbs=() if case.change.listing is not None else DISTURBED)
        if self._context.overdue(case.mark):
            return self._context.lost("lost", sentence("the new variants do not show"))
        return self._context.open(replace(case.mark, stage=VARIANTS))

    def _shown(self, change: Change) -> Outcome:
        """Taken back from the archive; a product that is not `buyable` is put on sale in one more step."""
        listing = next((o for o in self._live if o.external_id == listing_id(change)), None)
        if listing is None or listing.state is not ListingState.hidden:
            return Applied()
        return Begun(change.ids, Memory.of(change).text(step="buyable"), self._context.now)


def _product(row: Row) -> Row:
    found = row.get("product")
    return found if isinstance(found, dict) else {}
