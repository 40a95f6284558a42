"""API v4: the PATCH, the list that shifts and shows deleted rows, statuses that disagree (facts, 4.2 to 4.5, 7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.bukalapak.client import LEAF, Client
from tests.sandbox.bukalapak.conftest import Begin
from tests.sandbox.client import png


def test_a_row_has_what_the_sheet_lists(shop: Client) -> None:
    row = shop.row(shop.made())
    assert set(row) == {
        "id", "sku_id", "sku_name", "default_sku_id", "name", "price", "original_price", "stock", "weight",
        "dimensions", "category", "condition", "description", "description_bb", "images", "specs", "state", "active",
        "for_sale", "min_quantity", "max_quantity", "labels", "couriers", "variants", "created_at", "updated_at",
        "relisted_at", "store",
    }  # fmt: skip
    assert (row["price"], row["stock"], row["weight"], row["condition"], row["state"]) == (
        45000, 7, 250, "Baru", "active",
    )  # fmt: skip
    assert row["category"] == {
        "id": LEAF,
        "name": "Cincin",
        "structure": ["Fesyen", "Aksesori", "Cincin"],
        "url": f"/c/{LEAF}",
    }
    assert (row["description"], row["specs"]) == (
        "<b>Gelang</b> dari resam",
        {"bahan": "Serat Alam", "daerah_asal": ["Bangka"]},
    )
    assert (row["variants"], isinstance(row["sku_id"], int), row["created_at"][-6:]) == ([], True, "+07:00")
    assert shop.answer["meta"] == {"http_status": 200, "offset": 0, "limit": 50, "total": 1}


def test_a_variant_has_what_the_sheet_lists(shop: Client) -> None:
    first = shop.row(shop.tiered())["variants"][0]
    assert set(first) == {
        "id", "product_id", "sku_name", "variant_name", "price", "stock", "state", "default_sku", "details", "images",
    }  # fmt: skip


@pytest.mark.parametrize(("position", "there"), [("absent", False), ("empty", True)])
def test_errors_in_an_answer_of_success(begin: Begin, position: str, there: bool) -> None:
    shop = begin(success_errors=position)  # the switch "bukalapak.success_errors"
    shop.v4("GET", "/me")
    assert ("errors" in shop.answer, shop.answer.get("errors", [])) == (there, [])


# --- the patch -------------------------------------------------------------------------------------------------------


def test_stock_is_absolute(shop: Client) -> None:
    product = shop.tiered()
    for _ in range(2):
        shop.patch(product, 1, stock=12)
        assert (shop.ok, shop.answer["data"]["stock"]) == (True, 12)
        assert (set(shop.answer), shop.answer["meta"]) == ({"data", "meta"}, {"http_status": 200})  # section 7
    assert [v["stock"] for v in shop.truth(product)["variants"]] == [3, 12]


@pytest.mark.parametrize(("position", "status"), [("disagrees", 200), ("agrees", 422)])
def test_a_status_that_disagrees(begin: Begin, position: str, status: int) -> None:
    shop = begin(meta_status=position)  # the switch "bukalapak.meta_status"
    product = shop.made()
    shop.patch(product, stock=-1)
    assert (shop.status, shop.answer["meta"], shop.ok) == (status, {"http_status": 422}, False)
    assert "data" not in shop.answer
    assert shop.truth(product)["variants"][0]["stock"] == 7
    shop.v4("PATCH", "/products/abc/skus/1", json={"stock": 1})
    assert (shop.status == 404, shop.answer["meta"]["http_status"]) == (position == "agrees", 404)


@pytest.mark.parametrize("body", [
    {}, {"stock": "7"}, {"stock": None}, {"stock": 1.5}, {"stock": True}, {"state": "inactive"}, {"stock": 3, "x": 1},
    {"stock": 3, "price": 5},
])  # fmt: skip
def test_patches_that_are_refused_change_nothing(shop: Client, body: dict[str, Any]) -> None:
    product = shop.made()
    before = shop.row(product)
    shop.patch(product, **body)
    assert not shop.ok
    assert shop.row(product) == before


def test_a_sku_belongs_to_its_product(shop: Client) -> None:
    one, two = shop.made("A"), shop.made("B")
    foreign = shop.row(two)["sku_id"]
    shop.v4("PATCH", f"/products/{one}/skus/{foreign}", json={"stock": 1})
    assert shop.answer["meta"]["http_status"] == 404
    shop.v2("DELETE", f"products/{one}.json")
    shop.patch(one, stock=1)
    assert shop.answer["meta"]["http_status"] == 404


@pytest.mark.parametrize(("position", "price"), [("refused", 45000), ("accepted", 51000)])
def test_price_by_the_same_patch(begin: Begin, position: str, price: int) -> None:
    shop = begin(patch_price=position)  # the switch "bukalapak.patch_price"
    product = shop.made()
    shop.patch(product, price=51000)
    assert (shop.ok, shop.truth(product)["variants"][0]["price"]) == (price == 51000, price)
    shop.patch(product, price=0)
    assert not shop.ok


@pytest.mark.parametrize(("position", "unknown", "ok", "sku"), [
    ("null", "refused", False, None), ("null", "swallowed", True, None), ("settable", "refused", True, "KP-1"),
])  # fmt: skip
def test_a_seller_sku_by_the_patch(begin: Begin, position: str, unknown: str, ok: bool, sku: str | None) -> None:
    shop = begin(sku_name=position, unknown_fields=unknown)  # the switch "bukalapak.sku_name"
    product = shop.made()
    shop.patch(product, sku_name="KP-1")
    assert (shop.ok, shop.row(product)["sku_name"], shop.truth(product)["variants"][0]["sku"]) == (ok, sku, sku)


def test_state_active_puts_on_sale_with_its_stock(shop: Client) -> None:
    product = shop.made()
    shop.v2("PUT", f"products/{product}/sold.json")
    shop.patch(product, stock=4, state="active")
    assert (shop.ok, shop.truth(product)["status"], shop.row(product)["stock"]) == (True, "live", 4)


@pytest.mark.parametrize(("position", "status", "stock"), [("returns", "live", 5), ("stays_off", "hidden", 0)])
def test_stock_after_a_product_ran_out(begin: Begin, position: str, status: str, stock: int) -> None:
    shop = begin(restock=position)  # the switch "bukalapak.restock"
    product = shop.made()
    shop.patch(product, stock=0)
    assert (shop.truth(product)["status"], shop.own(), shop.mine()) == ("live_oos", [], [])
    shop.patch(product, stock=5)
    assert (shop.truth(product)["status"], shop.row(product)["stock"]) == (status, stock)
    shop.patch(product, stock=0)
    shop.patch(product, stock=5, state="active")
    assert shop.truth(product)["status"] == "live"
    shop.patch(product, stock=0)
    shop.v2("PUT", f"products/{product}/relist.json")
    shop.patch(product, stock=5)  # after a relist the stock alone is enough (facts, section 4.4)
    assert (shop.truth(product)["status"], shop.row(product)["stock"]) == ("live", 5)


# --- the list --------------------------------------------------------------------------------------------------------


def test_zero_stock_leaves_the_list_and_deleted_rows_stay_in_others(shop: Client) -> None:
    live, empty, sold, gone = (shop.made(name) for name in "ABCD")
    shop.patch(empty, stock=0)
    shop.v2("PUT", f"products/{sold}/sold.json")
    shop.v2("DELETE", f"products/{gone}.json")
    assert {kind: {row["id"] for row in shop.own(kind)} for kind in ("available", "sold", "all")} == {
        "available": {live}, "sold": {empty, sold, gone}, "all": {live, empty, sold, gone},
    }  # fmt: skip
    assert {row["id"]: row["state"] for row in shop.own("all")} == {
        live: "active", empty: "active", sold: "inactive", gone: "deleted",
    }  # fmt: skip
    assert shop.v4("GET", "/stores/me/products")[0]["id"] == live  # without a type: what is available


def test_offsets_shift_while_the_shop_changes(shop: Client) -> None:
    made = []
    for n in range(4):
        made.append(shop.made(f"B{n}"))
        shop.clock.advance(1)
    first = [row["id"] for row in shop.own("all", limit=2)]
    shop.made("Baru")
    second = [row["id"] for row in shop.own("all", limit=2, offset=2)]
    assert first[-1] == second[0]  # sorted by date: seen twice
    params = {"limit": 2, "offset": 0, "product_type": "all"}
    seen = [row["id"] for row in shop.v4("GET", "/stores/me/products", params=params)]
    untouched = made[0]
    shop.clock.advance(1)
    shop.patch(untouched, stock=1)  # unsorted: what changes jumps to the top, and is missed
    for offset in (2, 4):
        seen += [row["id"] for row in shop.v4("GET", "/stores/me/products", params={**params, "offset": offset})]
    assert (untouched in seen, len(seen) > len(set(seen))) == (False, True)


def test_keywords_look_at_names(shop: Client) -> None:
    product, _ = shop.made("Topi pandan"), shop.made("Gelang")
    assert [row["id"] for row in shop.own("all", keywords="PANDAN")] == [product]


@pytest.mark.parametrize("params", [
    {"limit": 0}, {"limit": 51}, {"limit": "x"}, {"offset": -1}, {"product_type": "gone"}, {"sort": "name"},
    {"nothing": 1},
])  # fmt: skip
def test_questions_that_are_refused(shop: Client, params: dict[str, Any]) -> None:
    shop.v4("GET", "/stores/me/products", params=params)
    assert (shop.ok, shop.answer["meta"]["http_status"]) == (False, 422)


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/nothing"), ("GET", "/products/abc"), ("PATCH", "/products/abc/availability"), ("POST", "/products"),
    ("POST", "/me"), ("GET", "/oauth/token"),
])  # fmt: skip
def test_what_no_source_names_is_not_there(shop: Client, method: str, path: str) -> None:
    shop.v4(method, path)
    assert (shop.status, shop.answer["meta"]["http_status"]) == (404, 404)


def test_reference_calls(shop: Client) -> None:
    assert shop.v4("GET", "/categories")[0]["name"] == "Fesyen"
    rows = {row["name"]: row for row in shop.v4("GET", f"/_partners/categories/{LEAF}/attributes")}
    assert rows["bahan"] == {
        "name": "bahan", "display_name": "Bahan", "multiple": False, "required": True,
        "options": ["Serat Alam", "Logam", "Kain"],
    }  # fmt: skip
    assert rows["perawatan"]["multiple"]
    assert set(shop.v4("GET", "/info/carriers")[0]) == {"carrier", "courier_group", "express"}


# --- eras ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("era", "allowed"), [
    ("open", {"create", "relist", "wake", "stock", "put", "sold", "delete", "upload"}),
    ("winding_down", {"stock", "put", "sold", "delete", "upload"}), ("closed", set()),
])  # fmt: skip
def test_eras(begin: Begin, era: str, allowed: set[str]) -> None:
    shop = begin(era=era)  # the switch "bukalapak.era"
    rows = [{"title": name, "variants": [{"sku": name, "price": 5000, "stock": 3}]} for name in ("A", "B", "C")]
    live, hidden, other = shop.shop.control("POST", "listings", rows)
    for product in (hidden, other):
        shop.shop.market.here.shop.products[product].on = False  # type: ignore[attr-defined]
    done = {
        "upload": shop.upload(png())["status"] == "OK",
        "create": shop.create(images=shop.answer.get("id") or "1")["status"] == "OK",
        "stock": bool(shop.patch(live, stock=2)),
        "put": shop.v2("PUT", f"products/{live}.json", json={"product": {"price": 6000}})["status"] == "OK",
        "relist": shop.v2("PUT", f"products/{hidden}/relist.json")["status"] == "OK",
        "wake": bool(shop.patch(other, stock=2, state="active")),
        "sold": shop.v2("PUT", f"products/{live}/sold.json")["status"] == "OK",
        "delete": shop.v2("DELETE", f"products/{live}.json")["status"] == "OK",
    }
    assert {name for name, worked in done.items() if worked} == allowed
    assert {row["id"] for row in shop.own("all")} >= {live, hidden, other}
    assert shop.v2("GET", "categories.json")["status"] == "OK"
