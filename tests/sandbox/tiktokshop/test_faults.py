"""Every kind of fault, as it hits a call of Tokopedia & TikTok Shop."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from adapters.sandbox.faults import KINDS
from tests.sandbox.tiktokshop.client import AUDIT_S, Client

PRICES = "prices/update"
HOUSES = "/logistics/202309/warehouses"


@pytest.fixture
def number(client: Client) -> str:
    """A product on sale at 85,000, by the same client."""
    return client.live()


@pytest.fixture
def sku(client: Client, number: str) -> str:
    """Its only SKU."""
    return client.skus(number)["KP-1"]


def test_a_request_or_an_answer_is_lost(client: Client, number: str, sku: str) -> None:
    for kind, price in (("lose_request", 85_000), ("lose_response", 90_000)):
        client.faulty(kind, PRICES)
        with pytest.raises(requests.ConnectionError):
            client.price(number, {sku: "90000"})
        assert client.offer()["price"] == price


def test_a_late_write_comes_after_later_calls_but_within_settle_s(client: Client, number: str, sku: str) -> None:
    client.faulty("late_apply", PRICES)
    with pytest.raises(requests.ConnectionError):
        client.price(number, {sku: "90000"})
    client.price(number, {sku: "95000"})
    assert client.offer()["price"] == 95_000
    client.clock.advance(60)
    assert client.offer()["price"] == 90_000


@pytest.mark.parametrize(("kind", "status"), [("http_500", 500), ("http_503", 503), ("garbage", 200)])
def test_the_edge_answers_with_html(client: Client, number: str, sku: str, kind: str, status: int) -> None:
    client.faulty(kind, PRICES)
    client.price(number, {sku: "90000"})
    assert (client.status, client.code) == (status, -1)
    assert client.offer()["price"] == (90_000 if kind == "garbage" else 85_000)


def test_truncated_and_slow(client: Client, number: str, sku: str) -> None:
    client.faulty("truncated", PRICES)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        client.price(number, {sku: "90000"})
    assert client.offer()["price"] == 90_000
    client.faulty("slow", PRICES)
    before = client.clock.monotonic()
    client.price(number, {sku: "95000"})
    assert (client.clock.monotonic() - before, client.offer()["price"]) == (3.0, 95_000)


def test_throttle(client: Client, number: str, sku: str) -> None:
    client.faulty("throttle", PRICES)
    assert client.price(number, {sku: "90000"}) == 36009002
    assert client.price(number, {sku: "90000"}) == 0


@pytest.mark.parametrize(("kind", "failed"), [("reject_row", ["A-1"]), ("partial_batch", ["A-2"])])
def test_rows_that_fail_while_the_others_are_applied(client: Client, kind: str, failed: list[str]) -> None:
    number = client.live("A", ("1", "2", "3"))
    skus = client.skus(number)
    client.faulty(kind, "inventory/update")
    errors = client.stock(number, dict.fromkeys(skus.values(), 5))
    assert [error["detail"]["sku_id"] for error in errors] == [skus[name] for name in failed]
    assert [v["sku"] for v in client.truth("A-1")["variants"] if v["stock"] == 12] == failed


def test_a_row_that_is_neither_applied_nor_told(client: Client, number: str, sku: str) -> None:
    client.faulty("omit_row", "inventory/update")
    assert client.stock(number, {sku: 5}) == []
    assert client.offer()["stock"] == 12
    client.faulty("omit_row", "deactivate")
    assert client.states("deactivate", number) == []
    assert client.truth()["status"] == "live"
    client.faulty("reject_row", "deactivate")
    assert client.states("deactivate", number)[0]["code"] == 12052910
    assert client.truth()["status"] == "live"


def test_stuck_queue_hits_whatever_is_audited(client: Client, number: str) -> None:
    client.faulty("stuck_queue")
    client.good("GET", HOUSES)
    client.partial(number, title="Cincin resam yang namanya lain")
    client.clock.advance(10 * AUDIT_S)
    assert client.get(number)["audit"] == {"status": "AUDITING"}


def test_expire_token(client: Client) -> None:
    client.faulty("expire_token")
    client.call("GET", HOUSES)
    assert (client.status, client.code) == (401, 105002)
    client.token = client.token_call("refresh", refresh_token=client.keys["refresh_token"])["access_token"]
    client.good("GET", HOUSES)


def test_lose_refresh_spends_the_token_and_says_nothing(client: Client) -> None:
    client.faulty("lose_refresh")
    client.good("GET", HOUSES)
    with pytest.raises(requests.ConnectionError):
        client.token_call("refresh", refresh_token=client.keys["refresh_token"])
    client.token_call("refresh", refresh_token=client.keys["refresh_token"])
    assert client.code == 36004005


def test_a_star_spares_token_calls_and_a_path_hits_them(client: Client) -> None:
    client.faulty("http_500", times=None)
    client.token_call("refresh", refresh_token=client.keys["refresh_token"])
    assert client.code == 0
    client.faulty("throttle", "/api/v2/token/refresh")
    client.token_call("refresh", refresh_token=client.keys["refresh_token"])
    assert client.code == 36009002


def test_empty_page(client: Client, number: str) -> None:
    client.order("KP-1")
    client.faulty("empty_page", times=None)
    found = client.good("POST", "/product/202502/products/search", {})
    assert (found["products"], found["next_page_token"], found["total_count"]) == ([], "", 1)
    assert client.orders() == []
    assert client.good("GET", "/product/202309/brands")["brands"] == []
    assert client.good("GET", "/product/202309/categories", category_version="v2")["categories"] == []
    assert client.get(number)["id"] == number


def test_stale_read_shows_what_was_but_not_beyond_settle_s(client: Client, number: str, sku: str) -> None:
    client.clock.advance(61)
    client.stock(number, {sku: 5})
    client.faulty("stale_read", times=None)
    assert client.search()[0]["skus"][0]["inventory"][0]["quantity"] == 12
    assert client.get(number)["skus"][0]["inventory"][0]["quantity"] == 12
    path = "/product/202309/inventory/search"
    rows = client.good("POST", path, {"product_ids": [number]})["inventory"]
    assert rows[0]["skus"][0]["total_available_quantity"] == 12
    client.clock.advance(61)
    assert client.search()[0]["skus"][0]["inventory"][0]["quantity"] == 5
    client.create("NEW")
    assert [row["id"] for row in client.search()] == [number]
    client.clock.advance(61)
    assert len(client.search()) == 2


def test_every_kind_is_in_the_tests_above() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in sorted(KINDS) if f'"{kind}"' not in text] == []
