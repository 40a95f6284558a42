"""Limits that nobody publishes, and what follows: 901, bans of a call and of a shop, 998, empty brands (5 and 6)."""

from __future__ import annotations

import pytest

from adapters.sandbox.lazada.limits import CALL_BAN, SHOP_BAN
from tests.sandbox.lazada.client import Client
from tests.sandbox.lazada.conftest import Start


def codes(client: Client, path: str, times: int, **asked: str) -> list[str]:
    """The codes of so many calls at one moment."""
    found = []
    for _ in range(times):
        client.call("GET", path, asked)
        found.append(client.code)
    return found


def test_fast_limits_allow_sixty_calls_a_second(start: Start) -> None:
    client = start(limits="fast")
    assert codes(client, "/seller/get", 61) == ["0"] * 60 + ["901"]
    assert client.text.startswith("E901")
    client.clock.advance(1)
    assert codes(client, "/seller/get", 1) == ["0"]
    assert client.shop.calls()["throttled"] == 1


def test_from_901_to_a_ban_of_the_call_and_of_the_shop(start: Start) -> None:
    client = start(hidden=2)
    assert codes(client, "/seller/get", 2 + CALL_BAN) == ["0", "0", *["901"] * (CALL_BAN - 1), "ApiCallLimit"]
    assert "this ban will last 1 seconds" in client.text
    assert codes(client, "/seller/get", 1) == ["ApiCallLimit"]
    client.clock.advance(0.999)
    assert codes(client, "/seller/get", 1) == ["ApiCallLimit"]
    client.clock.advance(0.001)
    assert codes(client, "/seller/get", 1) == ["0"]
    seen: list[str] = []
    while "SellerCallLimit" not in seen:
        seen += codes(client, f"/order{'s' * (len(seen) % 2)}/get", 1)
        client.clock.advance(0.05)
        assert len(seen) < 20 * SHOP_BAN
    assert codes(client, "/rc/warehouse/get", 1) == ["SellerCallLimit"]
    client.clock.advance(10)
    assert codes(client, "/seller/get", 1) == ["0"]


def test_strikes_are_forgotten(start: Start) -> None:
    client = start(hidden=1)
    for _ in range(3 * CALL_BAN):
        assert codes(client, "/seller/get", 2) == ["0", "901"]
        client.clock.advance(10)


def test_inventory_calls_take_fifty_a_second_together(client: Client) -> None:
    item, [first] = client.live()
    row = {"ItemId": item, "SkuId": first, "SellableQuantity": "5"}
    seen = []
    for number in range(51):
        path = "/product/stock/sellable/update" if number % 2 else "/product/price_quantity/update"
        client.rows(path, row)
        seen.append(client.code)
    assert seen == ["0"] * 50 + ["901"]
    assert codes(client, "/seller/get", 1) == ["0"]


def test_the_item_limit_call_has_a_limit_of_its_own(client: Client) -> None:
    path = "/product/seller/item/limit"
    assert codes(client, path, 11) == ["0"] * 10 + ["HOT_KEY_BLOCK_EXCEPTION"]


def test_brands_come_empty_and_successful_when_throttled(client: Client) -> None:
    asked = {"startRow": "0", "pageSize": "10"}
    assert codes(client, "/category/brands/query", 30, **asked) == ["0"] * 30
    page = client.get("/category/brands/query", **asked)
    assert (page["module"], page["total_record"], client.answer["success"]) == ([], 13, True)
    assert client.shop.calls()["throttled"] == 1


@pytest.mark.parametrize(("position", "code"), [("absent", "901"), ("present", "0")])
def test_a_throttle_under_code_0(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.throttle_zero": position})
    client.shop.control("PUT", "faults", [{"operation": "/seller/get", "kind": "throttle", "times": 1}])
    client.call("GET", "/seller/get")
    assert (client.code, client.text[:4], client.answer.get("data")) == (code, "E901", None)
    assert bool(client.detail) is (position == "present")


def test_writes_are_switched_off_during_a_mega_campaign(client: Client) -> None:
    item, [first] = client.live()
    client.shop.control("PUT", "settings", {"mega_campaign": True})
    client.stocks({"ItemId": item, "SkuId": first, "SellableQuantity": "5"})
    assert (client.code, client.truth("KP-1")["stock"]) == ("998", 12)
    client.get("/product/item/get", item_id=item)
    client.shop.control("PUT", "settings", {"mega_campaign": False})
    client.stocks({"ItemId": item, "SkuId": first, "SellableQuantity": "5"})
    assert client.code == "0"


def test_real_limits_hide_one(start: Start) -> None:
    client = start(hidden=100)
    assert codes(client, "/seller/get", 101)[-1] == "901"
