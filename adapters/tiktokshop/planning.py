"""From changes to calls: the fewest writes the marketplace allows, the most urgent first. Pure.

Call policy (facts, section 7): price and stock one product a call with all of its SKUs, visibility up to 20 products a
call, everything else one product a call. A call leaves when its most urgent change is due and takes along what else it
can carry. One listing stands on both storefronts with one stock, so nothing is sent twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.contract import Call, Change, Content, Effect, Facet, Limits, Listing, Price, Structure
from adapters.tiktokshop import mapping
from adapters.tiktokshop.facts import ShopFacts
from adapters.tiktokshop.steps import (
    ACTIVATE,
    CREATE,
    DEACTIVATE,
    EDIT,
    INVENTORY,
    PARTIAL,
    PRICE,
    STEP_DRAFT,
    STEP_OFF,
    STEP_ON,
    STEP_PUBLISH,
    STEP_WAREHOUSES,
    UPLOAD,
    Memory,
    create_step,
    fields_of,
    missing_picture,
    resends,
)
from adapters.urgency import Rank, rank

_CREATE_STEPS = (EDIT, CREATE)
SKUS_MOST, PRODUCTS_MOST = 100, 20
"""Rows of one stock or price call, products of one activation (facts, sections 7.3 and 7.5)."""
WHOLE_ONLY = frozenset({"category", "couriers"})
"""Fields that a partial edit does not take (the vendor's models)."""
NO_CALL = "no_offer_id"
"""Operation of a call that cannot be put on the wire: its changes name no offer that the shop knows."""


@dataclass(frozen=True, slots=True)
class Known:
    """What calls are made with: the shop's facts, {sha256: uri} of its pictures, and whether it refuses stock 0."""

    facts: ShopFacts
    images: Mapping[str, str]
    zero_refused: bool = False


def plan_calls(changes: Sequence[Change], known: Known, limits: Limits) -> list[Call]:
    """The calls for these changes."""
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        groups[operation_of(change, known)].append(change)
    calls = [call for operation, group in groups.items() for call in _calls(operation, group, known, limits)]
    return sorted(calls, key=lambda call: min(map(_rank, call.changes)))


def _rank(change: Change) -> Rank:
    return rank(change, _CREATE_STEPS.index(create_step(change)) if change.creates else 0)


def operation_of(change: Change, known: Known) -> str:
    """What a change needs next."""
    if missing_picture(change, known.images) is not None:
        return UPLOAD
    if change.creates:
        return create_step(change)
    if change.ids is None or (change.facet is Facet.structure and change.observed is None):
        return NO_CALL
    if change.facet is Facet.content:
        return EDIT if WHOLE_ONLY & set(fields_of(change)) else PARTIAL
    if change.facet is Facet.structure:
        return PARTIAL
    if change.facet is Facet.visibility:
        return _visibility(change)
    if change.sku not in change.ids.offers:
        return NO_CALL
    return PRICE if change.facet is Facet.price else _stock(change, known)


def _visibility(change: Change) -> str:
    if change.to is not True:
        return DEACTIVATE
    return PARTIAL if Memory.of(change).step == STEP_PUBLISH else ACTIVATE


def _stock(change: Change, known: Known) -> str:
    """A stock write; where 0 is refused, what has none is taken off sale instead, and comes back with its pieces."""
    step = Memory.of(change).step
    if step == STEP_ON:
        return ACTIVATE
    if step == STEP_PUBLISH:
        return PARTIAL
    return DEACTIVATE if step == STEP_OFF or (change.to == 0 and known.zero_refused) else INVENTORY


# --- bodies ---------------------------------------------------------------------------------------------------------


def _calls(operation: str, group: Sequence[Change], known: Known, limits: Limits) -> list[Call]:
    if operation in (PRICE, INVENTORY):
        return _by_listing(operation, group, known, limits)
    if operation in (ACTIVATE, DEACTIVATE):
        return _toggle(operation, group, known, limits)
    return [_single(operation, change, known) for change in group]


def _by_listing(operation: str, group: Sequence[Change], known: Known, limits: Limits) -> list[Call]:
    listings: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in group:
        memory = Memory.of(change)
        listings[listing_id(change), memory.part, memory.step].append(change)
    calls: list[Call] = []
    for due in listings.values():
        batches = _batches(due, min(limits.rows_per_call, SKUS_MOST))
        calls += [_call(operation, {"skus": [_row(one, known.facts) for one in batch]}, batch) for batch in batches]
    return calls


def _row(change: Change, facts: ShopFacts) -> mapping.Json:
    if isinstance(change.to, Price):
        return {"id": offer_id(change), "price": mapping.price_json(change.to.list)}
    assert isinstance(change.to, int)
    return {"id": offer_id(change), "inventory": mapping.stock_json(change.to, facts.warehouse)}


def _batches(changes: Sequence[Change], size: int) -> list[list[Change]]:
    """Cut into calls of at most `size`, in order of urgency; no SKU twice in one call."""
    batches: list[list[Change]] = []
    taken: list[set[str]] = []
    for change in sorted(changes, key=_rank):
        one = offer_id(change)
        at = next((i for i, b in enumerate(batches) if len(b) < size and one not in taken[i]), None)
        if at is None:
            batches.append([])
            taken.append(set())
            at = len(batches) - 1
        batches[at].append(change)
        taken[at].add(one)
    return batches


def _toggle(operation: str, group: Sequence[Change], known: Known, limits: Limits) -> list[Call]:
    """On sale or off it: up to 20 products a call; several changes of one product stand behind one id."""
    parts: dict[tuple[str, tuple[str, ...]], dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for change in sorted(group, key=_rank):
        memory = Memory.of(change)
        parts[memory.part, memory.only or known.facts.storefronts][listing_id(change)].append(change)
    calls = []
    for (_, storefronts), products in parts.items():
        ids, most = list(products), min(limits.listings_per_call, PRODUCTS_MOST)
        for at in range(0, len(ids), most):
            some = ids[at : at + most]
            body = {"product_ids": some, **mapping.platforms_json(storefronts)}
            calls.append(_call(operation, body, [change for one in some for change in products[one]]))
    return calls


def _single(operation: str, change: Change, known: Known) -> Call:
    if operation == UPLOAD:
        return Call(UPLOAD, Effect.upload, "", (change,))
    if operation == NO_CALL:
        return Call(NO_CALL, Effect.write, "", (change,))
    if isinstance(change.to, Listing):
        return _create(operation, change, change.to, known)
    if isinstance(change.to, Structure):
        assert change.observed is not None
        return _call(PARTIAL, mapping.structure_body(change, change.to, change.observed, known.facts), [change])
    if isinstance(change.to, Content):
        images = {**known.images, **Memory.of(change).images}
        body = mapping.content_fields(change.to, fields_of(change), images, known.facts)
        # A brand that is not in the list leaves nothing to say: the title is repeated, and the change ends.
        return _call(operation, body or {"title": change.to.title}, [change])
    return _call(PARTIAL, {"save_mode": "LISTING"}, [change])


def _create(operation: str, change: Change, listing: Listing, known: Known) -> Call:
    memory = Memory.of(change)
    images = {**known.images, **memory.images}
    storefronts = memory.only or known.facts.category(listing.content.category).storefronts
    ids = change.ids.offers if change.ids else None
    if operation == CREATE and resends(change):
        assert change.intent is not None
        return Call(CREATE, Effect.write, str(change.intent.body), (change,))
    draft = memory.step == STEP_DRAFT or (known.zero_refused and 0 in listing.stocks.values())
    body = mapping.product_body(listing, images, known.facts, storefronts, draft, ids)
    if operation == EDIT:
        return _call(EDIT, body, [change])
    key = change.intent.uuid if change.intent is not None else listing.code
    return Call(CREATE, Effect.write, mapping.with_key(body, key), (change,))


def _call(operation: str, body: mapping.Json, changes: Sequence[Change]) -> Call:
    return Call(operation, Effect.write, mapping.dump(body), tuple(changes))


def listing_id(change: Change) -> str:
    """The product's id."""
    assert change.ids is not None
    return change.ids.listing


def offer_id(change: Change) -> str:
    """The SKU's id."""
    assert change.ids is not None
    assert change.sku is not None
    return change.ids.offers[change.sku]


def completes_warehouses(call: Call) -> bool:
    """Whether a stock call is to list every warehouse of its SKUs."""
    return call.operation == INVENTORY and any(Memory.of(c).step == STEP_WAREHOUSES for c in call.changes)
