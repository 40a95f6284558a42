"""A shop owner's consent, and tokens (section 4): unsigned GETs, absolute expiries, a new pair each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from adapters.clock import ManualClock
from adapters.contract import AuthError, Cause, Grant, Transient
from tests.adapters.tiktokshop.shop import HOST, KEY, REFRESH, SECRET, SHOP, SHOPS, START, TOKEN, adapter, bad, ok, url

EXCHANGE, RENEW = url("/api/v2/token/get"), url("/api/v2/token/refresh")
OLD = Grant(SHOP, TOKEN, REFRESH)
PAIR: dict[str, Any] = {
    "access_token": "TTP_example-0002", "access_token_expire_in": 1790000000, "refresh_token": "TTPR_example-0002",
    "refresh_token_expire_in": 1820000000, "open_id": "exampleOpenId", "seller_name": "Toko Contoh",
    "seller_base_region": "ID", "user_type": 0, "granted_scopes": ["seller.product.basic"],
}  # fmt: skip


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def test_the_link_names_the_service() -> None:
    said = adapter(service_id="7172").begin()
    assert said.link.startswith(f"{HOST}/open/authorize?")
    assert query_of(said.link)["service_id"] == "7172"
    assert said.expires_at == START + timedelta(minutes=30)


def test_without_a_service_id_the_older_link_is_given() -> None:
    link = adapter().begin().link
    assert link.startswith(f"{HOST}/oauth/authorize?")
    assert query_of(link)["app_key"] == KEY


def test_a_code_is_traded_for_every_shop_of_the_consent() -> None:
    shop = adapter()
    state = query_of(shop.begin().link)["state"]
    with responses.RequestsMock() as wire:
        wire.get(EXCHANGE, json=ok(PAIR))
        wire.get(SHOPS, json=ok({"shops": [{"id": SHOP, "cipher": "a"}, {"id": "7", "cipher": "b"}]}))
        grants = shop.finish({"code": "TTP_code", "state": state})
        asked = query_of(str(wire.calls[0].request.url))
        assert wire.calls[1].request.headers["x-tts-access-token"] == "TTP_example-0002"
    assert asked == {
        "app_key": KEY, "app_secret": SECRET, "auth_code": "TTP_code", "grant_type": "authorized_code",
    }  # fmt: skip
    assert [grant.shop_id for grant in grants] == [SHOP, "7"]
    # An expire_in is an instant, not a duration.
    assert grants[0].access_expires_at == datetime.fromtimestamp(1790000000, UTC)
    assert grants[0].refresh_expires_at == datetime.fromtimestamp(1820000000, UTC)


@pytest.mark.parametrize(
    ("callback", "code"),
    [({}, "invalid_code"), ({"code": "x", "state": "1790000000.forged"}, "invalid_state"), ({"code": "x", "state": "ü"},
     "invalid_state"), ({"code": "x"}, "invalid_state")],
)  # fmt: skip
def test_an_address_that_is_not_of_our_link_is_refused(callback: dict[str, str], code: str) -> None:
    with responses.RequestsMock(), pytest.raises(AuthError) as caught:
        adapter().finish(callback)
    assert caught.value.code == code


def test_a_link_dies() -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    state = query_of(shop.begin().link)["state"]
    clock.advance(1801)
    with responses.RequestsMock(), pytest.raises(AuthError) as caught:
        shop.finish({"code": "x", "state": state})
    assert caught.value.code == "link_expired"


def test_a_spent_code_is_for_a_person() -> None:
    shop = adapter()
    state = query_of(shop.begin().link)["state"]
    with responses.RequestsMock() as wire:
        wire.get(EXCHANGE, json=bad(36004004, "auth code x-secret-code is invalid"))
        with pytest.raises(AuthError) as caught:
            shop.finish({"code": "x-secret-code", "state": state})
    assert caught.value.cause is Cause.auth
    assert "x-secret-code" not in str(caught.value)


def test_a_consent_without_a_shop_is_refused() -> None:
    shop = adapter()
    state = query_of(shop.begin().link)["state"]
    with responses.RequestsMock() as wire:
        wire.get(EXCHANGE, json=ok(PAIR))
        wire.get(SHOPS, json=ok({"shops": []}))
        with pytest.raises(AuthError):
            shop.finish({"code": "x", "state": state})


def test_a_refresh_gives_a_new_pair() -> None:
    with responses.RequestsMock() as wire:
        wire.get(RENEW, json=ok(PAIR))
        fresh = adapter().refresh(OLD)
        asked = query_of(str(wire.calls[0].request.url))
    assert (fresh.shop_id, fresh.access_token, fresh.refresh_token) == (SHOP, "TTP_example-0002", "TTPR_example-0002")
    assert asked == {
        "app_key": KEY, "app_secret": SECRET, "refresh_token": REFRESH, "grant_type": "refresh_token",
    }  # fmt: skip


def test_a_number_of_seconds_is_not_taken_for_an_instant() -> None:
    with responses.RequestsMock() as wire:
        wire.get(RENEW, json=ok({**PAIR, "access_token_expire_in": 604800}))
        assert adapter().refresh(OLD).access_expires_at == START + timedelta(days=7)


@pytest.mark.parametrize(
    "answer",
    [{"body": requests.ReadTimeout("lost")}, {"status": 503, "body": ""}, {"body": "not json"},
     {"json": ok({"access_token": "x"})}, {"json": bad(36009003)}],
)  # fmt: skip
def test_a_lost_refresh_may_be_tried_again(answer: dict[str, Any]) -> None:
    with responses.RequestsMock() as wire:
        wire.get(RENEW, **answer)
        with pytest.raises(Transient) as caught:
            adapter().refresh(OLD)
        assert len(wire.calls) == 1
    assert REFRESH not in repr(caught.value)


@pytest.mark.parametrize("code", [36004001, 36004005, 777, 106001])
def test_a_refused_refresh_needs_a_person(code: int) -> None:
    with responses.RequestsMock() as wire:
        wire.get(RENEW, json=bad(code, f"no {REFRESH}"))
        with pytest.raises(AuthError) as caught:
            adapter().refresh(OLD)
    assert REFRESH not in str(caught.value)
