"""Tiers and models (facts, section 3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.client import Client
from tests.sandbox.conftest import Start


def models_of(client: Client, item: int) -> dict[str, dict[str, Any]]:
    """{SKU: what get_model_list says of it}."""
    return {model["model_sku"]: model for model in client.call("product/get_model_list", item_id=item)["model"]}


def update(client: Client, item: int, options: list[str], kept: list[tuple[int, list[int]]]) -> None:
    """update_tier_variation to these options, with these models."""
    tier = {"name": "Warna", "option_list": [{"option": option} for option in options]}
    rows = [{"model_id": model, "tier_index": index} for model, index in kept]
    client.call("product/update_tier_variation", {"item_id": item, "tier_variation": [tier], "model_list": rows})


@pytest.mark.parametrize("code", ["error_item_not_found", "error_busi"])
def test_variations_are_refused_before_five_seconds(start: Start, code: str) -> None:
    client = start(switches={"shopee.early_variation_error": code})
    item = client.item()
    client.clock.advance(4.9)
    client.call("product/init_tier_variation", client.tiers(item, "KRS-01", [45000]))
    assert (client.status, client.code) == (200, f"product.{code}")
    assert client.listed("UNLIST") == [item]
    client.clock.advance(0.2)
    client.call("product/init_tier_variation", client.tiers(item, "KRS-01", [45000]))
    assert client.code == ""


def test_an_item_with_models_has_no_price_of_its_own(client: Client) -> None:
    item, (first, _) = client.tiered()
    info = client.base(item)
    assert info["has_model"] is True
    assert "price_info" not in info
    model = models_of(client, item)["KRS-01-0"]
    assert (model["model_id"], model["tier_index"], model["weight"]) == (first, [0], "0.25")
    assert model["price_info"][0]["original_price"] == 45000


def test_both_forms_of_tiers_are_taken_and_answered_in_the_old_one(client: Client) -> None:
    item = client.item()
    client.clock.advance(5)
    old = {"name": "Ukuran", "option_list": [{"option": "S"}, {"option": "M"}]}
    rows = [{"tier_index": [n], "original_price": 45000, "seller_stock": [{"stock": 1}]} for n in range(2)]
    answer = client.call("product/init_tier_variation", {"item_id": item, "tier_variation": [old], "model": rows})
    assert answer["tier_variation"] == [old]
    assert (
        client.call("product/get_model_list", item_id=item)["standardise_tier_variation"][0]["variation_name"]
        == "Ukuran"
    )


def test_variations_of_shopees_own_go_by_their_ids(client: Client) -> None:
    item = client.item()
    client.clock.advance(5)
    options = [{"variation_option_id": 500011}, {"variation_option_id": 0, "variation_option_name": "Kuning"}]
    tier = {"variation_id": 500001, "variation_option_list": options}
    ask = {**client.tiers(item, "KRS-01", [45000, 47000]), "standardise_tier_variation": [tier]}
    client.call("product/init_tier_variation", ask)
    [read] = client.call("product/get_model_list", item_id=item)["standardise_tier_variation"]
    assert (read["variation_id"], read["variation_name"]) == (500001, "Warna")
    assert [(o["variation_option_id"], o["variation_option_name"]) for o in read["variation_option_list"]] == [
        (500011, "Merah"), (0, "Kuning"),
    ]  # fmt: skip
    for wrong in ({**tier, "variation_id": 7}, {**tier, "variation_option_list": [{"variation_option_id": 7}]}):
        other = client.item(f"B-{wrong['variation_id']}")
        client.clock.advance(5)
        client.call("product/init_tier_variation", {**ask, "item_id": other, "standardise_tier_variation": [wrong]})
        assert client.code == "product.error_param"


def test_a_repeat_of_init_is_refused(client: Client) -> None:
    item, _ = client.tiered()
    client.call("product/init_tier_variation", client.tiers(item, "KRS-01", [45000, 47000]))
    assert (client.code, client.answer["message"]) == (
        "product.error_param", "The level of tier-variation not change.",
    )  # fmt: skip


def test_a_change_of_tiers_ends_every_model_id(client: Client) -> None:
    item, old = client.tiered()
    tiers = [{"name": name, "option_list": [{"option": "A"}, {"option": "B"}]} for name in ("Warna", "Ukuran")]
    rows = [
        {"tier_index": [n, 0], "model_sku": f"KRS-01-{n}", "original_price": 45000, "seller_stock": [{"stock": 1}]}
        for n in range(2)
    ]
    client.call("product/init_tier_variation", {"item_id": item, "tier_variation": tiers, "model": rows})
    assert not set(old) & {model["model_id"] for model in models_of(client, item).values()}
    client.price(item, (old[0], 46000))
    assert client.code == "product.error_update_price_fail"


def test_tiers_can_be_taken_away(client: Client) -> None:
    item, _ = client.tiered()
    one = {"tier_index": [], "original_price": 50000, "seller_stock": [{"stock": 4}]}
    ask = {"item_id": item, "tier_variation": [], "standardise_tier_variation": [], "model": [one]}
    client.call("product/init_tier_variation", ask)
    assert client.base(item)["price_info"][0]["original_price"] == 50000
    assert models_of(client, item) == {}


def test_models_left_out_of_a_structure_write_are_deleted(client: Client) -> None:
    item, (first, _) = client.tiered()
    update(client, item, ["Merah", "Biru", "Hijau"], [(first, [2])])
    assert client.code == ""
    assert {sku: model["tier_index"] for sku, model in models_of(client, item).items()} == {"KRS-01-0": [2]}
    assert [variant["sku"] for variant in client.shop.truth()[0]["variants"]] == ["KRS-01-0"]


def test_a_structure_write_that_would_leave_nothing_is_refused(client: Client) -> None:
    item, (first, second) = client.tiered()
    update(client, item, ["Merah", "Biru"], [])
    assert client.code == "product.error_busi_cannot_delete_all_model"
    update(client, item, ["Merah", "Biru"], [(first, [0]), (first, [1])])
    assert client.code == "product.error_duplicate_modelid"
    update(client, item, ["Merah", "Biru"], [(7, [0])])
    assert client.code == "product.error_wrong_modelid"
    update(client, item, ["Merah", "Biru"], [(first, [0]), (second, [0])])
    assert client.code == "product.error_model_duplicate_tier_variation_index"
    two = [{"name": "A", "option_list": [{"option": "a"}]}, {"name": "B", "option_list": [{"option": "b"}]}]
    client.call("product/update_tier_variation", {"item_id": item, "tier_variation": two})
    assert client.code == "product.error_tier_var_level_not_same"


def test_a_new_model_wants_its_option_first(client: Client) -> None:
    item, (first, second) = client.tiered()
    row = {"tier_index": [2], "original_price": 46000, "model_sku": "KRS-01-2", "seller_stock": [{"stock": 5}]}
    client.call("product/add_model", {"item_id": item, "model_list": [row]})
    assert client.code == "product.error_param"
    update(client, item, ["Merah", "Biru", "Hijau"], [(first, [0]), (second, [1])])
    made = client.call("product/add_model", {"item_id": item, "model_list": [row]})["model"]
    assert models_of(client, item)["KRS-01-2"]["model_id"] == made[0]["model_id"]


@pytest.mark.parametrize("code", ["error_model_duplicate_tier_variation_index", "error_param"])
def test_switch_add_model_repeat(start: Start, code: str) -> None:
    client = start(switches={"shopee.add_model_repeat": code})
    item, _ = client.tiered()
    row = {"tier_index": [1], "original_price": 46000, "seller_stock": [{"stock": 5}]}
    client.call("product/add_model", {"item_id": item, "model_list": [row]})
    assert client.code == f"product.{code}"


def test_a_plain_item_takes_no_models(client: Client) -> None:
    item = client.item()
    row = {"tier_index": [0], "original_price": 46000, "seller_stock": [{"stock": 5}]}
    client.call("product/add_model", {"item_id": item, "model_list": [row]})
    assert client.code == "product.error_param"


def test_a_models_sku_and_parcel_can_be_changed(client: Client) -> None:
    item, (first, _) = client.tiered()
    rows = [{"model_id": first, "model_sku": "KRS-RED", "weight": 0.75}]
    client.call("product/update_model", {"item_id": item, "model": rows})
    assert "response" not in client.answer
    assert models_of(client, item)["KRS-RED"]["weight"] == "0.75"
    client.call("product/update_model", {"item_id": item, "model": [{"model_id": 7, "model_sku": "X"}]})
    assert client.code == "product.error_model_invalid_model_id"
    side = {"package_length": 1, "package_width": 1, "package_height": 1}
    client.call(
        "product/update_model", {"item_id": item, "model": [{"model_id": first, "model_sku": "X", "dimension": side}]}
    )
    assert client.code == "product.error_param"


def test_the_last_model_cannot_go(client: Client) -> None:
    item, (first, second) = client.tiered()
    client.call("product/delete_model", {"item_id": item, "model_id": first})
    assert client.code == ""
    client.call("product/delete_model", {"item_id": item, "model_id": second})
    assert client.code == "product.error_busi_cannot_delete_default_model"
    client.call("product/delete_model", {"item_id": item, "model_id": first})
    assert client.code == "product.error_model_invalid_model_id"


def _tiers(**other: Any) -> dict[str, Any]:
    return {"name": "Warna", "option_list": [{"option": "Merah"}, {"option": "Biru"}], **other}


@pytest.mark.parametrize(
    ("tiers", "code"),
    [
        ([_tiers(name="Warna yang panjang")], "error_tier_opt_val_too_long"),
        ([_tiers(option_list=[{"option": "Merah"}, {"option": "merah"}])], "error_model_duplicate_name"),
        ([_tiers(option_list=[{"option": f"{n}"} for n in range(51)])], "error_tier_opt_too_many"),
        ([_tiers(), _tiers(name="B"), _tiers(name="C")], "error_param"),
        ([_tiers(option_list=[{"option": "Merah", "image": {"image_id": "x"}}, {"option": "Biru"}])],
         "error_tier_img_partial"),
        ([_tiers(), _tiers(name="B")], "error_param"),  # tier_index of one level only
    ],
)  # fmt: skip
def test_tiers_are_judged(client: Client, tiers: list[dict[str, Any]], code: str) -> None:
    item = client.item()
    client.clock.advance(5)
    row = {"tier_index": [0], "original_price": 45000, "seller_stock": [{"stock": 1}]}
    client.call("product/init_tier_variation", {"item_id": item, "tier_variation": tiers, "model": [row]})
    assert client.code == f"product.{code}"


def test_models_are_judged(client: Client) -> None:
    item = client.item()
    client.clock.advance(5)
    ask = client.tiers(item, "KRS-01", [1000, 7001])
    client.call("product/init_tier_variation", ask)
    assert client.code == "product.error_invalid_price"
    ask["model"][1]["original_price"] = 7000
    ask["model"][1]["tier_index"] = [0]
    client.call("product/init_tier_variation", ask)
    assert client.code == "product.error_model_duplicate_tier_variation_index"


def test_promotions_lock_the_structure(client: Client) -> None:
    item, (first, second) = client.tiered(item_status="NORMAL")
    client.shop.control("POST", "promotions", {"sku": "KRS-01-1", "reserve": 2, "locks": []})
    client.call("product/delete_model", {"item_id": item, "model_id": second})
    assert client.code == "product.error_model_remove_model_in_promotion"
    update(client, item, ["Merah", "Biru"], [(first, [0])])
    assert client.code == "product.error_in_item_promotion_remove_model"
    one = {"tier_index": [], "original_price": 50000, "seller_stock": [{"stock": 4}]}
    client.call("product/init_tier_variation", {"item_id": item, "tier_variation": [], "model": [one]})
    assert client.code == "product.error_cannt_init_tier_in_promotion"
