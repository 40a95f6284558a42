"""What an adapter learns of a shop only by asking: tree, attributes, brands, limits, couriers, pictures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.client import LEAF, Client, png
from tests.sandbox.conftest import Start


def test_every_leaf_of_the_tree_has_attributes_limits_and_brands(client: Client) -> None:
    rows = client.call("product/get_category", language="id")["category_list"]
    leafs = [row["category_id"] for row in rows if not row["has_children"]]
    parents = {row["category_id"] for row in rows if row["has_children"]}
    assert len(leafs) == 27
    assert all(row["parent_category_id"] in parents | {0} for row in rows)
    for start in range(0, len(leafs), 20):
        chunk = ",".join(map(str, leafs[start : start + 20]))
        found = client.call("product/get_attribute_tree", category_id_list=chunk, language="id")["list"]
        assert all(any(a["mandatory"] for a in row["attribute_tree"]) for row in found)
    mandatory = [leaf for leaf in leafs if brands(client, leaf)["is_mandatory"]]
    assert 1 <= len(mandatory) < len(leafs)


def brands(client: Client, leaf: int, **other: Any) -> dict[str, Any]:
    """The first brands of a leaf."""
    return client.call(
        "product/get_brand_list", **{"offset": 0, "page_size": 5, "category_id": leaf, "status": 1, **other}
    )


def test_brands_come_by_pages_and_per_category(client: Client) -> None:
    first = brands(client, LEAF)
    assert (first["has_next_page"], len(first["brand_list"])) == (True, 5)
    rest = brands(client, LEAF, offset=first["next_offset"], page_size=100)
    assert not {b["brand_id"] for b in first["brand_list"]} & {b["brand_id"] for b in rest["brand_list"]}
    lists = [{b["brand_id"] for b in brands(client, leaf, page_size=100)["brand_list"]} for leaf in (100103, 100104)]
    assert lists[0] != lists[1]
    stranger = min(lists[0] - lists[1])
    client.call(
        "product/add_item", client.body(category_id=100104, brand={"brand_id": stranger, "original_brand_name": "x"})
    )
    assert client.code == "product.error_invalid_brand"


def test_a_brand_that_is_asked_for_is_pending(client: Client) -> None:
    ask = {"original_brand_name": "Cap Kapal Kayu", "category_list": [100101], "brand_region": "ID",
           "product_image": {"image_id_list": []}}  # fmt: skip
    number = client.call("product/register_brand", ask)["brand_id"]
    assert [b["brand_id"] for b in brands(client, LEAF, status=2)["brand_list"]] == [number]
    assert number not in {b["brand_id"] for b in brands(client, LEAF, page_size=100)["brand_list"]}
    client.call("product/register_brand", ask)
    assert client.code == "product.error_busi_duplicated"
    client.call("product/register_brand", {**ask, "original_brand_name": "Lain", "category_list": [LEAF]})
    assert client.code == "product.error_invalid_category"


@pytest.mark.parametrize(("position", "beside"), [("beside", True), ("inside", False)])
def test_switch_gtin_rule_place(start: Start, position: str, beside: bool) -> None:
    client = start(switches={"shopee.gtin_rule_place": position})
    limits = client.call("product/get_item_limit", category_id=LEAF)
    assert ("gtin_limit" in client.answer, "gtin_limit" in limits) == (beside, not beside)
    assert limits["dts_limit"]["non_pre_order_days_to_ship"] == 2
    assert "dts_limit" not in client.call("product/get_item_limit")


def test_couriers_of_every_kind(client: Client) -> None:
    rows = client.call("logistics/get_channel_list")["logistics_channel_list"]
    assert any(row["mask_channel_id"] for row in rows)
    assert any(not row["enabled"] for row in rows)
    assert any(row["compulsory_channel"] and row["enabled"] for row in rows)
    assert {row["fee_type"] for row in rows} >= {"SIZE_INPUT", "SIZE_SELECTION"}


def test_guesses_and_values_of_the_marketplace(client: Client) -> None:
    assert LEAF in client.call("product/category_recommend", item_name="Cincin resam")["category_id"]
    guessed = client.call("product/get_recommend_attribute", item_name="Cincin", category_id=LEAF)["attribute_list"]
    assert {row["attribute_id"] for row in guessed} == {200002, 200003}
    ask = {"attribute_id": 200003, "value_name": "bangka", "cursor": 0, "limit": 2}
    first = client.call("product/search_attribute_value_list", ask)
    assert ("msg" in client.answer, first["page_info"]["has_next"]) == (True, True)
    rest = client.call("product/search_attribute_value_list", {**ask, "cursor": first["page_info"]["cursor"]})
    assert len(first["value_list"]) == 2
    assert {row["value_name"] for row in rest["value_list"]} == {"Bangka Tengah", "Bangka Selatan"}
    client.call("product/get_variation_tree", category_id=LEAF)
    assert client.answer["data"]["standardise_variation_list"][0]["variation_name"] == "Warna"


def test_languages_of_this_region(client: Client) -> None:
    client.call("product/get_category", language="fr")
    assert client.code == "product.error_invalid_language"


# --- pictures --------------------------------------------------------------------------------------------------------


def test_one_picture_has_both_answers(client: Client) -> None:
    answer = client.upload(png())
    assert answer["image_info"]["image_id"] == answer["image_info_list"][0]["image_info"]["image_id"]
    assert answer["image_info"]["image_url_list"][0]["image_url_region"] == "ID"


def test_each_picture_fails_by_itself_inside_a_successful_envelope(client: Client) -> None:
    rows = client.upload(png(), png(16), b"not a picture")["image_info_list"]
    assert client.code == ""
    assert [(row["id"], bool(row["error"])) for row in rows] == [(0, False), (1, True), (2, True)]


def test_the_same_picture_twice_has_two_ids(client: Client) -> None:
    assert client.picture() != client.picture()


@pytest.mark.parametrize(("scene", "code"), [("normal", ""), ("desc", ""), ("story", "media_space.error_param")])
def test_scenes(client: Client, scene: str, code: str) -> None:
    client.upload(png(), scene=scene)
    assert client.code == code


def test_at_most_nine_pictures_and_no_json(client: Client) -> None:
    client.upload(*[png()] * 10)
    assert client.code == "media_space.error_param"
    client.call("media_space/upload_image", {"url": "https://img.example/1"}, public=True)
    assert client.code == "media_space.error_param"


@pytest.mark.parametrize(("position", "code"), [("accepted", ""), ("refused", "error_sign")])
def test_switch_shop_signed_upload(start: Start, position: str, code: str) -> None:
    client = start(switches={"shopee.shop_signed_upload": position})
    client.upload(png(), public=False)
    assert client.code == code
    client.upload(png())
    assert client.code == ""
