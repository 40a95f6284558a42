"""Numbered traps of the fact sheets that no other test looks at by themselves."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from adapters.bukalapak.mapping import observed
from adapters.contract import Applied, Facet, Ids, Listing, ListingState
from adapters.shopee import client as shopee_client
from adapters.shopee import mapping
from tests.adapters import shop
from tests.adapters.blibli import store
from tests.adapters.bukalapak import shop as lapak
from tests.papers.payloads import payloads

MUG = payloads("shopee")["base info"].body["response"]["item_list"][0]
BIG = 2**53 + 1
"""The first whole number that a double cannot hold."""


def asked(wire: responses.RequestsMock, path: str) -> list[tuple[str, str]]:
    """The query of the first call of `path`, as it was sent."""
    call = next(c for c in wire.calls if f"{path}?" in str(c.request.url))
    return parse_qsl(urlsplit(str(call.request.url)).query, keep_blank_values=True)


# --- Shopee


def everything_written() -> str:
    """The bodies of a create with and without options, and of every other kind of change."""
    made = shop.adapter()
    known = Ids(shop.ITEM, {"MUG-BTK": f"{shop.ITEM}:0"})
    changes = [
        shop.create(shop.plain_listing()),
        shop.create(shop.coloured_listing(), ids=Ids(shop.ITEM)),
        shop.offer_change(Facet.stock, "MUG-BTK", 9, 7, known),
        shop.listing_change(Facet.content, None, shop.content(), known),
    ]
    return "".join(call.body for change in changes for call in made.calls([change]))


def test_shopee_t1_stock_is_seller_stock() -> None:
    written = everything_written()
    assert written.count('"seller_stock"') >= 4
    assert "normal_stock" not in written


def test_shopee_t12_what_an_update_echoes_is_not_believed() -> None:
    change = shop.listing_change(
        Facet.content, shop.content(), shop.content(title="Mug baru dari Solo"), Ids(shop.ITEM)
    )
    made = shop.adapter()
    [call] = made.calls([change])
    echo = {"item_id": int(shop.ITEM), "item_status": "BANNED", "item_name": "something else"}
    with responses.RequestsMock() as wire:
        wire.post(shop.url("product/update_item"), json=shop.ok(echo))
        assert made.send(call) == [Applied()]


def test_shopee_t15_lists_travel_as_the_reference_has_them() -> None:
    made = shop.adapter()
    with responses.RequestsMock() as wire:
        rows = [{"item_id": 1}, {"item_id": 2}]
        wire.get(shop.url("product/get_item_list"), json=shop.ok({"item": rows, "has_next_page": False}))
        wire.get(shop.url("product/get_item_base_info"), json=shop.bad("error_item_not_found"))
        assert list(made.observe()) == []
        statuses = [value for name, value in asked(wire, "get_item_list") if name == "item_status"]
        assert statuses == list(shopee_client.ALL_STATUSES)
        assert dict(asked(wire, "get_item_base_info"))["item_id_list"] == "1,2"


def test_shopee_t22_ids_keep_every_digit() -> None:
    row = json.loads(json.dumps(MUG | {"item_id": BIG, "has_model": True}))
    models = {"model": [{"model_id": BIG + 2, "tier_index": [], "model_sku": "A", "promotion_id": BIG}]}
    seen = mapping.observed(row, models, shop.START)
    assert (seen.external_id, seen.offers[0].external_id) == (f"{BIG}", f"{BIG}:{BIG + 2}")
    change = shop.offer_change(Facet.stock, "A", 1, 2, Ids(f"{BIG}", {"A": f"{BIG}:{BIG + 2}"}))
    made = shop.adapter()
    [call] = made.calls([change])
    assert json.loads(call.body)["item_id"] == BIG
    assert json.loads(call.body)["stock_list"][0]["model_id"] == BIG + 2
    with responses.RequestsMock() as wire:
        wire.post(shop.url("product/update_stock"), json=shop.ok({"success_list": [{"model_id": BIG + 2, "stock": 2}]}))
        assert made.send(call) == [Applied()]


def test_shopee_t23_brands_under_review_are_never_chosen() -> None:
    made = shop.adapter()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for name in ("item limits", "attribute tree", "brands", "couriers"):
            wire.get(shop.url(payloads("shopee")[name].call.partition(" /")[2]), json=payloads("shopee")[name].body)
        wire.get(shop.url("shop/get_shop_info"), json=shop.ok() | {"shop_name": "Toko", "region": "ID"})
        wire.get(shop.url("shop/get_warehouse_detail"), json=shop.bad("warehouse.error_not_in_whitelist"))
        made.learn(["100637"])
        assert dict(asked(wire, "get_brand_list"))["status"] == "1"
    # Its id may change when it is merged, so a read compares the name.
    seen = mapping.observed(MUG | {"brand": {"brand_id": 4711, "original_brand_name": "Contoh"}}, None, shop.START)
    assert seen.content["brand"] == "Contoh"


def test_shopee_t24_what_is_for_other_markets_is_not_sent() -> None:
    written = everything_written()
    for name in ("certification", "tax_info", "complaint_policy", "scheduled_publish_time"):
        assert name not in written


def test_shopee_t25_nothing_removed_or_deprecated_is_used() -> None:
    paths = {endpoint.path for endpoint in shopee_client.ENDPOINTS.values()}
    assert paths.isdisjoint({"product/get_attributes", "product/get_dts_limit"})
    assert '"standardise_tier_variation"' in (written := everything_written())
    assert '"tier_variation"' not in written


# --- Blibli


def test_blibli_t2_no_detail_is_read_for_a_stock() -> None:
    known = store.ids("KP-1")
    made = store.adapter()
    [call] = made.calls([store.offer_change(Facet.stock, "KP-1", None, 5, known)])
    with responses.RequestsMock() as wire:
        wire.post(store.BULK, json=store.queued())
        made.send(call)
        assert [call.request.method for call in wire.calls] == ["POST"]
        [row] = store.sent(wire)["productRequests"]
    assert row == {"gdnSku": known.offers["KP-1"], "exactStock": 5}


@responses.activate
def test_blibli_t13_the_length_is_counted_in_bytes() -> None:
    responses.post(store.CREATE, json=store.queued())
    made = store.adapter()
    listing: Listing = store.plain_listing(content=store.content(title="Kaos “Batik” Café ꦗꦮ"))
    [call] = made.calls([store.create(listing)])
    made.send(call)
    request = responses.calls[0].request
    assert isinstance(request.body, bytes)
    assert "Café ꦗꦮ".encode() in request.body
    assert int(request.headers["Content-Length"]) == len(request.body) > len(request.body.decode())


# --- Bukalapak


def test_bukalapak_t6_the_list_that_is_read_holds_what_is_off_sale_too() -> None:
    """Not the two lists of v2, but v4's with every kind of product."""
    with responses.RequestsMock() as wire:
        wire.get(lapak.PRODUCTS, json=lapak.v4([lapak.row(for_sale=False, active=False, state="inactive")]))
        [seen] = list(lapak.adapter().observe())
        assert dict(asked(wire, "/stores/me/products"))["product_type"] == "all"
    assert seen.state is not ListingState.gone


