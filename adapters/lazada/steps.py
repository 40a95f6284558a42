"""What a begun change remembers, and the steps of a create and of a structure change. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.contract import (
    Change,
    Content,
    ListingState,
    Observed,
    ObservedOffer,
    Picture,
    Structure,
    Variant,
)
from adapters.editing import content_of, left_to_send, name_of
from adapters.lazada import mapping
from adapters.lazada.assumptions import ShopAssumed
from adapters.lazada.facts import ShopFacts

Json = dict[str, Any]
UPLOAD, CREATE, UPDATE = "UploadImage", "CreateProduct", "UpdateProduct"
READ = "GetProductItem"
"""No write: a product that exists is read for the ids of its SKUs, which the answer to its create did not tell."""


@dataclass(frozen=True, slots=True)
class Memory:
    """`next_step` as a value.

    `images` = {sha256: address}; `without` = {field of content: [cause, code, text]} refused so far; `about` = the
    content or structure that `without`, `done` and `joins` speak of: they mean nothing once the catalogue wants
    something else; `done` = steps of a structure change that went through; `joins` = what a new variant joins its
    product by, after the other was refused; `part` = which half of a refused call this change belongs to; `by` = the
    call that a price goes by, after its own was not permitted.
    """

    images: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    about: str = ""
    done: tuple[str, ...] = ()
    joins: str = ""
    part: str = ""
    by: str = ""

    @classmethod
    def of(cls, change: Change) -> Memory:
        """What the last step left behind."""
        stored = json.loads(change.next_step) if change.next_step else {}
        about = name_of(change.to) if isinstance(change.to, Content | Structure) else ""
        if stored.get("about", about) != about:
            stored = {"images": stored.get("images", {})}
        return cls(
            stored.get("images", {}), stored.get("without", {}), about, tuple(stored.get("done", ())),
            stored.get("joins", ""), stored.get("part", ""), stored.get("by", ""),
        )  # fmt: skip

    def text(self, **changes: Any) -> str:
        """As JSON text, with `changes`."""
        now = replace(self, **changes)
        kept = {
            "images": dict(now.images), "without": dict(now.without), "done": list(now.done), "joins": now.joins,
            "part": now.part, "by": now.by, "about": now.about if now.without or now.done or now.joins else "",
        }  # fmt: skip
        return mapping.dump({key: value for key, value in kept.items() if value})


def fields_of(change: Change) -> tuple[str, ...]:
    """The fields of content that an edit sends: what changed, less what was refused in an earlier step."""
    assert isinstance(change.to, Content)
    changed = mapping.changed_fields(change.before, change.to)
    return left_to_send(change.to, changed, Memory.of(change).without)


def missing_picture(change: Change, known: Mapping[str, str]) -> Picture | None:
    """The next picture to upload before this change can go on; a call takes one (facts, section 9)."""
    content = content_of(change)
    if content is None or (change.creates and change.ids is not None):
        return None
    if change.intent is not None and change.intent.body is not None:
        return None  # a create that is said again is said with the bytes that were sent
    if isinstance(change.to, Content) and "pictures" not in fields_of(change):
        return None
    have = Memory.of(change).images
    return next((p for p in content.pictures if p.sha256 not in have and p.sha256 not in known), None)


# --- structure --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """The options and SKUs of a listing as the change carries them; `skus` = (SkuId, SellerSku, option values)."""

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    images: tuple[str, ...]
    category: str
    skus: tuple[tuple[str, str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, observed: Observed) -> Seen:
        """From the adapter's own part of what was observed."""
        raw = json.loads(observed.raw)
        return cls(
            tuple(raw["names"]), tuple(tuple(v) for v in raw["values"]), tuple(raw["images"]), raw["category"],
            tuple((number, sku, tuple(options)) for number, sku, options in raw["skus"]),
        )  # fmt: skip


def same_options(to: Structure, observed: Observed) -> bool:
    """Whether the options are the same but for case: no source shows a call that changes them (facts, 7.2)."""
    names = Seen.of(observed).names
    return [name.casefold() for name in to.options] == [name.casefold() for name in names]


def standing(change: Change) -> dict[str, Variant]:
    """{SkuId: the variant of ours that stands under it}: by the id that we know, by the SellerSku else (C12).

    Never by its options: a SKU with the same ones may be the seller's own.
    """
    assert isinstance(change.to, Structure)
    assert change.observed is not None
    seen = Seen.of(change.observed)
    there = {number for number, _, _ in seen.skus}
    ours = change.ids.offers if change.ids is not None else {}
    known = {sku: number for sku, offer in ours.items() if (number := mapping.parts_of(offer)[1]) in there}
    free = {sku.casefold(): number for number, sku, _ in seen.skus if sku and number not in known.values()}
    named = ((known.get(v.sku) or free.get(v.sku.casefold()), v) for v in change.to.variants)
    return {number: variant for number, variant in named if number is not None}


def leaving(change: Change) -> frozenset[str]:
    """The SkuIds of variants of ours that the change leaves out, as a person has approved (C12)."""
    if not (isinstance(change.before, Structure) and isinstance(change.to, Structure)) or change.ids is None:
        return frozenset()
    out = {v.sku for v in change.before.variants} - {v.sku for v in change.to.variants}
    return frozenset(mapping.parts_of(change.ids.offers[sku])[1] for sku in out if sku in change.ids.offers)


