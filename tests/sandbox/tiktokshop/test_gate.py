"""Signature, clock, tokens, consent, scopes, envelopes and limits (facts, sections 2 to 6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.sandbox.tiktokshop.gate import signature
from adapters.sandbox.tiktokshop.webhooks import signature as webhook_signature
from tests.sandbox.tiktokshop.client import WAREHOUSE, Client, sign
from tests.sandbox.tiktokshop.conftest import Start
from tests.vectors import TIKTOK, TIKTOK_PUSH, TIKTOK_SECRET

SHOPS = "/authorization/202309/shops"
HOUSES = "/logistics/202309/warehouses"


@pytest.mark.parametrize(("path", "query", "body", "expected"), TIKTOK)
def test_signatures_are_those_of_the_facts(
    path: str, query: tuple[tuple[str, str], ...], body: bytes, expected: str
) -> None:
    sent = {name: [value] for name, value in (*query, ("sign", "x"), ("access_token", "y"))}
    assert signature(TIKTOK_SECRET, path, sent, body) == expected
    assert sign(TIKTOK_SECRET, path, dict(query), body) == expected


def test_the_webhook_signature_is_that_of_the_facts() -> None:
    key, body, expected = TIKTOK_PUSH
    assert webhook_signature(key, TIKTOK_SECRET, body) == expected


def test_the_bytes_that_are_signed_are_the_bytes_that_are_sent(client: Client) -> None:
    spaced = b'{"status": "ALL"}'
    assert client.good("POST", "/product/202502/products/search", raw=spaced)["products"] == []
    signed_otherwise = sign(
        client.keys["app_secret"], "/product/202502/products/search", client.query("/product"), b'{"status":"ALL"}'
    )
    client.call("POST", "/product/202502/products/search", raw=spaced, sign=signed_otherwise)
    assert (client.status, client.code) == (401, 106001)


@pytest.mark.parametrize(
    ("ahead", "code"), [(0, 0), (-300, 0), (-301, 36009004), (30, 0), (31, 36009004), (10**9, 36009004)]
)
def test_the_clock_is_tight_on_the_fast_side(client: Client, ahead: int, code: int) -> None:
    client.call("GET", SHOPS, stamp=int(client.clock.now().timestamp()) + ahead)
    assert client.code == code
    assert client.status == (200 if code == 0 else 400)
    assert code == 0 or "timestamp" in client.answer["message"]


@pytest.mark.parametrize("stamp", ["", "1795489200000", "17x5489200", "-795489200"])
def test_a_timestamp_is_ten_digits_of_seconds(client: Client, stamp: str) -> None:
    client.call("GET", SHOPS, timestamp=stamp)
    assert client.code == 36009004


def test_the_gate_names_what_is_wrong(client: Client) -> None:
    def code(path: str = HOUSES, method: str = "GET", **options: Any) -> tuple[int, int]:
        client.call(method, path, **options)
        return client.status, client.code

    assert code(app_key="other") == (400, 36009004)
    assert code(sign="0" * 64) == (401, 106001)
    assert code(headers={"x-tts-access-token": None}) == (401, 1010000)
    assert code(headers={"x-tts-access-token": "TTP_never"}) == (400, 36009004)
    assert code(drop=("shop_cipher",)) == (400, 106013)
    assert code(shop_cipher="ROW_other") == (401, 101000)
    assert code("/product/202309/nothing") == (404, 36009009)
    assert code("/product/202309/products/inventory/update", "POST") == (404, 36009009), "trap 6"
    assert code("/product/202309/products/inventory/update/x/y", "POST") == (404, 36009009)


def test_a_wrong_method_is_told(client: Client) -> None:
    client.call("PATCH", "/product/202309/products/activate", {"product_ids": ["1"]})
    assert (client.status, client.code) == (405, 36009010)
    client.call("POST", "/product/202309/products/1/partial_edits", {})
    assert client.code == 36009009


def test_a_scope_that_is_missing_is_not_a_dead_token(client: Client) -> None:
    client.shop.control("PUT", "settings", {"scopes": ["seller.product.basic"]})
    client.call("POST", "/order/202309/orders/search", {})
    assert (client.status, client.code) == (401, 105005)
    assert client.good("POST", "/product/202502/products/search", {})["products"] == []
    client.shop.control("PUT", "settings", {"disabled": True})
    client.call("POST", "/product/202502/products/search", {})
    assert client.code == 36009043


def test_the_cipher_comes_from_authorized_shops_alone(client: Client) -> None:
    shop = client.good("GET", SHOPS)["shops"][0]
    assert (shop["cipher"], shop["region"]) == (client.keys["shop_cipher"], "ID")
    assert "cipher" not in client.good("GET", "/seller/202309/shops")["shops"][0]
    assert client.good("GET", "/seller/202309/permissions") == {"permissions": []}


# --- tokens ----------------------------------------------------------------------------------------------------------


def consented(client: Client, **more: str) -> str:
    """The code that the consent page gives out."""
    reply = client.session.get(client.shop.auth_url, params=more, allow_redirects=False, timeout=20)
    assert reply.status_code == 302
    return parse_qs(urlsplit(reply.headers["Location"]).query)["code"][0]


def test_consent_answers_with_the_redirect_and_its_code_works_once(client: Client) -> None:
    reply = client.session.get(client.shop.auth_url, params={"state": "s1"}, allow_redirects=False, timeout=20)
    query = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert (query["state"], query["app_key"]) == (["s1"], [client.keys["app_key"]])
    found = client.token_call("get", auth_code=query["code"][0])
    now = int(client.clock.now().timestamp())
    assert found["access_token_expire_in"] == now + 7 * 86_400, "a moment, not a duration"
    assert found["refresh_token_expire_in"] > found["access_token_expire_in"]
    assert (found["seller_base_region"], found["user_type"]) == ("ID", 0)
    client.token = found["access_token"]
    assert client.good("GET", SHOPS)["shops"]
    client.token_call("get", auth_code=query["code"][0])
    assert (client.status, client.code) == (200, 36004004), "trap 14"
    late = consented(client)
    client.clock.advance(1801)
    client.token_call("get", auth_code=late)
    assert client.code == 36004004


def test_the_older_consent_form_works_too(client: Client) -> None:
    def asked(path: str, **query: str) -> int:
        url = f"{client.shop.url}{path}"
        return client.session.get(url, params=query, allow_redirects=False, timeout=20).status_code

    assert asked("/oauth/authorize", app_key=client.keys["app_key"], state="x") == 302
    assert asked("/oauth/authorize", app_key="other") == 400
    assert asked("/open/authorize", service_id="other") == 400


@pytest.mark.parametrize("old", ["voided", "lives"])
def test_a_refresh_gives_both_tokens_anew(start: Start, old: str) -> None:
    client = start(switches={"tiktokshop.old_refresh_token": old, "tiktokshop.old_access_token": old})
    before, spent = client.token, client.keys["refresh_token"]
    fresh = client.token_call("refresh", refresh_token=spent)
    assert fresh["access_token"] != before
    assert fresh["refresh_token"] != spent
    client.call("GET", SHOPS)
    assert (client.status, client.code) == ((401, 105002) if old == "voided" else (200, 0))
    client.token_call("refresh", refresh_token=spent)
    assert (client.status, client.code) == (200, 36004005 if old == "voided" else 0)
    client.token = fresh["access_token"]
    client.good("GET", SHOPS)


def test_tokens_end(client: Client) -> None:
    client.clock.advance(7 * 86_400 + 1)
    client.call("GET", SHOPS)
    assert client.code == 105002
    client.clock.advance(365 * 86_400)
    client.token_call("refresh", refresh_token=client.keys["refresh_token"])
    assert client.code == 36004001


def test_a_withdrawn_consent_needs_a_new_one(client: Client) -> None:
    client.shop.control("POST", "deauthorise", {})
    client.call("GET", SHOPS)
    assert client.code == 105002
    client.token_call("refresh", refresh_token=client.keys["refresh_token"])
    assert client.code == 36004005
    client.token = client.token_call("get", auth_code=consented(client))["access_token"]
    client.good("GET", SHOPS)


def test_token_calls_want_the_secret_and_the_grant_type(client: Client) -> None:
    refresh = client.keys["refresh_token"]
    client.token_call("refresh", refresh_token=refresh, app_secret="other")
    assert client.code == 36009004
    client.token_call("refresh", refresh_token=refresh, grant_type="authorized_code")
    assert client.code == 36009004
    reply = client.session.post(f"{client.shop.url}/api/v2/token/refresh", timeout=20)
    assert reply.json()["code"] == 36009010


# --- envelopes and limits --------------------------------------------------------------------------------------------


def test_the_envelope(client: Client) -> None:
    client.good("GET", SHOPS)
    assert client.answer.keys() == {"code", "message", "request_id", "data"}
    first = client.answer["request_id"]
    client.good("GET", SHOPS)
    assert client.answer["request_id"] != first


@pytest.mark.parametrize("status", ["200", "400"])
def test_a_refused_product_call_has_an_open_status(start: Start, status: str) -> None:
    client = start(switches={"tiktokshop.error_status": status})
    client.call("GET", "/product/202309/products/1")
    assert (client.status, client.code) == (int(status), 12052260)


@pytest.mark.parametrize("data", ["missing", "null"])
def test_the_field_data_of_a_refusal_is_open(start: Start, data: str) -> None:
    client = start(switches={"tiktokshop.error_data": data})
    client.call("GET", "/product/202309/products/1")
    assert ("data" in client.answer) is (data == "null")
    assert client.answer.get("data") is None


@pytest.mark.parametrize("position", ["absent", "present"])
def test_a_throttle_is_429_with_or_without_a_time(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.retry_after": position})
    client.faulty("throttle")
    client.call("GET", SHOPS)
    assert (client.status, client.code) == (429, 36009002)
    assert ("Retry-After" in client.headers) is (position == "present")
    assert client.shop.calls()["throttled"] == 1


def test_the_hidden_limit_moves_and_is_each_kinds_own(start: Start) -> None:
    client = start(hidden=8)
    most = set()
    for _ in range(12):
        fits = 0
        while True:
            client.call("GET", HOUSES)
            if client.code:
                break
            fits += 1
        assert (client.status, client.code) == (429, 36009002)
        client.good("GET", SHOPS)
        most.add(fits)
        client.clock.advance(60)
    assert len(most) > 1
    assert min(most) >= 4
    assert max(most) <= 8


@pytest.mark.parametrize(("cap", "fits"), [("none", 130), ("1000", 130), ("100", 100)])
def test_a_development_shop_has_a_cap_an_hour(start: Start, cap: str, fits: int) -> None:
    client = start(switches={"tiktokshop.hourly_cap": cap})
    client.keys = dict(client.keys)
    codes = []
    for _ in range(130):
        client.call("GET", SHOPS)
        codes.append(client.code)
    assert codes.count(0) == fits
    client.clock.advance(3601)
    client.good("GET", SHOPS)


def test_the_thousandth_call_of_an_hour(start: Start) -> None:
    client = start(switches={"tiktokshop.hourly_cap": "1000"})
    for _ in range(1000):
        client.good("GET", SHOPS)
    client.call("GET", SHOPS)
    assert client.code == 36009002


def test_fast_limits_allow_sixty_calls_a_second(start: Start) -> None:
    client = start(limits="fast")
    for _ in range(60):
        client.good("GET", SHOPS)
    client.call("GET", SHOPS)
    assert client.code == 36009002


@pytest.mark.parametrize("position", ["refused", "ignored"])
def test_unknown_fields(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.unknown_fields": position})
    body = client.body()
    body["skus"][0]["colour"] = "red"
    client.call("POST", "/product/202309/products", body)
    assert client.code == (36009004 if position == "refused" else 0)
    client.call("GET", "/product/202309/categories", category_version="v2", anything="x")
    assert client.code == (36009004 if position == "refused" else 0)


def test_amounts_are_strings_and_quantities_numbers(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    path = f"/product/202309/products/{number}"
    amounts: list[Any] = [85000, 85000.0, None, ["85000"]]
    quantities: list[Any] = ["7", 7.0, True, None]
    for bad in amounts:
        client.call(
            "POST", f"{path}/prices/update", {"skus": [{"id": sku, "price": {"amount": bad, "currency": "IDR"}}]}
        )
        assert client.code in (36009004, 12052073), "trap 7"
    for bad in quantities:
        rows = [{"id": sku, "inventory": [{"warehouse_id": WAREHOUSE, "quantity": bad}]}]
        client.call("POST", f"{path}/inventory/update", {"skus": rows})
        assert client.code == 36009004
    client.call("POST", f"{path}/inventory/update", {"skus": [{"id": int(sku), "inventory": []}]})
    assert client.code == 36009004
    assert client.offer()["stock"] == 12


def test_bodies_that_are_none(client: Client) -> None:
    for raw in (b"[]", b"{", b"null", b'"x"', b"[" * 5000):
        client.call("POST", "/product/202309/products", raw=raw)
        assert client.code == 36009004
    client.call("GET", SHOPS, raw=b'{"x":1}')
    assert client.code == 36009004
    client.good("GET", SHOPS, raw=b"{}")
    client.call("POST", "/product/202309/products", raw=b"{}", headers={"content-type": "text/plain"})
    assert client.code == 36009004
