"""Listings: creating, changing, hiding, deleting and reading them (facts, sections 3.1 to 3.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.client import ATTRIBUTES, LEAF, Client
from tests.sandbox.conftest import Start

FOOD = 100122
"""A leaf with a number, a dropdown and (optional) a date among its attributes."""


# --- creating --------------------------------------------------------------------------------------------------------


def test_the_same_body_twice_makes_two_items(client: Client) -> None:
    """There is no idempotency key: that is the trap."""
    body = client.body()
    first = client.call("product/add_item", body)["item_id"]
    second = client.call("product/add_item", body)["item_id"]
    assert first != second
    assert len(client.shop.truth()) == 2


def test_switch_repeats_refuses_and_shows_the_first_one_late(start: Start) -> None:
    client = start(switches={"shopee.repeats": "refused"})
    body = client.body()
    item = client.call("product/add_item", body)["item_id"]
    client.call("product/add_item", body)
    assert client.code == "product.error_repeated_mtsku"
    assert client.listed() == []
    client.clock.advance(30)
    assert client.listed() == [item]


def test_a_half_built_item_is_listed_at_once_and_found_after_the_lag(client: Client) -> None:
    item = client.item("KRS-01")
    assert client.listed("UNLIST") == [item]
    assert client.search(item_sku="KRS-01") == []
    client.clock.advance(29.9)
    assert client.search(item_sku="KRS-01") == []
    client.clock.advance(0.2)
    assert client.search(item_sku="KRS-01") == [item]


def test_search_lags_behind_every_write(client: Client) -> None:
    item = client.item("OLD-1")
    client.clock.advance(31)
    client.call("product/update_item", {"item_id": item, "item_sku": "NEW-1"})
    assert (client.search(item_sku="OLD-1"), client.search(item_sku="NEW-1")) == ([item], [])
    client.clock.advance(20)
    client.call("product/update_item", {"item_id": item, "item_sku": "NEW-2"})
    client.clock.advance(11)
    assert client.search(item_sku="NEW-1") == [item]
    client.call("product/delete_item", {"item_id": item})
    client.clock.advance(31)
    assert client.search(item_sku="NEW-2", item_status="UNLIST") == []
    assert client.search(item_sku="NEW-2", item_status="SELLER_DELETE") == [item]


def test_in_fast_limits_readiness_and_lag_are_a_sixtieth(start: Start) -> None:
    client = start("fast")
    item = client.item("KRS-01")
    client.clock.advance(0.08)
    client.call("product/init_tier_variation", client.tiers(item, "KRS-01", [45000]))
    assert client.code == "product.error_item_not_found"
    client.clock.advance(0.01)
    client.call("product/init_tier_variation", client.tiers(item, "KRS-01", [45000]))
    assert client.code == ""
    client.clock.advance(0.45)
    assert client.search(item_sku="KRS-01") == [item]


def test_search_never_finds_a_models_sku(client: Client) -> None:
    client.tiered("KRS-01")
    client.clock.advance(60)
    assert client.search(item_sku="KRS-01-0") == []


def test_switches_of_the_search(start: Start) -> None:
    models = start(switches={"shopee.search_covers_models": "yes"})
    item, _ = models.tiered("KRS-01")
    models.clock.advance(60)
    assert models.search(item_sku="KRS-01-0") == [item]
    prefix = start(switches={"shopee.search_sku": "prefix"})
    one, two = prefix.item("KRS-01"), prefix.item("KRS-012")
    prefix.clock.advance(60)
    assert set(prefix.search(item_sku="KRS-01")) == {one, two}


@pytest.mark.parametrize(("position", "found"), [("normal", False), ("all", True)])
def test_switch_search_default(start: Start, position: str, found: bool) -> None:
    client = start(switches={"shopee.search_default": position})
    item = client.item("KRS-01")
    client.clock.advance(60)
    ids = client.call("product/search_item", page_size=10, item_sku="KRS-01")["item_id_list"]
    assert (ids == [item]) is found


def test_search_wants_a_name_or_a_sku_and_the_sku_wins(client: Client) -> None:
    client.call("product/search_item", page_size=10)
    assert client.code == "product.error_param"
    one, two = client.item("A-1", item_name="Kopiah resam"), client.item("A-2", item_name="Tudung saji")
    client.clock.advance(31)
    assert client.search(item_name="kopiah") == [one]
    assert client.search(item_name="kopiah", item_sku="A-2") == [two]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"item_name": "abc"}, "error_item_name_is_too_short"),
        ({"item_name": "a" * 256}, "error_title_exceeds_max_length"),
        ({"description": "short"}, "error_desc_length_min_limit"),
        ({"description": "#tag " * 19}, "error_desc_hash_tag_over_limit"),
        ({"image": {"image_id_list": []}}, "error_image_num_min"),
        ({"image": {"image_id_list": ["nowhere"]}}, "error_param"),
        ({"weight": 0}, "error_param"),
        ({"weight": 51}, "error_param"),
        ({"dimension": None}, "error_param"),
        ({"original_price": 45000.5}, "error_invalid_price"),
        ({"original_price": 99}, "error_price_exceed_min_limitt"),
        ({"original_price": 150_000_001}, "error_price_exceed_max_limitt"),
        ({"category_id": 100101}, "error_invalid_category"),
        ({"attribute_list": []}, "error_less_required_attribute"),
        ({"attribute_list": ATTRIBUTES[1:]}, "error_less_required_attribute"),
        ({"attribute_list": [*ATTRIBUTES, {"attribute_id": 200004}]}, "error_invalid_attribute_value"),
        ({"category_id": 100116}, "error_less_required_brand"),
        ({"brand": {"brand_id": 9, "original_brand_name": "Nowhere"}}, "error_invalid_brand"),
        ({"pre_order": {"is_pre_order": False, "days_to_ship": 3}}, "error_invalid_days_to_ship"),
        ({"pre_order": {"is_pre_order": True, "days_to_ship": 61}}, "error_param_dts_exceeds_max_limit"),
        ({"logistic_info": [{"logistic_id": 8000, "enabled": True}]}, "error_invalid_logistic_info"),  # off
        ({"logistic_info": [{"logistic_id": 80031, "enabled": True}]}, "error_invalid_logistic_info"),  # masked
        ({"logistic_info": [{"logistic_id": 8005, "enabled": True}]}, "error_invalid_logistic_info"),  # not compulsory
        ({"item_status": "BANNED"}, "error_param"),
        ({"condition": "OLD"}, "error_param"),
        ({"item_dangerous": 2}, "error_param"),
        ({"gtin_code": "123"}, "error_param"),
        ({"video_upload_id": ["sg_1"]}, "error_video_info_not_found"),
        ({"description_type": "extended"}, "error_param"),
        ({"seller_stock": [{"stock": -1}]}, "error_param"),
        ({"seller_stock": [{"stock": 10_000_001}]}, "error_param"),
        ({"seller_stock": [{"stock": 1, "location_id": "IDZ"}]}, "error_auth"),
    ],
)  # fmt: skip
def test_a_create_is_judged(client: Client, other: dict[str, Any], code: str) -> None:
    client.call("product/add_item", client.body(**other))
    assert client.code == f"product.{code}"
    assert client.status == 200
    assert client.shop.truth() == []


def test_a_courier_by_size_wants_the_size(client: Client) -> None:
    client.shop.control("PUT", "settings", {"couriers": {80051: True}})
    chosen = [{"logistic_id": 8003, "enabled": True}, {"logistic_id": 80051, "enabled": True}]
    client.call("product/add_item", client.body(logistic_info=chosen))
    assert client.code == "product.error_invalid_logistic_info"
    chosen[1]["size_id"] = 2
    client.item(logistic_info=chosen)


@pytest.mark.parametrize(
    ("position", "accepted"), [("bytes", False), ("utf16", False), ("points", True)]
)  # fmt: skip
def test_switch_length_counts(start: Start, position: str, accepted: bool) -> None:
    client = start(switches={"shopee.length_counts": position})
    client.call("product/add_item", client.body(item_name="a" * 254 + "\N{GRINNING FACE}"))
    assert (client.code == "") is accepted
    if position != "bytes":  # 253 letters and one that takes two units but four bytes
        client.item("B-1", item_name="a" * 253 + "\N{GRINNING FACE}")


def test_a_date_goes_in_as_a_stamp_and_comes_out_as_a_date(client: Client) -> None:
    """Section 3.9: asymmetric."""
    attributes = [
        {"attribute_id": 200001, "attribute_value_list": [{"value_id": 0, "original_value_name": "180"}]},
        {"attribute_id": 200003, "attribute_value_list": [{"value_id": 300013}]},
        {"attribute_id": 200006, "attribute_value_list": [{"value_id": 0, "original_value_name": "1798761600"}]},
    ]
    item = client.item(category_id=FOOD, attribute_list=attributes)
    rows = {row["attribute_id"]: row for row in client.base(item)["attribute_list"]}
    assert rows[200006]["attribute_value_list"][0]["original_value_name"] == "01/01/2027"
    assert (rows[200001]["is_mandatory"], rows[200006]["is_mandatory"]) == (True, False)
    assert rows[200003]["attribute_value_list"][0]["original_value_name"] == "Bangka Tengah"
    attributes[2]["attribute_value_list"] = [{"value_id": 0, "original_value_name": "01/01/2027"}]
    client.call("product/add_item", client.body(category_id=FOOD, attribute_list=attributes))
    assert client.code == "product.error_invalid_attribute_value"


def test_the_echo_has_an_object_and_a_number_where_reads_have_a_list_and_a_string(client: Client) -> None:
    echo = client.call("product/add_item", client.body())
    assert echo["price_info"] == {"current_price": 45000, "original_price": 45000}
    assert echo["weight"] == 0.25
    read = client.base(echo["item_id"])
    assert isinstance(read["price_info"], list)
    assert (read["weight"], read["deboost"]) == ("0.25", "false")
    assert read["brand"] == {"brand_id": 0, "original_brand_name": "NoBrand"}


@pytest.mark.parametrize(("position", "row"), [("absent", {"stock": 20}), ("empty", {"location_id": "", "stock": 20})])
def test_switch_echo_location(start: Start, position: str, row: dict[str, Any]) -> None:
    client = start(switches={"shopee.echo_location": position})
    assert client.call("product/add_item", client.body())["seller_stock"] == [row]


@pytest.mark.parametrize(("position", "value"), [("taxed", 49950), ("equal", 45000)])
def test_switch_inflated_price(start: Start, position: str, value: int) -> None:
    client = start(switches={"shopee.inflated_price": position})
    info = client.base(client.item())["price_info"][0]
    assert (info["original_price"], info["inflated_price_of_original_price"]) == (45000, value)


# --- changing --------------------------------------------------------------------------------------------------------


def test_a_list_that_is_sent_replaces_the_whole_list(client: Client) -> None:
    first, second = client.picture(), client.picture()
    item = client.item(image={"image_id_list": [first, second]})
    client.call("product/update_item", {"item_id": item, "image": {"image_id_list": [second]}})
    assert client.base(item)["image"]["image_id_list"] == [second]
    assert client.base(item)["item_name"] == "Gelang anyaman KRS-01"


def test_an_update_judges_the_whole_item(client: Client) -> None:
    item = client.item()
    client.call("product/update_item", {"item_id": item, "attribute_list": ATTRIBUTES[1:]})
    assert client.code == "product.error_less_required_attribute"
    client.call("product/update_item", {"item_id": item, "original_price": 1000})
    assert client.code == "product.error_param"


def test_weight_of_an_update_overwrites_every_models(client: Client) -> None:
    item, _ = client.tiered()
    client.call("product/update_item", {"item_id": item, "weight": 1.5})
    models = client.call("product/get_model_list", item_id=item)["model"]
    assert {model["weight"] for model in models} == {"1.5"}


@pytest.mark.parametrize(("position", "echoed"), [("unreliable", "UNLIST"), ("true", "NORMAL")])
def test_switch_update_echo(start: Start, position: str, echoed: str) -> None:
    client = start(switches={"shopee.update_echo": position})
    item = client.item()
    answer = client.call("product/update_item", {"item_id": item, "item_status": "NORMAL"})
    assert answer["item_status"] == echoed
    assert client.base(item)["item_status"] == "NORMAL"


def test_a_banned_item_is_not_edited_and_one_in_review_keeps_its_status(client: Client) -> None:
    item = client.item(item_status="NORMAL")
    client.shop.control("POST", "review", {"sku": "KRS-01", "verdict": "in_review"})
    client.call("product/update_item", {"item_id": item, "item_status": "NORMAL"})
    assert client.code == "product.error_busi_item_status_invalid"
    client.shop.control("POST", "ban", {"sku": "KRS-01"})
    client.call("product/update_item", {"item_id": item, "item_name": "Gelang baru"})
    assert client.code == "product.error_item_uneditable"


# --- hiding and deleting ---------------------------------------------------------------------------------------------


def test_both_lists_of_unlist_stand_side_by_side(client: Client) -> None:
    item = client.item()
    rows = [{"item_id": item, "unlist": False}, {"item_id": 5, "unlist": True}]
    answer = client.call("product/unlist_item", {"item_list": rows})
    assert client.code == ""
    assert answer["success_list"] == [{"item_id": item, "unlist": False}]
    assert [row["item_id"] for row in answer["failure_list"]] == [5]
    assert client.base(item)["item_status"] == "NORMAL"


def test_when_all_fail_the_call_fails_with_its_list(client: Client) -> None:
    answer = client.show(5)
    assert (client.status, client.code) == (200, "product.error_unlist_item_all_failed")
    assert [row["item_id"] for row in answer["failure_list"]] == [5]


@pytest.mark.parametrize("verdict", ["banned", "in_review"])
def test_banned_and_reviewed_items_are_not_delisted(client: Client, verdict: str) -> None:
    item = client.item(item_status="NORMAL")
    client.shop.control("POST", "review", {"sku": "KRS-01", "verdict": verdict})
    client.show(item, shown=False)
    assert client.code == "product.error_unlist_item_all_failed"


def test_a_deleted_item_is_readable_for_90_days(client: Client) -> None:
    item = client.item()
    client.call("product/delete_item", {"item_id": item})
    assert "response" not in client.answer
    assert client.base(item)["item_status"] == "SELLER_DELETE"
    assert (client.listed("UNLIST"), client.listed("SELLER_DELETE")) == ([], [item])
    assert client.shop.truth() == []
    client.stock(item, 3)
    assert client.code == "product.error_item_uneditable"
    client.clock.advance(90 * 86_400 + 1)
    client.authorise()
    client.base(item)
    assert client.code == "product.error_item_not_found"


@pytest.mark.parametrize("code", ["error_item_not_found", "error_cannot_delete_item"])
def test_switch_delete_twice(start: Start, code: str) -> None:
    client = start(switches={"shopee.delete_twice": code})
    item = client.item()
    client.call("product/delete_item", {"item_id": item})
    client.call("product/delete_item", {"item_id": item})
    assert client.code == f"product.{code}"


# --- reading ---------------------------------------------------------------------------------------------------------


def test_pages_shift_while_items_come_in(client: Client) -> None:
    """The newest stand first, so a page by offset repeats what it showed before."""
    for number in range(4):
        client.item(f"A-{number}")
        client.clock.advance(1)
    first = client.call("product/get_item_list", offset=0, page_size=2, item_status="UNLIST")
    assert (first["has_next_page"], first["next_offset"], first["total_count"]) == (True, 2, 4)
    client.item("A-9")
    second = client.call("product/get_item_list", offset=2, page_size=2, item_status="UNLIST")
    assert first["item"][1] == second["item"][0]


@pytest.mark.parametrize(("position", "offset"), [("zero", 0), ("count", 1)])
def test_switch_page_end_offset(start: Start, position: str, offset: int) -> None:
    client = start(switches={"shopee.page_end_offset": position})
    client.item()
    found = client.call("product/get_item_list", offset=0, page_size=5, item_status="UNLIST")
    assert (found["has_next_page"], found["next_offset"]) == (False, offset)


def test_pages_end_somewhere(client: Client) -> None:
    client.call("product/get_item_list", offset=10_001, page_size=5, item_status="UNLIST")
    assert client.answer["message"] == "get items offset over limit, please use the next field"
    client.call("product/get_item_list", offset=0, page_size=5, item_status="DELETED")
    assert client.code == "product.error_param_item_status"
    client.call(
        "product/get_item_list", offset=0, page_size=5, item_status="NORMAL", update_time_from=2, update_time_to=1
    )
    assert client.code == "product.error_update_time_range"


def test_update_time_tells_of_content_but_not_of_prices(client: Client) -> None:
    item = client.item()
    before = client.base(item)["update_time"]
    client.clock.advance(100)
    client.price(item, (0, 50000))
    assert client.base(item)["update_time"] == before
    client.call("product/update_item", {"item_id": item, "item_name": "Gelang lain"})
    assert client.base(item)["update_time"] == before + 100


def test_ids_that_do_not_exist_are_silently_missing(client: Client) -> None:
    item = client.item()
    found = client.call("product/get_item_base_info", item_id_list=f"{item},7")
    assert [row["item_id"] for row in found["item_list"]] == [item]
    client.call("product/get_item_base_info", item_id_list="7")
    assert client.code == "product.error_item_not_found"


@pytest.mark.parametrize(("position", "row"), [
    ("id", {"location_id": "IDZ", "stock": 20, "if_saleable": True}),
    ("empty", {"location_id": "", "stock": 20, "if_saleable": True}),
    ("absent", {"stock": 20, "if_saleable": True}),
])  # fmt: skip
def test_switch_location_in_reads(start: Start, position: str, row: dict[str, Any]) -> None:
    client = start(switches={"shopee.location_in_reads": position})
    assert client.base(client.item())["stock_info_v2"]["seller_stock"] == [row]


def test_more_that_can_be_read_of_items(client: Client) -> None:
    item = client.item(item_status="NORMAL")
    client.shop.control("POST", "orders", {"lines": [{"sku": "KRS-01", "quantity": 3}]})
    assert client.call("product/get_item_extra_info", item_id_list=item)["item_list"][0]["sale"] == 3
    client.shop.control("POST", "ban", {"sku": "KRS-01"})
    rows = client.call("product/get_item_violation_info", item_id_list=f"{item},7")["item_list"]
    assert "error" not in client.answer  # as it was measured (section 5)
    assert rows[0]["item_status_details"][0]["violation_type"]
    assert rows[1]["fail_error"] == "error_item_not_found"


# --- in a batch ------------------------------------------------------------------------------------------------------


def test_a_batch_is_taken_in_and_asked_for_later(client: Client) -> None:
    bodies = [client.body("A-1"), client.body("A-2", category_id=1), client.body("A-3")]
    task = client.call("product/batch_add_item", {"item_list": bodies})["task_id"]
    asked = {"task_type": 4, "task_id": task}
    assert client.call("product/get_batch_task_result", **asked)["publish_status"] == 1
    client.clock.advance(60)
    done = client.call("product/get_batch_task_result", **asked)
    assert (done["publish_status"], len(done["success_list"]), len(done["failed_list"])) == (2, 2, 1)
    assert {listing["code"] for listing in client.shop.truth()} == {"A-1", "A-3"}
    client.call("product/get_batch_task_result", task_type=1, task_id=task)
    assert client.code == "product.error_param"


def test_the_leaf_of_these_tests_is_a_leaf(client: Client) -> None:
    rows = client.call("product/get_category", language="id")["category_list"]
    assert {row["category_id"]: row["has_children"] for row in rows}[LEAF] is False