def new_variants(change: Change) -> list[Variant]:
    """Variants that the shop does not have."""
    assert isinstance(change.to, Structure)
    there = standing(change).values()
    return [v for v in change.to.variants if v not in there]


def structure_steps(change: Change) -> list[str]:
    """The calls still needed: new variants by a create that joins them, and the old ones by an update.

    The create goes first, as an update may bring a review, and nothing joins what is in review; unless it has to wait
    anyway, or an old variant has its options as yet. A SKU goes only if the change itself leaves it out. With nothing
    left to do the update is sent anyway: it is absolute, and the change must end.
    """
    done, new = Memory.of(change).done, new_variants(change)
    joins = [CREATE] if new and CREATE not in done else []
    updates = [UPDATE] if _moved(change) and UPDATE not in done else []
    first = updates if not may_join(change) or _options_taken(change, new) else joins
    return [*first, *(joins if first is updates else updates)] or [UPDATE]


def may_join(change: Change) -> bool:
    """Whether the product is shown: only then variants are joined to it (facts, section 7.1)."""
    return change.observed is None or change.observed.state in (ListingState.live, ListingState.live_oos)


def _options_taken(change: Change, new: Sequence[Variant]) -> bool:
    assert change.observed is not None
    taken = {options for _, _, options in Seen.of(change.observed).skus}
    return any(variant.options in taken for variant in new)


def _moved(change: Change) -> bool:
    """Whether a variant that is there is to go, or has other option values or another parcel than it should have."""
    assert change.observed is not None
    offers = {mapping.parts_of(offer.external_id)[1]: offer for offer in change.observed.offers}
    pairs = [(variant, offers[number]) for number, variant in standing(change).items()]
    goes = not leaving(change).isdisjoint(offers)
    return goes or any(o.options != v.options or not _same_parcel(v, o) for v, o in pairs)


def _same_parcel(variant: Variant, offer: ObservedOffer) -> bool:
    """A weight is rounded up to ten grams on its way (facts, section 7.1): that much more is the same."""
    if offer.weight_g is None or offer.size_cm != variant.size_cm:
        return False
    return 0 <= offer.weight_g - variant.weight_g < 10


def joining_body(change: Change, images: Mapping[str, str], facts: ShopFacts, assumed: ShopAssumed) -> Json:
    """CreateProduct that joins the new variants to the product, with their prices and stocks (facts, section 7.1).

    What no source says it may leave out is sent: pictures, texts and all option values, the old ones first.
    """
    assert isinstance(change.to, Structure)
    assert change.observed is not None
    assert change.listing is not None
    seen = Seen.of(change.observed)
    product = mapping.product_fields(change.listing.content, ("title", "description", "brand", "attributes"),
                                     images, facts)  # fmt: skip
    product |= {
        "PrimaryCategory": seen.category or change.listing.content.category,
        "AssociatedSku": _associated(seen, Memory.of(change).joins or assumed.associated),
        "Images": {"Image": list(seen.images)},
        "variation": mapping.variation_json(seen.names, _all_values(change, change.to, seen)),
    }
    rows = [mapping.sku_json(v, seen.names, change.listing, facts, assumed) for v in new_variants(change)]
    return mapping.request({**product, "Skus": {"Sku": rows}})


def _associated(seen: Seen, named: str) -> str:
    """The SkuId or the SellerSku of a SKU that is there (the documents contradict each other; facts, section 7.1)."""
    number, sku, _ = next((one for one in seen.skus if one[1]), seen.skus[0] if seen.skus else ("", "", ()))
    return sku if named == "SellerSku" else number


def _all_values(change: Change, to: Structure, seen: Seen) -> list[list[str]]:
    """The values of each option: those in use, in their old order, then the new ones."""
    ours, goes = standing(change), leaving(change)
    used = [ours[number].options if number in ours else options for number, _, options in seen.skus
            if number not in goes]  # fmt: skip
    rows = [*used, *(v.options for v in to.variants)]
    found = []
    for at, old in enumerate(seen.values or ((),) * len(seen.names)):
        needed = dict.fromkeys(row[at] for row in rows if at < len(row))
        found.append([*(value for value in old if value in needed), *(v for v in needed if v not in old)])
    return found


def moving_body(change: Change, assumed: ShopAssumed) -> Json:
    """UpdateProduct with every SKU there is, ours or not: option values and, of ours, parcels (C12).

    Those of ours that go are named as deleted (facts, section 7.2).
    """
    assert isinstance(change.to, Structure)
    assert change.observed is not None
    assert change.ids is not None
    seen = Seen.of(change.observed)
    ours, goes = standing(change), leaving(change)
    product: Json = {"ItemId": change.ids.listing}
    if seen.names:
        product["variation"] = mapping.variation_json(seen.names, _all_values(change, change.to, seen))
    rows: list[Json] = []
    for number, _, options in seen.skus:
        if number in goes:
            rows.append({"SkuId": number, "Status": mapping.DELETED})
        else:
            rows.append(_moved_row(number, ours.get(number), options, seen.names, assumed))
    return mapping.request({**product, "Skus": {"Sku": rows}})


def _moved_row(
    number: str, variant: Variant | None, options: Sequence[str], names: Sequence[str], assumed: ShopAssumed
) -> Json:
    row: Json = {"SkuId": number}
    if names:
        row["saleProp"] = dict(zip(names, variant.options if variant else options, strict=True))
    if variant is None:
        return row
    return row | mapping.parcel_json(variant.weight_g, variant.size_cm, assumed.weight_decimals)
