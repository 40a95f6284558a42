"""Stock, prices, promotions (SANDBOX.md, Blibli 4; facts, sections 7.5 to 7.7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.blibli.client import MTA, OTHER_POINT, SELLER, Client
from tests.sandbox.blibli.conftest import Start

GDN = "TOQ-15130-00001-00001"


@pytest.fixture
def live(client: Client) -> Client:
    """A client with one live product: KP-1, 12 pieces, 150000 and 140000."""
    client.live()
    return client


def offer(client: Client) -> dict[str, Any]:
    """The one variant's truth."""
    found: dict[str, Any] = client.truth("KP-1")["variants"][0]
    return found


def test_stock_adds_and_exact_stock_sets(live: Client) -> None:
    for row, after in (({"stock": 5}, 17), ({"stock": -7}, 10), ({"exactStock": 7}, 7), ({"exactStock": 7}, 7),
                       ({"stock": 5}, 12), ({"stock": 5}, 17)):  # fmt: skip
        [told] = live.update({"gdnSku": GDN, **row})
        assert (told["isSuccess"], told["gdnSku"], offer(live)["stock"]) == (True, GDN, after)


def test_nothing_is_applied_before_the_queue_is_through(live: Client) -> None:
    live.update({"gdnSku": GDN, "exactStock": 1}, wait=False)
    assert offer(live)["stock"] == 12
    live.clock.advance(60)
    assert offer(live)["stock"] == 1


@pytest.mark.parametrize(("row", "text"), [
    ({"stock": 1, "exactStock": 1}, "together"), ({"stock": -13}, "0 or more"), ({"exactStock": -1}, "0 or more"),
    ({"price": 150000}, "together"), ({"salePrice": 140000}, "together"), ({"price": 1, "salePrice": 1}, "1000"),
    ({"price": 9000, "salePrice": 9001}, "higher"), ({"minimumStock": 0}, "minimumStock"),
    ({"pickupPointCode": None}, "pickupPointCode"), ({"pickupPointCode": OTHER_POINT}, "pickup point"),
    ({"gdnSku": "TOQ-15130-00001-00009"}, "not found"), ({"gdnSku": "KP-1"}, "not found"),
    ({"exactStock": 3, "price": 1, "salePrice": 1}, "1000"),
])  # fmt: skip
def test_rows_that_fail(live: Client, row: dict[str, Any], text: str) -> None:
    [told] = live.update({"gdnSku": GDN, **row})
    assert not told["isSuccess"]
    assert text in told["errorMessage"]
    assert (offer(live)["stock"], offer(live)["price"], offer(live)["sale_price"]) == (12, 150000, 140000)


def test_a_delta_of_nothing_is_ignored_with_a_warning(live: Client) -> None:
    [told] = live.update({"gdnSku": GDN, "stock": 0})
    assert told["isSuccess"]
    assert "ignored" in told["errorMessage"]


def test_price_sale_price_flags_and_minimum_in_one_row(live: Client) -> None:
    row = {
        "gdnSku": GDN,
        "price": 99000.0,
        "salePrice": 99000,
        "buyable": False,
        "displayable": True,
        "minimumStock": 2,
    }
    assert live.update(row)[0]["isSuccess"]
    assert (offer(live)["price"], offer(live)["sale_price"], live.truth("KP-1")["status"]) == (99000, None, "hidden")
    shown = live.offers()["KP-1"]
    assert (shown["buyable"], shown["displayable"]) == (False, False)


@pytest.mark.parametrize("body", [
    {"merchantCode": "TOQ-1", "productRequests": [{"gdnSku": GDN}]}, {"merchantCode": "TOQ-15130"},
    {"merchantCode": "TOQ-15130", "productRequests": []},
    {"merchantCode": "TOQ-15130", "productRequests": [{"gdnSku": GDN}, {"gdnSku": GDN}]},
    {"merchantCode": "TOQ-15130", "productRequests": [{"gdnSku": f"{GDN}{n}"} for n in range(101)]},
    {"merchantCode": "TOQ-15130", "productRequests": [{"gdnSku": GDN, "exactStock": "7"}]},
    {"merchantCode": "TOQ-15130", "productRequests": [{"gdnSku": GDN, "availableStock": 7}]},
])  # fmt: skip
def test_bulk_calls_that_are_refused_whole(live: Client, body: dict[str, Any]) -> None:
    live.call("POST", f"{MTA}/v1/product/updateProduct", body)
    assert live.code == "ERR-SIM400001"


