"""What became of each change: Bukalapak's answers to writes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.bukalapak import mapping
from adapters.bukalapak.causes import row_for
from adapters.bukalapak.client import Reply
from adapters.bukalapak.facts import Assumed, ShopFacts
from adapters.bukalapak.steps import CREATE, RELIST, UPDATE, UPLOAD, Memory, fields_of, pictures_of
from adapters.causes import fields_refused
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
    ListingState,
    Locked,
    Outcome,
    Rejected,
    Unknown,
)
from adapters.judging import RETRY_S, Moment, judged, next_day, uncertain
from adapters.words import sentence

AGAIN_AT_MOST = 2
"""How often pictures are uploaded anew for one change when the marketplace calls their ids used."""


@dataclass(frozen=True, slots=True)
class Context(Moment):
    """What the reading of an answer needs beside it."""

    facts: ShopFacts
    assumed: Assumed


def outcome_of(call: Call, reply: Reply, context: Context) -> Outcome:
    """The outcome of a write (not of a read, which `product_read` judges)."""
    change = call.changes[0]
    if call.operation == UPLOAD:
        return uploaded(change, reply, context)
    if call.operation == CREATE:
        return _created(change, reply, context, call.body)
    if not reply.ok:
        return _refused(change, reply, context, call.operation)
    if isinstance(change.to, Content):
        return _edited(change, context)
    if isinstance(change.to, Listing):
        return Applied(change.ids, mapping.left_out(change.to.content, context.facts))
    # A product comes back on sale with stock 0, so its stocks are due again (facts, section 4.4).
    return Applied(disturbs=(Facet.stock,)) if call.operation == RELIST else Applied()


# --- refusals -------------------------------------------------------------------------------------------------------


def failed(reply: Reply, context: Context) -> Outcome:
    """The outcome of a change whose call failed."""
    if reply.api == "v2" and reply.code == "OK":  # it contradicts itself
        return context.lost(reply.code, reply.text)
    if (outcome := uncertain(reply, context)) is not None:
        return outcome
    if reply.cause is Cause.quota:
        return Deferred(next_day(context.now), Cause.quota, reply.code, reply.text)
    return judged(reply.cause or Cause.unknown, reply.code, reply.text, context, _field(reply))


def _field(reply: Reply) -> str | None:
    row = row_for(reply.api, reply.operation, reply.status, reply.code, reply.text)
    return row.field if row else None


def _refused(change: Change, reply: Reply, context: Context, operation: str) -> Outcome:
    """A refusal; where it speaks of pictures that were sent, they are uploaded anew before it counts."""
    outcome, field = failed(reply, context), _field(reply)
    if field is None or not isinstance(outcome, Rejected | Locked):
        return outcome
    memory = Memory.of(change)
    if field == "pictures" and operation in (CREATE, UPDATE) and pictures_of(change) and memory.again < AGAIN_AT_MOST:
        return Begun(change.ids, memory.text(images={}, old=None, again=memory.again + 1), context.now)
    return refuse_field(change, field, outcome, context)


def refuse_field(change: Change, field: str, outcome: Rejected | Locked, context: Context) -> Outcome:
    """What one field is refused for does not hold the others: they are sent again without it."""
    if not isinstance(change.to, Content) or field not in (sent := fields_of(change)):
        return outcome
    memory = Memory.of(change)
    without = {**memory.without, field: [str(outcome.cause), outcome.code, outcome.text]}
    if len(sent) > 1:
        return Begun(change.ids, memory.text(without=without), context.now)
    return fields_refused(without)


def _edited(change: Change, context: Context) -> Outcome:
    assert isinstance(change.to, Content)
    if without := Memory.of(change).without:
        return fields_refused(without)
    return Applied(None, mapping.left_out(change.to, context.facts))


# --- steps of a create ----------------------------------------------------------------------------------------------


def uploaded(change: Change, reply: Reply, context: Context) -> Outcome:
    """One picture more; a picture nobody refers to harms nothing, so the change itself is surely not applied."""
    memory = Memory.of(change)
    missing = next((p for p in pictures_of(change) if p.sha256 not in memory.images), None)
    image = _text(reply.get("id"))
    if reply.ok and image and missing is not None:
        return Begun(change.ids, memory.text(images={**memory.images, missing.sha256: image}), context.now)
    if reply.ok:
        return Deferred(context.later(RETRY_S), Cause.transient, reply.code, sentence("no picture id came back"))
    outcome = failed(reply, context)
    if isinstance(outcome, Unknown):
        return Deferred(context.later(RETRY_S), Cause.transient, outcome.code, outcome.text)
    if isinstance(outcome, Rejected) and outcome.cause in (Cause.rejected, Cause.unknown):
        refused = Rejected(outcome.cause, outcome.code, outcome.text, ("pictures",))
        return refuse_field(change, "pictures", refused, context)
    return outcome


def _created(change: Change, reply: Reply, context: Context, body: str) -> Outcome:
    """The product exists; the ids of its SKUs may stand in the answer, else they are read in the next step."""
    assert isinstance(change.to, Listing)
    if not reply.ok:
        return _refused(change, reply, context, CREATE)
    detail = reply.get("product_detail")
    detail = detail if isinstance(detail, dict) else {}
    product = _text(reply.get("id")) or _text(detail.get("id"))
    if not product:
        return context.lost("", sentence("created, but no id came back"))
    return finished(change, known_ids({**detail, "id": product}, change, body), context)


def known_ids(row: Mapping[str, Any], change: Change, body: str | None = None) -> Ids:
    """The ids in a product row, for the SKUs of a create, with those that were known before."""
    assert isinstance(change.to, Listing)
    structure = change.to.structure
    skus = [v.sku for v in structure.variants]
    names = mapping.names_in(body or (change.intent.body if change.intent else None), skus)
    names = {mapping.variant_name(v).casefold(): v.sku for v in structure.variants if v.options} | names
    found = mapping.sku_ids(row, skus, names, bool(structure.options))
    before = dict(change.ids.offers) if change.ids else {}
    return Ids(found.listing, {**before, **found.offers})


def finished(change: Change, ids: Ids, context: Context) -> Outcome:
    """What a create still needs: its SKU ids, or to be taken off sale; else it is done."""
    assert isinstance(change.to, Listing)
    complete = {v.sku for v in change.to.structure.variants} <= set(ids.offers)
    if complete and change.to.visible:
        return Applied(ids, mapping.left_out(change.to.content, context.facts))
    return Begun(ids, Memory().text(), context.now)


def product_read(change: Change, row: Mapping[str, Any] | None, context: Context) -> Outcome:
    """The product was read, for what its next write needs; None = it is not there."""
    if not isinstance(change.to, Listing):
        if row is None:
            return Rejected(Cause.missing, "no_product", sentence("the product is gone from the shop"))
        seen = _old_pictures if isinstance(change.to, Content) else _off_sale
        return seen(change, row, context)
    if row is None or not mapping.has_skus(row):
        text = sentence("the product is not in the shop's list yet")
        return Deferred(context.later(context.limits.settle_s), Cause.transient, "not_listed", text)
    ids = known_ids(row, change)
    if not {v.sku for v in change.to.structure.variants} <= set(ids.offers):
        text = sentence(
            "the product was created, but its variants cannot be told apart; look at it in the seller's app"
        )
        return Rejected(Cause.config, "variants_not_there", text, ids=ids)
    return finished(change, ids, context)


def _old_pictures(change: Change, row: Mapping[str, Any], context: Context) -> Outcome:
    """The pictures that an edit is to remove. A product has one at least: none seen means that they are not known."""
    if old := mapping.image_ids(row):
        return Begun(change.ids, Memory.of(change).text(old=old), context.now)
    text = sentence("the shop does not show which pictures the product has")
    return Deferred(context.later(context.limits.settle_s), Cause.transient, "pictures_not_shown", text)


def _off_sale(change: Change, row: Mapping[str, Any], context: Context) -> Outcome:
    """Whether a relist is needed: one of what is on sale would only cost it its stock. Who put it there left it with
    whatever stock, so that is read anew.
    """
    if row.get("active") is True and mapping.state_of(row) is not ListingState.banned:
        return Applied(disturbs=(Facet.stock,))
    return Begun(change.ids, Memory.of(change).text(off=True), context.now)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
