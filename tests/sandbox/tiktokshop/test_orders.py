"""Buyers' orders and webhooks (facts, sections 9 and 10)."""

from __future__ import annotations

import hashlib
import hmac
import queue

import pytest

from adapters.sandbox.market import NowhereError
from tests.sandbox.receiver import receiver
from tests.sandbox.tiktokshop.client import WAREHOUSE, Client
from tests.sandbox.tiktokshop.conftest import Start

SEARCH = "/order/202309/orders/search"


def advance(client: Client, order: str, to: str) -> None:
    """Move an order on."""
    client.shop.control("POST", f"orders/{order}/advance", {"to": to})


def test_one_line_item_per_piece_and_no_quantity(client: Client) -> None:
    number = client.live()
    order = client.order("KP-1", 3)
    found = client.good("GET", "/order/202507/orders", ids=f"{order},1")["orders"]
    assert [one["id"] for one in found] == [order]
    items = found[0]["line_items"]
    assert len({item["id"] for item in items}) == 3
    assert all("quantity" not in item for item in items)
    assert {(item["product_id"], item["seller_sku"], item["sale_price"]) for item in items} == {
        (number, "KP-1", "85000")
    }
    assert found[0]["payment"]["total_amount"] == "255000"
    assert (found[0]["commerce_platform"], found[0]["fulfillment_type"]) == ("TIKTOK_SHOP", "FULFILLMENT_BY_SELLER")
    assert (found[0]["warehouse_id"], found[0]["status"]) == (WAREHOUSE, "AWAITING_SHIPMENT")
    assert client.good("GET", "/order/202309/orders", ids=order)["orders"] == found


def test_ids_may_also_come_one_by_one(client: Client) -> None:
    """As the generated client library sends them; other parameters come once."""
    client.live()
    orders = [client.order("KP-1"), client.order("KP-1")]
    path = "/order/202507/orders"
    asked = client.query(path)
    text = f"{path}app_key{asked['app_key']}ids{orders[0]}ids{orders[1]}shop_cipher{asked['shop_cipher']}"
    secret = client.keys["app_secret"]
    whole = f"{secret}{text}timestamp{asked['timestamp']}{secret}"
    good = hmac.new(secret.encode(), whole.encode(), hashlib.sha256).hexdigest()
    found = client.good("GET", f"{path}?ids={orders[0]}&ids={orders[1]}", named=asked, sign=good)["orders"]
    assert [order["id"] for order in found] == orders
    client.call("GET", f"{path}?timestamp={asked['timestamp']}", ids=orders[0])
    assert (client.code, "more than once" in client.answer["message"]) == (36009004, True)


def test_an_order_of_tokopedia(client: Client) -> None:
    client.live("A")
    client.live("B", listing_platforms=["TOKOPEDIA"])
    client.order("A", platform="TOKOPEDIA")
    client.order("B")
    assert [order["commerce_platform"] for order in client.orders()] == ["TOKOPEDIA", "TOKOPEDIA"]
    with pytest.raises(ValueError, match="nothing on sale"):
        client.order("B", platform="TIKTOK_SHOP")


def test_the_end_of_a_window_does_not_belong_to_it(client: Client) -> None:
    client.live()
    order = client.order("KP-1")
    now = int(client.clock.now().timestamp())
    assert [one["id"] for one in client.orders(create_time_ge=now, create_time_lt=now + 1)] == [order]
    assert client.orders(create_time_ge=now - 5, create_time_lt=now) == []
    client.clock.advance(10)
    advance(client, order, "shipped")
    assert client.orders(update_time_lt=now + 10) == []
    assert client.orders(update_time_ge=now + 10)[0]["status"] == "IN_TRANSIT"
    assert client.orders(order_status="IN_TRANSIT", warehouse_ids=[WAREHOUSE], shipping_type="TIKTOK")
    for none in ({"order_status": "UNPAID"}, {"warehouse_ids": ["1"]}, {"is_buyer_request_cancel": True},
                 {"shipping_type": "SELLER"}):  # fmt: skip
        assert client.orders(**none) == []
    for bad in ({"order_status": "PAID"}, {"warehouse_ids": ["1"] * 101}):
        client.call("POST", SEARCH, bad)
        assert client.code == 36009004
    client.call("POST", SEARCH, {}, sort_field="id")
    assert client.code == 36009004


