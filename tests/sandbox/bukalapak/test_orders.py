"""Orders in both generations, and what they do to the stock (facts, sections 3.6 and 4.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.bukalapak.client import Client
from tests.sandbox.bukalapak.conftest import Begin


def orders(shop: Client, **query: Any) -> list[dict[str, Any]]:
    """The first page of v4's list."""
    rows: list[dict[str, Any]] = shop.v4(
        "GET", "/transactions", params={"limit": 50, "offset": 0, "context": "sale", **query}
    )
    return rows


def stock(shop: Client, product: str) -> int:
    """The truth of its first variant."""
    found: int = shop.truth(product)["variants"][0]["stock"]
    return found


def test_an_order_takes_its_pieces_when_it_is_paid(shop: Client) -> None:
    product = shop.made()
    number = shop.buy(product, 2, paid=False)
    assert (orders(shop)[0]["state"], stock(shop, product)) == ("pending", 7)
    assert (shop.advance(number, "paid"), stock(shop, product)) == ("paid", 5)
    assert (shop.advance(number, "cancelled"), stock(shop, product)) == ("cancelled", 7)


@pytest.mark.parametrize(("word", "state", "left"), [
    ("unpaid", "pending", 6), ("paid", "paid", 6), ("shipped", "delivered", 6), ("delivered", "received", 6),
    ("returned", "refunded", 6), ("cancelled", "cancelled", 7), ("failed", "expired", 7), ("rejected", "rejected", 7),
    ("accepted", "accepted", 6), ("remitted", "remitted", 6),
])  # fmt: skip
def test_words_of_the_sandbox_and_states_of_bukalapak(shop: Client, word: str, state: str, left: int) -> None:
    product = shop.made()
    number = shop.buy(product)
    assert (shop.advance(number, word), stock(shop, product)) == (state, left)
    found = shop.v4("GET", f"/transactions/{number}")
    assert (found["state"], f"{state}_at" in found["state_changed_at"]) == (state, True)
    assert shop.v2("GET", f"transactions/{number}.json")["transaction"]["state"] == state


def test_the_last_piece_takes_the_listing_off_the_list(shop: Client) -> None:
    product = shop.made(stock=1)
    shop.buy(product)
    assert (shop.mine(), shop.own(), shop.truth(product)["status"]) == ([], [], "live_oos")
    with pytest.raises(ValueError, match="nothing on sale"):
        shop.buy(product)


def test_an_order_names_an_offer_by_its_id_where_the_shop_holds_no_sku(shop: Client) -> None:
    product = shop.tiered()
    offers = [v["external_id"] for v in shop.truth(product)["variants"]]
    for n, key in enumerate(("sku", "external_id")):
        number = shop.shop.control("POST", "orders", {"lines": [{key: offers[n], "quantity": 1}]})["id"]
        [line] = shop.v4("GET", f"/transactions/{number}")["items"]
        assert line["stuff"]["variant_name"] == f"Ukuran {n}"


def test_an_order_is_named_by_sku(begin: Begin) -> None:
    shop = begin(sku_name="settable")
    product = shop.tiered(skus=("KP-6", "KP-7"))
    number = shop.shop.control("POST", "orders", {"lines": [{"sku": "KP-7", "quantity": 2}]})["id"]
    [line] = shop.v4("GET", f"/transactions/{number}")["items"]
    assert (line["quantity"], line["price"], line["total_price"]) == (2, 185001, 370002)
    assert (line["stuff"]["sku_name"], line["stuff"]["variant_name"]) == ("KP-7", "Ukuran 1")
    assert line["stuff"]["product"]["id"] == product
    for wrong in ({"sku": "KP-7", "quantity": 0}, {"sku": "KP-7", "quantity": 99}, {"quantity": 1}, {"sku": "no"}):
        with pytest.raises((ValueError, KeyError)):
            shop.shop.control("POST", "orders", {"lines": [wrong]})


