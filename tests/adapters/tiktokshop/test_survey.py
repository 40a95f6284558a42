"""What a shop tells of itself: facts for creates, first contact, and the list of open questions."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from adapters.contract import AuthError, CategoryNode, Cause, Courier, Location, MarketplaceError, RefusedCall, Surveyor
from adapters.tiktokshop.adapter import ASSUMPTIONS
from adapters.tiktokshop.facts import load
from tests.adapters.tiktokshop.shop import (
    CATEGORY,
    ORDERS,
    OTHER_WAREHOUSE,
    SEARCH,
    SHOP,
    SHOPS,
    WAREHOUSE,
    adapter,
    bad,
    ok,
    sent,
    url,
    wired,
)
from tests.adapters.tiktokshop.shop import WAREHOUSES as PLACES

CATEGORIES = url("/product/202309/categories")
ATTRIBUTES = url(f"/product/202309/categories/{CATEGORY}/attributes")
BRANDS = url("/product/202309/brands")
READY = url("/product/202312/prerequisites")
DELIVERIES = url(f"/logistics/202309/warehouses/{WAREHOUSE}/delivery_options")


def place(number: str = WAREHOUSE, **changes: Any) -> dict[str, Any]:
    """A warehouse."""
    made = {"id": number, "name": "Gudang Contoh", "effect_status": "ENABLED", "type": "SALES_WAREHOUSE",
            "is_default": True, "address": {"region": "Indonesia", "contact_person": "Orang"}}  # fmt: skip
    return made | changes


def leaf(number: str = CATEGORY, **changes: Any) -> dict[str, Any]:
    """A leaf category."""
    return {"id": number, "parent_id": "0", "local_name": "Kopi", "is_leaf": True,
            "permission_statuses": ["AVAILABLE"]} | changes  # fmt: skip


def laid(wire: responses.RequestsMock, tokopedia: Any = None, places: Any = None) -> None:
    """Everything that learning asks for."""
    wire.get(PLACES, json=ok({"warehouses": places or [place()]}))
    both = responses.matchers.query_param_matcher({"listing_platform": "TIKTOK_SHOP"}, strict_match=False)
    wire.get(CATEGORIES, json=ok({"categories": [leaf(), leaf("600002")]}), match=[both])
    other = responses.matchers.query_param_matcher({"listing_platform": "TOKOPEDIA"}, strict_match=False)
    wire.get(CATEGORIES, json=tokopedia or ok({"categories": [leaf()]}), match=[other])
    for category in (CATEGORY, "600002"):
        rows = [
            {"id": "100100", "name": "Roast", "type": "PRODUCT_PROPERTY", "is_requried": True,
             "values": [{"id": "1000001", "name": "Medium"}], "is_customizable": False},
            {"id": "100200", "name": "Origin", "type": "PRODUCT_PROPERTY", "is_required": True,
             "is_customizable": True},
            {"id": "100000", "name": "Ukuran", "type": "SALES_PROPERTY", "is_requried": True},
        ]  # fmt: skip
        wire.get(url(f"/product/202309/categories/{category}/attributes"), json=ok({"attributes": rows}))
    brands = {"brands": [{"id": "7082427311584347905", "name": "Gayo"}], "next_page_token": ""}
    wire.get(BRANDS, json=ok(brands))
    for row in places or [place()]:
        wire.get(url(f"/logistics/202309/warehouses/{row['id']}/delivery_options"), json=ok({"delivery_options": [
            {"id": "7100000000000000001", "name": "Reguler",
             "weight_limit": {"min_weight": 1, "max_weight": 50, "unit": "KILOGRAM"},
             "dimension_limit": {"max_length": 100, "max_width": 80, "max_height": 60, "unit": "CM"}},
        ]}))  # fmt: skip


# --- learn -----------------------------------------------------------------------------------------------------------


def test_a_shop_tells_what_creates_need() -> None:
    with wired() as wire:
        laid(wire)
        shop = adapter()
        facts = shop.learn([CATEGORY, "600002", "999"])
        asked = [str(c.request.url) for c in wire.calls if "/categories" in str(c.request.url)]
        assert all("category_version=v2" in address for address in asked)
    known = load(facts)
    assert {n.position for n in shop.noticed()} == {"is_requried", "is_required"}
    assert facts.shop_id == SHOP
    assert (known.warehouse, known.storefronts) == (WAREHOUSE, ("TIKTOK_SHOP", "TOKOPEDIA"))
    # A category must stand on both storefronts to be listed on both (section 7.1).
    assert known.category(CATEGORY).storefronts == ("TIKTOK_SHOP", "TOKOPEDIA")
    assert known.category("600002").storefronts == ("TIKTOK_SHOP",)
    assert not facts.bounds["999"].known
    bounds = facts.bounds[CATEGORY]
    # Both spellings of the flag; what tells variants apart is no attribute of ours.
    assert bounds.required_attributes == (("100100", "Roast"), ("100200", "Origin"))
    assert (bounds.title, bounds.options, bounds.variants) == ((25, 255), 3, 100)
    assert bounds.attributes == ("100100", "100200")
    assert bounds.closed_values == {"100100": ("Medium",)}
    assert facts.couriers == (
        Courier("7100000000000000001", "Reguler", True, (1000, 50_000), (100, 80, 60)),
    )  # fmt: skip
    assert known.couriers == ("7100000000000000001",)


def test_couriers_that_may_not_be_read_are_not_said() -> None:
    with wired() as wire:
        laid(wire)
        wire.replace(responses.GET, DELIVERIES, json=bad(105005, "no scope"), status=401)
        facts = adapter().learn([CATEGORY])
    assert facts.couriers == ()
    assert facts.bounds[CATEGORY].known


# --- the tree --------------------------------------------------------------------------------------------------------


def test_the_tree_is_that_of_both_storefronts_less_what_the_shop_may_not_use() -> None:
    above = {"id": "600000", "parent_id": "0", "local_name": "Minuman", "is_leaf": False}
    tiktok = [above, leaf(parent_id="600000"), leaf("600002", permission_statuses=["PROHIBITED"])]
    tokopedia = [above, leaf(parent_id="600000"), leaf("600003", local_name="Teh", parent_id="600000")]
    with wired() as wire:
        for name, rows in (("TIKTOK_SHOP", tiktok), ("TOKOPEDIA", tokopedia)):
            asked = responses.matchers.query_param_matcher({"listing_platform": name}, strict_match=False)
            wire.get(CATEGORIES, json=ok({"categories": rows}), match=[asked])
        nodes = list(adapter().tree())
    assert nodes == [
        CategoryNode("600000", ("Minuman",), False), CategoryNode(CATEGORY, ("Minuman", "Kopi"), True),
        CategoryNode("600003", ("Minuman", "Teh"), True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"leaf_category_id": CATEGORY, "categories": [leaf()]}, (CATEGORY,)),
        ({"leaf_category_id": CATEGORY, "categories": [leaf(permission_statuses=["INVITE_ONLY"])]}, ()),
        ({"categories": []}, ()),
    ],
)
def test_what_the_marketplace_recommends_is_suggested(said: dict[str, Any], expected: tuple[str, ...]) -> None:
    with wired() as wire:
        wire.post(url("/product/202309/categories/recommend"), json=ok(said))
        assert adapter().suggest("Kopi Arabika Gayo") == expected
        assert sent(wire) == {"product_title": "Kopi Arabika Gayo", "locale": "id-ID", "category_version": "v2"}


@pytest.mark.parametrize("answer", [bad(12052358, "not for this seller"), ok({"categories": []})])
def test_a_seller_who_never_was_on_tokopedia_has_one_storefront(answer: dict[str, Any]) -> None:
    with wired() as wire:
        laid(wire, tokopedia=answer)
        assert load(adapter().learn([CATEGORY])).storefronts == ("TIKTOK_SHOP",)


def test_a_category_that_the_shop_may_not_use_is_not_known() -> None:
    with wired() as wire:
        laid(wire, tokopedia=ok({"categories": [leaf(permission_statuses=["INVITE_ONLY"])]}))
        assert not adapter().learn(["600003"]).bounds["600003"].known


def test_several_warehouses_want_one_bound() -> None:
    both = [place(), place(OTHER_WAREHOUSE, is_default=False), place("3", type="RETURN_WAREHOUSE"),
            place("4", effect_status="DISABLED")]  # fmt: skip
    with wired() as wire:
        laid(wire, places=both)
        with pytest.raises(MarketplaceError) as caught:
            adapter().learn([CATEGORY])
        assert (caught.value.cause, caught.value.code) == (Cause.binding, "several_locations")
        assert load(adapter(location=OTHER_WAREHOUSE).learn([CATEGORY])).warehouse == OTHER_WAREHOUSE
        with pytest.raises(MarketplaceError) as caught:
            adapter(location="5").learn([CATEGORY])
        assert caught.value.code == "unknown_location"


def test_a_shop_without_a_warehouse_cannot_be_learnt() -> None:
    with wired() as wire:
        wire.get(PLACES, json=ok({}))
        with pytest.raises(MarketplaceError) as caught:
            adapter().learn([CATEGORY])
    assert caught.value.code == "no_warehouse"


# --- survey ----------------------------------------------------------------------------------------------------------


def test_first_contact_tells_all_that_can_be_told() -> None:
    shop = adapter()
    option = {
        "id": "d-1", "name": "Reguler", "weight_limit": {"min_weight": 1, "max_weight": 30000, "unit": "GRAM"},
        "dimension_limit": {"max_length": 100, "max_width": 60, "max_height": 60, "unit": "CENTIMETER"},
    }  # fmt: skip
    failed = [{"check_item": "SHIPPING", "is_failed": True, "fail_reasons": ["No template"]},
              {"check_item": "BANK", "is_failed": False}]  # fmt: skip
    with wired() as wire:
        laid(wire)
        wire.replace(
            responses.GET, DELIVERIES, json=ok({"delivery_options": [option, {"id": "d-2", "name": "Instan"}]})
        )
        date = {"Date": "Tue, 01 Sep 2026 03:00:02 GMT"}
        wire.post(SEARCH, json=ok({"total_count": 41, "products": []}))
        wire.post(ORDERS, json=bad(105005, "no scope"), status=401)
        wire.get(READY, json=ok({"check_results": failed}), headers=date)
        told = shop.survey()
    assert isinstance(shop, Surveyor)
    assert (told.shop_id, told.name, told.listings_now, told.listings_most) == (SHOP, "Toko Contoh", 41, None)
    assert told.locations == (Location(WAREHOUSE, "Gudang Contoh", True),)
    assert told.couriers == (
        Courier("d-1", "Reguler", True, (1, 30000), (100, 60, 60)), Courier("d-2", "Instan", True),
    )  # fmt: skip
    assert told.storefronts == ("TIKTOK_SHOP", "TOKOPEDIA")
    assert told.refused == (
        RefusedCall("get_order_list", "105005", "no scope (request 2026example)"),
        RefusedCall("create_product", "SHIPPING", "No template"),
    )
    assert told.clock_skew_s is not None
    assert 1 < told.clock_skew_s <= 2
    assert told.grant_ends == datetime(2027, 9, 1, tzinfo=UTC)


def test_a_shop_that_does_not_even_tell_its_id_raises() -> None:
    with responses.RequestsMock() as wire:
        wire.get(SHOPS, json=bad(36004005, "no authorisation"))
        with pytest.raises(AuthError):
            adapter().survey()


# --- open questions --------------------------------------------------------------------------------------------------


def test_every_open_question_has_an_id_of_its_own_and_positions() -> None:
    ids = [one.id for one in ASSUMPTIONS]
    assert len(ids) == len(set(ids))
    for one in ASSUMPTIONS:
        assert re.fullmatch(r"tiktokshop\.[a-z_]+", one.id)
        assert len(set(one.positions)) == len(one.positions) >= 2
        assert one.text.endswith(".")
        assert one.source.startswith("facts, section")
    json.dumps(ids)
