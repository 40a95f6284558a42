"""Reads of products and of the marketplace (facts, sections 7.6 to 7.9 and 8)."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.sandbox.tiktokshop.context import tree
from tests.sandbox.tiktokshop.client import AUDIT_S, BOTH, WAREHOUSE, Client
from tests.sandbox.tiktokshop.conftest import Start

SEARCH = "/product/202502/products/search"


def test_the_row_of_a_search_is_that_of_the_facts(client: Client) -> None:
    number = client.live()
    row = client.search()[0]
    assert row == {
        "id": number, "title": "Cincin resam buatan tangan KP-1", "status": "ACTIVATE",
        "create_time": row["create_time"], "update_time": row["create_time"] + AUDIT_S, "sales_regions": ["ID"],
        "integrated_platform_statuses": [{"platform": "TOKOPEDIA", "status": "ACTIVATE"}],
        "audit": {"status": "APPROVED"}, "has_draft": False,
        "skus": [{"id": client.skus(number)["KP-1"], "seller_sku": "KP-1",
                  "price": {"currency": "IDR", "tax_exclusive_price": "85000"},
                  "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 12}]}],
    }  # fmt: skip


def test_pages_by_an_opaque_token(client: Client) -> None:
    made = [client.create(f"A-{number}") for number in range(5)]
    found, token = [], ""
    while True:
        page = client.good("POST", SEARCH, {}, page_size=2, page_token=token)
        assert page["total_count"] == 5
        found += [row["id"] for row in page["products"]]
        token = page["next_page_token"]
        if not token:
            break
    assert found == made
    for size in ("0", "101", "x", "-1"):
        client.call("POST", SEARCH, {}, page_size=size)
        assert client.code == 36009004
    for bad in ("!", "eHg=", "LTE="):
        client.call("POST", SEARCH, {}, page_token=bad)
        assert client.code == 36009004


@pytest.mark.parametrize("version", ["202309", "202312", "202502"])
def test_older_versions_of_a_path_go_on_working(client: Client, version: str) -> None:
    client.create()
    assert len(client.good("POST", f"/product/{version}/products/search", {})["products"]) == 1


def test_filters(client: Client) -> None:
    both = client.live("A", external_product_id="A")
    pedia = client.live("B", listing_platforms=["TOKOPEDIA"])
    client.search()
    client.clock.advance(5)
    waiting = client.create("C")
    client.states("deactivate", both, listing_platforms=["TOKOPEDIA"])
    now = int(client.clock.now().timestamp())

    def ids(**wanted: Any) -> list[str]:
        return [row["id"] for row in client.search(**wanted)]

    assert ids(status="ALL") == [both, pedia, waiting]
    assert ids(status="PENDING") == ids(audit_status=["AUDITING"]) == [waiting]
    assert ids(status="ACTIVATE") == [both, pedia]
    assert ids(status="ACTIVATE", listing_platforms=["TIKTOK_SHOP"]) == [both]
    assert ids(status="ACTIVATE", listing_platforms=BOTH) == []
    assert ids(status="SELLER_DEACTIVATED") == [both]
    assert ids(seller_skus=["A", "X"]) == [both]
    assert ids(sku_ids=[client.skus(pedia)["B"]]) == [pedia]
    assert ids(create_time_ge=now) == ids(create_time_ge=now, create_time_le=now) == [waiting]
    assert ids(create_time_le=now - 1) == [both, pedia]
    assert ids(update_time_ge=now) == [both, waiting], "both ends belong to it"
    assert ids(category_version="v1") == []
    for bad in ({"status": "LIVE"}, {"listing_platforms": BOTH}, {"status": "ALL", "listing_platforms": BOTH},
                {"status": "ACTIVATE", "listing_platforms": ["X"]}, {"sku_ids": ["1"] * 11}):  # fmt: skip
        client.call("POST", SEARCH, bad)
        assert client.code == 36009004


@pytest.mark.parametrize("position", ["listed", "absent"])
def test_deleted_products_in_a_search_for_all(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.deleted_in_all": position})
    number = client.live()
    client.states("delete", number)
    assert len(client.search()) == (1 if position == "listed" else 0)
    assert [row["status"] for row in client.search(status="DELETED")] == ["DELETED"]


def test_inventory_search(client: Client) -> None:
    one, other = client.live("A", ("1", "2")), client.live("B")
    path = "/product/202309/inventory/search"
    rows = client.good("POST", path, {"product_ids": [one, other, "1"]})["inventory"]
    assert [(row["product_id"], [sku["seller_sku"] for sku in row["skus"]]) for row in rows] == [
        (one, ["A-1", "A-2"]), (other, ["B"]),
    ]  # fmt: skip
    sku = client.skus(one)["A-2"]
    rows = client.good("POST", path, {"product_ids": [other], "sku_ids": [sku]})["inventory"]
    assert [[sku["seller_sku"] for sku in row["skus"]] for row in rows] == [["A-2"]], "sku_ids win"
    for bad in ({}, {"product_ids": ["1"] * 101}, {"sku_ids": ["1"] * 601}):
        client.call("POST", path, bad)
        assert client.code == 36009004


def test_diagnoses(client: Client) -> None:
    number = client.live()
    found = client.good("GET", "/product/202405/products/diagnoses", product_ids=number)["products"][0]
    assert (found["id"], found["listing_quality"]["current_tier"]) == (number, "FAIR")
    long = client.live("B", title="Cincin resam buatan tangan dari Kepulauan Bangka Belitung")
    found = client.good("GET", "/product/202405/products/diagnoses", product_ids=long)["products"][0]
    assert found["diagnoses"] == []
    client.call("GET", "/product/202405/products/diagnoses")
    assert client.code == 36009004


# --- the marketplace -------------------------------------------------------------------------------------------------


def test_categories_of_both_platforms_are_the_intersection(client: Client) -> None:
    path = "/product/202309/categories"
    found = {
        front: {row["id"]: row for row in client.good(
            "GET", path, category_version="v2", locale="id-ID", listing_platform=front)["categories"]}
        for front in BOTH
    }  # fmt: skip
    assert found["TIKTOK_SHOP"].keys() - found["TOKOPEDIA"].keys() == {"600901"}
    assert found["TOKOPEDIA"].keys() - found["TIKTOK_SHOP"].keys() == {"600902"}
    root = found["TIKTOK_SHOP"]["600001"]
    assert (root["parent_id"], root["is_leaf"]) == ("0", False)
    assert found["TIKTOK_SHOP"]["600903"]["permission_statuses"] == ["INVITE_ONLY"]
    rows = client.good("GET", path, category_version="v2", keyword="cincin")["categories"]
    assert [row["local_name"] for row in rows] == ["Cincin"]
    client.call("GET", path)
    assert client.code == 12052217, "trap 13"
    client.call("GET", path, category_version="v2", listing_platform="X")
    assert client.code == 36009004


@pytest.mark.parametrize("flag", ["is_requried", "is_required"])
def test_the_flag_of_a_required_attribute(start: Start, flag: str) -> None:
    client = start(switches={"tiktokshop.required_spelling": flag})
    path = "/product/202309/categories/600003/attributes"
    rows = client.good("GET", path, category_version="v2", locale="id-ID")["attributes"]
    assert [(row["name"], row["type"], row[flag]) for row in rows] == [
        ("Bahan", "PRODUCT_PROPERTY", True), ("Daerah Asal", "PRODUCT_PROPERTY", False),
        ("Nomor", "SALES_PROPERTY", False), ("Warna", "SALES_PROPERTY", False),
    ]  # fmt: skip
    assert rows[0]["values"][0] == {"id": "1000001", "name": "Serat Alam"}
    client.call("GET", path)
    assert client.code == 12052217
    client.call("GET", "/product/202309/categories/600001/attributes", category_version="v2")
    assert client.code == 12052023


def test_rules_and_the_recommended_category(client: Client) -> None:
    rules = client.good("GET", "/product/202309/categories/600003/rules", category_version="v2")
    assert rules["package_dimension"] == {"is_required": True}
    found = client.good("POST", "/product/202309/categories/recommend", {"product_title": "Lada putih Muntok"})
    leaf = tree()["leafs"][found["leaf_category_id"]]
    assert leaf["path"].endswith("Lada")
    assert [row["level"] for row in found["categories"]] == [1, 2, 3]
    client.call("POST", "/product/202309/categories/recommend", {"product_title": " "})
    assert client.code == 36009004


def test_brands(client: Client) -> None:
    path = "/product/202309/brands"
    found = client.good("GET", path, page_size=5)
    again = client.good("GET", path, page_size=5, page_token=found["next_page_token"])
    assert found["total_count"] == len(tree()["brands"])
    assert not {row["id"] for row in found["brands"]} & {row["id"] for row in again["brands"]}
    assert [row["name"] for row in client.good("GET", path, brand_name="kabut")["brands"]] == ["Kabut Pagi"]


def test_warehouses_and_what_couriers_carry(client: Client) -> None:
    path = "/logistics/202309/warehouses"
    rows = client.good("GET", path)["warehouses"]
    assert [(row["id"], row["type"], row["effect_status"]) for row in rows] == [
        (WAREHOUSE, "SALES_WAREHOUSE", "ENABLED"), ("7068517275539719945", "RETURN_WAREHOUSE", "ENABLED"),
    ]  # fmt: skip
    assert "distict" in rows[0]["address"]
    client.shop.control("POST", "holiday", {"on": True})
    assert client.good("GET", path)["warehouses"][0]["effect_status"] == "RESTRICTED"
    options = client.good("GET", f"{path}/{WAREHOUSE}/delivery_options")["delivery_options"]
    assert options[0]["weight_limit"] == {"min_weight": 1, "max_weight": 50_000, "unit": "GRAM"}
    client.call("GET", f"{path}/1/delivery_options")
    assert client.code == 12052097


@pytest.mark.parametrize(("position", "named"), [("others", ["TOKOPEDIA"]), ("all", ["TIKTOK_SHOP", "TOKOPEDIA"])])
def test_which_platforms_the_statuses_name(start: Start, position: str, named: list[str]) -> None:
    client = start(switches={"tiktokshop.platform_statuses": position})
    shown = client.get(client.live())
    assert sorted(one["platform"] for one in shown["integrated_platform_statuses"]) == named
