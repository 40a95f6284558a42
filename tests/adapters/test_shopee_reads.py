"""What is read: listings, look-ups, facts, orders, tokens; payloads as in the facts, section 8."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from adapters.clock import ManualClock
from adapters.contract import (
    Absent,
    AuthError,
    Cause,
    Facet,
    Found,
    Grant,
    Intent,
    ListingState,
    MarketplaceError,
    ObservedOffer,
    OrderLine,
    OrderState,
    Price,
    ShopBounds,
    Transient,
)
from adapters.shopee import mapping
from tests.adapters.shop import ITEM, SHOP, START, TOKEN, Grants, adapter, bad, ok, paths, sent, url

PLAIN_ID, MODELS_ID = 29000000001, int(ITEM)
PLAIN: dict[str, Any] = {
    "item_id": PLAIN_ID, "category_id": 100637, "item_name": "Mug Keramik Motif Batik 350ml", "description": "…",
    "item_sku": "MUG-BTK", "create_time": 1760000000, "update_time": 1760000100, "item_status": "NORMAL",
    "has_model": False, "has_promotion": False,
    "price_info": [{"currency": "IDR", "original_price": 45000, "current_price": 45000,
                    "inflated_price_of_original_price": 49950, "inflated_price_of_current_price": 49950}],
    "stock_info_v2": {"summary_info": {"total_reserved_stock": 0, "total_available_stock": 20},
                      "seller_stock": [{"location_id": "IDZ", "stock": 20, "if_saleable": True}], "shopee_stock": []},
    "weight": "0.45", "dimension": {"package_length": 12, "package_width": 12, "package_height": 11},
    "image": {"image_id_list": ["id-00000000-aaaaa-mugred01"], "image_url_list": ["https://img.example/…"]},
    "attribute_list": [{
        "attribute_id": 100134, "original_attribute_name": "Bahan", "is_mandatory": True,
        "attribute_value_list": [{"value_id": 3321, "original_value_name": "Keramik", "value_unit": ""}]}],
    "pre_order": {"is_pre_order": False, "days_to_ship": 2}, "condition": "NEW",
    "brand": {"brand_id": 0, "original_brand_name": "NoBrand"}, "description_type": "normal",
}  # fmt: skip
WITH_MODELS: dict[str, Any] = {
    "item_id": MODELS_ID, "item_name": "Mug Warna", "item_sku": "MUG-W", "create_time": 1760000200,
    "update_time": 1760000300, "item_status": "UNLIST", "has_model": True, "weight": "0.45", "category_id": 100637,
}  # fmt: skip
MODELS: dict[str, Any] = {
    "tier_variation": [{"name": "Warna", "option_list": [
        {"option": "Merah", "image": {"image_id": "id-…", "image_url": "https://…"}}, {"option": "Biru"}]}],
    "model": [{
        "model_id": 310000000011, "tier_index": [0], "model_sku": "MUG-BTK-R", "model_status": "MODEL_NORMAL",
        "promotion_id": 0, "has_promotion": False,
        "price_info": [{"currency": "IDR", "original_price": 45000, "current_price": 40000}],
        "stock_info_v2": {"summary_info": {"total_reserved_stock": 3, "total_available_stock": 8},
                          "seller_stock": [{"location_id": "", "stock": 8, "if_saleable": True}], "shopee_stock": []},
        "weight": "0.45"}],
}  # fmt: skip


def query(wire: responses.RequestsMock, at: int) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(wire.calls[at].request.url)).query)


class Shelf:
    """A shop of many items for reads: pages of the list, base information by ids."""

    def __init__(self, items: dict[int, dict[str, Any]], too_deep_at: int | None = None) -> None:
        self.items, self.too_deep_at = items, too_deep_at
        self.listed = 0

    def on(self, wire: responses.RequestsMock) -> None:
        for path, answer in (
            ("product/get_item_list", self.page),
            ("product/get_item_base_info", self.base),
            ("product/search_item", self.search),
            ("product/get_model_list", lambda q: ok(MODELS)),
        ):
            wire.add_callback(responses.GET, url(path), self._answering(answer))

    @staticmethod
    def _answering(
        answer: Callable[[dict[str, list[str]]], dict[str, Any]],
    ) -> Callable[[requests.PreparedRequest], tuple[int, dict[str, str], str]]:
        def call(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
            return 200, {}, json.dumps(answer(parse_qs(urlsplit(str(request.url)).query)))

        return call

    def page(self, q: dict[str, list[str]]) -> dict[str, Any]:
        self.listed += 1
        offset, size = int(q["offset"][0]), int(q["page_size"][0])
        if self.too_deep_at is not None and offset >= self.too_deep_at:
            return bad("error_param", "get items offset over limit, please use the next field")
        low = int(q.get("update_time_from", ["0"])[0])
        high = int(q.get("update_time_to", ["99999999999"])[0])
        found = [
            i for i in self.items.values() if low <= i["update_time"] <= high and i["item_status"] in q["item_status"]
        ]
        rows = [{"item_id": i["item_id"], "item_status": i["item_status"]} for i in found[offset : offset + size]]
        more = offset + size < len(found)
        return ok({"item": rows, "has_next_page": more, "next_offset": offset + size if more else 0})

    def base(self, q: dict[str, list[str]]) -> dict[str, Any]:
        ids = [int(i) for i in q["item_id_list"][0].split(",")]
        assert len(ids) <= 50
        rows = [self.items[i] for i in ids if i in self.items]
        return ok({"item_list": rows}) if rows else bad("error_item_not_found", "Item_id is not found.")

    def search(self, q: dict[str, list[str]]) -> dict[str, Any]:
        key, text = ("item_sku", q["item_sku"][0]) if "item_sku" in q else ("item_name", q["item_name"][0])
        hits = [
            i["item_id"] for i in self.items.values() if str(i.get(key, "")).lower().startswith(text.lower().strip())
        ]
        return ok({"item_id_list": hits, "total_count": len(hits), "next_offset": ""})


def shelf(*items: dict[str, Any], **kwargs: Any) -> Shelf:
    return Shelf({i["item_id"]: i for i in items}, **kwargs)


def many(count: int) -> list[dict[str, Any]]:
    return [PLAIN | {"item_id": 1000 + n, "item_sku": f"S{n}", "update_time": 1760000000 + n} for n in range(count)]


# --- one listing


def test_a_product_without_options_in_our_terms() -> None:
    seen = mapping.observed(PLAIN, None, START)
    assert (seen.external_id, seen.code, seen.state) == (str(PLAIN_ID), "MUG-BTK", ListingState.live)
    assert seen.created_at == datetime.fromtimestamp(1760000000, UTC)
    assert seen.offers == (
        ObservedOffer(f"{PLAIN_ID}:0", "MUG-BTK", (), Price(45000), 20, 20, 0, weight_g=450, size_cm=(12, 12, 11)),
    )
    assert seen.content["parcel"] == (450, (12, 12, 11))
    assert seen.content["brand"] is None
    assert seen.content["attributes"] == (("100134", "Keramik"),)


def test_models_in_our_terms() -> None:
    seen = mapping.observed(WITH_MODELS, MODELS, START)
    [offer] = seen.offers
    assert (seen.options, offer.options, offer.external_id) == (("Warna",), ("Merah",), f"{MODELS_ID}:310000000011")
    assert (offer.price, offer.stock, offer.sellable, offer.reserved) == (Price(45000, 40000), 8, 8, 3)
    assert "parcel" not in seen.content
    assert seen.ids().offers == {"MUG-BTK-R": f"{MODELS_ID}:310000000011"}


def test_the_standardised_form_is_read_where_only_that_is_there() -> None:
    tiers = [{"variation_id": 0, "variation_name": "Warna", "variation_option_list": [
        {"variation_option_id": 0, "variation_option_name": "Merah"}]}]  # fmt: skip
    seen = mapping.observed(WITH_MODELS, {"model": MODELS["model"], "standardise_tier_variation": tiers}, START)
    assert seen.options == ("Warna",)
    assert seen.offers[0].options == ("Merah",)


@pytest.mark.parametrize(
    ("status", "stock", "state"),
    [
        ("NORMAL", 20, ListingState.live),
        ("NORMAL", 0, ListingState.live_oos),
        ("UNLIST", 20, ListingState.hidden),
        ("BANNED", 20, ListingState.banned),
        ("REVIEWING", 20, ListingState.in_review),
        ("SELLER_DELETE", 20, ListingState.gone),
        ("SHOPEE_DELETE", 20, ListingState.gone),
    ],
)
def test_states(status: str, stock: int, state: ListingState) -> None:
    info = {"summary_info": {"total_reserved_stock": 0, "total_available_stock": stock}}
    assert mapping.observed(PLAIN | {"item_status": status, "stock_info_v2": info}, None, START).state is state


def test_what_may_be_compared() -> None:
    shop = adapter()
    plain, models = mapping.observed(PLAIN, None, START), mapping.observed(WITH_MODELS, MODELS, START)
    assert shop.comparable(Facet.price, plain) == {"MUG-BTK": 45000}, "never the inflated price"
    assert shop.comparable(Facet.price, models) == {"MUG-BTK-R": 45000}, "never the promotion's price"
    assert shop.comparable(Facet.stock, plain) == {"MUG-BTK": 20}
    assert shop.comparable(Facet.stock, models) is None, "a promotion reserves some: nothing to compare"
    assert shop.comparable(Facet.structure, models) == {"MUG-BTK-R": ("Merah",)}
    assert shop.comparable(Facet.visibility, plain) == {"visible": True}
    assert shop.comparable(Facet.visibility, models) == {"visible": False}
    compared = shop.comparable(Facet.content, plain)
    assert compared is not None
    assert compared["title"] == "Mug Keramik Motif Batik 350ml"
    gone = mapping.observed(PLAIN | {"item_status": "SELLER_DELETE"}, None, START)
    banned = mapping.observed(PLAIN | {"item_status": "BANNED"}, None, START)
    assert [shop.comparable(f, gone) for f in Facet] == [None] * 5
    assert shop.comparable(Facet.visibility, banned) is None


def test_a_stock_that_is_not_shown_is_not_zero() -> None:
    without = {k: v for k, v in PLAIN.items() if k != "stock_info_v2"}
    seen = mapping.observed(without, None, START)
    assert seen.offers[0].stock is None
    assert adapter().comparable(Facet.stock, seen) is None


def test_a_description_with_pictures_in_it() -> None:
    extended = {"extended_description": {"field_list": [
        {"field_type": "text", "text": "satu"}, {"field_type": "image"},
        {"field_type": "text", "text": "dua"}]}}  # fmt: skip
    base = PLAIN | {"description": "", "description_type": "extended", "description_info": extended}
    assert mapping.observed(base, None, START).content["description"] == "satu\ndua"


# --- observe


def test_everything_is_read_lazily_each_once() -> None:
    store = shelf(*many(250))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        store.on(wire)
        reading = adapter().observe()
        assert len(wire.calls) == 0, "nothing is read before it is asked for"
        next(reading)
        assert paths(wire) == ["get_item_list", "get_item_base_info"]
        found = [int(o.external_id) for o in reading]
        assert found == list(range(1001, 1250))
    # Three pages, and one look for what changed while pages were turned.
    assert store.listed == 4


def test_a_listing_that_moves_while_pages_are_turned_is_not_missed() -> None:
    clock = ManualClock(datetime.fromtimestamp(1760010000, UTC))
    store = shelf(*many(150))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        store.on(wire)
        reading = adapter(clock).observe()
        first = next(reading)
        # Somebody deletes one for good and edits another: everything behind moves up by one.
        del store.items[1005]
        moved = store.items.pop(1100)
        store.items = {1100: moved | {"update_time": 1760010001}} | store.items
        found = {first.external_id, *(o.external_id for o in reading)}
    assert "1100" in found
    assert len(found) >= 149


def test_a_list_too_deep_for_offsets_is_read_in_windows_of_time() -> None:
    store = shelf(*many(450), too_deep_at=200)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        store.on(wire)
        found = [int(o.external_id) for o in adapter().observe()]
    assert sorted(found) == list(range(1000, 1450))
    assert len(found) == len(set(found))


def test_just_these_ids_deleted_ones_say_so_unknown_ones_are_left_out() -> None:
    deleted = PLAIN | {"item_id": 7, "item_status": "SELLER_DELETE"}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(PLAIN, WITH_MODELS, deleted).on(wire)
        shop = adapter()
        found = {o.external_id: o.state for o in shop.observe(ids=[str(PLAIN_ID), ITEM, "7", "999", ITEM])}
        assert found == {str(PLAIN_ID): ListingState.live, ITEM: ListingState.hidden, "7": ListingState.gone}
        assert list(shop.observe(ids=["999"])) == []
        assert "get_item_list" not in paths(wire)


def test_since_asks_for_a_window_with_overlap() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(PLAIN).on(wire)
        list(adapter().observe(since=datetime.fromtimestamp(1760000000, UTC)))
        assert query(wire, 0)["update_time_from"] == ["1759999700"]


def test_a_read_that_fails_raises_what_it_is() -> None:
    with responses.RequestsMock() as wire:
        wire.get(url("product/get_item_list"), json=bad("error_server", "Something wrong."))
        with pytest.raises(Transient) as caught:
            list(adapter().observe())
        assert len(wire.calls) == 4, "reads are tried again"
    assert caught.value.cause is Cause.transient
    with responses.RequestsMock() as wire:
        wire.get(url("product/get_item_list"), json=bad("error_sign", f"Wrong sign. sign={TOKEN}"))
        with pytest.raises(AuthError) as refused:
            list(adapter().observe())
    assert TOKEN not in str(refused.value)


# --- find


def intent(code: str, sku: str, title: str, has_options: bool, sent_at: datetime | None = None) -> Intent:
    return Intent("u", code, title, (sku,), has_options, sent_at)


def test_nothing_there() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(PLAIN).on(wire)
        assert adapter().find([intent("OTHER", "OTHER-1", "Kemplang", True)]) == [Absent()]


@pytest.mark.parametrize("status", ["NORMAL", "UNLIST", "BANNED", "REVIEWING"])
def test_found_by_sku_in_every_state(status: str) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(PLAIN | {"item_status": status}).on(wire)
        [found] = adapter().find([intent("MUG", "mug-btk", "another title", False)])
    assert isinstance(found, Found)
    assert found.listings[0].external_id == str(PLAIN_ID)


def test_found_by_title_alone() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(PLAIN | {"item_sku": "THEIRS"}).on(wire)
        [found] = adapter().find([intent("MUG", "MUG-BTK", "mug keramik motif batik 350ml ", False)])
    assert isinstance(found, Found)


def test_a_half_built_one_is_found_by_the_list_though_the_search_lags() -> None:
    half = WITH_MODELS | {"has_model": False, "update_time": int(START.timestamp())}
    store = shelf(half)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        store.on(wire)
        wire.replace(responses.GET, url("product/search_item"), json=ok({"item_id_list": [], "total_count": 0}))
        [found] = adapter().find([intent("MUG-W", "MUG-BTK-R", "Mug Warna", True, START)])
    assert isinstance(found, Found)
    assert found.listings[0].state is ListingState.half_built


def test_a_prefix_hit_is_checked_and_left_out() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(PLAIN | {"item_sku": "MUG-BTK-XL", "item_name": "Lain"}).on(wire)
        assert adapter().find([intent("MUG", "MUG-BTK", "Judul", False)]) == [Absent()]


def test_several_hits_newest_last_and_answers_in_order() -> None:
    older = PLAIN | {"item_id": 5, "create_time": 1750000000}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(PLAIN, older).on(wire)
        nothing, found = adapter().find([intent("X", "X", "Tidak ada", False), intent("M", "MUG-BTK", "y", False)])
    assert nothing == Absent()
    assert isinstance(found, Found)
    assert [o.external_id for o in found.listings] == ["5", str(PLAIN_ID)]


def test_a_deleted_one_is_told_only_if_it_may_be_this_create() -> None:
    deleted = PLAIN | {"item_status": "SHOPEE_DELETE"}
    created = datetime.fromtimestamp(1760000000, UTC)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        shelf(deleted).on(wire)
        shop = adapter()
        assert shop.find([intent("M", "MUG-BTK", "y", False)]) == [Absent()]
        [found] = shop.find([intent("M", "MUG-BTK", "y", False, created)])
    assert isinstance(found, Found)
    assert found.listings[0].state is ListingState.gone


# --- learn

LIMITS = {
    "price_limit": {"min_limit": 99.5, "max_limit": 150000000}, "stock_limit": {"min_limit": 0, "max_limit": 10000000},
    "item_name_length_limit": {"min_limit": 5, "max_limit": 255},
    "item_description_length_limit": {"min_limit": 20, "max_limit": 3000},
    "item_image_count_limit": {"min_limit": 1, "max_limit": 9},
    "tier_variation_name_length_limit": {"min_limit": 1, "max_limit": 14},
    "tier_variation_option_length_limit": {"min_limit": 1, "max_limit": 20},
    "dts_limit": {"days_to_ship_limit": {"min_limit": 7, "max_limit": 30}, "non_pre_order_days_to_ship": 2},
}  # fmt: skip
TREE = {"list": [{"category_id": 100637, "attribute_tree": [{
    "attribute_id": 100134, "mandatory": True, "name": "Bahan",
    "attribute_value_list": [{"value_id": 3321, "name": "Keramik"}],
    "attribute_info": {"input_type": 2, "input_validation_type": 2, "format_type": 1, "max_value_count": 1},
}]}]}  # fmt: skip
CHANNELS = {"logistics_channel_list": [
    {"logistics_channel_id": 8003, "enabled": True, "mask_channel_id": 0},
    {"logistics_channel_id": 8005, "enabled": False, "mask_channel_id": 0},
    {"logistics_channel_id": 80031, "enabled": True, "mask_channel_id": 8003}]}  # fmt: skip


def learnable(wire: responses.RequestsMock) -> None:
    def limits(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        known = "category_id=100637" in str(request.url)
        body = ok(LIMITS) | {"gtin_limit": {"gtin_validation_rule": "Flexible"}}
        return 200, {}, json.dumps(body if known else bad("error_incalid_category.", "Invalid category ID"))

    wire.get(url("shop/get_shop_info"), json={"shop_name": "PLUT", "region": "ID", "status": "NORMAL", "error": ""})
    wire.add_callback(responses.GET, url("product/get_item_limit"), limits)
    wire.get(url("product/get_attribute_tree"), json=ok(TREE))
    wire.get(url("logistics/get_channel_list"), json=ok(CHANNELS))
    pages = [
        (
            {
                "brand_list": [{"brand_id": 1146303, "original_brand_name": "Contoh"}],
                "has_next_page": True,
                "next_offset": 1,
            }
        ),
        (
            {
                "brand_list": [{"brand_id": 9, "original_brand_name": "Kedua"}],
                "has_next_page": False,
                "is_mandatory": True,
            }
        ),
    ]
    for page in pages:
        wire.get(url("product/get_brand_list"), json=ok(page))


def test_facts_of_a_shop() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        learnable(wire)
        wire.get(url("shop/get_warehouse_detail"), json=bad("warehouse.error_not_in_whitelist", "no permission"))
        facts = shop.learn(["100637", "555"])
    assert facts.shop_id == SHOP
    assert facts.bounds["555"] == ShopBounds(known=False)
    bounds = facts.bounds["100637"]
    assert (bounds.title, bounds.pictures, bounds.preorder_days) == ((5, 255), (1, 9), (7, 30))
    assert bounds.price == (100, 150000000), "a lower limit of 99.5 means 100 whole rupiah"
    assert (bounds.required_attributes, bounds.brand_required) == ((("100134", "Bahan"),), True)
    assert (bounds.variants, bounds.price_ratio) == (50, 7.0)
    kept = json.loads(facts.private)
    assert (kept["couriers"], kept["location"]) == ([8003], None)
    assert kept["categories"]["100637"]["brands"] == {"contoh": [1146303, "Contoh"], "kedua": [9, "Kedua"]}
    assert kept["categories"]["100637"]["declares_no_gtin"] is True
    shop.instruct(facts)


def test_a_multi_warehouse_shop_brings_its_location() -> None:
    with responses.RequestsMock() as wire:
        learnable(wire)
        wire.get(url("shop/get_warehouse_detail"), json=ok([{"warehouse_id": 1, "location_id": "IDZ"}]))
        assert json.loads(adapter().learn(["100637"]).private)["location"] == "IDZ"


def test_several_locations_want_binding() -> None:
    with responses.RequestsMock() as wire:
        learnable(wire)
        wire.get(url("shop/get_warehouse_detail"), json=ok([{"location_id": "IDZ"}, {"location_id": "IDB"}]))
        with pytest.raises(MarketplaceError) as caught:
            adapter().learn(["100637"])
    assert caught.value.cause is Cause.binding


# --- orders

ORDER: dict[str, Any] = {
    "order_sn": "261001ABCDEF12", "order_status": "READY_TO_SHIP", "create_time": 1760000000, "update_time": 1760000300,
    "buyer_username": "somebody", "item_list": [
        {"item_id": MODELS_ID, "item_sku": "MUG-BTK", "model_id": 310000000011, "model_sku": "MUG-BTK-R",
         "model_quantity_purchased": 2, "cancelled_qty": 0},
        {"item_id": MODELS_ID, "item_sku": "MUG-BTK", "model_id": 310000000011, "model_sku": "MUG-BTK-R",
         "model_quantity_purchased": 3, "cancelled_qty": 1},
        {"item_id": PLAIN_ID, "item_sku": "PLAIN", "model_id": 0, "model_sku": "", "model_quantity_purchased": 1},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UNPAID", OrderState.unpaid),
        ("PENDING", OrderState.open),
        ("IN_CANCEL", OrderState.open),
        ("SHIPPED", OrderState.open),
        ("COMPLETED", OrderState.closed),
        ("CANCELLED", OrderState.cancelled),
    ],
)
def test_order_states_and_what_they_take(status: str, state: OrderState) -> None:
    order = mapping.order(ORDER | {"order_status": status})
    assert order.state is state
    taken = (0, 0) if state is OrderState.cancelled else (4, 1)
    assert order.lines == (
        OrderLine(ITEM, f"{ITEM}:310000000011", "MUG-BTK-R", taken[0]),
        OrderLine(str(PLAIN_ID), f"{PLAIN_ID}:0", "PLAIN", taken[1]),
    )
    assert "somebody" not in repr(order)


def test_orders_come_in_windows_of_at_most_15_days_page_by_page() -> None:
    clock = ManualClock(START)
    numbers = iter(range(100))

    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        q = parse_qs(urlsplit(str(request.url)).query, keep_blank_values=True)
        low, high = int(q["time_from"][0]), int(q["time_to"][0])
        assert 0 < high - low <= 15 * 86400
        assert q["request_order_status_pending"] == ["true"]
        assert q["response_optional_fields"] == ["order_status"]
        first = q["cursor"] == [""]
        rows = [{"order_sn": f"O{next(numbers)}"}]
        return 200, {}, json.dumps(ok({"more": first, "next_cursor": "opaque" if first else "", "order_list": rows}))

    def details(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        q = parse_qs(urlsplit(str(request.url)).query)
        assert "item_list" in q["response_optional_fields"][0]
        rows = [
            ORDER | {"order_sn": sn, "update_time": int(START.timestamp())} for sn in q["order_sn_list"][0].split(",")
        ]
        return 200, {}, json.dumps(ok({"order_list": rows}))

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.GET, url("order/get_order_list"), page)
        wire.add_callback(responses.GET, url("order/get_order_detail"), details)
        reading = adapter(clock).orders(START - timedelta(days=40))
        assert next(reading).id == "O0"
        assert len(wire.calls) == 2, "lazy: one page and its details"
        rest = [order.id for order in reading]
    assert rest == [f"O{n}" for n in range(1, 6)], "three windows of two pages"


def test_an_order_that_cannot_be_found_does_not_hold_the_others() -> None:
    def details(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = parse_qs(urlsplit(str(request.url)).query)["order_sn_list"][0].split(",")
        if "LOST" in asked:
            return 200, {}, json.dumps(bad("error_not_found", "Wrong parameters, detail: the order is not found."))
        rows = [ORDER | {"order_sn": sn, "update_time": int(START.timestamp()) - len(sn)} for sn in asked]
        return 200, {}, json.dumps(ok({"order_list": rows}))

    rows = [{"order_sn": sn} for sn in ("A", "BB", "LOST", "CCC")]
    with responses.RequestsMock() as wire:
        wire.get(url("order/get_order_list"), json=ok({"more": False, "next_cursor": "", "order_list": rows}))
        wire.add_callback(responses.GET, url("order/get_order_detail"), details)
        found = [o.id for o in adapter().orders(START - timedelta(hours=1))]
    assert found == ["CCC", "BB", "A"], "oldest change first within a page"


# --- authorisation

GRANT = Grant(SHOP, "a-0001", "r-0001")
PAIR = {"error": "", "message": "", "access_token": "a-0002", "refresh_token": "r-0002", "expire_in": 14400,
        "partner_id": 2001887, "shop_id": int(SHOP)}  # fmt: skip


def test_refresh_brings_a_new_pair() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("auth/access_token/get"), json=PAIR)
        new = adapter().refresh(GRANT)
        assert sent(wire) == {"refresh_token": "r-0001", "partner_id": 2001887, "shop_id": int(SHOP)}
        assert "access_token=" not in str(wire.calls[0].request.url)
    assert (new.access_token, new.refresh_token) == ("a-0002", "r-0002")
    assert new.access_expires_at == START + timedelta(hours=4)
    assert new.refresh_expires_at == START + timedelta(days=30)
    assert "a-0002" not in repr(new)


def test_a_lost_refresh_is_said_once_more() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("auth/access_token/get"), body=requests.ConnectionError("Connection aborted."))
        wire.post(url("auth/access_token/get"), json=PAIR)
        assert adapter().refresh(GRANT).access_token == "a-0002"


def test_a_refresh_lost_twice_is_transient_and_not_said_a_third_time() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("auth/access_token/get"), body=requests.ConnectionError("Connection aborted."))
        with pytest.raises(Transient):
            adapter().refresh(GRANT)
        assert len(wire.calls) == 2


def test_a_refused_refresh_is_for_a_person_and_leaks_nothing() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("auth/access_token/get"), json=bad("error_auth", "Invalid refresh_token. r-0001"))
        with pytest.raises(AuthError) as caught:
            adapter().refresh(GRANT)
    assert "r-0001" not in str(caught.value)


def test_an_expiry_that_looks_like_an_instant_is_one() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("auth/access_token/get"), json=PAIR | {"expire_in": 1767001812})
        assert adapter().refresh(GRANT).access_expires_at == datetime.fromtimestamp(1767001812, UTC)


def test_a_consent_of_one_shop_and_of_a_main_account() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("auth/token/get"), json=PAIR)
        shop = adapter()
        state = parse_qs(urlsplit(shop.begin().link).query)["state"][0]
        [grant] = shop.finish({"code": "c-0001", "shop_id": SHOP, "state": state})
        assert sent(wire) == {"code": "c-0001", "partner_id": 2001887, "shop_id": int(SHOP)}
        assert grant.shop_id == SHOP
        wire.replace(responses.POST, url("auth/token/get"), json=PAIR | {"shop_id_list": [11, 12]})
        grants = shop.finish({"code": "c-0002", "main_account_id": "99", "state": state})
    assert [g.shop_id for g in grants] == ["11", "12"]


@pytest.mark.parametrize("callback", [{}, {"code": "c"}, {"code": "c", "shop_id": "abc"}, {"shop_id": SHOP}])
def test_an_address_without_what_it_takes(callback: dict[str, str]) -> None:
    shop = adapter()
    state = parse_qs(urlsplit(shop.begin().link).query)["state"][0]
    with pytest.raises(AuthError) as caught:
        shop.finish({**callback, "state": state})
    assert caught.value.code == "invalid_code"


@pytest.mark.parametrize("came", ["", "1.2", "x.y", "99999999999999999.a", "1767001812." + "0" * 32])
def test_an_address_from_a_link_that_is_not_ours(came: str) -> None:
    with responses.RequestsMock() as wire, pytest.raises(AuthError) as caught:
        adapter().finish({"code": "c-0001", "shop_id": SHOP, "state": came})
    assert (caught.value.code, len(wire.calls)) == ("invalid_state", 0)


def test_reads_renew_a_refused_token_too() -> None:
    grants = Grants()
    with responses.RequestsMock() as wire:
        wire.get(url("order/get_order_list"), json=bad("invalid_acceess_token", "Invalid access_token"))
        wire.get(url("order/get_order_list"), json=ok({"more": False, "order_list": []}))
        assert list(adapter(grants=grants).orders(START)) == []
    assert grants.renewals == 1


def test_one_unknown_category_does_not_spoil_the_attributes_of_the_others() -> None:
    def tree(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = parse_qs(urlsplit(str(request.url)).query)["category_id_list"][0].split(",")
        if "555" in asked:
            return 200, {}, json.dumps(bad("error_invalid_category", "Invalid category ID 555"))
        return 200, {}, json.dumps(ok(TREE))

    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        learnable(wire)
        wire.replace(responses.GET, url("product/get_item_limit"), json=ok(LIMITS))
        wire.remove(responses.GET, url("product/get_attribute_tree"))
        wire.add_callback(responses.GET, url("product/get_attribute_tree"), tree)
        wire.get(url("shop/get_warehouse_detail"), json=ok([]))
        facts = adapter().learn(["100637", "555"])
    assert {k: b.known for k, b in facts.bounds.items()} == {"100637": True, "555": False}


@pytest.mark.parametrize("code", ["error_server", "shop_banned"])
def test_facts_that_cannot_be_read_are_not_guessed(code: str) -> None:
    with responses.RequestsMock() as wire:
        wire.get(url("shop/get_shop_info"), json={"shop_name": "PLUT", "error": ""})
        wire.get(url("product/get_item_limit"), json=bad(code, "no"))
        with pytest.raises(MarketplaceError):
            adapter().learn(["100637"])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (bad("refresh_token_expired", "Your refresh_token expired."), AuthError),
        (bad("error_sign", "Wrong sign."), AuthError),
        (bad("error_rate_limit", "Too many requests."), Transient),
        (PAIR | {"refresh_token": ""}, Transient),
    ],
)
def test_what_a_failed_refresh_means(answer: dict[str, Any], kind: type[MarketplaceError]) -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("auth/access_token/get"), json=answer)
        with pytest.raises(kind):
            adapter().refresh(GRANT)
