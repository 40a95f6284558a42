"""Consent, tokens and their rotation (facts, section 2): a refresh token lives once, the old access 5 minutes more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.shopee import push
from adapters.sandbox.shopee.context import Context
from adapters.sandbox.shopee.errors import Refusal
from adapters.sandbox.shopee.state import Follower, Pair, Shop

ACCESS_S = 4 * 3600
REFRESH_S = 30 * 86_400
GRACE_S = 300
CODE_S = 600
REPLAY_S = 4 * 3600
MAIN_ACCOUNT = 77_000_001

Query = Mapping[str, Sequence[str]]


def sister(shop: Shop, kept: Shop | None = None) -> Shop:
    """The other shop under the same main account: its listings are its own, grants and pictures are shared."""
    other = kept or Shop(shop.shop_id + 1, shop.partner_id, shop.partner_key)
    other.pairs, other.images = shop.pairs, shop.images
    return other


def new_pair(shop: Shop, shop_ids: Sequence[int], now: float) -> Pair:
    """Give out a fresh pair for these shops."""
    number = shop.new_id()
    pair = Pair(
        access=_token(shop, f"access {number}"), refresh=_token(shop, f"refresh {number}"), shop_ids=list(shop_ids),
        access_ends=now + ACCESS_S, refresh_ends=now + REFRESH_S,
    )  # fmt: skip
    shop.pairs.append(pair)
    return pair


def _token(shop: Shop, text: str) -> str:
    return hashlib.sha256(f"{shop.partner_key} {text}".encode()).hexdigest()[:32]


# --- the seller's pages ----------------------------------------------------------------------------------------------


def consent(here: Context, query: Query) -> str:
    """Where the consent page sends the browser: at once, with the code. `main_account` = a main account logs in."""
    code = _token(here.shop, f"code {here.shop.new_id()}")
    main = "main_account" in query
    (here.shop.main_codes if main else here.shop.codes)[code] = here.now + CODE_S
    here.shop.authorised = True
    push.say(here, push.AUTHORISED, {"shop_id": here.shop.shop_id, "success": 1})
    who = f"main_account_id={MAIN_ACCOUNT}" if main else f"shop_id={here.shop.shop_id}"
    state = f"&state={query['state'][0]}" if "state" in query else ""
    return _back(query, f"code={code}&{who}{state}")


def withdrawal(here: Context, query: Query) -> str:
    """Where the page that ends the consent sends the browser."""
    deauthorise(here)
    return _back(query, f"shop_id={here.shop.shop_id}")


def _back(query: Query, more: str) -> str:
    redirect = (query.get("redirect") or query.get("redirect_uri") or [""])[0]
    if not redirect:
        raise Refusal("error_param", "There is no redirect in query.")
    return f"{redirect}{'&' if '?' in redirect else '?'}{more}"


def deauthorise(here: Context) -> None:
    """The seller ends the consent: every token given out so far is worth nothing, also after a new consent."""
    here.shop.authorised = False
    for pair in here.shop.pairs:
        pair.access_ends = pair.refresh_ends = min(pair.access_ends, here.now - 1)


# --- tokens ----------------------------------------------------------------------------------------------------------


def token_get(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Trade a code for a pair; a code works once, for 10 minutes."""
    main = ask.get("main_account_id") is not None
    codes = here.shop.main_codes if main else here.shop.codes
    _partner(here, ask)
    if codes.pop(ask["code"], 0.0) < here.now:
        raise Refusal("invalid_code", "The code is expired or used or invalid, please check the code.")
    if main and ask["main_account_id"] != MAIN_ACCOUNT:
        raise Refusal("invalid_main_acount_id", "The code or main_account_id is wrong.")
    if not main and ask.get("shop_id") != here.shop.shop_id:
        raise Refusal("invalid_shop_id", "The code or shop_id is wrong.")
    shops = [here.shop.shop_id, here.shop.shop_id + 1] if main else [here.shop.shop_id]
    answer = _first(new_pair(here.shop, shops, here.now))
    return answer | ({"shop_id_list": shops, "merchant_id_list": []} if main else {})


