"""Credentials, envelopes and secrets on the wire; payloads as in the facts, section 7."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import responses

from adapters.bukalapak.client import ACCOUNTS, API, ShopAccess, basic, local, open_envelope, whole
from adapters.clock import ManualClock
from adapters.contract import (
    Applied,
    AuthError,
    Cause,
    Deferred,
    Facet,
    Limits,
    Price,
    Rate,
    Rejected,
    Transient,
    Unknown,
)
from adapters.redaction import redact
from adapters.transport import Answer, Request
from tests.adapters.bukalapak.shop import (
    ACCESS,
    BASIC,
    CLIENT_SECRET,
    EDIT,
    PATCH,
    PRODUCTS,
    REFRESH,
    SHOP,
    START,
    TOKEN,
    USER,
    Grants,
    adapter,
    listing_change,
    offer_change,
    ok,
    put,
    row,
    sent,
    url,
    v4,
    v4_bad,
)

STOCK = offer_change(Facet.stock, "KP-1", 7, 3)


def answer(status: int, body: Any) -> Answer:
    return Answer(status, body, "", "yes")


def test_the_basic_pair_of_the_facts() -> None:
    assert basic(USER, TOKEN) == BASIC


def test_v2_is_called_with_basic_and_v4_with_bearer() -> None:
    with responses.RequestsMock() as wire:
        wire.put(url("/v2/products/a1b2c3/sold.json"), json=ok())
        wire.patch(PATCH, json=v4())
        assert put(adapter(), listing_change(Facet.visibility, True, False)) == Applied()
        assert put(adapter(), STOCK) == Applied()
        assert wire.calls[0].request.headers["Authorization"] == BASIC
        assert wire.calls[1].request.headers["Authorization"] == f"Bearer {ACCESS}"
        assert "access_token" not in str(wire.calls[1].request.url)
        assert sent(wire, 1) == {"stock": 3}


def test_the_two_live_hosts_are_apart_and_one_address_replaces_both() -> None:
    live = ShopAccess(SHOP, USER, TOKEN)
    assert (live.base, live.accounts) == (API, ACCOUNTS)
    near = ShopAccess(SHOP, USER, TOKEN, url="http://127.0.0.1:9/")
    assert (near.base, near.accounts) == ("http://127.0.0.1:9", "http://127.0.0.1:9")


# --- envelopes


def test_the_create_answer_of_the_facts() -> None:
    product = {"id": "a1b2c3", "name": "Kaos Polos", "price": 150000, "stock": 7, "weight": 250, "condition": "new"}
    body = {"status": "OK", "id": "a1b2c3", "product_detail": product, "message": "…"}
    reply = open_envelope("create_product", answer(200, body))
    assert reply.ok
    assert reply.get("id") == "a1b2c3"


def test_the_v2_error_of_the_facts_comes_with_http_200() -> None:
    body = {"status": "ERROR", "id": None, "message": "Nama barang harus diisi"}
    reply = open_envelope("create_product", answer(200, body))
    assert (reply.ok, reply.code, reply.cause) == (False, "ERROR", Cause.rejected)
    assert reply.text == "Nama barang harus diisi"


def test_v2_decides_by_its_status_whatever_http_says() -> None:
    assert open_envelope("sold", answer(500, ok())).ok
    assert not open_envelope("sold", answer(200, {"message": "?"})).ok


@pytest.mark.parametrize("message", ["Failed to reject", "Gagal memperbarui barang"])
def test_an_ok_that_failed_is_not_believed(message: str) -> None:
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=ok() | {"message": message})
        outcome = put(adapter(), offer_change(Facet.price, "KP-1", Price(1), Price(4)))
    assert isinstance(outcome, Unknown)


def test_the_product_row_of_the_facts() -> None:
    reply = open_envelope("my_products", answer(200, v4([row()])))
    assert reply.ok
    assert (reply.total, reply.rows()[0]["id"]) == (1, "a1b2c3")


def test_the_v4_error_of_the_facts() -> None:
    body = {"errors": [{"code": 10001, "message": "You are not authorized"}], "meta": {"http_status": 401}}
    reply = open_envelope("me", answer(401, body))
    assert (reply.ok, reply.status, reply.code, reply.cause) == (False, 401, "10001", Cause.auth)


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (200, v4_bad(422, 0, "?"), Cause.rejected),  # the status hides in meta (facts, section 4.2)
        (200, v4_bad(503), Cause.transient),
        (422, v4(), Cause.rejected),
        (200, {"data": {}}, Cause.transient),  # no meta: nothing was said
        (200, {"data": {}, "meta": {"http_status": "200"}}, None),
    ],
)
def test_v4_needs_both_statuses(status: int, body: Any, cause: Cause | None) -> None:
    reply = open_envelope("update_sku", answer(status, body))
    assert (reply.ok, reply.cause) == (cause is None, cause)


def test_a_success_with_an_empty_list_of_errors_is_a_success() -> None:
    assert open_envelope("me", answer(200, {**v4(), "errors": []})).ok


def test_the_token_answer_of_the_facts() -> None:
    body = {"access_token": "sim-a", "token_type": "bearer", "scope": "public user store", "expires_in": 7200,
            "refresh_token": "sim-r", "created_at": 1735689600}  # fmt: skip
    assert open_envelope("token", answer(200, body)).ok
    assert not open_envelope("token", answer(200, {"token_type": "bearer"})).ok


def test_numbers_may_come_as_text() -> None:
    assert [whole(v) for v in (7, "7", "7.0", None, "", "?")] == [7, 7, 7, None, None, None]


def test_filters_are_in_local_time() -> None:
    assert local(START) == "2026-09-01T10:00:00+07:00"


# --- tokens


def test_a_refused_token_is_renewed_once_and_the_call_goes_through() -> None:
    grants = Grants()
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, status=401, json=v4_bad(401, 10001, "You are not authorized"))
        wire.patch(PATCH, json=v4())
        assert put(adapter(grants=grants), STOCK) == Applied()
        assert wire.calls[1].request.headers["Authorization"] == "Bearer renewed-token-1"
    assert grants.renewals == 1


def test_a_second_refusal_stops() -> None:
    grants = Grants()
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, json=v4_bad(401, 10001, "You are not authorized"))
        outcome = put(adapter(grants=grants), STOCK)
        assert len(wire.calls) == 2
    assert isinstance(outcome, Rejected)
    assert (outcome.cause, outcome.code, grants.renewals) == (Cause.auth, "10001", 1)


def test_a_grant_that_cannot_be_renewed_needs_a_person() -> None:
    with responses.RequestsMock() as wire:
        wire.get(PRODUCTS, status=401, json=v4_bad(401, 10001))
        with pytest.raises(AuthError):
            list(adapter(grants=Grants(renewable=False)).observe())


def test_a_wrong_basic_pair_is_not_renewed() -> None:
    grants = Grants()
    with responses.RequestsMock() as wire:
        wire.put(url("/v2/products/a1b2c3/sold.json"), status=403, json={"status": "ERROR", "message": "?"})
        outcome = put(adapter(grants=grants), listing_change(Facet.visibility, True, False))
    assert isinstance(outcome, Rejected)
    assert (outcome.cause, grants.renewals) == (Cause.auth, 0)


# --- the line


@pytest.mark.parametrize(
    ("status", "body"), [(500, "oops"), (503, ""), (200, "<html>"), (200, '{"data":{}'), (200, "{}"), (200, "[]")]
)
def test_a_stock_write_without_a_clear_answer_is_unknown_and_said_once(status: int, body: str) -> None:
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, status=status, body=body)
        outcome = put(adapter(), STOCK)
        assert len(wire.calls) == 1
    assert isinstance(outcome, Unknown)


def test_a_throttled_write_waits_as_long_as_it_was_told() -> None:
    clock = ManualClock(START)
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, status=429, headers={"Retry-After": "20"}, json=v4_bad(429))
        outcome = put(adapter(clock), STOCK)
    assert isinstance(outcome, Deferred)
    assert outcome.cause is Cause.throttled
    assert (outcome.until - START).total_seconds() >= 20


def test_a_line_that_never_stood_defers_and_a_lost_answer_does_not() -> None:
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, body=requests.ConnectTimeout())
        assert isinstance(put(adapter(), STOCK), Deferred)
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, body=requests.ConnectionError("reset"))
        assert isinstance(put(adapter(), STOCK), Unknown)


def test_calls_are_spaced() -> None:
    clock = ManualClock(START)
    shop = adapter(clock, limits=Limits(rates=(Rate("shop", 1, 1.0),)))
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, json=v4())
        for _ in range(3):
            put(shop, STOCK)
    assert clock.monotonic() >= 2.0


# --- secrets


def test_no_secret_is_said(caplog: pytest.LogCaptureFixture) -> None:
    leak = f"token={TOKEN} {BASIC} Bearer {ACCESS} refresh_token: {REFRESH} client_secret={CLIENT_SECRET}"
    said = []
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, status=422, json=v4_bad(422, 1, leak))
        wire.put(EDIT, json={"status": "ERROR", "message": leak})
        wire.get(PRODUCTS, status=400, json=v4_bad(400, 1, leak))
        said.append(repr(put(adapter(), STOCK)))
        said.append(repr(put(adapter(), offer_change(Facet.price, "KP-1", Price(1), Price(2)))))
        with pytest.raises(Exception, match="client_secret") as caught:
            list(adapter().observe())
    said += [repr(caught.value), str(caught.value), caplog.text]
    for secret in (TOKEN, BASIC.removeprefix("Basic "), ACCESS, REFRESH, CLIENT_SECRET):
        assert not [text for text in said if secret in text], secret


def test_the_names_of_the_new_secrets_are_known() -> None:
    text = 'client_secret="abcdef" token=abcdef user_id: 1000001 Authorization: Basic QUJDREVGRw== Bearer abcdefgh-1'
    shown = redact(text)
    assert not [word for word in ("abcdef", "1000001", "QUJDREVGRw", "abcdefgh") if word in shown]
    assert redact("token_type bearer, invalid token") == "token_type bearer, invalid token"


def test_a_request_never_shows_its_headers() -> None:
    request = Request("GET", "http://127.0.0.1:9", (), headers=(("Authorization", BASIC),))
    assert BASIC not in repr(request)
    access = ShopAccess(SHOP, "user-9", TOKEN, "client", CLIENT_SECRET)
    assert not [word for word in ("user-9", TOKEN, CLIENT_SECRET) if word in repr(access)]


def test_an_incomplete_list_is_no_answer() -> None:
    with responses.RequestsMock() as wire:
        wire.get(PRODUCTS, json=v4([], total=3))
        with pytest.raises(Transient):
            list(adapter().observe())
        assert len(wire.calls) == 3
