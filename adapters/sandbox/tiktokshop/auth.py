"""Consent, tokens and shops (facts, section 4): expiry times are moments, and a refresh gives both tokens anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from adapters.sandbox.tiktokshop.context import Ask, Context
from adapters.sandbox.tiktokshop.errors import Refusal, parameter
from adapters.sandbox.tiktokshop.state import Grant, Shop

CONSENT = "/open/authorize"
CONSENT_OLD = "/oauth/authorize"
TOKEN_GET, TOKEN_REFRESH = "/api/v2/token/get", "/api/v2/token/refresh"
ACCESS_S = 7 * 86_400
REFRESH_S = 365 * 86_400
"""As long as the authorisation that the seller chose: here a year."""

CODE_S = 30 * 60
BAD_CODE, NO_RECORD, REFRESH_ENDED = 36004004, 36004005, 36004001


def new_grant(shop: Shop, now: float, config: bool = False) -> Grant:
    """Give out a fresh pair of tokens."""
    number = shop.new_id()
    grant = Grant(f"TTP_{_token(shop, f'access {number}')}", f"TTPR_{_token(shop, f'refresh {number}')}",
                  now + ACCESS_S, now + REFRESH_S, config)  # fmt: skip
    shop.grants.append(grant)
    return grant


def _token(shop: Shop, text: str) -> str:
    return hashlib.sha256(f"{shop.keys['app_secret']} {text}".encode()).hexdigest()[:40]


# --- the seller's page -----------------------------------------------------------------------------------------------


def consent(here: Context, path: str, query: Mapping[str, str]) -> str:
    """Where the consent page sends the browser: at once, with the code. `redirect_uri` stands for the address that an
    app has in the console.

    Raises:
        Refusal: another app's id.
    """
    keys = here.shop.keys
    name, own = ("service_id", keys["service_id"]) if path == CONSENT else ("app_key", keys["app_key"])
    if query.get(name) != own:
        raise parameter(name)
    code = f"TTP_{_token(here.shop, f'code {here.shop.new_id()}')}"
    here.shop.codes[code], here.shop.authorised = here.now + CODE_S, True
    back = query.get("redirect_uri", "/done")
    more = f"app_key={keys['app_key']}&code={code}&locale=id-ID&shop_region=ID"
    state = f"&state={query['state']}" if "state" in query else ""
    return f"{back}{'&' if '?' in back else '?'}{more}{state}"


def deauthorise(here: Context) -> None:
    """The seller ends the consent: every token given out so far is worth nothing, also after a new consent."""
    here.shop.authorised = False
    here.shop.grants.clear()
    here.shop.codes.clear()


# --- tokens ----------------------------------------------------------------------------------------------------------


def token_get(here: Context, query: Mapping[str, str]) -> dict[str, Any]:
    """Trade a code for tokens; it works once, for half an hour."""
    _app(here, query, "authorized_code")
    if here.shop.codes.pop(query.get("auth_code", ""), 0.0) < here.now:
        raise Refusal(BAD_CODE, "auth_code is invalid")
    return _answer(here, new_grant(here.shop, here.now))


def token_refresh(here: Context, query: Mapping[str, str]) -> dict[str, Any]:
    """Trade a refresh token for a new pair."""
    _app(here, query, "refresh_token")
    if not here.shop.authorised:
        raise Refusal(NO_RECORD, "no authorization record")
    asked = query.get("refresh_token", "")
    old = next((grant for grant in here.shop.grants if grant.refresh == asked), None)
    if old is None or (old.spent and here.on("old_refresh_token", "voided")):
        raise Refusal(NO_RECORD, "no authorization record for this refresh_token")
    if old.refresh_ends < here.now:
        raise Refusal(REFRESH_ENDED, "refresh_token is expired")
    old.spent = True
    fresh = new_grant(here.shop, here.now, old.config)
    fresh.refresh_ends = old.refresh_ends
    if here.on("old_access_token", "voided"):
        old.access_ends = min(old.access_ends, here.now - 1)
    return _answer(here, fresh)


def _app(here: Context, query: Mapping[str, str], grant_type: str) -> None:
    keys = here.shop.keys
    if query.get("app_key") != keys["app_key"] or query.get("app_secret") != keys["app_secret"]:
        raise parameter("app_key or app_secret")
    if query.get("grant_type") != grant_type:
        raise parameter(f"grant_type must be {grant_type}")


def _answer(here: Context, grant: Grant) -> dict[str, Any]:
    """Moments, not durations (facts, section 4)."""
    return {
        "access_token": grant.access, "access_token_expire_in": int(grant.access_ends),
        "refresh_token": grant.refresh, "refresh_token_expire_in": int(grant.refresh_ends),
        "open_id": "ujiOpenId", "seller_name": "Toko Uji", "seller_base_region": "ID", "user_type": 0,
        "granted_scopes": list(here.shop.scopes),
    }  # fmt: skip


def admit(here: Context, token: str) -> None:
    """Let a bearer in.

    Raises:
        Refusal: no token, none that was ever given, or one that ended.
    """
    if not token:
        raise Refusal(1010000, "The header x-tts-access-token is missing")
    grant = next((one for one in reversed(here.shop.grants) if one.access == token), None)
    if grant is None and here.shop.authorised:
        raise parameter("access_token")
    if grant is not None and here.fault == "expire_token":
        grant.access_ends = here.now - 1
    if grant is None or grant.access_ends < here.now:
        raise Refusal(105002, "The access token is expired")


# --- shops -----------------------------------------------------------------------------------------------------------


def shops(here: Context, _ask: Ask) -> dict[str, Any]:
    """GET authorization/shops: the only place that tells the cipher."""
    row = {"id": here.shop.shop_id, "name": "Toko Uji", "region": "ID", "seller_type": "LOCAL",
           "cipher": here.shop.cipher, "code": "IDLCUJI"}  # fmt: skip
    return {"shops": [row]}


def seller_shops(here: Context, _ask: Ask) -> dict[str, Any]:
    """GET seller/shops: without the cipher (facts, section 2)."""
    return {"shops": [{"id": here.shop.shop_id, "region": "ID"}]}


def permissions(_here: Context, _ask: Ask) -> dict[str, Any]:
    """GET seller/permissions: a local seller has none of the cross-border ones."""
    return {"permissions": []}
