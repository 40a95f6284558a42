"""Shopee's examples (fact sheet, section 8): what the adapter makes of each answer, and sends of each request."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import responses

from adapters.contract import (
    Applied,
    Begun,
    Cause,
    Change,
    Facet,
    Found,
    Grant,
    Ids,
    Intent,
    ListingState,
    Locked,
    Order,
    OrderLine,
    OrderState,
    Outcome,
    Price,
    Rejected,
    Structure,
)
from adapters.shopee import mapping
from adapters.shopee.facts import attribute_json, bounds_of, couriers_of
from tests.adapters.shop import (
    APP,
    ITEM,
    SHOP,
    START,
    adapter,
    content,
    create,
    ids,
    listing_change,
    offer_change,
    picture,
    plain_listing,
    sent,
    url,
    variant,
)
from tests.judge import Judgement, judge
from tests.papers.payloads import payloads

ALL = payloads("shopee")
MUG, IMAGE = "29000000001", "id-00000000-aaaaa-mugred01"
TWO = ids("MUG-BTK-R", "MUG-BTK-B")
RED, BLUE = f"{ITEM}:310000000011", f"{ITEM}:310000000012"


def body(name: str) -> Any:
    return ALL[name].body


def response(name: str) -> Any:
    return ALL[name].body["response"]


def answered(name: str, *changes: Change) -> list[Outcome]:
    """The outcomes of one call that is answered as in the example."""
    shop = adapter()
    [call] = shop.calls(changes)
    with responses.RequestsMock() as wire:
        wire.post(url(ALL[name].call.partition(" /")[2]), json=body(name))
        return shop.send(call)


def written(*changes: Change) -> Any:
    """The body of the one call that carries these changes."""
    [call] = adapter().calls(changes)
    return json.loads(call.body)


def test_every_example_is_met() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in ALL if f'"{name}"' not in source] == []


# --- requests: known to the reference, and what the adapter sends


@pytest.mark.parametrize("name", [name for name, example in ALL.items() if example.kind == "request"])
def test_a_request_holds_what_the_reference_knows(name: str) -> None:
    method, _, path = ALL[name].call.partition(" ")
    line = {"path": f"/api/v2{path}", "method": method, "query": {}, "body": body(name), "response": None}
    found = judge([line])
    assert found.calls == 1
    assert (found.unknown_request, found.missing_request) == (Counter(), Counter())


def test_the_judge_can_fail() -> None:
    line = {"path": "/api/v2/product/update_stock", "method": "POST", "query": {}, "response": None,
            "body": {"item_id": 1, "stock_list": [{"model_id": 1, "normal_stock": 5}]}}  # fmt: skip
    found: Judgement = judge([line])
    assert found.unknown_request == Counter({"/api/v2/product/update_stock: stock_list.normal_stock": 1})
    assert found.missing_request == Counter({"/api/v2/product/update_stock: stock_list.seller_stock": 1})


def test_add_item(tmp_path: Path) -> None:
    shot = picture(tmp_path)
    change = create(plain_listing([shot], visible=False), next_step=json.dumps({"images": {shot.sha256: IMAGE}}))
    # The name of "no brand" is written in two ways, and compared by id only (section 3.1).
    assert written(change) | {"brand": body("add item")["brand"]} == body("add item")


def test_update_item() -> None:
    known = Ids(MUG, {"MUG-BTK": f"{MUG}:0"})
    change = listing_change(Facet.content, content(), content(title="Mug Keramik Batik 350 ml"), known)
    assert written(change) == body("update item")


def test_unlist_item() -> None:
    shown, hidden = Ids(MUG), Ids("29000000002")
    changes = [
        listing_change(Facet.visibility, True, False, hidden, code="B"),
        listing_change(Facet.visibility, False, True, shown),
    ]
    made = written(*changes)
    assert sorted(made["item_list"], key=lambda r: r["item_id"]) == body("unlist item")["item_list"]


def test_init_tier_variation() -> None:
    """As a create sends it: without parcels, which the example leaves to the product, and pictures on no option."""
    two = Structure(("Warna",), (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru")))
    mug = replace(plain_listing(), structure=two, prices={"MUG-BTK-R": Price(45000), "MUG-BTK-B": Price(47000)},
                  stocks={"MUG-BTK-R": 8, "MUG-BTK-B": 0})  # fmt: skip
    made = written(replace(create(mug), ids=Ids(ITEM), next_step=json.dumps({"step": "init_tier_variation"})))
    for model in made["model"]:
        assert mapping.parcel_json(450, (12, 12, 11)) == {key: model.pop(key) for key in ("weight", "dimension")}
    shown = json.loads(json.dumps(body("init tier variation")))
    for option in shown["standardise_tier_variation"][0]["variation_option_list"]:
        del option["image_id"]
    assert made == shown


def seen() -> Any:
    """The listing of the examples with both of its models."""
    first = response("model list")["model"][0]
    blue = first | {"model_id": 310000000012, "tier_index": [1], "model_sku": "MUG-BTK-B"}
    base = response("base info")["item_list"][0] | {"item_id": int(ITEM), "has_model": True}
    return mapping.observed(base, response("model list") | {"model": [first, blue]}, START)


def test_add_model() -> None:
    colours = {"R": "Merah", "B": "Biru", "H": "Hijau"}
    three = Structure(("Warna",), tuple(variant(f"MUG-BTK-{sku}", name) for sku, name in colours.items()))
    listing = replace(plain_listing(), structure=three, prices={"MUG-BTK-H": Price(46000)}, stocks={"MUG-BTK-H": 5})
    change = listing_change(Facet.structure, None, three, TWO, observed=seen(), listing=listing)
    change = replace(change, next_step=json.dumps({"done": ["update_tier_variation"], "about": ""}))
    shop = adapter()
    [first] = shop.calls([replace(change, next_step=None)])
    assert first.operation == "update_tier_variation"
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_tier_variation"), json=body("item deleted"))
        [begun] = shop.send(first)
    assert isinstance(begun, Begun)
    [call] = shop.calls([replace(change, next_step=begun.next_step)])
    [model] = json.loads(call.body)["model_list"]
    model = {key: value for key, value in model.items() if key not in ("weight", "dimension")}
    assert {"item_id": int(ITEM), "model_list": [model]} == body("add model")


def test_update_model() -> None:
    two = Structure(("Warna",), (variant("MUG-BTK-RED", "Merah"), variant("MUG-BTK-B", "Biru")))
    known = Ids(ITEM, {"MUG-BTK-RED": TWO.offers["MUG-BTK-R"], "MUG-BTK-B": TWO.offers["MUG-BTK-B"]})
    change = listing_change(Facet.structure, None, two, known, observed=seen())
    made = written(change)
    [renamed] = [row for row in made["model"] if row["model_id"] == 310000000011]
    assert {key: renamed[key] for key in ("model_id", "model_sku")} == body("update model")["model"][0]


def test_update_price_and_stock() -> None:
    known = Ids(ITEM, {**TWO.offers, "MUG-BTK-X": f"{ITEM}:999"})
    prices = [offer_change(Facet.price, sku, Price(45000), Price(46000), known) for sku in ("MUG-BTK-R", "MUG-BTK-X")]
    assert written(*prices) == body("update price")
    stocks = [offer_change(Facet.stock, sku, 1, to, TWO) for sku, to in (("MUG-BTK-R", 7), ("MUG-BTK-B", 3))]
    assert written(*stocks) == body("update stock")


def test_nothing_that_the_adapter_sends_deletes() -> None:
    """`delete item` is the one example that it never sends (decision 0017)."""
    assert body("delete item") == {"item_id": 29000000002}
    change = listing_change(Facet.visibility, True, False, Ids("29000000002"))
    assert "unlist" in json.dumps(written(change))


# --- answers: tokens


def test_tokens() -> None:
    grant = Grant(SHOP, "a-0001", "r-0001")
    with responses.RequestsMock() as wire:
        wire.post(url("auth/access_token/get"), json=body("refreshed"))
        new = adapter().refresh(grant)
        assert sent(wire) == body("refresh") | {"partner_id": int(APP), "shop_id": int(SHOP)}
    assert (new.access_token, new.refresh_token) == ("a-0002", "r-0002")
    assert new.access_expires_at is not None
    assert (new.access_expires_at - START).total_seconds() == 14400
    assert not ALL["refresh refused"].ok


# --- answers: writes


def test_an_upload(tmp_path: Path) -> None:
    shot = picture(tmp_path)
    [begun] = answered("uploaded", create(plain_listing([shot])))
    assert isinstance(begun, Begun)
    assert json.loads(begun.next_step)["images"] == {shot.sha256: IMAGE}


def test_an_item_added_or_refused() -> None:
    assert answered("item added", create(plain_listing())) == [Applied(Ids(MUG, {"MUG-BTK": f"{MUG}:0"}))]
    [refused] = answered("item refused", create(plain_listing()))
    assert isinstance(refused, Rejected)
    assert (refused.cause, refused.fields) == (Cause.rejected, ("attributes",))


def test_unlisted_in_part() -> None:
    shown = listing_change(Facet.visibility, False, True, Ids(MUG))
    locked = listing_change(Facet.visibility, True, False, Ids("29000000002"))
    first, second = sorted(answered("unlisted in part", shown, locked), key=lambda o: isinstance(o, Locked))
    assert first == Applied()
    assert isinstance(second, Locked)


def test_tiers_set() -> None:
    two = Structure(("Warna",), (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru")))
    mug = replace(plain_listing(visible=False), structure=two, prices={v.sku: Price(1) for v in two.variants},
                  stocks={v.sku: 0 for v in two.variants})  # fmt: skip
    change = replace(create(mug), ids=Ids(ITEM), next_step=json.dumps({"step": "init_tier_variation"}))
    assert answered("tiers set", change) == [Applied(Ids(ITEM, {"MUG-BTK-R": RED, "MUG-BTK-B": BLUE}))]


def priced(sku: str, known: Ids) -> Change:
    return offer_change(Facet.price, sku, Price(45000), Price(46000), known)


def test_prices() -> None:
    known = Ids(ITEM, {"MUG-BTK-R": RED, "MUG-BTK-X": f"{ITEM}:999"})
    good, bad = answered("prices in part", priced("MUG-BTK-R", known), priced("MUG-BTK-X", known))
    assert good == Applied()
    assert isinstance(bad, Rejected)
    # "Please try later", it says, and is permanent (section 3.6).
    [never] = answered("no price", priced("MUG-BTK-R", known))
    assert isinstance(never, Rejected)
    assert never.code == "error_update_price_fail"
    plain = Ids(ITEM, {"MUG-BTK": f"{ITEM}:0"})
    assert answered("price without models", priced("MUG-BTK", plain)) == [Applied()]


def test_stocks() -> None:
    red, blue = (offer_change(Facet.stock, sku, 9, to, TWO) for sku, to in (("MUG-BTK-R", 7), ("MUG-BTK-B", 3)))
    shop = adapter()
    [call] = shop.calls([red, blue])
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.post(url("product/update_stock"), json=body("stocks in part"))
        wire.get(url("product/get_item_promotion"), json=body("item deleted"))
        good, held = shop.send(call)
    assert good == Applied()
    assert isinstance(held, Locked)
    [never] = answered("no stock", blue)
    assert not isinstance(never, Applied)


# --- answers: reads


def test_listings() -> None:
    assert response("item list")["item"][0]["item_id"] == int(MUG)
    shown = mapping.observed(response("base info")["item_list"][0], None, START)
    assert (shown.external_id, shown.code, shown.state) == (MUG, "MUG-BTK", ListingState.live)
    [offer] = shown.offers
    assert (offer.price, offer.stock, offer.sellable, offer.weight_g) == (Price(45000), 20, 20, 450)
    assert shown.content["attributes"] == (("100134", "Keramik"),)
    assert shown.content["brand"] is None
    base = response("base info")["item_list"][0] | {"item_id": int(ITEM), "has_model": True}
    models = mapping.observed(base, response("model list"), START)
    [red] = models.offers
    assert (red.external_id, red.sku, red.options, red.stock) == (RED, "MUG-BTK-R", ("Merah",), 8)


def test_a_look_through_the_list() -> None:
    shop = adapter()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.get(url("product/search_item"), json={"error": "", "response": {"item_id_list": [], "total_count": 0}})
        wire.get(url("product/get_item_list"), json=body("item list"))
        wire.get(url("product/get_item_base_info"), json=body("base info"))
        [answer] = shop.find([Intent("u", "MUG-BTK", "Mug Keramik Motif Batik 350ml", ("MUG-BTK",), False, START)])
    assert isinstance(answer, Found)
    assert [listing.external_id for listing in answer.listings] == [MUG]


def test_metadata() -> None:
    [leaf] = response("categories")["category_list"]
    assert leaf["has_children"]
    assert leaf["parent_category_id"] == 0
    [row] = response("attribute tree")["list"][0]["attribute_tree"]
    kept = attribute_json(row)
    assert (kept["name"], kept["mandatory"], kept["input_type"]) == ("Bahan", True, 2)
    assert kept["values"] == {"keramik": [3321, "Keramik"]}
    bounds = bounds_of(response("item limits"), [row], response("brands")["is_mandatory"])
    assert (bounds.title, bounds.description, bounds.pictures) == ((5, 255), (20, 3000), (1, 9))
    assert (bounds.price, bounds.stock, bounds.preorder_days) == ((100, 150000000), (0, 10000000), (7, 30))
    assert bounds.brand_required
    assert bounds.required_attributes == (("100134", "Bahan"),)
    assert couriers_of(response("couriers")["logistics_channel_list"]) == [8003]


def test_orders() -> None:
    with responses.RequestsMock() as wire:
        wire.get(url("order/get_order_list"), json=body("order list"))
        wire.get(url("order/get_order_detail"), json=body("order detail"))
        found = list(adapter().orders(mapping.instant(1759990000) or START))
    line = OrderLine(ITEM, RED, "MUG-BTK-R", 2)
    placed, changed = mapping.instant(1760000000), mapping.instant(1760000300)
    assert placed
    assert changed
    assert set(found) == {Order("261001ABCDEF12", OrderState.open, placed, changed, (line,))}


# --- pushes: a hint at most, so no adapter reads them (decision 0017); their shape is the sandbox's


ORDER_PUSH = {"ordersn", "status", "completed_scenario", "items", "update_time"}
STOCK_PUSH = {
    "shop_id", "item_id", "variation_id", "action", "changed_values", "promotion_type", "promotion_id", "ordersn",
    "update_time",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "fields"), [("order push", 3, ORDER_PUSH), ("reserved stock push", 8, STOCK_PUSH)]
)
def test_pushes_name_what_would_have_to_be_read(name: str, code: int, fields: set[str]) -> None:
    push = body(name)
    assert (push["code"], push["shop_id"], set(push["data"])) == (code, int(SHOP), fields)
    assert push["data"]["ordersn"] == body("order detail")["response"]["order_list"][0]["order_sn"]
