"""Which listings are ours: sure is only what leaves no second reading."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import ListingState, Observed, ObservedOffer, Price
from syncer.sync.matching import NOT_OURS, Doubt, Matching, Ours, Remark, match

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KOPIAH = Ours(1, "KPH", "Kopiah resam halus", {"KPH-S": 90_000, "KPH-L": 95_000}, {"KPH-S": 3, "KPH-L": 4})
TERASI = Ours(2, "TRS", "Terasi Toboali 250 g", {"TRS": 25_000}, {"TRS": 9})


def shown(number: int, title: str, *skus: str | None, price: int = 25_000, state: ListingState = ListingState.live
          ) -> Observed:  # fmt: skip
    offers = tuple(ObservedOffer(f"{number};{at}", sku, price=Price(price), stock=9) for at, sku in enumerate(skus))
    return Observed(str(number), None, title, state, NOW, NOW, NOW, offers=offers)


def doubts(found: Matching) -> list[tuple[Doubt, tuple[str, ...]]]:
    return [(one.doubt, one.codes) for one in found.open]


def test_one_listing_for_one_product_is_ours_whatever_its_case() -> None:
    found = match([KOPIAH, TERASI], [shown(1, "Terasi", "trs")], {})
    [pair] = found.pairs
    assert (pair.ours.code, pair.seen.offers[0].sku) == ("TRS", "TRS")
    assert [(d.remark, d.theirs) for d in pair.differences] == [(Remark.other_title, "Terasi")]
    assert (found.open, found.strangers) == ((), ())


def test_differences_name_what_a_run_would_change_and_what_stays() -> None:
    found = match([KOPIAH], [shown(1, KOPIAH.title, "KPH-S", "LAIN", price=80_000)], {})
    [pair] = found.pairs
    assert [(d.remark, d.sku) for d in pair.differences] == [
        (Remark.price, "KPH-S"), (Remark.stock, "KPH-S"), (Remark.absent, "KPH-L"), (Remark.extra, "LAIN"),
    ]  # fmt: skip


def test_two_listings_for_one_product_are_nobodys_until_the_map_names_one() -> None:
    both = [shown(1, "Terasi", "TRS"), shown(2, "Terasi lama", "TRS")]
    assert doubts(match([TERASI], both, {})) == [(Doubt.twice, ("TRS",))]
    found = match([TERASI], both, {"2;0": "TRS"})
    assert [pair.seen.external_id for pair in found.pairs] == ["2"]
    found = match([TERASI], both, {"1;0": NOT_OURS})
    assert [pair.seen.external_id for pair in found.pairs] == ["2"]


def test_a_listing_with_skus_of_two_products_is_left_to_a_person() -> None:
    found = match([KOPIAH, TERASI], [shown(1, "Paket", "KPH-S", "TRS")], {})
    assert (found.pairs, doubts(found)) == ((), [(Doubt.mixed, ("KPH", "TRS"))])


def test_one_sku_on_two_variants_is_left_to_a_person() -> None:
    assert doubts(match([KOPIAH], [shown(1, "Kopiah", "KPH-S", "KPH-S")], {})) == [(Doubt.same_sku, ("KPH",))]


def test_an_sku_that_nobody_has_in_the_map_is_said() -> None:
    found = match([TERASI], [shown(1, "Terasi", None)], {"1;0": "TRX"})
    assert [(one.doubt, one.skus) for one in found.open] == [(Doubt.unknown_sku, ("TRX",))]


def test_what_only_looks_like_ours_is_asked_about_and_not_taken() -> None:
    found = match([KOPIAH, TERASI], [shown(1, "TERASI toboali enak", None)], {})
    assert (found.pairs, doubts(found)) == ((), [(Doubt.looks_alike, ("TRS",))])
    found = match([KOPIAH, TERASI], [shown(1, "TERASI toboali enak", None)], {"1;0": "TRS"})
    assert [pair.ours.code for pair in found.pairs] == ["TRS"]
    found = match([KOPIAH, TERASI], [shown(1, "TERASI toboali enak", None)], {"1;0": NOT_OURS})
    assert (found.pairs, found.open, len(found.strangers)) == ((), (), 1)


def test_another_price_or_one_common_word_does_not_look_alike() -> None:
    dear, other = shown(1, "Terasi toboali", None, price=400_000), shown(2, "Terasi Rebon", None)
    assert match([TERASI], [dear, other], {}).open == ()


def test_what_is_gone_or_was_rejected_is_no_listing() -> None:
    past = [shown(1, "Terasi", "TRS", state=ListingState.gone), shown(2, "Terasi", "TRS", state=ListingState.rejected)]
    assert match([TERASI], past, {}) == Matching()


SKUS = st.sampled_from(["KPH-S", "KPH-L", "TRS", "LAIN", None])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(SKUS, min_size=1, max_size=3), max_size=6))
def test_no_product_and_no_listing_is_taken_twice_and_none_is_lost(skus: list[list[str | None]]) -> None:
    listings = [shown(at, f"Barang {at}", *these) for at, these in enumerate(skus)]
    found = match([KOPIAH, TERASI], listings, {})
    products = [pair.ours.code for pair in found.pairs]
    assert len(products) == len(set(products))
    taken = [pair.seen.external_id for pair in found.pairs]
    asked = [listing.external_id for one in found.open for listing in one.listings]
    left = [listing.external_id for listing in found.strangers]
    assert sorted([*taken, *asked, *left]) == sorted(listing.external_id for listing in listings)
    assert not set(products) & {code for one in found.open if one.doubt is Doubt.twice for code in one.codes}
