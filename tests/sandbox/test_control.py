"""The calls under /_sandbox/, by HTTP and without it (SANDBOX.md's table)."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox.market import CallSeen
from tests.sandbox.client import LEAF, Client
from tests.sandbox.conftest import Start


def control(client: Client, method: str, name: str, body: Any = None) -> Any:
    """A control call by HTTP."""
    reply = client.raw(method, f"/_sandbox/{name}", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


# --- the truth -------------------------------------------------------------------------------------------------------


def test_listings_tell_the_truth(client: Client) -> None:
    item, (first, second) = client.tiered("KRS-01", item_status="NORMAL")
    client.shop.control("POST", "promotions", {"sku": "KRS-01-1", "reserve": 4})
    [listing] = control(client, "GET", "listings")
    assert listing == client.shop.truth()[0]
    assert (listing["external_id"], listing["code"], listing["status"]) == (str(item), "KRS-01", "live")
    assert listing["fronts"] == [{"front": "shopee", "status": "live"}]
    assert listing["created_at"].startswith("2026-11-24T03:00:00")
    assert listing["variants"] == [
        {"external_id": str(first), "sku": "KRS-01-0", "price": 45000, "sale_price": None, "stock": 8, "sellable": 8,
         "reserved": 0, "total": 8, "location": None},
        {"external_id": str(second), "sku": "KRS-01-1", "price": 47000, "sale_price": None, "stock": 9, "sellable": 5,
         "reserved": 4, "total": 9, "location": None},
    ]  # fmt: skip


def test_a_plain_item_is_one_variant_and_deleted_ones_are_left_out(client: Client) -> None:
    gone, item = client.item("A-1"), client.item("A-2")
    client.call("product/delete_item", {"item_id": gone})
    [listing] = client.shop.truth()
    assert (listing["status"], listing["variants"][0]["external_id"]) == ("hidden", str(item))
    assert listing["variants"][0]["sku"] == "A-2"


def test_calls_are_counted_by_what_they_do(client: Client) -> None:
    body = client.body()
    control(client, "DELETE", "calls")
    client.picture()
    client.call("product/add_item", body)
    client.listed()
    client.refreshed(client.refresh_token)
    client.show(5)  # a write that fails is a write
    counted = control(client, "GET", "calls")
    assert (counted["total"], counted["writes"], counted["reads"]) == (5, 2, 1)
    assert counted["by_operation"]["/api/v2/media_space/upload_image"] == 1
    assert {"throttled", "raised_over_sale", "oversold"} <= set(counted)
    control(client, "DELETE", "calls")
    assert control(client, "GET", "calls")["total"] == 0


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["rate_per_s", "hidden_limit"])
def test_limits_refuse_and_let_in_again(client: Client, setting: str) -> None:
    control(client, "PUT", "settings", {setting: 3})
    codes = []
    for _ in range(4):
        client.call("shop/get_shop_info")
        codes.append(client.code)
    assert codes == ["", "", "", "error_rate_limit"]
    assert client.shop.calls()["throttled"] == 1
    client.clock.advance(1)
    client.call("shop/get_shop_info")
    assert client.code == ""


def test_latency_and_settings_left_out_stay(client: Client) -> None:
    control(client, "PUT", "settings", {"latency_ms": [200, 200]})
    control(client, "PUT", "settings", {"seed": 3})
    before = client.clock.monotonic()
    client.call("shop/get_shop_info")
    assert client.clock.monotonic() - before == pytest.approx(0.2)
    assert client.raw("PUT", "/_sandbox/settings", json={"nothing": 1}).status_code == 400


def _codes(client: Client, calls: int) -> list[str]:
    """The codes of some calls in a row."""
    codes = []
    for _ in range(calls):
        client.call("shop/get_shop_info")
        codes.append(client.code)
    return codes


def test_the_daily_quota_begins_anew_at_midnight_in_utc_8(client: Client) -> None:
    client.clock.advance(13 * 3600 - 60)
    client.authorise()
    control(client, "DELETE", "state")
    control(client, "PUT", "settings", {"daily_quota": 2})
    assert _codes(client, 3) == ["", "", "error_limit"]
    client.clock.advance(59)
    client.refreshed(client.refresh_token)
    assert client.code == "error_limit"  # it counts for the app, token calls too
    client.clock.advance(1)
    assert _codes(client, 1) == [""]


def test_in_fast_limits_a_day_of_the_quota_is_24_minutes(start: Start) -> None:
    client = start("fast")
    control(client, "PUT", "settings", {"daily_quota": 2})
    assert _codes(client, 3) == ["", "", "error_limit"]
    client.clock.advance(24 * 60)
    assert _codes(client, 1) == [""]


def test_a_review_takes_its_time_and_ends_as_it_was_told(client: Client) -> None:
    control(client, "PUT", "settings", {"review_delay_s": 30})
    good, bad = client.item("A-1"), client.item("A-2")
    for item in (good, bad):
        client.show(item)
        assert client.base(item)["item_status"] == "REVIEWING"
    control(client, "POST", "review", {"sku": "A-2", "verdict": "rejected"})
    client.show(good, shown=False)
    assert client.code == "product.error_unlist_item_all_failed"
    client.clock.advance(31)
    assert [client.base(item)["item_status"] for item in (good, bad)] == ["NORMAL", "BANNED"]
    assert {listing["code"]: listing["status"] for listing in client.shop.truth()} == {"A-1": "live", "A-2": "banned"}


# --- the seller at the app -------------------------------------------------------------------------------------------


def test_a_listing_made_by_hand_can_be_read_found_and_changed(client: Client) -> None:
    rows = [
        {"title": "Madu pelawan", "code": "MDP", "variants": [{"sku": "MDP-1", "price": 90000, "stock": 3},
                                                              {"sku": "MDP-2", "price": 95000, "stock": 4}]},
        {"title": "Tanpa SKU", "variants": [{"price": 5000, "stock": 1}]},
        {"title": "Satu varian", "code": "SV", "variants": [{"sku": "SV-1", "price": 5000, "stock": 1}]},
    ]  # fmt: skip
    first, *_ = control(client, "POST", "listings", rows)
    truth = {listing["title"]: listing for listing in client.shop.truth()}
    assert [v["sku"] for v in truth["Madu pelawan"]["variants"]] == ["MDP-1", "MDP-2"]
    assert (truth["Tanpa SKU"]["code"], truth["Tanpa SKU"]["variants"][0]["sku"]) == (None, None)
    assert (truth["Satu varian"]["code"], truth["Satu varian"]["variants"][0]["sku"]) == ("SV", "SV-1")
    client.clock.advance(31)
    assert client.search(item_sku="MDP") == [int(first)]
    client.call("product/update_item", {"item_id": int(first), "item_name": "Madu pelawan asli"})
    assert client.code == ""


def test_a_sellers_edits_show(client: Client) -> None:
    item = client.item("A-1", item_status="NORMAL")
    edit = {"sku": "A-1", "price": 51000, "sale_price": 49000, "stock": 2, "title": "Nama baru"}
    control(client, "POST", "edit", edit)
    [listing] = client.shop.truth()
    variant = listing["variants"][0]
    assert (listing["title"], variant["price"], variant["sale_price"], variant["stock"]) == (
        "Nama baru",
        51000,
        49000,
        2,
    )
    assert client.base(item)["price_info"][0]["current_price"] == 49000
    control(
        client, "POST", "edit", {"external_id": str(item), "add_variant": {"sku": "A-2", "price": 1000, "stock": 1}}
    )
    variants = client.shop.truth()[0]["variants"]
    assert [(v["sku"], v["price"]) for v in variants] == [("A-1", 51000), ("A-2", 1000)]
    control(client, "POST", "edit", {"external_id": variants[0]["external_id"], "remove_variant": True})
    assert [v["sku"] for v in client.shop.truth()[0]["variants"]] == ["A-2"]
    control(client, "POST", "edit", {"sku": "A-2", "delete": True})
    assert client.shop.truth() == []


@pytest.mark.parametrize(("method", "name", "body", "status"), [
    ("POST", "edit", {"sku": "NONE"}, 400), ("POST", "review", {"sku": "A-1", "verdict": "what"}, 400),
    ("POST", "promotions", {"sku": "A-1", "reserve": 21}, 400), ("POST", "category", {}, 400),
    ("POST", "edit", {"sku": "A-1", "remove_variant": True}, 400),
    ("POST", "listings", [{"title": "x", "variants": []}], 400),
    ("GET", "nothing", None, 404), ("POST", "calls", None, 404), ("PUT", "settings", [], 400),
    ("POST", "holiday", {}, 400), ("POST", "orders", None, 400),
])  # fmt: skip
def test_control_calls_that_make_no_sense_are_refused(
    client: Client, method: str, name: str, body: Any, status: int
) -> None:
    client.item("A-1")
    assert client.raw(method, f"/_sandbox/{name}", json=body).status_code == status


# --- the marketplace -------------------------------------------------------------------------------------------------


def test_a_category_is_closed(client: Client) -> None:
    control(client, "POST", "category", {"close": LEAF})
    client.call("product/add_item", client.body())
    assert client.code == "product.error_category_is_block."  # with the trailing dot of live bodies (section 5)
    ids = [row["category_id"] for row in client.call("product/get_category")["category_list"]]
    assert LEAF not in ids


def test_categories_are_merged_and_take_their_listings_along(client: Client) -> None:
    item = client.item()
    control(client, "POST", "category", {"merge": [LEAF, 100104]})
    assert client.base(item)["category_id"] == 100104
    client.call("product/update_item", {"item_id": item, "item_name": "Gelang lain"})
    assert client.code == ""
    client.call("product/add_item", client.body("A-9"))
    assert client.code == "product.error_incalid_category."


def test_delete_state_empties_the_shop_but_not_the_media_space(client: Client) -> None:
    image = client.picture()
    client.item()
    control(client, "POST", "holiday", {"on": True})
    control(client, "DELETE", "state")
    assert client.shop.truth() == []
    client.item("A-2", image={"image_id_list": [image]})


# --- in-process ------------------------------------------------------------------------------------------------------


def test_hooks_see_a_call_before_and_after_it_is_applied(client: Client, clock: ManualClock) -> None:
    item = client.item(item_status="NORMAL")
    seen: list[tuple[str, str, int, int]] = []

    def look(call: CallSeen) -> None:
        seen.append((call.operation, call.phase, call.number, client.shop.truth()[0]["variants"][0]["price"]))

    client.shop.hooks.before_apply = client.shop.hooks.before_answer = look
    client.price(item, (0, 50000))
    path = "/api/v2/product/update_price"
    assert [(operation, phase, price) for operation, phase, _, price in seen] == [
        (path, "arrived", 45000), (path, "applied", 50000),
    ]  # fmt: skip
    assert seen[0][2] == seen[1][2]
