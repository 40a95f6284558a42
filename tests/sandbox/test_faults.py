"""Every kind of fault: what the line, the edge and the marketplace do to a call (SANDBOX.md, `PUT faults`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.sandbox.faults import KINDS
from tests.sandbox.client import Client
from tests.sandbox.conftest import Start

PRICE = "/api/v2/product/update_price"


def fault(client: Client, kind: str, operation: str = "*", times: int | None = 1, probability: float = 1.0) -> None:
    """Put one fault in force."""
    line = {"operation": operation, "kind": kind, "probability": probability, "times": times}
    client.shop.control("PUT", "faults", [line])


def price(client: Client) -> int:
    """The truth of the only price."""
    found: int = client.shop.truth()[0]["variants"][0]["price"]
    return found


@pytest.fixture
def item(client: Client) -> int:
    """An item on sale at 45,000, by the same client."""
    return client.item(item_status="NORMAL")


def test_lose_request_applies_nothing(client: Client, item: int) -> None:
    fault(client, "lose_request", PRICE)
    with pytest.raises(requests.ConnectionError):
        client.price(item, (0, 50000))
    assert price(client) == 45000
    client.price(item, (0, 50000))
    assert price(client) == 50000


def test_lose_response_applies_and_says_nothing(client: Client, item: int) -> None:
    fault(client, "lose_response", PRICE)
    with pytest.raises(requests.ConnectionError):
        client.price(item, (0, 50000))
    assert price(client) == 50000


def test_late_apply_comes_after_later_calls_but_within_settle_s(client: Client, item: int) -> None:
    fault(client, "late_apply", PRICE)
    with pytest.raises(requests.ConnectionError):
        client.price(item, (0, 50000))
    client.price(item, (0, 60000))
    assert price(client) == 60000
    client.clock.advance(60)
    assert price(client) == 50000


def test_a_create_applied_late_counts_as_of_its_moment(client: Client) -> None:
    """So that it stands in the list and in a search within settle_s = 120 s, whenever somebody looks first."""
    body = client.body("LATE-1")
    fault(client, "late_apply", "/api/v2/product/add_item")
    sent = client.clock.now().timestamp()
    with pytest.raises(requests.ConnectionError):
        client.call("product/add_item", body)
    client.clock.advance(120)
    [found] = client.search(item_sku="LATE-1")
    assert client.base(found)["create_time"] == int(sent) + 60


@pytest.mark.parametrize(("kind", "status"), [("http_500", 500), ("http_503", 503)])
def test_the_edge_fails_with_html_and_applies_nothing(client: Client, item: int, kind: str, status: int) -> None:
    fault(client, kind, PRICE)
    with pytest.raises(requests.JSONDecodeError):
        client.price(item, (0, 50000))
    fault(client, kind, PRICE)
    path, rows = PRICE, [{"model_id": 0, "original_price": 50000}]
    reply = client.raw("POST", path, params=client.common(path, False), json={"item_id": item, "price_list": rows})
    assert (reply.status_code, reply.headers["Content-Type"]) == (status, "text/html")
    assert price(client) == 45000


@pytest.mark.parametrize("position", ["200", "429"])
def test_throttle_and_its_switch(start: Start, position: str) -> None:
    client = start(switches={"shopee.throttle_status": position})
    client.item()
    fault(client, "throttle")
    client.call("shop/get_shop_info")
    assert (client.status, client.code) == (int(position), "error_rate_limit")
    assert client.shop.calls()["throttled"] == 1
    client.call("shop/get_shop_info")
    assert client.code == ""


def test_slow_takes_seconds_of_the_clock(client: Client, item: int) -> None:
    fault(client, "slow", PRICE)
    before = client.clock.monotonic()
    client.price(item, (0, 50000))
    assert (client.clock.monotonic() - before, price(client)) == (3.0, 50000)


def test_garbage_is_html_with_200(client: Client, item: int) -> None:
    fault(client, "garbage", PRICE)
    with pytest.raises(requests.JSONDecodeError):
        client.price(item, (0, 50000))
    assert price(client) == 50000


def test_truncated_breaks_off_in_the_middle(client: Client, item: int) -> None:
    fault(client, "truncated", PRICE)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        client.price(item, (0, 50000))
    assert price(client) == 50000


def test_reject_row_refuses_the_first_and_partial_batch_every_second(client: Client) -> None:
    item, (first, second) = client.tiered()
    for kind, refused in (("reject_row", first), ("partial_batch", second)):
        fault(client, kind)
        answer = client.price(item, (first, 46000), (second, 48000))
        assert client.code == ""
        assert [row["model_id"] for row in answer["failure_list"]] == [refused]


def test_omit_row_applies_what_stands_in_neither_list(client: Client) -> None:
    item, (first, second) = client.tiered()
    fault(client, "omit_row")
    answer = client.price(item, (first, 46000), (second, 48000))
    assert [row["model_id"] for row in answer["success_list"]] == [second]
    assert [variant["price"] for variant in client.shop.truth()[0]["variants"]] == [46000, 48000]


def test_omit_row_of_a_single_row_is_success_without_a_list(client: Client, item: int) -> None:
    fault(client, "omit_row")
    assert client.show(item, shown=False) == {}
    assert (client.code, client.shop.truth()[0]["status"]) == ("", "hidden")


def test_stuck_queue_keeps_a_batch_going_for_ever(client: Client) -> None:
    fault(client, "stuck_queue")
    task = client.call("product/batch_add_item", {"item_list": [client.body()]})["task_id"]
    client.clock.advance(3600)
    assert client.call("product/get_batch_task_result", task_type=4, task_id=task)["publish_status"] == 1


def test_expire_token_ends_it_before_its_time(client: Client, item: int) -> None:
    fault(client, "expire_token")
    client.price(item, (0, 50000))
    assert client.code == "invalid_acceess_token"
    client.token = client.refreshed(client.refresh_token)["access_token"]
    client.price(item, (0, 50000))
    assert price(client) == 50000


def test_lose_refresh_spends_the_token_and_says_nothing(client: Client) -> None:
    fault(client, "lose_refresh")
    client.call("shop/get_shop_info")
    with pytest.raises(requests.ConnectionError):
        client.refreshed(client.refresh_token)
    client.refreshed(client.refresh_token)
    assert (client.code, client.answer["message"]) == ("error_auth", "Invalid refresh_token.")


def test_a_refresh_whose_request_was_lost_can_be_sent_again(client: Client) -> None:
    fault(client, "lose_request", "/api/v2/auth/access_token/get")
    with pytest.raises(requests.ConnectionError):
        client.refreshed(client.refresh_token)
    assert client.refreshed(client.refresh_token)["error"] == ""


READS: list[tuple[str, Callable[[Client, int], Any]]] = [
    ("product/get_item_list", lambda client, item: client.listed()),
    ("product/get_item_base_info", lambda client, item: client.call("product/get_item_base_info", item_id_list=item)),
    ("product/search_item", lambda client, item: client.search(item_sku="KRS-01")),
]


@pytest.mark.parametrize(("operation", "read"), READS, ids=[name for name, _ in READS])
def test_empty_page_shows_nothing_of_what_is_there(
    client: Client, item: int, operation: str, read: Callable[[Client, int], Any]
) -> None:
    client.clock.advance(60)
    full = read(client, item)
    fault(client, "empty_page", operation)
    empty = read(client, item)
    assert client.code == ""
    assert empty in ([], {"item_list": []})
    assert read(client, item) == full


def test_stale_read_shows_what_was_but_not_beyond_settle_s(client: Client, item: int) -> None:
    client.clock.advance(200)
    client.price(item, (0, 50000))
    fault(client, "stale_read", times=None)
    assert client.base(item)["price_info"][0]["original_price"] == 45000
    client.clock.advance(121)
    assert client.base(item)["price_info"][0]["original_price"] == 50000
    fresh = client.item("NEW-1")
    assert fresh not in client.listed()
    client.clock.advance(121)
    assert fresh in client.listed()


# --- which calls a fault hits ----------------------------------------------------------------------------------------


def test_a_star_spares_token_calls(client: Client) -> None:
    fault(client, "http_500", times=None)
    assert client.refreshed(client.refresh_token)["error"] == ""
    with pytest.raises(requests.JSONDecodeError):
        client.call("shop/get_shop_info")


def test_a_kind_that_does_not_fit_a_call_waits_for_one_that_does(client: Client, item: int) -> None:
    fault(client, "reject_row")
    client.call("shop/get_shop_info")
    assert client.code == ""
    client.price(item, (0, 50000))
    assert client.code == "product.error_update_price_fail"
    client.price(item, (0, 50000))
    assert client.code == ""


def test_times_and_probability(client: Client) -> None:
    client.shop.control("PUT", "settings", {"seed": 5})
    fault(client, "throttle", times=2)
    codes = []
    for _ in range(3):
        client.call("shop/get_shop_info")
        codes.append(client.code)
    assert codes == ["error_rate_limit", "error_rate_limit", ""]
    fault(client, "throttle", times=None, probability=0.5)
    seen = []
    for _ in range(40):
        client.call("shop/get_shop_info")
        seen.append(client.code)
    assert 8 < seen.count("") < 32
    client.shop.control("PUT", "faults", [])
    client.call("shop/get_shop_info")
    assert client.code == ""


@pytest.mark.parametrize("line", [{"operation": "*", "kind": "nothing"}, {"kind": "slow"}, "slow"])
def test_a_fault_that_is_none_is_refused(client: Client, line: Any) -> None:
    assert client.raw("PUT", "/_sandbox/faults", json=[line]).status_code == 400


def test_every_kind_is_in_the_tests_above() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in sorted(KINDS) if f'"{kind}"' not in text] == []
