"""What became of each change: the marketplace's answers to writes, read row by row. Pure.

Several calls answer `code` 0 and still list what failed in `data.errors` (facts, section 5.1). What such an answer does
not name is sent again alone: whether it was applied is an open question, and the writes are absolute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters import judging
from adapters.contract import (
    Applied,
    Begun,
    Call,
    Cause,
    Change,
    Content,
    Deferred,
    Facet,
    Ids,
    Listing,
    Locked,
    Outcome,
    Rejected,
    Structure,
    Unknown,
)
from adapters.editing import content_of
from adapters.judging import RETRY_S, Moment, next_day, uncertain
from adapters.redaction import redact
from adapters.tiktokshop import mapping
from adapters.tiktokshop.causes import NOT_FOUND, OUT_OF_STOCK_RANGE, STOREFRONT, WAREHOUSES, row_for
from adapters.tiktokshop.client import Reply, RowError
from adapters.tiktokshop.facts import TIKTOK, ShopFacts
from adapters.tiktokshop.planning import listing_id, offer_id
from adapters.tiktokshop.receipts import EDITED, LISTED, Mark
from adapters.tiktokshop.steps import (
    ACTIVATE,
    CREATE,
    DEACTIVATE,
    INVENTORY,
    PRICE,
    STEP_CORRECT,
    STEP_DRAFT,
    STEP_OFF,
    STEP_ON,
    STEP_WAREHOUSES,
    Memory,
    fields_of,
)
from adapters.words import kept, sentence

ZERO_LOCK_S = 600.0
"""How long a listing that must stay off sale, as one of its variants has none, is left before it is looked at again."""
ZERO_STOCK = "zero_stock"
STOCK_MOST = 99_999  # facts, section 7.3


@dataclass(frozen=True, slots=True)
class Context(Moment):
    """What the reading of an answer needs beside it."""

    facts: ShopFacts
    zero_refused: bool = False

    def mark(self, kind: str, ids: Ids, said: tuple[str, ...] = ()) -> Mark:
        """A receipt begun now."""
        return Mark(kind, ids.listing, int(self.now.timestamp()), dict(ids.offers), said)


# --- refusals -------------------------------------------------------------------------------------------------------


def failed(reply: Reply, context: Context) -> Outcome:
    """The outcome of a change whose whole call failed."""
    if (outcome := uncertain(reply, context)) is not None:
        return outcome
    return judged(reply.cause or Cause.unknown, reply.code, reply.text, context, field_of(reply))


def judged(cause: Cause, code: str, text: str, context: Context, field: str | None = None) -> Outcome:
    """The outcome for a refusal that is certain: it was not applied."""
    if cause is Cause.quota:
        return Deferred(next_day(context.now), cause, code, text)
    return judging.judged(cause, code, text, context, field)


def field_of(reply: Reply) -> str | None:
    """The field of content that a refusal is about."""
    row = row_for(reply.operation, reply.answer.status, reply.code, reply.text)
    return row.field if row else None


def row_refused(operation: str, error: RowError, context: Context) -> Outcome:
    """The outcome for one entry of `data.errors`."""
    row = row_for(operation, 200, error.code, error.text)
    return judged(row.cause if row else Cause.unknown, error.code, error.text, context)


# --- calls that carry several changes -------------------------------------------------------------------------------


def rows_outcome(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """update_inventory, update_price, activate_products, deactivate_products."""
    key = offer_id if call.operation in (INVENTORY, PRICE) else listing_id
    if not reply.ok:
        return _whole_call(call, reply, key, context)
    errors = {error.id: error for error in reply.errors}
    named = {key(change) for change in call.changes}
    if errors.keys() - named:
        # An entry that names nothing of ours: which row it is about cannot be told.
        text = sentence("the answer lists a failure that is none of the call's rows")
        return [context.lost("", text)] * len(call.changes)
    return [_one_of(call, change, errors.get(key(change)), bool(errors), context) for change in call.changes]


def _one_of(call: Call, change: Change, error: RowError | None, partly: bool, context: Context) -> Outcome:
    if error is not None:
        outcome = row_refused(call.operation, error, context)
        return turned(call.operation, change, error.code, outcome, context)
    if partly:
        memory = Memory.of(change)
        return Begun(change.ids, memory.text(part=memory.part + "r"), context.now)
    return done(call.operation, change, context)


def _whole_call(call: Call, reply: Reply, key: Callable[[Change], str], context: Context) -> list[Outcome]:
    """A call refused as a whole: for its zeros, or for a row that is not named, which halves find (C16)."""
    outcome = failed(reply, context)
    zeros = call.operation == INVENTORY and reply.code == OUT_OF_STOCK_RANGE
    if zeros and any(change.to == 0 for change in call.changes):
        return [_beside_zero(call.operation, change, outcome, context) for change in call.changes]
    alone = len({key(change) for change in call.changes}) == 1
    if alone or not isinstance(outcome, Rejected) or outcome.cause not in ROW_CAUSES or reply.code == NOT_FOUND:
        return [turned(call.operation, change, reply.code, outcome, context) for change in call.changes]
    return _halves(call, context)


ROW_CAUSES = frozenset({Cause.rejected, Cause.missing, Cause.binding, Cause.unknown})


def _halves(call: Call, context: Context) -> list[Outcome]:
    out: list[Outcome] = []
    for at, change in enumerate(call.changes):
        memory = Memory.of(change)
        half = "0" if at < len(call.changes) / 2 else "1"
        out.append(Begun(change.ids, memory.text(part=memory.part + half), context.now))
    return out


def _beside_zero(operation: str, change: Change, outcome: Outcome, context: Context) -> Outcome:
    """The zeros of a refused call are taken off sale; the other rows go again without them."""
    if change.to == 0:
        return turned(operation, change, OUT_OF_STOCK_RANGE, outcome, context)
    memory = Memory.of(change)
    return Begun(change.ids, memory.text(part=memory.part + "r"), context.now)


def turned(operation: str, change: Change, code: str, outcome: Outcome, context: Context) -> Outcome:
    """Another way for a refused row, where there is one; else its refusal."""
    memory = Memory.of(change)
    if operation == INVENTORY and code == OUT_OF_STOCK_RANGE and change.to == 0:
        return Begun(change.ids, memory.text(step=STEP_OFF, part=""), context.now)
    if operation == INVENTORY and code == OUT_OF_STOCK_RANGE and isinstance(change.to, int) and change.to <= STOCK_MOST:
        # No more than campaigns keep: nothing is left to be said but the 0 that is refused (facts, section 7.3).
        text = kept("campaigns or creators keep every piece of {sku}; it is written once they give some back",
                    sku=str(change.sku))  # fmt: skip
        return Locked(Cause.locked, context.later(ZERO_LOCK_S), code, text)
    if operation == INVENTORY and code in WAREHOUSES and memory.step != STEP_WAREHOUSES:
        return Begun(change.ids, memory.text(step=STEP_WAREHOUSES), context.now)
    if operation in (ACTIVATE, DEACTIVATE) and code in STOREFRONT and not memory.only:
        return Begun(change.ids, memory.text(only=(TIKTOK,)), context.now)
    return outcome


def done(operation: str, change: Change, context: Context) -> Outcome:
    """The outcome of a row that went through, or stood so already."""
    if operation == DEACTIVATE and change.facet is Facet.stock:
        return Applied(warnings=(off_sale_text(change),), disturbs=(Facet.visibility,))
    if operation == ACTIVATE and change.facet is Facet.visibility:
        # What was hidden may have been changed there meanwhile, so its numbers are read anew.
        return Applied(disturbs=(Facet.stock, Facet.price))
    if operation == INVENTORY and context.zero_refused and comes_back(change):
        return Begun(change.ids, Memory.of(change).text(step=STEP_ON, part=""), context.now)
    return Applied()


def off_sale_text(change: Change) -> str:
    """What people must know when a variant without stock took its whole listing off sale."""
    others = 0
    if change.listing is not None:
        others = sum(1 for sku, pieces in change.listing.stocks.items() if sku != change.sku and pieces > 0)
    sku = str(change.sku)
    if others:
        return kept(
            "the marketplace takes no stock of 0 for {sku}, so the whole listing was taken off sale, with {others} "
            "other variants that still have stock; it comes back as soon as every variant has stock",
            sku=sku, others=others,
        )  # fmt: skip
    return kept(
        "the marketplace takes no stock of 0 for {sku}, so the whole listing was taken off sale; it comes back as soon "
        "as every variant has stock",
        sku=sku,
    )


def comes_back(change: Change) -> bool:
    """Whether this stock was what kept its listing off sale."""
    if change.before not in (0, None) or not isinstance(change.to, int) or change.to <= 0 or change.listing is None:
        return False
    stocks = {**change.listing.stocks, str(change.sku): change.to}
    return change.listing.visible and all(stocks.values())


def held_back(change: Change, context: Context) -> Outcome:
    """A listing that must not be put on sale: one of its variants has none, and the shop still shows another number."""
    if change.facet is Facet.stock:
        return Applied()  # its own number was written before; only the coming back waits
    text = sentence(
        "a variant is out of stock, and the marketplace keeps its old number as it takes no 0; on sale, pieces would "
        "be sold that are not there; the listing comes back as soon as every variant has stock"
    )
    return Locked(Cause.locked, context.later(ZERO_LOCK_S), ZERO_STOCK, text)


# --- calls of one change --------------------------------------------------------------------------------------------


def created(call: Call, reply: Reply, context: Context) -> Outcome:
    """create_product, or edit_product for one that was sent back: next comes the audit."""
    change = call.changes[0]
    assert isinstance(change.to, Listing)
    if not reply.ok:
        return _create_refused(call, change, reply, context)
    product = str(reply.get("product_id") or "")
    if not product and change.ids is None:
        return context.lost("", sentence("created, but no product_id came back"))
    ids = known_ids(product, change, reply)
    if not {v.sku for v in change.to.structure.variants} <= set(ids.offers):
        return context.lost("", sentence("created, but not every SKU has its id in the answer"))
    if mapping.is_draft(call.body):
        text = sentence(
            "kept as a draft, as a variant is out of stock; it goes on sale as soon as every variant has stock"
        )
        told = (text,) if change.to.visible else ()
        return Applied(ids, (*told, *_warnings(reply, change, context)), (Facet.visibility,))
    return context.mark(LISTED, ids, _warnings(reply, change, context)).open(context.now)


def known_ids(product: str, change: Change, reply: Reply) -> Ids:
    """The ids in the answer to a create, with those that were known before."""
    before = change.ids or Ids(product)
    fresh = {str(s["seller_sku"]): str(s["id"]) for s in reply.rows("skus") if s.get("seller_sku") and s.get("id")}
    return Ids(product or before.listing, {**before.offers, **fresh})


def _warnings(reply: Reply, change: Change, context: Context) -> tuple[str, ...]:
    """What people should know of a write that went through, to be told at the end of its audit."""
    said = tuple(redact(str(w.get("message"))) for w in reply.rows("warnings") if w.get("message"))
    content = content_of(change)
    only = Memory.of(change).only
    alone = (kept("listed on {storefront} only: the other storefront was refused", storefront=only[0]),) if only else ()
    return said + alone + (mapping.left_out(content, context.facts) if content is not None else ())


def _create_refused(call: Call, change: Change, reply: Reply, context: Context) -> Outcome:
    """A refused create goes on another way where there is one: as a draft, on one storefront, with fresh pictures."""
    assert isinstance(change.to, Listing)
    outcome, memory = failed(reply, context), Memory.of(change)
    if not isinstance(outcome, Rejected | Locked):
        return outcome
    zero = reply.code == OUT_OF_STOCK_RANGE and 0 in change.to.stocks.values()
    if zero and memory.step != STEP_DRAFT and not mapping.is_draft(call.body):
        return Begun(change.ids, memory.text(step=STEP_DRAFT), context.now)
    if reply.code in STOREFRONT and not memory.only and mapping.names_storefronts(call.body):
        return Begun(change.ids, memory.text(only=(TIKTOK,)), context.now)
    if field_of(reply) == "pictures" and not memory.again:
        return Begun(change.ids, memory.text(images={}, again=True), context.now)
    if call.operation == CREATE or not isinstance(outcome, Rejected):
        return outcome
    return Rejected(outcome.cause, outcome.code, outcome.text, outcome.fields, change.ids, correction(change))


def correction(change: Change) -> str:
    """The next step of a create that the marketplace keeps to be corrected."""
    return Memory.of(change).text(step=STEP_CORRECT, again=False)


def edited(call: Call, reply: Reply, context: Context) -> Outcome:
    """partial_edit_product and edit_product of a listing that is there: content, structure, a draft's publication."""
    change = call.changes[0]
    assert change.ids is not None
    if not reply.ok:
        return _edit_refused(change, reply, context)
    if mapping.is_draft(call.body):
        return _kept_as_draft(change, reply, context)
    if isinstance(change.to, Structure):
        return context.mark(EDITED, known_ids("", change, reply), _warnings(reply, change, context)).open(context.now)
    kind = EDITED if isinstance(change.to, Content) else LISTED
    return context.mark(kind, Ids(change.ids.listing), _warnings(reply, change, context)).open(context.now)


