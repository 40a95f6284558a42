"""Consent, tokens and their refresh (facts, section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.lazada.context import Answer, Ask, Context
from adapters.sandbox.lazada.errors import Refusal
from adapters.sandbox.lazada.state import Pair, Shop

ACCESS_S = 864_000
REFRESH_S = 4_320_000
"""10 and 50 days, as a guide's sample has them."""

CODE_S = 1800
ACCOUNT = "toko-uji@example.invalid"
SHORT_CODE = "IDSIM4001"


def new_pair(shop: Shop, now: float, refresh_ends: float | None = None) -> Pair:
    """Give out a fresh pair; refreshing does not extend when the right to refresh ends (facts, section 3)."""
    number = shop.number()
    ends = now + REFRESH_S if refresh_ends is None else refresh_ends
    pair = Pair(_token(shop, f"access {number}"), _token(shop, f"refresh {number}"), now + ACCESS_S, ends)
    shop.pairs.append(pair)
    return pair


def _token(shop: Shop, text: str) -> str:
    return f"5000{hashlib.sha256(f'{shop.app_secret} {text}'.encode()).hexdigest()[:40]}"


def consent(here: Context, query: Mapping[str, Sequence[str]]) -> str:
    """Where the consent page sends the browser: at once, with the code.

    Raises:
        Refusal: the page was not asked for in the way that the facts show.
    """
    asked = {name: values[0] for name, values in query.items()}
    if asked.get("response_type") != "code" or asked.get("client_id") != here.shop.app_key:
        raise Refusal("MissingParameter", "response_type or client_id is missing or wrong")
    redirect = asked.get("redirect_uri")
    if not redirect:
        raise Refusal("MissingParameter", "redirect_uri is missing")
    code = f"0_{_token(here.shop, f'code {here.shop.number()}')}"
    here.shop.codes[code] = here.now + CODE_S
    here.shop.authorised = True
    state = f"&state={asked['state']}" if "state" in asked else ""
    return f"{redirect}{'&' if '?' in redirect else '?'}code={code}{state}"


def create(here: Context, ask: Ask) -> Answer:
    """/auth/token/create: trade a code for a pair; a code works once, for 30 minutes."""
    if not ask.get("code"):
        raise Refusal("MissingParameter", "The input parameter code that is mandatory is not supplied")
    if here.shop.codes.pop(ask.get("code"), 0.0) < here.now:
        raise Refusal("InvalidCode", "Invalid authorization code")
    return _told(here, new_pair(here.shop, here.now), "country_user_info", as_text=True)


def refresh(here: Context, ask: Ask) -> Answer:
    """/auth/token/refresh. Whether the old tokens live on is open."""
    if not ask.get("refresh_token"):
        raise Refusal("MissingParameter", "The input parameter refresh_token that is mandatory is not supplied")
    pair = next((one for one in here.shop.pairs if one.refresh == ask.get("refresh_token")), None)
    spent = pair is not None and pair.spent and here.on("old_refresh_token", "voided")
    if pair is None or spent or pair.refresh_ends <= here.now or not here.shop.authorised:
        raise Refusal("IllegalRefreshToken", "The specified refresh token is invalid or expired")
    pair.spent = True
    if here.on("old_access_token", "voided"):
        pair.access_ends = min(pair.access_ends, here.now - 1)
    fresh = new_pair(here.shop, here.now, pair.refresh_ends)
    return _told(here, fresh, "country_user_info_list", as_text=False)


def _told(here: Context, pair: Pair, field: str, as_text: bool) -> Answer:
    """The flat answer; its refresh page names a list otherwise and types a number otherwise (facts, section 3)."""
    left = int(pair.refresh_ends - here.now)
    who = {"country": "id", "seller_id": str(here.shop.seller_id), "user_id": str(here.shop.seller_id + 1),
           "short_code": SHORT_CODE}  # fmt: skip
    beside: dict[str, Any] = {
        "access_token": pair.access, "refresh_token": pair.refresh, "expires_in": int(pair.access_ends - here.now),
        "refresh_expires_in": str(left) if as_text else left, "country": "id", "account": ACCOUNT, "account_id": None,
        "account_platform": "seller_center", field: {"id": who} if here.on("user_info", "object") else [who],
    }  # fmt: skip
    return Answer(beside=beside)


def admit(here: Context, token: str) -> None:
    """Let a seller's call in.

    Raises:
        Refusal: the token is unknown or has ended, or the seller took the consent back.
    """
    pair = next((one for one in reversed(here.shop.pairs) if one.access == token), None)
    if pair is not None and here.fault == "expire_token":
        pair.access_ends = here.now - 1
    if pair is None or pair.access_ends < here.now or not here.shop.authorised:
        raise Refusal(here.switches["lazada.token_code"], "The specified access token is invalid or expired")


def deauthorise(here: Context) -> None:
    """The seller takes the consent back: every token given out so far is worth nothing, also after a new consent."""
    here.shop.authorised = False
    for pair in here.shop.pairs:
        pair.access_ends = pair.refresh_ends = min(pair.access_ends, here.now - 1)
