"""A shop owner's consent, and tokens that live once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from adapters.bukalapak import Bukalapak
from adapters.clock import ManualClock
from adapters.contract import Access, Applied, AuthError, Cause, Facet, Grant, Transient
from tests.adapters.bukalapak.shop import (
    ACCESS,
    CLIENT_SECRET,
    HOST,
    PATCH,
    REFRESH,
    SECRETS,
    SHOP,
    START,
    adapter,
    offer_change,
    put,
    sent,
    url,
    v4,
    v4_bad,
)

TOKENS = url("/oauth/token")
OLD = Grant(SHOP, ACCESS, REFRESH)
PAIR = {"access_token": "sim-a", "token_type": "bearer", "scope": "public user store", "expires_in": 7200,
        "refresh_token": "sim-r", "created_at": 1735689600}  # fmt: skip


def asked(shop: Bukalapak) -> dict[str, str]:
    """What the link of a consent says."""
    return {key: values[0] for key, values in parse_qs(urlsplit(shop.begin().link).query).items()}


def test_the_link_names_the_app_and_carries_a_state() -> None:
    shop = adapter()
    instructions = shop.begin()
    said = asked(shop)
    assert instructions.link.startswith(f"{HOST}/oauth/authorize?")
    assert instructions.expires_at == START + timedelta(minutes=15)
    assert (said["response_type"], said["client_id"], said["scope"]) == ("code", "test-client", "public user store")
    assert said["redirect_uri"] == "https://example.invalid/back"
    assert said["state"]
    assert CLIENT_SECRET not in instructions.link


def test_the_live_link_goes_to_the_accounts_host() -> None:
    shop = adapter(access=Access(SHOP, None, SECRETS))
    assert shop.begin().link.startswith("https://accounts.bukalapak.com/oauth/authorize?")


def test_a_code_is_traded_for_the_grant_of_the_facts() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(TOKENS, json=PAIR)
        [grant] = shop.finish({"code": "the-code-1", "state": asked(shop)["state"]})
        assert sent(wire) == {
            "grant_type": "authorization_code", "code": "the-code-1", "redirect_uri": "https://example.invalid/back",
            "client_id": "test-client", "client_secret": CLIENT_SECRET,
        }  # fmt: skip
        assert "Authorization" not in wire.calls[0].request.headers
        assert "?" not in str(wire.calls[0].request.url), "no secret stands in an address"
    assert (grant.shop_id, grant.access_token, grant.refresh_token) == (SHOP, "sim-a", "sim-r")
    assert grant.access_expires_at == datetime(2025, 1, 1, 2, 0, tzinfo=UTC), "created_at + expires_in"


@pytest.mark.parametrize("case", ["no code", "no state", "other state", "other shop", "too late"])
def test_a_callback_that_is_not_ours_is_refused_before_anything_is_sent(case: str) -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    callback = {"code": "the-code-1", "state": asked(shop)["state"]}
    if case == "no code":
        callback.pop("code")
    elif case == "no state":
        callback.pop("state")
    elif case == "other state":
        callback["state"] = f"{int(START.timestamp()) + 60}.{'0' * 32}"
    elif case == "other shop":
        callback["state"] = asked(adapter(clock, access=Access("2", HOST, SECRETS)))["state"]
    else:
        clock.advance(901)
    with responses.RequestsMock() as wire, pytest.raises(AuthError):
        shop.finish(callback)
    assert len(wire.calls) == 0


def test_a_dead_code_needs_a_new_consent_and_is_not_shown() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(TOKENS, status=400, json={"error": "invalid_grant", "error_description": "the-code-1 has expired"})
        with pytest.raises(AuthError) as caught:
            shop.finish({"code": "the-code-1", "state": asked(shop)["state"]})
    assert (caught.value.cause, caught.value.code) == (Cause.auth, "invalid_grant")
    assert "the-code-1" not in str(caught.value)


def test_a_consent_needs_the_app() -> None:
    bare = adapter(access=Access(SHOP, HOST, {key: SECRETS[key] for key in ("user_id", "token")}))
    for attempt in (bare.begin, lambda: bare.finish({"code": "c", "state": "0.x"})):
        with pytest.raises(AuthError) as caught:
            attempt()
        assert caught.value.cause is Cause.config


# --- refresh


def test_a_refresh_brings_a_new_pair() -> None:
    with responses.RequestsMock() as wire:
        wire.post(TOKENS, json=PAIR | {"created_at": int(START.timestamp())})
        grant = adapter().refresh(OLD)
        assert (sent(wire)["grant_type"], sent(wire)["refresh_token"]) == ("refresh_token", REFRESH)
    assert (grant.access_token, grant.refresh_token) == ("sim-a", "sim-r")
    assert grant.access_expires_at == START + timedelta(hours=2)


@pytest.mark.parametrize(("more", "ends"), [({"created_at": None}, 7200), ({"expires_in": None}, None)])
def test_times_that_are_not_said(more: dict[str, Any], ends: int | None) -> None:
    with responses.RequestsMock() as wire:
        wire.post(TOKENS, json=PAIR | more)
        grant = adapter().refresh(OLD)
    assert grant.access_expires_at == (START + timedelta(seconds=ends) if ends else None)


@pytest.mark.parametrize(
    "answer",
    [
        {"body": requests.ConnectionError("reset")},
        {"status": 500, "json": {"error": "server_error"}},
        {"status": 503, "body": ""},
        {"status": 429, "json": {}},
        {"body": "<html>"},
        {"body": '{"access_token":"sim'},
        {"json": {"access_token": "sim-a"}},
    ],
)
def test_a_reply_that_was_lost_is_transient_and_not_repeated_here(answer: dict[str, Any]) -> None:
    with responses.RequestsMock() as wire:
        wire.post(TOKENS, **answer)
        with pytest.raises(Transient) as caught:
            adapter().refresh(OLD)
        assert len(wire.calls) <= (4 if answer.get("status") == 429 else 1), "only a refusal for speed is said again"
    assert REFRESH not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error", "cause"),
    [
        (400, "invalid_grant", Cause.auth),
        (401, "invalid_grant", Cause.auth),
        (401, "invalid_client", Cause.config),
        (400, "", Cause.auth),
        (404, "", Cause.auth),
    ],
)
def test_a_refusal_needs_a_person(status: int, error: str, cause: Cause) -> None:
    with responses.RequestsMock() as wire:
        wire.post(TOKENS, status=status, json={"error": error, "error_description": f"{REFRESH} is dead"})
        with pytest.raises(AuthError) as caught:
            adapter().refresh(OLD)
        assert len(wire.calls) == 1
    assert caught.value.cause is cause
    assert REFRESH not in str(caught.value)


class Shared:
    """A grant source as two workers share it: whoever comes late takes what the first one stored."""

    def __init__(self) -> None:
        self.current = OLD
        self.refreshes = 0
        self.shop: Bukalapak | None = None

    def grant(self) -> Grant:
        return OLD  # a worker that read the grant before the other one refreshed it

    def renew(self, stale: Grant) -> Grant:
        if self.current.access_token == stale.access_token:
            assert self.shop is not None
            self.refreshes += 1
            self.current = self.shop.refresh(self.current)
        return self.current


def test_two_workers_refresh_once() -> None:
    shared = Shared()
    shop = shared.shop = adapter(grants=shared)
    spent: list[str] = []

    def trade(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        token = json.loads(request.body or "{}")["refresh_token"]
        if token in spent:
            return 400, {}, json.dumps({"error": "invalid_grant"})
        spent.append(token)
        return 200, {}, json.dumps(PAIR)

    def patch(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        fresh = request.headers["Authorization"] == "Bearer sim-a"
        return (200, {}, json.dumps(v4())) if fresh else (401, {}, json.dumps(v4_bad(401, 10001)))

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.POST, TOKENS, trade)
        wire.add_callback(responses.PATCH, PATCH, patch)
        assert put(shop, offer_change(Facet.stock, "KP-1", 7, 3)) == Applied()
        assert put(shop, offer_change(Facet.stock, "KP-1", 3, 2)) == Applied()
    assert (shared.refreshes, spent) == (1, [REFRESH])


def test_a_spent_refresh_token_loses_the_account_and_says_so() -> None:
    shared = Shared()
    shop = shared.shop = adapter(grants=shared)
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, status=401, json=v4_bad(401, 10001))
        wire.post(TOKENS, status=400, json={"error": "invalid_grant"})
        [outcome] = shop.send(shop.calls([offer_change(Facet.stock, "KP-1", 7, 3)])[0])
    assert getattr(outcome, "cause", None) is Cause.auth
