"""Our values as Lazada's and back: what is pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.contract import Facet, Facts, ListingState, Price
from adapters.lazada import mapping, reading
from adapters.lazada.assumptions import ASSUMPTIONS, ShopAssumed
from adapters.lazada.facts import ShopFacts, bounds_of, category_json, load, locations_of
from tests.adapters.lazada.shop import HALUS, ITEM, START, content, product, sku_row

NO_FACTS = ShopFacts()


# --- text, weights, XML


@pytest.mark.parametrize("text", ["Biji sangrai", "Satu\ndua\n\ntiga", 'Gula & kopi < teh > "air"'])
def test_plain_text_survives_its_html(text: str) -> None:
    assert mapping.plain_text(mapping.paragraphs(text)) == text


def test_html_is_escaped_and_cut_into_paragraphs() -> None:
    assert mapping.paragraphs("a & b\nc\n\n<d>") == "<p>a &amp; b<br>c</p><p>&lt;d&gt;</p>"


@pytest.mark.parametrize("markup", ["<ul><li>x</li></ul>", '<p style="x">y</p>', "a <b>c</b>"])
def test_html_of_others_is_not_compared(markup: str) -> None:
    assert mapping.plain_text(markup) is None


@pytest.mark.parametrize(("grams", "two", "three"), [(300, "0.3", "0.3"), (305, "0.31", "0.305"), (1, "0.01", "0.001"),
                                                     (1000, "1", "1"), (40_000, "40", "40")])  # fmt: skip
def test_a_weight_is_rounded_up_to_what_is_taken(grams: int, two: str, three: str) -> None:
    assert mapping.parcel_json(grams, (10, 8, 20), 2)["package_weight"] == two
    assert mapping.parcel_json(grams, (10, 8, 20), 3) == {
        "package_length": "10", "package_width": "8", "package_height": "20", "package_weight": three,
    }  # fmt: skip


def test_an_ampersand_in_a_sku_does_not_break_the_xml() -> None:
    assert "<SellerSku>A&amp;B</SellerSku>" in mapping.price_xml("1:2", "A&B", 85_000)


def test_a_price_goes_without_a_quantity_and_without_decimals() -> None:
    row = mapping.price_xml(f"{ITEM}:{HALUS}", "KOPI", 85_000)
    assert row == (
        f"<Sku><ItemId>{ITEM}</ItemId><SkuId>{HALUS}</SkuId><SellerSku>KOPI</SellerSku><Price>85000</Price></Sku>"
    )


@pytest.mark.parametrize(
    ("position", "tags"),
    [
        (None, "<SellableQuantity>3</SellableQuantity><Quantity>3</Quantity>"),
        ("Quantity", "<Quantity>3</Quantity>"),
        ("SellableQuantity", "<SellableQuantity>3</SellableQuantity>"),
    ],
)
def test_the_stock_of_a_warehouse_goes_under_both_names_until_one_is_known(position: str | None, tags: str) -> None:
    assumed = ShopAssumed.of({"lazada.warehouse_tag": position} if position else {})
    row = mapping.stock_xml("1:2", "KOPI", 3, ShopFacts("GUDANG-2"), assumed)
    assert f"<WarehouseCode>GUDANG-2</WarehouseCode>{tags}</MultiWarehouseInventory>" in row


def test_a_shop_with_one_warehouse_names_none() -> None:
    row = mapping.stock_xml("1:2", "KOPI", 3, NO_FACTS, ShopAssumed())
    assert "Warehouse" not in row
    assert "<SellableQuantity>3</SellableQuantity>" in row


def test_the_positions_of_the_config_decide() -> None:
    told = ShopAssumed.of({
        "lazada.associated_sku": "SellerSku", "lazada.autofill_off": "attributes", "lazada.weight_decimals": "3",
        "lazada.image_size": "3 MB", "lazada.list_limit": "100",
    })  # fmt: skip
    assert told == ShopAssumed(("SellableQuantity", "Quantity"), "SellerSku", "attributes", 3, 3_145_727, 100)


def test_every_open_question_has_a_careful_answer_first() -> None:
    ids = [one.id for one in ASSUMPTIONS]
    assert len(ids) == len(set(ids)) == 35
    assert all(one.id.startswith("lazada.") and len(one.positions) > 1 and one.text for one in ASSUMPTIONS)


# --- attributes and categories

ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "name", "label": "Name", "is_mandatory": 1, "attribute_type": "normal", "input_type": "text"},
    {"id": 2, "name": "roast_level", "label": "Tingkat sangrai", "is_mandatory": 1, "attribute_type": "normal",
     "input_type": "singleSelect", "is_sale_prop": 0, "options": [{"name": "Medium"}, {"id": 2, "name": "Dark"}]},
    {"id": 3, "name": "color_family", "label": "Warna", "is_mandatory": 1, "attribute_type": "sku", "is_sale_prop": 1},
    {"id": 4, "name": "volume", "label": "Isi", "is_mandatory": 0, "attribute_type": "sku", "input_type": "enumInput",
     "is_sale_prop": 0, "options": [{"name": "250 g"}]},
    {"id": 5, "name": "short_description", "label": "Ringkasan", "is_mandatory": 1, "attribute_type": "normal"},
]  # fmt: skip


def test_what_we_fill_ourselves_is_not_asked_of_people() -> None:
    kept = category_json(ROWS)
    assert set(kept["attributes"]) == {"roast_level", "volume"}
    assert kept["short_description"] is True
    bounds = bounds_of(kept)
    assert bounds.required_attributes == (("roast_level", "Tingkat sangrai"),)
    assert (bounds.title, bounds.pictures, bounds.options) == ((1, 255), (1, 8), 2)
    assert bounds.attributes == ("roast_level", "volume")
    assert bounds.closed_values == {"roast_level": ("Medium", "Dark")}  # an enumInput takes values of one's own


def test_attributes_go_by_name_to_the_product_or_its_skus() -> None:
    facts = _facts()
    shown = content(attributes=(("roast_level", "medium"), ("volume", "1 kg"), ("origin", "Gayo"), ("origin", "Aceh")))
    assert mapping.attribute_values(shown, facts, of_sku=False) == {"roast_level": "Medium", "origin": "Gayo,Aceh"}
    assert mapping.attribute_values(shown, facts, of_sku=True) == {"volume": "1 kg"}


def test_a_value_that_a_closed_list_lacks_is_left_out_and_said() -> None:
    shown = content(attributes=(("roast_level", "Arang"),), preorder_days=7)
    assert mapping.attribute_values(shown, _facts(), of_sku=False) == {}
    assert len(mapping.left_out(shown, _facts())) == 2


def _facts() -> ShopFacts:
    return load(Facts("1", {}, json.dumps({"categories": {"10002019": category_json(ROWS)}})))


@pytest.mark.parametrize(
    "module",
    [
        [{"code": "dropshipping", "name": "Gudang"}, {"code": "W2", "name": "Dua", "defaultAddress": False}],
        {"list": [{"code": "dropshipping", "name": "Gudang"}, {"warehouse_code": "W2", "name": "Dua"}]},
        {"dropshipping": {"name": "Gudang"}, "W2": {"name": "Dua"}},
    ],
)
def test_warehouses_come_as_a_list_or_an_object(module: Any) -> None:
    places = locations_of({"success": True, "module": module})
    assert [(p.id, p.name, p.default) for p in places] == [("dropshipping", "Gudang", True), ("W2", "Dua", False)]


def test_one_warehouse_may_stand_alone() -> None:
    assert [p.id for p in locations_of({"module": {"code": "Dropshipping"}})] == ["Dropshipping"]
    assert locations_of({"module": None}) == []


# --- reading


def test_a_listing_as_it_is_shown() -> None:
    seen = mapping.observed(product(), START)
    assert (seen.external_id, seen.title, seen.state) == (ITEM, "Kopi Arabika Gayo", ListingState.live)
    assert seen.options == ("Gilingan",)
    assert [o.options for o in seen.offers] == [("Biji",), ("Halus",)]
    one = seen.offers[0]
    assert (one.sku, one.price, one.stock, one.reserved) == ("KOPI-BIJI", Price(85_000), 12, 2)
    assert (one.weight_g, one.size_cm) == (300, (10, 8, 20))
    assert seen.created_at == datetime.fromtimestamp(1767200000, UTC)
    assert seen.content == {
        "title": "Kopi Arabika Gayo", "description": "Biji sangrai", "category": "10002019", "brand": None,
    }  # fmt: skip


def test_the_same_listing_in_the_other_spelling() -> None:
    row = product()
    for snake, camel in (("item_id", "itemId"), ("created_time", "createdTime"), ("updated_time", "updatedTime"),
                         ("primary_category", "primaryCategory"), ("images", "productImageList")):  # fmt: skip
        row[camel] = row.pop(snake)
    assert mapping.observed(row, START) == mapping.observed(product(), START)


def test_the_stock_is_the_sellable_one_never_the_total() -> None:
    [other] = mapping.observed(product(sku_row(multiWarehouseInventories=[
        {"warehouseCode": "dropshipping", "totalQuantity": 1745, "sellableQuantity": 1719, "occupyQuantity": 26},
    ])), START).offers  # fmt: skip
    assert (other.stock, other.reserved) == (1719, 26)


def test_the_stock_of_the_warehouse_that_is_bound() -> None:
    places = [{"warehouseCode": "dropshipping", "sellableQuantity": 5}, {"warehouseCode": "W2", "sellableQuantity": 0}]
    row = product(sku_row(multiWarehouseInventories=places))
    assert mapping.observed(row, START, "w2").offers[0].stock == 0
    assert mapping.observed(row, START, "W9").offers[0].stock is None
    assert mapping.observed(row, START).offers[0].stock == 5


def test_none_is_not_zero() -> None:
    bare = {"SkuId": 1, "SellerSku": "A", "Status": "active"}
    seen = mapping.observed(product(bare), START)
    assert seen.offers[0].stock is None
    assert reading.comparable(Facet.stock, seen) is None
    assert reading.comparable(Facet.price, seen) is None


def test_a_special_price_is_the_sellers() -> None:
    [one] = mapping.observed(product(sku_row(special_price=79000.0)), START).offers
    assert one.price == Price(85_000, 79_000)


def test_option_values_may_stand_as_flat_keys() -> None:
    row = sku_row(saleProp=None, gilingan="Biji")
    assert mapping.observed(product(row), START).offers[0].options == ("Biji",)


def test_deleted_skus_are_not_there() -> None:
    seen = mapping.observed(product(sku_row(), sku_row(HALUS, "KOPI-HALUS", "Halus", Status="deleted")), START)
    assert [o.sku for o in seen.offers] == ["KOPI-BIJI"]


OFF = {"Status": "inactive"}
STATES = [
    ({"status": "Active"}, {}, ListingState.live, ""),
    ({"status": "Active"}, {"quantity": 0, "multiWarehouseInventories": []}, ListingState.live_oos, ""),
    ({"status": "Active"}, OFF, ListingState.hidden, ""),
    ({"status": "InActive"}, OFF, ListingState.hidden, ""),
    ({"status": "Pending QC"}, {}, ListingState.in_review, ""),
    ({"status": "Rejected", "rejectReason": [{"suggestion": "Ganti foto", "violationDetail": "Ada watermark"}]}, OFF,
     ListingState.needs_correction, "Ganti foto; Ada watermark"),
    ({"status": "InActive", "subStatus": "Reject", "rejectReason": ["Foto buram"]}, OFF,
     ListingState.needs_correction, "Foto buram"),
    ({"status": "Suspended", "hiddenReason": "Penalti"}, {}, ListingState.banned, "Penalti"),
    ({"status": "Deleted"}, {}, ListingState.gone, ""),
    ({"status": "Frozen"}, {}, ListingState.hidden, ""),
]  # fmt: skip


@pytest.mark.parametrize(("row", "sku", "state", "reason"), STATES)
def test_states_and_lazadas_words(row: dict[str, Any], sku: dict[str, Any], state: ListingState, reason: str) -> None:
    seen = mapping.observed(product(sku_row(**sku), **row), START)
    assert (seen.state, seen.reason) == (state, reason)


def test_of_an_unknown_state_nothing_is_concluded() -> None:
    compare = reading.comparable
    assert compare(Facet.visibility, mapping.observed(product(status="Frozen"), START)) is None
    assert compare(Facet.visibility, mapping.observed(product(status="Pending QC"), START)) is None
    assert compare(Facet.visibility, mapping.observed(product(status="InActive"), START)) == {"visible": False}
    assert compare(Facet.price, mapping.observed(product(status="Deleted"), START)) is None
