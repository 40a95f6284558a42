"""The signature by the vendor's vectors, and where parameters travel."""

from __future__ import annotations

import json

import pytest
import responses

from adapters.clock import ManualClock
from adapters.contract import Applied, AuthError, Cause, Deferred, Rejected, Transient
from adapters.lazada.signing import sign
from tests.adapters.lazada.shop import (
    HOST,
    LIST,
    SECRET,
    START,
    STOCKS,
    TOKEN,
    Grants,
    adapter,
    asked,
    bad,
    ok,
    page,
    put,
    stock,
)
from tests.vectors import LAZADA, LAZADA_SECRET


@pytest.mark.parametrize(("path", "parameters", "expected"), LAZADA)
def test_the_vectors_of_the_facts(path: str, parameters: dict[str, str], expected: str) -> None:
    assert sign(LAZADA_SECRET, path, parameters) == expected


def test_sign_itself_takes_no_part() -> None:
    path, parameters, expected = LAZADA[0]
    assert sign(LAZADA_SECRET, path, {**parameters, "sign": "x"}) == expected


def test_a_write_travels_in_the_form_and_a_read_in_the_address() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=ok())
        wire.get(LIST, json=page())
        assert put(shop, stock()) == Applied()
        list(shop.observe())
        write, read = wire.calls[0].request, wire.calls[1].request
        assert write.url == STOCKS
        assert str(write.headers["Content-Type"]).startswith("application/x-www-form-urlencoded")
        assert "filter=all" in str(read.url)
        for at, path in ((0, "/product/stock/sellable/update"), (1, "/products/get")):
            said = asked(wire, at)
            assert abs(int(said["timestamp"]) - START.timestamp() * 1000) < 1000  # milliseconds
            assert (said["access_token"], said["sign_method"]) == (TOKEN, "sha256")
            assert said["sign"] == sign(SECRET, path, said)


@pytest.mark.parametrize("code", ["IllegalAccessToken", "InvalidAccessToken"])
def test_a_dead_token_is_renewed_once_and_even_a_stock_said_again(code: str) -> None:
    grants = Grants()
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad(code, "The specified access token is invalid or expired"))
        wire.post(STOCKS, json=ok())
        assert put(adapter(grants=grants), stock()) == Applied()
        assert asked(wire, 1)["access_token"] == "renewed-token-1"
    assert grants.renewals == 1


def test_a_second_dead_token_is_for_a_person() -> None:
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad("IllegalAccessToken", "dead"))
        wire.post(STOCKS, json=bad("IllegalAccessToken", "dead"))
        outcome = put(adapter(), stock())
        assert isinstance(outcome, Rejected)
        assert outcome.cause is Cause.auth


def test_a_wrong_signature_is_never_said_again() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=bad("IncompleteSignature", "The request signature does not conform"))
        with pytest.raises(AuthError):
            list(adapter().observe())
        assert len(wire.calls) == 1


@pytest.mark.parametrize("code", ["IllegalTimestamp", "InvalidTimestamp"])
def test_while_the_clock_is_off_nothing_is_signed(code: str) -> None:
    shop = adapter(ManualClock(START))
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad(code, "timestamp"), headers={"Date": "Tue, 01 Sep 2026 06:00:00 GMT"})
        outcome = put(shop, stock())
        assert isinstance(outcome, Deferred)
        assert outcome.cause is Cause.clock
        with pytest.raises(Transient):
            list(shop.observe())
        assert len(wire.calls) == 1


def test_a_clock_that_was_set_right_is_noticed_without_a_signature() -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad("IllegalTimestamp"), headers={"Date": "Tue, 01 Sep 2026 06:00:00 GMT"})
        wire.get(f"{HOST}/", status=404, headers={"Date": "Tue, 01 Sep 2026 03:00:31 GMT"})
        wire.post(STOCKS, json=ok())
        put(shop, stock())
        clock.advance(31)
        assert put(shop, stock()) == Applied()
        assert "sign" not in str(wire.calls[1].request.url)


def test_no_secret_in_what_is_said() -> None:
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad("9999", f"token {TOKEN} of {SECRET} is odd"))
        said = repr(put(adapter(), stock()))
        assert TOKEN not in said
        assert SECRET not in said
        assert "sign=" not in said
        assert json.dumps(asked(wire)).count(SECRET) == 0
