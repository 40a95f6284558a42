"""The rules on products that stand in the store, and when their verdict changes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.catalogue.compliance import rule_settings
from syncer.catalogue.model import Picture, Producer, Product, ProductStatus, Variant
from syncer.catalogue.problems import RuleSettings
from syncer.catalogue.rules import judge_product, pirt_ends, spread, until

SETTINGS = rule_settings()
DAY = date(2026, 11, 24)
VARIANT = Variant("TRS-1", (), None, 39000, 100, 160, 12, 9, 4, 31000, date(2026, 11, 20), 22)
PRODUCT = Product(
    "TRS", Producer("BSL-01", "Dapur Uji", "Bangka Selatan"), "Terasi Udang Halus Bangka Selatan 250 g", "Terasi.",
    "Makanan & Minuman > Bumbu & Rempah > Terasi & Belacan", None, (), (Picture("a.jpg", "aa", 900, 900),),
    "2021905110276-29", None, "ID19110000467090825", 365, None, ProductStatus.active, (VARIANT,),
)  # fmt: skip


def codes(product: Product, as_of: date = DAY, settings: RuleSettings = SETTINGS) -> list[str]:
    return [found.code for found in judge_product(product, settings, as_of)]


def test_a_good_product_draws_no_problem() -> None:
    assert codes(PRODUCT) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "Terasi Udang 19 chr"}, ["name_too_short"]),
        ({"name": "Terasi Udang 20 char"}, []),
        ({"name": "x" * 255}, []),
        ({"name": "x" * 256}, ["name_too_long"]),
        ({"name": "Terasi No. 1 Terbaik Se-Indonesia 100% Asli"}, ["claim_banned"]),
        ({"name": "Terasi nomor satu dari Toboali Bangka"}, ["claim_banned"]),
        ({"name": "Terasi Alternatif Terbaikan Bangka"}, []),
        ({"description": "x" * 5001}, ["description_too_long"]),
        ({"pirt": "2021905110276-25"}, ["pirt_expired"]),
        ({"pirt": "2021905110276-26"}, ["pirt_ends_soon"]),
        ({"pirt": "2021971190417-2"}, ["pirt_length"]),
        ({"halal_id": None}, ["halal_missing"]),
        ({"halal_id": None, "category": "Rumah Tangga > Dekorasi"}, []),
        ({"category": "Makanan & Minuman > Makanan Beku > Pempek"}, ["pirt_not_for_frozen"]),
        ({"category": "Makanan & Minuman > Makanan Bekuan"}, []),
        ({"category": "Makanan & Minuman > Makanan Beku", "pirt": None, "bpom_md": "MD123456789012"}, []),
        ({"made_to_order_days": 30}, []),
        ({"made_to_order_days": 45}, ["made_to_order_long"]),
        ({"pictures": (Picture("a.jpg", "aa", 499, 900),)}, ["image_too_small"]),
        ({"pictures": (Picture("a.jpg", "aa", 900, 900), Picture("b.jpg", "aa", 900, 900))}, ["image_duplicate"]),
    ],
)
def test_what_is_wrong_with_a_product_is_told(change: dict[str, object], expected: list[str]) -> None:
    assert codes(replace(PRODUCT, **change)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"barcode": "8990000139010"}, []),
        ({"barcode": "8990000139011"}, ["barcode_invalid"]),
        ({"barcode": "96385074"}, ["barcode_invalid"]),
        ({"stock_confirmed_on": DAY - timedelta(days=60)}, []),
        ({"stock_confirmed_on": DAY - timedelta(days=61)}, ["stock_confirmation_old"]),
        ({"stock_confirmed_on": DAY + timedelta(days=1)}, ["date_in_future"]),
        ({"price_idr": 31000}, []),
        ({"price_idr": 30999}, ["below_floor"]),
        ({"stock": 1}, ["stock_last"]),
        ({"stock": 0}, ["stock_out"]),
        ({"stock": -2}, ["stock_out"]),
    ],
)
def test_what_is_wrong_with_a_variant_is_told(change: dict[str, object], expected: list[str]) -> None:
    variant = replace(VARIANT, **change)  # type: ignore[arg-type]
    assert codes(replace(PRODUCT, variants=(variant,))) == expected


def test_sentences_name_what_they_speak_of() -> None:
    product = replace(PRODUCT, name="Terasi", variants=(replace(VARIANT, stock=0),))
    messages = [found.message for found in judge_product(product, SETTINGS, DAY)]
    assert [message.split(":")[0] for message in messages] == ["TRS", "TRS-1"]


@pytest.mark.parametrize(("low", "high", "far"), [(20000, 160000, True), (20000, 140000, True), (20000, 139999, False)])
def test_prices_of_a_product_may_not_be_seven_times_apart(low: int, high: int, far: bool) -> None:
    variants = tuple(replace(VARIANT, price_idr=price, producer_price_idr=None) for price in (low, high))
    assert codes(replace(PRODUCT, variants=variants)) == (["price_spread"] if far else [])
    assert (spread(low, high, SETTINGS) is not None) == far


def test_limits_are_settings() -> None:
    loose = RuleSettings(name_least=1, price_spread=100, confirmed_days=9999)
    product = replace(PRODUCT, name="No. 1", halal_id=None)
    assert codes(product, settings=loose) == []


def test_a_law_holds_from_its_day_on() -> None:
    product = replace(PRODUCT, halal_id=None)
    assert codes(product, date(2026, 10, 17)) == ["date_in_future"]
    assert codes(product, date(2026, 10, 18)) == ["halal_missing", "date_in_future"]
    assert until(product, date(2026, 10, 1), SETTINGS) == date(2026, 10, 18)


@pytest.mark.parametrize(
    ("number", "ends"),
    [("2021905110276-29", date(2029, 12, 31)), ("2021905110276-2", None), (None, None), ("tidak ada", None)],
)
def test_a_pirt_number_tells_its_year(number: str | None, ends: date | None) -> None:
    assert pirt_ends(number) == ends


def test_the_first_change_of_a_verdict_is_foreseen() -> None:
    assert until(PRODUCT, DAY, SETTINGS) == date(2027, 1, 20)  # 61 days after the count
    fresh = replace(PRODUCT, variants=(replace(VARIANT, stock_confirmed_on=None),))
    assert until(fresh, DAY, SETTINGS) == date(2029, 10, 2)  # 90 days before the certificate ends
    assert until(fresh, date(2029, 10, 2), SETTINGS) == date(2030, 1, 1)
    assert until(fresh, date(2030, 1, 1), SETTINGS) is None


@given(
    as_of=st.dates(date(2025, 1, 1), date(2031, 1, 1)),
    year=st.integers(25, 31),
    confirmed=st.none() | st.dates(date(2025, 1, 1), date(2031, 1, 1)),
    halal=st.sampled_from([None, "ID19110000467090825"]),
    ahead=st.integers(1, 400),
)
def test_nothing_changes_before_the_day_that_is_named(
    as_of: date, year: int, confirmed: date | None, halal: str | None, ahead: int
) -> None:
    variant = replace(VARIANT, stock_confirmed_on=confirmed)
    product = replace(PRODUCT, pirt=f"2021905110276-{year}", halal_id=halal, variants=(variant,))
    turn, later = until(product, as_of, SETTINGS), as_of + timedelta(days=ahead)
    if turn is None or later < turn:
        assert codes(product, later) == codes(product, as_of)
    if turn is not None:
        assert codes(product, turn) != codes(product, as_of)