def test_lists_by_state_and_page(shop: Client) -> None:
    product = shop.made()
    first, second, third = (shop.buy(product) for _ in range(3))
    shop.advance(second, "cancelled")
    assert [str(row["id"]) for row in orders(shop)] == [third, second, first]
    assert [str(row["id"]) for row in orders(shop, **{"states[]": ["cancelled", "expired"]})] == [second]
    assert [str(row["id"]) for row in orders(shop, limit=1, offset=2)] == [first]
    assert shop.answer["meta"]["total"] == 3
    rows = shop.v2("GET", "transactions.json", params={"per_page": 2, "page": 2})["transactions"]
    assert [str(row["id"]) for row in rows] == [first]


@pytest.mark.parametrize("query", [
    {"context": "buy"}, {"states[]": "lost"}, {"limit": 51}, {"start_time": "yesterday"}, {"nothing": 1},
])  # fmt: skip
def test_questions_that_are_refused(shop: Client, query: dict[str, Any]) -> None:
    orders(shop, **query)
    assert (shop.ok, shop.code) == (False, 19422)


@pytest.mark.parametrize(("position", "found"), [("created", 0), ("updated", 1)])
def test_what_the_window_looks_at(begin: Begin, position: str, found: int) -> None:
    shop = begin(order_window=position)  # the switch "bukalapak.order_window"
    number = shop.buy(shop.made())
    shop.clock.advance(3600)
    shop.advance(number, "shipped")
    assert len(orders(shop, start_time="2026-11-24T10:30:00")) == found  # local time: half an hour ago
    assert len(orders(shop, start_time="2026-11-24T03:30:00+00:00")) == found
    assert len(orders(shop, start_time="2026-11-24T09:59:00", end_time="2026-11-24T11:30:00")) == 1


def test_the_phone_is_locked_until_the_order_is_accepted(shop: Client) -> None:
    number = shop.buy(shop.made())
    path = f"/transactions/{number}"
    assert shop.v4("GET", path)["delivery"]["consignee"]["phone"] == "Terkunci"
    shop.v4("PUT", f"{path}/status", json={"state": "accepted"})
    assert shop.v4("GET", path)["delivery"]["consignee"]["phone"] != "Terkunci"
    shop.v4("PUT", f"{path}/status", json={"state": "accepted"})
    assert (shop.ok, shop.answer["meta"]["http_status"]) == (False, 422)  # not idempotent
    options = {"carrier": "Kurir Contoh Reguler", "tracking_number": "SIM1"}
    shop.v4("PUT", f"{path}/status", json={"state": "delivered", "state_options": options})
    found = shop.v4("GET", path)
    assert (found["state"], found["delivery"]["tracking_number"]) == ("delivered", "SIM1")


@pytest.mark.parametrize("body", [
    {"state": "received"}, {"state": "delivered"}, {"state": "rejected"}, {"state": 5}, {"state": "accepted", "x": 1},
    {"state": "rejected", "state_options": {"reject_reason": ""}},
])  # fmt: skip
def test_moves_that_are_refused(shop: Client, body: dict[str, Any]) -> None:
    number = shop.buy(shop.made())
    shop.v4("PUT", f"/transactions/{number}/status", json=body)
    assert not shop.ok
    assert shop.v4("GET", f"/transactions/{number}")["state"] == "paid"


def test_a_rejected_order_gives_its_pieces_back(shop: Client) -> None:
    product = shop.made()
    number = shop.buy(product, 3)
    body = {"state": "rejected", "state_options": {"reject_reason": "Stok habis"}}
    shop.v4("PUT", f"/transactions/{number}/status", json=body)
    assert (shop.ok, stock(shop, product)) == (True, 7)
    assert shop.v4("GET", f"/transactions/{number}")["options"]["reject_reason"] == "Stok habis"


