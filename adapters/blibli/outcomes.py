"""What became of each change, from the answer to its call. Pure.

Nearly every write is queued: "success" means that it is queued, nothing more (facts, section 12, trap 3), so the
answer brings a receipt that `tracking` follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.blibli.causes import ROW, row_for
from adapters.blibli.client import Reply
from adapters.blibli.mapping import OPEN_NAMES
from adapters.blibli.planning import NO_CALL, NOT_EDITABLE, editable, frozen
from adapters.blibli.receipts import QUEUE, REVIEW, SHOWN, VARIANTS, Mark, Memory, skus_of
from adapters.causes import fields_refused
from adapters.contract import (
    Accepted,
    Applied,
    Begun,
    Call,
    Cause,
    Change,
    Content,
    Locked,
    Outcome,
    Rejected,
)
from adapters.judging import Moment, judged, uncertain
from adapters.words import kept, sentence

QUEUE_PAUSE_S = 180.0  # five reads in a quarter of an hour (facts, section 6)
REVIEW_SETTLES = 2  # a review takes people hours: look every ten minutes at the production settle_s
EARLY_SETTLES = 12  # an hour: then a silent queue is helped by a look elsewhere
LOST_SETTLES = 288  # a day: what Blibli's support advises to wait before anything is called lost (facts, section 7.4)


@dataclass(frozen=True, slots=True)
class Context(Moment):
    """What the reading of an answer needs beside it."""

    @property
    def queue_pause_s(self) -> float:
        """Between two reads of one queue: what the limit of feed/detail leaves."""
        rate = next((r for r in self.limits.rates if r.operation == "feed_detail"), None)
        return rate.window_s / rate.count if rate else QUEUE_PAUSE_S

    def open(self, mark: Mark) -> Accepted:
        """Still open: the same receipt, after the pause of its stage."""
        pause = self.queue_pause_s if mark.stage == QUEUE else REVIEW_SETTLES * self.limits.settle_s
        return Accepted(mark.text(), self.later(pause))

    def early(self, mark: Mark) -> bool:
        """Too early for anything but patience."""
        return mark.age_s(self.now) < EARLY_SETTLES * self.limits.settle_s

    def overdue(self, mark: Mark) -> bool:
        """Longer than the sheet advises to wait."""
        return mark.age_s(self.now) >= LOST_SETTLES * self.limits.settle_s

    def mark(self, stage: str, **more: str | tuple[str, ...]) -> Mark:
        """A receipt begun now."""
        queue, skus, code = more.get("queue", ""), more.get("skus", ()), more.get("code", "")
        return Mark(stage, int(self.now.timestamp()), str(queue), tuple(skus), str(code))


# --- refusals --------------------------------------------------------------------------------------------------------


def failed(reply: Reply, context: Context) -> Outcome:
    """The outcome of a change whose whole call failed."""
    if (outcome := uncertain(reply, context)) is not None:
        return outcome
    row = row_for(reply.operation, reply.answer.status, reply.code, reply.text)
    return judged(reply.cause or Cause.unknown, reply.code, reply.text, context, row.field if row else None)


def row_refused(operation: str, message: str, context: Context) -> Outcome:
    """The outcome for one row of a queue, by its words (facts, section 7.4)."""
    row = row_for(operation, 200, ROW, message)
    return judged(row.cause if row else Cause.unknown, ROW, message, context, row.field if row else None)


def _refused(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """A call that was refused as a whole: for one of its rows, so both halves are sent apart (C16).

    Blibli refuses the request only where every entry is bad (facts, section 7.1), or for its keys; but which of its
    entries it means it does not say.
    """
    outcome = failed(reply, context)
    certain = isinstance(outcome, Rejected | Locked) and outcome.cause not in (Cause.auth, Cause.binding)
    if len(call.changes) == 1 or not certain:
        return [outcome] * len(call.changes)
    return halves(call, context)


def halves(call: Call, context: Context) -> list[Outcome]:
    """Nothing of this call was applied; its halves go apart."""
    out: list[Outcome] = []
    for at, change in enumerate(call.changes):
        memory = Memory.of(change)
        half = "0" if at < len(call.changes) / 2 else "1"
        out.append(Begun(change.ids, memory.text(part=memory.part + half), context.now))
    return out


# --- one reader per operation ----------------------------------------------------------------------------------------


def read_answer(call: Call, reply: Reply, context: Context, ended: tuple[str, ...] = ()) -> list[Outcome]:
    """One outcome per change of the call, in order. `ended` = SKUs whose discount a bulk call ends."""
    if call.operation in ("create", "revise"):
        return _created(call, reply, context)
    if call.operation == "bulk_update":
        return _queued(call, reply, context, ended)
    if call.operation in ("archive", "unarchive"):
        return _statuses(call, reply, context)
    if call.operation == "variants_set":
        return [_variants(call.changes[0], reply, context)]
    if call.operation in ("detail_update", "detail_update_bare"):
        return [_detail(call.changes[0], reply, context)]
    return [Applied() if reply.ok else failed(reply, context)]


def silent(call: Call, context: Context) -> list[Outcome]:
    """The outcome of a call that has nothing to put on the wire."""
    change = call.changes[0]
    if call.operation == NO_CALL:
        return [Rejected(Cause.missing, NO_CALL, sentence("the shop's id of this listing or offer is not known"))]
    if call.operation == NOT_EDITABLE:
        return [_content_end(change) or Applied()]
    # A create that Blibli has already, and whose next step was lost: follow it, never create it again.
    seen = change.observed
    if seen is not None and seen.receipt is not None:
        return [Accepted(seen.receipt, context.now)]
    code = change.ids.listing if change.ids else ""
    return [Accepted(context.mark(REVIEW, skus=skus_of(change), code=code).text(), context.now)]


def _created(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """createProduct and revision: queued, each change with a receipt of its own."""
    if not reply.ok:
        return _refused(call, reply, context)
    if not reply.queue:
        return [context.lost("", sentence("queued, but no queue id came back")) for _ in call.changes]
    marks = [context.mark(QUEUE, queue=reply.queue, skus=skus_of(c), code=Memory.of(c).revise) for c in call.changes]
    return [context.open(mark) for mark in marks]


def _queued(call: Call, reply: Reply, context: Context, ended: tuple[str, ...] = ()) -> list[Outcome]:
    """updateProduct: one receipt for all rows, so that its queue is read once.

    The newer field first; the one client with traffic polls by the answer's own requestId (facts, section 7.5).
    """
    if not reply.ok:
        return _refused(call, reply, context)
    queue = reply.queue or reply.request_id
    if not queue:
        return [context.lost("", sentence("queued, but no queue id came back")) for _ in call.changes]
    return [context.open(context.mark(QUEUE, queue=queue, skus=ended))] * len(call.changes)


def _statuses(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """archive and unarchive; what is so already is no failure, for a product taken off sale by hand is not archived."""
    if reply.ok or reply.cause is not Cause.duplicate:
        return _queued(call, reply, context)
    if call.operation == "archive":
        return [Applied()] * len(call.changes) if len(call.changes) == 1 else halves(call, context)
    return [Accepted(context.mark(SHOWN).text(), context.now)] * len(call.changes)


def _variants(change: Change, reply: Reply, context: Context) -> Outcome:
    """variants: done once every SKU shows with an id of its own."""
    if not reply.ok:
        return failed(reply, context)
    stage = QUEUE if reply.queue else VARIANTS
    return Accepted(context.mark(stage, queue=reply.queue, skus=skus_of(change)).text(), context.now)


# --- content, field by field -----------------------------------------------------------------------------------------


def _detail(change: Change, reply: Reply, context: Context) -> Outcome:
    """detail: what one field is refused for does not hold the others; they are sent again without it."""
    if reply.ok:
        if reply.queue:
            return context.open(context.mark(QUEUE, queue=reply.queue))
        return _content_end(change) or Applied(None, (reply.text,) if reply.text else ())
    outcome, memory = failed(reply, context), Memory.of(change)
    if not isinstance(outcome, Rejected | Locked):
        return outcome
    if again := _otherwise(change, outcome, memory, context):
        return again
    cause, code, text = memory.said or (str(outcome.cause), outcome.code, outcome.text)
    row = row_for("detail_update", reply.answer.status, code, text)
    field = row.field if row else None
    if field is None or field not in editable(change):
        return judged(Cause(cause), code, text, context, field)
    without = {**memory.without, field: [cause, code, text]}
    if len(editable(change)) > 1:
        return Begun(change.ids, memory.text(without=without, said=()), context.now)
    return _fields_refused(without, frozen(change))


def _otherwise(change: Change, outcome: Rejected | Locked, memory: Memory, context: Context) -> Begun | None:
    """The same once more by the other path, or under the other names: which ones hold is an open question."""
    if outcome.cause is Cause.missing and not memory.bare:
        return Begun(change.ids, memory.text(bare=True), context.now)
    named = set(editable(change)) & set(OPEN_NAMES)
    if named and not memory.said and outcome.cause in (Cause.rejected, Cause.unknown):
        said = [str(outcome.cause), outcome.code, outcome.text]
        return Begun(change.ids, memory.text(said=said), context.now)
    return None


def _content_end(change: Change) -> Outcome | None:
    """What stands in the way of calling all fields done; None if nothing does."""
    if not isinstance(change.to, Content):
        return None
    without, left = Memory.of(change).without, frozen(change)
    return _fields_refused(without, left) if without or left else None


def content_done(change: Change) -> Outcome:
    """The end of a content change whose queue went well."""
    return _content_end(change) or Applied()


def _fields_refused(without: Mapping[str, Sequence[str]], left: Sequence[str]) -> Outcome:
    if without:
        return fields_refused(without, left)
    text = kept("Blibli changes this on a live product only by hand, in Seller Center: {fields}",
                fields=", ".join(left))  # fmt: skip
    return Rejected(Cause.rejected, NOT_EDITABLE, text, tuple(left))
