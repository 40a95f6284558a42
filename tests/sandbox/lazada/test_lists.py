"""What is read: lists, one product, categories, brands, warehouses, pictures (sections 7.8 to 10.1)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.sandbox.client import png
from tests.sandbox.lazada.client import CATEGORY, OTHER, REVIEW_S, Client
from tests.sandbox.lazada.conftest import Start


def ids(client: Client, **asked: str) -> list[str]:
    """The ItemIds of a list."""
    return [str(row["item_id"]) for row in client.listed(**asked)]


def test_a_product_as_it_is_listed(client: Client) -> None:
    item, [first, _] = client.live("KP-1", "KP-2")
    [found] = client.listed()
    assert (found["item_id"], found["primary_category"], found["status"]) == (int(item), int(CATEGORY), "Active")
    assert (found["created_time"], found["trialProduct"], found["marketImages"]) == ("1795489200000", False, [])
    assert found["variation"]["Variation1"] == {
        "name": "Gilingan", "options": ["Pilihan 1", "Pilihan 2"], "hasImage": False, "customize": True,
        "label": "Gilingan",
    }  # fmt: skip
    sku = found["skus"][0]
    assert (sku["SkuId"], sku["SellerSku"], sku["ShopSku"]) == (int(first), "KP-1", f"{item}_ID-{first}")
    assert (sku["price"], sku["special_price"], sku["package_weight"]) == (85_000.0, 0.0, "0.3")
    assert sku["Gilingan"] == sku["saleProp"]["Gilingan"] == "Pilihan 1"


def test_the_filters(client: Client) -> None:
    live, [first] = client.live("KP-1")
    off, _ = client.live("KP-2")
    gone, [last] = client.live("KP-3")
    client.good("/product/deactivate", {"Product": {"ItemId": off}})
    client.call("POST", "/product/remove", {"sku_id_list": f'["SkuId_{gone}_{last}"]'})
    pending, _ = client.create(client.product("KP-4"))
    rejected, _ = client.create(client.product("KP-5"))
    client.shop.control("POST", "review", {"sku": "KP-5", "verdict": "rejected"})
    client.shop.control("PUT", "settings", {"review_delay_s": 1e9})
    client.clock.advance(30)
    assert ids(client, filter="pending") == [pending, rejected]
    client.clock.advance(REVIEW_S)
    client.shop.control("POST", "edit", {"external_id": first, "stock": 0})
    assert [ids(client, filter=name) for name in ("all", "live", "inactive", "deleted", "rejected", "sold-out")] == [
        [live, off, pending, rejected], [live, pending], [off], [gone], [rejected], [live],
    ]  # fmt: skip
    for wrong in ("", "everything"):
        client.call("GET", "/products/get", {"filter": wrong} if wrong else {})
        assert client.code == "36"


def test_pages_windows_and_skus(client: Client) -> None:
    made = [client.live(f"KP-{number}")[0] for number in range(3)]
    client.clock.advance(60)
    assert ids(client, limit="2") == made[:2]
    assert ids(client, limit="2", offset="2") == made[2:]
    assert ids(client, sku_seller_list='["KP-1", "KP-9"]') == made[1:2]
    assert ids(client, create_after="2026-11-24T14:00:00+0700") == made[1:]
    assert ids(client, create_before="2026-11-24T13:59:59+07:00") == made[:1]
    client.clock.advance(60)
    client.prices({"ItemId": made[0], "SkuId": str(client.item(made[0])["skus"][0]["SkuId"]), "Price": "86000"})
    assert ids(client, update_after="2026-11-24T22:02:00+0700") == made[:1]
    for code, asked in (("19", {"limit": "0"}), ("14", {"offset": "10001"}), ("17", {"create_after": "x"}),
                        ("5", {"sku_seller_list": "KP-1"})):  # fmt: skip
        client.call("GET", "/products/get", {"filter": "all", **asked})
        assert client.code == code


@pytest.mark.parametrize(("position", "code"), [("50", "19"), ("100", "0")])
def test_the_most_products_a_page(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.list_limit": position})
    client.call("GET", "/products/get", {"filter": "all", "limit": "50"})
    assert client.code == "0"
    client.call("GET", "/products/get", {"filter": "all", "limit": "51"})
    assert client.code == code


@pytest.mark.parametrize(("position", "total"), [("absent", None), ("present", 1)])
def test_how_many_there_are(start: Start, position: str, total: int | None) -> None:
    client = start(switches={"lazada.total_products": position})
    client.live()
    assert client.get("/products/get", filter="all").get("total_products") == total


def test_many_variants_on_a_large_page_time_out(client: Client) -> None:
    client.live(*[f"KP-{number}" for number in range(11)])
    client.call("GET", "/products/get", {"filter": "all", "limit": "21"})
    assert client.code == "ServiceTimeout"
    assert len(ids(client, limit="20")) == 1


def test_lists_lag_behind_creates_and_edits_but_the_product_itself_does_not(client: Client) -> None:
    item, _ = client.create(client.product("KP-1"))
    assert (client.listed(), client.item(item)["status"]) == ([], "Pending QC")
    client.clock.advance(REVIEW_S)
    client.update(item, Attributes={"name": "Kopi lain"})
    assert client.listed()[0]["attributes"]["name"] == "Kopi Arabika Gayo 250 g"
    assert client.item(item)["attributes"]["name"] == "Kopi lain"
    client.clock.advance(30)
    assert client.listed()[0]["attributes"]["name"] == "Kopi lain"


@pytest.mark.parametrize(("position", "name"), [("snake", "item_id"), ("camel", "itemId")])
def test_the_keys_of_one_product(start: Start, position: str, name: str) -> None:
    client = start(switches={"lazada.item_keys": position})
    item, _ = client.live()
    assert str(client.item(item)[name]) == item


def test_one_product_that_is_not_there(client: Client) -> None:
    for asked in ({"item_id": "1"}, {"item_id": "x"}, {}):
        client.call("GET", "/product/item/get", asked)
        assert client.code == "208"
    client.call("GET", "/product/item/get", {"item_id": "1", "seller_sku": "KP-1"})
    assert client.code == "6"


# --- categories, brands, the seller ----------------------------------------------------------------------------------


def leafs(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The leafs below these."""
    return [leaf for row in rows for leaf in ([row] if row["leaf"] else leafs(row["children"]))]