def _kept_as_draft(change: Change, reply: Reply, context: Context) -> Outcome:
    """A draft that was edited is a draft still, which nobody audits."""
    said = _warnings(reply, change, context)
    if isinstance(change.to, Structure):
        return Applied(known_ids("", change, reply), said, (Facet.price, Facet.stock))
    without = Memory.of(change).without
    return end_without(without) if without else Applied(None, said)


def _edit_refused(change: Change, reply: Reply, context: Context) -> Outcome:
    outcome, field = failed(reply, context), field_of(reply)
    if reply.code == OUT_OF_STOCK_RANGE and isinstance(change.to, Structure) and 0 in _wanted_stocks(change):
        # Its stock is no part of a structure, so new data alone would not bring it back: it is tried again.
        text = sentence("a new variant has no stock, and the marketplace takes no 0; it is added once it has some")
        return Locked(Cause.locked, context.later(ZERO_LOCK_S), ZERO_STOCK, text)
    if field is None or not isinstance(outcome, Rejected | Locked):
        return outcome
    memory = Memory.of(change)
    if field == "pictures" and not memory.again and isinstance(change.to, Content) and field in fields_of(change):
        return Begun(change.ids, memory.text(images={}, again=True), context.now)
    return refuse_field(change, field, outcome, context)


