"""What became of each change: Lazada's answers to writes, read row by row. Pure.

Lazada answers HTTP 200 with code "0" and still lists SKUs that were not written, and says nothing of the good ones when
it refuses a call for another (facts, section 4.1). What an answer leaves open is None here: the adapter reads it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.causes import Row, fields_refused
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
from adapters.judging import RETRY_S, Moment, judged, uncertain
from adapters.lazada import mapping
from adapters.lazada.causes import UMBRELLAS, normalise, row_for
from adapters.lazada.client import SWITCHED_OFF_S, UMBRELLA, Detail, Reply
from adapters.lazada.facts import ShopFacts
from adapters.lazada.steps import CREATE, UPDATE, Memory, Seen, fields_of, structure_steps
from adapters.words import sentence

TURNED_AWAY = {"998": SWITCHED_OFF_S, "4147": RETRY_S}
"""{code: seconds until it may be sent again} of calls that were surely not carried out: an API that a campaign switched
off, and an edit beside another one (facts, section 5)."""
NOT_PERMITTED = ("SELLER_NOT_PERMITTED", "4225")
SAYS_NOTHING_OF_ROWS = frozenset({
    Cause.transient, Cause.throttled, Cause.clock, Cause.auth, Cause.config, Cause.unknown,
})  # fmt: skip
"""Causes that are the call's, not one row's, where no row is named."""


@dataclass(frozen=True, slots=True)
class Context(Moment):
    """What the reading of an answer needs beside it."""

    facts: ShopFacts


# --- refusals ---------------------------------------------------------------------------------------------------------


def failed(reply: Reply, context: Context) -> Outcome:
    """The outcome of a change whose whole call failed."""
    code, text = reply.code, reply.text
    if code in TURNED_AWAY:
        return Deferred(context.later(TURNED_AWAY[code]), Cause.transient, code, text)
    if code == "0" and reply.cause is Cause.throttled and reply.operation == CREATE:
        return context.lost(code, text)  # a throttle under code 0 does not say that nothing was made (4.1)
    if (outcome := uncertain(reply, context)) is not None:
        return outcome
    row = _row(reply)
    return judged(reply.cause or Cause.unknown, code, text, context, row.field if row else None)


def _row(reply: Reply) -> Row | None:
    """The row of the table that a whole answer meets, as `client.open_envelope` looks it up."""
    words = " ".join(detail.words for detail in reply.details)
    return row_for(reply.operation, reply.answer.status, _told(reply), reply.text, words)


def _told(reply: Reply) -> str:
    """The code that a refusal is looked up by: a row of `detail` under code "0" says what an umbrella's does."""
    return UMBRELLA if reply.code == "0" and reply.details else reply.code


def of_detail(operation: str, code: str, detail: Detail, context: Context) -> Outcome:
    """The outcome for the SKU that one row of `detail` names: it was not written."""
    own = normalise(detail.code)
    whole = UMBRELLA if code == "0" else code
    told = own if own and own not in UMBRELLAS else whole
    row = row_for(operation, 200, told, detail.words, detail.words)
    if row is None:
        row = row_for(operation, 200, UMBRELLA, detail.words, detail.words)
    cause = row.cause if row else Cause.unknown
    if cause is Cause.transient:
        return context.lost(detail.code or code, detail.words)
    return judged(cause, detail.code or code, detail.words, context, row.field if row else None)


# --- calls of several SKUs --------------------------------------------------------------------------------------------


def by_rows(call: Call, reply: Reply, context: Context) -> list[Outcome | None]:
    """One outcome per price or stock; None where the answer leaves it open what became of it."""
    if reply.ok:
        return [Applied() for _ in call.changes]
    alone = len(call.changes) == 1
    if not reply.details and (alone or reply.cause in SAYS_NOTHING_OF_ROWS or reply.answer.arrived != "yes"):
        return [_shrunk(call, change, reply, context) for change in call.changes]
    named = {detail.sku.casefold(): detail for detail in reply.details if detail.sku}
    if alone:
        named = {str(call.changes[0].sku).casefold(): reply.details[0]}
    if reply.details and reply.cause in (Cause.throttled, Cause.auth, Cause.clock):
        return [failed(reply, context) for _ in call.changes]
    return [_of_row(reply, named.get(str(c.sku).casefold()), context, c) for c in call.changes]


