"""Following queues and reviews to their end (facts, sections 7.4 and 9).

`success: true` of a call means queued; the rows of the queue's history tell, each JSON inside JSON. A history may stay
empty for ever: then the submissions and the live list are looked at, and only after a day is it called lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from adapters.blibli.causes import ROW, row_for
from adapters.blibli.client import BlibliClient
from adapters.blibli.looking import Looking
from adapters.blibli.planning import Step, offer_of
from adapters.blibli.queues import Told, history
from adapters.blibli.receipts import QUEUE, REVIEW, STATUS, Ticket, ticket
from adapters.clock import Clock
from adapters.contract import (
    Accepted,
    Applied,
    Cause,
    Change,
    Facet,
    Ids,
    ListingState,
    Locked,
    Observed,
    Outcome,
    Receipt,
    Rejected,
    Unknown,
)

STUCK_S = 86_400.0
"""After so long without a word a submission is called lost (facts, section 7.4: "after about one day")."""

ASKED_MOST = 10
"""A bulk update or archive that is still open after so many questions is looked up in the list instead."""

SLOWER_MOST = 10
"""A review is asked about less and less often, at most this many times the shortest pause apart."""


class Tracking:
    """One store's queues and reviews."""

    def __init__(self, client: BlibliClient, looking: Looking, clock: Clock, pause_s: float) -> None:
        self._client, self._looking, self._clock, self._pause_s = client, looking, clock, pause_s

    def poll(self, receipts: Sequence[Receipt]) -> list[Outcome]:
        """One outcome per change of each receipt, in order; each queue and each list is read once."""
        asked = [(ticket(r.receipt), change) for r in receipts for change in r.changes]
        histories = {one.queue: history(self._client, one.queue) for one, _ in asked if one.queue}
        live = self._live([one for one, _ in asked if one.stage in (QUEUE, REVIEW)])
        return [self._outcome(one, change, histories, live) for one, change in asked]

    def accepted(self, one: Ticket) -> Accepted:
        """Still open: to be asked about again, a review less and less often."""
        slower = min(SLOWER_MOST, 1 + one.asked) if one.stage == REVIEW else 1
        return Accepted(one.text(), self._clock.now() + timedelta(seconds=self._pause_s * slower))

    def _live(self, tickets: Sequence[Ticket]) -> dict[str, Observed]:
        skus = sorted({sku for one in tickets for sku in one.skus})
        return {o.sku: seen for seen in self._looking.by_sku(skus) for o in seen.offers if o.sku} if skus else {}

    def _outcome(
        self, one: Ticket, change: Change, histories: Mapping[str, tuple[int, list[Told]]], live: Mapping[str, Observed]
    ) -> Outcome:
        if one.stage in (QUEUE, REVIEW):
            return self._of_create(one, change, histories.get(one.queue, (0, []))[1], live)
        total, told = histories[one.queue]
        mine = next((row for row in told if self._is_mine(row, one, change)), None)
        if mine is not None:
            return _of_row(one, change, mine)
        if total and len(told) >= total:
            return Unknown(self._clock.now(), "no_row", "the queue has ended and says nothing of this one")
        return self._open(one)

    def _is_mine(self, row: Told, one: Ticket, change: Change) -> bool:
        if one.stage == STATUS:
            return change.ids is not None and row.product == change.ids.listing
        return row.offer == offer_of(change)

    def _open(self, one: Ticket) -> Outcome:
        submitted = one.stage in (QUEUE, REVIEW)
        if self._clock.now().timestamp() - one.since > STUCK_S or (not submitted and one.asked >= ASKED_MOST):
            return Unknown(self._clock.now(), "stuck", "the queue does not say what became of it")
        return self.accepted(one.again())

    # --- creates -----------------------------------------------------------------------------------------------------

    def _of_create(self, one: Ticket, change: Change, told: Sequence[Told], live: Mapping[str, Observed]) -> Outcome:
        seen = next((live[sku] for sku in one.skus if sku in live), None)
        if seen is not None and set(one.skus) <= {o.sku for o in seen.offers}:
            return Applied(seen.ids())
        mine = next((row for row in told if set(row.skus) & set(one.skus)), None)
        if mine is not None and not mine.good:
            return refused(mine.text)
        submitted = self._looking.submitted(one.skus, None)
        if submitted:
            return self._of_submission(one, submitted[-1])
        if mine is not None and one.stage == QUEUE:
            return self.accepted(one.reviewed(mine.code))
        reason = self._looking.rejected(one.skus) if one.stage == REVIEW else None
        if reason is not None:
            return Rejected(Cause.rejected, "rejected", reason or "refused in review; no reason was given")
        del change
        return self._open(one)

    def _of_submission(self, one: Ticket, seen: Observed) -> Outcome:
        code = ticket(seen.receipt).code if seen.receipt else one.code
        if seen.state is not ListingState.needs_correction:
            return self.accepted(one.reviewed(code) if one.stage == QUEUE else one.again())
        by_code = seen.external_id == code
        step = Step(revise=seen.external_id, by_code=by_code)
        notes = self._notes(one.skus)
        return Rejected(Cause.review, "needs_correction", notes, ids=Ids(seen.external_id), next_step=step.text())

    def _notes(self, skus: Sequence[str]) -> str:
        for row in self._client.submissions(skus[0]):
            notes = (row.get("product") or {}).get("revisionNotes")
            if notes:
                return str(notes)
        return "sent back for correction without a note"


def _of_row(one: Ticket, change: Change, row: Told) -> Outcome:
    if row.good:
        return Applied(warnings=(row.text,) if row.text else ())
    if one.stage == STATUS and "archived" in row.text.casefold() and change.facet is Facet.visibility:
        return Applied(warnings=(row.text,))  # it was so already (facts, section 7.10)
    return refused(row.text)


def refused(text: str) -> Outcome:
    """A row that a queue refused, by its words."""
    row = row_for("row", 200, ROW, text)
    cause = row.cause if row else Cause.unknown
    if cause is Cause.locked:
        return Locked(cause, None, ROW, text)
    return Rejected(cause, ROW, text, (row.field,) if row and row.field else ())
