"""Orders by the piece, and the five parts of stock (sections 10.2 and 10.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.lazada.client import Client
from tests.sandbox.lazada.conftest import Start

SINCE = "2026-11-24T00:00:00+0700"


def stock(client: Client) -> tuple[int, int, int]:
    """Sellable, withheld, occupied of the only SKU."""
    found = client.listed()[0]["skus"][0]["multiWarehouseInventories"][0]
    return found["sellableQuantity"], found["withholdQuantity"], found["occupyQuantity"]


def advance(client: Client, order: str, word: str) -> None:
    """A buyer or a courier does something."""
    client.shop.control("POST", f"orders/{order}/advance", {"to": word})


def orders(client: Client, **asked: str) -> list[dict[str, Any]]:
    """A list of orders."""
    found: list[dict[str, Any]] = client.get("/orders/get", **{"created_after": SINCE, **asked})["orders"]
    return found


def test_the_way_of_a_piece(client: Client) -> None:
    client.live()
    order = client.buy("KP-1", 2, paid=False)
    assert stock(client) == (10, 2, 0)
    advance(client, order, "paid")
    assert stock(client) == (10, 0, 2)
    advance(client, order, "ready_to_ship")
    assert stock(client) == (10, 0, 0)
    advance(client, order, "delivered")
    advance(client, order, "returned")
    assert stock(client) == (10, 0, 0)
    other = client.buy("KP-1")
    advance(client, other, "cancelled")
    assert stock(client) == (10, 0, 0)
    assert [one["statuses"] for one in orders(client)] == [["returned"], ["canceled"]]


def test_withheld_pieces_come_back_after_30_minutes(client: Client) -> None:
    client.live()
    order, kept = client.buy("KP-1", 2, paid=False), client.buy("KP-1", 1, paid=False)
    advance(client, kept, "paid")
    client.clock.advance(1799)
    assert stock(client) == (9, 2, 1)
    client.clock.advance(1)
    assert stock(client) == (11, 0, 1)
    assert client.get("/order/get", order_id=order)["statuses"] == ["canceled"]


def test_one_line_a_piece_and_no_quantity(client: Client) -> None:
    item, [first] = client.live()
    order = client.buy("KP-1", 2)
    lines = client.get("/order/items/get", order_id=order)
    assert len({line["order_item_id"] for line in lines}) == 2
    assert not any("quantity" in line for line in lines)
    line = lines[0]
    assert (line["sku"], line["sku_id"], line["product_id"], line["shop_sku"]) == (
        "KP-1", first, item, f"{item}_ID-{first}",
    )  # fmt: skip
    assert (line["item_price"], line["currency"], line["status"]) == ("85000.00", "IDR", "pending")
    [one] = client.get("/orders/items/get", order_ids=f"[{order}]")
    assert (one["order_id"], one["order_items"]) == (order, lines)


def test_an_order_as_it_is_listed(client: Client) -> None:
    client.live()
    order = client.buy("KP-1", 2)
    found = client.get("/orders/get", created_after=SINCE)
    assert (found["count"], found["countTotal"]) == (1, 1)
    [one] = found["orders"]
    assert (one["order_id"], one["price"], one["shipping_fee"], one["items_count"]) == (
        order, "170000.00", "9000.00", 2,
    )  # fmt: skip
    assert one["created_at"] == "2026-11-24 14:00:00 +0700"
    assert "*" in one["address_shipping"]["first_name"]


def test_windows_sorting_and_pages(client: Client) -> None:
    client.live()
    made = []
    for _ in range(3):
        made.append(client.buy("KP-1"))
        client.clock.advance(60)
    advance(client, made[0], "packed")
    assert [one["order_id"] for one in orders(client)] == made
    assert [one["order_id"] for one in orders(client, sort_direction="DESC")] == made[::-1]
    assert [one["order_id"] for one in orders(client, sort_by="updated_at")] == [*made[1:], made[0]]
    assert [one["order_id"] for one in orders(client, limit="1", offset="1")] == [made[1]]
    assert [one["order_id"] for one in orders(client, status="packed")] == [made[0]]
    late = client.get("/orders/get", update_after="2026-11-24T14:03:00+0700")["orders"]
    assert [one["order_id"] for one in late] == [made[0]]
    early = orders(client, created_before="2026-11-24T14:00:30+07:00")
    assert [one["order_id"] for one in early] == [made[0]]


@pytest.mark.parametrize(
    ("path", "asked", "code"),
    [
        ("/orders/get", {}, "17"),
        ("/orders/get", {"created_after": "yesterday"}, "17"),
        ("/orders/get", {"created_after": "2026-11-24T00:00:00"}, "17"),
        ("/orders/get", {"created_after": SINCE, "status": "new"}, "36"),
        ("/orders/get", {"created_after": SINCE, "limit": "101"}, "19"),
        ("/orders/get", {"created_after": SINCE, "offset": "5001"}, "14"),
        ("/orders/get", {"created_after": SINCE, "sort_direction": "UP"}, "74"),
        ("/orders/get", {"created_after": SINCE, "sort_by": "price"}, "75"),
        ("/order/get", {"order_id": "1"}, "16"),
        ("/order/items/get", {"order_id": "x"}, "16"),
        ("/orders/items/get", {"order_ids": "1,2"}, "56"),
        ("/orders/items/get", {"order_ids": str(list(range(51)))}, "38"),
        ("/orders/items/get", {"order_ids": "[1]"}, "39"),
    ],
)
def test_questions_that_are_refused(client: Client, path: str, asked: dict[str, str], code: str) -> None:
    client.call("GET", path, asked)
    assert client.code == code


@pytest.mark.parametrize(("position", "kind"), [("string", str), ("number", int)])
def test_the_type_of_an_order_number(start: Start, position: str, kind: type) -> None:
    client = start(switches={"lazada.order_number": position})
    client.live()
    order = client.buy("KP-1")
    [one] = orders(client)
    assert (type(one["order_id"]), type(one["order_number"]), str(one["order_id"])) == (kind, kind, order)
    [many] = client.get("/orders/items/get", order_ids=f"[{order}]")
    assert isinstance(many["order_number"], kind)


def test_what_buyers_cannot_buy(client: Client) -> None:
    item, _ = client.create(client.product("KP-1"))
    order = {"lines": [{"sku": "KP-1", "quantity": 1}]}
    with pytest.raises(ValueError, match="nothing on sale"):
        client.shop.control("POST", "orders", order)
    client.clock.advance(4 * 3600)
    client.shop.control("POST", "holiday", {"on": True})
    assert client.truth("KP-1")["sellable"] == 0
    with pytest.raises(ValueError, match="holiday"):
        client.shop.control("POST", "orders", order)
    client.shop.control("POST", "holiday", {"on": False})
    with pytest.raises(ValueError, match="only 12 left"):
        client.shop.control("POST", "orders", {"lines": [{"sku": "KP-1", "quantity": 13}]})
    client.good("/product/deactivate", {"Product": {"ItemId": item}})
    with pytest.raises(ValueError, match="nothing on sale"):
        client.shop.control("POST", "orders", order)
    with pytest.raises(LookupError):
        advance(client, "1", "paid")


def test_an_order_that_was_cancelled_and_is_paid_after_all(client: Client) -> None:
    client.live()
    order = client.buy("KP-1", 2, paid=False)
    client.get("/order/items/get", order_id=order)
    client.clock.advance(1800)
    assert stock(client) == (12, 0, 0)
    advance(client, order, "paid")
    assert stock(client) == (10, 0, 2)
    item = client.listed()[0]
    client.stocks({"ItemId": str(item["item_id"]), "SkuId": str(item["skus"][0]["SkuId"]), "SellableQuantity": "12"})
    assert client.shop.calls()["raised_over_sale"] == 1


def test_words_that_are_none(client: Client) -> None:
    client.live()
    order = client.buy("KP-1")
    with pytest.raises(ValueError, match="cannot become"):
        advance(client, order, "eaten")
