"""Queue, review, and what comes of them: SANDBOX.md, Blibli 1; facts, sections 7.1 to 7.4 and 9."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests

from tests.sandbox.blibli.client import CATEGORY, MTA, OPTION, PICTURE, SELLER, Client, b64
from tests.sandbox.blibli.conftest import Start
from tests.sandbox.client import png


def fault(client: Client, kind: str, operation: str = "*", times: int | None = 1) -> None:
    """Put one fault in force."""
    client.shop.control("PUT", "faults", [{"operation": operation, "kind": kind, "times": times}])


def feeds(client: Client, **query: Any) -> list[dict[str, Any]]:
    """feed/list of today."""
    rows: list[dict[str, Any]] = client.good("GET", f"{MTA}/v1/feed/list", **{"queueDate": "2026-11-24", **query})
    return rows


# --- from queue to live -----------------------------------------------------------------------------------------------


def test_queue_then_review_then_live(client: Client) -> None:
    queue = client.create(client.product("KP-1", ("16", "18")))
    assert client.answer["value"] == {
        "queueFeedId": queue, "requestAction": "createProductV2", "total": 1, "timeStamp": 1795489200000,
    }  # fmt: skip
    assert (len(queue), client.history(queue), client.submissions()) == (26, [], [])
    assert (client.truth("KP-1-16")["status"], client.truth("KP-1-16")["external_id"]) == ("queued", None)

    client.clock.advance(60)
    [row] = client.history(queue)
    assert (row["isSuccess"], row["errorMessage"], row["gdnSku"]) == (True, None, None)
    code = row["value"]["productCode"]
    assert row["value"]["merchantSkuList"] == ["KP-1-16", "KP-1-18"]
    [submission] = client.submissions(state="IN_PROGRESS", sellerSku="KP-1-18")
    assert (submission["product"]["code"], submission["product"]["sku"]) == (code, None)
    assert set(submission["productItems"][0]) == {"name", "code", "upcCode"}
    assert client.listed("IN_PROGRESS")[0]["product"]["code"] == code
    assert (client.listed(), client.offers()) == ([], {})
    assert (client.truth("KP-1-16")["status"], client.truth("KP-1-16")["external_id"]) == ("in_review", None)

    client.clock.advance(3600)
    offers = client.offers(merchantSkus=["KP-1-16", "KP-1-18"])
    assert offers["KP-1-18"]["gdnSku"] == "TOQ-15130-00001-00002"
    assert offers["KP-1-18"]["productItemCode"] == f"{code}-00002"
    assert client.submissions() == []
    truth = client.truth("KP-1-16")
    assert (truth["status"], truth["external_id"], truth["code"]) == ("live", "TOQ-15130-00001", None)
    assert truth["variants"][1] == {
        "external_id": "TOQ-15130-00001-00002", "sku": "KP-1-18", "price": 150000, "sale_price": 140000, "stock": 12,
        "sellable": 12, "reserved": 0, "total": 12, "location": "PP-3000001",
    }  # fmt: skip


def test_fast_takes_one_and_two_seconds(start: Start) -> None:
    client = start("fast")
    queue = client.create(client.product())
    client.clock.advance(1)
    assert client.history(queue)[0]["isSuccess"]
    client.clock.advance(2)
    assert client.truth("KP-1")["status"] == "live"


def test_rows_come_one_by_one_and_fail_one_by_one(client: Client) -> None:
    """The example of section 13: a row per product, what it is about as JSON inside JSON."""
    wrong = client.product("TP-1", categoryCode="KA-1000001")
    queue = client.create(client.product("KP-1"), wrong)
    client.clock.advance(45)
    assert len(client.history(queue)) == 1
    client.clock.advance(15)
    first, second = client.history(queue)
    assert (first["isSuccess"], second["isSuccess"]) == (True, False)
    assert second["value"] == {"productName": "Cincin resam TP-1", "merchantSkuList": ["TP-1"]}
    assert "not a leaf" in second["errorMessage"]
    raw = client.answer["value"]
    assert raw["queueFeed"] == {"requestId": queue, "requestAction": "createProductV2", "total": 2,
                                "timeStamp": 1795489200000}  # fmt: skip
    assert set(raw["queueHistory"][0]) == {"gdnSku", "value", "timestamp", "isSuccess", "errorMessage"}
    assert isinstance(raw["queueHistory"][0]["value"], str)


@pytest.mark.parametrize("version", [1, 2])
def test_needs_correction_is_revised_by_either_way(client: Client, version: int) -> None:
    client.create(client.product("KP-1"))
    client.shop.control("POST", "review", {"sku": "KP-1", "verdict": "needs_correction", "reason": "Gambar buram"})
    client.clock.advance(3660)
    [row] = client.submissions(state="NEED_CORRECTION", sellerSku="KP-1")
    code, l3 = row["product"]["code"], row["product"]["sku"]
    assert (row["product"]["revisionNotes"], client.offers()) == ("Gambar buram", {})
    assert client.listed("NEED_CORRECTION")[0]["product"]["sku"] == l3
    assert (client.truth("KP-1")["status"], client.truth("KP-1")["external_id"]) == ("needs_correction", None)
    assert client.good("GET", f"{SELLER}/product-submissions/{l3}")["product"]["code"] == code
    answer = revised_v1(client, code) if version == 1 else revised_v2(client, l3)
    assert answer["action"] == "productRevision"
    client.clock.advance(60)
    assert client.history(answer["queueId"])[0]["isSuccess"]
    assert client.truth("KP-1")["status"] == "in_review"
    client.clock.advance(3600)
    assert (client.truth("KP-1")["status"], client.truth("KP-1")["title"]) == ("live", "Cincin halus")


def revised_v1(client: Client, code: str) -> Any:
    """A revision V1: name, attribute, picture and price."""
    row = {"sellerSku": "KP-1", "images": ["b"], "price": {"regular": 99000, "sale": 98000}}
    body = {"product": {"name": "Cincin halus"}, "nonDefiningAttributes": {"BA-2000001": "Kain"},
            "imageMap": [{"data": PICTURE, "name": "b"}], "productItems": [row]}  # fmt: skip
    return client.good("POST", f"{SELLER}/product-submissions/{code}", body)


def revised_v2(client: Client, l3: str) -> Any:
    """A revision V2: a draft first, which changes nothing, then sent."""
    client.good("POST", f"{SELLER}/products/{l3}/revision", {"submit": False, "name": "Cincin halus"})
    client.clock.advance(100)
    assert client.truth("KP-1")["title"] == "Cincin resam KP-1"
    return client.good("POST", f"{SELLER}/products/{l3}/revision", {"submit": True})


def test_a_revision_changes_no_variants_and_nothing_that_is_in_order(client: Client) -> None:
    client.create(client.product("KP-1", ("16", "18")))
    client.clock.advance(60)
    path = f"{SELLER}/product-submissions/MTA-9000001"
    client.call("POST", path, {"product": {"name": "Lain"}})
    assert client.code == "ERR-SIM400001"
    client.shop.control("POST", "review", {"sku": "KP-1-16", "verdict": "needs_correction"})
    client.clock.advance(3600)
    for body in ({"definingAttributes": {OPTION: ["16", "19"]}}, {"productItems": [{"sellerSku": "KP-1-19"}]},
                 {"productItems": [{"sellerSku": "KP-1-16", "attributesMap": {OPTION: "18"}}]}):  # fmt: skip
        answer = client.good("POST", path, body)
        client.clock.advance(60)
        assert not client.history(answer["queueId"])[0]["isSuccess"]
    assert client.truth("KP-1-16")["status"] == "needs_correction"


def test_rejected_products_vanish(client: Client) -> None:
    client.create(client.product("KP-1"))
    client.clock.advance(60)
    client.shop.control("POST", "review", {"sku": "KP-1", "verdict": "rejected", "reason": "Dilarang"})
    client.clock.advance(3600)
    assert client.submissions() == []
    assert client.listed("IN_PROGRESS", "NEED_CORRECTION", "ACTIVE", "OOS", "ARCHIVED", "SUSPENDED") == []
    assert (client.shop.truth(), client.offers()) == ([], {})
    client.call("GET", f"{SELLER}/products/TOQ-15130-00001")
    assert client.code == "ERR-SIM404001"
    path = f"{MTA}/v2/product/rejectedProductByMerchantSku"
    [row] = client.good("GET", path, merchantSku="KP-1")
    assert set(row) == {"productName", "categoryName", "brand", "submitDate", "initiator", "rejectedReason",
                        "rejectedDate", "productCode"}  # fmt: skip
    assert (row["rejectedReason"], client.good("GET", path, merchantSku="KP-2")) == ("Dilarang", [])


def test_a_verdict_without_a_review_holds_at_once(client: Client) -> None:
    client.live()
    client.shop.control("POST", "review", {"sku": "KP-1", "verdict": "needs_correction"})
    assert client.truth("KP-1")["status"] == "needs_correction"
    with pytest.raises(ValueError, match="perhaps"):
        client.shop.control("POST", "review", {"sku": "KP-1", "verdict": "perhaps"})


# --- lost answers, silent queues, second creates ----------------------------------------------------------------------


def test_a_lost_answer_loses_the_queue_id_but_the_list_has_it(client: Client) -> None:
    fault(client, "lose_response", "createProduct")
    with pytest.raises(requests.ConnectionError):
        client.create(client.product("KP-1"))
    [row] = feeds(client, queueAction="createProductV2", status="IN_PROGRESS")
    client.clock.advance(60)
    assert client.history(row["requestId"])[0]["value"]["merchantSkuList"] == ["KP-1"]
    assert [one["requestId"] for one in feeds(client, status="FINISHED")] == [row["requestId"]]
    assert feeds(client, queueDate="2026-11-23") == []


@pytest.mark.parametrize("query", [{"queueDate": "24-11-2026"}, {"queueAction": "delete"}, {"status": "DONE"}])
def test_feed_list_refuses_what_it_does_not_know(client: Client, query: dict[str, str]) -> None:
    client.call("GET", f"{MTA}/v1/feed/list", named={"queueDate": "2026-11-24", **query})
    assert client.code == "ERR-SIM400001"


def test_a_stuck_queue_does_its_work_and_never_tells(client: Client) -> None:
    fault(client, "stuck_queue", "createProduct")
    queue = client.create(client.product("KP-1"))
    client.clock.advance(86_400)
    assert (client.history(queue), client.truth("KP-1")["status"]) == ([], "live")
    assert [row["status"] for row in feeds(client)] == ["IN_PROGRESS"]


def test_reject_row_partial_batch_and_omit_row(client: Client) -> None:
    products = [client.product(f"KP-{n}") for n in range(3)]
    for kind, told in (("reject_row", [False, True, True]), ("partial_batch", [True, False, True]),
                       ("omit_row", [True, True])):  # fmt: skip
        fault(client, kind, "createProduct")
        queue = client.create(*products)
        client.clock.advance(60)
        assert [row["isSuccess"] for row in client.history(queue)] == told
    assert client.answer["value"]["queueFeed"]["total"] == 3
    assert len(client.shop.truth()) == 2 + 2 + 3


@pytest.mark.parametrize("position", ["accepted", "refused"])
def test_a_second_create_makes_a_second_product(start: Start, position: str) -> None:
    client = start(switches={"blibli.same_sku": position})
    client.create(client.product("KP-1"))
    queue = client.create(client.product("KP-1"))
    client.clock.advance(60)
    assert client.history(queue)[0]["isSuccess"] == (position == "accepted")
    assert len(client.submissions(sellerSku="KP-1")) == (2 if position == "accepted" else 1)


@pytest.mark.parametrize("position", ["accepted", "first"])
def test_the_same_request_id_again(start: Start, position: str) -> None:
    client = start(switches={"blibli.same_request": position})
    queues = [client.create(client.product("KP-1"), request_id="acme-77") for _ in range(2)]
    client.clock.advance(60)
    assert len(set(queues)) == len(client.shop.truth()) == (2 if position == "accepted" else 1)


@pytest.mark.parametrize("position", ["absent", "present"])
def test_l3_before_the_first_review(start: Start, position: str) -> None:
    client = start(switches={"blibli.l3_in_review": position})
    client.create(client.product("KP-1"))
    client.clock.advance(60)
    expected = None if position == "absent" else "TOQ-15130-00001"
    assert client.submissions()[0]["product"]["sku"] == client.listed("IN_PROGRESS")[0]["product"]["sku"] == expected
    client.call("GET", f"{SELLER}/product-submissions/TOQ-15130-00001")
    assert (client.code == "") == (position == "present")
    client.call("PUT", f"{SELLER}/products/TOQ-15130-00001-00001/stock", {"availableStock": 1})
    assert client.code == "ERR-SIM404001"


def test_pages_of_a_history(client: Client) -> None:
    queue = client.create(*[client.product(f"KP-{n}") for n in range(3)])
    client.clock.advance(60)
    assert len(client.history(queue, page=1, size=2)) == 1
    assert client.history(queue, size=0) == []
    client.call("GET", f"{MTA}/v1/feed/detail", request_id=queue, size=101)
    assert client.code == "ERR-SIM400001"
    client.call("GET", f"{MTA}/v1/feed/detail", request_id="01HZX0000000000000000SIM99")
    assert client.code == "ERR-SIM404001"


# --- what a create must be --------------------------------------------------------------------------------------------

BIG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(4 * 1024 * 1024)).decode()


@pytest.mark.parametrize(("change", "text"), [
    ({"categoryCode": "KA-9"}, "no category"), ({"name": " "}, "name"), ({"description": "%"}, "base64"),
    ({"description": b64("x" * 5001)}, "5000"), ({"uniqueSellingPoint": b64("x" * 401)}, "400"),
    ({"pickupPointCode": None}, "pickupPointCode"), ({"pickupPointCode": "PP-1"}, "PP-1"), ({"weight": 0}, "weight"),
    ({"brand": "Tidak Ada"}, "brand"), ({"productNonDefiningAttributes": {}}, "mandatory"),
    ({"productNonDefiningAttributes": {"BA-2000001": "Emas"}}, "options"),
    ({"productNonDefiningAttributes": {"BA-2000001": "Kain", "DA-2000002": "-"}}, "null or -"),
    ({"productNonDefiningAttributes": {"BA-2000001": "Kain", "XX-1": "x"}}, "XX-1"),
    ({"productDefiningAttributes": {"BA-2000001": ["Kain"]}}, "variants"),
    ({"productDefiningAttributes": {OPTION: ["16"]}}, OPTION),
    ({"imageMap": {"b": PICTURE}}, "imageMap"), ({"imageMap": {"a": "data:image/png;base64," + PICTURE}}, "prefix"),
    ({"imageMap": {"a": base64.b64encode(png(599)).decode()}}, "600"), ({"imageMap": {"a": BIG}}, "4 MB"),
    ({"imageMap": {"a": b64("GIF89a")}}, "jpg"), ({"imageMap": {"a": "%"}}, "base64"),
    ({"price": 999}, "1000"), ({"price": 139999}, "higher"), ({"price": 150000.5}, "whole"), ({"stock": -1}, "stock"),
    ({"minimumStock": 0}, "minimumStock"), ({"images": []}, "images"), ({"images": ["a"] * 9}, "images"),
    ({"merchantSku": " "}, "merchantSku"),
])  # fmt: skip
def test_rows_that_fail(client: Client, change: dict[str, Any], text: str) -> None:
    product = client.product("KP-1")
    [name] = change
    (product["productItems"][0] if name in product["productItems"][0] else product).update(change)
    queue = client.create(product)
    client.clock.advance(60)
    [row] = client.history(queue)
    assert not row["isSuccess"]
    assert text in row["errorMessage"]
    assert client.shop.truth() == []


@pytest.mark.parametrize("body", [
    {"bpCode": "TOQ-15130"}, {"bpCode": "TOQ-1", "products": []}, {"bpCode": "TOQ-15130", "products": []},
    {"bpCode": "TOQ-15130", "products": [{"name": "x"}]}, {"bpCode": "TOQ-15130", "products": [{"nothing": "x"}]},
])  # fmt: skip
def test_creates_that_are_refused_whole(client: Client, body: dict[str, Any]) -> None:
    client.call("POST", f"{MTA}/v2/product/createProduct", body)
    assert client.code == "ERR-SIM400001"
    assert feeds(client) == []


def test_at_most_ten_products_and_no_name_twice(client: Client) -> None:
    for products in ([client.product(f"K-{n}") for n in range(11)], [client.product(), client.product()]):
        body = {"bpCode": "TOQ-15130", "products": products}
        client.call("POST", f"{MTA}/v2/product/createProduct", body)
        assert client.code == "ERR-SIM400001"


def test_colour_variants_need_the_family_colour(client: Client) -> None:
    told = []
    for more in ({}, {"FA-2000060": ["Merah"]}):
        product = client.product("KP-1", ("Merah tua",))
        product["productItems"][0]["attributesMap"] = {"WA-2000010": "Merah tua"}
        product["productDefiningAttributes"] = {"WA-2000010": ["Merah tua"], **more}
        queue = client.create(product)
        client.clock.advance(60)
        told.append(client.history(queue)[0]["isSuccess"])
    assert told == [False, True]


def test_two_variants_with_the_same_options(client: Client) -> None:
    product = client.product("KP-1", ("16", "18"))
    product["productItems"][1]["attributesMap"] = {OPTION: "16"}
    queue = client.create(product)
    client.clock.advance(60)
    assert "same options" in client.history(queue)[0]["errorMessage"]


def test_a_https_picture_and_an_unknown_product_type_will_do(client: Client) -> None:
    l3 = client.live("KP-1", imageMap={"a": "https://pictures.example.test/a.jpg"}, productType=9)
    detail = client.good("GET", f"{MTA}/v1/product/detailProduct", gdnSku=f"{l3}-00001")
    assert detail["productType"] == 1


# --- V3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "status"), [("202", 202), ("200", 200)])
def test_create_v3_goes_through_the_same_queue(start: Start, position: str, status: int) -> None:
    client = start(switches={"blibli.v3_status": position})
    answer = client.create_v3(client.v3("KP-3"), client.v3("KP-4", categoryCode="KA-9"))
    assert (client.status, client.code, set(answer)) == (status, "", {"queueId", "action", "timeStamp"})
    client.clock.advance(60)
    assert [row["isSuccess"] for row in client.history(answer["queueId"])] == [True, False]
    client.clock.advance(3600)
    assert client.truth("KP-3")["status"] == "live"


def test_create_v3_fails_if_all_products_do(client: Client) -> None:
    client.create_v3(client.v3("KP-3", categoryCode="KA-9"))
    assert client.code == "ERR-SIM400001"
    assert feeds(client) == []


@pytest.mark.parametrize(("position", "grams"), [("g", 250.0), ("kg", 250_000.0)])
def test_the_weight_of_v3(start: Start, position: str, grams: float) -> None:
    client = start(switches={"blibli.v3_weight": position})
    client.create_v3(client.v3("KP-3"))
    client.clock.advance(3660)
    detail = client.good("GET", f"{MTA}/v1/product/detailProduct", gdnSku="TOQ-15130-00001-00001")
    assert detail["items"][0]["weight"] == grams / 1000


@pytest.mark.parametrize("position", ["attributesMap", "variantAttribute"])
def test_where_v3_variants_have_their_options(start: Start, position: str) -> None:
    client = start(switches={"blibli.v3_variant_field": position})
    for field in ("attributesMap", "variantAttribute"):
        items = [{"sellerSku": f"KP-3-{n}", "price": {"regular": 9000}, "stock": 1, "images": ["a"], field: {OPTION: n}}
                 for n in ("16", "18")]  # fmt: skip
        client.create_v3(client.v3("KP-3", productItems=items))
        assert (client.code == "") == (field == position)
    client.clock.advance(3660)
    assert sorted(client.offers()) == ["KP-3-16", "KP-3-18"]


def test_a_new_brand_that_resembles_one_is_ignored_with_a_warning(client: Client) -> None:
    resembling = {k: v for k, v in client.v3("KP-3", newBrand="kabut pagi").items() if k != "brandCode"}
    fresh = {**client.v3("KP-4", newBrand="Merek Sendiri")}
    del fresh["brandCode"]
    both = client.v3("KP-5", newBrand="Tidak Dipakai")
    queue = client.create_v3(resembling, fresh, both)["queueId"]
    client.clock.advance(3660)
    warnings = [(row["isSuccess"], row["errorMessage"]) for row in client.history(queue)]
    assert warnings[0][0]
    assert "resembles Kabut Pagi" in warnings[0][1]
    assert warnings[1:] == [(True, None), (True, None)]
    assert sorted(row["brand"] for row in client.listed()) == ["Kabut Pagi", "Kabut Pagi", "Merek Sendiri"]


@pytest.mark.parametrize(("position", "good"), [("150", False), ("unbounded", True)])
def test_how_long_a_name_may_be(start: Start, position: str, good: bool) -> None:
    client = start(switches={"blibli.name_length": position})
    queue = client.create(client.product("KP-1", name="x" * 151))
    client.clock.advance(60)
    assert client.history(queue)[0]["isSuccess"] == good


@pytest.mark.parametrize(("position", "told"), [("1000", [False, False, True]), ("1", [False, True, True])])
def test_the_lowest_price(start: Start, position: str, told: list[bool]) -> None:
    client = start(switches={"blibli.price_floor": position})
    products = []
    for price in (0, 999, 1000):
        product = client.product(f"KP-{price}")
        product["productItems"][0] |= {"price": price, "salePrice": price}
        products.append(product)
    queue = client.create(*products)
    client.clock.advance(60)
    assert [row["isSuccess"] for row in client.history(queue)] == told


def test_the_history_is_json_inside_json(client: Client) -> None:
    queue = client.create(client.product("KP-1"))
    client.clock.advance(60)
    value = client.good("GET", f"{MTA}/v1/feed/detail", request_id=queue)["queueHistory"][0]["value"]
    assert isinstance(value, str)
    assert json.loads(value) == {"productCode": "MTA-9000001", "productName": "Cincin resam KP-1",
                                 "merchantSkuList": ["KP-1"]}  # fmt: skip


def test_a_closed_category_takes_nothing_new(client: Client) -> None:
    client.shop.control("POST", "category", {"close": CATEGORY})
    queue = client.create(client.product("KP-1"))
    client.clock.advance(60)
    assert "not active" in client.history(queue)[0]["errorMessage"]


def test_a_create_applied_late_shows_within_settle_s(client: Client) -> None:
    fault(client, "late_apply", "createProduct")
    with pytest.raises(requests.ConnectionError):
        client.create(client.product("KP-1"))
    client.clock.advance(299)
    assert len(client.submissions(sellerSku="KP-1")) == 1
    assert len(feeds(client)) == 1
