"""Which listings of a shop are ours: by SKU, and by what a person wrote into the map. Pure.

Sure is only what leaves no second reading: one listing, one product, each SKU once. Everything else is a doubt for a
person, and a product in doubt is not created.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from adapters.contract import ListingState, Observed, ObservedOffer
from syncer.texts import kept

NOT_OURS = "-"
"""What a person writes into the map beside an offer that is not ours."""

PAST = frozenset({ListingState.gone, ListingState.rejected})
"""What is no listing any more."""

ALIKE = 0.6
"""Share of the shorter title's words that the longer one has too, from which on a listing may be ours."""

WORDS_LEAST = 2
PRICE_APART = 2.0
"""A listing that costs more than so many times the other is not suggested."""


class Doubt(StrEnum):
    """Why a person must decide."""

    mixed = "mixed"
    """One listing bears SKUs of several products."""
    twice = "twice"
    """Several listings answer to one product."""
    same_sku = "same_sku"
    """One listing bears one SKU on several variants."""
    unknown_sku = "unknown_sku"
    """The map names an SKU that the catalogue does not have."""
    looks_alike = "looks_alike"
    """No SKU says so, but title and price do."""


def why(doubt: Doubt) -> str:
    """The doubt in words, and what settles it, as a text to be told."""
    words = {
        Doubt.mixed: kept("a listing bears SKUs of several products; take them apart in the shop's app"),
        Doubt.twice: kept("several listings answer to one product; name the right one in the map, or take the others "
                          "out"),
        Doubt.same_sku: kept("a listing bears one SKU on several variants; correct it in the shop's app"),
        Doubt.unknown_sku: kept("the map names an SKU that is not in the catalogue, or is linked already; correct the "
                                "map"),
        Doubt.looks_alike: kept("a listing looks like ours and bears no SKU; say in the map whether it is"),
    }  # fmt: skip
    return words[doubt]


class Remark(StrEnum):
    """What differs between a listing that is ours and the catalogue."""

    price = "price"
    stock = "stock"
    other_title = "title"
    extra = "extra"
    """A variant that is not ours: it stays."""
    absent = "absent"
    """A variant of ours that the listing lacks: it is added."""


@dataclass(frozen=True, slots=True)
class Ours:
    """One product of the catalogue that no listing is linked to yet, as it would be shown."""

    listing_id: int
    code: str
    title: str
    prices: Mapping[str, int]
    stocks: Mapping[str, int]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One remark: which SKU (or external offer id), what we have, what the shop shows."""

    remark: Remark
    sku: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A listing that is ours beyond doubt; `seen` carries our SKUs."""

    ours: Ours
    seen: Observed
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """Something that a person must decide: the products and the listings that it is about."""

    doubt: Doubt
    codes: tuple[str, ...]
    listings: tuple[Observed, ...]
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    """Everything that was seen, sorted: ours, undecided, and strangers, which nothing of ours ever touches."""

    pairs: tuple[Pair, ...] = ()
    open: tuple[Open, ...] = ()
    strangers: tuple[Observed, ...] = ()

    @property
    def undecided(self) -> dict[str, Open]:
        """{product code: the first thing that is undecided about it}."""
        found: dict[str, Open] = {}
        for one in self.open:
            for code in one.codes:
                found.setdefault(code, one)
        return found


def match(ours: Sequence[Ours], shown: Sequence[Observed], named: Mapping[str, str]) -> Matching:
    """Sort `shown` by what of it is ours. `named` = {external offer id: SKU of ours, or NOT_OURS}, from the map."""
    by_sku = {sku.casefold(): product for product in ours for sku in product.prices}
    skus = {sku.casefold(): sku for product in ours for sku in product.prices}
    sorted_ = _Sorted()
    for listing in shown:
        if listing.state not in PAST:
            _sort(sorted_, _with_names(listing, named, skus), by_sku, named)
    pairs, twice = _decided(sorted_.candidates)
    settled = {pair.ours.code for pair in pairs}
    left = [product for product in ours if product.code not in settled]
    alike, strangers = _suggested(left, sorted_.strangers, named)
    return Matching(tuple(pairs), (*sorted_.doubts, *twice, *alike), tuple(strangers))


@dataclass(slots=True)
class _Sorted:
    candidates: dict[str, list[tuple[Ours, Observed, bool]]] = field(default_factory=lambda: defaultdict(list))
    doubts: list[Open] = field(default_factory=list)
    strangers: list[Observed] = field(default_factory=list)


def _with_names(listing: Observed, named: Mapping[str, str], skus: Mapping[str, str]) -> Observed:
    """Its offers with our spelling of their SKUs; what the map says wins over what the shop shows."""

    def one(offer: ObservedOffer) -> ObservedOffer:
        said = named.get(offer.external_id)
        if said == NOT_OURS:
            return replace(offer, sku=None)
        sku = said or offer.sku
        return replace(offer, sku=skus.get(sku.casefold(), sku) if sku else None)

    return replace(listing, offers=tuple(map(one, listing.offers)))


