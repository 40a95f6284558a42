"""Two credentials at once: v2's Basic, v4's Bearer, four encodings of the token call, a refresh that loses the account
(facts, sections 3.1, 4.1, 7)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.bukalapak.client import Client, basic
from tests.sandbox.bukalapak.conftest import Begin

# --- v2 --------------------------------------------------------------------------------------------------------------


def test_the_basic_vector_of_the_sheet(shop: Client) -> None:
    assert basic("1000001", "simtoken") == "Basic MTAwMDAwMTpzaW10b2tlbg=="
    shop.shop.market.here.shop.token = "simtoken"  # type: ignore[attr-defined]
    vector = {"Authorization": "Basic MTAwMDAwMTpzaW10b2tlbg=="}
    assert shop.raw("GET", "/v2/products/mylapak.json", headers=vector).json()["status"] == "OK"


@pytest.mark.parametrize("wrong", ["", "Basic", "Basic ???", "Basic /w==", "Bearer x", basic("1000001", "no")])
def test_v2_answers_403_to_bad_credentials(shop: Client, wrong: str) -> None:
    shop.v2("GET", "products/mylapak.json", headers={"Authorization": wrong})
    assert (shop.status, shop.answer["status"]) == (403, "ERROR")


@pytest.mark.parametrize(("position", "status"), [("200", 200), ("403", 403)])
def test_a_login_gives_the_token_of_v2(begin: Begin, position: str, status: int) -> None:
    shop = begin(**{"v2_bad_login": position})  # the switch "bukalapak.v2_bad_login"
    login = {"Authorization": basic("toko_contoh", "kata-sandi-contoh")}
    found = shop.v2("POST", "authenticate.json", headers=login)
    assert (shop.ok, str(found["user_id"]), found["token"]) == (True, shop.user, shop.token)
    assert {"user_name", "confirmed", "email", "omnikey", "message"} <= set(found)
    shop.v2("POST", "authenticate.json", headers={"Authorization": basic("toko_contoh", "no")})
    assert (shop.status, shop.ok) == (status, False)


def test_each_generation_wants_its_own_credential(shop: Client) -> None:
    shop.v4("GET", "/me", headers={"Authorization": basic(shop.user, shop.token)})
    assert shop.status == 401
    shop.v2("GET", "products/mylapak.json", headers={"Authorization": f"Bearer {shop.access}"})
    assert shop.status == 403


# --- v4 --------------------------------------------------------------------------------------------------------------


def test_the_one_error_that_a_source_shows(shop: Client) -> None:
    shop.access = "wrong"
    shop.v4("GET", "/me")
    assert shop.status == 401
    body = {"errors": [{"code": 10001, "message": "You are not authorized"}], "meta": {"http_status": 401}}
    assert shop.answer == body


def test_the_token_may_stand_in_the_query(shop: Client) -> None:
    reply = shop.raw("GET", "/me", params={"access_token": shop.access})
    assert reply.json()["data"]["store"]["id"] == int(shop.shop.config_lines().shop_id)


@pytest.mark.parametrize(("position", "plain"), [("any", 200), ("partner", 403)])
def test_the_partners_user_agent(begin: Begin, position: str, plain: int) -> None:
    shop = begin(user_agent=position)  # the switch "bukalapak.user_agent"
    shop.v4("GET", "/me")
    assert shop.status == plain
    shop.v4("GET", "/me", headers={"User-Agent": "Bukalapak/TUA(Partner;contoh;+https://www.bukalapak.com)"})
    assert shop.status == 200


# --- the accounts host -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["form", "multipart", "query", "json"])
def test_four_encodings_of_the_token_call(shop: Client, encoding: str) -> None:
    code = shop.consented()["code"]
    found = shop.grant(encoding, grant_type="authorization_code", code=code, **shop.app)
    assert (shop.status, found["token_type"], found["scope"]) == (200, "bearer", "public user store")
    assert found["created_at"] == int(shop.clock.now().timestamp())
    assert set(found) == {"access_token", "token_type", "scope", "expires_in", "refresh_token", "created_at"}
    again = shop.grant(encoding, grant_type="refresh_token", refresh_token=found["refresh_token"], **shop.app)
    assert again["refresh_token"] != found["refresh_token"]
    shop.access = again["access_token"]
    shop.v4("GET", "/me")
    assert shop.ok


def test_consent_carries_the_state_and_its_code_works_once(shop: Client) -> None:
    back = shop.consented("&state=abc")
    assert back["state"] == "abc"
    ask = {"grant_type": "authorization_code", "code": back["code"], **shop.app}
    assert "access_token" in shop.grant(**ask)
    assert shop.grant(**ask)["error"] == "invalid_grant"
    late = shop.consented()["code"]
    shop.clock.advance(601)
    assert shop.grant(grant_type="authorization_code", code=late, **shop.app)["error"] == "invalid_grant"


@pytest.mark.parametrize(("params", "error"), [
    ({"client_id": "x"}, "invalid_client"), ({"response_type": "token"}, "invalid_request"),
    ({"redirect_uri": ""}, "invalid_request"),
])  # fmt: skip
def test_a_consent_page_that_is_asked_wrongly(shop: Client, params: dict[str, str], error: str) -> None:
    right = {"client_id": shop.app["client_id"], "response_type": "code", "redirect_uri": "https://a.example/back"}
    reply = shop.raw("GET", "/oauth/authorize", params=right | params)
    assert reply.json()["error"] == error


def test_the_apps_own_token_opens_what_is_public(shop: Client) -> None:
    found = shop.grant(grant_type="client_credentials", scope="public", **shop.app)
    assert (found["scope"], "refresh_token" in found) == ("public", False)
    shop.access = found["access_token"]
    assert shop.v4("GET", "/categories")
    shop.v4("GET", "/me")
    assert shop.status == 403


def test_the_password_grant(shop: Client) -> None:
    login = {"username": "toko_contoh", "password": "kata-sandi-contoh"}
    assert "refresh_token" in shop.grant(grant_type="password", **login, **shop.app)
    assert shop.grant(grant_type="password", **{**login, "password": "no"}, **shop.app)["error"] == "invalid_grant"


@pytest.mark.parametrize(("params", "error"), [
    ({"grant_type": "magic"}, "unsupported_grant_type"), ({}, "unsupported_grant_type"),
    ({"grant_type": "authorization_code", "code": "x"}, "invalid_client"),
    ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, "invalid_client"),
])  # fmt: skip
def test_token_calls_that_fail(shop: Client, params: dict[str, str], error: str) -> None:
    assert shop.grant("json", **params)["error"] == error
    assert shop.status in (400, 401)


def test_a_token_call_with_a_body_that_is_none(shop: Client) -> None:
    headers = {"Content-Type": "application/json"}
    assert shop.took(shop.raw("POST", "/oauth/token", data="[", headers=headers))["error"] == "invalid_request"


def test_a_grant_of_the_app_is_refreshed_with_its_secret_only(shop: Client) -> None:
    configured = shop.shop.config_lines().secrets["refresh_token"]
    assert shop.refreshed(configured)["error"] == "invalid_client"
    assert "access_token" in shop.refreshed(configured, **shop.app)
    assert shop.refreshed(shop.refresh_token, client_id="x", client_secret="y")["error"] == "invalid_client"
    assert "access_token" in shop.refreshed(shop.refresh_token)


@pytest.mark.parametrize(("position", "left"), [("loses_account", 401), ("refused", 200)])
def test_a_refresh_race_loses_the_account(begin: Begin, position: str, left: int) -> None:
    shop = begin(refresh_replay=position)  # the switch "bukalapak.refresh_replay"
    winner = shop.refreshed(shop.refresh_token)
    assert shop.refreshed(shop.refresh_token)["error"] == "invalid_grant"
    shop.access = winner["access_token"]
    shop.v4("GET", "/me")
    assert shop.status == left
    later = shop.refreshed(winner["refresh_token"])
    assert later.get("error") == ("invalid_grant" if left == 401 else None)
    shop.access = shop.shop.config_lines().secrets["access_token"]  # another consent of the same seller
    shop.v4("GET", "/me")
    assert shop.ok


def test_a_lost_refresh_is_a_race_with_oneself(shop: Client) -> None:
    shop.shop.control("PUT", "faults", [{"operation": "*", "kind": "lose_refresh", "times": 1}])
    with pytest.raises(requests.ConnectionError):
        shop.refreshed(shop.refresh_token)
    assert shop.refreshed(shop.refresh_token)["error"] == "invalid_grant"


@pytest.mark.parametrize(("position", "status"), [("ends", 401), ("lives", 200)])
def test_the_old_access_token_after_a_refresh(begin: Begin, position: str, status: int) -> None:
    shop = begin(old_access=position)  # the switch "bukalapak.old_access"
    shop.refreshed(shop.refresh_token)
    shop.v4("GET", "/me")
    assert shop.status == status


def test_access_ends_when_the_answer_said(shop: Client) -> None:
    life = shop.refreshed(shop.refresh_token)["expires_in"]
    shop.access = shop.answer["access_token"]
    shop.clock.advance(life - 1)
    shop.v4("GET", "/me")
    assert shop.ok
    shop.clock.advance(2)
    shop.v4("GET", "/me")
    assert (shop.status, shop.code) == (401, 10001)


def test_deauthorise_kills_every_token(shop: Client) -> None:
    configured = shop.shop.config_lines().secrets["refresh_token"]
    code = shop.consented()["code"]
    shop.shop.control("POST", "deauthorise", {})
    shop.v4("GET", "/me")
    assert shop.status == 401
    shop.v2("GET", "products/mylapak.json")
    assert shop.status == 403
    for answer in (
        shop.refreshed(configured, **shop.app),
        shop.grant(grant_type="authorization_code", code=code, **shop.app),
    ):
        assert answer["error"] == "invalid_grant"
    fresh: dict[str, Any] = shop.grant(grant_type="authorization_code", **shop.consented(), **shop.app)
    shop.access = fresh["access_token"]
    shop.v4("GET", "/me")
    assert shop.ok
