"""The plan: fewest calls, most urgent first, and the bodies that the models have."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from adapters.contract import Effect, Facet, Ids, Price, Structure, Urgency, Variant
from adapters.tiktokshop import reading
from tests.adapters.tiktokshop.shop import (
    CATEGORY,
    OTHER_WAREHOUSE,
    PRIVATE,
    PRODUCT,
    SECOND,
    SIZES,
    SKU,
    START,
    TWO,
    WAREHOUSE,
    adapter,
    content,
    create,
    listing_change,
    offer_change,
    picture,
    plain_listing,
    product_row,
    sized,
    sized_listing,
    stock,
)


def test_prices_and_stocks_of_a_listing_are_one_call_each_falling_stock_first() -> None:
    prices = [offer_change(Facet.price, sku, Price(1), Price(90_000), TWO) for sku in TWO.offers]
    falls = [offer_change(Facet.stock, sku, 9, 1, TWO, urgency=Urgency.now) for sku in TWO.offers]
    calls = adapter().calls([*prices, *falls])
    assert [call.operation for call in calls] == ["update_inventory", "update_price"]
    assert json.loads(calls[0].body) == {
        "skus": [{"id": number, "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 1}]} for number in (SKU, SECOND)]
    }
    # The amount is text (section 11.7).
    assert json.loads(calls[1].body)["skus"][0] == {"id": SKU, "price": {"amount": "90000", "currency": "IDR"}}


def test_a_stock_goes_once_though_there_are_two_storefronts() -> None:
    [call] = adapter().calls([stock(3)])
    assert len(json.loads(call.body)["skus"]) == 1


def test_visibility_goes_by_twenties_on_both_storefronts() -> None:
    changes = [listing_change(Facet.visibility, True, False, Ids(str(n))) for n in range(45)]
    calls = adapter().calls(changes)
    assert [len(json.loads(call.body)["product_ids"]) for call in calls] == [20, 20, 5]
    assert json.loads(calls[0].body)["listing_platforms"] == ["TIKTOK_SHOP", "TOKOPEDIA"]


def test_a_shop_of_one_storefront_does_not_name_it() -> None:
    facts = {**PRIVATE, "storefronts": ["TIKTOK_SHOP"]}
    [call] = adapter(private=facts).calls([listing_change(Facet.visibility, True, False)])
    assert json.loads(call.body) == {"product_ids": [PRODUCT]}


def test_a_create_uploads_its_pictures_first(tmp_path: Path) -> None:
    [call] = adapter().calls([create(plain_listing([picture(tmp_path)]))])
    assert (call.operation, call.effect) == ("upload_product_image", Effect.upload)


def test_a_create_has_what_the_sheet_asks_for() -> None:
    [call] = adapter().calls([create(plain_listing())])
    body = json.loads(call.body)
    key = body.pop("idempotency_key")
    assert key.startswith("8e5b2a1e-0000-4000-8000-000000000001.")
    assert len(key) <= 128
    assert body == {
        "title": "Kopi Arabika Gayo Sangrai Medium 250 gram",
        "description": "<p>Biji kopi</p>",
        "category_id": CATEGORY,
        "category_version": "v2",
        "main_images": [],
        "product_attributes": [{"id": "100100", "values": [{"id": "1000001"}]}],
        "package_weight": {"value": "0.3", "unit": "KILOGRAM"},
        "package_dimensions": {"length": "10", "width": "8", "height": "20", "unit": "CENTIMETER"},
        "save_mode": "LISTING",
        "external_product_id": "KOPI-GAYO",
        "skus": [
            {
                "seller_sku": "KOPI-GAYO-250",
                "price": {"amount": "85000", "currency": "IDR"},
                "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 12}],
            }
        ],
        "listing_platforms": ["TIKTOK_SHOP", "TOKOPEDIA"],
    }


def test_the_key_is_the_bytes_own() -> None:
    """A key is unique per request: the same bytes have the same key, others another (section 7.1)."""
    first, second = (adapter().calls([create(plain_listing(pieces=n))])[0].body for n in (12, 13))
    assert json.loads(first)["idempotency_key"] != json.loads(second)["idempotency_key"]
    assert first == adapter().calls([create(plain_listing())])[0].body


def test_the_stored_bytes_of_a_lost_create_are_sent_again() -> None:
    change = create(plain_listing())
    assert change.intent is not None
    [call] = adapter().calls([replace(change, intent=replace(change.intent, body='{"as":"it was"}'))])
    assert call.body == '{"as":"it was"}'


def test_options_go_by_the_categorys_ids_where_it_has_them() -> None:
    [call] = adapter().calls([create(sized_listing())])
    skus = json.loads(call.body)["skus"]
    assert [row["sales_attributes"] for row in skus] == [
        [{"id": "100000", "value_id": "2000001"}],
        [{"id": "100000", "value_name": "500 gram"}],
    ]
    # One parcel for the whole product: the heaviest variant's.
    assert json.loads(call.body)["package_weight"]["value"] == "0.6"


def test_a_hidden_listing_is_made_as_a_draft() -> None:
    [call] = adapter().calls([create(plain_listing(visible=False))])
    assert json.loads(call.body)["save_mode"] == "AS_DRAFT"


def test_content_goes_by_the_fields_that_changed() -> None:
    change = listing_change(Facet.content, content(), content(title="Kopi Gayo yang lain namanya sekarang"))
    [call] = adapter().calls([change])
    assert call.operation == "partial_edit_product"
    assert json.loads(call.body) == {"title": "Kopi Gayo yang lain namanya sekarang"}


def test_another_category_goes_by_the_full_edit() -> None:
    """The partial edit has no category_id (reference)."""
    [call] = adapter().calls([listing_change(Facet.content, content(), content(category="600009"))])
    assert call.operation == "edit_product"


def test_a_structure_write_carries_every_sku_that_is_there() -> None:
    """One that is left out would be deleted (section 11.4); prices and stock of old ones are not repeated."""
    foreign = sized(
        "1729592969712207099", "BUKAN-KITA", "1 kg", identifier_code={"code": "8991234567890", "type": "EAN"}
    )
    row = product_row(skus=[sized(SKU, "KG-250", "250 gram"), sized(SECOND, "KG-500", "500 gram"), foreign])
    seen = reading.observed(row, WAREHOUSE, START)
    fresh = Variant("KG-750", ("750 gram",), 800, (12, 9, 30), "8991234567906")
    wanted = Structure(("Ukuran",), (*SIZES.variants, fresh))
    whole = replace(
        sized_listing(), structure=wanted, prices={**sized_listing().prices, "KG-750": Price(220_000)},
        stocks={**sized_listing().stocks, "KG-750": 4},
    )  # fmt: skip
    [call] = adapter().calls([listing_change(Facet.structure, SIZES, wanted, TWO, observed=seen, listing=whole)])
    skus = json.loads(call.body)["skus"]
    assert call.operation == "partial_edit_product"
    assert [row.get("id") for row in skus] == [SKU, SECOND, "1729592969712207099", None]
    assert all("price" not in row and "inventory" not in row for row in skus[:3])
    assert skus[2] == {
        "id": "1729592969712207099", "seller_sku": "BUKAN-KITA",
        "identifier_code": {"code": "8991234567890", "type": "EAN"},
        "sales_attributes": [{"id": "100000", "value_name": "1 kg"}],
    }  # fmt: skip
    assert skus[3] == {
        "seller_sku": "KG-750", "price": {"amount": "220000", "currency": "IDR"},
        "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 4}],
        "identifier_code": {"code": "8991234567906", "type": "EAN"},
        "sales_attributes": [{"id": "100000", "value_name": "750 gram"}],
    }  # fmt: skip


def test_where_zero_is_refused_what_has_none_is_taken_off_sale_at_once() -> None:
    [call] = adapter(assumptions={"tiktokshop.zero_quantity": "refused"}).calls([stock(0)])
    assert call.operation == "deactivate_products"


def test_what_the_shop_does_not_know_is_no_call() -> None:
    [call] = adapter().calls([replace(stock(3), ids=Ids(PRODUCT))])
    assert call.operation == "no_offer_id"
    assert OTHER_WAREHOUSE not in call.body
