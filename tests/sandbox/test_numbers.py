"""Prices, stock, promotions and holidays (facts, sections 3.6 and 3.7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.client import Client
from tests.sandbox.conftest import Start

PROMOTION_S = 100


def promote(client: Client, sku: str, reserve: int = 0, locks: bool = False, start: float | None = None) -> None:
    """A promotion of one offer: a day from now on, or 100 s from `start` on."""
    span = {} if start is None else {"from": start, "to": start + PROMOTION_S}
    client.shop.control("POST", "promotions", {"sku": sku, "reserve": reserve, "locks": locks, **span})


def offer(client: Client, sku: str) -> dict[str, Any]:
    """The truth of one offer."""
    return next(v for listing in client.shop.truth() for v in listing["variants"] if v["sku"] == sku)


# --- prices ----------------------------------------------------------------------------------------------------------


def test_a_plain_items_echo_has_no_model_id(client: Client) -> None:
    assert client.price(client.item(), (0, 50000))["success_list"] == [{"original_price": 50000}]


def test_part_of_a_price_list_may_fail_under_a_clean_envelope(client: Client) -> None:
    item, (first, _) = client.tiered()
    answer = client.price(item, (first, 46000), (999, 46000))
    assert (client.status, client.code) == (200, "")
    assert answer["success_list"] == [{"model_id": first, "original_price": 46000}]
    assert [row["model_id"] for row in answer["failure_list"]] == [999]
    assert (offer(client, "KRS-01-0")["price"], offer(client, "KRS-01-1")["price"]) == (46000, 47000)


def test_when_all_fail_the_list_still_stands_in_the_body(client: Client) -> None:
    item, _ = client.tiered()
    answer = client.price(item, (999, 46000))
    assert (client.code, client.answer["message"]) == (
        "product.error_update_price_fail", "Update price failed, please try later.",
    )  # fmt: skip
    assert [row["model_id"] for row in answer["failure_list"]] == [999]


def test_the_ratio_counts_models_that_were_not_sent(client: Client) -> None:
    item, (first, second) = client.tiered()
    client.price(item, (first, 47000 * 7 + 1))
    assert client.code == "product.error_update_price_fail"
    assert offer(client, "KRS-01-0")["price"] == 45000
    client.price(item, (first, 47000 * 7))
    assert client.code == ""
    client.price(item, (first, 700_000), (second, 100_000))
    assert client.code == ""


@pytest.mark.parametrize("case", ["deleted", "model missing"])
def test_other_refusals_collapse_into_the_same_code(client: Client, case: str) -> None:
    item, models = client.tiered()
    if case == "deleted":
        client.call("product/delete_item", {"item_id": item})
        client.price(item, (models[0], 46000))
    else:
        client.price(item, (0, 46000))
    assert client.code == "product.error_update_price_fail"
    assert client.answer["response"]["failure_list"]


@pytest.mark.parametrize("price", [45000.5, 99, 150_000_001])
def test_prices_are_whole_rupiah_within_limits(client: Client, price: float) -> None:
    client.price(client.item(), (0, price))
    assert client.code == "product.error_update_price_fail"
    assert offer(client, "KRS-01")["price"] == 45000


def test_a_promotion_locks_the_price_from_its_scheduling_on(client: Client) -> None:
    item = client.item(item_status="NORMAL")
    soon = client.clock.now().timestamp() + 3600
    promote(client, "KRS-01", locks=True, start=soon)
    client.price(item, (0, 50000))
    assert client.code == "product.error_cannt_edit_price_in_promotion"
    client.call("product/update_item", {"item_id": item, "item_name": "Gelang lain"})
    assert client.code == "product.error_cannt_edit_name_in_promotion"
    client.show(item, shown=False)
    assert client.code == "product.error_unlist_item_all_failed"
    client.call("product/delete_item", {"item_id": item})
    assert client.code == "product.error_cannt_delete_in_promotion"
    client.clock.advance(3701)
    client.price(item, (0, 50000))
    assert client.code == ""


# --- stock -----------------------------------------------------------------------------------------------------------


def test_stock_is_absolute_and_may_be_zero(client: Client) -> None:
    item = client.item(item_status="NORMAL")
    client.stock(item, 7)
    client.stock(item, 0)
    assert (offer(client, "KRS-01")["stock"], client.shop.truth()[0]["status"]) == (0, "live_oos")
    assert client.call("product/get_item_base_info", item_id_list=item)["item_list"][0]["item_status"] == "NORMAL"


def test_models_want_their_ids(client: Client) -> None:
    item, (first, _) = client.tiered()
    client.stock(item, 3)
    assert client.code == "product.error_edit_item_stock_for_item_has_model"
    rows = [{"model_id": first, "seller_stock": [{"stock": 1}]}] * 2
    client.call("product/update_stock", {"item_id": item, "stock_list": rows})
    assert (client.code, client.answer["message"]) == ("product.error_param", "Repeat model_id.")
    client.stock(item, 3, first)
    assert offer(client, "KRS-01-0")["stock"] == 3


@pytest.mark.parametrize(("position", "code"), [("row", "error_busi_update_stock_failed"), ("call", "error_param")])
def test_switch_unknown_model(start: Start, position: str, code: str) -> None:
    client = start(switches={"shopee.unknown_model": position})
    item, _ = client.tiered()
    client.stock(item, 3, 999)
    assert client.code == f"product.{code}"


def test_stock_outside_the_range_fails_its_row(client: Client) -> None:
    item, (first, second) = client.tiered()
    rows = [{"model_id": m, "seller_stock": [{"stock": n}]} for m, n in ((first, 10_000_001), (second, 4))]
    answer = client.call("product/update_stock", {"item_id": item, "stock_list": rows})
    assert client.code == ""
    assert answer["failure_list"][0]["failed_reason"] == f"Stock should be within 0-10000000 for model {first}"
    assert (offer(client, "KRS-01-0")["stock"], offer(client, "KRS-01-1")["stock"]) == (8, 4)


@pytest.mark.parametrize(("position", "lists"), [
    ("missing", {"success_list": [{"stock": 4}]}),
    ("null", {"success_list": [{"stock": 4}], "failure_list": None}),
    ("empty", {"success_list": [{"stock": 4}], "failure_list": []}),
])  # fmt: skip
def test_switch_empty_lists(start: Start, position: str, lists: dict[str, Any]) -> None:
    client = start(switches={"shopee.empty_lists": position})
    assert client.stock(client.item(), 4) == lists


def test_reserved_pieces_are_a_floor_also_before_the_promotion(client: Client) -> None:
    item = client.item(item_status="NORMAL")
    soon = client.clock.now().timestamp() + 3600
    promote(client, "KRS-01", 5, start=soon)
    answer = client.stock(item, 4)
    assert client.code == "product.error_busi_update_stock_failed"
    assert answer["failure_list"][0]["failed_reason"] == "Stock should be larger than 5 (reserve stock number)"
    client.stock(item, 5)
    assert client.code == ""


def test_switch_reserved_floor(start: Start) -> None:
    client = start(switches={"shopee.reserved_floor": "call"})
    item = client.item(item_status="NORMAL")
    promote(client, "KRS-01", 5)
    client.stock(item, 4)
    assert (client.code, client.answer["message"]) == (
        "product.error_auth", "Total stock must be more than reserved stock.",
    )  # fmt: skip


def test_a_promotion_moves_stock_out_and_gives_it_back(client: Client) -> None:
    item = client.item(item_status="NORMAL")
    now = client.clock.now().timestamp()
    promote(client, "KRS-01", 5, start=now + 100)
    promotion = client.call("product/get_item_promotion", item_id_list=item)["success_list"][0]["promotion"][0]
    assert (promotion["promotion_staging"], promotion["promotion_id"] > 2**53) == ("upcoming", True)
    assert promotion["promotion_stock_info_v2"]["summary_info"]["total_reserved_stock"] == 5
    seen = []
    for _ in range(3):
        stock = client.base(item)["stock_info_v2"]
        seen.append((stock["seller_stock"][0]["stock"], stock["summary_info"]["total_reserved_stock"]))
        client.clock.advance(100)
    assert seen == [(20, 0), (15, 5), (20, 0)]


@pytest.mark.parametrize("code", ["error_holiday_mode_change_stock", "error_auth"])
def test_a_holiday_blocks_stock_creates_and_deletes(start: Start, code: str) -> None:
    client = start(switches={"shopee.holiday_error": code})
    item = client.item()
    client.call("shop/set_shop_holiday_mode", {"holiday_mode_on": True})
    client.stock(item, 3)
    assert client.code == f"product.{code}"
    assert ("holiday mode" in client.answer["message"]) is True
    client.call("product/add_item", client.body("A-1"))
    assert client.code == "product.error_holiday_on_add_item"
    client.call("product/delete_item", {"item_id": item})
    assert client.code == "product.error_holiday_on_del_item"
    client.price(item, (0, 50000))
    assert client.code == ""
    assert client.call("shop/get_shop_holiday_mode")["holiday_mode_on"] is True
    client.shop.control("POST", "holiday", {"on": False})
    client.stock(item, 3)
    assert client.code == ""


# --- locations -------------------------------------------------------------------------------------------------------


def test_an_ordinary_shop_has_no_locations(client: Client) -> None:
    client.call("shop/get_warehouse_detail")
    assert client.code == "warehouse.error_not_in_whitelist"
    row = {"seller_stock": [{"stock": 3, "location_id": "IDZ"}]}
    client.call("product/update_stock", {"item_id": client.item(), "stock_list": [row]})
    assert client.code == "product.error_auth"


def test_the_choice_of_a_location_is_sticky(client: Client) -> None:
    plain = client.item("A-1")
    client.shop.control("PUT", "settings", {"multi_warehouse": True})
    client.call("shop/get_warehouse_detail")
    assert [row["location_id"] for row in client.answer["response"]] == ["IDZ", "IDB"]
    client.call("product/add_item", client.body("A-2"))
    assert client.code == "product.error_busi"
    located = client.item("A-3", seller_stock=[{"stock": 3, "location_id": "IDB"}])
    client.stock(located, 4)
    assert client.answer["message"].startswith("Lack of location_id")
    row: dict[str, Any] = {"seller_stock": [{"stock": 3, "location_id": "IDB"}]}
    answer = client.call("product/update_stock", {"item_id": located, "stock_list": [row]})
    assert answer["success_list"] == [{"location_id": "IDB", "stock": 3}]
    assert client.base(located)["stock_info_v2"]["seller_stock"][0]["location_id"] == "IDB"
    client.call("product/update_stock", {"item_id": plain, "stock_list": [row]})
    assert "different stock structure" in client.answer["message"]
    row = {"seller_stock": [{"stock": 3, "location_id": "IDX"}]}
    client.call("product/update_stock", {"item_id": located, "stock_list": [row]})
    assert client.code == "product.error_inner"
