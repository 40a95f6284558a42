"""From changes to calls: pure (C1), complete (C2), few and urgent first (C3)."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import Call, Change, Effect, Facet, Ids, Observed, Price, Structure, Urgency
from adapters.shopee import mapping
from adapters.shopee.facts import Attribute, Category
from tests.adapters.shop import (
    ITEM,
    START,
    adapter,
    coloured_listing,
    content,
    create,
    ids,
    listing_change,
    offer_change,
    picture,
    plain_listing,
    variant,
)

TWO = ids("MUG-BTK-R", "MUG-BTK-B")


def bodies(calls: list[Call]) -> list[object]:
    return [json.loads(call.body) for call in calls]


@st.composite
def due(draw: st.DrawFn) -> list[Change]:
    """Price, stock and visibility changes of some listings with up to 50 models, shuffled."""
    changes: list[Change] = []
    for item in range(draw(st.integers(1, 4))):
        models = draw(st.integers(1, 50))
        skus = [f"S{item}-{n}" for n in range(models)]
        known = Ids(str(1000 + item), {sku: f"{1000 + item}:{n + 1}" for n, sku in enumerate(skus)})
        for sku in skus:
            if draw(st.booleans()):
                changes.append(offer_change(Facet.price, sku, Price(900), Price(1000), known))
            if draw(st.booleans()):
                changes.append(offer_change(Facet.stock, sku, 5, draw(st.integers(0, 9)), known))
        if draw(st.booleans()):
            changes.append(listing_change(Facet.visibility, True, draw(st.booleans()), known))
    return draw(st.permutations(changes))


@settings(max_examples=40, deadline=None)
@given(due())
def test_no_change_is_lost_or_doubled_and_calls_are_fewest(changes: list[Change]) -> None:
    calls = adapter().calls(changes)
    carried = Counter(id(change) for call in calls for change in call.changes)
    assert carried == Counter(id(change) for change in changes)
    for facet in (Facet.price, Facet.stock):
        per_listing = Counter(c.ids.listing for c in changes if c.facet is facet and c.ids)
        least = sum(math.ceil(models / 50) for models in per_listing.values())
        assert sum(call.operation == f"update_{facet}" for call in calls) == least
    shown = sum(c.facet is Facet.visibility for c in changes)
    assert sum(call.operation == "unlist_item" for call in calls) == math.ceil(shown / 50)


@settings(max_examples=20, deadline=None)
@given(due())
def test_the_same_changes_give_the_same_calls(changes: list[Change]) -> None:
    shop = adapter()
    assert shop.calls(changes) == shop.calls(list(changes))


@settings(max_examples=20, deadline=None)
@given(due())
def test_rows_name_each_model_once_and_say_what_the_change_says(changes: list[Change]) -> None:
    for call in adapter().calls(changes):
        body = json.loads(call.body)
        if call.operation == "update_price":
            said = {row["model_id"]: row["original_price"] for row in body["price_list"]}
            assert len(said) == len(call.changes)
            assert all(value == 1000 for value in said.values())
        if call.operation == "update_stock":
            said = {row["model_id"]: row["seller_stock"] for row in body["stock_list"]}
            wanted = {mapping.model_of(c.ids.offers[c.sku]): [{"stock": c.to}] for c in call.changes if c.ids and c.sku}
            assert said == wanted


def test_two_changes_of_one_model_never_share_a_call() -> None:
    one = offer_change(Facet.price, "MUG-BTK-R", Price(1), Price(2), TWO)
    other = offer_change(Facet.price, "MUG-BTK-R", Price(1), Price(3), TWO)
    calls = adapter().calls([one, other])
    assert [call.changes for call in calls] == [(one,), (other,)]


def test_a_product_without_options_is_written_without_a_model_id() -> None:
    known = Ids(ITEM, {"MUG-BTK": f"{ITEM}:0"})
    calls = adapter().calls(
        [
            offer_change(Facet.stock, "MUG-BTK", 1, 2, known),
            offer_change(Facet.price, "MUG-BTK", Price(1), Price(2), known),
        ]
    )
    assert bodies(calls) == [
        {"item_id": int(ITEM), "stock_list": [{"seller_stock": [{"stock": 2}]}]},
        {"item_id": int(ITEM), "price_list": [{"original_price": 2}]},
    ]


def test_a_multi_warehouse_shop_names_its_location_in_every_stock_row() -> None:
    shop = adapter(private={"couriers": [8003], "location": "IDZ", "categories": {}})
    [call] = shop.calls([offer_change(Facet.stock, "MUG-BTK-R", 1, 2, TWO)])
    assert json.loads(call.body)["stock_list"][0]["seller_stock"] == [{"location_id": "IDZ", "stock": 2}]


def everything(folder: Path) -> dict[str, Change]:
    others = {n: ids(f"X{n}", item=str(500 + n)) for n in range(8)}
    return {
        "stock down": offer_change(Facet.stock, "X0", 5, 2, others[0]),
        "take-down": listing_change(Facet.visibility, True, False, others[1]),
        "stock up": offer_change(Facet.stock, "X2", 5, 9, others[2]),
        "price": offer_change(Facet.price, "X3", Price(5), Price(6), others[3]),
        "manual price": offer_change(Facet.price, "X4", Price(5), Price(6), others[4], urgency=Urgency.manual),
        "content": listing_change(Facet.content, content(), content(title="Mug Baru Sekali"), others[5]),
        "create": create(plain_listing()),
        "half-built": create(coloured_listing(), ids=Ids("777")),
    }


def test_what_stops_a_sale_goes_first_then_manual_then_the_order_of_promise_7(tmp_path: Path) -> None:
    changes = everything(tmp_path)
    names = {id(change): name for name, change in changes.items()}
    shuffled = list(changes.values())
    random.Random(3).shuffle(shuffled)
    order = [names[id(call.changes[0])] for call in adapter().calls(shuffled)]
    assert order == [
        "stock down", "take-down", "manual price", "stock up", "price", "content", "half-built", "create",
    ]  # fmt: skip


def test_stock_down_takes_its_listing_along() -> None:
    down = offer_change(Facet.stock, "MUG-BTK-R", 5, 1, TWO)
    up = offer_change(Facet.stock, "MUG-BTK-B", 5, 9, TWO)
    other = offer_change(Facet.stock, "X", 5, 0, ids("X", item="5"))
    calls = adapter().calls([up, other, down])
    assert [len(call.changes) for call in calls] in ([1, 2], [2, 1])
    assert {id(c) for call in calls if len(call.changes) == 2 for c in call.changes} == {id(down), id(up)}


def test_visibility_and_the_last_step_of_creates_share_a_call() -> None:
    shown = [
        create(coloured_listing(), ids=ids("A", item=str(n)), next_step='{"step":"unlist_item"}') for n in range(40)
    ]
    hidden = [listing_change(Facet.visibility, True, False, Ids(str(n))) for n in range(40, 70)]
    calls = adapter().calls([*shown, *hidden])
    assert [len(call.changes) for call in calls] == [50, 20]
    rows = json.loads(calls[0].body)["item_list"]
    assert sum(row["unlist"] for row in rows) == 30, "every take-down travels in the first call"


def test_a_change_without_an_offer_id_is_carried_but_never_written() -> None:
    lost = offer_change(Facet.price, "GONE", Price(1), Price(2), TWO)
    [call] = adapter().calls([lost])
    assert (call.operation, call.changes) == ("no_offer_id", (lost,))


# --- creates


def test_create_of_a_product_without_options(tmp_path: Path) -> None:
    shop = adapter()
    change = create(plain_listing([picture(tmp_path)]))
    [upload] = shop.calls([change])
    assert (upload.operation, upload.effect, upload.body) == ("upload_image", Effect.upload, "")
    sha = plain_listing([picture(tmp_path)]).content.pictures[0].sha256
    known = replace(change, next_step=json.dumps({"images": {sha: "id-00000000-aaaaa-mugred01"}}))
    [call] = shop.calls([known])
    body = json.loads(call.body)
    assert call.operation == "add_item"
    assert body["item_sku"] == "MUG-BTK", "the only SKU field of a product without options"
    assert body["item_status"] == "NORMAL"
    assert body["seller_stock"] == [{"stock": 20}]
    assert body["attribute_list"] == [
        {"attribute_id": 100134, "attribute_value_list": [{"value_id": 3321, "original_value_name": "Keramik"}]},
        {
            "attribute_id": 100999,
            "attribute_value_list": [{"value_id": 0, "original_value_name": "350", "value_unit": "ml"}],
        },
    ]
    assert body["brand"]["brand_id"] == 0
    assert body["pre_order"] == {"is_pre_order": False, "days_to_ship": 2}
    assert (body["weight"], body["item_dangerous"], body["condition"]) == (0.45, 0, "NEW")
    assert body["image"] == {"image_id_list": ["id-00000000-aaaaa-mugred01"]}


def test_create_with_options_starts_hidden_under_the_product_code() -> None:
    [call] = adapter().calls([create(coloured_listing())])
    body = json.loads(call.body)
    assert (body["item_sku"], body["item_status"], body["seller_stock"]) == ("MUG-BTK", "UNLIST", [{"stock": 0}])


def test_a_stored_body_is_sent_as_it_was() -> None:
    change = create(plain_listing())
    assert change.intent is not None
    change = replace(change, intent=replace(change.intent, body='{"item_name":"as sent"}', sent_at=START))
    [call] = adapter().calls([change])
    assert call.body == '{"item_name":"as sent"}'


def test_more_pictures_than_one_upload_takes_go_in_several(tmp_path: Path) -> None:
    pictures = [picture(tmp_path, b"\xff\xd8\xff" + bytes([n]), f"{n}.jpg") for n in range(11)]
    change = create(plain_listing(pictures))
    first = {p.sha256: f"id-{n}" for n, p in enumerate(pictures[:9])}
    [call] = adapter().calls([replace(change, next_step=json.dumps({"images": first}))])
    assert call.operation == "upload_image"
    every = {p.sha256: f"id-{n}" for n, p in enumerate(pictures)}
    [call] = adapter().calls([replace(change, next_step=json.dumps({"images": every}))])
    assert json.loads(call.body)["image"]["image_id_list"] == [f"id-{n}" for n in range(11)]


def seen(*models: tuple[int, str, str], tiers: tuple[str, ...] = ("Merah", "Biru")) -> Observed:
    """A listing with one tier; (model id, option, SKU)."""
    base = {
        "item_id": int(ITEM), "item_name": "Mug", "item_sku": "MUG-BTK", "item_status": "UNLIST",
        "has_model": bool(models), "category_id": 100637,
    }  # fmt: skip
    rows = [
        {
            "model_id": number,
            "tier_index": [tiers.index(option)],
            "model_sku": sku,
            "price_info": [{"original_price": 45000, "current_price": 45000}],
            "weight": "0.45",
            "dimension": {"package_length": 12, "package_width": 12, "package_height": 11},
        }
        for number, option, sku in models
    ]
    payload = {"tier_variation": [{"name": "Warna", "option_list": [{"option": o} for o in tiers]}], "model": rows}
    return mapping.observed(base, payload if models else None, START)


@pytest.mark.parametrize(
    ("change", "operation"),
    [
        (create(coloured_listing(), ids=Ids(ITEM)), "init_tier_variation"),
        (create(coloured_listing(), ids=Ids(ITEM), observed=seen()), "init_tier_variation"),
        (create(coloured_listing(), ids=TWO), "unlist_item"),
        (create(coloured_listing(), ids=Ids(ITEM), observed=seen((1, "Merah", "MUG-BTK-R"))), "unlist_item"),
        (create(plain_listing(), ids=Ids(ITEM)), "unlist_item"),
    ],
)
def test_a_create_goes_on_from_what_is_there_when_its_step_was_forgotten(change: Change, operation: str) -> None:
    [call] = adapter().calls([change])
    assert call.operation == operation


# --- structure

WANTED = Structure(
    ("Warna",), (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru"), variant("MUG-BTK-H", "Hijau"))
)


def structure(observed: Observed, to: Structure = WANTED, next_step: str | None = None) -> Change:
    return listing_change(Facet.structure, None, to, observed.ids(), observed=observed, next_step=next_step)


def test_a_new_option_value_carries_every_model_there_ours_or_not() -> None:
    there = seen(
        (1, "Merah", "MUG-BTK-R"), (2, "Biru", "MUG-BTK-B"), (3, "Ungu", "NOT-OURS"), tiers=("Merah", "Biru", "Ungu")
    )
    [call] = adapter().calls([structure(there)])
    body = json.loads(call.body)
    assert call.operation == "update_tier_variation"
    assert [row["model_id"] for row in body["model_list"]] == [1, 2, 3]
    options = [o["variation_option_name"] for o in body["standardise_tier_variation"][0]["variation_option_list"]]
    assert options == ["Merah", "Biru", "Ungu", "Hijau"]
    assert [row["tier_index"] for row in body["model_list"]] == [[0], [1], [2]]


def test_then_the_new_model_follows_even_if_the_listing_was_not_read_again() -> None:
    there = seen((1, "Merah", "MUG-BTK-R"), (2, "Biru", "MUG-BTK-B"))
    [call] = adapter().calls([structure(there, next_step='{"done":["update_tier_variation"]}')])
    assert call.operation == "add_model"
    [row] = json.loads(call.body)["model_list"]
    assert (row["model_sku"], row["tier_index"], row["seller_stock"]) == ("MUG-BTK-H", [2], [{"stock": 0}])
    assert row["original_price"] == 45000


def test_a_missing_combination_needs_no_new_option() -> None:
    there = seen((1, "Merah", "MUG-BTK-R"), (2, "Biru", "MUG-BTK-B"), tiers=("Merah", "Biru", "Hijau"))
    [call] = adapter().calls([structure(there)])
    assert call.operation == "add_model"


def test_a_variant_that_we_no_longer_want_is_never_removed() -> None:
    there = seen((1, "Merah", "MUG-BTK-R"), (2, "Biru", "MUG-BTK-B"))
    less = Structure(("Warna",), (variant("MUG-BTK-R", "Merah"),))
    [call] = adapter().calls([structure(there, less)])
    assert call.operation == "update_model"
    assert [row["model_id"] for row in json.loads(call.body)["model"]] == [1]


def test_a_renamed_option_keeps_its_model() -> None:
    there = seen((1, "Merah", "MUG-BTK-R"), (2, "Biru", "MUG-BTK-B"))
    renamed = Structure(("Warna",), (variant("MUG-BTK-R", "Merah Tua"), variant("MUG-BTK-B", "Biru")))
    [call] = adapter().calls([structure(there, renamed)])
    body = json.loads(call.body)
    options = [o["variation_option_name"] for o in body["standardise_tier_variation"][0]["variation_option_list"]]
    placed = {row["model_id"]: options[row["tier_index"][0]] for row in body["model_list"]}
    assert placed == {1: "Merah Tua", 2: "Biru"}
    assert "Merah" not in options


def test_a_new_sku_or_parcel_goes_by_update_model() -> None:
    there = seen((1, "Merah", "OLD-SKU"), (2, "Biru", "MUG-BTK-B"))
    heavier = replace(variant("MUG-BTK-B", "Biru"), weight_g=900)
    to = Structure(("Warna",), (variant("MUG-BTK-R", "Merah"), heavier))
    ids = Ids("1", {"MUG-BTK-R": "1:1", "MUG-BTK-B": "1:2"})
    [call] = adapter().calls([replace(structure(there, to), ids=ids)])
    rows = {row["model_id"]: row for row in json.loads(call.body)["model"]}
    assert call.operation == "update_model"
    assert rows[1]["model_sku"] == "MUG-BTK-R"
    assert rows[2]["weight"] == 0.9


def test_a_sellers_variant_with_our_options_is_not_taken_over() -> None:
    there = seen((1, "Merah", "SELLERS-OWN"), (2, "Biru", "MUG-BTK-B"))
    to = Structure(("Warna",), (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru")))
    [call] = adapter().calls([structure(there, to)])
    assert call.operation == "add_model", "the engine stops it before; were it sent, Shopee would refuse the place"


def test_only_a_variant_of_ours_that_the_change_leaves_out_goes() -> None:
    tiers = ("Merah", "Biru", "Hijau")
    there = seen((1, "Merah", "MUG-BTK-R"), (2, "Biru", "MUG-BTK-B"), (3, "Hijau", "SELLERS-OWN"), tiers=tiers)
    both = Structure(("Warna",), (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru")))
    less = replace(both, variants=both.variants[:1])
    [call] = adapter().calls([replace(structure(there, less), before=both)])
    body = json.loads(call.body)
    assert call.operation == "update_tier_variation"
    assert [row["model_id"] for row in body["model_list"]] == [1, 3]
    options = body["standardise_tier_variation"][0]["variation_option_list"]
    assert [o["variation_option_name"] for o in options] == ["Merah", "Hijau"]


def test_pictures_on_options_stand_on_all_or_none() -> None:
    base = {
        "item_id": 1, "item_name": "Mug", "item_status": "NORMAL", "has_model": True,
        "image": {"image_id_list": ["id-main"]},
    }  # fmt: skip
    payload = {
        "tier_variation": [{"name": "Warna", "option_list": [{"option": "Merah", "image": {"image_id": "id-red"}}]}],
        "model": [{"model_id": 1, "tier_index": [0], "model_sku": "MUG-BTK-R"}],
    }
    [call] = adapter().calls([structure(mapping.observed(base, payload, START))])
    options = json.loads(call.body)["standardise_tier_variation"][0]["variation_option_list"]
    assert [o["image_id"] for o in options] == ["id-red", "id-main", "id-main"]


# --- content


def test_only_changed_fields_are_sent() -> None:
    change = listing_change(Facet.content, content(), content(title="Mug Keramik Batik 350 ml"), Ids(ITEM))
    [call] = adapter().calls([change])
    assert json.loads(call.body) == {"item_id": int(ITEM), "item_name": "Mug Keramik Batik 350 ml"}


def test_a_new_category_takes_attributes_and_brand_along() -> None:
    change = listing_change(Facet.content, content(), content(category="100638"), Ids(ITEM))
    [call] = adapter().calls([change])
    assert set(json.loads(call.body)) == {"item_id", "category_id", "attribute_list", "brand", "pre_order"}


def test_a_forced_push_sends_every_field_but_no_parcel_for_a_listing_with_options() -> None:
    same = content(parcel=None)
    [call] = adapter().calls([listing_change(Facet.content, same, same, Ids(ITEM))])
    body = json.loads(call.body)
    assert {"item_name", "description", "category_id", "image", "brand", "attribute_list", "pre_order"} < set(body)
    assert "weight" not in body


def test_a_new_picture_is_uploaded_before_the_content_is_sent(tmp_path: Path) -> None:
    one = picture(tmp_path)
    change = listing_change(Facet.content, content(), content([one]), Ids(ITEM))
    [call] = adapter().calls([change])
    assert (call.operation, call.effect) == ("upload_image", Effect.upload)
    [call] = adapter().calls([replace(change, next_step=json.dumps({"images": {one.sha256: "id-1"}}))])
    assert json.loads(call.body) == {"item_id": int(ITEM), "image": {"image_id_list": ["id-1"]}}


# --- another number of tiers: only ever after a person approved it


def plain_seen() -> Observed:
    base = {
        "item_id": int(ITEM), "item_name": "Mug", "item_sku": "MUG-BTK-R", "item_status": "NORMAL", "has_model": False,
        "category_id": 100637, "price_info": [{"original_price": 45000, "current_price": 45000}],
        "stock_info_v2": {"seller_stock": [{"stock": 6}], "summary_info": {"total_available_stock": 6}},
    }  # fmt: skip
    return mapping.observed(base, None, START)


def test_from_no_options_to_options_keeps_price_and_stock_of_the_sku_that_stays() -> None:
    [call] = adapter().calls([structure(plain_seen())])
    body = json.loads(call.body)
    assert call.operation == "init_tier_variation"
    rows = {row["model_sku"]: row for row in body["model"]}
    assert (rows["MUG-BTK-R"]["original_price"], rows["MUG-BTK-R"]["seller_stock"]) == (45000, [{"stock": 6}])
    assert (rows["MUG-BTK-B"]["original_price"], rows["MUG-BTK-B"]["seller_stock"]) == (45000, [{"stock": 0}])


def test_away_with_the_options() -> None:
    there = seen((1, "Merah", "MUG-BTK-R"), (2, "Biru", "MUG-BTK-B"))
    [call] = adapter().calls([structure(there, Structure((), (variant("MUG-BTK-R"),)))])
    body = json.loads(call.body)
    assert call.operation == "init_tier_variation"
    assert body["standardise_tier_variation"] == []
    assert [row["tier_index"] for row in body["model"]] == [[]]


def test_a_new_sku_of_a_product_without_options_goes_into_the_sku_field() -> None:
    [call] = adapter().calls([structure(plain_seen(), Structure((), (variant("MUG-NEW"),)))])
    assert call.operation == "update_item"
    assert json.loads(call.body) == {"item_id": int(ITEM), "item_sku": "MUG-NEW"}


@pytest.mark.parametrize(
    ("facts_of", "text", "value"),
    [
        ({"input_type": 2}, "Keramik", {"value_id": 0, "original_value_name": "Keramik"}),
        ({"input_type": 1}, "Keramik", None),
        ({"input_type": 3, "validation": 4}, "2026-01-31", {"value_id": 0, "original_value_name": "1769817600"}),
        ({"input_type": 3, "with_unit": True, "units": ("ml",)}, "350 ML",
         {"value_id": 0, "original_value_name": "350", "value_unit": "ml"}),
        ({"input_type": 3, "with_unit": True, "units": ("ml",)}, "banyak",
         {"value_id": 0, "original_value_name": "banyak"}),
        ({"input_type": 1, "values": {"keramik": (3321, "Keramik")}}, "KERAMIK",
         {"value_id": 3321, "original_value_name": "Keramik"}),
        ({"input_type": 3}, "", None),
    ],
)  # fmt: skip
def test_attribute_values(facts_of: dict[str, Any], text: str, value: object) -> None:
    assert mapping.attribute_value(Attribute("Bahan", False, **facts_of), text) == value


def test_barcodes_brands_and_made_to_order() -> None:
    category = Category({}, {"contoh": (9, "Contoh")}, declares_no_gtin=True, days_to_ship=3)
    assert mapping.gtin_json("8991234567890", category) == {"gtin_code": "8991234567890"}
    assert mapping.gtin_json(None, category) == {"gtin_code": "00"}
    assert mapping.gtin_json(None, Category()) == {}
    assert mapping.brand_json(" CONTOH ", category) == {"brand_id": 9, "original_brand_name": "Contoh"}
    assert mapping.brand_json("Unknown", category)["brand_id"] == 0
    assert mapping.pre_order(7, category) == {"is_pre_order": True, "days_to_ship": 7}
    assert mapping.pre_order(None, category) == {"is_pre_order": False, "days_to_ship": 3}
