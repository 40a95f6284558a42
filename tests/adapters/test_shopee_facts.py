"""What Shopee says of couriers and categories, as bounds; and couriers in writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import Content, Courier
from adapters.shopee.facts import ShopFacts, bounds_of, courier_values
from adapters.shopee.mapping import changed_fields, content_fields, logistics

CONTENT = Content(title="Madu", description="Madu hutan", category="100130", pictures=())
FACTS = ShopFacts(couriers=(8003, 8005))


def row(**parts: Any) -> dict[str, Any]:
    """One row of get_channel_list, after the reference's shape."""
    plain = {
        "logistics_channel_id": 8003, "logistics_channel_name": "Reguler", "enabled": True, "mask_channel_id": 0,
        "weight_limit": {"item_max_weight": 50.0, "item_min_weight": 0.29},
        "item_max_dimension": {"height": 40.0, "width": 30.0, "length": 60.0, "dimension_sum": 120.0, "unit": "cm"},
    }  # fmt: skip
    return plain | parts


def test_a_courier_with_its_largest_parcel() -> None:
    expected = Courier("8003", "Reguler", True, (290, 50_000), (60, 30, 40), 120)
    assert courier_values([row()]) == (expected,)


@pytest.mark.parametrize("nothing", [0, 0.0, None])
def test_nought_and_null_are_no_limit(nothing: float | None) -> None:
    size = dict.fromkeys(("height", "width", "length", "dimension_sum"), nothing)
    weight = dict.fromkeys(("item_max_weight", "item_min_weight"), nothing)
    [courier] = courier_values([row(item_max_dimension=size, weight_limit=weight)])
    assert (courier.weight_g, courier.size_cm, courier.size_sum_cm) == (None, None, None)
    [bare] = courier_values([row(item_max_dimension=None, weight_limit=None)])
    assert bare == courier


def test_a_courier_behind_a_mask_cannot_be_named() -> None:
    assert courier_values([row(mask_channel_id=8003)]) == ()


@pytest.mark.parametrize(("limits", "days"), [((7, 30), (7, 30)), ((-1, -1), (0, 0)), (None, None)])
def test_days_of_what_is_made_to_order(limits: tuple[int, int] | None, days: tuple[int, int] | None) -> None:
    told = None if limits is None else {"min_limit": limits[0], "max_limit": limits[1]}
    bounds = bounds_of({"dts_limit": {"days_to_ship_limit": told}}, [], False, plain_days=2)
    assert (bounds.preorder_days, bounds.days_to_ship) == (days, 2)


@pytest.mark.parametrize(("kind", "closed"), [(1, True), (2, False), (3, False), (4, True), (5, False)])
def test_only_dropdowns_are_closed(kind: int, closed: bool) -> None:
    tree = [{"attribute_id": 7, "attribute_info": {"input_type": kind}, "attribute_value_list": [{"name": "Kayu"}]}]
    assert bounds_of({}, tree, False).closed_values == ({"7": ("Kayu",)} if closed else {})


def test_brands_bind_only_where_one_is_demanded() -> None:
    brands = [{"original_brand_name": "Pelawan", "display_brand_name": "PELAWAN"}]
    assert bounds_of({}, [], True, brands).brands == ("Pelawan", "PELAWAN")
    assert bounds_of({}, [], False, brands).brands == ()


def test_couriers_in_the_shops_order_less_those_switched_off() -> None:
    assert [c["logistic_id"] for c in logistics(("8005", "8000", "8003"), FACTS)] == [8003, 8005]
    assert [c["logistic_id"] for c in logistics((), FACTS)] == [8003, 8005]


def test_a_change_of_couriers_is_sent_and_nothing_else() -> None:
    chosen = replace(CONTENT, couriers=("8003",))
    assert changed_fields(CONTENT, chosen) == ("couriers",)
    assert content_fields(chosen, ("couriers",), {}, FACTS) == {
        "logistic_info": [{"logistic_id": 8003, "enabled": True}]
    }


def test_a_forced_push_leaves_the_sellers_own_choice() -> None:
    assert "couriers" not in changed_fields(None, CONTENT)
    assert "couriers" in changed_fields(None, replace(CONTENT, couriers=("8003",)))
    assert content_fields(CONTENT, ("couriers",), {}, ShopFacts()) == {}
