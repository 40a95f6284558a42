"""Edits of what is on sale: content, variants, pictures, archive (facts, sections 7.8 to 7.10)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sandbox.blibli.client import MTA, OPTION, PICTURE, SELLER, Client, b64
from tests.sandbox.blibli.conftest import Start
from tests.sandbox.client import png


@pytest.mark.parametrize("position", ["prelive", "postlive"])
def test_a_content_edit_takes_the_product_offline_or_not(start: Start, position: str) -> None:
    client = start(switches={"blibli.edit_review": position})
    l3 = client.live()
    client.edit(l3, description=b64("Lebih halus."))
    assert client.code == ""
    stays = position == "postlive"
    assert client.truth("KP-1")["status"] == ("live" if stays else "in_review")
    assert client.truth("KP-1")["external_id"] == l3
    assert [row["flags"]["postLive"] for row in client.listed()] == ([True] if stays else [])
    assert client.offers()["KP-1"]["review"]
    client.stock(f"{l3}-00001", 3)
    assert (client.code == "") == stays
    client.edit(l3, name="Cincin lagi")
    assert (client.code == "") == stays
    client.clock.advance(3600)
    assert (client.truth("KP-1")["status"], client.offers()["KP-1"]["review"]) == ("live", False)


def test_an_edit_may_end_in_need_of_correction(client: Client) -> None:
    l3 = client.live()
    client.edit(l3, name="Cincin lain")
    client.shop.control("POST", "review", {"sku": "KP-1", "verdict": "needs_correction"})
    client.clock.advance(3600)
    assert (client.truth("KP-1")["status"], client.truth("KP-1")["external_id"]) == ("needs_correction", l3)
    client.good("POST", f"{SELLER}/products/{l3}/revision", {"submit": True, "name": "Cincin baik"})
    client.clock.advance(3660)
    assert (client.truth("KP-1")["status"], client.truth("KP-1")["title"]) == ("live", "Cincin baik")


def test_the_name_is_frozen_after_the_first_order(client: Client) -> None:
    l3 = client.live()
    client.bought("KP-1")
    client.edit(l3, name="Cincin lain")
    assert (client.code, client.truth("KP-1")["title"]) == ("ERR-SIM400001", "Cincin resam KP-1")
    client.edit(l3, name="Cincin resam KP-1", description=b64("Lebih halus."))
    assert client.code == ""


@pytest.mark.parametrize("fields", [
    {}, {"categoryCode": "KA-1000004"}, {"description": "%"}, {"attributes": {"BA-2000001": "Emas"}},
    {"attributes": {"BA-2000001": "Kain", "DA-2000002": None}}, {"brandCode": "BR-1"}, {"logistics": ["LG-9"]},
    {"dimension": {"length": 0, "width": 1, "height": 1, "weight": 1}}, {"price": 1}, {"name": ""},
])  # fmt: skip
def test_edits_that_are_refused(client: Client, fields: dict[str, Any]) -> None:
    l3 = client.live()
    client.edit(l3, **fields)
    assert (client.code, client.truth("KP-1")["status"]) == ("ERR-SIM400001", "live")


def test_an_edit_of_everything(client: Client) -> None:
    l3 = client.live()
    client.edit(
        l3, name="Cincin lain", description=b64("Lain."), uniqueSellingPoint="Halus",
        attributes={"BA-2000001": "Logam"}, dimension={"length": 20, "width": 9, "height": 4, "weight": 900},
        brandCode="BR-300003", logistics=["LG-01"],
        productType=2, videoUrl="https://videos.example.test/1", preOrder={"preOrder": True, "preOrderValue": 7},
    )  # fmt: skip
    assert client.code == ""
    client.clock.advance(3600)
    [row] = client.listed()
    assert (row["product"]["name"], row["brand"]) == ("Cincin lain", "Karang Jingga")


@pytest.mark.parametrize("position", ["products", "bare"])
def test_the_path_of_the_detail_update(start: Start, position: str) -> None:
    client = start(switches={"blibli.detail_path": position})
    l3 = client.live()
    for form, path in (("products", f"{SELLER}/products/{l3}/detail"), ("bare", f"{SELLER}/{l3}/detail")):
        client.call("PUT", path, {"videoUrl": "https://videos.example.test/1"}, named={"product-sku": l3})
        assert (client.status == 404) == (form != position)


@pytest.mark.parametrize("position", ["create", "revision"])
def test_the_names_in_a_detail_update(start: Start, position: str) -> None:
    client = start(switches={"blibli.detail_fields": position})
    l3 = client.live()
    named: dict[str, dict[str, Any]] = {
        "create": {"brandCode": "BR-300003", "attributes": {"BA-2000001": "Logam"}},
        "revision": {"brand": {"code": "BR-300003"}, "nonDefiningAttributes": {"BA-2000001": "Logam"}},
    }
    for form in sorted(named, key=lambda one: one == position):
        client.edit(l3, **named[form])
        assert (client.code == "") == (form == position)
    client.clock.advance(3600)
    assert client.listed()[0]["brand"] == "Karang Jingga"


# --- variants ---------------------------------------------------------------------------------------------------------


def variants(client: Client, l3: str, *rows: dict[str, Any], **more: Any) -> None:
    """POST …/variants."""
    client.call("POST", f"{SELLER}/products/{l3}/variants", {"variants": list(rows), **more})


def test_the_list_of_variants_replaces(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    fresh = {"sellerSku": "KP-1-19", "price": {"regular": 99000}, "stock": 4, "attributesMap": {OPTION: "19"},
             "images": ["n"]}  # fmt: skip
    known = {"blibliSku": f"{l3}-00001", "price": {"regular": 5000}, "stock": 99}
    variants(client, l3, known, fresh, imageMap={"n": PICTURE})
    assert client.code == ""
    found = {one["sku"]: one for one in client.truth("KP-1-16")["variants"]}
    assert {sku: (one["external_id"], one["price"], one["stock"]) for sku, one in found.items()} == {
        "KP-1-16": (f"{l3}-00001", 150000, 12), "KP-1-19": (None, 99000, 4),
    }  # fmt: skip
    client.clock.advance(3600)
    assert client.offers()["KP-1-19"]["gdnSku"] == f"{l3}-00003"
    client.stock(f"{l3}-00002", 1)
    assert client.code == "ERR-SIM404001"


def test_the_same_list_again_changes_nothing(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    variants(client, l3, {"blibliSku": f"{l3}-00001"}, {"sellerSku": "KP-1-18", "stock": 1})
    assert (client.code, client.truth("KP-1-16")["status"]) == ("", "live")


@pytest.mark.parametrize("rows", [
    [], [{"blibliSku": "TOQ-15130-00001-00009"}], [{"sellerSku": "KP-1-16"}, {"sellerSku": "KP-1-16"}],
    [{"sellerSku": "NEW", "price": {"regular": 9000}, "stock": 1}],
    [{"sellerSku": "NEW", "price": {"regular": 9000}, "stock": 1, "images": ["x"], "attributesMap": {OPTION: "19"}}],
    [{"sellerSku": "KP-1-16", "attributesMap": {OPTION: "18"}}, {"sellerSku": "KP-1-18"}],
    [{"sellerSku": "KP-1-16", "attributesMap": {"XX-1": "18"}}], [{"sellerSku": "KP-1-16", "pickupPointCode": "PP-1"}],
])  # fmt: skip
def test_lists_of_variants_that_are_refused(client: Client, rows: list[dict[str, Any]]) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    variants(client, l3, *rows)
    assert client.code == "ERR-SIM400001"
    assert [one["sku"] for one in client.truth("KP-1-16")["variants"]] == ["KP-1-16", "KP-1-18"]


# --- pictures ---------------------------------------------------------------------------------------------------------


def paths(client: Client, l3: str) -> list[list[str]]:
    """The pictures of each variant."""
    rows = client.good("POST", f"{SELLER}/products/{l3}/variants/filter", {})
    return [[image["path"] for image in row["images"]] for row in rows]


def test_pictures_are_added_set_and_dropped(client: Client) -> None:
    l3 = client.live("KP-1", ("16", "18"))
    [[old], _] = paths(client, l3)
    path, fresh = f"{SELLER}/products/{l3}/images", base64.b64encode(png(640)).decode()
    client.good("POST", path, {"data": fresh, "variants": [{"blibliSku": f"{l3}-00001", "mainImage": True}]})
    client.clock.advance(3600)
    new = paths(client, l3)[0][0]
    assert paths(client, l3) == [[new, old], [old]]
    client.good("POST", path, {"data": fresh, "allVariants": {"mainImage": False}})
    client.clock.advance(3600)
    assert paths(client, l3) == [[old, new], [old, new]]
    client.good("DELETE", path)
    assert client.truth("KP-1-16")["status"] == "in_review"
    client.clock.advance(3600)
    assert paths(client, l3) == [[old], [old]]
    client.good("PUT", path, {"data": fresh, "allVariants": {"mainImage": True}})
    client.clock.advance(3600)
    assert paths(client, l3) == [[new], [new]]


@pytest.mark.parametrize("body", [
    {"data": PICTURE}, {"data": "%", "allVariants": {}}, {"allVariants": {}},
    {"data": PICTURE, "variants": [{"blibliSku": "TOQ-15130-00001-00009"}]}, {"data": PICTURE, "variants": []},
])  # fmt: skip
def test_pictures_that_are_refused(client: Client, body: dict[str, Any]) -> None:
    l3 = client.live()
    client.call("POST", f"{SELLER}/products/{l3}/images", body)
    assert (client.code, client.truth("KP-1")["status"]) == ("ERR-SIM400001", "live")


def test_a_variant_has_at_most_eight_pictures(client: Client) -> None:
    l3 = client.live()
    for number in range(8):
        data = base64.b64encode(png(600 + number + 1)).decode()
        client.call("POST", f"{SELLER}/products/{l3}/images", {"data": data, "allVariants": {}})
        client.clock.advance(3600)
    assert (client.code, len(paths(client, l3)[0])) == ("ERR-SIM400001", 8)


# --- archive ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "status"), [("hidden", "hidden"), ("buyable", "live")])
def test_what_comes_out_of_the_archive(start: Start, position: str, status: str) -> None:
    client = start(switches={"blibli.unarchived": position})
    l3 = client.live()
    for what in ("archive", "unarchive"):
        client.good("POST", f"{SELLER}/products/statuses/{what}", {"productSkus": [l3]})
        client.clock.advance(60)
    assert client.truth("KP-1")["status"] == status


def test_archive_and_back_through_the_queue(start: Start) -> None:
    client = start(switches={"blibli.unarchived": "buyable"})
    l3, path = client.live(), f"{SELLER}/products/statuses"
    for what, status, again in (("archive", "archived", "already"), ("unarchive", "live", "not archived")):
        queue = client.good("POST", f"{path}/{what}", {"productSkus": [l3]})["queueId"]
        assert client.truth("KP-1")["status"] != status
        client.clock.advance(60)
        assert (client.history(queue)[0]["isSuccess"], client.truth("KP-1")["status"]) == (True, status)
        queue = client.good("POST", f"{path}/{what}", {"productSkus": [l3]})["queueId"]
        client.clock.advance(60)
        [row] = client.history(queue)
        assert (row["isSuccess"], again in row["errorMessage"]) == (False, True)


@pytest.mark.parametrize("skus", [[], ["a", "a"], ["x"] * 101])
def test_archives_that_are_refused_whole(client: Client, skus: list[str]) -> None:
    client.call("POST", f"{SELLER}/products/statuses/archive", {"productSkus": skus})
    assert client.code == "ERR-SIM400001"


def test_unknown_products_fail_their_row(client: Client) -> None:
    queue = client.good("POST", f"{SELLER}/products/statuses/archive", {"productSkus": ["TOQ-15130-00009"]})["queueId"]
    client.clock.advance(60)
    assert not client.history(queue)[0]["isSuccess"]


@pytest.mark.parametrize("position", ["refused", "accepted"])
def test_the_archive_while_an_edit_is_in_review(start: Start, position: str) -> None:
    client = start(switches={"blibli.archive_in_review": position})
    l3 = client.live()
    client.edit(l3, name="Cincin lain")
    client.good("POST", f"{SELLER}/products/statuses/archive", {"productSkus": [l3]})
    client.clock.advance(60)
    assert client.truth("KP-1")["status"] == ("in_review" if position == "refused" else "archived")


@pytest.mark.parametrize("position", ["demanded", "optional"])
def test_the_pictures_of_a_new_variant(start: Start, position: str) -> None:
    client = start(switches={"blibli.variant_images": position})
    l3 = client.live("KP-1", ("16", "18"))
    fresh = {"sellerSku": "KP-1-19", "price": {"regular": 99000}, "stock": 4, "attributesMap": {OPTION: "19"}}
    variants(client, l3, {"blibliSku": f"{l3}-00001"}, {"blibliSku": f"{l3}-00002"}, fresh)
    assert (client.code == "") == (position == "optional")


@pytest.mark.parametrize("position", ["list", "single"])
def test_the_body_of_a_create(start: Start, position: str) -> None:
    client = start(switches={"blibli.create_body": position})
    client.create(client.product("KP-1"), single=position == "single")
    body = {"bpCode": "TOQ-15130", **(client.product("KP-2") if position == "list" else {"products": []})}
    client.call("POST", f"{MTA}/v2/product/createProduct", body)
    assert client.code == "ERR-SIM400001"
    assert client.shop.config_lines().assumptions["blibli.create_body"] == position
