"""Consent, tokens and their rotation (facts, section 2): a refresh token lives once, the old access 5 minutes more."""

from __future__ import annotations

import hashlib
from typing import Any

from adapters.sandbox.shopee.context import Context
from adapters.sandbox.shopee.errors import Refusal
from adapters.sandbox.shopee.state import Pair, Shop

ACCESS_S = 4 * 3600
REFRESH_S = 30 * 86_400
GRACE_S = 300
CODE_S = 600
REPLAY_S = 4 * 3600
MAIN_ACCOUNT = 77_000_001


def new_pair(shop: Shop, shop_id: int, now: float) -> Pair:
    """Give out a fresh pair."""
    number = shop.new_id()
    pair = Pair(
        _token(shop, f"access {number}"), _token(shop, f"refresh {number}"), shop_id, now + ACCESS_S, now + REFRESH_S
    )
    shop.pairs.append(pair)
    return pair


def _token(shop: Shop, text: str) -> str:
    return hashlib.sha256(f"{shop.partner_key} {text}".encode()).hexdigest()[:32]


def consent(here: Context, query: dict[str, list[str]]) -> str:
    """Where the consent page sends the browser: at once, with the code."""
    redirect = (query.get("redirect") or query.get("redirect_uri") or ["http://127.0.0.1/"])[0]
    code = _token(here.shop, f"code {here.shop.new_id()}")
    main = "main_account" in query
    (here.shop.main_codes if main else here.shop.codes)[code] = here.now + CODE_S
    here.shop.authorised = True
    who = f"main_account_id={MAIN_ACCOUNT}" if main else f"shop_id={here.shop.shop_id}"
    state = f"&state={query['state'][0]}" if "state" in query else ""
    return f"{redirect}{'&' if '?' in redirect else '?'}code={code}&{who}{state}"


def token_get(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Trade a code for a pair; a code works once, for 10 minutes."""
    code, main = ask["code"], ask.get("main_account_id") is not None
    codes = here.shop.main_codes if main else here.shop.codes
    if codes.pop(code, 0.0) < here.now:
        raise Refusal("invalid_code", "Invalid code")
    if main and ask["main_account_id"] != MAIN_ACCOUNT:
        raise Refusal("invalid_main_acount_id", "Invalid main_account_id")
    if not main and ask.get("shop_id") != here.shop.shop_id:
        raise Refusal("invalid_shop_id", "Invalid shop_id")
    pair = new_pair(here.shop, here.shop.shop_id, here.now)
    answer = {"access_token": pair.access, "refresh_token": pair.refresh, "expire_in": ACCESS_S - 56}
    if main:
        answer |= {"shop_id_list": [here.shop.shop_id, here.shop.shop_id + 1], "merchant_id_list": []}
    return answer


def refresh(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Rotate a pair."""
    pair = next((p for p in here.shop.pairs if p.refresh == ask["refresh_token"]), None)
    if pair is None or ask.get("shop_id") != pair.shop_id:
        raise Refusal("error_auth", "Invalid refresh_token.")
    if not here.shop.authorised:
        raise Refusal("shop_access_expired", "The authorization of the shop has ended.")
    if pair.refresh_ends < here.now:
        raise Refusal("refresh_token_expired", "Your refresh_token has expired.")
    if pair.spent:
        return _replayed(here, pair)
    fresh = new_pair(here.shop, pair.shop_id, here.now)
    pair.spent, pair.spent_at, pair.follower = True, here.now, fresh.access
    pair.access_ends = min(pair.access_ends, here.now + GRACE_S)
    return _answer(here, fresh)


def _replayed(here: Context, pair: Pair) -> dict[str, Any]:
    """The old refresh token once more: within about 4 h the same new pair, or never (UNCONFIRMED)."""
    follower = next((p for p in here.shop.pairs if p.access == pair.follower), None)
    if here.on("refresh_replay", "accepted") and follower and here.now - pair.spent_at <= REPLAY_S:
        return _answer(here, follower)
    raise Refusal("error_auth", "Invalid refresh_token.")


def _answer(here: Context, pair: Pair) -> dict[str, Any]:
    return {
        "partner_id": here.shop.partner_id, "shop_id": pair.shop_id, "access_token": pair.access,
        "refresh_token": pair.refresh, "expire_in": ACCESS_S,
    }  # fmt: skip


def admit(here: Context, token: str, shop_id: int) -> None:
    """Let a shop call in, or say why not.

    Raises:
        Refusal: token unknown or ended, or the shop's consent is gone.
    """
    pair = next((p for p in here.shop.pairs if p.access == token), None)
    if here.fault == "expire_token" and pair is not None:
        pair.access_ends = here.now - 1
    if not here.shop.authorised:
        raise Refusal("shop_no_linked", "The shop is not linked to the partner.")
    if pair is None or pair.access_ends < here.now:
        raise Refusal("invalid_acceess_token", "Invalid access_token, please have a check.")
    if pair.shop_id != shop_id:
        raise Refusal("error_auth", "Invalid partner_id or shopid.")


def shops_by_partner(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The shops that granted access."""
    if not 1 <= ask.get("page_size", 100) <= 100:
        raise Refusal("error_param", "page_size should be between 1 to 100.")
    shop = {
        "shop_id": here.shop.shop_id, "region": "ID", "auth_time": int(here.now) - 86_400,
        "expire_time": int(here.now) + 300 * 86_400, "sip_affi_shop_list": [],
    }  # fmt: skip
    return {"authed_shop_list": [shop] if here.shop.authorised else [], "more": False}