def _of_row(reply: Reply, detail: Detail | None, context: Context, change: Change) -> Outcome | None:
    if detail is None:
        return None
    outcome = of_detail(reply.operation, reply.code, detail, context)
    return by_product(change, outcome, reply.operation, detail.words, context) or outcome


def by_product(change: Change, outcome: Outcome, operation: str, words: str, context: Context) -> Outcome | None:
    """A price whose own call the seller may not use goes by UpdateProduct instead (facts, section 7.3)."""
    told = f"{getattr(outcome, 'code', '')} {words}"
    if operation != "UpdatePriceQuantity" or not any(word in told for word in NOT_PERMITTED):
        return None
    return Begun(change.ids, Memory.of(change).text(by=UPDATE), context.now)


def _shrunk(call: Call, change: Change, reply: Reply, context: Context) -> Outcome:
    """The whole call's outcome. Of prices a call that took too long is sent in halves (facts, section 5); a stock is
    looked up before it is written again.
    """
    outcome = failed(reply, context)
    if other := by_product(change, outcome, reply.operation, reply.text, context):
        return other
    slow = reply.code in ("ServiceTimeout", "513")
    if slow and change.facet is Facet.price and len(call.changes) > 1:
        return halved(call, change, context)
    return outcome


def halved(call: Call, change: Change, context: Context) -> Begun:
    """Both halves of a call are sent apart, until what spoils it stands alone (C16); both writes are absolute."""
    half = "0" if call.changes.index(change) < len(call.changes) / 2 else "1"
    memory = Memory.of(change)
    return Begun(change.ids, memory.text(part=memory.part + half), context.now)


# --- calls of one change ----------------------------------------------------------------------------------------------


def created(change: Change, reply: Reply, context: Context) -> Outcome:
    """A create is done when its ids exist, though its review may go on: stock and price can move (facts, 7.1)."""
    assert isinstance(change.to, Listing)
    item = reply.get("item_id")
    if not reply.ok and item:
        # Whatever stands beside it, a product with an id exists: nothing may make it a second time.
        return Begun(mapping.ids_of(item, reply.rows("sku_list")), Memory.of(change).text(), context.later(RETRY_S))
    if not reply.ok:
        return failed(reply, context)
    if not item:
        return context.lost("", sentence("created, but no item_id came back"))
    ids = mapping.ids_of(item, reply.rows("sku_list"))
    return applied_create(change, ids, context)


def applied_create(change: Change, ids: Ids, context: Context) -> Outcome:
    """The end of a create whose ids are these; None of its SKUs may be without one."""
    assert isinstance(change.to, Listing)
    if {v.sku for v in change.to.structure.variants} - set(ids.offers):
        return Begun(ids, Memory.of(change).text(), context.later(RETRY_S))
    elsewhere = () if context.facts.default_warehouse else (Facet.stock,)
    return Applied(ids, mapping.left_out(change.to.content, context.facts), elsewhere)


def structured(call: Call, change: Change, reply: Reply, context: Context) -> Outcome:
    """One step of a structure change went through; another follows, or it is done."""
    assert isinstance(change.to, Structure)
    memory = Memory.of(change)
    if not reply.ok:
        return _joined_otherwise(call, change, reply, context, memory)
    ids = change.ids
    if call.operation == CREATE and ids is not None:
        more = mapping.ids_of(ids.listing, reply.rows("sku_list"))
        ids = Ids(ids.listing, {**ids.offers, **more.offers})
    if len(structure_steps(change)) > 1:
        return Begun(ids, memory.text(done=[*memory.done, call.operation]), context.now)
    made = CREATE in (call.operation, *memory.done)
    elsewhere = made and not context.facts.default_warehouse
    return Applied(ids, disturbs=(Facet.stock,) if elsewhere else ())