def test_data_change_while_a_search_is_paged(client: Client) -> None:
    """What later pages show may lie outside the window that was asked for (section 9)."""
    client.live()
    orders = []
    for _ in range(3):
        orders.append(client.order("KP-1"))
        client.clock.advance(10)
    until = int(client.clock.now().timestamp())
    options = {"page_size": 2, "sort_field": "update_time", "sort_order": "ASC"}
    first = client.good("POST", SEARCH, {"update_time_lt": until}, **options)
    assert [one["id"] for one in first["orders"]] == orders[:2]
    client.clock.advance(60)
    advance(client, orders[2], "shipped")
    second = client.good("POST", SEARCH, {"update_time_lt": until}, page_token=first["next_page_token"], **options)
    assert [one["id"] for one in second["orders"]] == orders[2:]
    assert second["orders"][0]["update_time"] >= until
    assert second["next_page_token"] == ""
    client.call("POST", SEARCH, {}, page_token="eC8x")
    assert client.code == 36009004


@pytest.mark.parametrize("most", ["50", "100"])
def test_the_largest_page_of_orders(start: Start, most: str) -> None:
    client = start(switches={"tiktokshop.orders_page": most})
    client.good("POST", SEARCH, {}, page_size=most)
    client.call("POST", SEARCH, {}, page_size=int(most) + 1)
    assert client.code == 36009004


@pytest.mark.parametrize("most", ["50", "unbounded"])
def test_the_most_ids_of_a_detail_call(start: Start, most: str) -> None:
    client = start(switches={"tiktokshop.order_ids": most})
    for count, code in ((50, 0), (51, 36009004 if most == "50" else 0)):
        client.call("GET", "/order/202507/orders", ids=",".join(["1"] * count))
        assert client.code == code
    client.call("GET", "/order/202507/orders")
    assert client.code == 36009004


