"""First contact: what a shop says of itself, and what surprises the adapter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from adapters.contract import (
    AuthError,
    Authorizer,
    Facet,
    Learner,
    Lister,
    Location,
    Notion,
    OrderSource,
    Price,
    Structure,
    Surveyor,
    Transient,
    Variant,
)
from adapters.lazada.adapter import ASSUMPTIONS, OPTIONAL_SECRETS, SECRETS
from tests.adapters.lazada.shop import (
    CREATE,
    GROUND,
    LIST,
    ONE,
    PRICES,
    SHOP,
    adapter,
    bad,
    change,
    create,
    lines,
    listing,
    ok,
    page,
    price,
    product,
    put,
    sku_row,
    stock,
    url,
)
from tests.adapters.lazada.shop import STOCKS as STOCK

SELLER, PLACES, LIMIT = url("/seller/get"), url("/rc/warehouse/get"), url("/product/seller/item/limit")
TREE, ORDERS = url("/category/tree/get"), url("/orders/get")
WHO = ok({"seller_id": 400100200, "name": "Toko Contoh", "short_code": "ID3EXAMPLE", "location": "Indonesia"})


def serve(wire: responses.RequestsMock, **changes: Any) -> None:
    """A shop that answers everything, but for `changes`."""
    module = {"code": "dropshipping", "name": "Gudang utama", "defaultAddress": True}
    limit = {"code": "0", "success": True, "data": {"onlineItemCount": 3, "itemLimit": 1000}}
    answers: dict[str, Any] = {
        "seller": WHO, "places": {"code": "0", "result": {"success": True, "module": module}}, "limit": limit,
        "list": page(product(), total_products=12), "tree": ok([]), "orders": ok({"orders": []}),
    } | changes  # fmt: skip
    where = {"seller": SELLER, "places": PLACES, "limit": LIMIT, "list": LIST, "tree": TREE, "orders": ORDERS}
    for name, answer in answers.items():
        wire.get(where[name], json=answer, headers={"Date": "Tue, 01 Sep 2026 03:00:42 GMT"})


def test_everything_that_can_be_asked() -> None:
    with responses.RequestsMock() as wire:
        serve(wire)
        shop = adapter().survey()
        assert all(line.startswith("GET ") for line in lines(wire))
    assert (shop.shop_id, shop.name, shop.storefronts) == (SHOP, "Toko Contoh", ("Indonesia",))
    assert shop.locations == (Location("dropshipping", "Gudang utama", True),)
    assert (shop.listings_most, shop.listings_now) == (1000, 3)
    assert shop.refused == ()
    assert shop.clock_skew_s is not None
    assert 41 < shop.clock_skew_s <= 42
    assert shop.grant_ends == datetime(2026, 10, 1, tzinfo=UTC)


def test_calls_that_the_shop_may_not_use() -> None:
    refused = {"code": "0", "success": False, "errorCodes": ["SELLER_NOT_CB"], "data": None}
    with responses.RequestsMock() as wire:
        serve(wire, limit=refused, orders=bad("InsufficientPermission", "App does not have permission"))
        shop = adapter().survey()
    assert [(call.operation, call.code) for call in shop.refused] == [
        ("GetSellerItemLimit", "SELLER_NOT_CB"), ("GetOrders", "InsufficientPermission"),
    ]  # fmt: skip
    assert (shop.listings_most, shop.listings_now) == (None, 12)


def test_a_shop_that_does_not_answer_was_not_surveyed() -> None:
    with responses.RequestsMock() as wire:
        for _ in range(4):
            wire.get(SELLER, status=503)
        with pytest.raises(Transient):
            adapter().survey()
        wire.get(SELLER, json=bad("IllegalAccessToken", "dead"))
        wire.get(SELLER, json=bad("IllegalAccessToken", "dead"))
        with pytest.raises(AuthError):
            adapter().survey()


def test_what_an_answer_shows_of_an_open_question_is_said_once() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        serve(wire)
        shop.survey()
        told = {n.name: n.position for n in shop.noticed()}
        assert told["lazada.warehouse_module"] == "object"
        assert told["lazada.total_products"] == "present"
        shop.survey()
        assert shop.noticed() == ()


@pytest.mark.parametrize(("key", "position"), [("item_id", "snake"), ("itemId", "camel")])
def test_the_spelling_of_one_product(key: str, position: str) -> None:
    shop, row = adapter(), product()
    row[key] = row.pop("item_id")
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(row))
        assert len(list(shop.observe(ids=["7100000001"]))) == 1
    assert ("lazada.item_keys", "GetProductItem", position) in {
        (n.name, n.operation, n.position) for n in shop.noticed()
    }


def test_a_code_and_a_status_that_nobody_has_seen() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(STOCK, json=bad("7777", "something new"))
        wire.get(LIST, json=page(product(status="Frozen")))
        put(shop, stock())
        list(shop.observe())
    noticed = {(n.notion, n.name): n for n in shop.noticed()}
    assert "something new" in noticed[Notion.code, "7777"].evidence
    assert (Notion.status, "Frozen") in noticed


def test_a_field_that_no_source_names_is_noticed_and_options_of_a_shop_are_not() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(product(colour="red", attributes={"name": "Kopi", "roast_level": "Dark"})))
        list(shop.observe())
    assert {n.name for n in shop.noticed() if n.notion is Notion.field} == {"data.products.colour"}


def test_what_joined_a_product_is_told() -> None:
    shop, more = adapter(), Variant("KOPI-KASAR", ("Kasar",), 300, (10, 8, 20))
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product()))
        wire.post(CREATE, json=ok({"item_id": 7100000001, "sku_list": [{"seller_sku": more.sku, "sku_id": 3}]}))
        [seen] = shop.observe(ids=["7100000001"])
        to = Structure(GROUND.options, (*GROUND.variants, more))
        whole = listing(structure=to, prices={**listing().prices, more.sku: Price(87_000)},
                        stocks={**listing().stocks, more.sku: 1})  # fmt: skip
        put(shop, change(Facet.structure, GROUND, to, observed=seen, listing=whole))
    assert {n.name: n.position for n in shop.noticed()}["lazada.associated_sku"] == "SkuId"


@pytest.mark.parametrize(
    ("rows", "position"),
    [
        ([product(sku_row(price=90_000.0))], "applied"),
        ([product(sku_row())], "untouched"),
        ([], None),  # not shown under our SKU: nothing is known of it
    ],
)
def test_what_became_of_the_good_ones_of_a_refused_call(rows: list[dict[str, Any]], position: str | None) -> None:
    shop = adapter()
    named = {"seller_sku": "KOPI-HALUS", "message": "ABILITY_PG_003"}
    with responses.RequestsMock() as wire:
        wire.post(PRICES, json=bad("501", "E501: Update product failed", named))
        wire.get(LIST, json=page(*rows))
        [call] = shop.calls([price(), price("KOPI-HALUS")])
        shop.send(call)
    assert {n.name: n.position for n in shop.noticed()}.get("lazada.refused_rest") == position


def test_which_code_a_duplicate_has() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=bad("4126", "SellerSku exists"))
        put(shop, create(listing()))
    assert {n.name: n.position for n in shop.noticed()}["lazada.duplicate_code"] == "4126"


def test_the_statuses_of_orders_and_the_type_of_their_numbers() -> None:
    shop = adapter()
    rows = [{"order_id": 1, "order_number": 1, "statuses": ["pending", "teleported"], "updated_at": "x"}]
    with responses.RequestsMock() as wire:
        serve(wire, orders=ok({"orders": rows}))
        shop.survey()
    told = {(n.name, n.position) for n in shop.noticed()}
    assert ("lazada.order_number", "number") in told
    assert ("teleported", "") in told


def test_what_the_adapter_is() -> None:
    shop = adapter()
    assert all(isinstance(shop, kind) for kind in (Lister, OrderSource, Learner, Surveyor, Authorizer))
    assert (SECRETS, OPTIONAL_SECRETS) == (("app_key", "app_secret"), ("access_token", "refresh_token"))
    positions = {one.id: one.positions for one in ASSUMPTIONS}
    assert positions["lazada.warehouse_tag"] == ("Quantity", "SellableQuantity")
