"""Buyers' orders and the stock that they take (facts, sections 4.1 to 4.3; the counters of SANDBOX.md)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.client import Client
from tests.sandbox.conftest import Start


def buy(client: Client, sku: str = "KRS-01", quantity: int = 2, paid: bool = True) -> str:
    """The number of a fresh order."""
    order: str = client.shop.control("POST", "orders", {"lines": [{"sku": sku, "quantity": quantity}], "paid": paid})[
        "id"
    ]
    return order


def advance(client: Client, order: str, word: str) -> None:
    """Move an order on."""
    client.shop.control("POST", f"orders/{order}/advance", {"to": word})


def left(client: Client) -> int:
    """The truth of the only offer's stock."""
    stock: int = client.shop.truth()[0]["variants"][0]["stock"]
    return stock


def window(client: Client, **other: Any) -> dict[str, Any]:
    """get_order_list of the last hour."""
    now = int(client.clock.now().timestamp())
    ask = {"time_range_field": "update_time", "time_from": now - 3600, "time_to": now + 1, "page_size": 50, **other}
    return client.call("order/get_order_list", **ask)


@pytest.fixture
def sold(client: Client) -> Client:
    """A shop with one item on sale: 20 pieces."""
    client.item(item_status="NORMAL")
    return client


# --- reading ---------------------------------------------------------------------------------------------------------


def test_orders_come_by_cursor_and_their_status_only_on_request(sold: Client) -> None:
    numbers = [buy(sold, quantity=1) for _ in range(3)]
    first = window(sold, page_size=2)
    assert (first["more"], [set(row) for row in first["order_list"]]) == (True, [{"order_sn"}, {"order_sn"}])
    rest = window(sold, page_size=2, cursor=first["next_cursor"], response_optional_fields="order_status")
    assert (rest["more"], rest["order_list"]) == (False, [{"order_sn": numbers[2], "order_status": "READY_TO_SHIP"}])
    window(sold, cursor="2")
    assert sold.code == "order.error_param"


def test_a_window_spans_at_most_fifteen_days(sold: Client) -> None:
    now = int(sold.clock.now().timestamp())
    window(sold, time_from=now - 15 * 86_400 - 1, time_to=now)
    assert sold.code == "order.order_list_invalid_time"
    window(sold, time_from=now, time_to=now)
    assert sold.code == "order.order_list_invalid_time"
    window(sold, time_from=now - 15 * 86_400, time_to=now)
    assert sold.code == ""


def test_lines_come_only_if_asked_for(sold: Client) -> None:
    order = buy(sold)
    assert "item_list" not in sold.orders(order, "")[0]
    detail = sold.orders(order, "item_list,package_list,total_amount,pay_time")[0]
    line = detail["item_list"][0]
    assert (line["item_sku"], line["model_id"], line["model_quantity_purchased"]) == ("KRS-01", 0, 2)
    assert detail["package_list"][0]["item_list"][0]["model_quantity"] == 2
    assert detail["total_amount"] == 90000
    assert detail["pay_time"] == int(sold.clock.now().timestamp())


def test_a_buyer_is_masked_and_comes_only_if_asked_for(sold: Client) -> None:
    order = buy(sold)
    assert "recipient_address" not in sold.orders(order)[0]
    assert "*" in sold.orders(order, "recipient_address")[0]["recipient_address"]["name"]


def test_a_buyer_may_ask_to_cancel_and_stay(sold: Client) -> None:
    order = buy(sold)
    for word, status in (("in_cancel", "IN_CANCEL"), ("paid", "READY_TO_SHIP")):
        advance(sold, order, word)
        assert (sold.orders(order)[0]["order_status"], left(sold)) == (status, 18)


def test_an_unpaid_order_has_no_pay_time(sold: Client) -> None:
    assert sold.orders(buy(sold, paid=False), "pay_time")[0]["pay_time"] is None


@pytest.mark.parametrize(("position", "rows"), [("refused", 0), ("partial", 1)])
def test_switch_mixed_order_batch(start: Start, position: str, rows: int) -> None:
    client = start(switches={"shopee.mixed_order_batch": position})
    client.item(item_status="NORMAL")
    assert len(client.orders(f"{buy(client)},NOWHERE")) == rows
    if not rows:
        assert (client.code, client.answer["message"]) == (
            "order.error_not_found", "Wrong parameters, detail: the order is not found.",
        )  # fmt: skip


