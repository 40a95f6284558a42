"""What a shop shows of a listing's structure, in our terms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters.contract import Observed, Structure


def shown_structure(wanted: Structure, seen: Observed, told: bool = True) -> Structure:
    """The structure that the shop shows, of those variants of `wanted` that stand there.

    `told` = the shop shows options at all; where it does not, ours are believed.

    A variant that is not ours is left out: it stays, whatever we write. Names are ours where there are as many as in
    the shop (shops call options otherwise, and a name ends no variant); what is not shown of a variant (its parcel) is
    taken from `wanted`.
    """
    there = {offer.sku: offer.options for offer in seen.offers if offer.sku is not None}
    if not told:
        return replace(wanted, variants=tuple(v for v in wanted.variants if v.sku in there))
    ours = tuple(
        replace(variant, options=_like(variant.options, there[variant.sku]))
        for variant in wanted.variants if variant.sku in there
    )  # fmt: skip
    levels = _levels(seen)
    return Structure(wanted.options if len(wanted.options) == len(levels) else levels, ours)


def other_options(known: Structure | None, seen: Observed) -> bool:
    """Whether the shop shows more or fewer options than were acknowledged: writing ours would end every variant."""
    return known is None or len(known.options) != len(_levels(seen))


def _levels(seen: Observed) -> tuple[str, ...]:
    """The option names; where a shop does not tell them, as many nameless ones as its variants have values."""
    return seen.options or ("",) * max((len(offer.options) for offer in seen.offers), default=0)


def _like(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """`theirs`, in our spelling where it is the same but for case and blanks, or where the shop does not say."""
    if len(ours) != len(theirs):
        return theirs
    return tuple(
        mine if not other or mine.strip().casefold() == other.strip().casefold() else other
        for mine, other in zip(ours, theirs, strict=True)
    )


def taken_options(to: Structure, known: Mapping[str, str], seen: Observed) -> tuple[str, str] | None:
    """A variant of ours whose options a variant of the seller's has in the shop: (our SKU, their name), if any.

    `known` = {SKU: offer id} of what stands there as ours. Where a shop does not show options, it alone can tell.
    """
    mine = {variant.sku for variant in to.variants} | set(known)
    theirs = {
        _plain(offer.options): offer.sku or offer.external_id for offer in seen.offers
        if offer.options and offer.external_id not in known.values() and offer.sku not in mine
    }  # fmt: skip
    return next(((v.sku, theirs[key]) for v in to.variants if (key := _plain(v.options)) in theirs), None)


def _plain(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(option.strip().casefold() for option in options)
