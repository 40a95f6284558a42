"""The sandbox's own behaviour, over real HTTP: what SANDBOX.md's list and the fact sheet's traps demand of Shopee."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox, launch
from adapters.sandbox.faults import KINDS
from adapters.sandbox.serve import serve
from adapters.sandbox.switches import SWITCHES, positions
from syncer.settings import load_settings
from tests.contract.bench import EXAMPLES
from tests.sandbox.signed import SignedClient

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PICTURE = EXAMPLES / "images" / "KPR-KSR-1.jpg"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def shop(clock: ManualClock) -> Iterator[Sandbox]:
    with launch(("shopee",), clock=clock) as sandboxes:
        sandboxes["shopee"].control("PUT", "settings", {"rate_per_s": 0})
        yield sandboxes["shopee"]


@pytest.fixture
def client(shop: Sandbox) -> SignedClient:
    return SignedClient(shop)


def _item(client: SignedClient, **more: Any) -> dict[str, Any]:
    """A body that add_item takes."""
    image = client.upload(PICTURE.read_bytes())["response"]["image_info"]["image_id"]
    leaf = next(c for c in client.get("product/get_category")["response"]["category_list"] if not c["has_children"])
    tree = client.get("product/get_attribute_tree", category_id_list=leaf["category_id"])["response"]["list"][0]
    must = [a for a in tree["attribute_tree"] if a["mandatory"]]
    attributes = [{"attribute_id": a["attribute_id"], "attribute_value_list": [_value(a)]} for a in must]
    size = {"package_length": 20, "package_width": 15, "package_height": 10}
    return {
        "item_name": "Keranjang anyam lidi nipah", "description": "Keranjang anyam dari lidi nipah Bangka.",
        "original_price": 50_000, "weight": 0.25, "category_id": leaf["category_id"], "dimension": size,
        "image": {"image_id_list": [image]}, "logistic_info": [{"logistic_id": 8003, "enabled": True}],
        "attribute_list": attributes, "item_sku": "KRJ-1", "seller_stock": [{"stock": 10}], **more,
    }  # fmt: skip


def _value(attribute: dict[str, Any]) -> dict[str, Any]:
    if attribute["attribute_value_list"]:
        return {"value_id": attribute["attribute_value_list"][0]["value_id"]}
    return {"value_id": 0, "original_value_name": "30"}


def _made(client: SignedClient, **more: Any) -> int:
    return int(client.post("product/add_item", _item(client, **more))["response"]["item_id"])


def _with_models(
    client: SignedClient, clock: ManualClock, prices: tuple[int, ...] = (50_000, 60_000)
) -> tuple[int, list[int]]:
    item = _made(client, item_status="UNLIST")
    clock.advance(10)
    options = [{"variation_option_id": 0, "variation_option_name": f"Nomor {n}"} for n in range(len(prices))]
    tier = {"variation_id": 0, "variation_name": "Nomor", "variation_option_list": options}
    rows = [
        {"tier_index": [n], "original_price": p, "seller_stock": [{"stock": 5}], "model_sku": f"KRJ-1-{n}"}
        for n, p in enumerate(prices)
    ]
    body = {"item_id": item, "standardise_tier_variation": [tier], "model": rows}
    made = client.post("product/init_tier_variation", body)
    return item, [row["model_id"] for row in made["response"]["model"]]


# --- the gate --------------------------------------------------------------------------------------------------------


def test_a_signed_call_goes_through(client: SignedClient) -> None:
    assert client.get("shop/get_shop_info")["region"] == "ID"


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"sign": "0" * 64}, "error_sign", "Wrong sign."),
        ({"sign": ""}, "error_param", "There is no sign in query."),
        ({"timestamp": 1}, "error_param", "Timestamp is expired."),
        ({"partner_id": 5}, "error_auth", "Invalid partner_id or shopid."),
        ({"partner_id": 2**33}, "error_param", "Invalid partner_id"),
        ({"access_token": "0" * 32}, "error_sign", "Wrong sign."),
        ({"access_token": ""}, "error_param", "There is no access_token in query."),
    ],
)
def test_the_gate_says_why(client: SignedClient, change: dict[str, Any], code: str, text: str) -> None:
    answer = client.get("shop/get_shop_info", **change)
    assert (answer["error"], answer["message"]) == (code, text)


def test_undocumented_is_refused(client: SignedClient) -> None:
    assert "path is incorrect" in client.get("product/get_dts_limit")["message"]
    assert "unknown field colour" in client.post("product/update_price", {"colour": 1})["message"]
    assert (
        client.post("product/update_price", {"item_id": 1})["message"]
        == "invalid field PriceList: value must  Not Null"
    )
    answer = client.post("product/update_price", {"item_id": "1", "price_list": []})
    assert "must be int64" in answer["message"]


def test_tokens_live_once_with_five_minutes_of_grace(client: SignedClient, clock: ManualClock) -> None:
    body = {name: client.credentials[name] for name in ("refresh_token", "partner_id", "shop_id")}
    fresh = client.post("auth/access_token/get", body, public=True)
    assert fresh["access_token"] != client.credentials["access_token"]
    assert client.get("shop/get_shop_info")["region"] == "ID"
    clock.advance(301)
    assert client.get("shop/get_shop_info")["error"] == "invalid_acceess_token"
    assert client.post("auth/access_token/get", body, public=True)["message"] == "Invalid refresh_token."


# --- listings --------------------------------------------------------------------------------------------------------


def test_variations_are_refused_before_five_seconds(client: SignedClient, clock: ManualClock) -> None:
    item = _made(client, item_status="UNLIST")
    tier = {"variation_id": 0, "variation_name": "Nomor", "variation_option_list": [
        {"variation_option_id": 0, "variation_option_name": "1"}]}  # fmt: skip
    row = {"tier_index": [0], "original_price": 50_000, "seller_stock": [{"stock": 5}]}
    body = {"item_id": item, "standardise_tier_variation": [tier], "model": [row]}
    assert client.post("product/init_tier_variation", body)["error"] == "product.error_item_not_found"
    clock.advance(1)
    assert client.post("product/init_tier_variation", body)["error"] == ""
    assert "not change" in client.post("product/init_tier_variation", body)["message"]


def test_the_same_body_twice_makes_two_items(client: SignedClient) -> None:
    body = _item(client)
    first, second = (client.post("product/add_item", body)["response"]["item_id"] for _ in range(2))
    assert first != second


def test_search_lags_and_the_list_does_not(client: SignedClient, clock: ManualClock) -> None:
    item = _made(client)
    assert client.get("product/search_item", page_size=10, item_sku="KRJ-1")["response"]["item_id_list"] == []
    listed = client.get("product/get_item_list", offset=0, page_size=10, item_status="NORMAL")["response"]["item"]
    assert [row["item_id"] for row in listed] == [item]
    clock.advance(1)
    assert client.get("product/search_item", page_size=10, item_sku="KRJ-1")["response"]["item_id_list"] == [item]


@pytest.mark.parametrize("ids", ["{0},{1}", "[{0},{1}]", "['{0}', '{1}']", None])
def test_lists_in_all_encodings(client: SignedClient, ids: str | None) -> None:
    made = [_made(client), _made(client)]
    asked: Any = made if ids is None else ids.format(*made)
    rows = client.get("product/get_item_base_info", item_id_list=asked)["response"]["item_list"]
    assert [row["item_id"] for row in rows] == made
    assert isinstance(rows[0]["weight"], str)
    assert isinstance(rows[0]["price_info"], list)


def test_missing_ids_are_silently_dropped_until_none_is_left(client: SignedClient) -> None:
    item = _made(client)
    assert len(client.get("product/get_item_base_info", item_id_list=f"{item},7")["response"]["item_list"]) == 1
    assert client.get("product/get_item_base_info", item_id_list="7")["error"] == "product.error_item_not_found"


def test_price_ratio_counts_models_that_were_not_sent(client: SignedClient, clock: ManualClock) -> None:
    item, (first, _) = _with_models(client, clock, (10_000, 60_000))
    body = {"item_id": item, "price_list": [{"model_id": first, "original_price": 8_000}]}
    answer = client.post("product/update_price", body)
    assert answer["error"] == "product.error_update_price_fail"
    assert answer["response"]["failure_list"][0]["model_id"] == first


def test_partial_failure_is_a_success_with_both_lists(client: SignedClient, clock: ManualClock) -> None:
    item, (first, _) = _with_models(client, clock)
    rows = [{"model_id": first, "original_price": 51_000}, {"model_id": 999, "original_price": 51_000}]
    answer = client.post("product/update_price", {"item_id": item, "price_list": rows})
    assert answer["error"] == ""
    assert answer["response"]["success_list"] == [{"model_id": first, "original_price": 51_000}]
    assert answer["response"]["failure_list"][0]["model_id"] == 999


def test_models_left_out_are_deleted(client: SignedClient, clock: ManualClock) -> None:
    item, (first, _) = _with_models(client, clock)
    options = [{"variation_option_id": 0, "variation_option_name": "Nomor 0"}]
    tier = {"variation_id": 0, "variation_name": "Nomor", "variation_option_list": options}
    body = {
        "item_id": item,
        "standardise_tier_variation": [tier],
        "model_list": [{"model_id": first, "tier_index": [0]}],
    }
    assert client.post("product/update_tier_variation", body)["error"] == ""
    models = client.get("product/get_model_list", item_id=item)["response"]["model"]
    assert [model["model_id"] for model in models] == [first]


def test_zero_model_id_on_an_item_with_models(client: SignedClient, clock: ManualClock) -> None:
    item, _ = _with_models(client, clock)
    body = {"item_id": item, "stock_list": [{"seller_stock": [{"stock": 3}]}]}
    assert client.post("product/update_stock", body)["error"].endswith("error_edit_item_stock_for_item_has_model")


def test_promotions_lock_prices_and_reserve_stock(client: SignedClient) -> None:
    item = _made(client)
    ahead = START.timestamp() + 3600
    client.control("POST", "promotions", {"sku": "KRJ-1", "reserve": 4, "locks": True, "from": ahead, "to": ahead + 60})
    price = {"item_id": item, "price_list": [{"original_price": 40_000}]}
    assert "promotion" in client.post("product/update_price", price)["error"]
    stock = {"item_id": item, "stock_list": [{"seller_stock": [{"stock": 3}]}]}
    answer = client.post("product/update_stock", stock)
    assert "reserve stock number" in answer["response"]["failure_list"][0]["failed_reason"]


def test_holiday_blocks_stock_and_creates(client: SignedClient) -> None:
    item = _made(client)
    client.control("POST", "holiday", {"on": True})
    stock = {"item_id": item, "stock_list": [{"seller_stock": [{"stock": 3}]}]}
    assert client.post("product/update_stock", stock)["error"].endswith("error_holiday_mode_change_stock")
    assert client.post("product/add_item", _item(client))["error"].endswith("error_holiday_on_add_item")


def test_the_echo_of_an_update_is_not_to_be_trusted(client: SignedClient) -> None:
    item = _made(client)
    echo = client.post("product/update_item", {"item_id": item, "item_name": "Keranjang anyam baru sekali"})
    assert echo["response"]["item_status"] == "UNLIST"
    shown = client.get("product/get_item_base_info", item_id_list=item)["response"]["item_list"][0]
    assert (shown["item_status"], shown["item_name"]) == ("NORMAL", "Keranjang anyam baru sekali")


def test_pictures_fail_one_by_one_inside_a_success(client: SignedClient) -> None:
    answer = client.upload(b"no picture")
    assert answer["error"] == ""
    assert answer["response"]["image_info_list"][0]["error"]
    assert len(client.upload(PICTURE.read_bytes(), times=3)["response"]["image_info_list"]) == 3


# --- orders and counters ---------------------------------------------------------------------------------------------


def test_an_order_without_optional_fields_has_no_lines(client: SignedClient) -> None:
    _made(client)
    bought = client.control("POST", "orders", {"lines": [{"sku": "KRJ-1", "quantity": 2}]}).json()
    plain = client.get("order/get_order_detail", order_sn_list=bought["id"])["response"]["order_list"][0]
    assert "item_list" not in plain
    full = client.get("order/get_order_detail", order_sn_list=bought["id"], response_optional_fields="item_list")
    assert full["response"]["order_list"][0]["item_list"][0]["model_quantity_purchased"] == 2
    now = int(START.timestamp())
    window = {"time_range_field": "update_time", "time_from": now - 16 * 86_400, "time_to": now + 60, "page_size": 10}
    assert client.get("order/get_order_list", **window)["error"] == "order.order_list_invalid_time"


def test_a_stock_write_that_puts_back_a_sale_is_counted(client: SignedClient) -> None:
    item = _made(client)
    client.control("POST", "orders", {"lines": [{"sku": "KRJ-1", "quantity": 3}]})
    client.post("product/update_stock", {"item_id": item, "stock_list": [{"seller_stock": [{"stock": 10}]}]})
    assert client.control("GET", "calls").json()["raised_over_sale"] == 1
    client.control("POST", "orders", {"lines": [{"sku": "KRJ-1", "quantity": 9}]})
    assert client.control("GET", "calls").json()["oversold"] > 0


def test_a_write_after_the_order_was_read_is_no_sin(client: SignedClient) -> None:
    item = _made(client)
    bought = client.control("POST", "orders", {"lines": [{"sku": "KRJ-1", "quantity": 3}]}).json()
    client.get("order/get_order_detail", order_sn_list=bought["id"], response_optional_fields="item_list")
    client.post("product/update_stock", {"item_id": item, "stock_list": [{"seller_stock": [{"stock": 20}]}]})
    assert client.control("GET", "calls").json()["raised_over_sale"] == 0


def test_limits_declared_and_hidden_and_the_daily_quota(client: SignedClient, clock: ManualClock) -> None:
    client.control("PUT", "settings", {"rate_per_s": 3})
    codes = [client.get("shop/get_shop_info").get("error", "") for _ in range(5)]
    assert codes.count("error_rate_limit") == 2
    assert client.control("GET", "calls").json()["throttled"] == 2
    client.control("PUT", "settings", {"rate_per_s": 0, "daily_quota": 1})
    clock.advance(2)
    assert client.get("shop/get_shop_info")["error"] == "error_limit"
    clock.advance(15 * 3600)  # past 00:00 UTC+8
    client.credentials["access_token"] = client.shop.config_lines().secrets["access_token"]
    assert client.get("shop/get_shop_info").get("error", "") != "error_limit"


# --- the sandbox's own calls -----------------------------------------------------------------------------------------


def test_the_truth_leaves_deleted_ones_out(client: SignedClient) -> None:
    _made(client)
    [row] = client.control("GET", "listings").json()
    assert {"external_id", "code", "title", "status", "fronts", "variants", "created_at", "updated_at"} == set(row)
    client.control("POST", "edit", {"sku": "KRJ-1", "delete": True})
    assert client.control("GET", "listings").json() == []
    assert client.control("DELETE", "state").status_code == 200


def test_a_call_that_does_not_exist_says_so(client: SignedClient) -> None:
    assert client.control("GET", "weather").status_code == 404
    assert client.control("PUT", "faults", [{"operation": "*", "kind": "earthquake"}]).status_code == 400
    assert client.control("PUT", "settings", {"colour": 1}).status_code == 400


@pytest.mark.parametrize("kind", sorted(KINDS - {"stuck_queue"}))
def test_every_fault_does_something(client: SignedClient, clock: ManualClock, kind: str) -> None:
    item, models = _with_models(client, clock)
    token = kind == "lose_refresh"
    path = {"empty_page": "product/get_item_list", "stale_read": "product/get_model_list"}.get(
        kind, "product/update_price"
    )
    line = {"operation": f"/api/v2/{path}", "kind": kind, "probability": 1, "times": 1}
    client.control("PUT", "faults", [line])
    rows = [{"model_id": m, "original_price": 55_000} for m in models]
    body = {"item_id": item, "price_list": rows}
    if token:
        names = ("refresh_token", "partner_id", "shop_id")
        with pytest.raises(requests.ConnectionError):
            client.post("auth/access_token/get", {n: client.credentials[n] for n in names}, public=True)
        return
    if kind == "empty_page":
        assert client.get(path, offset=0, page_size=10, item_status="UNLIST")["response"]["item"] == []
        return
    if kind == "stale_read":
        assert client.get(path, item_id=item)["response"]["model"] == []
        return
    if kind == "slow":
        began = clock.monotonic()
        client.post(path, body)
        assert clock.monotonic() - began >= 1
        return
    if kind in ("lose_request", "lose_response", "late_apply", "garbage", "truncated", "http_500", "http_503"):
        with pytest.raises((requests.RequestException, ValueError)):
            client.post(path, body)
        clock.advance(5)
        shown = {v["price"] for row in client.control("GET", "listings").json() for v in row["variants"]}
        assert (shown == {55_000}) is (kind not in ("lose_request", "http_500", "http_503"))
        return
    answer = client.post(path, body)
    done = len((answer.get("response") or {}).get("success_list") or [])
    assert answer["error"] or done < len(models)


def test_switches_refuse_what_does_not_exist() -> None:
    with pytest.raises(ValueError, match=r"shopee\.refresh_replay"):
        positions({"shopee.colour": "red"})
    with pytest.raises(ValueError, match="refused"):
        positions({"shopee.refresh_replay": "perhaps"})
    assert set(positions({})) == {switch.id for switch in SWITCHES}


def test_state_survives_a_restart_and_the_port_stays(tmp_path: Path, clock: ManualClock) -> None:
    state = tmp_path / "state.json"
    with launch(("shopee",), clock=clock, state=state) as sandboxes:
        shop = sandboxes["shopee"]
        made = _made(SignedClient(shop))
        url, credentials = shop.url, shop.credentials
        shop.stop()
        with pytest.raises(requests.ConnectionError):
            SignedClient(shop).get("shop/get_shop_info")
        shop.start()
        assert shop.url == url
    with launch(("shopee",), clock=clock, state=state) as sandboxes:
        assert [row["external_id"] for row in sandboxes["shopee"].truth()] == [str(made)]
        again = SignedClient(sandboxes["shopee"])
        again.credentials = credentials  # a grant of before the restart still stands
        assert again.get("shop/get_shop_info")["region"] == "ID"


def test_the_written_config_is_ours(tmp_path: Path) -> None:
    with launch(("shopee",)) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        settings = load_settings(tmp_path / "syncer.toml")
        channel = settings.channel("shopee-sandbox")
        assert (channel.url, channel.state, channel.empty) == (sandboxes["shopee"].url, "active", True)
        assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
        assert settings.health.port == 0


def test_serve_says_where_and_when(tmp_path: Path) -> None:
    out, stop = io.StringIO(), threading.Event()
    stop.set()
    serve(tmp_path / "syncer.toml", True, None, "fast", {}, 0, 0, out, stop)
    first, *_others, ready = map(json.loads, out.getvalue().splitlines())
    assert set(first) == {"marketplace", "channel", "url", "auth_url", "credentials"}
    assert set(first["credentials"]) == {"partner_id", "partner_key", "shop_id", "access_token", "refresh_token"}
    assert ready == {"ready": True}
