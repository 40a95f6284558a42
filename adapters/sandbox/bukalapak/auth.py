"""Two credentials at once: v2's Basic and v4's Bearer, whose refresh token rotates (facts, sections 3.1 and 4.1)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from adapters.sandbox.bukalapak.ask import Ask
from adapters.sandbox.bukalapak.context import Context
from adapters.sandbox.bukalapak.refusals import Refusal, TokenRefusal, denied, invalid, invented, unauthorised
from adapters.sandbox.bukalapak.state import Pair, Shop
from adapters.sandbox.market import Reply

ACCESS_S = 7200
"""INVENTED, as in the fact sheet's example: the life of a token is UNCONFIRMED (section 9)."""

CODE_S = 600
"""INVENTED: how long a code of the consent page lives."""

SCOPES = "public user store"
PUBLIC = "public"
USER_NAME = "toko_contoh"
PASSWORD = "kata-sandi-contoh"
"""The seller's own login, invented: for authenticate.json and the password grant."""

PARTNER = re.compile(r"Bukalapak/\w+\(Partner;[^;]+;\+https?://.+\)")
"""The partners' User-Agent (facts, section 4.1)."""

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+", re.IGNORECASE)
"""A redirect that can stand in a header."""

Params = Mapping[str, str]


# --- v2 --------------------------------------------------------------------------------------------------------------


def authenticate(here: Context, ask: Ask) -> dict[str, Any]:
    """Trade username and password for the token of v2."""
    if _basic(ask) != (USER_NAME, PASSWORD):
        shows = here.on("v2_bad_login", "403")
        raise Refusal(invented("Username atau password salah"), 403, shows=shows)
    return {
        "user_id": here.shop.user_id, "token": here.shop.token, "user_name": USER_NAME, "confirmed": True,
        "email": "toko@contoh.example", "omnikey": "", "message": invented("Berhasil masuk"),
    }  # fmt: skip


def admit_v2(here: Context, ask: Ask) -> None:
    """Let a call of v2 in.

    Raises:
        Refusal: user and token are not those of the shop; with HTTP 403 (facts, section 3.1).
    """
    if not here.shop.token or _basic(ask) != (str(here.shop.user_id), here.shop.token):
        raise denied()


def _basic(ask: Ask) -> tuple[str, str]:
    kind, _, text = ask.headers.get("authorization", "").partition(" ")
    if kind.casefold() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:  # not base64, or not UTF-8 inside
        return "", ""
    return name, secret


# --- v4 --------------------------------------------------------------------------------------------------------------


def admit_v4(here: Context, ask: Ask, public: bool) -> None:
    """Let a call of v4 in, by header or by query.

    Raises:
        Refusal: token unknown, ended or dead, or it is the app's own and the call is about the shop.
    """
    if here.on("user_agent", "partner") and not PARTNER.fullmatch(ask.headers.get("user-agent", "")):
        raise denied("User-Agent bukan milik partner")
    kind, _, token = ask.headers.get("authorization", "").partition(" ")
    if kind.casefold() != "bearer":
        token = ask.one("access_token")
    pair = next((pair for pair in reversed(here.shop.pairs) if pair.access == token), None)
    if here.fault == "expire_token" and pair is not None:
        pair.access_ends = here.now - 1
    if pair is None or not lives(here, pair):
        raise unauthorised()
    if pair.scope == PUBLIC and not public:
        raise denied("Token tidak mencakup toko")


def lives(here: Context, pair: Pair) -> bool:
    """Whether the access token of a pair opens anything now."""
    if pair.dead or pair.access_ends < here.now:
        return False
    return not pair.spent or here.on("old_access", "lives")


# --- the accounts host -----------------------------------------------------------------------------------------------


def authorize(here: Context, ask: Ask) -> Reply:
    """The consent page: answers at once with the redirect that carries the code."""
    back = ask.one("redirect_uri")
    if ask.one("client_id") != here.shop.client_id:
        raise TokenRefusal("invalid_client", "unknown client_id", 401)
    if ask.one("response_type") != "code" or not ADDRESS.fullmatch(back):
        raise TokenRefusal("invalid_request", "response_type and redirect_uri are wanted")
    code = _secret(here.shop, "code")
    here.shop.codes[code] = [here.now + CODE_S, back, ask.one("scope") or SCOPES]
    more = urlencode({"code": code} | ({"state": ask.one("state")} if "state" in ask.query else {}))
    return Reply(302, b"", headers={"Location": f"{back}{'&' if '?' in back else '?'}{more}"})


