"""Creates and updates by the rules of sections 7.1, 7.2, 7.6 and 7.7, each by the code it has there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.lazada.client import AXIS, CATEGORY, NO_VARIANTS, OTHER, REVIEW_S, Client
from tests.sandbox.lazada.conftest import Start

Spoil = Callable[[dict[str, Any]], Any]


def sku(product: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """One SKU of a payload."""
    found: dict[str, Any] = product["Skus"]["Sku"][number]
    return found


def axis(product: dict[str, Any]) -> dict[str, Any]:
    """The variation of a payload."""
    found: dict[str, Any] = product["variation"]["variation1"]
    return found


def test_the_example_of_the_facts(client: Client) -> None:
    found = client.good("/product/create", {"Product": client.product("KOPI-GAYO-250-BIJI", "KOPI-GAYO-250-HALUS")})
    assert set(found) == {"item_id", "sku_list"}
    assert [row["seller_sku"] for row in found["sku_list"]] == ["KOPI-GAYO-250-BIJI", "KOPI-GAYO-250-HALUS"]
    first = found["sku_list"][0]
    assert first["shop_sku"] == f"{found['item_id']}_ID-{first['sku_id']}"
    assert client.status() == ["in_review"]
    client.clock.advance(REVIEW_S)
    assert client.status() == ["live"]
    assert client.truth("KOPI-GAYO-250-BIJI") == {
        "external_id": str(first["sku_id"]), "sku": "KOPI-GAYO-250-BIJI", "price": 85_000, "sale_price": None,
        "stock": 12, "sellable": 12, "reserved": 0, "total": 12, "location": "dropshipping",
    }  # fmt: skip


def test_the_same_as_xml(client: Client) -> None:
    client.good("/product/create", {"Product": client.product("KP-1", "KP-2")}, as_xml=True)
    assert len(client.shop.truth()[0]["variants"]) == 2


WRONG: dict[str, tuple[str, Spoil]] = {
    "no category": ("4108", lambda p: p.update(PrimaryCategory="")),
    "not a leaf": ("4134", lambda p: p.update(PrimaryCategory="10100001")),
    "no such category": ("4227", lambda p: p.update(PrimaryCategory="1")),
    "no image": ("4139", lambda p: p.update(Images={"Image": []})),
    "nine images": ("4169", lambda p: p["Images"].update(Image=[f"{p['Images']['Image'][0]}{n}" for n in range(9)])),
    "an image twice": ("4158", lambda p: p["Images"].update(Image=p["Images"]["Image"] * 2)),
    "a foreign image": ("4138", lambda p: p["Images"].update(Image=["https://example.test/a.jpg"])),
    "a foreign image in the text": (
        "4138", lambda p: p["Attributes"].update(description='<img src="https://example.test/a.jpg">')),
    "no name": ("4108", lambda p: p["Attributes"].update(name="")),
    "a long name": ("4160", lambda p: p["Attributes"].update(name="x" * 256)),
    "a long description": ("500", lambda p: p["Attributes"].update(description="x" * 25_001)),
    "no brand": ("4108", lambda p: p["Attributes"].pop("brand")),
    "an unknown brand": ("4142", lambda p: p["Attributes"].update(brand="Acme")),
    "a mandatory attribute": ("4108", lambda p: p["Attributes"].pop("net_weight_g")),
    "no number": ("500", lambda p: p["Attributes"].update(net_weight_g="a bit")),
    "out of range": ("500", lambda p: p["Attributes"].update(net_weight_g="40001")),
    "not among the options": ("500", lambda p: p["Attributes"].update(storage="Di luar")),
    "three names": ("209", lambda p: p["variation"].update(
        {f"variation{n}": {**axis(p), "name": f"Nama {n}"} for n in (2, 3)})),
    "a name twice": ("4133", lambda p: p["variation"].update(variation2=axis(p))),
    "a long axis name": ("4133", lambda p: axis(p).update(name="x" * 16)),
    "a long option": ("4133", lambda p: axis(p).update(options={"option": ["x" * 21]})),
    "an option twice": ("4133", lambda p: axis(p).update(options={"option": ["a", "a"]})),
    "51 options": ("4133", lambda p: axis(p).update(options={"option": [str(n) for n in range(51)]})),
    "images of the second": ("4133", lambda p: p["variation"].update(
        variation2={**axis(p), "name": "Isi", "hasImage": "true"})),
    "a name of the category": ("4133", lambda p: axis(p).update(customize="false")),
    "no variants there": ("4133", lambda p: p.update(PrimaryCategory=NO_VARIANTS)),
    "no variation": ("4144", lambda p: p.pop("variation")),
    "an undeclared sale attribute": ("4143", lambda p: sku(p)["saleProp"].update(Warna="Merah")),
    "no sale attribute": ("4144", lambda p: sku(p).pop("saleProp")),
    "the same sale attribute": ("4112", lambda p: sku(p).update(saleProp=sku(p, 1)["saleProp"])),
    "no such option": ("4133", lambda p: sku(p)["saleProp"].update({AXIS: "Kasar"})),
    "a sale attribute beside": ("4145", lambda p: sku(p).update({AXIS: "Pilihan 1"})),
    "no SellerSku": ("4108", lambda p: sku(p).pop("SellerSku")),
    "a forbidden character": ("500", lambda p: sku(p).update(SellerSku="KP|1")),
    "a SellerSku twice": ("4135", lambda p: sku(p).update(SellerSku=sku(p, 1)["SellerSku"])),
    "no price": ("4108", lambda p: sku(p).pop("price")),
    "no price at all": ("4104", lambda p: sku(p).update(price="murah")),
    "half a rupiah": ("4104", lambda p: sku(p).update(price="85000.5")),
    "a price of 0": ("4118", lambda p: sku(p).update(price="0")),
    "a high special price": ("4157", lambda p: sku(p).update(special_price="85000")),
    "a date alone": ("500", lambda p: sku(p).update(special_from_date="2026-11-24 00:00:00")),
    "no date": ("5", lambda p: sku(p).update(special_price="1", special_from_date="soon")),
    "a negative quantity": ("4152", lambda p: sku(p).update(quantity="-1")),
    "no quantity": ("5", lambda p: sku(p).update(quantity="1.5")),
    "no package": ("4108", lambda p: sku(p).pop("package_weight")),
    "too heavy": ("4164", lambda p: sku(p).update(package_weight="40.01")),
    "too large": ("4165", lambda p: sku(p).update(package_length="280")),
    "three decimals": ("500", lambda p: sku(p).update(package_length="10.123")),
    "a status of its own": ("500", lambda p: sku(p).update(Status="asleep")),
    "deleted from the start": ("500", lambda p: sku(p).update(Status="deleted")),
    "images of one SKU": ("4153", lambda p: sku(p).update(Images=p["Images"])),
    "no SKU": ("4108", lambda p: p.update(Skus={"Sku": []})),
    "numbers": ("1001", lambda p: sku(p).update(quantity=12)),
    "a bare SKU": ("1001", lambda p: p.update(Skus={"Sku": sku(p)})),
    "a bare image": ("1001", lambda p: p["Images"].update(Image=p["Images"]["Image"][0])),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_refused(client: Client, what: str) -> None:
    code, spoil = WRONG[what]
    product = client.product("KP-1", "KP-2")
    spoil(product)
    client.post("/product/create", {"Product": product})
    assert (client.code, client.shop.truth()) == (code, [])
    assert client.answer["type"] in ("ISV", "ISP", "SYSTEM")
    client.post("/product/pre/check", {"Product": product})
    assert client.code == code


def test_a_mandatory_attribute_as_it_was_seen(client: Client) -> None:
    product = client.product("KP-1")
    del product["Attributes"]["net_weight_g"]
    client.post("/product/create", {"Product": product})
    assert (client.code, client.text) == ("4108", "E500: Create product failed")
    assert client.detail == [
        {"field": "p-30005", "message": "C004: cannot be blank.", "code": "CHK_BASIC_REQUIRED"},
    ]  # fmt: skip


def test_documents_that_cannot_be_read(client: Client) -> None:
    for text in ("<Request><Product>", "<Request>a & b</Request>", '{"Request":', "[]", "<Produk/>",
                 '<!DOCTYPE x [<!ENTITY a "b">]><Request>&a;</Request>', "{" * 100_000,
                 "<Request>" * 5000 + "</Request>" * 5000):  # fmt: skip
        client.post("/product/create", text)
        assert client.code in ("5", "4108"), client.answer
    client.call("POST", "/product/create")
    assert client.code == "6"
    client.post("/product/create", '{"Request": {"Product": {"PrimaryCategory": "\\ud800"}}}')
    assert client.code == "5"
    escaped = "<Request><Product><ItemId><![CDATA[a & b]]></ItemId></Product></Request>"
    client.post("/product/update", escaped)
    assert client.code == "4136"


def test_unknown_tags_are_swallowed(client: Client) -> None:
    item, [first] = client.live()
    client.good("/product/update", {"Product": {"ItemId": item, "Attributes": {"Name": "Nama lain"}, "Warna": "biru"}})
    assert client.shop.truth()[0]["title"] == "Kopi Arabika Gayo 250 g"
    client.stocks({"ItemId": item, "SkuId": first, "sellableQuantity": "3"})
    assert (client.code, client.truth("KP-1")["stock"]) == ("0", 12)


def test_what_the_marketplace_fills_in(start: Start) -> None:
    for position, at_product in (("product", True), ("attributes", False)):
        client = start(switches={"lazada.autofill_off": position})
        filled, _ = client.create(client.product("KP-1"))
        off = client.product("KP-2", disableAutoFillAttribute=True)
        inside = client.product("KP-3", attributes={"disableAttributeAutoFill": "true"})
        by_product, _ = client.create(off)
        by_attributes, _ = client.create(inside)
        assert client.item(filled)["attributes"]["storage"] == "Suhu Ruang"
        assert ("storage" in client.item(by_product)["attributes"]) is not at_product
        assert ("storage" in client.item(by_attributes)["attributes"]) is at_product


@pytest.mark.parametrize(("position", "code"), [("bytes", "4160"), ("characters", "0")])
def test_what_the_255_of_a_name_are(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.name_length": position})
    client.post("/product/create", {"Product": client.product("KP-1", attributes={"name": "–" * 100})})
    assert client.code == code


@pytest.mark.parametrize(("position", "code"), [("2", "500"), ("3", "0")])
def test_decimals_of_a_weight(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.weight_decimals": position})
    product = client.product("KP-1")
    sku(product)["package_weight"] = "0.255"
    client.post("/product/create", {"Product": product})
    assert client.code == code


@pytest.mark.parametrize(("position", "code"), [("refused", "4104"), ("accepted", "0")])
def test_a_price_with_zeros_behind_the_point(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.price_fraction": position})
    product = client.product("KP-1")
    sku(product)["price"] = "85000.00"
    client.post("/product/create", {"Product": product})
    assert client.code == code


@pytest.mark.parametrize(("position", "shown"), [("absent", None), ("present", "Pending QC")])
def test_item_status_in_the_answer(start: Start, position: str, shown: str | None) -> None:
    client = start(switches={"lazada.item_status": position})
    found = client.good("/product/create", {"Product": client.product("KP-1")})
    assert found.get("item_status") == shown
    client.clock.advance(REVIEW_S)
    found = client.good("/product/update", {"Product": {"ItemId": str(found["item_id"])}})
    assert found.get("item_status") == (None if shown is None else "Active")


@pytest.mark.parametrize("code", ["4135", "4105", "4126", "4141"])
def test_a_duplicate_is_refused_and_its_listing_shows_up_late(start: Start, code: str) -> None:
    client = start(switches={"lazada.duplicate_code": code})
    product = client.product("KP-1")
    item, _ = client.create(product)
    client.post("/product/create", {"Product": product})
    assert (client.code, client.detail[0]["seller_sku"]) == (code, "KP-1")
    assert "INFRA_PRODUCT_036" in client.detail[0]["message"]
    assert client.listed(sku_seller_list='["KP-1"]') == []
    client.clock.advance(30)
    assert [str(row["item_id"]) for row in client.listed(sku_seller_list='["KP-1"]')] == [item]
    assert len(client.shop.truth()) == 1


@pytest.mark.parametrize(("position", "code"), [("store", "4135"), ("item", "0")])
def test_where_a_seller_sku_is_unique(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.sku_scope": position})
    client.create(client.product("KP-1"))
    client.post("/product/create", {"Product": client.product("KP-1")})
    assert client.code == code


@pytest.mark.parametrize(("position", "code"), [("taken", "4135"), ("free", "0")])
def test_the_seller_sku_of_a_deleted_product(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.deleted_sku": position})
    item, [first] = client.live()
    client.call("POST", "/product/remove", {"sku_id_list": f'["SkuId_{item}_{first}"]'})
    assert (client.code, client.shop.truth()) == ("0", [])
    client.post("/product/create", {"Product": client.product("KP-1")})
    assert client.code == code


@pytest.mark.parametrize("position", ["SkuId", "SellerSku"])
def test_an_associated_sku_joins_a_product(start: Start, position: str) -> None:
    client = start(switches={"lazada.associated_sku": position})
    item, ids = client.live("KP-1", "KP-2")
    named = {"SkuId": ids[0], "SellerSku": "KP-1"}
    row = client.sku("KP-3", "Pilihan 3")
    client.post("/product/create", {"Product": {"AssociatedSku": named[position],
                                                "Skus": {"Sku": [client.sku("KP-3", "x" * 21)]}}})  # fmt: skip
    assert (client.code, client.text) == ("4133", "E4133: VARIATION_OPTION_LENGTH_LIMIT")
    for name, value in named.items():
        client.post("/product/create", {"Product": {"AssociatedSku": value, "Skus": {"Sku": [row]}}})
        assert client.code == ("0" if name == position else "4137")
    assert [v["sku"] for v in client.shop.truth()[0]["variants"]] == ["KP-1", "KP-2", "KP-3"]
    assert [len(row["skus"]) for row in client.listed()] == [2]  # the list lags behind
    assert str(client.item(item)["skus"][2]["saleProp"][AXIS]) == "Pilihan 3"


def test_a_product_without_variation_cannot_be_joined(client: Client) -> None:
    _, [first] = client.live()
    client.post("/product/create", {"Product": {"AssociatedSku": first, "Skus": {"Sku": [client.sku("KP-2", "x")]}}})
    assert (client.code, client.detail[0]["field"]) == ("500", "AssociatedSku")


def test_the_cap_of_active_products(client: Client) -> None:
    item, [first] = client.live()
    client.shop.control("PUT", "settings", {"item_limit": 1})
    client.post("/product/create", {"Product": client.product("KP-2")})
    assert client.code == "THD_APPROVAL_RULE_CENTER_ERR_PRE_QC_LISTING_LIMIT_ERROR"
    client.good("/product/deactivate", {"Product": {"ItemId": item}})
    client.create(client.product("KP-2"))
    client.update(item, Skus={"Sku": [client.sku("KP-1", SkuId=first, Status="active")]})
    assert client.code == "THD_APPROVAL_RULE_CENTER_ERR_PRE_QC_LISTING_LIMIT_ERROR"
    limits = client.get("/product/seller/item/limit")
    assert (limits["onlineItemCount"], limits["itemLimit"], client.answer["success"]) == (1, 1, True)


# --- updates ---------------------------------------------------------------------------------------------------------


def test_only_what_is_sent_changes_and_images_replace(client: Client) -> None:
    item, _ = client.live()
    before = client.item(item)
    picture = client.picture(401)
    client.update(item, Attributes={"name": "Kopi lain", "d_short_description": "x"}, Images={"Image": [picture]})
    assert client.code == "0"
    client.clock.advance(REVIEW_S)
    after = client.item(item)
    assert (after["attributes"]["name"], after["images"]) == ("Kopi lain", [picture])
    assert "short_description" in before["attributes"]
    assert "short_description" not in after["attributes"]
    assert after["attributes"]["description"] == before["attributes"]["description"]


@pytest.mark.parametrize(("position", "status"), [("pending", "in_review"), ("live", "live")])
def test_an_edit_of_texts_is_reviewed_again(start: Start, position: str, status: str) -> None:
    client = start(switches={"lazada.edit_review": position})
    item, _ = client.live()
    client.update(item, Attributes={"name": "Kopi lain"})
    assert client.status() == [status]


@pytest.mark.parametrize(("position", "status"), [("activates", "live"), ("keeps", "hidden")])
def test_a_missing_status(start: Start, position: str, status: str) -> None:
    client = start(switches={"lazada.missing_status": position})
    item, [first] = client.live()
    client.good("/product/deactivate", {"Product": {"ItemId": item}})
    assert client.status() == ["hidden"]
    client.update(item, Skus={"Sku": [client.sku("KP-1", SkuId=first)]})
    assert (client.code, client.status()) == ("0", [status])
    client.update(item, Skus={"Sku": [client.sku("KP-1", SkuId=first, Status="inactive")]})
    assert client.status() == ["hidden"]
    client.update(item, Skus={"Sku": [client.sku("KP-1", SkuId=first, Status="active")]})
    assert client.status() == ["live"]


@pytest.mark.parametrize(("position", "code"), [("mandatory", "4108"), ("optional", "0")])
def test_package_sizes_in_an_update(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.package_on_update": position})
    item, [first] = client.live()
    client.update(item, Skus={"Sku": [{"SkuId": first, "price": "86000"}]})
    assert (client.code, client.truth("KP-1")["price"]) == (code, 86_000 if code == "0" else 85_000)


@pytest.mark.parametrize(("position", "code"), [("refused", "4193"), ("ignored", "0")])
def test_a_seller_sku_never_changes(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.sku_rename": position})
    item, [first] = client.live()
    client.update(item, Skus={"Sku": [client.sku("KP-9", SkuId=first)]})
    assert (client.code, client.truth("KP-1")["sku"]) == (code, "KP-1")


@pytest.mark.parametrize(("position", "code"), [("refused", "4216"), ("accepted", "0")])
def test_a_sku_without_its_id(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.update_adds_sku": position})
    item, _ = client.live("KP-1", "KP-2")
    client.update(item, Skus={"Sku": [client.sku("KP-3", "Pilihan 3")]})
    assert (client.code, len(client.shop.truth()[0]["variants"])) == (code, 3 if code == "0" else 2)


def test_updates_that_are_refused(client: Client) -> None:
    item, ids = client.live("KP-1", "KP-2")
    wanted: list[tuple[str, dict[str, Any]]] = [
        ("4136", {"ItemId": "1"}),
        ("4137", {"Skus": {"Sku": [client.sku("KP-1", SkuId="1")]}}),
        ("4133", {"variation": {"variation1": {"name": "Warna", "options": {"option": ["x"]}, "customize": "true"}}}),
        ("4108", {"Attributes": {"d_net_weight_g": "x"}}),
        ("4134", {"PrimaryCategory": "10100001"}),
        ("4108", {"PrimaryCategory": OTHER}),
        ("4138", {"Images": {"Image": ["https://example.test/a.jpg"]}}),
        ("4112", {"Skus": {"Sku": [client.sku("KP-1", "Pilihan 2", SkuId=ids[0])]}}),
    ]
    for code, change in wanted:
        client.update(**{"item": item, **change}) if "ItemId" not in change else client.post(
            "/product/update", {"Product": change})  # fmt: skip
        assert client.code == code, client.answer
    assert client.status() == ["live"]
    assert client.item(item)["primary_category"] == int(CATEGORY)


def test_skus_deleted_by_an_update_stay_deleted(client: Client) -> None:
    item, ids = client.create(client.product("KP-1", "KP-2"))
    rows = [client.sku(name, SkuId=one, Status="deleted") for name, one in zip(("KP-1", "KP-2"), ids, strict=True)]
    client.update(item, Skus={"Sku": rows[:1]})
    assert (client.code, [v["sku"] for v in client.shop.truth()[0]["variants"]]) == ("0", ["KP-2"])
    client.update(item, Skus={"Sku": rows[1:]})
    client.clock.advance(2 * REVIEW_S)
    assert (client.code, client.shop.truth()) == ("0", [])
    client.update(item, Attributes={"name": "Kopi lain"})
    assert client.code == "4136"


def test_a_rejected_product_is_reviewed_again_after_an_edit(client: Client) -> None:
    item, _ = client.create(client.product("KP-1"))
    client.shop.control("POST", "review", {"sku": "KP-1", "verdict": "rejected", "reason": "gambar buram"})
    client.clock.advance(REVIEW_S)
    assert client.status() == ["rejected"]
    found = client.item(item)
    assert (found["status"], "gambar buram" in str(found["rejectReason"])) == ("Rejected", True)
    client.update(item, Attributes={"name": "Kopi lain"})
    client.clock.advance(REVIEW_S)
    assert client.status() == ["live"]


def test_images_of_skus_are_all_or_none(client: Client) -> None:
    item, ids = client.live("KP-1", "KP-2")
    picture = client.picture(402)
    one = {"SkuId": ids[0], "Images": {"Image": [picture]}}
    client.post("/images/set", {"Product": {"Skus": {"Sku": [one]}}})
    assert client.code == "4153"
    client.good("/images/set", {"Product": {"Skus": {"Sku": [one, {**one, "SkuId": ids[1]}]}}})
    assert [row["Images"] for row in client.item(item)["skus"]] == [[picture], [picture]]
    client.post("/images/set", {"Product": {"Skus": {"Sku": [{"Images": {"Image": [picture]}}]}}})
    assert client.code == "4216"


# --- off and away ----------------------------------------------------------------------------------------------------


def test_deactivate_in_its_own_parameter_and_by_sku(client: Client) -> None:
    item, ids = client.live("KP-1", "KP-2")
    client.call("POST", "/product/deactivate", {"payload": "<Request/>"})
    assert client.code == "6"
    client.good("/product/deactivate", {"Product": {"ItemId": item, "Skus": {"SkuId": [ids[0]]}}})
    assert [row["Status"] for row in client.item(item)["skus"]] == ["inactive", "active"]
    client.good("/product/deactivate", {"Product": {"ItemId": item}}, as_xml=True)
    client.post("/product/deactivate", {"Product": {"ItemId": item}})
    assert (client.code, client.status()) == ("E0004", ["hidden"])
    for code, product in (("E0001", {}), ("E0002", {"ItemId": "1"}),
                          ("E0003", {"ItemId": item, "Skus": {"SkuId": ["1"]}}),
                          ("4193", {"ItemId": item, "Skus": {"SellerSku": ["KP-1"]}})):  # fmt: skip
        client.post("/product/deactivate", {"Product": product})
        assert client.code == code


def test_remove_by_sku_and_twice(client: Client) -> None:
    item, ids = client.live("KP-1", "KP-2")
    for number, name in enumerate(ids):
        client.call("POST", "/product/remove", {"sku_id_list": f'["SkuId_{item}_{name}"]'})
        assert client.code == "0"
        assert len(client.shop.truth()) == 1 - number
    client.call("POST", "/product/remove", {"sku_id_list": f'["SkuId_{item}_{ids[0]}"]'})
    assert (client.code, "ITEM_NOT_FOUND" in client.detail[0]["message"]) == ("503", True)
    client.call("POST", "/product/remove", {"seller_sku_list": '["KP-1"]'})
    assert client.code == "6"
    client.clock.advance(30)
    assert [str(row["item_id"]) for row in client.listed(filter="deleted")] == [item]
    assert client.listed() == []


def test_remove_sku_drops_a_variation_but_not_the_last_sku(client: Client) -> None:
    item, ids = client.live("KP-1", "KP-2")
    path = "/product/sku/remove"
    both = {"ItemId": item, "Skus": {"Sku": [{"SkuId": one} for one in ids]}}
    client.post(path, {"Product": both}, as_xml=True)
    assert client.code == "501"
    one = {"ItemId": item, "variation": {"variation1": {"name": AXIS}}, "Skus": {"Sku": [{"SkuId": ids[1]}]}}
    client.good(path, {"Product": one}, as_xml=True)
    found = client.item(item)
    assert (found["variation"], [row["SellerSku"] for row in found["skus"]]) == ({}, ["KP-1"])
