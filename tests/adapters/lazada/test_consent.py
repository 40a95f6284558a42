"""Consent and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from adapters.clock import ManualClock
from adapters.contract import AuthError, Grant, Transient
from adapters.lazada import Lazada
from tests.adapters.lazada.shop import HOST, KEY, REFRESH, SHOP, START, TOKEN, adapter, asked, bad, lines, url

TRADE, RENEW = url("/auth/token/create"), url("/auth/token/refresh")
ONE_SHOP = [{"country": "id", "seller_id": SHOP, "user_id": "400100201", "short_code": "ID3EXAMPLE"}]
OLD = Grant(SHOP, TOKEN, REFRESH)


def pair(**changes: Any) -> dict[str, Any]:
    """A flat token answer, in the shape of the facts, section 3."""
    made: dict[str, Any] = {
        "access_token": "new-access-1", "refresh_token": "new-refresh-1", "expires_in": 864000,
        "refresh_expires_in": 4320000, "country": "id", "account": "toko@example.invalid", "account_id": None,
        "account_platform": "seller_center", "country_user_info": ONE_SHOP, "code": "0", "request_id": "0ba9",
    }  # fmt: skip
    return made | changes


def callback(shop: Lazada) -> dict[str, str]:
    """What comes back with the owner's consent."""
    query = dict(parse_qsl(urlsplit(shop.begin().link).query))
    return {"code": "0_100132_example", "state": query["state"]}


def test_the_link() -> None:
    instructions = adapter().begin()
    query = dict(parse_qsl(urlsplit(instructions.link).query))
    assert instructions.link.startswith(f"{HOST}/oauth/authorize?")
    assert query["client_id"] == KEY
    assert (query["response_type"], query["force_auth"]) == ("code", "true")
    assert query["redirect_uri"] == "https://example.invalid/back"
    assert instructions.expires_at == START + timedelta(minutes=30)


def test_a_code_becomes_a_grant() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(TRADE, json=pair())
        [grant] = shop.finish(callback(shop))
        assert lines(wire) == ["POST /auth/token/create"]
        said = asked(wire)
    assert (grant.shop_id, grant.access_token, grant.refresh_token) == (SHOP, "new-access-1", "new-refresh-1")
    assert grant.access_expires_at == START + timedelta(days=10)
    assert grant.refresh_expires_at == START + timedelta(days=50)
    assert said["code"] == "0_100132_example"
    assert "access_token" not in said


@pytest.mark.parametrize(
    ("infos", "shops"),
    [
        ({"country_user_info": {"id": {"seller_id": "1"}, "sg": {"seller_id": "2"}}}, ["1"]),
        ({"country_user_info": None, "country_user_info_list": ONE_SHOP}, [SHOP]),
        ({"country_user_info": [{"country": "sg", "seller_id": "2"}, *ONE_SHOP]}, [SHOP]),
        ({"country_user_info": []}, [SHOP]),
    ],
)
def test_the_shops_of_a_consent_in_every_spelling(infos: dict[str, Any], shops: list[str]) -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(TRADE, json=pair(**infos))
        assert [grant.shop_id for grant in shop.finish(callback(shop))] == shops


def test_a_foreign_or_late_callback_is_not_traded() -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    came = callback(shop)
    with responses.RequestsMock():
        for wrong in ({"code": "x"}, {"code": "x", "state": "9999999999.abc"}, {"code": "", "state": came["state"]}):
            with pytest.raises(AuthError):
                shop.finish(wrong)
        clock.advance(1801)
        with pytest.raises(AuthError):
            shop.finish(came)


def test_lifetimes_may_be_text() -> None:
    with responses.RequestsMock() as wire:
        wire.post(RENEW, json=pair(expires_in="864000", refresh_expires_in="4320000"))
        grant = adapter().refresh(OLD)
        assert grant.access_expires_at == START + timedelta(days=10)
        assert grant.refresh_expires_at == START + timedelta(days=50)
        assert asked(wire)["refresh_token"] == REFRESH


def test_a_token_that_cannot_be_refreshed_says_so() -> None:
    with responses.RequestsMock() as wire:
        wire.post(RENEW, json=pair(refresh_expires_in=0))
        grant = adapter().refresh(OLD)
        assert grant.refresh_token == ""
        assert grant.refresh_expires_at == grant.access_expires_at
        with pytest.raises(AuthError):
            adapter().refresh(grant)
        assert len(wire.calls) == 1


@pytest.mark.parametrize("code", ["IllegalRefreshToken", "AUTH_TYPE_UNSUPPORTED", "InvalidCode", "IncompleteSignature"])
def test_a_refusal_is_for_a_person(code: str) -> None:
    with responses.RequestsMock() as wire:
        wire.post(RENEW, json=bad(code, f"refused {REFRESH}"))
        with pytest.raises(AuthError) as raised:
            adapter().refresh(OLD)
        assert REFRESH not in str(raised.value)
        assert len(wire.calls) == 1


@pytest.mark.parametrize("body", [requests.ReadTimeout("lost"), "garbage"])
def test_a_lost_reply_is_transient_and_said_once(body: Any) -> None:
    with responses.RequestsMock() as wire:
        wire.post(RENEW, body=body)
        with pytest.raises(Transient):
            adapter().refresh(OLD)
        assert len(wire.calls) == 1


def test_an_answer_without_tokens_is_no_grant() -> None:
    with responses.RequestsMock() as wire:
        wire.post(RENEW, json=pair(refresh_token=None))
        with pytest.raises(Transient):
            adapter().refresh(OLD)
