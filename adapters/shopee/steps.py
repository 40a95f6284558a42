"""What a begun change remembers, and the steps of a create and of a structure change. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.contract import Change, Content, Ids, Listing, Observed, Picture, Structure, Variant
from adapters.editing import content_of, left_to_send, name_of
from adapters.shopee import mapping
from adapters.shopee.facts import ShopFacts

Json = dict[str, Any]
UPLOAD = "upload_image"
PICTURES_PER_CALL = 9  # facts, section 3.10
ROWS_PER_CALL = 50  # add_model, update_model (facts, section 3.5)


@dataclass(frozen=True, slots=True)
class Memory:
    """`next_step` as a value.

    `images` = {sha256: image id}; `step` = the step of a create that is due; `done` = steps of a structure
    change that went through; `without` = {field of content: [cause, code, text]} refused so far; `part` =
    which half of a refused call this change belongs to; `about` = what content or structure `done` and
    `without` speak of: they mean nothing once the catalogue wants something else.
    """

    images: Mapping[str, str] = field(default_factory=dict)
    step: str | None = None
    done: tuple[str, ...] = ()
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    part: str = ""
    about: str = ""

    @classmethod
    def of(cls, change: Change) -> Memory:
        """What the last step left behind."""
        stored = json.loads(change.next_step) if change.next_step else {}
        about = name_of(change.to) if isinstance(change.to, Content | Structure) else ""
        if stored.get("about", about) != about:
            stored = {"images": stored.get("images", {})}
        return cls(
            stored.get("images", {}), stored.get("step"), tuple(stored.get("done", ())),
            stored.get("without", {}), stored.get("part", ""), about,
        )  # fmt: skip

    def text(self, **changes: Any) -> str:
        """As JSON text, with `changes`."""
        now = replace(self, **changes)
        kept = {
            "images": dict(now.images), "step": now.step, "done": list(now.done),
            "without": dict(now.without), "part": now.part,
            "about": now.about if now.done or now.without else "",
        }  # fmt: skip
        return json.dumps({k: v for k, v in kept.items() if v}, ensure_ascii=False, separators=(",", ":"))


def fields_of(change: Change) -> tuple[str, ...]:
    """The fields of content that an update sends: what changed, less what was refused in an earlier step."""
    assert isinstance(change.to, Content)
    changed = mapping.changed_fields(change.before, change.to)
    return left_to_send(change.to, changed, Memory.of(change).without)


def missing_pictures(change: Change, known: Mapping[str, str]) -> tuple[Picture, ...]:
    """The pictures to upload before this change can go on, at most one call's worth, each once."""
    content = content_of(change)
    if content is None or (change.intent is not None and change.intent.body is not None):
        return ()
    if not change.creates and "pictures" not in fields_of(change):
        return ()
    if change.creates and create_step(change) != "add_item":
        return ()
    have = Memory.of(change).images
    wanted = {p.sha256: p for p in content.pictures if p.sha256 not in have and p.sha256 not in known}
    return tuple(wanted.values())[:PICTURES_PER_CALL]


# --- create -------------------------------------------------------------------------------------------------


def create_step(change: Change) -> str:
    """The step of a create that is due: add_item, init_tier_variation or unlist_item.

    Without a remembered step (a restart, a lost answer) it follows from what is known to be there.
    """
    assert isinstance(change.to, Listing)
    if change.ids is None:
        return "add_item"
    remembered = Memory.of(change).step
    if not change.to.structure.options or remembered == "unlist_item" or _models_there(change):
        return "unlist_item"
    return "init_tier_variation"


def _models_there(change: Change) -> bool:
    """True if the listing was seen with its models, or their ids are known."""
    if change.observed is not None and change.observed.options:
        return True
    return change.ids is not None and bool(change.ids.offers)


def after_tiers(change: Change) -> bool:
    """True if one more step shows the listing, once its models stand."""
    return isinstance(change.to, Listing) and change.to.visible


# --- structure ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One write of a structure change, and the facets of the listing that it makes due again."""

    operation: str
    body: Json
    disturbs: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The models and tiers of a listing as the change carries them."""

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    images: Mapping[str, str]
    first_image: str | None
    models: tuple[tuple[int, tuple[int, ...], str], ...]

    @classmethod
    def of(cls, observed: Observed) -> Seen:
        """From the adapter's own part of what was observed."""
        raw = json.loads(observed.raw)
        tiers = raw.get("tiers", [])
        images: dict[str, str] = dict(tiers[0]["images"]) if tiers else {}
        return cls(
            tuple(t["name"] for t in tiers),
            tuple(tuple(t["options"]) for t in tiers),
            images,
            next(iter(raw.get("images", [])), None),
            tuple((int(m), tuple(index), sku) for m, index, sku in raw.get("models", [])),
        )

    def without(self, leaving: frozenset[int]) -> Seen:
        """Less these models."""
        return replace(self, models=tuple(one for one in self.models if one[0] not in leaving))


