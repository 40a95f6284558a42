"""Orders: rows, statuses, windows of time, what they take, and what is written over them (facts, section 10)."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.sandbox.market import NowhereError
from tests.sandbox.blibli.client import MTA, SELLER, Client
from tests.sandbox.blibli.conftest import Start


@pytest.fixture
def live(client: Client) -> Client:
    """A client with KP-1-16 and KP-1-18, 12 pieces each, for 140000."""
    client.live("KP-1", ("16", "18"))
    return client


def packages(client: Client, **wanted: Any) -> list[dict[str, Any]]:
    """List V2."""
    body = {"filter": wanted, "sorting": {"by": "statusFPUpdatedTimestamp", "direction": "ASC"},
            "paging": {"page": 0, "size": 50}}  # fmt: skip
    rows: list[dict[str, Any]] = client.good("POST", f"{SELLER}/orders/packages/filter", body)
    return rows


def advance(client: Client, order: str, **to: Any) -> None:
    """Move an order on."""
    client.shop.control("POST", f"orders/{order}/advance", to)


def stock(client: Client, sku: str = "KP-1-16") -> int:
    """What a stock write sets."""
    pieces: int = next(one["stock"] for one in client.truth(sku)["variants"] if one["sku"] == sku)
    return pieces


def test_a_package_row_as_in_the_facts(live: Client) -> None:
    order = live.bought("KP-1-16", 2)
    [package] = packages(live)
    at = int(live.clock.now().timestamp() * 1000)
    assert package == {"packageId": package["packageId"], "orderItems": [{
        "createdDate": at,
        "order": {"id": order["id"], "itemId": order["rows"][0], "itemStatus": "FP", "quantity": 2, "date": at,
                  "customerFullName": "Pembeli Uji", "statusFPUpdatedTimestamp": at,
                  "autoCancelTimestamp": at + 172_800_000, "type": "SINGLE"},
        "product": {"blibliSku": "TOQ-15130-00001-00001", "sellerSku": "KP-1-16", "itemName": "Cincin resam KP-1 16",
                    "price": 150000, "finalPrice": 140000, "type": "REGULAR", "variantName": "16"},
        "logistic": {"awbNumber": None}, "pickupPoint": {"code": "PP-3000001", "name": "Gudang Pangkalpinang"},
        "preOrder": None, "sellerDeliveryType": "DROP_OFF", "storeCode": "TOQ-15130",
    }]}  # fmt: skip


def test_an_unpaid_order_takes_nothing_and_is_not_shown(live: Client) -> None:
    order = live.bought("KP-1-16", 2, paid=False)["id"]
    assert (packages(live), stock(live)) == ([], 12)
    advance(live, order, to="paid")
    assert (len(packages(live)), stock(live)) == (1, 10)


def test_words_and_statuses(live: Client) -> None:
    order = live.bought("KP-1-16", 2)["id"]
    for word, status, left in (("paid", "FP", 10), ("packed", "PF", 10), ("PU", "PU", 10), ("shipped", "CX", 10),
                               ("delivered", "D", 10), ("returned", "D", 10), ("cancelled", "X", 12),
                               ("failed", "X", 12)):  # fmt: skip
        advance(live, order, to=word)
        assert packages(live, orderItemStatuses=[status])[0]["orderItems"][0]["order"]["itemStatus"] == status
        assert stock(live) == left
    with pytest.raises(ValueError, match="lost"):
        advance(live, order, to="lost")
    with pytest.raises(NowhereError):
        advance(live, "1", to="paid")


def test_statuses_that_one_client_knows(start: Start) -> None:
    for position, failed in (("six", "X"), ("nine", "OS")):
        client = start(switches={"blibli.order_statuses": position})
        client.live("KP-1", ("16", "18"))
        order = client.bought("KP-1-16", 2)["id"]
        advance(client, order, to="failed")
        assert packages(client)[0]["orderItems"][0]["order"]["itemStatus"] == failed
        assert stock(client) == 12
        body = {"filter": {"orderItemStatuses": ["X", "OS", "CR"]}}
        client.call("POST", f"{SELLER}/orders/packages/filter", body)
        assert client.code == ("ERR-SIM400001" if position == "six" else "")


def test_each_row_has_a_status_of_its_own(live: Client) -> None:
    lines = [{"sku": "KP-1-16", "quantity": 1}, {"sku": "KP-1-18", "quantity": 2}]
    order = live.shop.control("POST", "orders", {"lines": lines})
    advance(live, order["id"], to="cancelled", item_id=order["rows"][1])
    rows = packages(live, orderOrOrderItemIds=[order["id"]])[0]["orderItems"]
    assert [row["order"]["itemStatus"] for row in rows] == ["FP", "X"]
    assert (stock(live), stock(live, "KP-1-18")) == (11, 12)
    detail = live.good("GET", f"{SELLER}/orders/items/{order['rows'][1]}")
    assert (detail["id"], detail["status"], detail["quantity"]) == (order["id"], "X", 2)
    assert [one["status"] for one in detail["histories"]] == ["FP", "X"]
    live.call("GET", f"{SELLER}/orders/items/12000000099")
    assert live.code == "ERR-SIM404001"


def test_what_can_be_bought(live: Client) -> None:
    for sku, quantity in (("KP-9", 1), ("KP-1-16", 13), ("KP-1-16", 0)):
        with pytest.raises(ValueError, match=r"KP|piece"):
            live.bought(sku, quantity)
    live.shop.control("POST", "ban", {"sku": "KP-1-16"})
    with pytest.raises(ValueError, match="nothing on sale"):
        live.bought("KP-1-16")


def test_the_time_of_payment_filters(live: Client) -> None:
    live.bought("KP-1-16")
    now = int(live.clock.now().timestamp() * 1000)
    assert packages(live, statusFPDateRange={"start": now - 1, "end": now - 1}) == []
    assert len(packages(live, statusFPDateRange={"start": now})) == 1
    for body in ({"filter": {"statusFPDateRange": {"start": now - 366 * 86_400_000}}}, {"paging": {"size": 51}},
                 {"filter": {"orderItemStatuses": ["NEW"]}}, {"sorting": {"by": "date"}}):  # fmt: skip
        live.call("POST", f"{SELLER}/orders/packages/filter", body)
        assert live.code == "ERR-SIM400001"


@pytest.mark.parametrize(("position", "total"), [("100", 100), ("none", 103)])
def test_an_order_filter_finds_so_many_at_most(start: Start, position: str, total: int) -> None:
    client = start(switches={"blibli.order_cap": position})
    client.shop.control(
        "POST", "listings", [{"title": "Banyak", "variants": [{"sku": "H", "price": 9000, "stock": 500}]}]
    )
    for _ in range(103):
        client.bought("H")
    packages(client)
    assert client.answer["paging"]["totalRecord"] == total


def test_orders_v1_in_jakartas_time(live: Client) -> None:
    order = live.bought("KP-1-16")
    path = f"{MTA}/v1/order/orderList"
    day = {"filterStartDate": "2026-11-24 10:00:00", "filterEndDate": "2026-11-24 12:00:00"}
    [row] = live.good("GET", path, status="FP", orderBy="statusFPUpdatedTimestamp", sortBy="asc", **day)
    assert (row["orderNo"], row["orderItemNo"], row["qty"]) == (order["id"], order["rows"][0], 1)
    assert live.good("GET", path, filterStartDate="2026-11-24 12:00:00") == []
    assert live.good("GET", path, status="PF") == []
    for query in ({"status": "NEW"}, {"filterStartDate": "2026-11-24"}):
        live.call("GET", path, named=query)
        assert live.code == "ERR-SIM400001"
    path = f"{MTA}/v1/order/orderDetail"
    assert live.good("GET", path, orderNo=row["orderNo"], orderItemNo=row["orderItemNo"])["merchantSku"] == "KP-1-16"
    live.call("GET", path, orderNo="1", orderItemNo=row["orderItemNo"])
    assert live.code == "ERR-SIM404001"


def test_create_package(live: Client) -> None:
    lines = [{"sku": "KP-1-16", "quantity": 1}, {"sku": "KP-1-18", "quantity": 1}]
    rows = live.shop.control("POST", "orders", {"lines": lines})["rows"]
    other, path = live.bought("KP-1-16")["rows"], f"{MTA}/v1/order/createPackage"
    live.call("POST", path, {"orderItemIds": [rows[0], other[0]]})
    assert live.code == "ERR-SIM400001"
    package = live.good("POST", path, {"orderItemIds": rows[:1]})["packageId"]
    assert [one["packageId"] for one in packages(live, orderItemStatuses=["PF"])] == [package]
    live.call("POST", path, {"orderItemIds": rows[:1]})
    assert live.code == "ERR-SIM400001"


def test_what_is_written_over_a_sale_is_counted(live: Client) -> None:
    """A write that puts back what an order had taken, unread: then sold once more than there is."""
    gdn = "TOQ-15130-00001-00001"
    live.bought("KP-1-16", 12)
    live.stock(gdn, 12)
    assert (live.shop.calls()["raised_over_sale"], live.shop.calls()["oversold"]) == (1, 0)
    live.bought("KP-1-16", 3)
    assert live.shop.calls()["oversold"] == 3
    packages(live)
    live.stock(gdn, 20)
    assert live.shop.calls()["raised_over_sale"] == 1
    live.shop.control("DELETE", "calls")
    assert (live.shop.calls()["raised_over_sale"], live.shop.calls()["oversold"]) == (0, 0)


def test_a_bulk_write_over_a_sale_is_counted_when_it_is_applied(live: Client) -> None:
    live.update({"gdnSku": "TOQ-15130-00001-00001", "exactStock": 12}, wait=False)
    live.bought("KP-1-16", 2)
    live.clock.advance(60)
    assert live.shop.calls()["raised_over_sale"] == 1
    assert stock(live) == 12


def test_a_cancelled_order_unread_leaves_no_trace(live: Client) -> None:
    order = live.bought("KP-1-16", 2)["id"]
    advance(live, order, to="cancelled")
    live.stock("TOQ-15130-00001-00001", 20)
    assert live.shop.calls()["raised_over_sale"] == 0