def _sort(sorted_: _Sorted, listing: Observed, by_sku: Mapping[str, Ours], named: Mapping[str, str]) -> None:
    shown = Counter(offer.sku.casefold() for offer in listing.offers if offer.sku)
    products = {by_sku[sku].code: by_sku[sku] for sku in shown if sku in by_sku}
    wrong = tuple(named[o.external_id] for o in listing.offers if _names_nothing(named.get(o.external_id), by_sku))
    if wrong:
        sorted_.doubts.append(Open(Doubt.unknown_sku, (), (listing,), wrong))
    elif not products:
        sorted_.strangers.append(listing)
    elif len(products) > 1:
        sorted_.doubts.append(Open(Doubt.mixed, tuple(sorted(products)), (listing,), tuple(sorted(shown))))
    elif twice := tuple(sku for sku, count in shown.items() if count > 1 and sku in by_sku):
        sorted_.doubts.append(Open(Doubt.same_sku, tuple(products), (listing,), twice))
    else:
        code, product = products.popitem()
        by_map = any(named.get(offer.external_id, NOT_OURS) != NOT_OURS for offer in listing.offers)
        sorted_.candidates[code].append((product, listing, by_map))


def _names_nothing(said: str | None, by_sku: Mapping[str, Ours]) -> bool:
    return said is not None and said != NOT_OURS and said.casefold() not in by_sku


def _decided(candidates: Mapping[str, Sequence[tuple[Ours, Observed, bool]]]) -> tuple[list[Pair], list[Open]]:
    """One listing for a product, or the one that the map names; else nobody knows which."""
    pairs, doubts = [], []
    for code, found in candidates.items():
        chosen = found if len(found) == 1 else [one for one in found if one[2]]
        if len(chosen) == 1:
            product, listing, _ = chosen[0]
            pairs.append(Pair(product, listing, tuple(_differences(product, listing))))
        else:
            doubts.append(Open(Doubt.twice, (code,), tuple(listing for _, listing, _ in found)))
    return pairs, doubts


def _differences(ours: Ours, seen: Observed) -> Iterator[Difference]:
    if plain(ours.title) != plain(seen.title):
        yield Difference(Remark.other_title, "", ours.title, seen.title)
    shown = {offer.sku: offer for offer in seen.offers if offer.sku in ours.prices}
    for sku, price in ours.prices.items():
        offer = shown.get(sku)
        if offer is None:
            yield Difference(Remark.absent, sku, str(price), "")
            continue
        if offer.price is not None and offer.price.list != price:
            yield Difference(Remark.price, sku, str(price), str(offer.price.list))
        if offer.stock is not None and offer.stock != ours.stocks[sku]:
            yield Difference(Remark.stock, sku, str(ours.stocks[sku]), str(offer.stock))
    for offer in seen.offers:
        if offer.sku not in ours.prices:
            yield Difference(Remark.extra, offer.sku or offer.external_id, "", " / ".join(offer.options))


# --- what only looks like ours ---------------------------------------------------------------------------------------


def _suggested(
    ours: Sequence[Ours], strangers: Sequence[Observed], named: Mapping[str, str]
) -> tuple[list[Open], list[Observed]]:
    """Listings without a SKU of ours that may be ours after all; what the map calls a stranger is one."""
    words = {product.code: _words(product.title) for product in ours}
    doubts, left = [], []
    for listing in strangers:
        said_no = listing.offers and all(named.get(o.external_id) == NOT_OURS for o in listing.offers)
        best = None if said_no else _best(listing, ours, words)
        if best is None:
            left.append(listing)
        else:
            doubts.append(Open(Doubt.looks_alike, (best.code,), (listing,)))
    return doubts, left


def _best(listing: Observed, ours: Sequence[Ours], words: Mapping[str, frozenset[str]]) -> Ours | None:
    shown = _words(listing.title)
    scored = [(_alike(shown, words[product.code]), product.code, product) for product in ours]
    likely = [one for one in scored if one[0] >= ALIKE and _price_fits(listing, one[2])]
    return max(likely)[2] if likely else None


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Common words over the words of the shorter title; the longer overlap of two equals is the better one."""
    common, shorter = len(one & other), min(len(one), len(other))
    if common < min(WORDS_LEAST, shorter) or not shorter:
        return 0.0
    return common / shorter + common / 1000


def _price_fits(listing: Observed, product: Ours) -> bool:
    prices = [offer.price.list for offer in listing.offers if offer.price is not None and offer.price.list > 0]
    wanted = [price for price in product.prices.values() if price > 0]
    if not prices or not wanted:
        return True
    return min(prices) <= PRICE_APART * max(wanted) and min(wanted) <= PRICE_APART * max(prices)


def _words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", title.casefold()))


def plain(title: str) -> str:
    """A title as titles are compared: without case and outer blanks."""
    return title.strip().casefold()
