"""Which couriers carry a product's parcels, and what to say where none does or one hardly does. Pure.

A courier carries a listing when it carries every variant of it: buyers choose the variant after the courier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from adapters.contract import Cause, Courier, Facet, Listing, Structure, Variant
from syncer.listing.readiness import Blocked, Warned
from syncer.listing.rules import ChannelRules, Shipping
from syncer.texts import kept

NEAR = 0.9
"""From this share of a limit on a person is told: scales differ, and a courier weighs again."""


def carriers(structure: Structure, rules: ChannelRules, shipping: Shipping) -> tuple[str, ...]:
    """The ids of the couriers that a listing should name; () = every courier that the shop has enabled will do."""
    usable = usable_couriers(rules, shipping)
    able = [courier for courier in usable if all(carries(courier, variant) for variant in structure.variants)]
    if not able or (not shipping.couriers and len(able) == len(usable)):
        return ()
    return tuple(courier.id for courier in able)


def usable_couriers(rules: ChannelRules, shipping: Shipping) -> list[Courier]:
    """The couriers that the shop has enabled and the category may use."""
    return [c for c in rules.couriers if c.enabled and (not shipping.couriers or named(c, shipping.couriers))]


def named(courier: Courier, names: Sequence[str]) -> bool:
    """True if one of `names`, as they stand in the config, is the courier's id or name."""
    wanted = {name.strip().casefold() for name in names}
    return courier.id.casefold() in wanted or courier.name.strip().casefold() in wanted


def carries(courier: Courier, variant: Variant) -> bool:
    """True if the courier takes the variant's parcel, as far as it says what it takes."""
    return not _too_heavy(courier, variant) and not _too_large(courier, variant)


def _too_heavy(courier: Courier, variant: Variant) -> bool:
    return courier.weight_g is not None and not courier.weight_g[0] <= variant.weight_g <= courier.weight_g[1]


def _too_large(courier: Courier, variant: Variant) -> bool:
    # A parcel can be turned: its longest side is held against the longest that is taken.
    sides = courier.size_cm is not None and any(
        side > most for side, most in zip(sorted(variant.size_cm), sorted(courier.size_cm), strict=True)
    )
    return sides or (courier.size_sum_cm is not None and sum(variant.size_cm) > courier.size_sum_cm)


# --- blocked ---------------------------------------------------------------------------------------------------------


def parcel_blocks(listing: Listing, rules: ChannelRules, shipping: Shipping) -> Iterator[Blocked]:
    """Parcels that no usable courier takes, or that are larger than our own config says we send."""
    facet = Facet.content if listing.content.parcel is not None else Facet.structure
    variants = listing.structure.variants
    for variant in variants:
        yield from _beyond_ours(variant, shipping, facet)
    if not rules.couriers:
        return
    usable = usable_couriers(rules, shipping)
    if any(all(carries(courier, v) for v in variants) for courier in usable):
        return
    uncarried = next((v for v in variants if not any(carries(courier, v) for courier in usable)), None)
    if not usable:
        yield Blocked(Facet.content, "", Cause.config, "courier_unusable", _none_enabled(listing, rules, shipping))
    elif uncarried is not None:
        yield _uncarried(uncarried, usable, facet)
    else:
        text = kept(
            "{product}: no courier takes all of its variants, from {least} g to {most} g; split the product, or have "
            "the shop enable another courier",
            product=listing.code, least=min(v.weight_g for v in variants), most=max(v.weight_g for v in variants),
        )  # fmt: skip
        yield Blocked(facet, "", Cause.rejected, "parcels_apart", text)


def _beyond_ours(variant: Variant, shipping: Shipping, facet: Facet) -> Iterator[Blocked]:
    if shipping.parcel_g is not None and variant.weight_g > shipping.parcel_g:
        text = kept(
            "{sku}: packed {weight} g, the config lets at most {most} g be sent in its category; correct ship_weight_g "
            "of the product, or `parcel_g` in the config",
            sku=variant.sku, weight=variant.weight_g, most=shipping.parcel_g,
        )  # fmt: skip
        yield Blocked(facet, "", Cause.rejected, "parcel_weight", text)
    ours = Courier("", "", enabled=True, size_cm=shipping.parcel_cm)
    if shipping.parcel_cm is not None and _too_large(ours, variant):
        text = kept(
            "{sku}: packed {size} cm, the config lets at most {most} cm be sent in its category; correct the sizes of "
            "the product, or `parcel_cm` in the config",
            sku=variant.sku, size=_size(variant.size_cm), most=_size(shipping.parcel_cm),
        )  # fmt: skip
        yield Blocked(facet, "", Cause.rejected, "parcel_size", text)