def _wanted_stocks(change: Change) -> tuple[int, ...]:
    return tuple(change.listing.stocks.values()) if change.listing is not None else ()


def refuse_field(change: Change, field: str, outcome: Rejected | Locked, context: Context) -> Outcome:
    """What one field is refused for does not hold the others: they are sent again without it."""
    if not isinstance(change.to, Content) or field not in (sent := fields_of(change)):
        return outcome
    memory = Memory.of(change)
    without = {**memory.without, field: [str(outcome.cause), outcome.code, outcome.text]}
    if len(sent) > 1:
        return Begun(change.ids, memory.text(without=without), context.now)
    return end_without(without)


def end_without(without: Mapping[str, Sequence[str]]) -> Rejected:
    """The end of an edit of which some fields were refused. What was remembered of them ends with it: they may be
    cured elsewhere (a category, a brand), so the next attempt sends them again.
    """
    said = list(without.values())
    cause, code, text = next((w for w in said if w[0] not in (Cause.locked, Cause.review)), said[0])
    return Rejected(Cause(cause), code, text, tuple(without), next_step="{}")


def uploaded(call: Call, reply: Reply, context: Context, sha256: str) -> Outcome:
    """One picture more; a picture nobody refers to harms nothing, so the change itself is surely not applied."""
    change = call.changes[0]
    memory = Memory.of(change)
    if reply.ok and reply.get("uri"):
        return Begun(change.ids, memory.text(images={**memory.images, sha256: str(reply.get("uri"))}), context.now)
    if reply.ok:
        return Deferred(context.later(RETRY_S), Cause.transient, "", sentence("no uri of the picture came back"))
    outcome = failed(reply, context)
    if isinstance(outcome, Unknown):
        return Deferred(context.later(RETRY_S), Cause.transient, outcome.code, outcome.text)
    if isinstance(outcome, Rejected) and outcome.cause in (Cause.rejected, Cause.unknown):
        refused = Rejected(outcome.cause, outcome.code, outcome.text, ("pictures",))
        return refuse_field(change, "pictures", refused, context)
    return outcome


READ_BY_ROW = frozenset({INVENTORY, PRICE, ACTIVATE, DEACTIVATE})
"""Operations whose answers are read row by row."""