def structure_steps(change: Change, facts: ShopFacts) -> list[Step]:
    """Every write still needed to make the structure so. Only a model goes that the change itself leaves out: one that
    was ours before and, as a person has approved, is no longer wanted.

    Order: new option values, then new models, then SKUs, parcels and barcodes of old ones. With nothing left
    to do the last kind is sent anyway: it is absolute, and the change must end.
    """
    assert isinstance(change.to, Structure)
    if change.ids is None or change.observed is None:
        return []
    item_id = int(change.ids.listing)
    if not change.to.options:
        return [_plain_step(item_id, change.to.variants[0], change.observed, facts)]
    there = Seen.of(change.observed)
    leaving = _leaving(change, change.to, there)
    seen = there.without(leaving)
    if len(seen.names) != len(change.to.options):
        return [Step("init_tier_variation", _new_tiers(item_id, change.to, change.observed, facts), True)]
    models = _models_of(change.to, change.ids, seen)
    values = _values(change.to, seen, models, bool(leaving))
    done = Memory.of(change).done
    steps = [
        *_tier_steps(item_id, change.to, seen, models, values, bool(leaving)),
        *_new_model_steps(item_id, change, change.to, change.observed, models, values, facts),
    ]
    left = [s for s in steps if s.operation not in done]
    old = _old_model_steps(item_id, change.to, change.observed, models, bool(steps), facts)
    return left + [s for s in old if s.operation not in done] or old or steps[-1:]


def _leaving(change: Change, to: Structure, seen: Seen) -> frozenset[int]:
    """The models of variants of ours that the change leaves out."""
    if not isinstance(change.before, Structure) or change.ids is None:
        return frozenset()
    kept = {v.sku for v in to.variants}
    out = {v.sku for v in change.before.variants} - kept
    known = {mapping.model_of(change.ids.offers[sku]) for sku in out if sku in change.ids.offers}
    return frozenset(known & {model for model, _, _ in seen.models})


def _models_of(to: Structure, ids: Ids, seen: Seen) -> dict[str, int]:
    """{SKU: model id}: by the id that we know, else by SKU. One with the same options may be the seller's own."""
    there = {model for model, _, _ in seen.models}
    by_sku = {sku: model for model, _, sku in seen.models if sku}
    known = {sku: mapping.model_of(offer) for sku, offer in ids.offers.items()} if ids else {}
    found = {v.sku: known[v.sku] if known.get(v.sku) in there else by_sku.get(v.sku) for v in to.variants}
    return {sku: model for sku, model in found.items() if model is not None}


def _values(to: Structure, seen: Seen, models: Mapping[str, int], leaving: bool) -> list[list[str]]:
    """Option values of each tier: those in use in their old order, then the new ones."""
    wanted = {models[v.sku]: v.options for v in to.variants if v.sku in models}
    kept = [wanted.get(model) or _options_at(seen, index) for model, index, _ in seen.models]
    needed = kept + [v.options for v in to.variants]
    values = []
    for tier, old in enumerate(seen.values):
        used = {options[tier] for options in needed}
        renamed = any(model in wanted and wanted[model] != _options_at(seen, index) for model, index, _ in seen.models)
        moved = renamed or leaving
        # An option that nobody uses stays unless values were renamed or a variant goes: then the old name must go.
        first = [value for value in old if value in used or not moved]
        values.append(list(dict.fromkeys([*first, *(options[tier] for options in needed)])))
    return values


def _options_at(seen: Seen, index: Sequence[int]) -> tuple[str, ...]:
    return tuple(seen.values[tier][at] for tier, at in enumerate(index))


def _tier_steps(
    item_id: int, to: Structure, seen: Seen, models: Mapping[str, int], values: Sequence[Sequence[str]], leaving: bool
) -> list[Step]:
    """update_tier_variation with every model that stays: one left out is deleted (facts, section 3.5)."""
    wanted = {models[v.sku]: v.options for v in to.variants if v.sku in models}
    rows = []
    for model, index, _ in seen.models:
        options = wanted.get(model) or _options_at(seen, index)
        rows.append({"model_id": model, "tier_index": [values[t].index(o) for t, o in enumerate(options)]})
    same_values = [list(v) for v in values] == [list(v) for v in seen.values]
    same_places = all(row["tier_index"] == list(m[1]) for row, m in zip(rows, seen.models, strict=True))
    if same_values and same_places and tuple(to.options) == seen.names and not leaving:
        return []
    images = dict(seen.images)
    if images and seen.first_image:
        # Pictures stand on every option of the first tier or on none (facts, section 3.5).
        images = {value: images.get(value, seen.first_image) for value in values[0]}
    body = {
        "item_id": item_id,
        "standardise_tier_variation": mapping.tiers_json(to.options, values, images),
        "model_list": rows,
    }
    return [Step("update_tier_variation", body)]


