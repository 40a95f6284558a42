"""Price and stock: total and sellable, rows that fail, campaigns, warehouses (sections 7.3 to 7.5, 10.2, 4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.lazada.client import Client
from tests.sandbox.lazada.conftest import Start

PRICE_QUANTITY = "/product/price_quantity/update"
SELLABLE, ADJUST = "/product/stock/sellable/update", "/product/stock/sellable/adjust"


def row(item: str, sku: str, **more: str) -> dict[str, str]:
    """One SKU of a call."""
    return {"ItemId": item, "SkuId": sku, **more}


def test_the_example_of_the_facts(client: Client) -> None:
    item, [first] = client.live("KOPI-GAYO-250-BIJI")
    sent = (
        f"<Request><Product><Skus><Sku><ItemId>{item}</ItemId><SkuId>{first}</SkuId>"
        "<SellerSku>KOPI-GAYO-250-BIJI</SellerSku><Price>86000</Price><Quantity>9</Quantity></Sku>"
        "</Skus></Product></Request>"
    )
    assert client.good(PRICE_QUANTITY, sent) == {}
    assert set(client.answer) == {"code", "data", "request_id"}
    truth = client.truth("KOPI-GAYO-250-BIJI")
    assert (truth["price"], truth["stock"]) == (86_000, 9)


def test_quantity_in_is_total_and_quantity_out_is_sellable(client: Client) -> None:
    item, [first] = client.live()
    client.buy("KP-1", 2, paid=False)
    client.buy("KP-1", 3)
    found = client.item(item)["skus"][0]
    assert (found["quantity"], found["Available"]) == (7, 7)
    assert found["multiWarehouseInventories"] == [
        {"warehouseCode": "dropshipping", "quantity": 7, "totalQuantity": 12, "sellableQuantity": 7,
         "occupyQuantity": 3, "withholdQuantity": 2},
    ]  # fmt: skip
    client.prices(row(item, first, Quantity=str(found["quantity"])))
    assert (client.code, client.truth("KP-1")["stock"], client.truth("KP-1")["total"]) == ("0", 2, 7)
    client.prices(row(item, first, Quantity="5"))
    assert (client.code, client.truth("KP-1")["stock"]) == ("0", 0)
    client.prices(row(item, first, Quantity="4"))
    assert (client.code, client.answer["type"], client.text) == ("501", "ISP", "E501: Update product failed")
    assert client.detail[0]["seller_sku"] == "KP-1"
    assert "negative sellable on inventory,entityId=" in client.detail[0]["message"]


def test_sellable_is_absolute_and_leaves_the_rest_alone(client: Client) -> None:
    item, [first] = client.live()
    client.buy("KP-1", 3)
    for _ in range(2):
        client.stocks(row(item, first, SellableQuantity="20"))
        assert (client.truth("KP-1")["stock"], client.truth("KP-1")["total"]) == (20, 23)
    client.stocks(row(item, first, SellableQuantity="-1"))
    assert (client.code, client.detail[0]["code"]) == ("501", "4152")


def test_adjust_is_a_delta_which_a_repeat_adds_again(client: Client) -> None:
    item, [first] = client.live()
    for wanted in (9, 6, 3, 0):
        client.rows(ADJUST, row(item, first, SellableQuantity="-3"))
        assert (client.code, client.truth("KP-1")["stock"]) == ("0", wanted)
    client.rows(ADJUST, row(item, first, SellableQuantity="-3"))
    assert (client.code, client.detail[0]["code"]) == ("501", "212")
    assert "INV_NEGATIVE_SELLABLE" in client.detail[0]["message"]


def test_a_sku_that_is_not_there_under_code_0(client: Client) -> None:
    item, [first] = client.live()
    client.stocks(row(item, first, SellableQuantity="3"), row(item, "1", SellableQuantity="3", SellerSku="KP-9"))
    assert (client.code, client.answer["data"]) == ("0", {})
    assert client.detail == [
        {"field": "ItemId", "message": "ITEM_NOT_FOUND", "code": "E0501", "seller_sku": "KP-9"},
    ]  # fmt: skip
    assert client.truth("KP-1")["stock"] == 3
    client.stocks(row("1", first, SellableQuantity="3"))
    assert "seller_sku" not in client.detail[0]


@pytest.mark.parametrize(("position", "stock"), [("applied", 3), ("untouched", 12)])
def test_the_good_skus_of_a_call_that_failed(start: Start, position: str, stock: int) -> None:
    client = start(switches={"lazada.refused_rest": position})
    item, ids = client.live("KP-1", "KP-2")
    client.stocks(row(item, ids[0], SellableQuantity="3"), row(item, ids[1], SellableQuantity="x"))
    assert (client.code, [one["seller_sku"] for one in client.detail]) == ("501", ["KP-2"])
    assert (client.truth("KP-1")["stock"], client.truth("KP-2")["stock"]) == (stock, 12)
    names = [f"SkuId_{item}_{ids[0]}", "SkuId_1_1"]
    client.call("POST", "/product/remove", {"sku_id_list": str(names).replace("'", '"')})
    assert client.code == "503"
    assert len(client.shop.truth()[0]["variants"]) == (1 if position == "applied" else 2)


def test_how_many_skus_a_call_takes(client: Client) -> None:
    item, [first] = client.live()
    one = row(item, first, SellableQuantity="5")
    client.stocks(*[one] * 51)
    assert (client.code, client.truth("KP-1")["stock"]) == ("4171", 12)
    client.rows(SELLABLE)
    assert client.code == "6"
    client.stocks({"ItemId": item, "SellableQuantity": "5"})
    assert client.code == "4216"
    seen = []
    for _ in range(4):  # above 20 every second call runs into a time-out that wrote the first 20
        client.stocks(*[one] * 21)
        seen.append(client.code)
    assert seen == ["513", "0", "513", "0"]
    client.stocks(*[one] * 20)
    assert client.code == "0"


@pytest.mark.parametrize(("position", "code"), [("refused", "6"), ("accepted", "0")])
def test_json_where_the_docs_show_xml(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.stock_json": position})
    item, [first] = client.live()
    client.stocks(row(item, first, SellableQuantity="3"), as_xml=False)
    assert (client.code, client.truth("KP-1")["stock"]) == (code, 3 if code == "0" else 12)
    client.prices(row(item, first, Price="86000"), as_xml=False)
    assert client.code == "0"


@pytest.mark.parametrize(("position", "code"), [("refused", "1001"), ("accepted", "0")])
def test_one_sku_as_a_bare_object(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.one_sku_object": position})
    item, [first] = client.live()
    client.post(PRICE_QUANTITY, {"Product": {"Skus": {"Sku": row(item, first, Price="86000")}}})
    assert client.code == code


def test_numbers_where_texts_are_due(client: Client) -> None:
    item, [first] = client.live()
    loose: dict[str, Any] = {"ItemId": item, "SkuId": int(first), "Price": "86000"}
    client.prices(loose, as_xml=False)
    assert (client.code, client.truth("KP-1")["price"]) == ("1001", 85_000)


@pytest.mark.parametrize(("position", "code"), [("refused", "4104"), ("accepted", "")])
def test_a_price_with_zeros_behind_the_point(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.price_fraction": position})
    item, [first] = client.live()
    client.prices(row(item, first, Price="86000.00"))
    assert "".join(one["code"] for one in client.detail) == code


@pytest.mark.parametrize(("position", "code"), [("refused", "501"), ("accepted", "0")])
def test_a_seller_who_may_not_use_the_call(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.not_permitted_price": position})
    item, [first] = client.live()
    client.shop.control("PUT", "settings", {"not_permitted": True})
    client.prices(row(item, first, Price="86000", Quantity="3"))
    assert (client.code, client.detail[0]["bizCheck"]) == ("501", "SELLER_NOT_PERMITTED")
    client.prices(row(item, first, Price="86000"))
    assert client.code == code
    client.stocks(row(item, first, SellableQuantity="3"))
    assert client.code == "0"
    client.update(item, Skus={"Sku": [client.sku("KP-1", SkuId=first, price="87000")]})
    assert (client.code, client.truth("KP-1")["price"]) == ("0", 87_000)


@pytest.mark.parametrize(("position", "status"), [("review", "in_review"), ("live", "live")])
def test_a_price_that_jumps(start: Start, position: str, status: str) -> None:
    client = start(switches={"lazada.price_jump": position})
    item, [first] = client.live()
    client.prices(row(item, first, Price=str(85_000 + 68_000)))
    assert client.status() == ["live"]
    client.prices(row(item, first, Price="20000"))
    assert client.status() == [status]


def test_sale_prices_and_their_days(client: Client) -> None:
    item, [first] = client.live()
    client.prices(row(item, first, SalePrice="80000"))
    assert client.truth("KP-1")["sale_price"] == 80_000
    client.prices(row(item, first, SalePrice="80000", SaleStartDate="2026-11-25", SaleEndDate="2026-11-26"))
    shown = client.item(item)["skus"][0]
    assert (shown["special_price"], shown["special_from_time"], shown["special_to_time"]) == (
        80_000.0, "2026-11-25 00:00", "2026-11-26 23:59",
    )  # fmt: skip
    assert client.truth("KP-1")["sale_price"] is None
    client.clock.advance(86_400)
    assert client.truth("KP-1")["sale_price"] == 80_000
    client.clock.advance(2 * 86_400)
    assert client.truth("KP-1")["sale_price"] is None
    for code, more in (("4157", {"SalePrice": "85000"}), ("4157", {"Price": "80000"}), ("4118", {"Price": "0"}),
                       ("5", {"SalePrice": "70000", "SaleEndDate": "26-11-2026"})):  # fmt: skip
        client.prices(row(item, first, **more))
        assert (client.code, client.detail[0]["code"]) == ("501", code)


@pytest.mark.parametrize(("position", "left"), [("refused", 80_000), ("removes", None)])
def test_a_sale_price_of_0(start: Start, position: str, left: int | None) -> None:
    client = start(switches={"lazada.sale_price_zero": position})
    item, [first] = client.live()
    client.prices(row(item, first, SalePrice="80000"))
    client.prices(row(item, first, SalePrice="0"))
    assert (client.code, client.truth("KP-1")["sale_price"]) == ("0" if left is None else "501", left)


def test_a_campaign_in_which_stock_may_only_rise(client: Client) -> None:
    item, [first] = client.live()
    now = client.clock.now().timestamp()
    client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 5, "locks": True, "from": now + 60,
                                               "to": now + 3600})  # fmt: skip
    client.stocks(row(item, first, SellableQuantity="11"))
    assert client.code == "0"  # it has not begun, but the price is kept from the registration on
    client.prices(row(item, first, Price="86000"))
    assert client.detail[0]["code"] == "THD_IC_ERR_F_IC_ABILITY_PG_003"
    client.clock.advance(60)
    assert client.truth("KP-1")["reserved"] == 5
    assert client.item(item)["skus"][0]["channelInventories"][0]["sellableQuantity"] == 5
    client.stocks(row(item, first, SellableQuantity="10"))
    assert (client.code, client.detail[0]["code"]) == ("501", "4170")
    client.stocks(row(item, first, SellableQuantity="15"))
    assert client.code == "0"
    client.update(item, Skus={"Sku": [client.sku("KP-1", SkuId=first, price="86000")]})
    assert client.code == "THD_IC_ERR_F_IC_ABILITY_PG_003"
    client.clock.advance(3600)
    client.stocks(row(item, first, SellableQuantity="1"))
    assert (client.code, client.truth("KP-1")["reserved"]) == ("0", 0)


def test_what_a_campaign_reserves_is_a_floor(client: Client) -> None:
    item, [first] = client.live()
    client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 5, "locks": ["price"]})
    client.stocks(row(item, first, SellableQuantity="4"))
    assert "negative sellable on channel inventory" in client.detail[0]["message"]
    client.prices(row(item, first, Quantity="4"))
    assert (client.code, client.truth("KP-1")["stock"]) == ("501", 12)
    client.stocks(row(item, first, SellableQuantity="5"))
    assert client.code == "0"


def places(*pairs: tuple[str, str], tag: str = "Quantity") -> dict[str, Any]:
    """Quantities by warehouse."""
    rows = [{"WarehouseCode": code, tag: quantity} for code, quantity in pairs]
    return {"MultiWarehouseInventories": {"MultiWarehouseInventory": rows}}


@pytest.mark.parametrize("position", ["Quantity", "SellableQuantity"])
def test_the_tag_inside_a_warehouse(start: Start, position: str) -> None:
    client = start(switches={"lazada.warehouse_tag": position})
    item, [first] = client.live()
    both: Any = {**row(item, first), **places(("Dropshipping", "4"), ("WH-SIM-02", "6"), tag=position)}
    client.stocks(both)
    assert (client.code, "one warehouse" in client.detail[0]["message"]) == ("501", True)
    client.shop.control("PUT", "settings", {"multi_warehouse": True})
    client.stocks(both)
    assert (client.code, client.truth("KP-1")["stock"], client.truth("KP-1")["sellable"]) == ("0", 4, 10)
    other = "SellableQuantity" if position == "Quantity" else "Quantity"
    client.stocks({**row(item, first), **places(("WH-SIM-02", "9"), tag=other)})
    assert (client.code, client.truth("KP-1")["sellable"]) == ("0", 10)
    client.stocks({**row(item, first), **places(("WH-SIM-02", "0"), tag=position)})
    assert (client.truth("KP-1")["stock"], client.truth("KP-1")["sellable"]) == (4, 4)
    client.stocks({**row(item, first), **places(("WH-SIM-09", "1"), tag=position)})
    assert client.code == "501"


@pytest.mark.parametrize(("position", "code"), [("refused", "501"), ("accepted", "0")])
def test_a_negative_delta_in_a_warehouse(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.warehouse_delta": position})
    item, [first] = client.live()
    client.shop.control("PUT", "settings", {"multi_warehouse": True})
    client.rows(ADJUST, {**row(item, first), **places(("WH-SIM-02", "5"))})
    client.rows(ADJUST, {**row(item, first), **places(("WH-SIM-02", "-3"))})
    assert (client.code, client.truth("KP-1")["sellable"]) == (code, 14 if code == "0" else 17)
    client.rows(ADJUST, {**row(item, first), **places(("WH-SIM-02", "-30"))})
    assert client.code == "501"


def test_total_by_warehouse(client: Client) -> None:
    item, [first] = client.live()
    client.shop.control("PUT", "settings", {"multi_warehouse": True})
    client.buy("KP-1", 2)
    client.prices({**row(item, first), **places(("dropshipping", "9"), ("WH-SIM-02", "3"))})
    assert (client.truth("KP-1")["stock"], client.truth("KP-1")["total"]) == (7, 12)


def test_a_banned_product_is_locked(client: Client) -> None:
    item, [first] = client.live()
    client.shop.control("POST", "ban", {"sku": "KP-1"})
    client.stocks(row(item, first, SellableQuantity="1"))
    assert (client.code, client.detail[0]["code"], client.status()) == ("501", "4155", ["banned"])
    client.update(item, Attributes={"name": "Kopi lain"})
    assert client.code == "4155"


def test_a_write_that_puts_back_what_an_order_took(client: Client) -> None:
    item, [first] = client.live()
    number = client.buy("KP-1", 2)
    client.stocks(row(item, first, SellableQuantity="12"))
    assert client.shop.calls()["raised_over_sale"] == 1
    client.get("/order/items/get", order_id=number)
    client.stocks(row(item, first, SellableQuantity="13"))
    assert client.shop.calls()["raised_over_sale"] == 1