def test_the_tree_needs_no_token(client: Client) -> None:
    tree = client.call("GET", "/category/tree/get", {"language_code": "id_ID"}, token=False)
    found = {str(leaf["category_id"]): leaf["var"] for leaf in leafs(tree)}
    assert (found[CATEGORY], found["10100090"], len(found)) == (True, False, 28)
    client.shop.control("POST", "category", {"close": CATEGORY})
    assert CATEGORY not in {str(one["category_id"]) for one in leafs(client.get("/category/tree/get"))}
    client.call("GET", "/category/tree/get", {"language_code": "xx"})
    assert client.code == "57"


def test_attributes_of_a_category(client: Client) -> None:
    rows = {row["name"]: row for row in client.get("/category/attributes/get", primary_category_id=CATEGORY)}
    assert [name for name, row in rows.items() if row["is_mandatory"]] == ["shelf_life_days", "net_weight_g"]
    assert rows["net_weight_g"]["unit"] == {"type": ["g"], "numericMin": "1", "numericMax": "40000", "precision": 0}
    assert [name for name, row in rows.items() if row["is_sale_prop"]] == ["color_family", "size"]
    material = client.get("/category/attributes/get", primary_category_id=OTHER)[0]
    assert material["options"][0] == {"id": 40001, "name": "Serat Alam", "en_name": "Natural Fibre"}
    for code, category in (("57", "10100001"), ("4227", "1")):
        client.call("GET", "/category/attributes/get", {"primary_category_id": category})
        assert client.code == code
    client.shop.control("POST", "category", {"close": CATEGORY})
    client.call("GET", "/category/attributes/get", {"primary_category_id": CATEGORY})
    assert client.code == "4228"


def test_suggestions(client: Client) -> None:
    found = client.get("/product/category/suggestion/get", product_name="Cincin perak")["categorySuggestions"]
    assert found[0] == {
        "categoryId": int(OTHER),
        "categoryName": "Cincin",
        "categoryPath": "Fesyen > Aksesori > Cincin",
    }
    client.call("GET", "/product/category/suggestion/get", {"product_name": "qqq"})
    assert client.code == "701"


def test_brands_by_pages(client: Client) -> None:
    page = client.get("/category/brands/query", startRow="0", pageSize="5")
    assert (page["total_record"], len(page["module"]), page["total_page"]) == (13, 5, 3)
    assert (client.answer["success"], client.answer["error_code"]) == (True, "")
    assert page["module"][0]["name"] == "No Brand"
    last = client.get("/category/brands/query", startRow="10", pageSize="5")
    assert len(last["module"]) == 3
    client.call("GET", "/category/brands/query", {"startRow": "0", "pageSize": "201"})
    assert client.code == "19"


