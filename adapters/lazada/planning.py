"""From changes to calls: the fewest writes Lazada allows, the most urgent first. Pure.

Call policy (docs/call-policy-lazada.md): price and stock up to 20 SKUs a call over all products, everything else one
product a call. A call leaves when its most urgent change is due and takes along what else it can carry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.contract import Call, Cause, Change, Content, Effect, Facet, Limits, Listing, Price, Structure
from adapters.lazada import mapping
from adapters.lazada.assumptions import ShopAssumed
from adapters.lazada.facts import ShopFacts
from adapters.lazada.steps import (
    CREATE,
    READ,
    UPDATE,
    UPLOAD,
    Memory,
    fields_of,
    joining_body,
    may_join,
    missing_picture,
    moving_body,
    same_options,
    structure_steps,
)
from adapters.urgency import Rank, rank
from adapters.words import sentence

PRICE, STOCK, DEACTIVATE = "UpdatePriceQuantity", "UpdateSellableQuantity", "DeactivateProduct"
ROWS_MOST = 20
"""What Lazada advises; 50 are refused no more than 20, and time out sooner (facts, sections 5 and 6)."""

NO_CALLS: Mapping[str, tuple[Cause, str]] = {
    "no_offer_id": (Cause.missing, sentence("the shop's id of this listing or offer is not known")),
    "options_unsupported": (
        Cause.config,
        sentence(
            "Lazada shows no call that gives a listing other options; change them in the Seller Center, or make the "
            "listing anew"
        ),
    ),
    "not_shown": (
        Cause.locked,
        "Lazada joins new variants only to a product that is shown: it is in review, or off sale; tried again later",
    ),
}
"""Operations of calls that cannot be put on the wire, and what is said of their changes."""


def plan_calls(
    changes: Sequence[Change],
    facts: ShopFacts,
    images: Mapping[str, str],
    limits: Limits,
    assumed: ShopAssumed,
    prices_by: str = PRICE,
) -> list[Call]:
    """The calls for these changes. `images` = pictures that the shop already has, {sha256: address}; `prices_by` =
    the call that this shop's prices go by.
    """
    plan = _Plan(facts, images, min(limits.rows_per_call, ROWS_MOST), assumed, prices_by)
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        groups[plan.operation(change)].append(change)
    calls = [call for operation, group in groups.items() for call in plan.calls(operation, group)]
    return sorted(calls, key=lambda call: min(map(_rank, call.changes)))


def _rank(change: Change) -> Rank:
    """Among creates what is begun is finished before anything new."""
    begun = change.ids is not None or bool(Memory.of(change).images)
    return rank(change, 0 if begun else 1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The builders of calls, one per kind."""

    facts: ShopFacts
    images: Mapping[str, str]
    rows: int
    assumed: ShopAssumed
    prices_by: str

    def operation(self, change: Change) -> str:
        """What a change needs next."""
        if missing_picture(change, self.images) is not None:
            return UPLOAD
        if change.creates:
            return CREATE if change.ids is None else READ
        if change.facet in (Facet.price, Facet.stock):
            if change.ids is None or change.sku not in change.ids.offers:
                return "no_offer_id"
            return STOCK if change.facet is Facet.stock else Memory.of(change).by or self.prices_by
        if change.ids is None:
            return "no_offer_id"
        if isinstance(change.to, Structure):
            return self._structure(change, change.to)
        return DEACTIVATE if change.to is False else UPDATE

    def _structure(self, change: Change, to: Structure) -> str:
        if change.observed is None:
            return "no_offer_id"
        if not same_options(to, change.observed):
            return "options_unsupported"
        step = structure_steps(change)[0]
        return step if step != CREATE or may_join(change) else "not_shown"

    def calls(self, operation: str, group: Sequence[Change]) -> list[Call]:
        """The calls of one operation."""
        if operation in (PRICE, STOCK):
            return self._by_rows(operation, group)
        prices = [change for change in group if isinstance(change.to, Price) and operation == UPDATE]
        others = [change for change in group if change not in prices]
        return [*self._prices_by_product(prices), *(self._single(operation, change) for change in others)]

    def _by_rows(self, operation: str, group: Sequence[Change]) -> list[Call]:
        """SKUs of any products together; halves of a refused call stay apart."""
        parts: dict[str, list[Change]] = defaultdict(list)
        for change in group:
            parts[Memory.of(change).part].append(change)
        batches = [batch for due in parts.values() for batch in _batches(due, self.rows)]
        return [_call(operation, mapping.skus_xml(map(self._row, batch)), batch) for batch in batches]

    def _row(self, change: Change) -> str:
        offer, sku = offer_of(change), str(change.sku)
        if isinstance(change.to, Price):
            return mapping.price_xml(offer, sku, change.to.list)
        assert isinstance(change.to, int)
        return mapping.stock_xml(offer, sku, max(0, change.to), self.facts, self.assumed)

    def _prices_by_product(self, group: Sequence[Change]) -> list[Call]:
        """Prices of a seller who may not use their own call: one product a call (facts, section 7.3)."""
        listings: dict[tuple[str, str], list[Change]] = defaultdict(list)
        for change in group:
            listings[mapping.parts_of(offer_of(change))[0], Memory.of(change).part].append(change)
        return [
            _call(UPDATE, mapping.request({"ItemId": item, "Skus": {"Sku": [_price_json(c) for c in batch]}}), batch)
            for (item, _), due in listings.items()
            for batch in _batches(due, self.rows)
        ]

    def _single(self, operation: str, change: Change) -> Call:
        if operation in (UPLOAD, READ):
            return Call(operation, Effect.upload, "", (change,))
        if operation in NO_CALLS:
            return Call(operation, Effect.write, "", (change,))
        if isinstance(change.to, Listing):
            return self._create(change, change.to)
        assert change.ids is not None
        if operation == DEACTIVATE:
            product = mapping.request({"ItemId": change.ids.listing})
            return Call(DEACTIVATE, Effect.write, mapping.dump({"apiRequestBody": product}), (change,))
        if isinstance(change.to, Structure):
            joins = operation == CREATE
            body_of = joining_body(change, self._known(change), self.facts, self.assumed) if joins else None
            return _call(operation, body_of or moving_body(change, self.assumed), [change])
        return _call(UPDATE, mapping.request(self._update(change, change.ids.listing)), [change])

    def _create(self, change: Change, listing: Listing) -> Call:
        """A create; one that is said again is said with the bytes that were sent."""
        if change.intent is not None and change.intent.body is not None:
            return Call(CREATE, Effect.write, change.intent.body, (change,))
        body = mapping.create_body(listing, self._known(change), self.facts, self.assumed)
        return _call(CREATE, body, [change])

    def _update(self, change: Change, item: str) -> mapping.Json:
        """An edit of content, or the listing put on sale again: the SKUs that we know (facts, section 7.2)."""
        assert change.ids is not None
        numbers = [mapping.parts_of(offer)[1] for offer in change.ids.offers.values()]
        if not isinstance(change.to, Content):
            rows = [{"SkuId": number, "Status": mapping.ACTIVE} for number in numbers]
            return {"ItemId": item, "Skus": {"Sku": rows}}
        fields = fields_of(change)
        product = mapping.product_fields(change.to, fields, self._known(change), self.facts)
        said: mapping.Json = {}
        if "attributes" in fields:
            said |= mapping.attribute_values(change.to, self.facts, of_sku=True)
        if "parcel" in fields and change.to.parcel is not None:
            said |= mapping.parcel_json(*change.to.parcel, self.assumed.weight_decimals)
        rows = [{"SkuId": number, **said} for number in numbers] if said else []
        return {"ItemId": item, **product, **({"Skus": {"Sku": rows}} if rows else {})}

    def _known(self, change: Change) -> Mapping[str, str]:
        """Addresses of pictures: what this change's own uploads brought counts before what is remembered."""
        return {**self.images, **Memory.of(change).images}


def offer_of(change: Change) -> str:
    """The offer id that a price or stock goes to."""
    assert change.ids is not None
    assert change.sku is not None
    return change.ids.offers[change.sku]


def _price_json(change: Change) -> mapping.Json:
    assert isinstance(change.to, Price)
    return {"SkuId": mapping.parts_of(offer_of(change))[1], "price": str(change.to.list)}


def _call(operation: str, payload: mapping.Json | str, changes: Sequence[Change]) -> Call:
    """A call whose body is its parameters as JSON; a payload that is no text travels as JSON text."""
    return Call(operation, Effect.write, mapping.dump({"payload": payload}), tuple(changes))


def _batches(changes: Sequence[Change], size: int) -> list[list[Change]]:
    """Cut into calls of at most `size`, in order of urgency; no offer twice in one call."""
    batches: list[dict[str, Change]] = []
    for change in sorted(changes, key=_rank):
        one = offer_of(change)
        free = next((batch for batch in batches if len(batch) < size and one not in batch), None)
        if free is None:
            batches.append(free := {})
        free[one] = change
    return [list(batch.values()) for batch in batches]
