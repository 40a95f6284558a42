"""From changes to calls: the fewest writes Shopee allows, the most urgent first. Pure.

Call policy (facts, section 3): price and stock one listing a call with up to 50 models, visibility up to 50
listings a call in both directions, everything else one listing a call. A call leaves when its most urgent
change is due and takes along what else it can carry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters.contract import Call, Change, Content, Effect, Facet, Limits, Listing, Price
from adapters.shopee import mapping
from adapters.shopee.facts import ShopFacts
from adapters.shopee.steps import (
    UPLOAD,
    Memory,
    create_step,
    fields_of,
    missing_pictures,
    structure_steps,
)
from adapters.urgency import Rank, rank

_CREATE_STEPS = ("unlist_item", "init_tier_variation", "add_item")
_UPDATES = {Facet.visibility: "unlist_item", Facet.content: "update_item", Facet.structure: "structure"}
NO_CALL = "no_offer_id"
"""Operation of a call that cannot be put on the wire: its changes name no offer that the shop knows."""


def plan_calls(changes: Sequence[Change], facts: ShopFacts, images: Mapping[str, str], limits: Limits) -> list[Call]:
    """The calls for these changes. `images` = pictures that the shop already has, {sha256: image id}."""
    plan = _Plan(facts, images, limits)
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        groups[_operation(change, images)].append(change)
    calls = [call for operation, group in groups.items() for call in plan.calls(operation, group)]
    return sorted(calls, key=lambda call: min(map(_rank, call.changes)))


def _rank(change: Change) -> Rank:
    return rank(change, _CREATE_STEPS.index(create_step(change)) if change.creates else 0)


def _operation(change: Change, images: Mapping[str, str]) -> str:
    """What a change needs next; "structure" stands for whichever step of it is due."""
    if missing_pictures(change, images):
        return UPLOAD
    if change.creates:
        return create_step(change)
    if change.facet in (Facet.price, Facet.stock):
        known = change.ids is not None and change.sku in change.ids.offers
        return f"update_{change.facet}" if known else NO_CALL
    if change.ids is None or (change.facet is Facet.structure and change.observed is None):
        return NO_CALL
    return _UPDATES[change.facet]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The builders of calls, one per kind."""

    facts: ShopFacts
    images: Mapping[str, str]
    limits: Limits

    def calls(self, operation: str, group: Sequence[Change]) -> list[Call]:
        """The calls of one operation."""
        if operation in ("update_price", "update_stock"):
            return self._by_listing(operation, group)
        if operation == "unlist_item":
            return self._unlist(group)
        return [self._single(operation, change) for change in group]

    def _by_listing(self, operation: str, group: Sequence[Change]) -> list[Call]:
        """All due models of one listing together, so that the 7x rule sees them at once (facts, section
        3.6).
        """
        listings: dict[tuple[int, str], list[Change]] = defaultdict(list)
        for change in group:
            listings[_listing(change), Memory.of(change).part].append(change)
        calls = []
        for (item, _), due in listings.items():
            for batch in _batches(due, self.limits.rows_per_call, _model):
                rows = [self._row(change) for change in batch]
                body = {"item_id": item, f"{operation.removeprefix('update_')}_list": rows}
                calls.append(_call(operation, body, batch))
        return calls

    def _row(self, change: Change) -> dict[str, object]:
        model = _model(change)
        row: dict[str, object] = {"model_id": model} if model else {}
        if isinstance(change.to, Price):
            return {**row, "original_price": change.to.list}
        assert isinstance(change.to, int)
        return {**row, "seller_stock": mapping.stock_json(change.to, self.facts.location)}

    def _unlist(self, group: Sequence[Change]) -> list[Call]:
        """Both directions and the last step of creates share a call; the most urgent fill the first one."""
        parts: dict[str, list[Change]] = defaultdict(list)
        for change in group:
            parts[Memory.of(change).part].append(change)
        calls = []
        for due in parts.values():
            for batch in _batches(due, self.limits.listings_per_call, _listing):
                rows = [{"item_id": _listing(c), "unlist": not _visible(c)} for c in batch]
                calls.append(_call("unlist_item", {"item_list": rows}, batch))
        return calls

    def _single(self, operation: str, change: Change) -> Call:
        if operation == UPLOAD:
            return Call(UPLOAD, Effect.upload, "", (change,))
        if operation == NO_CALL:
            return Call(NO_CALL, Effect.write, "", (change,))
        if operation == "structure":
            step = structure_steps(change, self.facts)[0]
            return _call(step.operation, step.body, [change])
        if isinstance(change.to, Listing):
            return self._create(operation, change, change.to)
        assert isinstance(change.to, Content)
        fields = mapping.content_fields(change.to, fields_of(change), self._known(change), self.facts)
        return _call("update_item", {"item_id": _listing(change), **fields}, [change])

    def _create(self, operation: str, change: Change, listing: Listing) -> Call:
        if operation == "init_tier_variation":
            return _call(operation, mapping.tiers_body(_listing(change), listing, self.facts), [change])
        if change.intent is not None and change.intent.body is not None:
            return Call("add_item", Effect.write, change.intent.body, (change,))
        return _call("add_item", mapping.item_body(listing, self._known(change), self.facts), [change])

    def _known(self, change: Change) -> Mapping[str, str]:
        """Image ids: what this change's own uploads brought counts before what is remembered."""
        return {**self.images, **Memory.of(change).images}


def _call(operation: str, body: mapping.Json, changes: Sequence[Change]) -> Call:
    return Call(operation, Effect.write, mapping.dump(body), tuple(changes))


def _model(change: Change) -> int:
    assert change.ids is not None
    assert change.sku is not None
    return mapping.model_of(change.ids.offers[change.sku])


def _listing(change: Change) -> int:
    assert change.ids is not None
    return int(change.ids.listing)


def _visible(change: Change) -> bool:
    return change.to.visible if isinstance(change.to, Listing) else change.to is True


def _batches(changes: Sequence[Change], size: int, key: Callable[[Change], int]) -> list[list[Change]]:
    """Cut into calls of at most `size`, in order of urgency; no key twice in one call ("Repeat
    model_id.").
    """
    batches: list[list[Change]] = []
    taken: list[set[int]] = []
    for change in sorted(changes, key=rank):
        one = key(change)
        at = next((i for i, b in enumerate(batches) if len(b) < size and one not in taken[i]), None)
        if at is None:
            batches.append([])
            taken.append(set())
            at = len(batches) - 1
        batches[at].append(change)
        taken[at].add(one)
    return batches
