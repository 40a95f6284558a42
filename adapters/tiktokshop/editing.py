"""What an edit must know of the product just before it: a draft, what is off sale, what the seller has added. Pure.

An edit is based on a draft or on what is in audit, if there is one, and not on what is on sale; what a full edit leaves
out is blanked, and a SKU that it leaves out is deleted (facts, section 7.2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.contract import Call, Cause, Change, Content, Listing, ListingState, Locked, Structure
from adapters.tiktokshop import mapping, reading
from adapters.tiktokshop.facts import Category, ShopFacts
from adapters.tiktokshop.outcomes import ZERO_LOCK_S, Context
from adapters.tiktokshop.steps import EDIT
from adapters.words import sentence

Row = Mapping[str, Any]
SELLERS_DRAFT = "sellers_draft"


def may_put_on_sale(change: Change, shown: Row) -> bool:
    """Whether an edit puts on sale what is not: it publishes a draft, or edits a listing that is off sale (7.2)."""
    if isinstance(change.to, Content | Structure):
        return reading.state_of(shown) is ListingState.hidden and not _is_draft(shown)
    return not isinstance(change.to, Listing)


def misfit(change: Change) -> str:
    """Why the options of a structure cannot stand beside a SKU of the seller's own; '' = they can, or it is none."""
    if not isinstance(change.to, Structure) or change.observed is None:
        return ""
    return mapping.misfit(change, change.to, change.observed)


def in_the_way(change: Change, shown: Row, context: Context) -> Locked | None:
    """Why a listing that is there is not edited now: an edit would publish, or lose, what the seller has begun."""
    if not isinstance(change.to, Content | Structure) or _is_draft(shown):
        return None
    if shown.get("has_draft"):
        text = sentence(
            "the seller has a draft of this listing that is not published; an edit would publish or lose it; publish "
            "it or throw it away in the seller centre"
        )
        return Locked(Cause.locked, context.later(ZERO_LOCK_S), SELLERS_DRAFT, text)
    return None


def completed(call: Call, shown: Row, facts: ShopFacts) -> Call:
    """The edit as it goes out: whole where it must be, and of a draft a draft still."""
    change, body = call.changes[0], json.loads(call.body)
    if isinstance(change.to, Listing):
        body = corrected(shown, body, facts)
    elif isinstance(change.to, Content) and call.operation == EDIT:
        body = mapping.full_edit(shown, body, facts)
    if isinstance(change.to, Content | Structure) and _is_draft(shown):
        body["save_mode"] = "AS_DRAFT"
    return replace(call, body=mapping.dump(body))


def corrected(shown: Row, body: mapping.Json, facts: ShopFacts) -> mapping.Json:
    """The full edit that corrects what an audit sent back: what the seller made of it meanwhile stays, SKUs above all.

    A brand is not kept: that of the catalogue, or none, is a part of what is corrected.
    """
    category = facts.category(str(body.get("category_id") or ""))
    there = {str(row.get("id")): row for row in shown.get("skus") or []}
    ours = [_corrected_sku(row, there, category) for row in body["skus"]]
    named = {row.get("id") for row in ours}
    strangers = [mapping.kept_sku(row, category) for number, row in there.items() if number not in named]
    kept = {name: value for name, value in shown.items() if name != "brand"}
    return mapping.full_edit(kept, {**body, "skus": ours + strangers}, facts)


def _corrected_sku(row: mapping.Json, there: Mapping[str, Row], category: Category) -> mapping.Json:
    """A SKU of ours over what is shown of it; one that the seller has deleted is a new one."""
    known = there.get(str(row.get("id")))
    if known is not None:
        return {**mapping.kept_sku(known, category), **row}
    return {name: value for name, value in row.items() if name != "id"}


def _is_draft(shown: Row) -> bool:
    """Whether the product itself was never published."""
    return "DRAFT" in reading.statuses(shown)