def test_orders_are_found_by_status_and_by_the_time_they_moved(sold: Client) -> None:
    order = buy(sold)
    sold.clock.advance(7200)
    assert window(sold)["order_list"] == []
    advance(sold, order, "shipped")
    assert window(sold)["order_list"] == [{"order_sn": order}]
    assert window(sold, order_status="READY_TO_SHIP")["order_list"] == []
    assert window(sold, order_status="SHIPPED")["order_list"] == [{"order_sn": order}]


# --- stock -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "unpaid"), [("paid", 20), ("unpaid", 18)])
def test_switch_stock_drops_at(start: Start, position: str, unpaid: int) -> None:
    client = start(switches={"shopee.stock_drops_at": position})
    client.item(item_status="NORMAL")
    order = buy(client, paid=False)
    assert left(client) == unpaid
    advance(client, order, "paid")
    assert left(client) == 18
    advance(client, order, "cancelled")
    assert left(client) == 20


@pytest.mark.parametrize(("word", "status", "stock"), [
    ("shipped", "SHIPPED", 18), ("delivered", "COMPLETED", 18), ("cancelled", "CANCELLED", 20),
    ("returned", "TO_RETURN", 18), ("failed", "CANCELLED", 20),
])  # fmt: skip
def test_what_becomes_of_an_order(sold: Client, word: str, status: str, stock: int) -> None:
    order = buy(sold)
    advance(sold, order, word)
    assert (sold.orders(order)[0]["order_status"], left(sold)) == (status, stock)
    line = sold.orders(order)[0]["item_list"][0]
    assert line["active_qty"] + line["cancelled_qty"] == 2


def test_what_cannot_be_bought_is_a_400_of_the_control(sold: Client) -> None:
    for lines in (
        [{"sku": "KRS-01", "quantity": 21}],
        [{"sku": "NONE", "quantity": 1}],
        [{"sku": "KRS-01", "quantity": 0}],
    ):
        assert sold.raw("POST", "/_sandbox/orders", json={"lines": lines}).status_code == 400
    assert sold.raw("POST", "/_sandbox/orders/NOWHERE/advance", json={"to": "paid"}).status_code == 404


# --- who sold what was not there -------------------------------------------------------------------------------------


def test_writing_back_what_an_order_took_is_counted(sold: Client) -> None:
    item = int(sold.shop.truth()[0]["external_id"])
    buy(sold)
    sold.stock(item, 20)
    assert (sold.shop.calls()["raised_over_sale"], sold.shop.calls()["oversold"]) == (1, 0)
    buy(sold, quantity=20)
    assert sold.shop.calls()["oversold"] == 2


def test_a_client_that_reads_orders_first_is_never_counted(sold: Client) -> None:
    item = int(sold.shop.truth()[0]["external_id"])
    order = buy(sold)
    sold.stock(item, 18)
    sold.stock(item, 5)  # going down needs no reading
    sold.orders(order)
    sold.stock(item, 30)
    assert sold.shop.calls()["raised_over_sale"] == 0
    buy(sold, quantity=30)
    assert sold.shop.calls()["oversold"] == 0


def test_the_status_alone_is_not_the_order(sold: Client) -> None:
    item = int(sold.shop.truth()[0]["external_id"])
    order = buy(sold)
    window(sold)
    sold.orders(order, "total_amount")
    sold.stock(item, 20)
    assert sold.shop.calls()["raised_over_sale"] == 1


def test_reading_one_order_does_not_excuse_another(sold: Client) -> None:
    item = int(sold.shop.truth()[0]["external_id"])
    first = buy(sold)
    sold.orders(first)
    buy(sold, quantity=3)
    advance(sold, first, "shipped")
    sold.orders(first)
    sold.stock(item, 18)
    assert sold.shop.calls()["raised_over_sale"] == 1


def test_a_write_that_goes_down_does_not_excuse_the_next(sold: Client) -> None:
    item = int(sold.shop.truth()[0]["external_id"])
    buy(sold)
    sold.stock(item, 10)
    sold.stock(item, 20)
    assert sold.shop.calls()["raised_over_sale"] == 1


def test_a_cancelled_order_gives_back_without_a_trace(sold: Client) -> None:
    item = int(sold.shop.truth()[0]["external_id"])
    advance(sold, buy(sold), "cancelled")
    sold.stock(item, 25)
    assert (left(sold), sold.shop.calls()["raised_over_sale"]) == (25, 0)


def test_a_correction_takes_back_what_was_raised(sold: Client) -> None:
    item = int(sold.shop.truth()[0]["external_id"])
    order = buy(sold)
    sold.stock(item, 20)
    sold.orders(order)
    sold.stock(item, 18)
    buy(sold, quantity=18)
    assert sold.shop.calls()["oversold"] == 0