@pytest.mark.parametrize(("position", "kind"), [("list", list), ("object", dict)])
def test_warehouses(start: Start, position: str, kind: type) -> None:
    client = start(switches={"lazada.warehouse_module": position})
    client.get("/rc/warehouse/get")
    module: Any = client.answer["result"]["module"]
    assert type(module) is kind
    assert "dropshipping" in str(module)
    client.shop.control("PUT", "settings", {"multi_warehouse": True})
    client.get("/rc/warehouse/get")
    assert [one["code"] for one in client.answer["result"]["module"]] == ["dropshipping", "WH-SIM-02"]
    client.get("/rc/warehouse/detail/get")
    assert client.answer["result"]["module"]["warehouse_code"] == "dropshipping"


def test_the_seller(client: Client) -> None:
    found = client.get("/seller/get")
    assert (found["seller_id"], found["status"], found["cb"]) == (400_100_200, "ACTIVE", False)


def test_alerts_and_attributes_that_nobody_filled_in(client: Client) -> None:
    item, _ = client.live()
    client.clock.advance(30)
    asked = {"page_index": "1", "page_size": "10", "attribute_tag": "key_prop", "language_code": "id_ID"}
    client.get("/product/unfilled/attribute/get", **asked)
    [row] = client.answer["products"]
    assert (str(row["item_id"]), [one["name"] for one in row["attributes"]]) == (
        item,
        ["origin_district", "pirt_number"],
    )
    assert client.get("/product/qc/alert/list", offset="0", limit="10") == []
    client.shop.control("POST", "category", {"close": CATEGORY})
    assert [str(row["productId"]) for row in client.get("/product/qc/alert/list", offset="0", limit="10")] == [item]
    client.post("/product/create", {"Product": client.product("KP-2")})
    assert (client.code, client.detail[0]["message"]) == ("501", "Category is inactive")


# --- pictures --------------------------------------------------------------------------------------------------------


def upload(client: Client, content: bytes) -> str:
    """The code of an upload."""
    client.call("POST", "/image/upload", files={"image": ("a.png", content)})
    return client.code


def noise(side: int, size: int) -> bytes:
    """A picture of at least `size` bytes: what follows the end of a PNG is not looked at."""
    return png(side).ljust(size, b"\0")


def test_pictures_that_are_taken_and_that_are_not(client: Client) -> None:
    client.call("POST", "/image/upload", files={"image": ("a.png", png(330))})
    assert set(client.answer["data"]["image"]) == {"url", "hash_code"}
    gif = io.BytesIO()
    Image.new("RGB", (400, 400)).save(gif, "GIF")
    assert upload(client, png(329)) == "303"
    assert upload(client, gif.getvalue()) == "304"
    assert upload(client, b"no picture") == "304"
    client.call("POST", "/image/upload", {"image": "text"})
    assert client.code == "302"
    client.call("POST", "/image/upload", files={"picture": ("a.png", png(400))})
    assert client.code == "6"


@pytest.mark.parametrize(("position", "most"), [("1 MB", 1_048_576), ("3 MB", 3_145_728)])
def test_the_largest_picture(start: Start, position: str, most: int) -> None:
    client = start(switches={"lazada.image_size": position})
    assert [upload(client, noise(400, size)) for size in (most, most + 1)] == ["0", "303"]


def test_one_address(client: Client) -> None:
    sent = {"Image": {"Url": "https://example.test/a.jpg"}}
    found = client.good("/image/migrate", sent, as_xml=True)
    address = found["image"]["url"]
    client.create({**client.product("KP-1"), "Images": {"Image": [address]}})
    for wrong in ("https://127.0.0.1/a.jpg", "https://example.test:8080/a.jpg", "ftp://example.test/a.jpg", "a.jpg"):
        client.post("/image/migrate", {"Image": {"Url": wrong}}, as_xml=True)
        assert client.code == "301"


@pytest.mark.parametrize(("position", "turned"), [("shuffled", True), ("sent", False)])
def test_many_addresses(start: Start, position: str, turned: bool) -> None:
    client = start(switches={"lazada.image_order": position})
    alone = [client.good("/image/migrate", {"Image": {"Url": f"https://example.test/{n}.jpg"}}, as_xml=True)["image"]
             for n in (1, 2)]  # fmt: skip
    urls = ["https://example.test/1.jpg", "https://10.0.0.1/x.jpg", "https://example.test/2.jpg"]
    client.post("/images/migrate", {"Images": {"Url": urls}}, as_xml=True)
    batch = client.answer["batch_id"]
    assert client.get("/image/response/get", batch_id=batch) == {}
    client.clock.advance(0.5)
    found = client.get("/image/response/get", batch_id=batch)
    assert found["images"] == (alone[::-1] if turned else alone)
    assert [one["original_url"] for one in found["errors"]] == ["https://10.0.0.1/x.jpg"]
    client.post("/images/migrate", {"Images": {"Url": urls * 3}}, as_xml=True)
    assert client.code == "203"
    client.call("GET", "/image/response/get", {"batch_id": "1"})
    assert client.code == "300"