def test_a_reject_of_v2_says_ok_and_does_nothing(shop: Client) -> None:
    number = shop.buy(shop.made())
    right = {"transaction_id": number, "reason": "Stok barang habis"}
    for wrong in ({**right, "reason": "stok barang habis"}, {**right, "reason": "Malas"}):
        answer = shop.v2("PUT", "transactions/reject.json", json=wrong)
        assert (shop.status, answer["status"], answer["message"]) == (200, "OK", "Failed to reject")
        assert shop.v4("GET", f"/transactions/{number}")["state"] == "paid"
    shop.v2("PUT", "transactions/reject.json", json=right)
    assert shop.v4("GET", f"/transactions/{number}")["state"] == "rejected"
    again = shop.v2("PUT", "transactions/reject.json", json=right)
    assert (again["status"], again["message"]) == ("OK", "Failed to reject")


def test_shipping_by_v2(shop: Client) -> None:
    number = shop.buy(shop.made())
    body = {"transaction_id": number, "shipping_code": "SIM2"}
    shop.v2("POST", "transactions/confirm_shipping.json", json=body)
    assert shop.ok
    shop.v2("POST", "transactions/confirm_shipping.json", json=body)
    assert (shop.status, shop.ok) == (200, False)
    shop.v2("POST", "transactions/confirm_shipping.json", json={"transaction_id": number})
    assert not shop.ok


def test_bookings_repeat_and_labels_are_files(shop: Client) -> None:
    number = shop.buy(shop.made())
    body = {"transaction_id": int(number), "courier_selection": "Kurir Contoh Kilat", "service_type": "kilat"}
    one, two = (shop.v4("POST", "/_partners/logistic-bookings", json=body) for _ in range(2))
    assert one["booking_code"] != two["booking_code"]
    params = {"file_type": "pdf", "detail_product": "true", "transaction_ids[]": number}
    reply = shop.raw("GET", "/transactions/download", params=params, headers={"Authorization": f"Bearer {shop.access}"})
    assert (reply.headers["Content-Type"], reply.content[:5]) == ("application/pdf", b"%PDF-")
    shop.v4("POST", "/_partners/logistic-bookings", json={"transaction_id": 5, "courier_selection": "x"})
    assert not shop.ok
    for wrong in ({}, {"transaction_ids[]": "5"}):
        shop.v4("GET", "/transactions/download", params=wrong)
        assert not shop.ok


def test_in_the_closed_era_nobody_orders(begin: Begin) -> None:
    shop = begin(era="closed")
    [product] = shop.shop.control("POST", "listings", [{"title": "A", "variants": [{"price": 1000, "stock": 1}]}])
    with pytest.raises(ValueError, match="closed"):
        shop.buy(product)
    assert orders(shop) == []


def test_orders_arrive_while_it_winds_down(begin: Begin) -> None:
    shop = begin(era="winding_down")
    [product] = shop.shop.control("POST", "listings", [{"title": "A", "variants": [{"price": 1000, "stock": 1}]}])
    number = shop.buy(product)
    shop.v4("PUT", f"/transactions/{number}/status", json={"state": "accepted"})
    assert shop.ok


# --- stock that was sold meanwhile -----------------------------------------------------------------------------------


def test_a_write_that_puts_back_what_was_sold_is_counted(shop: Client) -> None:
    product = shop.made(stock=3)
    shop.buy(product, 2)
    shop.patch(product, stock=3)
    assert shop.shop.calls()["raised_over_sale"] == 1
    shop.buy(product, 3)
    assert shop.shop.calls()["oversold"] == 2


def test_a_write_that_counts_the_order_in_is_none(shop: Client) -> None:
    product = shop.made(stock=3)
    shop.buy(product, 2)
    orders(shop)
    shop.patch(product, stock=3)  # new pieces came in
    shop.buy(product, 3)
    assert (shop.shop.calls()["raised_over_sale"], shop.shop.calls()["oversold"]) == (0, 0)


def test_a_relist_is_no_excuse_and_no_fault(shop: Client) -> None:
    """What a relist zeroed may be written again, but not what had been sold before."""
    for written, counted in ((3, 0), (5, 1)):
        product = shop.made(stock=5)
        shop.buy(product, 2)
        shop.v2("PUT", f"products/{product}/sold.json")
        shop.v2("PUT", f"products/{product}/relist.json")
        shop.patch(product, stock=written)
        assert shop.shop.calls()["raised_over_sale"] == counted
