"""What is read of products (SANDBOX.md, Blibli 3; facts, section 8), and what a store can ask about Blibli."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from adapters.sandbox.blibli.context import tree
from adapters.sandbox.picture_size import measured
from tests.sandbox.blibli.client import CATEGORY, MTA, OPTION, OTHER_POINT, PICTURE, SELLER, Client
from tests.sandbox.blibli.conftest import Start
from tests.sandbox.client import png


def by_hand(client: Client, *skus: str, stock: int = 5, price: int = 9000) -> str:
    """A product made in the app, with these variants; its L3."""
    variants = [{"sku": sku, "price": price, "stock": stock} for sku in skus]
    made: list[str] = client.shop.control("POST", "listings", [{"title": f"Dibuat {skus[0]}", "variants": variants}])
    return made[0]


# --- list V3 ----------------------------------------------------------------------------------------------------------


def test_out_of_stock_is_hidden_from_the_default_list(client: Client) -> None:
    l3 = client.live()
    client.stock(f"{l3}-00001", 0)
    assert (client.listed(), client.listed("ACTIVE")) == ([], [])
    [row] = client.listed("OOS")
    assert (row["product"]["sku"], row["product"]["state"], client.truth("KP-1")["status"]) == (l3, "OOS", "live_oos")
    assert client.offers()["KP-1"]["stockAvailableLv2"] == 0
    client.stock(f"{l3}-00001", 1)
    assert (len(client.listed()), client.listed("OOS")) == (1, [])


def test_a_row_of_list_v3_as_in_the_facts(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    [row] = client.listed()
    image = row["images"][0]["path"]
    at = 1795489200000
    assert row == {
        "product": {"code": "MTA-9000001", "name": "Cincin resam KP-1", "sku": l3, "state": "ACTIVE",
                    "url": {"blibli": f"https://www.blibli.com/p/-/ps--{l3}"}},
        "brand": "Kabut Pagi", "category": {"code": CATEGORY, "name": "Cincin"},
        "flags": {"postLive": False, "buyable": True}, "counter": {"stock": 24, "variant": 2},
        "price": {"normal": {"min": 150000, "max": 150000}, "sale": {"min": 140000, "max": 140000}},
        "pickupPointCodes": ["PP-3000001"], "images": [{"main": True, "path": image, "sequence": 0}],
        "createdDate": at + 60_000, "updatedDate": at + 3_660_000,
    }  # fmt: skip
    assert client.answer["paging"] == {"pageNumber": 0, "pageSize": 50, "totalPage": 1, "totalRecord": 1}


def test_list_v3_filters_sorts_and_pages_but_not_by_sku(client: Client) -> None:
    first, second = client.live("KP-1"), by_hand(client, "H-1")
    path = f"{SELLER}/products/filter"

    def found(paging: dict[str, int] | None = None, sorting: dict[str, str] | None = None, **wanted: str) -> list[str]:
        body = {"filter": wanted, "paging": paging or {"page": 0, "size": 50}, "sorting": sorting}
        return [row["product"]["sku"] for row in client.good("POST", path, body)]

    assert found() == [first, second]
    assert found(sorting={"by": "createdDate", "direction": "DESC"}) == [second, first]
    assert found({"page": 1, "size": 1}) == [second]
    assert found(productName="dibuat") == [second]
    assert found(productName="dibuat", productSku=first) == [first]  # productSku beats productName
    assert found(pickupPointCode=OTHER_POINT) == []
    assert found(categoryCode="KA-1000004") == []
    for body in ({"filter": {"sellerSku": "KP-1"}}, {"sorting": {"by": "name"}}):
        client.call("POST", path, body)
        assert client.code == "ERR-SIM400001"


def test_archived_and_banned_have_states_of_their_own(client: Client) -> None:
    first, second = by_hand(client, "H-1"), by_hand(client, "H-2")
    client.good("POST", f"{SELLER}/products/statuses/archive", {"productSkus": [first]})
    client.shop.control("POST", "ban", {"sku": "H-2"})
    client.clock.advance(60)
    assert client.listed() == []
    assert [row["product"]["sku"] for row in client.listed("ARCHIVED", "SUSPENDED")] == [first, second]


# --- list V2 and V1 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "level1"), [("zero", 0), ("same", 12)])
def test_list_v2_has_stock_per_variant(start: Start, position: str, level1: int) -> None:
    client = start(switches={"blibli.level1_stock": position})
    l3 = client.live("KP-1", ("16", "18"))
    row = client.offers(merchantSkus=["KP-1-18"])["KP-1-18"]
    assert {key: row[key] for key in ("gdnSku", "productSku", "regularPrice", "sellingPrice", "stockAvailableLv1",
            "stockAvailableLv2", "stockReservedLv2", "pickupPointCode", "pickupPointName", "buyable", "isArchive",
            "review")} == {
        "gdnSku": f"{l3}-00002", "productSku": l3, "regularPrice": 150000.0, "sellingPrice": 140000.0,
        "stockAvailableLv1": level1, "stockAvailableLv2": 12, "stockReservedLv2": 0, "pickupPointCode": "PP-3000001",
        "pickupPointName": "Gudang Pangkalpinang", "buyable": True, "isArchive": False, "review": False,
    }  # fmt: skip
    detail = client.good("GET", f"{MTA}/v1/product/detailProduct", gdnSku=f"{l3}-00002")["items"][1]
    assert (detail["availableStockLevel1"], detail["availableStockLevel2"]) == (level1, 12)


def test_list_v2_filters(client: Client) -> None:
    first = by_hand(client, "A-1", "A-2")
    second = by_hand(client, "B-1")
    client.good("POST", f"{SELLER}/products/statuses/archive", {"productSkus": [second]})
    client.clock.advance(60)
    for wanted, skus in (({}, ["A-1", "A-2"]), ({"isArchive": True}, ["B-1"]), ({"gdnSku": f"{first}-00002"}, ["A-2"]),
                         ({"productName": "dibuat a"}, ["A-1", "A-2"]), ({"buyable": False}, []),
                         ({"displayable": True, "size": 1}, ["A-1"]), ({"categoryCode": "KA-1000004"}, []),
                         ({"pickupPointCode": OTHER_POINT}, []),
                         ({"merchantSkus": ["A-2", "B-1"]}, ["A-2"])):  # fmt: skip
        assert sorted(client.offers(**wanted)) == skus, wanted
    client.call("POST", f"{MTA}/v2/product/getProductList", {"merchantSkus": ["x"] * 51})
    assert client.code == "ERR-SIM400001"
    client.call("POST", f"{MTA}/v2/product/getProductList", {"size": 101})
    assert client.code == "ERR-SIM400001"
    path = f"{MTA}/v1/product/getProductSummary"
    assert [row["merchantSku"] for row in client.good("GET", path, merchantSku="A-2")] == ["A-2"]
    assert [row["merchantSku"] for row in client.good("GET", path, gdnSku=f"{first}-00001", size=5)] == ["A-1"]


# --- details ----------------------------------------------------------------------------------------------------------


def test_detail_v1_weighs_in_kilograms(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    detail = client.good("GET", f"{MTA}/v1/product/detailProduct", gdnSku=f"{l3}-00001")
    assert (detail["productSku"], detail["categoryCode"], detail["brand"]) == (l3, CATEGORY, "Kabut Pagi")
    assert detail["description"] == "Cincin dari anyaman resam, buatan tangan."
    item = detail["items"][0]
    assert (item["itemSku"], item["merchantSku"], item["weight"], item["length"]) == (
        f"{l3}-00001",
        "KP-1-16",
        0.25,
        10,
    )
    assert item["prices"] == [{"channelId": "DEFAULT", "price": 150000, "salePrice": 140000}]
    assert [row["attributeCode"] for row in detail["attributes"]] == ["BA-2000001", OPTION, OPTION]
    assert (detail["enableEdit"], detail["suspended"]) == (True, False)
    client.call("GET", f"{MTA}/v1/product/detailProduct", gdnSku="KP-1")
    assert client.code == "ERR-SIM404001"


@pytest.mark.parametrize(("position", "whole"), [("product", False), ("whole", True)])
def test_detail_v2(start: Start, position: str, whole: bool) -> None:
    client = start(switches={"blibli.detail_v2_body": position})
    l3 = client.live()
    detail = client.good("GET", f"{SELLER}/products/{l3}")
    assert (detail["product"]["sku"], "items" in detail) == (l3, whole)


def test_the_list_of_variants(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    path = f"{SELLER}/products/{l3}/variants/filter"
    rows = client.good("POST", path, {"filter": {"blibliSku": f"{l3}-00002"}})
    assert [(row["sellerSku"], row["attributesMap"], row["availableStock"]) for row in rows] == [
        ("KP-1-18", {OPTION: "18"}, 12)
    ]
    assert client.good("POST", path, {"filter": {"pickupPointCode": OTHER_POINT}}) == []


def test_in_process(client: Client) -> None:
    client.create(client.product("KP-1"))
    client.clock.advance(60)
    [row] = client.good("GET", f"{MTA}/v2/product/inProcessProduct", size=50, page=0)
    assert (row["productCode"], row["productName"]) == ("MTA-9000001", "Cincin resam KP-1")


# --- what a read can suffer -------------------------------------------------------------------------------------------


def test_empty_pages_and_stale_reads(client: Client) -> None:
    l3 = client.live()
    client.clock.advance(400)
    client.stock(f"{l3}-00001", 7)
    client.shop.control("PUT", "faults", [{"operation": "getProductList", "kind": "empty_page", "times": 1}])
    assert (client.offers(), len(client.offers())) == ({}, 1)
    client.shop.control("PUT", "faults", [{"operation": "*", "kind": "stale_read", "times": None}])
    assert client.offers()["KP-1"]["stockAvailableLv2"] == 12
    client.clock.advance(300)
    assert client.offers()["KP-1"]["stockAvailableLv2"] == 7
    client.create(client.product("KP-2"))
    client.clock.advance(60)
    assert client.submissions() == []
    client.clock.advance(300)
    assert len(client.submissions()) == 1


def test_a_fault_that_means_nothing_to_a_call_waits(client: Client) -> None:
    client.shop.control("PUT", "faults", [{"operation": "*", "kind": "stuck_queue", "times": 1}])
    assert client.listed() == []
    client.create(client.product("KP-1"))
    client.clock.advance(60)
    [row] = client.good("GET", f"{MTA}/v1/feed/list", queueDate="2026-11-24")
    assert row["status"] == "IN_PROGRESS"
    for kind in ("expire_token", "lose_refresh"):
        client.shop.control("PUT", "faults", [{"operation": "*", "kind": kind, "times": 1}])
        assert client.listed() == []


# --- what a store can ask ---------------------------------------------------------------------------------------------


def leafs(rows: list[dict[str, Any]]) -> set[str]:
    """The codes without children."""
    return {
        code for row in rows for code in ([row["categoryCode"]] if not row["children"] else leafs(row["children"]))
    }  # fmt: skip


def test_categories_and_their_end(client: Client) -> None:
    path = f"{MTA}/v1/product/getCategory"
    assert leafs(client.good("GET", path)) == set(tree()["leafs"])
    l3 = by_hand(client, "H-1")
    client.shop.control("POST", "category", {"merge": [CATEGORY, "KA-1000004"]})
    assert CATEGORY not in leafs(client.good("GET", path))
    assert client.listed()[0]["category"]["code"] == "KA-1000004"
    client.edit(l3, name="Sudah pindah")
    assert client.code == ""
    client.call("GET", f"{SELLER}/categories/{CATEGORY}/attributes")
    assert client.code == "ERR-SIM404001"


def test_attributes_in_both_versions(client: Client) -> None:
    rows = {row["code"]: row for row in client.good("GET", f"{SELLER}/categories/{CATEGORY}/attributes")}
    assert set(rows["BA-2000001"]) == {"code", "name", "nameLocale", "mandatory", "type", "variantCreating",
                                       "specialAttribute", "options"}  # fmt: skip
    assert (rows["BA-2000001"]["mandatory"], rows[OPTION]["variantCreating"], rows[OPTION]["options"]) == (
        True,
        True,
        [],
    )
    old = client.good("GET", f"{MTA}/v1/product/getCategoryAttributes", categoryCode=CATEGORY)
    assert {row["attributeCode"]: row["mandatory"] for row in old} == {k: row["mandatory"] for k, row in rows.items()}
    for row in rows.values():
        assert (row["type"] == "DESCRIPTIVE") <= (row["options"] == [])


def test_brands_pickup_points_couriers_and_the_store(client: Client) -> None:
    path = f"{MTA}/v2/product/getBrands"
    assert client.good("GET", path, brandName="kabut") == [
        {"code": "BR-300004", "brandName": "Kabut Pagi", "brandApprovalStatus": "APPROVED"}
    ]
    assert len(client.good("GET", path, page=1, size=5)) == 5
    assert [row["code"] for row in client.good("GET", f"{MTA}/v1/product/getPickupPoint")] == [
        "PP-3000001",
        OTHER_POINT,
    ]
    assert client.good("GET", f"{SELLER}/stores")["multiPickupPoint"]
    assert len(client.good("GET", f"{SELLER}/logistics")) == 2


def test_pictures_are_measured_by_their_header() -> None:
    jpeg = b"\xff\xd8\xff\xe0\x00\x04JF\xff\xc0\x00\x11\x08\x02\x58\x03\x20\x03"
    lossy = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(10) + b"\x20\x03\x58\x02"
    plain = b"RIFF\x00\x00\x00\x00WEBPVP8L" + bytes(4) + b"\x2f" + (799 | 599 << 14).to_bytes(4, "little")
    large = b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + (799).to_bytes(3, "little") + (599).to_bytes(3, "little")
    assert measured(png(3)) == ("png", 3, 3)
    assert measured(jpeg) == ("jpg", 800, 600)
    assert [measured(one) for one in (lossy, plain, large)] == [("webp", 800, 600)] * 3
    assert [measured(one) for one in (b"", b"GIF89a", jpeg[:8], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")] == [None] * 5
    assert measured(base64.b64decode(PICTURE)) == ("png", 600, 600)