def test_bukalapak_t8_new_is_written_and_the_displayed_condition_is_not_compared() -> None:
    [call] = lapak.adapter().calls([lapak.create(lapak.plain_listing())])
    assert json.loads(call.body)["product"]["new"] is True
    made = lapak.adapter()
    seen = [observed(lapak.row(condition=condition), lapak.START) for condition in ("Baru", "new", "Bekas")]
    assert len({repr(made.comparable(Facet.content, one)) for one in seen}) == 1


def test_bukalapak_t11_the_length_is_counted_in_bytes() -> None:
    made = lapak.adapter()
    [call] = made.calls([lapak.listing_change(Facet.content, lapak.content(), lapak.content(title="Kaos Café ꦗꦮ"))])
    sent: list[requests.PreparedRequest] = []

    def taken(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        sent.append(request)
        return 200, {}, json.dumps(lapak.ok())

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.PUT, lapak.EDIT, taken)
        assert made.send(call) == [Applied()]
    [request] = sent
    assert isinstance(request.body, bytes)
    assert int(request.headers["Content-Length"]) == len(request.body) > len(request.body.decode())


@pytest.mark.parametrize("text", ["[b]tebal[/b]", "[url=https://x.invalid]x[/url]", "a [ b ] c"])
def test_bukalapak_t10_no_bracket_of_ours_opens_a_tag(text: str) -> None:
    change = lapak.listing_change(Facet.content, lapak.content(), lapak.content(description=text))
    [call] = lapak.adapter().calls([change])
    sent = json.loads(call.body)["product"]["description_bb"]
    assert "[" not in sent
    assert "]" not in sent
