"""What became of each change: Shopee's answers to writes, read row by row. Pure.

Shopee answers HTTP 200 with error == "" and still lists failed models (facts, section 3.11), so success is
decided per key, never per call; a key in neither list is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters import judging
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
    Locked,
    Outcome,
    Rejected,
    Unknown,
)
from adapters.judging import RETRY_S, Moment, uncertain
from adapters.shopee import mapping
from adapters.shopee.causes import FAILED_REASON, row_for
from adapters.shopee.client import Reply, next_quota
from adapters.shopee.facts import ShopFacts
from adapters.shopee.steps import Memory, after_tiers, fields_of, ids_with, structure_steps
from adapters.words import sentence

DISTURBED = (Facet.price, Facet.stock)
# Codes with which Shopee refuses a whole call for one of its rows (facts, sections 3.6 and 3.7).
FOR_ONE_ROW = frozenset({
    "error_param", "error_update_price_fail", "error_busi_update_stock_failed", "error_price_out_of_range",
    "error_invalid_price", "error_price_exceed_min_limitt", "error_price_exceed_max_limitt",
    "error_unlist_item_all_failed", "error_item_not_found", "error_item_or_variation_not_found",
    "error_busi_cannot_delist_reviewing_or_banned_item", "error_unlist_item_failed",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context(Moment):
    """What the reading of an answer needs beside it."""

    facts: ShopFacts


def failed(reply: Reply, context: Context) -> Outcome:
    """The outcome of a change whose whole call failed."""
    if (outcome := uncertain(reply, context)) is not None:
        return outcome
    row = row_for(reply.operation, reply.answer.status, reply.code, reply.text)
    return judged(reply.cause or Cause.unknown, reply.code, reply.text, context, row.field if row else None)


def judged(cause: Cause, code: str, text: str, context: Context, field: str | None = None) -> Outcome:
    """The outcome for a refusal that is certain: it was not applied."""
    if cause is Cause.quota:
        return Deferred(next_quota(context.now), cause, code, text)
    if cause is Cause.missing_step:
        return Deferred(context.later(max(context.limits.create_ready_s, 1.0)), cause, code, text)
    return judging.judged(cause, code, text, context, field)


def reason(operation: str, text: str, code: str, context: Context) -> Outcome:
    """The outcome for one key of a failure_list, by its free text."""
    row = row_for(operation, 200, FAILED_REASON, text)
    cause = row.cause if row else Cause.unknown
    # "Update price failed, please try later": permanent whatever the message invites to (facts, section 3.6).
    if cause is Cause.unknown and code == "error_update_price_fail":
        cause = Cause.rejected
    return judged(cause, code or FAILED_REASON, text, context)


# --- calls that carry several changes -----------------------------------------------------------------------


def by_key(call: Call, reply: Reply, context: Context, keys: Sequence[int], name: str) -> list[Outcome]:
    """One outcome per change by the key of its row in success_list and failure_list; `name` = the rows'
    key.
    """
    good = {int(row.get(name) or 0) for row in reply.rows("success_list")}
    bad = {int(row.get(name) or 0): str(row.get("failed_reason") or "") for row in reply.rows("failure_list")}
    return [
        _of_key(call, reply, context, change, key, good, bad) for change, key in zip(call.changes, keys, strict=True)
    ]


def _of_key(
    call: Call,
    reply: Reply,
    context: Context,
    change: Change,
    key: int,
    good: set[int],
    bad: Mapping[int, str],
) -> Outcome:
    if key in bad:
        return reason(call.operation, bad[key], reply.code, context)
    if key in good:
        return Applied(change.ids if change.creates else None, _warnings(reply))
    if reply.ok:
        return context.lost("", sentence("named in neither list"))
    outcome = failed(reply, context)
    alone = len(call.changes) == 1
    if alone or reply.code not in FOR_ONE_ROW or not isinstance(outcome, Rejected | Locked):
        return outcome
    # One row spoils the whole call: both halves are sent apart until it stands alone (C16).
    half = "0" if call.changes.index(change) < len(call.changes) / 2 else "1"
    memory = Memory.of(change)
    return Begun(change.ids, memory.text(part=memory.part + half), context.now)


def models_outcome(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """update_price and update_stock; a product without options is echoed without model_id (facts, section
    3.6).
    """
    keys = [mapping.model_of(c.ids.offers[c.sku]) for c in call.changes if c.ids and c.sku]
    return by_key(call, reply, context, keys, "model_id")


def unlist_outcome(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """unlist_item: visibility changes and the last step of creates."""
    keys = [int(c.ids.listing) for c in call.changes if c.ids]
    return by_key(call, reply, context, keys, "item_id")


def _warnings(reply: Reply) -> tuple[str, ...]:
    return (reply.warning,) if reply.warning else ()


# --- calls of one change ------------------------------------------------------------------------------------


def add_item_outcome(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """A product without options is done; with options its models come after Shopee is ready for them."""
    change = call.changes[0]
    assert isinstance(change.to, Listing)
    if not reply.ok:
        return [failed(reply, context)]
    item_id = reply.get("item_id")
    if not item_id:
        return [context.lost("", sentence("created, but no item_id came back"))]
    if change.to.structure.options:
        ids = Ids(str(item_id))
        return [Begun(ids, Memory().text(step="init_tier_variation"), context.later(context.limits.create_ready_s))]
    ids = Ids(str(item_id), {change.to.structure.variants[0].sku: mapping.offer_id(item_id, 0)})
    warnings = _warnings(reply) + mapping.refused_attributes(change.to.content, context.facts)
    return [Applied(ids, warnings)]


def tiers_outcome(change: Change, ids: Ids, context: Context) -> Outcome:
    """The models stand: a create goes on to be shown, a structure change is done."""
    if not change.creates:
        return Applied(ids, disturbs=DISTURBED)
    if after_tiers(change):
        return Begun(ids, Memory().text(step="unlist_item"), context.now)
    assert isinstance(change.to, Listing)
    return Applied(ids, mapping.refused_attributes(change.to.content, context.facts))


def structure_outcome(call: Call, ids: Ids | None, reply: Reply, context: Context) -> Outcome:
    """One step of a structure change went through; another follows or it is done."""
    change = call.changes[0]
    left = structure_steps(change, context.facts)
    memory = Memory.of(change)
    ids = ids_with(change, ids)
    if len(left) > 1:
        return Begun(ids, memory.text(done=[*memory.done, call.operation]), context.now)
    added = call.operation in ("add_model", "init_tier_variation") or "add_model" in memory.done
    known = call.operation == "add_model" and change.listing is not None
    return Applied(ids, _warnings(reply), DISTURBED if added and not known else ())


def sent_skus(call: Call) -> Ids | None:
    """The ids that an update of SKUs brings about."""
    change = call.changes[0]
    body = json.loads(call.body)
    if change.ids is None:
        return None
    if "model" in body:
        return mapping.ids_from_models(change.ids.listing, body["model"])
    return Ids(change.ids.listing, {body["item_sku"]: mapping.offer_id(change.ids.listing, 0)})


def content_outcome(call: Call, reply: Reply, context: Context) -> list[Outcome]:
    """update_item: what one field is refused for does not hold the others; they are sent again without it."""
    change = call.changes[0]
    assert isinstance(change.to, Content)
    if reply.ok:
        return [_after_content(change, _warnings(reply), context)]
    outcome = failed(reply, context)
    row = row_for(reply.operation, reply.answer.status, reply.code, reply.text)
    field = row.field if row else None
    if field is None or not isinstance(outcome, Rejected | Locked):
        return [outcome]
    return [refuse_field(change, field, outcome, context)]


def refuse_field(change: Change, field: str, outcome: Rejected | Locked, context: Context) -> Outcome:
    """Go on without a refused field if another is left to send."""
    if not isinstance(change.to, Content) or field not in (sent := fields_of(change)):
        return outcome
    memory = Memory.of(change)
    without = {**memory.without, field: [str(outcome.cause), outcome.code, outcome.text]}
    if len(sent) > 1:
        return Begun(change.ids, memory.text(without=without), context.now)
    return fields_refused(without)


def _after_content(change: Change, warnings: tuple[str, ...], context: Context) -> Outcome:
    assert isinstance(change.to, Content)
    without = Memory.of(change).without
    if without:
        return fields_refused(without)
    return Applied(None, warnings + mapping.refused_attributes(change.to, context.facts))


def upload_outcome(
    call: Call, reply: Reply, context: Context, hashes: Sequence[str]
) -> tuple[list[Outcome], dict[str, str]]:
    """The outcome of an upload, and {sha256: image id} of what was taken; errors stand per file (facts,
    3.10).
    """
    change = call.changes[0]
    if not reply.ok:
        outcome = failed(reply, context)
        if isinstance(outcome, Unknown):
            # A picture nobody refers to harms nothing: the change itself is surely not applied.
            outcome = Deferred(context.later(RETRY_S), Cause.transient, outcome.code, outcome.text)
        return [_pictures(change, outcome, context)], {}
    images, bad = _images(reply, hashes)
    if bad is not None:
        row = row_for("upload_image", 200, bad[0], bad[1])
        refused = judged(row.cause if row else Cause.unknown, bad[0], bad[1], context, "pictures")
        return [_pictures(change, refused, context)], images
    if len(images) < len(hashes):
        text = sentence("fewer images came back than were sent")
        return [Deferred(context.later(RETRY_S), Cause.transient, "", text)], images
    memory = Memory.of(change)
    return [Begun(change.ids, memory.text(images={**memory.images, **images}), context.now)], images


def _pictures(change: Change, outcome: Outcome, context: Context) -> Outcome:
    if isinstance(outcome, Rejected | Locked):
        return refuse_field(change, "pictures", outcome, context)
    return outcome


def _images(reply: Reply, hashes: Sequence[str]) -> tuple[dict[str, str], tuple[str, str] | None]:
    images: dict[str, str] = {}
    bad: tuple[str, str] | None = None
    rows = reply.rows("image_info_list")
    if not rows and (single := reply.get("image_info")):
        rows = [{"id": 0, "image_info": single}]
    for at, row in enumerate(rows):
        number = int(row.get("id", at))
        if row.get("error"):
            bad = bad or (str(row["error"]), str(row.get("message") or ""))
        elif number < len(hashes) and (image := (row.get("image_info") or {}).get("image_id")):
            images[hashes[number]] = str(image)
    return images, bad


READERS: Mapping[str, Callable[[Call, Reply, Context], list[Outcome]]] = {
    "add_item": add_item_outcome,
    "update_price": models_outcome,
    "update_stock": models_outcome,
    "unlist_item": unlist_outcome,
}


def models_match(rows: Sequence[Mapping[str, Any]], body: str) -> bool:
    """True if every model of a lost or repeated write is there: same SKU at the same place (facts, section
    3.5).
    """
    sent = json.loads(body)
    wanted = {(m["model_sku"], tuple(m["tier_index"])) for m in sent.get("model") or sent.get("model_list") or []}
    there = {(str(r.get("model_sku") or ""), tuple(r.get("tier_index") or ())) for r in rows}
    return bool(wanted) and wanted <= there


def without_variations(body: str) -> str | None:
    """The SKU of a listing that a write took the variations from (facts, section 3.5); else None."""
    sent = json.loads(body)
    if sent.get("standardise_tier_variation") != []:
        return None
    return str(sent["model"][0]["model_sku"])