def _new_model_steps(
    item_id: int,
    change: Change,
    to: Structure,
    observed: Observed,
    models: Mapping[str, int],
    values: Sequence[Sequence[str]],
    facts: ShopFacts,
) -> list[Step]:
    new = [v for v in to.variants if v.sku not in models]
    if not new:
        return []
    rows = [_new_model(v, mapping.tier_index(v, values), observed, facts) for v in new[:ROWS_PER_CALL]]
    whole = change.listing
    if whole is not None:
        for row in rows:
            row["original_price"] = whole.prices[row["model_sku"]].list
            row["seller_stock"] = mapping.stock_json(whole.stocks[row["model_sku"]], facts.location)
    return [Step("add_model", {"item_id": item_id, "model_list": rows}, True)]


def _new_model(variant: Variant, index: Sequence[int], observed: Observed, facts: ShopFacts) -> Json:
    """A model with as little stock as allowed at its dearest sibling's price: price and stock are pushed
    after it.
    """
    category = facts.category(str(json.loads(observed.raw).get("category", "")))
    price = max((o.price.list for o in observed.offers if o.price), default=1)
    return mapping.model_json(variant, index, price, category.least_stock, facts, category)


def _old_model_steps(
    item_id: int, to: Structure, observed: Observed, models: Mapping[str, int], others: bool, facts: ShopFacts
) -> list[Step]:
    offers = {mapping.model_of(o.external_id): o for o in observed.offers}
    shown = {model: sku for model, _, sku in Seen.of(observed).models}  # the shop's own SKUs
    old = [v for v in to.variants if v.sku in models]
    changed = [
        v for v in old
        if (o := offers.get(models[v.sku])) is not None
        and (shown.get(models[v.sku]), o.weight_g, o.size_cm, o.barcode) != (v.sku, v.weight_g, v.size_cm, v.barcode)
    ]  # fmt: skip
    sent = changed if changed or others else old
    category = facts.category(str(json.loads(observed.raw).get("category", "")))
    rows = [
        {
            "model_id": models[v.sku],
            "model_sku": v.sku,
            **mapping.parcel_json(v.weight_g, v.size_cm),
            **mapping.gtin_json(v.barcode, category),
        }
        for v in sent
    ]
    return [Step("update_model", {"item_id": item_id, "model": rows[:ROWS_PER_CALL]})] if rows else []


def _new_tiers(item_id: int, to: Structure, observed: Observed, facts: ShopFacts) -> Json:
    """Another number of tiers: every model is made anew (facts, section 3.5). Prices stay by SKU where they
    are known.
    """
    values = mapping.tier_values(to)
    prices = {o.sku: o.price.list for o in observed.offers if o.price and o.sku}
    stocks = {o.sku: o.stock for o in observed.offers if o.stock is not None and o.sku}
    rows = []
    for variant in to.variants:
        row = _new_model(variant, mapping.tier_index(variant, values), observed, facts)
        row["original_price"] = prices.get(variant.sku, row["original_price"])
        if variant.sku in stocks:
            row["seller_stock"] = mapping.stock_json(stocks[variant.sku], facts.location)
        rows.append(row)
    tiers = mapping.tiers_json(to.options, values, {})
    return {"item_id": item_id, "standardise_tier_variation": tiers, "model": rows}


def _plain_step(item_id: int, variant: Variant, observed: Observed, facts: ShopFacts) -> Step:
    category = facts.category(str(json.loads(observed.raw).get("category", "")))
    if observed.options:
        # Away with the variations: both tier lists empty and one model without an index (facts, section 3.5).
        row = _new_model(variant, (), observed, facts)
        return Step(
            "init_tier_variation",
            {"item_id": item_id, "standardise_tier_variation": [], "model": [row]},
            True,
        )
    body = {"item_id": item_id, "item_sku": variant.sku, **mapping.gtin_json(variant.barcode, category)}
    return Step("update_item", body)


def ids_with(change: Change, more: Ids | None) -> Ids | None:
    """The change's ids, with those that an answer brought."""
    if change.ids is None or more is None:
        return more or change.ids
    return Ids(change.ids.listing, {**change.ids.offers, **more.offers})
