"""Limits per store, SKU, queue and day; 429 without Retry-After; what survives a restart (SANDBOX.md, Blibli 2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox import MARKETPLACES, launch
from adapters.sandbox.blibli.limits import PUBLISHED
from tests.sandbox.blibli.client import MTA, SELLER, Client
from tests.sandbox.blibli.conftest import Start

L3 = "TOQ-15130-00001"
CALLS: dict[str, tuple[str, str, Any, dict[str, Any]]] = {
    "create": ("POST", f"{MTA}/v2/product/createProduct", {}, {}),
    "revise": ("POST", f"{SELLER}/products/{L3}/revision", {}, {}),
    "archive": ("POST", f"{SELLER}/products/statuses/unarchive", {}, {}),
    "bulk_update": ("POST", f"{MTA}/v1/product/updateProduct", {}, {}),
    "list_v3": ("POST", f"{SELLER}/products/filter", {}, {}),
    "variants_list": ("POST", f"{SELLER}/products/{L3}/variants/filter", {}, {}),
    "stock": ("PUT", f"{SELLER}/products/{L3}-00001/stock", {}, {}),
    "detail_update": ("PUT", f"{SELLER}/products/{L3}/detail", {}, {}),
    "price": ("PUT", f"{SELLER}/products/{L3}-00001", {}, {}),
    "detail": ("GET", f"{SELLER}/products/{L3}", None, {}),
    "variants_set": ("POST", f"{SELLER}/products/{L3}/variants", {}, {}),
    "image_add": ("POST", f"{SELLER}/products/{L3}/images", {}, {}),
    "feed_detail": ("GET", f"{MTA}/v1/feed/detail", None, {"request_id": "01SIM0"}),
    "feed_list": ("GET", f"{MTA}/v1/feed/list", None, {"queueDate": "2026-11-24"}),
    "categories": ("GET", f"{MTA}/v1/product/getCategory", None, {}),
    "attributes": ("GET", f"{SELLER}/categories/KA-1000003/attributes", None, {}),
    "brands": ("GET", f"{MTA}/v2/product/getBrands", None, {}),
    "pickup_points": ("GET", f"{MTA}/v1/product/getPickupPoint", None, {}),
    "orders": ("POST", f"{SELLER}/orders/packages/filter", {}, {}),
    "order_detail": ("GET", f"{SELLER}/orders/items/12500000002", None, {}),
    "create_package": ("POST", f"{MTA}/v1/order/createPackage", {}, {}),
}
"""One call of each operation of section 6; whether it succeeds does not matter here."""


def many(client: Client, name: str, times: int) -> list[int]:
    """The statuses of so many calls."""
    method, path, body, options = CALLS[name]
    return [_status(client, method, path, body, options) for _ in range(times)]


def _status(client: Client, method: str, path: str, body: Any, options: dict[str, Any]) -> int:
    client.call(method, path, body, **options)
    return client.status


@pytest.mark.parametrize("limit", [one for one in PUBLISHED if one.count <= 100], ids=lambda one: one.operation)
def test_each_published_limit_to_the_last_call(start: Start, limit: Any) -> None:
    client = start(published=True)
    statuses = many(client, limit.operation, limit.count + 2)
    assert statuses[: limit.count].count(429) == 0
    assert statuses[limit.count :] == [429, 429]
    client.clock.advance(limit.window - 0.01)
    assert many(client, limit.operation, 1) == [429]
    client.clock.advance(0.01)  # what was refused did not count
    assert 429 not in many(client, limit.operation, limit.count)


def test_the_numbers_are_those_of_the_facts() -> None:
    assert {one.operation: (one.count, one.window, one.scope) for one in PUBLISHED} == {
        "create": (25, 60, "shop"), "revise": (25, 60, "shop"), "archive": (25, 60, "shop"),
        "bulk_update": (25, 60, "shop"), "list_v3": (25, 60, "shop"), "variants_list": (25, 60, "sku"),
        "stock": (60, 60, "shop"), "detail_update": (60, 60, "shop"), "price": (5, 3600, "sku"),
        "detail": (5, 1800, "sku"), "variants_set": (10, 1800, "sku"), "image_add": (10, 60, "sku"),
        "feed_detail": (5, 900, "queue"), "feed_list": (360, 86_400, "shop"), "categories": (5, 86_400, "shop"),
        "attributes": (5, 86_400, "sku"), "brands": (1000, 21_600, "shop"), "pickup_points": (10, 86_400, "shop"),
        "orders": (100, 1800, "shop"), "order_detail": (5, 1800, "sku"), "create_package": (7200, 86_400, "shop"),
    }  # fmt: skip
    assert set(CALLS) == {one.operation for one in PUBLISHED}


def test_a_limit_per_sku_or_queue_leaves_the_others_alone(start: Start) -> None:
    client = start(published=True)
    assert many(client, "detail", 6)[-1] == many(client, "feed_detail", 6)[-1] == 429
    client.call("GET", f"{SELLER}/products/TOQ-15130-00002")
    assert client.status == 200
    client.call("GET", f"{MTA}/v1/feed/detail", request_id="01SIM1")
    assert client.status == 200


def test_lists_without_a_published_limit_have_none(start: Start) -> None:
    client = start(published=True)
    for _ in range(70):
        client.call("POST", f"{MTA}/v2/product/getProductList", {})
        assert client.status == 200


@pytest.mark.parametrize("position", ["html", "json", "empty"])
def test_what_a_429_says(start: Start, position: str) -> None:
    client = start(switches={"blibli.throttle_body": position}, published=True)
    assert many(client, "categories", 6)[-1] == 429
    is_json = position == "json"
    assert (client.code, client.answer.get("success")) == (("ERR-SIM429001", False) if is_json else ("", None))
    assert ("<html>" in client.text, client.text == "") == (position == "html", position == "empty")
    assert "Retry-After" not in client.headers
    assert client.shop.calls()["throttled"] == 1


@pytest.mark.parametrize(("position", "seconds"), [("absent", None), ("present", "60")])
def test_retry_after(start: Start, position: str, seconds: str | None) -> None:
    client = start(switches={"blibli.retry_after": position}, published=True)
    many(client, "categories", 6)
    assert client.headers.get("Retry-After") == seconds


def test_rate_per_s_zero_leaves_the_published_limits_and_published_false_does_not(start: Start) -> None:
    client = start("fast", published=True)
    client.shop.control("PUT", "settings", {"rate_per_s": 0})
    assert many(client, "list_v3", 26)[-1] == 429
    client.shop.control("PUT", "settings", {"published": False})
    assert 429 not in many(client, "list_v3", 70)
    client.shop.control("PUT", "settings", {"rate_per_s": 3})
    assert many(client, "list_v3", 4) == [200, 200, 200, 429]
    client.shop.control("PUT", "settings", {"rate_per_s": 0, "hidden_limit": 2})
    assert many(client, "list_v3", 3) == [200, 200, 429]


def test_fast_shortens_windows(start: Start) -> None:
    client = start("fast", published=True)
    for name, seconds in (("list_v3", 10), ("detail", 30), ("categories", 1440)):
        count = next(one.count for one in PUBLISHED if one.operation == name)
        assert many(client, name, count + 1)[-1] == 429
        client.clock.advance(seconds)
        assert many(client, name, 1) == [200]


def test_a_restart_keeps_limits_queues_and_reviews(clock: ManualClock, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with launch(("blibli",), limits="real", clock=clock, state=state) as sandboxes:
        client = Client(sandboxes["blibli"], clock)
        many(client, "categories", 5)
        first = client.create(client.product("KP-1"))
        client.shop.control("POST", "review", {"sku": "KP-1", "verdict": "needs_correction"})
        clock.advance(60)
        second = client.create(client.product("KP-2"))
        order_of = client.shop.control("POST", "listings", [{"title": "x", "variants": [{"sku": "H", "price": 5000,
                                                                                         "stock": 4}]}])  # fmt: skip
        client.bought("H")
        client.shop.control("POST", "promotions", {"sku": "H", "reserve": 1})
        before = client.shop.truth()
    with launch(("blibli",), limits="real", clock=clock, state=state) as sandboxes:
        again = Client(sandboxes["blibli"], clock)
        assert (again.shop.truth(), again.keys) == (before, client.keys)
        assert many(again, "categories", 1) == [429]
        assert again.history(first)[0]["isSuccess"]
        clock.advance(60)
        assert again.history(second)[0]["isSuccess"]
        clock.advance(3600)
        assert (again.truth("KP-1")["status"], again.truth("KP-2")["status"]) == ("needs_correction", "live")
        assert again.truth("H")["external_id"] == order_of[0]
        clock.advance(86_400)
        assert many(again, "categories", 1) == [200]


def test_each_marketplace_has_a_state_file_of_its_own(clock: ManualClock, tmp_path: Path) -> None:
    with launch(clock=clock, state=tmp_path / "state.json") as sandboxes:
        sandboxes["blibli"].control("DELETE", "state")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["state.json", *(f"state.json.{name}" for name in MARKETPLACES[1:])]
    )
