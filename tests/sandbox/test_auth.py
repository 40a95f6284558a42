"""Consent and tokens (facts, section 2)."""

from __future__ import annotations

import pytest

from tests.sandbox.client import Client
from tests.sandbox.conftest import Start


def test_the_consent_page_answers_at_once_with_code_and_shop(client: Client) -> None:
    back = client.consented("&state=xyz")
    assert (back["shop_id"], back["state"]) == (str(client.shop_id), "xyz")
    ask = {"code": back["code"], "partner_id": client.partner, "shop_id": client.shop_id}
    pair = client.call("auth/token/get", ask, public=True)
    assert set(pair) >= {"access_token", "refresh_token", "expire_in", "request_id", "error", "message"}
    client.token = pair["access_token"]
    assert client.call("shop/get_shop_info")["region"] == "ID"


def test_the_newer_link_needs_no_signature(client: Client) -> None:
    link = {"partner_id": client.partner, "auth_type": "seller", "response_type": "code",
            "redirect_uri": "http://127.0.0.1/back?x=1"}  # fmt: skip
    reply = client.raw("GET", "/auth", params=link)
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith("http://127.0.0.1/back?x=1&code=")


def test_the_signed_link_lives_five_minutes(client: Client) -> None:
    link = client.shop.auth_url
    client.clock.advance(301)
    client.took(client.session.get(link, allow_redirects=False, timeout=20))
    assert client.code == "error_param"


def test_a_code_works_once_for_ten_minutes_and_for_its_shop(client: Client) -> None:
    ask = {"code": client.consented()["code"], "partner_id": client.partner, "shop_id": client.shop_id}
    client.call("auth/token/get", ask, public=True)
    client.call("auth/token/get", ask, public=True)
    assert client.code == "invalid_code"
    ask["code"] = client.consented()["code"]
    client.clock.advance(601)
    client.call("auth/token/get", ask, public=True)
    assert client.code == "invalid_code"
    client.call("auth/token/get", {**ask, "code": client.consented()["code"], "shop_id": 5}, public=True)
    assert client.code == "invalid_shop_id"


def test_a_refresh_rotates_and_the_old_access_lives_five_minutes_more(client: Client) -> None:
    fresh = client.refreshed(client.refresh_token)
    assert (fresh["expire_in"], fresh["shop_id"], fresh["partner_id"]) == (14400, client.shop_id, client.partner)
    assert fresh["refresh_token"] != client.refresh_token
    client.clock.advance(299)
    client.call("shop/get_shop_info")
    assert client.code == ""
    client.clock.advance(2)
    client.call("shop/get_shop_info")
    assert (client.status, client.code) == (200, "invalid_acceess_token")
    client.token = fresh["access_token"]
    client.call("shop/get_shop_info")
    assert client.code == ""


def test_an_access_token_lives_four_hours(client: Client) -> None:
    client.clock.advance(4 * 3600 + 1)
    client.call("shop/get_shop_info")
    assert (client.code, client.answer["message"]) == (
        "invalid_acceess_token", "Invalid access_token, please have a check.",
    )  # fmt: skip


def test_a_refresh_token_lives_thirty_days(client: Client) -> None:
    client.clock.advance(30 * 86_400 + 1)
    client.refreshed(client.refresh_token)
    assert client.code == "refresh_token_expired"


def test_a_spent_refresh_token_is_error_auth(client: Client) -> None:
    client.refreshed(client.refresh_token)
    client.refreshed(client.refresh_token)
    assert (client.code, client.answer["message"]) == ("error_auth", "Invalid refresh_token.")


def test_switch_refresh_replay_gives_the_same_pair_for_four_hours(start: Start) -> None:
    client = start(switches={"shopee.refresh_replay": "accepted"})
    first = client.refreshed(client.refresh_token)
    client.clock.advance(3 * 3600)
    again = client.refreshed(client.refresh_token)
    assert [again[k] for k in ("access_token", "refresh_token")] == [
        first[k] for k in ("access_token", "refresh_token")
    ]
    assert again["expire_in"] == 3600
    client.clock.advance(3601)
    client.refreshed(client.refresh_token)
    assert client.code == "error_auth"