@pytest.mark.parametrize("position", ["requestId", "queueFeedId"])
def test_where_bulk_tells_its_queue(start: Start, position: str) -> None:
    client = start(switches={"blibli.bulk_queue_id": position})
    client.live()
    body = {"merchantCode": "TOQ-15130", "productRequests": [{"gdnSku": GDN, "exactStock": 1}]}
    client.good("POST", f"{MTA}/v1/product/updateProduct", body, request_id="acme-5")
    assert (client.answer["requestId"] == "acme-5") == (position == "queueFeedId")
    assert (client.answer["value"] is None) == (position == "requestId")
    assert client.update({"gdnSku": GDN, "exactStock": 3})[0]["isSuccess"]


def test_one_wrong_row_does_not_fail_the_others(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    told = client.update({"gdnSku": f"{l3}-00001", "exactStock": -1}, {"gdnSku": f"{l3}-00002", "exactStock": 3})
    assert [row["isSuccess"] for row in told] == [False, True]


def test_faults_of_bulk_rows(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    for kind, stocks, told in (("reject_row", [12, 1], [False, True]), ("partial_batch", [2, 1], [True, False]),
                               ("omit_row", [3, 3], [True]), ("stuck_queue", [4, 4], [])):  # fmt: skip
        client.shop.control("PUT", "faults", [{"operation": "updateProduct", "kind": kind, "times": 1}])
        number = {"reject_row": 1, "partial_batch": 2, "omit_row": 3, "stuck_queue": 4}[kind]
        rows = client.update(*[{"gdnSku": f"{l3}-0000{n}", "exactStock": number} for n in (1, 2)])
        assert [row["isSuccess"] for row in rows] == told
        assert [one["stock"] for one in client.truth("KP-1-16")["variants"]] == stocks


# --- one SKU at once --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "status"), [("204", 204), ("200", 200)])
def test_the_single_stock_write(start: Start, position: str, status: int) -> None:
    client = start(switches={"blibli.stock_answer": position})
    client.live()
    client.stock(GDN, 7)
    assert (client.status, client.text == "", offer(client)["stock"]) == (status, status == 204, 7)
    client.stock(GDN, 7)
    assert offer(client)["stock"] == 7


@pytest.mark.parametrize("more", [{"pickupPointCode": None}, {"pickupPointCode": OTHER_POINT},
                                  {"availableStock": -1}, {"availableStock": None}, {"exactStock": 1}])  # fmt: skip
def test_stock_writes_that_are_refused(live: Client, more: dict[str, Any]) -> None:
    live.stock(GDN, 7, **more)
    assert live.code == "ERR-SIM400001"
    assert offer(live)["stock"] == 12


def test_the_pickup_point_may_stand_in_the_query(live: Client) -> None:
    path = f"{SELLER}/products/{GDN}/stock"
    live.good("PUT", path, {"availableStock": 3}, pickupPointCode="PP-3000001")
    live.call("PUT", path, {"availableStock": 4}, pickupPointCode=OTHER_POINT)
    assert (live.code, offer(live)["stock"]) == ("ERR-SIM400001", 3)


def test_a_store_with_one_pickup_point_needs_none(client: Client) -> None:
    client.shop.control("PUT", "settings", {"pickup_points": 1})
    client.live("KP-1", pickupPointCode=None)
    client.stock(GDN, 7, pickupPointCode=None)
    assert (client.status, offer(client)["stock"], offer(client)["location"]) == (204, 7, "PP-3000001")
    assert client.update({"gdnSku": GDN, "exactStock": 8, "pickupPointCode": None})[0]["isSuccess"]
    assert not client.good("GET", f"{SELLER}/stores")["multiPickupPoint"]


def test_l3_is_no_address_of_stock(live: Client) -> None:
    live.call("PUT", f"{SELLER}/products/TOQ-15130-00001/stock", {"availableStock": 1}, named={
        "blibli-sku": "TOQ-15130-00001", "product-sku": "TOQ-15130-00001"})  # fmt: skip
    assert live.code != ""
    assert offer(live)["stock"] == 12


def test_the_single_price_write(live: Client) -> None:
    live.price(GDN, 130000, 120000, buyable=False)
    assert (live.code, offer(live)["price"], offer(live)["sale_price"]) == ("", 130000, 120000)
    live.price(GDN, 110000, sellerSku="KP-1B")
    assert (offer_of(live, "KP-1B")["price"], offer_of(live, "KP-1B")["sale_price"]) == (110000, None)
    live.price(GDN, 500)
    assert live.code == "ERR-SIM400001"
    live.call("PUT", f"{SELLER}/products/{GDN}", {"price": {"regular": 9000}})
    assert live.code == "ERR-SIM400001"


def offer_of(client: Client, sku: str) -> dict[str, Any]:
    """The truth of one variant."""
    found: dict[str, Any] = next(one for one in client.truth(sku)["variants"] if one["sku"] == sku)
    return found


@pytest.mark.parametrize(("position", "stock"), [("refused", 12), ("accepted", 7)])
def test_stock_of_an_archived_product(start: Start, position: str, stock: int) -> None:
    client = start(switches={"blibli.archived_stock": position})
    l3 = client.live()
    client.good("POST", f"{SELLER}/products/statuses/archive", {"productSkus": [l3]})
    client.clock.advance(60)
    client.stock(GDN, 7)
    assert offer(client)["stock"] == stock
    [told] = client.update({"gdnSku": GDN, "exactStock": 3})
    assert (told["isSuccess"], "archived" in told["errorMessage"], offer(client)["stock"]) == (False, True, stock)


def test_a_banned_product_takes_no_numbers(live: Client) -> None:
    live.shop.control("POST", "ban", {"sku": "KP-1"})
    assert live.truth("KP-1")["status"] == "banned"
    live.stock(GDN, 7)
    assert live.code == "ERR-SIM400001"
    assert not live.update({"gdnSku": GDN, "exactStock": 3})[0]["isSuccess"]


# --- promotions -------------------------------------------------------------------------------------------------------


def promote(client: Client, start_in: float, **other: Any) -> None:
    """A promotion of KP-1 that begins in so many seconds and lasts a day."""
    begins = client.clock.now().timestamp() + start_in
    client.shop.control("POST", "promotions", {"sku": "KP-1", "from": begins, "to": begins + 86_400, **other})


def test_a_price_during_registration_succeeds_and_drops_the_product(live: Client) -> None:
    promote(live, 7200, reserve=4)
    [told] = live.update({"gdnSku": GDN, "price": 150000, "salePrice": 130000})
    assert told["isSuccess"]
    assert "dropped" in told["errorMessage"]
    live.clock.advance(7200)
    assert (offer(live)["sale_price"], offer(live)["reserved"]) == (130000, 0)
    assert live.update({"gdnSku": GDN, "price": 150000, "salePrice": 120000})[0]["errorMessage"] is None


def test_a_price_within_the_range_keeps_it(live: Client) -> None:
    promote(live, 7200, range=[130000, 140000])
    assert live.update({"gdnSku": GDN, "price": 150000, "salePrice": 135000})[0]["errorMessage"] is None
    live.clock.advance(7200)
    assert not live.update({"gdnSku": GDN, "price": 150000, "salePrice": 130000})[0]["isSuccess"]


def test_a_live_promotion_refuses_prices_and_reserves_pieces(live: Client) -> None:
    promote(live, 0, reserve=4)
    live.price(GDN, 130000, 120000)
    assert live.code == "ERR-SIM400001"
    [told] = live.update({"gdnSku": GDN, "price": 130000, "salePrice": 120000})
    assert (told["isSuccess"], offer(live)["price"]) == (False, 150000)
    assert live.update({"gdnSku": GDN, "price": 150000, "salePrice": 140000, "exactStock": 9})[0]["isSuccess"]
    assert (offer(live)["reserved"], offer(live)["sellable"], offer(live)["stock"]) == (4, 5, 9)
    assert live.offers()["KP-1"]["stockReservedLv2"] == 4
    live.clock.advance(86_400)
    assert live.update({"gdnSku": GDN, "price": 130000, "salePrice": 120000})[0]["isSuccess"]


def test_flash_and_review_refuse_what_is_out_of_range(live: Client) -> None:
    promote(live, 7200, kind="FLASH")
    assert not live.update({"gdnSku": GDN, "price": 150000, "salePrice": 130000})[0]["isSuccess"]
    live.shop.control("DELETE", "state")
    live.live("KP-1")
    gdn = live.offers()["KP-1"]["gdnSku"]
    promote(live, 7200, review_from=live.clock.now().timestamp(), range=[130000, 140000])
    assert not live.update({"gdnSku": gdn, "price": 150000, "salePrice": 120000})[0]["isSuccess"]
    assert live.update({"gdnSku": gdn, "price": 150000, "salePrice": 130000})[0]["isSuccess"]