def _joined_otherwise(call: Call, change: Change, reply: Reply, context: Context, memory: Memory) -> Outcome:
    """A refused AssociatedSku is said once by its other name: the documents contradict each other (facts, 7.1)."""
    outcome = failed(reply, context)
    refused = isinstance(outcome, Rejected) and outcome.cause not in (Cause.auth, Cause.duplicate)
    if call.operation != CREATE or not refused or memory.joins or not _about_joining(reply):
        return outcome
    other = "SkuId" if joined_by(call, change) == "SellerSku" else "SellerSku"
    return Begun(change.ids, memory.text(joins=other), context.now)


def _about_joining(reply: Reply) -> bool:
    """Refused for a SKU or an association, or in words that say neither: not for a field of the data."""
    row = _row(reply)
    return row is None or row.field is None


def joined_by(call: Call, change: Change) -> str:
    """What a create names the product by that it joins: the SkuId of one of its SKUs, or a SellerSku."""
    assert change.observed is not None
    by_id = (f'"AssociatedSku":"{number}"' in call.body for number, _, _ in Seen.of(change.observed).skus)
    return "SkuId" if any(by_id) else "SellerSku"


def shown(reply: Reply, context: Context) -> Outcome:
    """A take-down or a listing put on sale; off sale already is as good (E0004; facts, sections 5 and 7.6)."""
    off_already = reply.operation == "DeactivateProduct" and "4" in (reply.code, *(_codes(reply)))
    return Applied() if reply.ok or off_already else failed(reply, context)


def _codes(reply: Reply) -> list[str]:
    return [normalise(detail.code) for detail in reply.details]


# --- content ----------------------------------------------------------------------------------------------------------


def edited(change: Change, reply: Reply, context: Context) -> Outcome:
    """What one field is refused for does not hold the others; they are sent again without it."""
    assert isinstance(change.to, Content)
    if reply.ok:
        without = Memory.of(change).without
        return fields_refused(without) if without else Applied(None, mapping.left_out(change.to, context.facts))
    outcome = failed(reply, context)
    if not isinstance(outcome, Rejected | Locked) or not (fields := refused_fields(reply)):
        return outcome
    return refuse_fields(change, fields, outcome, context)


def refused_fields(reply: Reply) -> list[str]:
    """The fields of content that an answer speaks of: each row of `detail`, else the code."""
    status, code = reply.answer.status, _told(reply)
    rows = [row_for(reply.operation, status, code, d.words, d.words) for d in reply.details]
    rows = rows or [row_for(reply.operation, status, code, reply.text)]
    return list(dict.fromkeys(row.field for row in rows if row is not None and row.field))


def refuse_fields(change: Change, fields: Sequence[str], outcome: Rejected | Locked, context: Context) -> Outcome:
    """Go on without the refused fields if others are left to send."""
    if not isinstance(change.to, Content):
        return outcome
    sent = fields_of(change)
    if not (refused := [name for name in fields if name in sent]):
        return outcome
    memory = Memory.of(change)
    words = [str(outcome.cause), outcome.code, outcome.text]
    without = {**memory.without, **dict.fromkeys(refused, words)}
    if len(sent) > len(refused):
        return Begun(change.ids, memory.text(without=without), context.now)
    return fields_refused(without)


# --- uploads ----------------------------------------------------------------------------------------------------------


def uploaded(change: Change, sha256: str, reply: Reply, context: Context) -> tuple[Outcome, str]:
    """One picture more, and its address. A picture nobody refers to harms nothing: the change is surely not applied."""
    image = reply.get("image")
    address = str(image.get("url") or "") if isinstance(image, dict) else ""
    memory = Memory.of(change)
    if reply.ok and address:
        return Begun(change.ids, memory.text(images={**memory.images, sha256: address}), context.now), address
    if reply.ok:
        text = sentence("no picture address came back")
        return Deferred(context.later(RETRY_S), Cause.transient, reply.code, text), ""
    outcome = failed(reply, context)
    if isinstance(outcome, Unknown):
        return Deferred(context.later(RETRY_S), Cause.transient, outcome.code, outcome.text), ""
    if isinstance(outcome, Rejected) and outcome.cause in (Cause.rejected, Cause.unknown):
        outcome = Rejected(outcome.cause, outcome.code, outcome.text, ("pictures",))
    if isinstance(outcome, Rejected | Locked):
        return refuse_fields(change, ("pictures",), outcome, context), ""
    return outcome, ""
