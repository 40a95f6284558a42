"""Create, check, edit (facts, sections 7.1, 7.2, 7.9, 8 and 11)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.tiktokshop.client import AUDIT_S, BOTH, KIND, OTHER_WAREHOUSE, WAREHOUSE, Client, sign
from tests.sandbox.tiktokshop.conftest import Start

PRODUCTS = "/product/202309/products"


def test_the_create_of_the_facts_is_taken(client: Client) -> None:
    """The body of section 7.1, but for a picture, category and attribute that exist here."""
    body = {
        "save_mode": "LISTING", "idempotency_key": "8e5b2a1e-0000-4000-8000-000000000001",
        "title": "Kopi Arabika Gayo Sangrai Medium 250 gram", "description": "<p>Biji kopi</p>",
        "category_id": "600003", "category_version": "v2", "main_images": [{"uri": client.picture()["uri"]}],
        "package_weight": {"value": "0.3", "unit": "KILOGRAM"},
        "package_dimensions": {"length": "10", "width": "8", "height": "20", "unit": "CENTIMETER"},
        "listing_platforms": ["TIKTOK_SHOP", "TOKOPEDIA"],
        "product_attributes": [{"id": "100001", "values": [{"name": "Serat Alam"}]}],
        "skus": [{"seller_sku": "KOPI-GAYO-250", "price": {"amount": "85000", "currency": "IDR"},
                  "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 12}]}],
    }  # fmt: skip
    made = client.good("POST", PRODUCTS, body)
    assert made["product_id"].isdecimal()
    assert int(made["product_id"]) > 2**53, "more than a float holds"
    assert [sku["seller_sku"] for sku in made["skus"]] == ["KOPI-GAYO-250"]
    assert "warnings" not in made
    listing = client.truth("KOPI-GAYO-250")
    assert (listing["status"], listing["external_id"]) == ("in_review", made["product_id"])
    assert listing["fronts"] == [
        {"front": "tiktok_shop", "status": "in_review"}, {"front": "tokopedia", "status": "in_review"}
    ]  # fmt: skip
    client.clock.advance(AUDIT_S)
    assert client.truth("KOPI-GAYO-250")["status"] == "live"
    shown = client.get(made["product_id"])
    assert (shown["status"], shown["audit"]) == ("ACTIVATE", {"status": "APPROVED"})
    assert shown["integrated_platform_statuses"] == [{"platform": "TOKOPEDIA", "status": "ACTIVATE"}]
    assert [row["id"] for row in shown["category_chains"]] == ["600001", "600002", "600003"]


def test_an_unauthorised_brand_is_a_warning(client: Client) -> None:
    brands = client.good("GET", "/product/202309/brands", page_size=100)["brands"]
    bad = next(brand["id"] for brand in brands if brand["authorized_status"] == "UNAUTHORIZED")
    made = client.good("POST", PRODUCTS, client.body(brand_id=bad))
    assert made["warnings"][0]["message"]


def spoilt(body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The body with other fields; those of its first SKU under `sku`."""
    sku = fields.pop("sku", {})
    found = {**body, **fields}
    found["skus"] = [{**found["skus"][0], **sku}, *found["skus"][1:]]
    return {name: value for name, value in found.items() if value is not None}


