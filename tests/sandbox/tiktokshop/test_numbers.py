"""Stock and prices (facts, sections 5.1, 7.3 and 7.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.tiktokshop.client import OTHER_WAREHOUSE, WAREHOUSE, Client
from tests.sandbox.tiktokshop.conftest import Start

DILAYANI = "7068517275539719944"


def write(client: Client, number: str, sku: str, *rows: tuple[str | None, int]) -> list[dict[str, Any]]:
    """A stock write of one SKU in some warehouses; gives the failed rows."""
    inventory = [
        {"quantity": quantity, **({} if place is None else {"warehouse_id": place})} for place, quantity in rows
    ]
    path = f"/product/202309/products/{number}/inventory/update"
    return client.errors("POST", path, {"skus": [{"id": sku, "inventory": inventory}]})


def extra(errors: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Warehouse and code of what went wrong with the first row."""
    assert errors[0]["code"] == 12052990
    return [(one["warehouse_id"], one["code"]) for one in errors[0]["detail"]["extra_errors"]]


def test_stock_is_absolute(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    assert client.stock(number, {sku: 7}) == []
    assert client.answer["data"] == {}
    assert client.stock(number, {sku: 7}) == []
    assert client.offer()["stock"] == 7
    assert write(client, number, sku, (None, 99_999)) == [], "a single warehouse need not be named"
    assert client.search()[0]["skus"][0]["inventory"] == [{"warehouse_id": WAREHOUSE, "quantity": 99_999}]


def test_failures_come_under_code_zero(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    errors = write(client, number, sku, ("1", 7))
    assert errors == [{
        "code": 12052990, "message": "check failed",
        "detail": {"sku_id": sku, "extra_errors": [
            {"warehouse_id": "1", "code": 12052097, "message": "warehouse not exist"},
            {"warehouse_id": WAREHOUSE, "code": 12052530, "message": "an assigned warehouse is missing"}]},
    }]  # fmt: skip
    assert client.stock(number, {"1": 7})[0]["code"] == 12052557
    assert extra(client.stock(number, {sku: 100_000})) == [(WAREHOUSE, 12052055)]
    assert extra(client.stock(number, {sku: -1})) == [(WAREHOUSE, 12052055)]
    assert client.offer()["stock"] == 12


@pytest.mark.parametrize("position", ["refused", "accepted"])
def test_a_quantity_of_zero(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.zero_quantity": position})
    number = client.live()
    errors = client.stock(number, {client.skus(number)["KP-1"]: 0})
    if position == "refused":
        assert extra(errors) == [(WAREHOUSE, 12052055)]
    assert client.truth()["status"] == ("live" if position == "refused" else "live_oos")
    body = client.body("B")
    body["skus"][0]["inventory"][0]["quantity"] = 0
    client.call("POST", "/product/202309/products", body)
    assert client.code == (12052055 if position == "refused" else 0)


@pytest.mark.parametrize("position", ["refused", "untouched"])
def test_an_assigned_warehouse_that_is_left_out(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.omitted_warehouse": position})
    client.shop.control("PUT", "settings", {"warehouses": 2})
    body = client.body()
    body["skus"][0]["inventory"].append({"warehouse_id": OTHER_WAREHOUSE, "quantity": 5})
    number = client.good("POST", "/product/202309/products", body)["product_id"]
    sku = client.skus(number)["KP-1"]
    errors = write(client, number, sku, (WAREHOUSE, 3))
    assert bool(errors) is (position == "refused")
    assert client.offer()["stock"] == (17 if position == "refused" else 8)
    assert write(client, number, sku, (WAREHOUSE, 1), (OTHER_WAREHOUSE, 2)) == []
    assert (client.offer()["stock"], client.offer()["location"]) == (3, None)
    assert extra(write(client, number, sku, (None, 3)))[0] == ("", 12052097), "with several, each is named"
    assert write(client, number, sku, (WAREHOUSE, 1), (WAREHOUSE, 2), (OTHER_WAREHOUSE, 2))
    rows = client.good("POST", "/product/202309/inventory/search", {"sku_ids": [sku]})["inventory"]
    assert rows[0]["skus"][0]["warehouse_inventory"] == [
        {"warehouse_id": WAREHOUSE, "available_quantity": 1, "committed_quantity": 0},
        {"warehouse_id": OTHER_WAREHOUSE, "available_quantity": 2, "committed_quantity": 0},
    ]  # fmt: skip


@pytest.mark.parametrize("position", ["untouched", "applied"])
def test_the_rest_of_a_partly_failed_stock_write(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.unlisted": position})
    number = client.live("A", ("1", "2"))
    skus = client.skus(number)
    errors = client.stock(number, {skus["A-1"]: 3, skus["A-2"]: 100_000})
    assert [error["detail"]["sku_id"] for error in errors] == [skus["A-2"]]
    assert client.offer("A-1")["stock"] == (12 if position == "untouched" else 3)
    assert client.offer("A-2")["stock"] == 12


@pytest.mark.parametrize("position", ["available", "total"])
def test_what_a_stock_write_sets(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.quantity_scale": position})
    number = client.live()
    sku = client.skus(number)["KP-1"]
    client.order("KP-1", 4)
    offer = client.offer()
    assert (offer["stock"], offer["sellable"], offer["total"]) == (8 if position == "available" else 12, 8, 12)
    client.stock(number, {sku: 20})
    offer = client.offer()
    assert offer["stock"] == 20
    assert (offer["sellable"], offer["total"]) == ((20, 24) if position == "available" else (16, 20))
    inventory = client.good("POST", "/product/202309/inventory/search", {"product_ids": [number]})["inventory"]
    assert inventory[0]["skus"][0]["total_committed_quantity"] == 4
    assert inventory[0]["skus"][0]["total_available_quantity"] == offer["sellable"]
    client.shop.control("POST", "edit", {"sku": "KP-1", "stock": 30})
    assert client.offer()["stock"] == 30


def test_dilayanis_warehouse_is_not_the_sellers(client: Client) -> None:
    client.shop.control("PUT", "settings", {"dilayani": True})
    houses = client.good("GET", "/logistics/202309/warehouses")["warehouses"]
    assert DILAYANI in [house["id"] for house in houses]
    number = client.live()
    sku = client.skus(number)["KP-1"]
    assert (DILAYANI, 12052382) in extra(write(client, number, sku, (DILAYANI, 3), (WAREHOUSE, 3)))
    assert client.offer()["stock"] == 12


def test_stock_in_every_state_but_frozen_and_deleted(client: Client) -> None:
    number = client.create()
    sku = client.skus(number)["KP-1"]
    assert client.stock(number, {sku: 5}) == []
    client.clock.advance(3600)
    client.states("deactivate", number)
    assert client.stock(number, {sku: 6}) == []
    assert client.offer()["stock"] == 6
    client.states("delete", number)
    client.call("POST", f"/product/202309/products/{number}/inventory/update", {"skus": []})
    assert client.code == 12052260


# --- prices ----------------------------------------------------------------------------------------------------------


def test_a_price_shows_as_tax_exclusive(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    assert client.price(number, {sku: "90000"}) == 0
    assert client.answer["data"] == {}
    assert client.get(number)["skus"][0]["price"] == {"currency": "IDR", "tax_exclusive_price": "90000"}
    assert client.price(number, {}) == 12052910
    assert client.price(number, {"1": "90000"}) == 12052557
    assert client.price("1", {sku: "90000"}) == 12052260


def test_prices_are_for_products_that_are_active(client: Client) -> None:
    number = client.create()
    sku = client.skus(number)["KP-1"]
    assert client.price(number, {sku: "90000"}) == 12052910
    client.clock.advance(3600)
    assert client.price(number, {sku: "90000"}) == 0
    client.states("deactivate", number)
    assert client.price(number, {sku: "95000"}) == 12052910
    assert client.offer()["price"] == 90_000


@pytest.mark.parametrize("position", ["applied", "untouched"])
def test_the_good_prices_of_a_call_that_failed(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.refused_price": position})
    number = client.live("A", ("1", "2"))
    skus = client.skus(number)
    assert client.price(number, {skus["A-1"]: "90000", skus["A-2"]: "0"}) == 12052073
    assert client.offer("A-1")["price"] == (90_000 if position == "applied" else 85_000)


@pytest.mark.parametrize("position", ["1000", "1"])
def test_the_lowest_price(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.price_floor": position})
    number = client.live()
    sku = client.skus(number)["KP-1"]
    assert client.price(number, {sku: "999"}) == (12052073 if position == "1000" else 0)
    assert client.price(number, {sku: "0"}) == 12052073
    assert client.price(number, {sku: "1000"}) == 0


@pytest.mark.parametrize("position", ["refused", "accepted"])
def test_an_amount_with_decimals(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.price_fraction": position})
    number = client.live()
    sku = client.skus(number)["KP-1"]
    assert client.price(number, {sku: "90000.00"}) == (12052073 if position == "refused" else 0)
    for bad in ("90000.50", "9e4", " 90000", "90.000", "Rp90000", "٩٠٠٠٠"):
        assert client.price(number, {sku: bad}) == 12052073


def test_a_promotion_locks_the_price_and_holds_its_reserve(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    now = client.clock.now().timestamp()
    client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 5, "from": now + 100, "to": now + 200})
    assert client.price(number, {sku: "90000"}) == 12052073, "trap 10"
    assert client.price(number, {sku: "85000"}) == 0, "the same price is no edit"
    assert client.offer()["reserved"] == 0
    client.clock.advance(100)
    offer = client.offer()
    assert (offer["stock"], offer["sellable"], offer["reserved"], offer["total"]) == (7, 7, 5, 12)
    rows = client.good("POST", "/product/202309/inventory/search", {"product_ids": [number]})["inventory"][0]["skus"]
    spread = rows[0]["total_available_inventory_distribution"]
    assert (spread["campaign_inventory"][0]["quantity"], spread["in_shop_inventory"]["quantity"]) == (5, 7)
    assert client.stock(number, {sku: 20}) == []
    client.clock.advance(100)
    assert (client.offer()["stock"], client.offer()["reserved"]) == (25, 0)
    assert client.price(number, {sku: "90000"}) == 0


def test_a_promotion_that_locks_nothing(client: Client) -> None:
    number = client.live()
    client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 0, "locks": False})
    assert client.price(number, {client.skus(number)["KP-1"]: "90000"}) == 0
    with pytest.raises(ValueError, match="reserve"):
        client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 13})