def resent(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Trade a code from the console for a pair, after tokens were lost."""
    if here.shop.resend_codes.pop(ask["resend_code"], 0.0) < here.now:
        raise Refusal("error_param", "Wrong parameters, detail: invalid resend_code.")
    shops = [here.shop.shop_id]
    return {**_first(new_pair(here.shop, shops, here.now)), "shop_id_list": shops, "merchant_id_list": []}


def resend(here: Context) -> str:
    """A code as the console gives it out."""
    code = _token(here.shop, f"resend {here.shop.new_id()}")
    here.shop.resend_codes[code] = here.now + CODE_S
    return code


def refresh(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Rotate a pair, for one shop of it."""
    _partner(here, ask)
    pair, shop_id = next((p for p in here.shop.pairs if p.refresh == ask["refresh_token"]), None), ask.get("shop_id")
    if pair is None or shop_id not in pair.shop_ids:
        raise Refusal("error_auth", "Invalid refresh_token.")
    if not here.shop.authorised:
        raise Refusal("shop_access_expired", "Your access to shop has expired.")
    if pair.refresh_ends < here.now:
        raise Refusal("refresh_token_expired", "Your refresh_token expired.")
    if str(shop_id) in pair.followers:
        return _replayed(here, pair, shop_id)
    fresh = new_pair(here.shop, [shop_id], here.now)
    pair.followers[str(shop_id)] = Follower(fresh.access, here.now)
    return _answer(here, fresh)


def _partner(here: Context, ask: dict[str, Any]) -> None:
    if ask["partner_id"] != here.shop.partner_id:
        raise Refusal("error_param", "Invalid partner_id.")


def _replayed(here: Context, pair: Pair, shop_id: int) -> dict[str, Any]:
    """The old refresh token once more: within about 4 h the same new pair, or never (UNCONFIRMED)."""
    follower = pair.followers[str(shop_id)]
    fresh = next((p for p in here.shop.pairs if p.access == follower.access), None)
    if here.on("refresh_replay", "accepted") and fresh and here.now - follower.since <= REPLAY_S:
        return _answer(here, fresh)
    raise Refusal("error_auth", "Invalid refresh_token.")


def _first(pair: Pair) -> dict[str, Any]:
    """A first pair: what it says of its life is what remains, not the round number (facts, section 2.2)."""
    return {"access_token": pair.access, "refresh_token": pair.refresh, "expire_in": ACCESS_S - 56}


def _answer(here: Context, pair: Pair) -> dict[str, Any]:
    return {
        "partner_id": here.shop.partner_id, "shop_id": pair.shop_ids[0], "access_token": pair.access,
        "refresh_token": pair.refresh, "expire_in": int(pair.access_ends - here.now),
    }  # fmt: skip


def admit(here: Context, token: str, shop_id: int) -> None:
    """Let a shop call in, or say why not.

    Raises:
        Refusal: token unknown or ended, or the shop's consent is gone.
    """
    pair = next((p for p in reversed(here.shop.pairs) if p.access == token), None)
    if here.fault == "expire_token" and pair is not None:
        pair.access_ends = here.now - 1
    if not here.shop.authorised:
        raise Refusal("shop_no_linked", "Partner and shop has no linked.")
    if pair is None or _ends(pair, shop_id) < here.now:
        raise Refusal("invalid_acceess_token", "Invalid access_token, please have a check.")
    if shop_id not in pair.shop_ids:
        raise Refusal("error_auth", "Invalid partner_id or shopid.")


def _ends(pair: Pair, shop_id: int) -> float:
    """When the access token ends for a shop: after a refresh it has 5 minutes more."""
    follower = pair.followers.get(str(shop_id))
    return pair.access_ends if follower is None else min(pair.access_ends, follower.since + GRACE_S)


def shops_by_partner(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The shops that granted access."""
    if not 1 <= ask.get("page_size", 100) <= 100:
        raise Refusal("error_param", "page_size should be between 1 to 100.")
    living = [pair for pair in here.shop.pairs if pair.refresh_ends >= here.now] if here.shop.authorised else []
    shops = sorted({shop_id for pair in living for shop_id in pair.shop_ids})
    size, page = ask.get("page_size", 100), ask.get("page_no", 1)
    rows = [
        {"shop_id": shop_id, "region": "ID", "auth_time": int(here.now) - 86_400,
         "expire_time": int(here.now) + 300 * 86_400, "sip_affi_shop_list": []}
        for shop_id in shops[(page - 1) * size : page * size]
    ]  # fmt: skip
    return {"authed_shop_list": rows, "more": page * size < len(shops)}
