"""API v2: errors at HTTP 200 with text only, creates without SKU and without idempotency, pictures that serve once
(facts, sections 3.2 to 3.5)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from adapters.invented import BukalapakVariant
from adapters.sandbox.bukalapak.v2 import VARIANT
from tests.sandbox.bukalapak.client import LEAF, OTHER_LEAF, Client, basic
from tests.sandbox.bukalapak.conftest import Begin
from tests.sandbox.client import png

# --- envelope --------------------------------------------------------------------------------------------------------


def test_the_create_answer_and_the_error_of_the_sheet(begin: Begin) -> None:
    """Section 7, with numbers as the documentation prints them."""
    shop = begin(v2_numbers="numbers")
    made = shop.create("Kaos Polos", price=150000)
    product = made["id"]
    assert (made["status"], set(made)) == ("OK", {"status", "id", "product_detail", "message"})
    shown = {name: made["product_detail"][name] for name in ("id", "name", "price", "stock", "weight", "condition")}
    assert shown == {"id": product, "name": "Kaos Polos", "price": 150000, "stock": 7, "weight": 250,
                     "condition": "new"}  # fmt: skip
    shop.v2("POST", "products.json", json={"product": {"price": 1}, "images": "1"})
    assert shop.status == 200
    assert shop.answer == {"status": "ERROR", "id": None, "message": "(invented) Nama barang harus diisi"}


@pytest.mark.parametrize(("position", "shown"), [("strings", "45000"), ("numbers", 45000)])
def test_numbers_may_be_strings(begin: Begin, position: str, shown: Any) -> None:
    shop = begin(v2_numbers=position)  # the switch "bukalapak.v2_numbers"
    product = shop.made()
    assert shop.v2("GET", f"products/{product}.json")["product"]["price"] == shown
    number = shop.buy(product)
    assert shop.v2("GET", f"transactions/{number}.json")["transaction"]["total_amount"] == shown


def test_a_get_has_an_etag_and_304(shop: Client) -> None:
    shop.made()
    headers = {"Authorization": basic(shop.user, shop.token)}
    first = shop.raw("GET", "/v2/products/mylapak.json", headers=headers)
    headers["If-None-Match"] = first.headers["ETag"]
    again = shop.raw("GET", "/v2/products/mylapak.json", headers=headers)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    shop.made("Lain")
    assert shop.raw("GET", "/v2/products/mylapak.json", headers=headers).status_code == 200


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "nothing.json"), ("POST", "products/bulk.json"), ("PATCH", "products/abc.json"), ("GET", "products/abc"),
])  # fmt: skip
def test_what_no_source_names_is_not_there(shop: Client, method: str, path: str) -> None:
    shop.v2(method, path)
    assert (shop.status, shop.ok) == (404, False)


# --- create ----------------------------------------------------------------------------------------------------------


def test_a_create_has_no_idempotency_and_no_sku(shop: Client) -> None:
    one, two = shop.made("Sama"), shop.made("Sama")
    assert one != two
    assert [listing["title"] for listing in shop.shop.truth()] == ["Sama", "Sama"]
    assert (shop.row(one)["sku_name"], shop.truth(one)["variants"][0]["sku"], shop.truth(one)["code"]) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(("field", "value"), [
    ("name", None), ("name", " "), ("name", 5), ("price", None), ("price", 0), ("price", "45000"), ("price", True),
    ("price", 1.5), ("weight", None), ("weight", 0), ("stock", None), ("stock", -1), ("description_bb", None),
    ("new", None), ("new", "new"), ("negotiable", 1), ("category_id", None), ("category_id", 1),
    ("category_id", "x"), ("category_id", 2002), ("product_detail_attributes", []),
    ("product_detail_attributes", {}), ("product_detail_attributes", {"bahan": "Kayu"}),
    ("product_detail_attributes", {"bahan": "Kain", "merek": "x"}),
    ("product_detail_attributes", {"bahan": "Kain", "perawatan": ["Setrika"]}),
    ("product_detail_attributes", {"bahan": "Kain", "daerah_asal": 5}), ("variants", {}), ("variants", []),
    ("variants", [5]),
])  # fmt: skip
def test_creates_that_are_refused_use_nothing_up(shop: Client, field: str, value: Any) -> None:
    image = shop.picture()
    shop.create(images=image, **{field: value})
    assert (shop.status, shop.ok, shop.shop.truth()) == (200, False, [])
    assert shop.answer["message"].startswith("(invented) ")
    assert shop.v2("GET", f"images/status/{image}.json")["message"] == "Orphaned"
    assert shop.made(images=image)


@pytest.mark.parametrize("other", [
    {"variant_name": None}, {"variant_name": " "}, {"details": None}, {"details": []}, {"details": {"Ukuran": "1"}},
    {"details": ["1"]}, {"details": [{"label": "Ukuran"}]}, {"details": [{"label": "Ukuran", "value": 1}]},
    {"price": None}, {"price": 0}, {"stock": None}, {"stock": -1}, {"name": "M"}, {"sku_name": "KP-1"},
])  # fmt: skip
def test_rows_of_variants_that_are_refused(shop: Client, other: dict[str, Any]) -> None:
    shop.create(variants=[shop.variant(**other)])
    assert (shop.ok, shop.shop.truth()) == (False, [])


@pytest.mark.parametrize("other", [{}, {"variant_name": "Lain"}, {"details": [{"label": "Ukuran", "value": "9"}]}])
def test_variants_that_repeat_each_other_are_refused(shop: Client, other: dict[str, Any]) -> None:
    shop.create(variants=[shop.variant(), shop.variant(**other)])
    assert (shop.ok, shop.shop.truth()) == (False, [])


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'{"product": 5}', b'{"images": ["1"]}', b"{}"])
def test_bodies_that_are_none(shop: Client, body: bytes) -> None:
    shop.v2("POST", "products.json", data=body)
    assert (shop.status, shop.ok) == (200, False)


@pytest.mark.parametrize(("position", "made"), [("refused", 0), ("swallowed", 1)])
def test_a_field_that_no_source_names(begin: Begin, position: str, made: int) -> None:
    shop = begin(unknown_fields=position)  # the switch "bukalapak.unknown_fields"
    shop.create(sku="KP-1")
    assert (shop.ok, len(shop.shop.truth())) == (bool(made), made)
    for listing in shop.shop.truth():
        assert listing["variants"][0]["sku"] is None


def test_the_invented_list_is_the_one_of_the_shared_place() -> None:
    assert {*VARIANT, "sku_name"} == set(BukalapakVariant.__annotations__)


def test_variants_carry_their_skus_where_a_write_may_set_them(begin: Begin) -> None:
    shop = begin(sku_name="settable")  # the switch "bukalapak.sku_name"
    product = shop.tiered(skus=("KP-6", "KP-7"))
    row = shop.row(product)
    assert [(v["sku_name"], v["variant_name"], v["price"], v["stock"]) for v in row["variants"]] == [
        ("KP-6", "Ukuran 0", 185000, 3), ("KP-7", "Ukuran 1", 185001, 4),
    ]  # fmt: skip
    assert row["variants"][1]["details"] == [{"variant_id": 1, "label": "Ukuran", "value": "1"}]
    truth = shop.truth(product)
    assert [v["sku"] for v in truth["variants"]] == ["KP-6", "KP-7"]
    assert [v["external_id"] for v in truth["variants"]] == [f"{product};{v['id']}" for v in row["variants"]]


def test_variants_say_price_and_stock_for_their_product(shop: Client) -> None:
    product = shop.made(variants=[shop.variant(1)], price=None, stock=None)
    [variant] = shop.row(product)["variants"]
    assert (variant["variant_name"], variant["details"][0]["value"], variant["sku_name"]) == ("Ukuran 1", "1", None)


@pytest.mark.parametrize(("position", "ok"), [("accepted", True), ("absent", False)])
def test_variants_in_a_create_by_switch(begin: Begin, position: str, ok: bool) -> None:
    shop = begin(create_variants=position)  # the switch "bukalapak.create_variants"
    shop.create(variants=[shop.variant()])
    assert (shop.ok, shop.status) == (ok, 200)
    shop.create("Polos")
    assert shop.ok


# --- pictures --------------------------------------------------------------------------------------------------------


def test_a_picture_serves_one_product_for_ever(shop: Client) -> None:
    image = shop.picture()
    assert shop.v2("GET", f"images/status/{image}.json")["message"] == "Orphaned"
    product = shop.made(images=image)
    status = shop.v2("GET", f"images/status/{image}.json")
    assert (shop.status, status["status"], status["message"]) == (200, "ERROR", "Assigned")
    shop.create("Lain", images=image)
    assert not shop.ok
    shop.v2("DELETE", f"products/{product}.json")
    shop.create("Lain", images=image)
    assert not shop.ok


def test_a_create_whose_answer_is_lost_uses_its_pictures_up(shop: Client) -> None:
    image = shop.picture()
    shop.shop.control("PUT", "faults", [{"operation": "/v2/products.json", "kind": "lose_response", "times": 1}])
    with pytest.raises(requests.ConnectionError):
        shop.create("Hilang", images=image)
    assert [listing["title"] for listing in shop.shop.truth()] == ["Hilang"]
    shop.create("Hilang", images=image)
    assert not shop.ok


@pytest.mark.parametrize("pictures", [0, 6])
def test_one_to_five_pictures(shop: Client, pictures: int) -> None:
    shop.create(images=",".join(shop.picture() for _ in range(pictures)))
    assert not shop.ok
    shop.create(images=",".join(shop.picture() for _ in range(5)))
    assert shop.ok


@pytest.mark.parametrize("images", ["77", "TWICE"])
def test_unknown_and_repeated_pictures(shop: Client, images: str) -> None:
    image = shop.picture()
    shop.create(images=images.replace("TWICE", f"{image},{image}"))
    assert not shop.ok


@pytest.mark.parametrize("content", [png(299), b"GIF89a", b"", png(400)[:40]])
def test_pictures_that_are_too_small_or_none(shop: Client, content: bytes) -> None:
    shop.upload(content)
    assert (shop.status, shop.ok) == (200, False)


def test_an_upload_wants_the_field_file(shop: Client) -> None:
    shop.v2("POST", "images.json", files={"image": ("a.png", png(300), "image/png")})
    assert not shop.ok
    shop.v2("POST", "images.json", data=b"x")
    assert not shop.ok


def test_free_pictures_can_be_thrown_away(shop: Client) -> None:
    image = shop.picture()
    shop.v2("DELETE", f"images/{image}.json")
    assert shop.ok
    for method, path in (("DELETE", f"images/{image}.json"), ("GET", f"images/status/{image}.json")):
        shop.v2(method, path)
        assert not shop.ok


# --- change ----------------------------------------------------------------------------------------------------------


def test_a_put_changes_what_it_names_and_swaps_pictures(shop: Client) -> None:
    image, other = shop.picture(), shop.picture()
    product = shop.made(images=image)
    fields = {"name": "Nama baru", "price": 50000, "new": False, "category_id": OTHER_LEAF, "stock": 9}
    body = {"product": fields, "new_images": other, "removed_images": image}
    shop.v2("PUT", f"products/{product}.json", json=body)
    assert shop.ok, shop.answer
    found = shop.v2("GET", f"products/{product}.json")["product"]
    assert (found["name"], found["price"], found["condition"], found["category_id"], found["stock"]) == (
        "Nama baru", "50000", "used", OTHER_LEAF, "9",
    )  # fmt: skip
    assert (found["images"], found["weight"]) == ([other], "250")
    assert shop.v2("GET", f"images/status/{image}.json")["message"] == "Assigned"


@pytest.mark.parametrize("body", [
    {"product": {"price": 0}}, {"product": {"name": ""}}, {"new_images": "77"}, {"removed_images": "77"},
    {"removed_images": "ALL"}, {"removed_images": 5}, {"product": {"sku": "x"}}, {"nothing": 1},
    {"product": {"category_id": 2002}}, {"product": {"product_detail_attributes": {}}},
])  # fmt: skip
def test_a_put_that_is_refused_changes_nothing(shop: Client, body: dict[str, Any]) -> None:
    image = shop.picture()
    product = shop.made(images=image)
    before = shop.row(product)
    body = {name: image if value == "ALL" else value for name, value in body.items()}
    body["product"] = {"stock": 1, **body.get("product", {})}
    shop.v2("PUT", f"products/{product}.json", json=body)
    assert (shop.status, shop.ok) == (200, False)
    assert shop.row(product) == before


@pytest.mark.parametrize(("position", "prices"), [("refused", [185000, 185001]), ("all", [90000, 90000])])
def test_a_price_of_v2_and_variants(begin: Begin, position: str, prices: list[int]) -> None:
    shop = begin(v2_variant_numbers=position)  # the switch "bukalapak.v2_variant_numbers"
    product = shop.tiered()
    shop.v2("PUT", f"products/{product}.json", json={"product": {"price": 90000}})
    assert [v["price"] for v in shop.truth(product)["variants"]] == prices
    shop.v2("PUT", f"products/{product}.json", json={"product": {"name": "Lain"}})
    assert (shop.ok, shop.truth(product)["title"]) == (True, "Lain")


def test_sold_hides_and_relist_comes_back_with_nothing(shop: Client) -> None:
    product = shop.made()
    shop.v2("PUT", f"products/{product}/sold.json")
    assert (shop.ok, shop.truth(product)["status"]) == (True, "hidden")
    row = shop.row(product)
    assert (row["stock"], row["state"], row["active"], row["for_sale"]) == (0, "inactive", False, False)
    shop.patch(product, stock=5)
    assert (shop.ok, shop.row(product)["stock"]) == (True, 0)
    shop.v2("PUT", f"products/{product}/relist.json")
    assert shop.ok
    assert (shop.truth(product)["status"], shop.truth(product)["variants"][0]["stock"]) == ("live_oos", 0)
    shop.patch(product, stock=5)
    assert (shop.truth(product)["status"], shop.row(product)["stock"]) == ("live", 5)
    shop.v2("PUT", f"products/{product}/relist.json")
    assert not shop.ok  # it is for sale


def test_what_is_deleted_is_gone_for_v2(shop: Client) -> None:
    product = shop.made()
    shop.v2("DELETE", f"products/{product}.json")
    assert (shop.ok, shop.shop.truth(), shop.mine(), shop.mine(True)) == (True, [], [], [])
    for method, path in (("GET", ""), ("DELETE", ""), ("PUT", "/sold"), ("PUT", "/relist"), ("PATCH", "/push")):
        shop.v2(method, f"products/{product}{path}.json")
        assert (shop.status, shop.ok) == (200, False)


def test_a_push_moves_to_the_top(shop: Client) -> None:
    first, second = shop.made("A"), shop.made("B")
    shop.clock.advance(1)
    assert shop.mine() == sorted((first, second), reverse=True)
    shop.v2("PATCH", f"products/{first}/push.json")
    assert shop.mine() == [first, second]
    shop.v2("PUT", f"products/{first}/sold.json")
    shop.v2("PATCH", f"products/{first}/push.json")
    assert not shop.ok


# --- reads -----------------------------------------------------------------------------------------------------------


def test_two_lists_and_neither_shows_all(shop: Client) -> None:
    live, empty, sold, bad = (shop.made(name) for name in ("Ada", "Habis", "Tutup", "Melanggar"))
    shop.patch(empty, stock=0)
    shop.v2("PUT", f"products/{sold}/sold.json")
    shop.shop.control("POST", "ban", {"external_id": bad})
    assert (shop.mine(), set(shop.mine(True))) == ([live], {empty, sold, bad})
    words = {row["id"]: row["state_description"] for row in shop.answer["products"]}
    assert words == {empty: "Stok Habis", sold: None, bad: "Melanggar"}
    assert [row["id"] for row in shop.v2("GET", "products.json", params={"keywords": "a"})["products"]] == [live]


def test_the_public_search_and_its_filters(shop: Client) -> None:
    new, used = shop.made("Topi baru"), shop.made("Topi lama", new=False, price=90000)

    def found(**params: Any) -> set[str]:
        return {row["id"] for row in shop.v2("GET", "products.json", params=params)["products"]}

    assert found(keywords="TOPI") == {new, used}
    assert found(**{"conditions[]": "used"}) == {used}
    assert (found(price_min=50000), found(price_max=50000), found(keywords="x")) == ({used}, {new}, set())


@pytest.mark.parametrize("params", [
    {"per_page": "7"}, {"per_page": "-1"}, {"page": "0"}, {"page": "x"}, {"nothing": "1"}, {"not_for_sale_only": "yes"},
])  # fmt: skip
def test_questions_that_are_refused(shop: Client, params: dict[str, str]) -> None:
    shop.v2("GET", "products/mylapak.json", params=params)
    assert (shop.status, shop.ok) == (200, False)


def test_pages(shop: Client) -> None:
    made = [shop.made(f"B{n}") for n in range(8)]
    pages = [
        [row["id"] for row in shop.v2("GET", "products/mylapak.json", params={"per_page": 6, "page": n})["products"]]
        for n in (1, 2, 3)
    ]
    assert [len(page) for page in pages] == [6, 2, 0]
    assert set(pages[0] + pages[1]) == set(made)


def test_categories_and_attributes(shop: Client) -> None:
    branch = shop.v2("GET", "categories.json")["categories"][0]
    assert (branch["name"], branch["children"][0]["children"][0]["id"]) == ("Fesyen", LEAF)
    found = shop.v2("GET", f"categories/{LEAF}/attributes.json")
    assert found["attributes"][0] == {
        "fieldName": "bahan", "displayName": "Bahan", "inputType": "select",
        "options": ["Serat Alam", "Logam", "Kain"], "required": True,
    }  # fmt: skip
    assert set(found["variants"][0]) == {"id", "name", "value"}
    shop.v2("GET", "categories/abc/attributes.json")
    assert not shop.ok


# --- quotas ----------------------------------------------------------------------------------------------------------


def test_upload_quotas_by_day_week_and_month(shop: Client) -> None:
    shop.shop.control("PUT", "settings", {"upload_quota": {"daily": 2, "weekly": 3, "monthly": 4}})
    assert [shop.create(f"A{n}")["status"] for n in range(3)] == ["OK", "OK", "ERROR"]
    product = shop.mine()[0]
    left = shop.row(product)["store"]["product_upload_remaining"]
    assert left == {"daily": 0, "weekly": 1, "monthly": 2}
    shop.v2("DELETE", f"products/{product}.json")  # a deleted product gives nothing back
    assert shop.create("B")["status"] == "ERROR"
    shop.clock.advance(86_400)
    _renewed(shop)
    assert [shop.create(f"C{n}")["status"] for n in range(2)] == ["OK", "ERROR"]
    assert "weekly" in shop.answer["message"]
    shop.clock.advance(7 * 86_400)
    _renewed(shop)
    assert [shop.create(f"D{n}")["status"] for n in range(2)] == ["OK", "ERROR"]
    assert "monthly" in shop.answer["message"]


def _renewed(shop: Client) -> None:
    """A fresh token after so long a time."""
    shop.access = shop.grant(grant_type="authorization_code", **shop.consented(), **shop.app)["access_token"]