REFUSED: list[tuple[int, dict[str, Any]]] = [
    (12052217, {"category_version": None}), (12052217, {"category_version": "v1"}),
    (12052023, {"category_id": "600001"}), (12052023, {"category_id": "1"}),
    (12052024, {"category_id": "600903"}), (12052025, {"category_id": "600904"}),
    (12052358, {"category_id": "600901"}), (12052358, {"category_id": "600902"}),
    (12052104, {"product_attributes": []}),
    (12052910, {"product_attributes": [{"id": "100001", "values": [{"id": "9"}]}]}),
    (12052910, {"product_attributes": [{"id": "100001", "values": [{"name": "Kaca"}]}]}),
    (12052910, {"product_attributes": [{"id": "100001", "values": [{"id": "1000001"}]}, {"id": "5", "values": []}]}),
    (12052910, {"title": "x" * 24}), (12052910, {"title": "x" * 256}),
    (12052910, {"description": "x" * 10_001}),
    (12052305, {"description": '<img src="https://elsewhere.example/a.png">'}),
    (12052304, {"description": '<img src="https://elsewhere.example/a.png">' * 31}),
    (12052300, {"main_images": []}), (12052302, {"main_images": [{"uri": "tos-none/1"}]}),
    (12052910, {"package_weight": {"value": "0.3000", "unit": "KILOGRAM"}}),
    (12052910, {"package_weight": {"value": "300", "unit": "GRAM"}}), (12052910, {"package_weight": None}),
    (12052910, {"package_weight": {"value": "900", "unit": "KILOGRAM"}}),
    (12052910, {"package_dimensions": {"length": "10.5", "width": "8", "height": "20", "unit": "CENTIMETER"}}),
    (12052910, {"package_dimensions": {"length": "900", "width": "8", "height": "20", "unit": "CENTIMETER"}}),
    (12052910, {"brand_id": "1"}), (12052910, {"delivery_option_ids": ["1"]}),
    (12052910, {"listing_platforms": ["SHOPEE"]}), (12052910, {"listing_platforms": []}),
    (12052910, {"shipping_insurance_requirement": "OPTIONAL", "listing_platforms": ["TIKTOK_SHOP"]}),
    (12052910, {"is_pre_owned": True}), (12052910, {"minimum_order_quantity": 21}),
    (12052910, {"external_product_id": "x" * 1000}), (12052910, {"idempotency_key": "x" * 129}),
    (12052910, {"save_mode": "PUBLISH"}), (12052910, {"save_mode": "listing"}),
    (12019059, {"sku": {"seller_sku": "A B"}}), (12019059, {"sku": {"seller_sku": "x" * 51}}),
    (12052084, {"sku": {"price": {"amount": "85000", "currency": "USD"}}}),
    (12052073, {"sku": {"price": {"amount": "0", "currency": "IDR"}}}),
    (12052073, {"sku": {"price": {"amount": "-1", "currency": "IDR"}}}),
    (12052073, {"sku": {"price": {"currency": "IDR"}}}),
    (12052910, {"sku": {"price": {"amount": "85000", "sale_price": "1", "currency": "IDR"}}}),
    (12052097, {"sku": {"inventory": [{"warehouse_id": "1", "quantity": 1}]}}),
    (12052097, {"sku": {"inventory": [{"warehouse_id": OTHER_WAREHOUSE, "quantity": 1}]}}),
    (12052910, {"sku": {"inventory": []}}),
    (12052055, {"sku": {"inventory": [{"warehouse_id": WAREHOUSE, "quantity": 100_000}]}}),
    (12052910, {"sku": {"sales_attributes": [{"id": "5", "value_name": "x"}]}}),
    (12052910, {"sku": {"sales_attributes": [{"name": "x" * 21, "value_name": "x"}]}}),
    (12052910, {"sku": {"sales_attributes": [{"name": "Isi"}]}}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fields"), REFUSED)
def test_what_a_create_is_refused_for(client: Client, code: int, fields: dict[str, Any]) -> None:
    client.call("POST", PRODUCTS, spoilt(client.body(), **fields))
    assert client.code == code, client.answer
    assert client.shop.truth() == []


def test_what_several_skus_are_refused_for(client: Client) -> None:
    def code(change: Any) -> int:
        body = client.body("A", ("1", "2"))
        change(body["skus"])
        client.call("POST", PRODUCTS, body)
        return client.code

    assert code(lambda skus: skus[1].update(seller_sku="A-1")) == 12052553
    assert code(lambda skus: skus[1].pop("sales_attributes")) == 12052910
    assert code(lambda skus: skus[1].update(sales_attributes=skus[0]["sales_attributes"])) == 12052910
    assert code(lambda skus: skus[1].update(sales_attributes=[{"name": "Rasa", "value_name": "x"}])) == 12052910
    assert code(lambda skus: skus.extend(skus * 50)) == 12052050
    assert code(list.clear) == 12052910
    assert code(lambda skus: None) == 0


def test_pictures_have_sides_of_300_to_4000(client: Client) -> None:
    for side, code in ((299, 12052303), (300, 0), (4001, 12052303)):
        client.call("POST", PRODUCTS, client.body(main_images=[{"uri": client.picture(side)["uri"]}]))
        assert client.code == code


def test_a_description_shows_uploaded_pictures_by_their_url(client: Client) -> None:
    url = client.picture(use_case="DESCRIPTION_IMAGE")["url"]
    assert client.create(description=f'<p>x</p><img alt="a" src="{url}"/>')


def test_an_upload_takes_five_formats_and_tells_the_rest(client: Client) -> None:
    found = client.picture()
    assert (found["width"], found["height"], found["use_case"]) == (600, 600, "MAIN_IMAGE")
    client.picture(use_case="POSTER")
    assert client.code == 36009004
    client.picture(colour="red")
    assert client.code == 36009004
    client.call("POST", "/product/202309/images/upload", {"data": "x"})
    assert client.code == 36009004


@pytest.mark.parametrize("position", ["expires", "kept"])
def test_a_picture_that_no_product_uses(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.unused_image": position})
    used, unused = client.picture(shade=1)["uri"], client.picture(shade=2)["uri"]
    client.create("A", main_images=[{"uri": used}])
    client.clock.advance(86_401)
    client.create("B", main_images=[{"uri": used}])
    client.call("POST", PRODUCTS, client.body("C", main_images=[{"uri": unused}]))
    assert client.code == (12052302 if position == "expires" else 0)


# --- repeated creates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", ["error", "original", "forgotten"])
def test_a_repeated_key(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.repeated_key": position})
    first = client.create(idempotency_key="k")
    again = client.call("POST", PRODUCTS, client.body(idempotency_key="k"))
    if position == "error":
        assert client.code == 12052910
        assert "idempotency_key" in client.answer["message"]
    else:
        assert (again["product_id"] == first) is (position == "original")
    assert len(client.shop.truth()) == (2 if position == "forgotten" else 1)
    assert client.create("B", idempotency_key="l") != first


def test_a_key_is_not_spent_by_a_create_that_failed(client: Client) -> None:
    client.call("POST", PRODUCTS, client.body(idempotency_key="k", title="short"))
    assert client.code == 12052910
    assert client.create(idempotency_key="k")


@pytest.mark.parametrize("position", ["accepted", "refused"])
def test_a_blind_create_makes_a_second_product(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.same_seller_sku": position})
    number = client.create()
    client.call("POST", PRODUCTS, client.body())
    assert client.code == (0 if position == "accepted" else 12052553)
    assert len(client.shop.truth()) == (2 if position == "accepted" else 1)
    client.states("delete", number)
    client.create()


def test_the_external_product_id_is_a_second_guard(client: Client) -> None:
    number = client.live(external_product_id="KP-1")
    client.call("POST", PRODUCTS, client.body("B", external_product_id="KP-1"))
    assert client.code == 12052996
    assert client.partial(number, external_product_id="KP-1", title="Cincin resam yang namanya lain")
    assert client.code == 0, "its own is none that another has"
    client.states("delete", number)
    assert client.create("B", external_product_id="KP-1")


def test_a_new_shop_lists_so_many_a_day(client: Client) -> None:
    client.shop.control("PUT", "settings", {"daily_listings": 1})
    client.create("A")
    client.call("POST", PRODUCTS, client.body("B"))
    assert client.code == 12052093
    client.create("B", save_mode="AS_DRAFT")
    client.clock.advance(86_401)
    client.create("C")


def test_a_dry_run_tells_everything_and_makes_nothing(client: Client) -> None:
    body = client.body()
    for name in ("save_mode", "category_version"):
        body.pop(name)
    assert client.good("POST", f"{PRODUCTS}/listing_check", body) == {"check_result": "PASS", "fail_reasons": []}
    bad = {**spoilt(body, sku={"price": {"amount": "0", "currency": "IDR"}}), "title": "x", "product_attributes": []}
    found = client.good("POST", f"{PRODUCTS}/listing_check", bad)
    assert found["check_result"] == "FAILED"
    assert {reason["code"] for reason in found["fail_reasons"]} == {12052073, 12052910, 12052104}
    assert client.shop.truth() == []


# --- platforms -------------------------------------------------------------------------------------------------------


def test_tokopedia_is_for_shops_that_migrated(client: Client) -> None:
    client.shop.control("PUT", "settings", {"migrated": False})
    client.call("POST", PRODUCTS, client.body())
    assert client.code == 12052330
    number = client.live(listing_platforms=["TIKTOK_SHOP"])
    assert client.get(number)["integrated_platform_statuses"] == []


def test_platforms_are_tiktok_shop_alone_unless_named(client: Client) -> None:
    body = client.body()
    del body["listing_platforms"]
    client.good("POST", PRODUCTS, body)
    assert [front["front"] for front in client.truth()["fronts"]] == ["tiktok_shop"]


def test_status_is_absent_off_tiktok_shop(client: Client) -> None:
    number = client.live(listing_platforms=["TOKOPEDIA"], is_pre_owned=True, shipping_insurance_requirement="REQUIRED")
    assert "status" not in client.get(number)
    row = client.search()[0]
    assert "status" not in row
    assert row["integrated_platform_statuses"] == [{"platform": "TOKOPEDIA", "status": "ACTIVATE"}]
    assert client.truth()["status"] == "live"


def test_while_the_centers_merge_only_stock_and_price_are_edited(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    client.shop.control("PUT", "settings", {"merging": True})
    client.partial(number, title="Cincin resam yang namanya lain")
    assert client.code == 12052332
    client.call("POST", PRODUCTS, client.body("B"))
    assert client.code == 12052332
    client.call("POST", f"{PRODUCTS}/deactivate", {"product_ids": [number]})
    assert client.code == 12052332
    assert client.stock(number, {sku: 7}) == []
    assert client.price(number, {sku: "90000"}) == 0
    assert (client.offer()["stock"], client.offer()["price"]) == (7, 90_000)
    checks = client.good("GET", "/product/202312/prerequisites")["check_results"]
    assert [row["is_failed"] for row in checks] == [True, False]


# --- edit ------------------------------------------------------------------------------------------------------------


def entries(client: Client, number: str) -> list[dict[str, Any]]:
    """All SKUs as an edit would repeat them."""
    return [
        {"id": sku["id"], "seller_sku": sku["seller_sku"],
         "sales_attributes": [{"id": one["id"], "value_id": one["value_id"], "value_name": one["value_name"]}
                              for one in sku["sales_attributes"]]}
        for sku in client.get(number)["skus"]
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["202309", "202509"])
def test_a_full_edit_blanks_what_it_leaves_out_but_price_and_inventory(client: Client, version: str) -> None:
    number = client.live(external_product_id="X", brand_id="7000001", minimum_order_quantity=2)
    sku = client.skus(number)["KP-1"]
    body = client.body(title="Cincin resam yang namanya lain")
    body["skus"] = [{"id": sku, "seller_sku": "KP-1"}]
    answer = client.good("PUT", f"/product/{version}/products/{number}", body)
    assert answer["audit"] == {"status": "AUDITING"}
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert shown["title"] == "Cincin resam yang namanya lain"
    assert not shown.keys() & {"external_product_id", "brand", "minimum_order_quantity"}
    assert (client.offer()["price"], client.offer()["stock"]) == (85_000, 12)
    del body["category_version"]
    client.call("PUT", f"/product/{version}/products/{number}", body)
    assert client.code == 12052217


def test_a_partial_edit_changes_what_it_names_and_that_whole(client: Client) -> None:
    number = client.live(options=("16", "17"), sku="A", external_product_id="X")
    client.partial(number, title="Cincin resam yang namanya lain", skus=[
        {"id": one["id"], "sales_attributes": one["sales_attributes"]} for one in entries(client, number)
    ])  # fmt: skip
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert shown["external_product_id"] == "X"
    assert [sku["seller_sku"] for sku in shown["skus"]] == ["", ""], "nested fields that are left out are blank"
    assert [v["sku"] for v in client.shop.truth()[0]["variants"]] == [None, None]
    assert [v["stock"] for v in client.shop.truth()[0]["variants"]] == [12, 12]


def test_a_sku_that_an_edit_omits_is_deleted(client: Client) -> None:
    number = client.live("A", ("16", "17", "18"))
    kept = [one for one in entries(client, number) if one["seller_sku"] != "A-17"]
    client.partial(number, skus=kept)
    assert client.code == 0
    assert len(client.truth("A-17")["variants"]) == 3, "v1 stays until v2 passed"
    client.clock.advance(AUDIT_S)
    assert [v["sku"] for v in client.truth("A-16")["variants"]] == ["A-16", "A-18"]


def test_an_entry_without_an_id_is_a_new_sku(client: Client) -> None:
    number = client.live("A", ("16",))
    new = {**client.body("A", ("17",))["skus"][0]}
    client.partial(number, skus=[*entries(client, number), new])
    client.clock.advance(AUDIT_S)
    assert [(v["sku"], v["stock"]) for v in client.truth("A-16")["variants"]] == [("A-16", 12), ("A-17", 12)]
    del new["price"]
    client.partial(number, skus=[*entries(client, number), {**new, "seller_sku": "A-18"}])
    assert client.code == 12052910
    client.partial(number, skus=[{"id": "1"}])
    assert client.code == 12052557


def test_price_and_stock_of_an_edit_show_at_once_and_without_audit(client: Client) -> None:
    number = client.live("A", ("16", "17"))
    rows = entries(client, number)
    rows[0] |= {
        "price": {"amount": "90000", "currency": "IDR"},
        "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 3}],
    }
    answer = client.partial(number, skus=rows)
    assert answer["audit"] == {"status": "APPROVED"}
    assert (client.offer("A-16")["price"], client.offer("A-16")["stock"]) == (90_000, 3)


def test_an_edit_that_is_refused_changes_nothing(client: Client) -> None:
    number = client.live("A", ("16", "17"))
    before = client.shop.truth()
    rows = entries(client, number)
    rows[0] |= {
        "price": {"amount": "90000", "currency": "IDR"},
        "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 3}],
    }
    rows[1] |= {"seller_sku": "A B"}
    client.partial(number, skus=rows)
    assert client.code == 12019059
    rows[1] |= {"seller_sku": "A-17", "inventory": [{"warehouse_id": "1", "quantity": 3}]}
    client.partial(number, skus=rows)
    assert client.code == 12052097
    assert client.shop.truth() == before


def test_the_draft_is_the_base_of_an_edit_and_not_what_is_on_sale(client: Client) -> None:
    number = client.live()
    client.partial(number, save_mode="AS_DRAFT", title="Judul yang hanya ada dalam rancangan", external_product_id="D")
    row = client.search()[0]
    assert (row["has_draft"], row["title"]) == (True, "Cincin resam buatan tangan KP-1")
    assert client.get(number, return_draft_version="true")["external_product_id"] == "D"
    client.partial(number, description="<p>Keterangan yang lain</p>")
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert (shown["title"], shown["external_product_id"]) == ("Judul yang hanya ada dalam rancangan", "D")
    assert (shown["description"], shown["has_draft"]) == ("<p>Keterangan yang lain</p>", False)


def test_what_is_in_audit_is_the_base_of_the_next_edit(client: Client) -> None:
    number = client.live()
    client.partial(number, title="Cincin resam yang namanya lain")
    client.partial(number, description="<p>Keterangan yang lain</p>")
    assert client.get(number)["title"] == "Cincin resam buatan tangan KP-1"
    assert client.get(number, return_under_review_version="true")["title"] == "Cincin resam yang namanya lain"
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert (shown["title"], shown["description"]) == ("Cincin resam yang namanya lain", "<p>Keterangan yang lain</p>")


def test_a_draft_is_made_and_listed_later(client: Client) -> None:
    number = client.create(save_mode="AS_DRAFT", title="x", product_attributes=[])
    assert client.truth()["status"] == "half_built"
    assert client.get(number)["status"] == "DRAFT"
    client.partial(number, title="y")
    assert client.code == 12052910
    client.partial(number, title="z", save_mode="AS_DRAFT")
    assert client.truth()["title"] == "z"
    good = client.body()
    client.partial(number, title=good["title"], product_attributes=good["product_attributes"])
    assert client.truth()["status"] == "in_review"
    client.clock.advance(AUDIT_S)
    assert client.truth()["status"] == "live"


@pytest.mark.parametrize("position", ["10", "unbounded"])
def test_content_edits_count_against_a_daily_limit(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.relistings": position})
    number = client.live()
    for turn in range(10):
        client.partial(number, title=f"Cincin resam yang namanya {turn}")
        client.partial(number, title=f"Cincin resam yang namanya {turn}")
        assert client.code == 0
    client.partial(number, title="Cincin resam yang namanya lain")
    assert client.code == (12052093 if position == "10" else 0)
    sku = client.skus(number)["KP-1"]
    assert client.stock(number, {sku: 3}) == []
    client.clock.advance(86_401)
    client.partial(number, title="Cincin resam yang namanya baru")
    assert client.code == 0


@pytest.mark.parametrize("position", ["lists", "keeps"])
def test_an_edit_of_what_was_taken_down(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.edit_of_hidden": position})
    number = client.live()
    client.states("deactivate", number)
    client.partial(number, title="Cincin resam yang namanya lain")
    client.clock.advance(AUDIT_S)
    assert client.truth()["title"] == "Cincin resam yang namanya lain"
    assert client.truth()["status"] == ("live" if position == "lists" else "hidden")


def test_frozen_and_deleted_products_are_not_edited(client: Client) -> None:
    number = client.live()
    client.shop.control("POST", "ban", {"sku": "KP-1"})
    client.partial(number, title="Cincin resam yang namanya lain")
    assert client.code == 12052910
    client.call("POST", f"{PRODUCTS}/{number}/inventory/update", {"skus": []})
    assert client.code == 12052910
    other = client.live("B")
    client.states("delete", other)
    client.partial(other, title="Cincin resam yang namanya lain")
    assert client.code == 12052260


@pytest.mark.parametrize("position", ["refused", "accepted"])
def test_the_id_of_an_own_option_without_its_name(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.own_option_id": position})
    body = client.body("A", ("1", "2"))
    for number, sku in enumerate(body["skus"]):
        sku["sales_attributes"] = [{"name": "Isi", "value_name": str(number)}]
    number = client.call("POST", PRODUCTS, body)["product_id"]
    client.clock.advance(AUDIT_S)
    skus = [
        {
            "id": one["id"],
            "sales_attributes": [{"id": o["id"], "value_id": o["value_id"]} for o in one["sales_attributes"]],
        }
        for one in client.get(number)["skus"]
    ]
    client.partial(number, skus=skus)
    assert client.code == (0 if position == "accepted" else 12052910)


def test_names_of_ones_own_for_options(client: Client) -> None:
    body = client.body("A", ("1", "2"))
    for number, sku in enumerate(body["skus"]):
        sku["sales_attributes"] = [
            {"id": KIND, "value_name": str(number)},
            {"name": "Isi", "value_name": "tiga", "sku_img": body["main_images"][0]},
        ]
    number = client.good("POST", PRODUCTS, body)["product_id"]
    options = client.get(number)["skus"][1]["sales_attributes"]
    assert [(one["name"], one["value_name"]) for one in options] == [("Nomor", "1"), ("Isi", "tiga")]
    assert all(one["id"].isdecimal() and one["value_id"].isdecimal() for one in options)
    assert options[1]["sku_img"]["uri"] == body["main_images"][0]["uri"]
    assert client.truth("A-1")["fronts"][0]["front"] == BOTH[0].lower()


def test_a_draft_may_lack_what_it_likes_but_not_name_what_is_not(client: Client) -> None:
    client.call("POST", PRODUCTS, client.body(save_mode="AS_DRAFT", brand_id="1"))
    assert client.code == 12052910
    assert client.create(save_mode="AS_DRAFT", title="x")


def test_ids_of_ones_own_are_not_endless(client: Client) -> None:
    client.call("POST", PRODUCTS, spoilt(client.body(), sku={"external_sku_id": "x" * 1000}))
    assert client.code == 12052910
    made = client.good("POST", PRODUCTS, spoilt(client.body(), sku={"external_sku_id": "x" * 999}))
    assert made["skus"][0]["external_sku_id"] == "x" * 999


def test_at_most_three_kinds_of_options_each_once(client: Client) -> None:
    def code(*names: str) -> int:
        options = [{"name": name, "value_name": "x"} for name in names]
        client.call("POST", PRODUCTS, spoilt(client.body(), sku={"sales_attributes": options}))
        return client.code

    assert code("A", "A") == code("A", "B", "C", "D") == 12052910
    assert code("A", "B", "C") == 0


def test_a_known_option_by_its_id_and_by_its_name_is_the_same(client: Client) -> None:
    """Category 600006 makes variants by sizes S to XL."""
    body = client.body("A", ("1", "2"), category_id="600006")
    body["skus"][0]["sales_attributes"] = [{"id": "100010", "value_id": "1000018"}]
    body["skus"][1]["sales_attributes"] = [{"id": "100010", "value_name": "S"}]
    client.call("POST", PRODUCTS, body)
    assert client.code == 12052910
    body["skus"][1]["sales_attributes"] = [{"id": "100010", "value_id": "7"}]
    client.call("POST", PRODUCTS, body)
    assert client.code == 12052910
    body["skus"][1]["sales_attributes"] = [{"id": "100010", "value_name": "M"}]
    number = client.good("POST", PRODUCTS, body)["product_id"]
    shown = [sku["sales_attributes"][0] for sku in client.get(number)["skus"]]
    assert [(one["value_id"], one["value_name"]) for one in shown] == [("1000018", "S"), ("1000019", "M")]


def test_a_picture_of_a_description_has_sides_of_less_than_4000(client: Client) -> None:
    url = client.picture(4000)["url"]
    client.call("POST", PRODUCTS, client.body(description=f'<img src="{url}">'))
    assert client.code == 12052303


def test_one_value_for_an_attribute_that_takes_one(client: Client) -> None:
    values = [{"id": "1000001"}, {"id": "1000002"}]
    client.call("POST", PRODUCTS, client.body(product_attributes=[{"id": "100001", "values": values}]))
    assert client.code == 12052910


def test_a_dry_run_of_a_category_that_is_none(client: Client) -> None:
    body = client.body(category_id="1")
    for name in ("save_mode", "category_version"):
        body.pop(name)
    found = client.good("POST", f"{PRODUCTS}/listing_check", body)
    assert [reason["code"] for reason in found["fail_reasons"]] == [12052023]


def test_a_picture_of_more_than_ten_megabytes(client: Client) -> None:
    path = "/product/202309/images/upload"
    head = b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n\x89PNG\r\n\x1a\n'
    raw = head + b"x" * (10 * 1024 * 1024) + b"\r\n--b--"
    good = sign(client.keys["app_secret"], path, client.query(path), b"")
    client.call("POST", path, raw=raw, headers={"content-type": "multipart/form-data; boundary=b"}, sign=good)
    assert client.code == 12052300