@pytest.mark.parametrize("position", ["unpaid", "paid"])
def test_when_an_order_takes_stock(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.committed_at": position})
    client.live()
    order = client.order("KP-1", 4, paid=False)
    assert client.offer()["stock"] == (8 if position == "unpaid" else 12)
    advance(client, order, "paid")
    assert (client.offer()["stock"], client.offer()["reserved"], client.offer()["total"]) == (8, 4, 12)
    advance(client, order, "shipped")
    assert (client.offer()["stock"], client.offer()["reserved"], client.offer()["total"]) == (8, 0, 8)


@pytest.mark.parametrize(
    ("word", "status"),
    [("unpaid", "UNPAID"), ("on_hold", "ON_HOLD"), ("paid", "AWAITING_SHIPMENT"), ("packed", "AWAITING_COLLECTION"),
     ("shipped", "IN_TRANSIT"), ("delivered", "DELIVERED"), ("completed", "COMPLETED"), ("cancelled", "CANCELLED"),
     ("returned", "COMPLETED"), ("failed", "CANCELLED")],
)  # fmt: skip
def test_what_becomes_of_an_order(client: Client, word: str, status: str) -> None:
    client.live()
    order = client.order("KP-1", 2)
    advance(client, order, word)
    found = client.orders()[0]
    assert (found["id"], found["status"]) == (order, status)
    assert ("cancel_reason" in found) is (status == "CANCELLED")
    assert client.offer()["stock"] == (12 if status == "CANCELLED" else 10)


def test_orders_that_cannot_be(client: Client) -> None:
    client.live()
    with pytest.raises(ValueError, match="no warehouse has 13"):
        client.order("KP-1", 13)
    with pytest.raises(ValueError, match="1 to"):
        client.order("KP-1", 0)
    with pytest.raises(ValueError, match="nothing on sale"):
        client.order("X")
    with pytest.raises(ValueError, match="fulfilment"):
        client.order("KP-1", fulfilment="ME")
    with pytest.raises(NowhereError):
        advance(client, "1", "paid")
    with pytest.raises(ValueError, match="cannot become"):
        advance(client, client.order("KP-1"), "eaten")
    client.shop.control("POST", "holiday", {"on": True})
    assert client.offer()["sellable"] == 0
    with pytest.raises(ValueError, match="holiday"):
        client.order("KP-1")


def test_what_others_ship_is_none_of_the_sellers_stock(client: Client) -> None:
    client.live()
    order = client.order("KP-1", 5, fulfilment="FULFILLMENT_BY_DILAYANI_TOKOPEDIA")
    assert client.orders()[0]["fulfillment_type"] == "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"
    assert client.offer()["stock"] == 12
    advance(client, order, "cancelled")
    assert client.offer()["stock"] == 12


def test_a_stock_write_that_puts_back_what_was_sold_is_counted(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    client.order("KP-1", 12)
    client.stock(number, {sku: 12})
    client.order("KP-1", 2)
    calls = client.shop.calls()
    assert (calls["raised_over_sale"], calls["oversold"]) == (1, 2)
    client.orders()
    client.stock(number, {sku: 12})
    assert client.shop.calls()["raised_over_sale"] == 1, "its software had read the orders"


# --- webhooks --------------------------------------------------------------------------------------------------------


def register(client: Client, event: str, address: str) -> int:
    """PUT webhooks; gives its code."""
    client.call("PUT", "/event/202309/webhooks", {"address": address, "event_type": event})
    return client.code


def test_webhooks_are_signed_and_their_ids_are_numbers(client: Client) -> None:
    with receiver() as (address, heard):
        assert register(client, "ORDER_STATUS_CHANGE", address) == 0
        assert register(client, "PRODUCT_STATUS_CHANGE", address) == 0
        number = client.live()
        client.search()
        authorization, event, body = heard.get(timeout=10)
        assert (event["type"], event["data"]["product_id"]) == (5, int(number)), "a string in every call"
        good = client.keys["app_key"].encode() + body
        assert authorization == hmac.new(client.keys["app_secret"].encode(), good, hashlib.sha256).hexdigest()
        order = client.order("KP-1")
        _, event, _ = heard.get(timeout=10)
        assert (event["type"], event["data"]["order_id"]) == (1, order)
        assert event["tts_notification_id"]
        advance(client, order, "cancelled")
        assert heard.get(timeout=10)[1]["data"]["order_status"] == "CANCEL", "CANCELLED in every call"


def test_webhooks_are_registered_listed_and_removed(client: Client) -> None:
    raw = b'{    "address":"https://partner.tiktokshop.com",    "event_type": "PACKAGE_UPDATE"}'
    client.good("PUT", "/event/202309/webhooks", raw=raw)
    found = client.good("GET", "/event/202309/webhooks")
    assert (found["total_count"], found["webhooks"][0]["event_type"]) == (1, "PACKAGE_UPDATE")
    for event, address in (("PRICE", "https://a.example"), ("PACKAGE_UPDATE", "http://a.example"),
                           ("PACKAGE_UPDATE", "http://127.0.0.1:x"), ("PACKAGE_UPDATE", "nowhere")):  # fmt: skip
        assert register(client, event, address) == 36009004
    client.good("DELETE", "/event/202309/webhooks", {"event_type": "PACKAGE_UPDATE"})
    assert client.good("GET", "/event/202309/webhooks")["webhooks"] == []
    client.call("DELETE", "/event/202309/webhooks", {"event_type": "PACKAGE_UPDATE"})
    assert client.code == 36009004


@pytest.mark.parametrize(("position", "tries"), [("none", 1), ("three", 4)])
def test_an_unanswered_webhook(start: Start, position: str, tries: int) -> None:
    client = start(switches={"tiktokshop.webhook_retry": position})
    with receiver(500, 500, 500) as (address, heard):
        register(client, "SELLER_DEAUTHORIZATION", address)
        client.shop.control("POST", "deauthorise", {})
        bodies = [heard.get(timeout=10)[2] for _ in range(tries)]
        assert len(set(bodies)) == 1
        with pytest.raises(queue.Empty):
            heard.get(timeout=0.2)
