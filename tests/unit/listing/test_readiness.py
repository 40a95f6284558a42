"""What is foreseen before a call is spent: category, attributes, brands, days, certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.contract import ShopBounds
from syncer.catalogue.problems import RuleSettings
from syncer.listing.rules import Assortment, Shipping
from syncer.texts import told, use_language
from tests.unit.listing.shop import CATEGORY, COMPLIANCE, LEAF, NOW, PRODUCT, blocked, rendered, rules, warned


@pytest.fixture(autouse=True)
def _english() -> None:
    use_language("en")


def test_a_closed_category_names_the_old_id_and_what_to_type() -> None:
    [block] = rendered(PRODUCT, rules(ShopBounds(known=False))).blocked
    assert (block.code, block.cause, block.standing) == ("category_unknown", "config", True)
    said = told(block.message)
    assert LEAF in said
    assert f"`syncer category suggest shopee-plut --category '{CATEGORY}'`" in said
    assert PRODUCT.code not in said  # one sentence for all products of the category


def test_a_merged_category_names_the_new_id() -> None:
    [block] = rendered(PRODUCT, rules(ShopBounds(known=False, merged_into="100999"))).blocked
    assert block.code == "category_merged"
    assert "merged into 100999" in told(block.message)


def test_an_unmapped_category_is_one_sentence_for_all_its_products() -> None:
    here = rules(categories={})
    one, other = rendered(PRODUCT, here), rendered(replace(PRODUCT, code="MDU-KLL"), here)
    assert one.blocked == other.blocked
    assert [block.code for block in one.blocked] == ["category_unmapped"]


CLOSED = ShopBounds(required_attributes=(("7", "Bahan"),), closed_values={"7": ("Kayu", "Serat Alam"), "8": ("Ya",)})


@pytest.mark.parametrize(
    ("attributes", "stops", "tells"),
    [
        ((("7", "serat alam "),), [], []),
        ((("7", "Plastik"),), ["attribute_value_unknown"], []),
        ((), ["attribute_missing"], []),
        ((("7", "Plastik"), ("7", "Kayu")), [], []),
        ((("7", "Kayu"), ("8", "Tidak")), [], ["attribute_left_out"]),
        ((("7", "Kayu"), ("9", "anything")), [], []),
    ],
)
def test_values_of_closed_lists(attributes: tuple[tuple[str, str], ...], stops: list[str], tells: list[str]) -> None:
    here = rules(CLOSED, attributes=attributes)
    assert (blocked(PRODUCT, here), warned(PRODUCT, here)) == (stops, tells)


@pytest.mark.parametrize(
    ("brand", "codes"), [(None, ["brand_missing"]), ("pelawan", []), ("Strange", ["brand_unknown"])]
)
def test_a_demanded_brand(brand: str | None, codes: list[str]) -> None:
    here = rules(ShopBounds(brand_required=True, brands=("Pelawan",)))
    assert blocked(replace(PRODUCT, brand=brand), here) == codes
    assert blocked(replace(PRODUCT, brand=brand), rules(ShopBounds(brands=("Pelawan",)))) == []


@pytest.mark.parametrize(
    ("made", "configured", "plain", "days"),
    [(None, None, 2, None), (None, 2, 2, None), (None, 7, 2, 7), (None, 7, None, 7), (9, 7, 2, 9), (9, None, 2, 9)],
)
def test_days_to_ship(made: int | None, configured: int | None, plain: int | None, days: int | None) -> None:
    here = rules(ShopBounds(days_to_ship=plain), shipping={"Makanan & Minuman": Shipping(days_to_ship=configured)})
    listing = rendered(replace(PRODUCT, made_to_order_days=made), here).listing
    assert listing is not None
    assert listing.content.preorder_days == days


def test_nothing_made_to_order_where_the_category_takes_none() -> None:
    product = replace(PRODUCT, made_to_order_days=7)
    assert blocked(product, rules(ShopBounds(preorder_days=(0, 0)))) == ["preorder_refused"]
    assert blocked(product, rules(ShopBounds(preorder_days=(8, 30)))) == ["preorder_out_of_bounds"]
    assert blocked(product, rules(ShopBounds(preorder_days=(7, 30)))) == []


def test_certificates_are_asked_again_at_push_time() -> None:
    """The year in digits 14 and 15 of a P-IRT is its last: 2026-12-31 here."""
    product = replace(PRODUCT, pirt="P-IRT 2021901010001-26")
    here = rules(compliance=COMPLIANCE)
    made = rendered(product, here)
    assert made.warnings == ()
    assert made.until == datetime(2026, 12, 31, 17, tzinfo=UTC)  # the next day begins in Jakarta
    after = rendered(product, here, made.until)
    assert [one.code for one in after.warnings] == ["pirt_expired"]
    assert after.blocked == ()
    assert told(after.warnings[0].message).startswith("MDU-PLW: P-IRT ended on 2026-12-31")
    use_language("id")
    assert "P-IRT" in told(after.warnings[0].message)
    assert told(after.warnings[0].message) != after.warnings[0].message


def test_a_law_that_begins_turns_the_answer() -> None:
    bare = replace(PRODUCT, halal_id=None)
    later = replace(COMPLIANCE, halal_since=datetime(2027, 1, 1).date())
    made = rendered(bare, rules(compliance=later))
    assert (made.warnings, made.until) == ((), datetime(2026, 12, 31, 17, tzinfo=UTC))
    assert warned(bare, rules(compliance=COMPLIANCE)) == ["halal_missing"]


def test_what_is_not_sold_here_is_not_judged() -> None:
    here = rules(ShopBounds(known=False), compliance=RuleSettings(), assortment=Assortment())
    made = rendered(replace(PRODUCT, name="Madu terbaik"), here, NOW)
    assert (made.blocked, made.warnings) == ((), ())
