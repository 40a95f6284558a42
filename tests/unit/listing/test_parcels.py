"""Couriers and parcels: who carries what, and what is said where nobody does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Courier, Variant
from syncer.listing.parcels import carriers, carries
from syncer.listing.rules import Shipping
from syncer.texts import told, use_language
from tests.unit.listing.shop import LIGHT, REGULAR, blocked, parcel, rendered, rules, several, warned

SIDE = st.integers(1, 200)
SIZE = st.tuples(SIDE, SIDE, SIDE)
WEIGHT = st.integers(1, 100_000)
COURIER = st.builds(
    Courier, id=st.sampled_from("abc"), name=st.just("K"), enabled=st.booleans(),
    weight_g=st.none() | st.tuples(st.integers(0, 500), st.integers(500, 100_000)), size_cm=st.none() | SIZE,
    size_sum_cm=st.none() | st.integers(1, 600),
)  # fmt: skip


def test_a_parcel_that_every_courier_takes_names_none() -> None:
    here = rules(couriers=(REGULAR, LIGHT))
    assert blocked(parcel(), here) == []
    listing = rendered(parcel(), here).listing
    assert listing is not None
    assert listing.content.couriers == ()


def test_a_parcel_too_heavy_for_one_courier_names_the_others() -> None:
    listing = rendered(parcel(30_000), rules(couriers=(REGULAR, LIGHT))).listing
    assert listing is not None
    assert listing.content.couriers == ("8003",)


def test_a_parcel_that_nobody_takes_is_blocked_with_sku_weight_limit_and_courier() -> None:
    use_language("en")
    [block] = rendered(parcel(50_001), rules(couriers=(LIGHT, REGULAR))).blocked
    assert block.code == "parcel_weight"
    said = told(block.message)
    assert all(word in said for word in ("MDU-PLW-250", "50001 g", "50000 g", "Reguler"))


def test_a_parcel_may_be_turned() -> None:
    here = rules(couriers=(LIGHT,))
    assert blocked(parcel(size_cm=(50, 70, 50)), here) == []
    assert blocked(parcel(size_cm=(71, 1, 1)), here) == ["parcel_size"]


def test_a_courier_that_is_off_carries_nothing() -> None:
    off = Courier("8003", "Reguler", enabled=False)
    assert blocked(parcel(), rules(couriers=(off,))) == ["courier_unusable"]


def test_a_shop_that_tells_no_couriers_blocks_nothing() -> None:
    assert blocked(parcel(10**9), rules()) == []


def test_variants_that_no_one_courier_takes_together_are_blocked() -> None:
    heavy = Courier("8005", "Kargo", enabled=True, weight_g=(10_000, 90_000))
    assert blocked(several(400, 60_000), rules(couriers=(REGULAR, heavy))) == ["parcels_apart"]


def test_the_config_names_couriers_by_id_or_name_nearest_path_first() -> None:
    shipping = {"*": Shipping(couriers=("Reguler",), parcel_g=900), "Makanan & Minuman": Shipping(couriers=("8000",))}
    here = rules(couriers=(REGULAR, LIGHT), shipping=shipping)
    found = here.shipping_of("Makanan & Minuman > Madu")
    assert (found.couriers, found.parcel_g) == (("8000",), 900)
    assert here.shipping_of("Fesyen").couriers == ("Reguler",)
    listing = rendered(parcel(), here).listing
    assert listing is not None
    assert listing.content.couriers == ("8000",)
    assert blocked(parcel(901), here) == ["parcel_weight"]


def test_a_courier_of_the_config_that_the_shop_lacks_is_named() -> None:
    use_language("en")
    here = rules(couriers=(REGULAR,), shipping={"*": Shipping(couriers=("JNE",))})
    [block] = rendered(parcel(), here).blocked
    assert block.code == "courier_unusable"
    assert "JNE" in told(block.message)
    assert "8003 Reguler" in told(block.message)


@pytest.mark.parametrize(
    ("weight", "codes"), [(45_000, []), (45_001, ["parcel_near_limit"]), (50_000, ["parcel_near_limit"])]
)
def test_close_to_the_limit_is_a_warning(weight: int, codes: list[str]) -> None:
    assert warned(parcel(weight), rules(couriers=(REGULAR,))) == codes
    assert blocked(parcel(weight), rules(couriers=(REGULAR,))) == []


@pytest.mark.parametrize(
    ("weight", "size", "codes"),
    [
        (400, (10, 10, 15), []),
        (400, (30, 20, 10), []),
        (400, (30, 20, 11), ["parcel_bulky"]),
        (1_001, (30, 20, 11), []),
    ],
)
def test_size_is_told_where_it_costs_another_kilogram(
    weight: int, size: tuple[int, int, int], codes: list[str]
) -> None:
    assert warned(parcel(weight, size), rules(cm3_per_kg=6000)) == codes
    assert warned(parcel(weight, size), rules()) == []


@given(COURIER, WEIGHT, SIZE)
def test_what_is_carried_is_carried_when_turned_or_smaller(
    courier: Courier, weight: int, size: tuple[int, int, int]
) -> None:
    one = Variant("A", (), weight, size)
    turned = Variant("A", (), weight, (size[2], size[0], size[1]))
    assert carries(courier, one) == carries(courier, turned)
    if carries(courier, one):
        assert carries(courier, Variant("A", (), weight, (1, min(size), min(size))))


@given(st.lists(COURIER, max_size=3, unique_by=lambda c: c.id), WEIGHT, SIZE, st.sampled_from([(), ("a",), ("a", "b")]))
def test_named_couriers_are_enabled_chosen_and_able(
    couriers: list[Courier], weight: int, size: tuple[int, int, int], chosen: tuple[str, ...]
) -> None:
    product = parcel(weight, size)
    here = rules(couriers=tuple(couriers), shipping={"*": Shipping(couriers=chosen)})
    made = rendered(product, here)
    assert made.listing is not None
    named = made.listing.content.couriers
    by_id = {courier.id: courier for courier in couriers}
    [variant] = made.listing.structure.variants
    for one in named:
        assert by_id[one].enabled
        assert carries(by_id[one], variant)
        assert not chosen or one in chosen
    able = [c for c in couriers if c.enabled and (not chosen or c.id in chosen) and carries(c, variant)]
    assert (made.blocked == ()) == (able != [] or not couriers)
    assert carriers(made.listing.structure, here, Shipping(couriers=chosen)) == named