def token(here: Context, ask: Ask) -> dict[str, Any]:
    """The token call, by its four grants."""
    try:
        params = ask.parameters()
    except Refusal:
        raise TokenRefusal("invalid_request", "the body cannot be read") from None
    grant = _GRANTS.get(params.get("grant_type", ""))
    if grant is None:
        raise TokenRefusal("unsupported_grant_type", "grant_type is unknown")
    return _answer(grant(here, params))


def _by_code(here: Context, params: Params) -> Pair:
    _app(here, params)
    ends, back, scope = here.shop.codes.pop(params.get("code", ""), [0.0, "", ""])
    if ends < here.now or params.get("redirect_uri", back) != back:
        raise _dead_grant()
    return new_pair(here.shop, here.now, scope)


def _by_refresh(here: Context, params: Params) -> Pair:
    """Rotate a pair. The old refresh token once more is refused, and by switch takes the whole grant along."""
    text = params.get("refresh_token", "")
    pair = next((pair for pair in reversed(here.shop.pairs) if pair.refresh and pair.refresh == text), None)
    if pair is None:
        raise _dead_grant()
    _app(here, params, optional=not pair.with_app)
    if pair.spent and here.on("refresh_replay", "loses_account"):
        for other in here.shop.pairs:
            other.dead = other.dead or other.family == pair.family
    if pair.spent or pair.dead:
        raise _dead_grant()
    pair.spent = True
    return new_pair(here.shop, here.now, pair.scope, pair.family, pair.with_app)


def _by_client(here: Context, params: Params) -> Pair:
    """The app's own token: for what is public, and without a refresh token (RFC 6749, section 4.4.3)."""
    _app(here, params)
    pair = new_pair(here.shop, here.now, PUBLIC)
    pair.refresh = ""
    return pair


def _by_password(here: Context, params: Params) -> Pair:
    _app(here, params)
    if (params.get("username"), params.get("password")) != (USER_NAME, PASSWORD):
        raise _dead_grant()
    return new_pair(here.shop, here.now, params.get("scope") or SCOPES)


_GRANTS: dict[str, Callable[[Context, Params], Pair]] = {
    "authorization_code": _by_code, "refresh_token": _by_refresh, "client_credentials": _by_client,
    "password": _by_password,
}  # fmt: skip


def _app(here: Context, params: Params, optional: bool = False) -> None:
    """The app's id and secret; a grant made without them is refreshed without them, but not with wrong ones."""
    shown = (params.get("client_id"), params.get("client_secret"))
    if optional and shown == (None, None):
        return
    if shown != (here.shop.client_id, here.shop.client_secret):
        raise TokenRefusal("invalid_client", "client_id or client_secret is wrong", 401)


def _dead_grant() -> TokenRefusal:
    return TokenRefusal("invalid_grant", "The grant is invalid, expired or revoked.")


def _answer(pair: Pair) -> dict[str, Any]:
    answer = {
        "access_token": pair.access, "token_type": "bearer", "scope": pair.scope,
        "expires_in": int(pair.access_ends - pair.created), "created_at": int(pair.created),
    }  # fmt: skip
    return answer | ({"refresh_token": pair.refresh} if pair.refresh else {})


def new_pair(shop: Shop, now: float, scope: str = SCOPES, family: int = 0, with_app: bool = True) -> Pair:
    """Give out a fresh pair; `family` 0 = of a new consent."""
    access, refresh = _secret(shop, "access"), _secret(shop, "refresh")
    pair = Pair(access, refresh, scope, family or shop.new_id(), now, now + ACCESS_S, with_app)
    shop.pairs.append(pair)
    return pair


def _secret(shop: Shop, kind: str) -> str:
    return "sim-" + hashlib.sha256(f"{shop.client_secret} {kind} {shop.new_id()}".encode()).hexdigest()[:32]


def deauthorise(shop: Shop) -> None:
    """The seller withdraws everything: every token is dead, v2's too, which gets a successor on the secret's page."""
    for pair in shop.pairs:
        pair.dead = True
    shop.codes.clear()
    shop.token = _secret(shop, "v2")


def refuse_query(ask: Ask, known: frozenset[str]) -> None:
    """Refuse query parameters that no source names.

    Raises:
        Refusal: there is one.
    """
    for name in ask.query:
        if name not in known:
            raise invalid(f"{name} tidak dikenal")