def test_a_refresh_names_its_shop_and_its_app(client: Client) -> None:
    client.refreshed(client.refresh_token, client.shop_id + 1)
    assert client.code == "error_auth"
    ask = {"refresh_token": client.refresh_token, "partner_id": 5, "shop_id": client.shop_id}
    client.call("auth/access_token/get", ask, public=True)
    assert client.code == "error_param"


def test_a_main_accounts_grant_is_shared_until_each_shop_refreshes_it(client: Client) -> None:
    back = client.consented("&main_account=1")
    ask = {"code": back["code"], "partner_id": client.partner, "main_account_id": int(back["main_account_id"])}
    pair = client.call("auth/token/get", ask, public=True)
    one, two = pair["shop_id_list"]
    client.token = pair["access_token"]
    for client.shop_id in (one, two):
        assert client.call("product/get_item_list", offset=0, page_size=5, item_status="NORMAL")["item"] == []
    first, second = client.refreshed(pair["refresh_token"], one), client.refreshed(pair["refresh_token"], two)
    assert first["access_token"] != second["access_token"]
    assert (first["shop_id"], second["shop_id"]) == (one, two)
    client.refreshed(pair["refresh_token"], two)
    assert client.code == "error_auth"
    client.shop_id, client.token = one, second["access_token"]
    client.call("shop/get_shop_info")
    assert (client.code, client.answer["message"]) == ("error_auth", "Invalid partner_id or shopid.")


def test_the_two_shops_of_a_main_account_have_their_own_listings(client: Client) -> None:
    back = client.consented("&main_account=1")
    ask = {"code": back["code"], "partner_id": client.partner, "main_account_id": int(back["main_account_id"])}
    client.token = client.call("auth/token/get", ask, public=True)["access_token"]
    client.shop_id += 1
    item = client.item()
    assert client.listed() == [item]
    assert client.shop.truth() == []
    client.shop_id -= 1
    assert client.listed() == []


def test_a_withdrawn_consent_ends_every_token(client: Client) -> None:
    old = client.token
    client.shop.control("POST", "deauthorise", {})
    client.call("shop/get_shop_info")
    assert client.code == "shop_no_linked"
    client.refreshed(client.refresh_token)
    assert client.code == "shop_access_expired"
    client.authorise()
    client.call("shop/get_shop_info")
    assert client.code == ""
    client.token = old
    client.call("shop/get_shop_info")
    assert client.code == "invalid_acceess_token"


def test_a_seller_can_withdraw_by_the_page(client: Client) -> None:
    path = "/api/v2/shop/cancel_auth_partner"
    query = {**client.common(path, public=True), "redirect": "http://127.0.0.1/gone"}
    reply = client.raw("GET", path, params=query)
    assert reply.headers["Location"] == f"http://127.0.0.1/gone?shop_id={client.shop_id}"
    client.call("shop/get_shop_info")
    assert client.code == "shop_no_linked"


def test_lost_tokens_come_back_by_a_code_of_the_console(client: Client) -> None:
    code = client.shop.control("POST", "resend")["resend_code"]
    pair = client.call("public/get_token_by_resend_code", {"resend_code": code}, public=True)
    client.token = pair["access_token"]
    assert client.call("shop/get_shop_info")["region"] == "ID"
    client.call("public/get_token_by_resend_code", {"resend_code": code}, public=True)
    assert client.code == "error_param"


def test_the_shops_of_a_partner_are_flat(client: Client) -> None:
    found = client.call("public/get_shops_by_partner", public=True, page_size=10, page_no=1)
    assert [row["shop_id"] for row in found["authed_shop_list"]] == [client.shop_id]
    assert (found["more"], "response" in client.answer) == (False, False)


@pytest.mark.parametrize("operation", ["shop/get_shop_info", "product/get_category"])
def test_a_foreign_partner_is_error_auth(client: Client, operation: str) -> None:
    client.partner = 5
    client.call(operation)
    assert (client.code, client.answer["message"]) == ("error_auth", "Invalid partner_id or shopid.")