def _none_enabled(listing: Listing, rules: ChannelRules, shipping: Shipping) -> str:
    there = ", ".join(f"{c.id} {c.name}" for c in rules.couriers if c.enabled)
    if not shipping.couriers:
        return kept("{channel}: the shop has no courier enabled; enable one in the shop",
                    channel=rules.channel or rules.marketplace)  # fmt: skip
    return kept(
        "{product}: the shop has none of the couriers enabled that the config names for its category ({names}); "
        "enabled are: {there}; correct `couriers` in the config, or enable one in the shop",
        product=listing.code, names=", ".join(shipping.couriers), there=there or "-",
    )  # fmt: skip


def _uncarried(variant: Variant, usable: Sequence[Courier], facet: Facet) -> Blocked:
    """A parcel that no courier takes: by its weight, else by its size."""
    weights = [(c.weight_g, c.name) for c in usable if c.weight_g is not None and _too_heavy(c, variant)]
    if weights:
        (least, most), courier = max(weights, key=lambda found: found[0][1])
        text = kept(
            "{sku}: packed {weight} g, and no courier of the shop takes it; {courier} takes {least} to {most} g; "
            "correct ship_weight_g, split the parcel, or have the shop enable another courier",
            sku=variant.sku, weight=variant.weight_g, courier=courier, least=least, most=most,
        )  # fmt: skip
        return Blocked(facet, "", Cause.rejected, "parcel_weight", text)
    best = max(usable, key=lambda c: prod(c.size_cm or (0, 0, 0)))
    taken = _size(best.size_cm) if best.size_cm is not None else str(best.size_sum_cm)
    text = kept(
        "{sku}: packed {size} cm, and no courier of the shop takes it; {courier} takes {most} cm; correct the sizes, "
        "pack it smaller, or have the shop enable another courier",
        sku=variant.sku, size=_size(variant.size_cm), courier=best.name, most=taken,
    )  # fmt: skip
    return Blocked(facet, "", Cause.rejected, "parcel_size", text)


def _size(sides: Sequence[int]) -> str:
    return " x ".join(map(str, sides))


# --- warned ----------------------------------------------------------------------------------------------------------


def parcel_warnings(listing: Listing, rules: ChannelRules, shipping: Shipping) -> Iterator[Warned]:
    """Parcels close to what the strongest courier takes, and light ones whose size is charged instead of the weight."""
    usable = usable_couriers(rules, shipping)
    for variant in listing.structure.variants:
        yield from _near(variant, usable)
    bulky = [(charged, v) for v in listing.structure.variants if (charged := _bulk(v, rules)) is not None]
    if bulky:
        charged, worst = max(bulky, key=lambda found: found[0])
        text = kept(
            "{sku}: couriers charge its size as {charged} kg, its packed weight alone would be {weight} kg; pack it "
            "smaller if you can",
            sku=worst.sku, charged=charged, weight=_whole_kg(worst.weight_g),
        )  # fmt: skip
        yield Warned(worst.sku, "parcel_bulky", text)


def _near(variant: Variant, usable: Sequence[Courier]) -> Iterator[Warned]:
    limits = [courier.weight_g[1] for courier in usable if courier.weight_g is not None]
    if not limits or variant.weight_g <= NEAR * min(limits):
        return
    able = [courier for courier in usable if carries(courier, variant)]
    if not able or any(courier.weight_g is None for courier in able):
        return
    best = max(able, key=lambda c: c.weight_g or (0, 0))
    most = best.weight_g[1] if best.weight_g is not None else 0
    if variant.weight_g > NEAR * most:
        text = kept(
            "{sku}: packed {weight} g, close to the {most} g that {courier} takes; weigh it",
            sku=variant.sku, weight=variant.weight_g, most=most, courier=best.name,
        )  # fmt: skip
        yield Warned(variant.sku, "parcel_near_limit", text)


def _bulk(variant: Variant, rules: ChannelRules) -> int | None:
    """Whole kilograms charged for the size, where those are more than for the weight.

    None also where the marketplace's dated file does not say how a size is charged.
    """
    if not rules.cm3_per_kg:
        return None
    charged = _whole_kg(prod(variant.size_cm) * 1000 // rules.cm3_per_kg)
    return charged if charged > _whole_kg(variant.weight_g) else None


def _whole_kg(grams: int) -> int:
    """Kilograms as couriers count them: each one that has begun."""
    return max(1, -(-grams // 1000))
