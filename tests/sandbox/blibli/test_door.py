"""Who comes in, by which paths, with which query; envelopes and refusals (facts, sections 1 to 5 and 13)."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.sandbox.blibli.gate import signature
from tests.sandbox.blibli.client import MTA, POINT, SELLER, Client, sign
from tests.sandbox.blibli.conftest import Start

KEY, STAMP = "sim-signature-key", 1589275732000
JSON = "application/json"

# Facts, section 3.4.
VECTORS = [
    ("GET", "", "/mtaapi/api/businesspartner/v1/order/orderDetail", "", "oD7+QULhZ4libZ8JUxvhBgLWm1jybBvKyOCPISrJlBg="),
    ("POST", JSON, "/seller/v1/products/filter", '{"filter":{"state":"ACTIVE"},"paging":{"page":0,"size":50}}',
     "Y7J5mjxIpZZmj59DsKbg04qE5hLMKsFp4+Oz8oZxH2U="),
    ("PUT", JSON, "/seller/v1/products/TOQ-15130-00001-00001/stock", '{"availableStock":7}',
     "ghlUHFz2qBDmktVwHx/s/vATEqtQGDq1hWdrIXdkF9U="),
    ("POST", JSON, "/mtaapi/api/businesspartner/v1/product/updateProduct",
     '{"merchantCode":"TOQ-15130","productRequests":[{"gdnSku":"TOQ-15130-00001-00001","exactStock":7}]}',
     "eccfskO2tgIJBqCJWzTJ4hJd1/bD5LLQ7h8xDlaxL/I="),
    ("DELETE", JSON, "/seller/v1/products/TOQ-15130-00001/images", "", "HSJYXKj3FEsR/nuI2H2dAQNW+Rs5dxgzf/0DitK3Tss="),
]  # fmt: skip


@pytest.mark.parametrize(("method", "content_type", "signed", "body", "good"), VECTORS)
def test_the_vectors_of_the_facts(method: str, content_type: str, signed: str, body: str, good: str) -> None:
    assert sign(KEY, method, content_type, body.encode(), STAMP, signed) == good
    called = signed.replace("/mtaapi", "/mta", 1)
    assert signature(KEY, method, content_type, body.encode(), STAMP, called) == good


def test_the_signature_is_over_mtaapi_and_not_over_the_query(client: Client) -> None:
    path = f"{MTA}/v1/product/getCategory"
    client.good("GET", path)
    stamp = int(client.clock.now().timestamp() * 1000)
    as_called = sign(client.keys["signature_key"], "GET", "", b"", stamp, path.removeprefix("/v2/proxy"))
    client.call("GET", path, headers={"Signature": as_called})
    assert (client.status, client.code) == (403, "ERR-SIM403001")


@pytest.mark.parametrize("wrong", ["POST", "post"])
def test_a_put_is_signed_with_its_true_verb(client: Client, wrong: str) -> None:
    path, stamp = f"{SELLER}/products/TOQ-15130-00001-00001/stock", int(client.clock.now().timestamp() * 1000)
    body = b'{"availableStock": 7}'
    forged = sign(client.keys["signature_key"], wrong, JSON, body, stamp, path.removeprefix("/v2/proxy"))
    client.call("PUT", path, {"availableStock": 7}, headers={"Signature": forged})
    assert client.status == 403


@pytest.mark.parametrize(("position", "method", "content_type"), [
    ("json", "DELETE", JSON), ("empty", "DELETE", ""), ("get", "GET", ""),
])  # fmt: skip
def test_how_a_delete_is_signed(start: Start, position: str, method: str, content_type: str) -> None:
    client = start(switches={"blibli.delete_signature": position})
    l3 = client.live()
    path, stamp = f"{SELLER}/products/{l3}/images", int(client.clock.now().timestamp() * 1000)
    for verb, kind in (("DELETE", JSON), ("DELETE", ""), ("GET", "")):
        signed = sign(client.keys["signature_key"], verb, kind, b"", stamp, path.removeprefix("/v2/proxy"))
        client.call("DELETE", path, headers={"Signature": signed})
        assert (client.status == 403) == ((verb, kind) != (method, content_type))


@pytest.mark.parametrize(("seconds", "status"), [(-900, 200), (-901, 403), (900, 200), (901, 403)])
def test_a_signature_lives_fifteen_minutes(client: Client, seconds: int, status: int) -> None:
    stamp = int((client.clock.now().timestamp() + seconds) * 1000)
    client.call("GET", f"{SELLER}/stores", stamp=stamp)
    assert client.status == status


def test_a_store_without_a_signature_key_wants_none(client: Client) -> None:
    none = {"Signature": None, "Signature-Time": None}
    client.call("GET", f"{SELLER}/stores", headers=none)
    assert client.status == 403
    client.shop.control("PUT", "settings", {"signature_key": False})
    client.good("GET", f"{SELLER}/stores", headers=none)


@pytest.mark.parametrize(("headers", "status", "code"), [
    ({"Authorization": None}, 401, "ERR-SIM401001"), ({"Authorization": "Basic eA=="}, 401, "ERR-SIM401001"),
    ({"Authorization": "bearer x"}, 401, "ERR-SIM401001"), ({"Api-Seller-Key": None}, 403, "ERR-SIM403001"),
    ({"Api-Seller-Key": "x"}, 403, "ERR-SIM403001"), ({"Signature": "x"}, 403, "ERR-SIM403001"),
    ({"Signature-Time": "1589275732"}, 403, "ERR-SIM403001"), ({"Signature-Time": "now"}, 403, "ERR-SIM403001"),
])  # fmt: skip
def test_credentials_that_are_wrong(client: Client, headers: dict[str, str | None], status: int, code: str) -> None:
    client.call("GET", f"{SELLER}/stores", headers=headers)
    assert (client.status, client.code, client.answer["success"]) == (status, code, False)


@pytest.mark.parametrize(("position", "status"), [("400", 400), ("200", 200)])
def test_an_unbound_store(start: Start, position: str, status: int) -> None:
    client = start(switches={"blibli.unbound_status": position})
    client.shop.control("POST", "deauthorise", {})
    client.call("GET", f"{SELLER}/stores", request_id="acme-9")
    assert (client.status, client.code, client.answer["success"]) == (status, "ERR-PA400054", False)
    assert client.answer["requestId"] == "acme-9"
    client.shop.control("POST", "authorise", {})
    client.good("GET", f"{SELLER}/stores")


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/v2/proxy/mtaapi/api/businesspartner/v1/product/getCategory"), ("GET", "/seller/v1/stores"),
    ("GET", f"{SELLER}/nothing"), ("POST", f"{SELLER}/stores"), ("DELETE", f"{SELLER}/products/TOQ-15130-00001"),
    ("POST", "/v2/oauth/token"), ("GET", f"{SELLER}/products/filter"),
])  # fmt: skip
def test_what_is_not_served_is_not_found(client: Client, method: str, path: str) -> None:
    client.call(method, path, None if method == "GET" else {})
    assert (client.status, client.code) == (404, "ERR-SIM404000")


@pytest.mark.parametrize("name", ["requestId", "storeId", "channelId", "username", "storeCode"])
def test_each_common_parameter_is_demanded(client: Client, name: str) -> None:
    client.call("GET", f"{SELLER}/stores", drop=(name,))
    assert client.code == "ERR-SIM400001"
    assert name in client.answer["errorMessage"]


@pytest.mark.parametrize("query", [{"storeId": "1"}, {"username": "x"}, {"storeCode": "TOQ-1"}, {"nothing": "1"},
                                   {"businessPartnerCode": "TOQ-1"}])  # fmt: skip
def test_a_parameter_that_is_wrong_or_unknown(client: Client, query: dict[str, str]) -> None:
    client.call("GET", f"{SELLER}/stores", named=query)
    assert client.code == "ERR-SIM400001"


def test_each_family_wants_its_own_name_of_the_store(client: Client) -> None:
    client.good("GET", f"{SELLER}/stores", drop=("businessPartnerCode",))
    client.good("GET", f"{MTA}/v1/product/getCategory", drop=("storeCode",), merchantCode="TOQ-15130")
    client.call("GET", f"{MTA}/v1/product/getCategory", drop=("businessPartnerCode",))
    assert client.code == "ERR-SIM400001"


@pytest.mark.parametrize("position", ["demanded", "optional"])
def test_the_id_of_the_path_again_in_the_query(start: Start, position: str) -> None:
    client = start(switches={"blibli.path_id_in_query": position})
    gdn = client.live() + "-00001"
    body = {"availableStock": 3, "pickupPointCode": POINT}
    client.call("PUT", f"{SELLER}/products/{gdn}/stock", body, drop=("blibli-sku",))
    assert (client.status == 204) == (position == "optional")
    client.call("PUT", f"{SELLER}/products/{gdn}/stock", body, named={"blibli-sku": "TOQ-15130-00009-00001"})
    assert client.code == "ERR-SIM400001"


def test_the_two_envelopes(client: Client) -> None:
    client.good("GET", f"{MTA}/v1/product/getPickupPoint", request_id="acme-1")
    assert {key: client.answer[key] for key in ("requestId", "headers", "success", "pageMetaData")} == {
        "requestId": "acme-1", "headers": None, "success": True,
        "pageMetaData": {"pageSize": 100, "pageNumber": 0, "totalRecords": 2},
    }  # fmt: skip
    client.good("POST", f"{SELLER}/stores/pickup-points/filter", {})
    assert client.answer["paging"] == {"pageNumber": 0, "pageSize": 50, "totalPage": 1, "totalRecord": 2}
    assert "success" not in client.answer


@pytest.mark.parametrize(("position", "shown"), [("missing", {}), ("null", {"errorCode": None}),
                                                 ("empty", {"errorCode": ""})])  # fmt: skip
def test_what_success_says_of_errors(start: Start, position: str, shown: dict[str, Any]) -> None:
    client = start(switches={"blibli.no_error": position})
    for path in (f"{SELLER}/stores", f"{MTA}/v1/product/getCategory"):
        client.good("GET", path)
        assert {key: value for key, value in client.answer.items() if key == "errorCode"} == shown


@pytest.mark.parametrize(("position", "present"), [("absent", False), ("present", True)])
def test_success_in_the_seller_family(start: Start, position: str, present: bool) -> None:
    client = start(switches={"blibli.seller_success": position})
    client.good("GET", f"{SELLER}/stores")
    assert ("success" in client.answer) == present
    client.call("GET", f"{SELLER}/products/TOQ-15130-00009")
    assert (client.answer.get("success") is False) == present


@pytest.mark.parametrize(("position", "status"), [("200", 200), ("4xx", 400)])
def test_a_refusal_has_a_code_at_200_or_4xx(start: Start, position: str, status: int) -> None:
    client = start(switches={"blibli.error_status": position})
    client.call("POST", f"{SELLER}/products/filter", {"filter": {"sellerSku": "KP-1"}})
    assert (client.status, client.code) == (status, "ERR-SIM400001")
    client.call("GET", f"{SELLER}/products/TOQ-15130-00009")
    assert (client.status, client.code) == (200 if status == 200 else 404, "ERR-SIM404001")


@pytest.mark.parametrize("body", [[], "x", {"filter": []}, {"filter": {"state": 1}}, {"filter": {"state": "LIVE"}},
                                  {"nothing": 1}, {"paging": {"page": 0, "size": 51}}])  # fmt: skip
def test_bodies_of_the_wrong_shape(client: Client, body: Any) -> None:
    client.call("POST", f"{SELLER}/products/filter", body)
    assert client.code == "ERR-SIM400001"


def test_a_body_needs_its_content_type_and_a_post_its_body(client: Client) -> None:
    client.call("POST", f"{SELLER}/products/filter", {}, headers={"Content-Type": "text/plain"})
    assert client.code == "ERR-SIM400001"
    client.call("POST", f"{SELLER}/products/filter")
    assert client.code == "ERR-SIM400001"
