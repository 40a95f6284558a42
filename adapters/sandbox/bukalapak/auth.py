"""OAuth of the newer generation: consent, tokens in four encodings, a rotation whose race loses the account (4.1)."""

from __future__ import annotations

import email.parser
import email.policy
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from adapters.sandbox.bukalapak.context import Context
from adapters.sandbox.bukalapak.state import Grant

ACCESS_S = 7200.0
CODE_S = 600.0
CLIENT_ID, SCOPE = "plut-client", "public user store"


class Invalid(Exception):
    """The token call is refused; `code` as OAuth names it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def new_grant(here: Context, family: int | None = None) -> Grant:
    """A fresh pair; `family` = the grant that it descends from."""
    number = here.shop.next()
    own = Grant(_token(f"access {number}"), _token(f"refresh {number}"), here.now + ACCESS_S,
                family=number if family is None else family)  # fmt: skip
    here.shop.grants.append(own)
    return own


def _token(text: str) -> str:
    return hashlib.sha256(f"bukalapak {text}".encode()).hexdigest()[:40]


def consent(here: Context, query: Mapping[str, list[str]]) -> str:
    """Where the consent page sends the browser: at once, with the code and the state."""
    code = _token(f"code {here.shop.next()}")
    here.shop.codes[code] = here.now + CODE_S
    here.shop.authorised = True
    back = query.get("redirect_uri", ["https://example.invalid/done"])[0]
    state = f"&state={query['state'][0]}" if "state" in query else ""
    return f"{back}{'&' if '?' in back else '?'}code={code}{state}"


def token(here: Context, secret: str, content_type: str, body: bytes, query: Mapping[str, list[str]]) -> dict[str, Any]:
    """The token call, however its parameters come."""
    ask = {**{name: values[0] for name, values in query.items()}, **_parameters(content_type, body)}
    if (ask.get("client_id"), ask.get("client_secret")) != (CLIENT_ID, secret):
        raise Invalid("invalid_client")
    match ask.get("grant_type"):
        case "authorization_code":
            if here.shop.codes.pop(ask.get("code", ""), 0.0) < here.now:
                raise Invalid("invalid_grant")
            return _answer(here, new_grant(here))
        case "refresh_token":
            return _answer(here, _refreshed(here, ask.get("refresh_token", "")))
        case "client_credentials":
            return _answer(here, new_grant(here))
        case _:
            raise Invalid("unsupported_grant_type")


def _parameters(content_type: str, body: bytes) -> dict[str, str]:
    if "json" in content_type:
        try:
            found = json.loads(body or b"{}")
        except ValueError:
            raise Invalid("invalid_request") from None
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
    if "multipart" in content_type:
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
            f"Content-Type: {content_type}\r\n\r\n".encode() + body
        )
        return {
            str(part.get_param("name", header="content-disposition")): str(part.get_content()).strip()
            for part in message.iter_parts()
        }
    return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}


def _refreshed(here: Context, text: str) -> Grant:
    old = next((grant for grant in here.shop.grants if grant.refresh == text), None)
    if old is None or not here.shop.authorised:
        raise Invalid("invalid_grant")
    if old.dead:
        if here.on("refresh_replay", "loses_account"):
            for grant in here.shop.grants:
                grant.dead = grant.dead or grant.family == old.family
        raise Invalid("invalid_grant")
    old.dead = True
    return new_grant(here, old.family)


def _answer(here: Context, grant: Grant) -> dict[str, Any]:
    return {"access_token": grant.access, "token_type": "bearer", "scope": SCOPE, "expires_in": int(ACCESS_S),
            "refresh_token": grant.refresh, "created_at": int(here.now)}  # fmt: skip


def admits(here: Context, access: str) -> bool:
    """Whether a bearer token is good now."""
    own = next((grant for grant in reversed(here.shop.grants) if grant.access == access), None)
    return own is not None and not own.dead and own.ends > here.now and here.shop.authorised


def expire(here: Context, access: str) -> None:
    """The access token has just ended; its refresh token is good still."""
    for grant in here.shop.grants:
        if grant.access == access:
            grant.ends = here.now
