"""Signature, parameters, tokens and consent (sections 1 to 3 and 12)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from adapters.sandbox.lazada import push
from adapters.sandbox.lazada.gate import signature
from tests.sandbox.client import png
from tests.sandbox.lazada.client import Client, sign
from tests.sandbox.lazada.conftest import Start
from tests.vectors import LAZADA, LAZADA_PUSH, LAZADA_SECRET


@pytest.mark.parametrize(("path", "parameters", "wanted"), LAZADA, ids=["vendor", "xml", "non-ascii"])
def test_the_vectors_of_the_facts(path: str, parameters: dict[str, str], wanted: str) -> None:
    assert signature(LAZADA_SECRET, path, parameters) == wanted
    assert signature(LAZADA_SECRET, path, {**parameters, "sign": "anything"}) == wanted
    assert sign(LAZADA_SECRET, path, parameters) == wanted


def test_the_vector_of_a_push() -> None:
    key, body, wanted = LAZADA_PUSH
    assert push.signature(key, LAZADA_SECRET, body) == wanted


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ({"sign": "0" * 64}, "IncompleteSignature"),
        ({"sign_method": "md5"}, "IncompleteSignature"),
        ({"app_key": "1"}, "InvalidAppKey"),
        ({"app_key": ""}, "MissingParameter"),
        ({"timestamp": ""}, "MissingParameter"),
        ({"sign_method": ""}, "MissingParameter"),
        ({"access_token": ""}, "MissingParameter"),
        ({"access_token": "nobody"}, "IllegalAccessToken"),
        ({"timestamp": "yesterday"}, "IllegalTimestamp"),
    ],
)
def test_who_is_not_let_in(client: Client, system: dict[str, str], code: str) -> None:
    client.call("GET", "/seller/get", system=system)
    assert client.code == code
    client.get("/seller/get")


def test_a_missing_signature_is_named(client: Client) -> None:
    reply = client.session.get(f"{client.shop.url}/rest/seller/get", params=LAZADA[0][1], timeout=20)
    client.took(reply)
    assert (client.code, client.answer["type"], "sign" in client.text) == ("MissingParameter", "ISV", True)


@pytest.mark.parametrize("position", ["IllegalTimestamp", "InvalidTimestamp"])
def test_a_clock_that_is_off_by_more_than_two_hours(start: Start, position: str) -> None:
    client = start(switches={"lazada.clock_code": position})
    now = client.clock.now().timestamp() * 1000
    for off, code in ((7_199_000, "0"), (-7_199_000, "0"), (7_201_000, position), (-7_201_000, position)):
        client.call("GET", "/seller/get", system={"timestamp": str(int(now + off))})
        assert client.code == code


def test_paths_methods_and_parameters_that_do_not_exist(client: Client) -> None:
    client.call("GET", "/product/nothing")
    assert client.code == "InvalidApiPath"
    client.call("GET", "/product/stock/sellable/update", {"payload": "<Request/>"})
    assert client.code == "UnsupportedHTTPMethod"
    client.call("POST", "/product/stock/sellable/update", {"SkuId": "1", "SellableQuantity": "2"})
    assert (client.code, client.text[:4]) == ("6", "E006")
    client.call("GET", "/seller/get", system={"partner_id": "lazop-sdk-python-20180424", "debug": "true"})
    assert client.code == "0"


def wire(client: Client, query: dict[str, str], **body: Any) -> Any:
    """One POST of /product/pre/check, put together by hand."""
    reply = client.session.post(f"{client.shop.url}/rest/product/pre/check", params=query, timeout=20, **body)
    return client.took(reply)


def test_the_four_ways_of_the_sdks(client: Client) -> None:
    payload = {"payload": json.dumps({"Request": {"Product": client.product("KP-1")}})}
    whole = client.signed("/product/pre/check", payload)
    system = {name: value for name, value in whole.items() if name != "payload"}
    for query, body in (({}, {"data": whole}), (whole, {"json": payload}), (system, {"json": payload}),
                        (system, {"data": payload})):  # fmt: skip
        wire(client, query, **body)
        assert client.code == "0", client.answer
    wire(client, whole, json={"payload": "something else"})
    assert client.code == "5"
    wire(client, system, json={"payload": {"Request": {}}})
    assert client.code == "5"


def test_a_file_part_is_not_signed_but_form_fields_are(client: Client) -> None:
    whole = client.signed("/image/upload", {})
    address = f"{client.shop.url}/rest/image/upload"
    client.took(client.session.post(address, data=whole, files={"image": ("a.png", png(400))}, timeout=20))
    assert client.code == "0"
    more = {**whole, "partner_id": "1"}
    client.took(client.session.post(address, data=more, files={"image": ("a.png", png(400))}, timeout=20))
    assert client.code == "IncompleteSignature"


# --- tokens ----------------------------------------------------------------------------------------------------------


def consented(client: Client) -> str:
    """The code that the consent page gives."""
    reply = requests.get(f"{client.shop.auth_url}&state=s%201", allow_redirects=False, timeout=20)
    assert reply.status_code == 302
    found = urlsplit(reply.headers["Location"])
    assert parse_qs(found.query)["state"] == ["s 1"]
    return parse_qs(found.query)["code"][0]


def test_consent_code_and_pair(client: Client) -> None:
    code = consented(client)
    client.call("POST", "/auth/token/create", {"code": code}, token=False)
    pair = client.answer
    assert pair["code"] == "0"
    assert (pair["country"], pair["account_platform"], pair["account_id"]) == ("id", "seller_center", None)
    assert (pair["expires_in"], pair["refresh_expires_in"]) == (864_000, "4320000")
    assert set(pair["country_user_info"][0]) == {"country", "seller_id", "user_id", "short_code"}
    client.call("GET", "/auth/token/create", {"code": code}, token=False)
    assert client.code == "InvalidCode"
    late = consented(client)
    client.clock.advance(1801)
    client.call("GET", "/auth/token/create", {"code": late}, token=False)
    assert client.code == "InvalidCode"
    client.keys["access_token"] = pair["access_token"]
    client.get("/seller/get")


def test_the_consent_page_wants_what_the_facts_show(client: Client) -> None:
    for wrong in (client.shop.auth_url.replace("response_type=code", "response_type=token"),
                  re.sub("redirect_uri=[^&]*", "", client.shop.auth_url)):  # fmt: skip
        client.took(client.session.get(wrong, allow_redirects=False, timeout=20))
        assert client.code == "MissingParameter"


def refreshed(client: Client) -> dict[str, Any]:
    """What a refresh answers."""
    client.call("GET", "/auth/token/refresh", {"refresh_token": client.keys["refresh_token"]}, token=False)
    return client.answer


@pytest.mark.parametrize(("position", "code"), [("voided", "IllegalRefreshToken"), ("lives", "0")])
def test_the_old_refresh_token(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.old_refresh_token": position})
    assert refreshed(client)["code"] == "0"
    assert refreshed(client)["code"] == code


@pytest.mark.parametrize(("position", "code"), [("voided", "IllegalAccessToken"), ("lives", "0")])
def test_the_old_access_token(start: Start, position: str, code: str) -> None:
    client = start(switches={"lazada.old_access_token": position})
    fresh = refreshed(client)
    client.call("GET", "/seller/get")
    assert client.code == code
    client.keys["access_token"] = fresh["access_token"]
    client.get("/seller/get")


def test_a_refresh_does_not_extend_the_right_to_refresh(client: Client) -> None:
    client.clock.advance(40 * 86_400)
    fresh = refreshed(client)
    assert fresh["refresh_expires_in"] == 10 * 86_400
    assert isinstance(fresh["country_user_info_list"], list)
    client.keys["refresh_token"] = fresh["refresh_token"]
    client.clock.advance(10 * 86_400)
    assert refreshed(client)["code"] == "IllegalRefreshToken"


@pytest.mark.parametrize(("position", "kind"), [("list", list), ("object", dict)])
def test_the_shape_of_the_country_list(start: Start, position: str, kind: type) -> None:
    client = start(switches={"lazada.user_info": position})
    assert isinstance(refreshed(client)["country_user_info_list"], kind)


@pytest.mark.parametrize("position", ["IllegalAccessToken", "InvalidAccessToken"])
def test_the_code_of_a_dead_token(start: Start, position: str) -> None:
    client = start(switches={"lazada.token_code": position})
    client.clock.advance(864_001)
    client.call("GET", "/seller/get")
    assert client.code == position


def test_a_seller_who_takes_the_consent_back(client: Client) -> None:
    client.shop.control("POST", "deauthorise", {})
    client.call("GET", "/seller/get")
    assert client.code == "IllegalAccessToken"
    assert refreshed(client)["code"] == "IllegalRefreshToken"
    client.call("GET", "/auth/token/create", {"code": consented(client)}, token=False)
    client.keys["access_token"] = client.answer["access_token"]
    client.get("/seller/get")
