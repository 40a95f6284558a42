"""A shop owner's consent and the tokens that come of it (facts, section 4.1).

Every refresh turns the refresh token over: two at once lose the account, so the engine refreshes under a lock and
stores the new pair before it is used.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from adapters.bukalapak.client import BukalapakClient
from adapters.contract import AuthError, Cause, Grant, Instructions, Transient
from adapters.redaction import redact
from adapters.transport import Answer

SCOPE = "public user store"


def begin(client: BukalapakClient) -> Instructions:
    """The link for the shop's owner; the answer's `state` must be the one that it carries."""
    query = {
        "client_id": client.access.client_id, "response_type": "code", "scope": SCOPE,
        "redirect_uri": client.access.redirect or f"{client.access.accounts}/done", "state": secrets.token_urlsafe(16),
    }  # fmt: skip
    link = f"{client.access.accounts}/oauth/authorize?{urlencode(query)}"
    text = (
        "Open the link as the shop's owner and agree. The browser then shows an address with code=… and state=…: "
        "copy that address back here."
    )
    return Instructions(link, None, text)


def finish(client: BukalapakClient, callback: Mapping[str, str], now: datetime) -> list[Grant]:
    """Trade the code for a grant.

    Raises:
        AuthError: refused.
        Transient: no usable reply.
    """
    code = callback.get("code", "")
    if not code:
        raise AuthError(Cause.auth, "invalid_code", "the address holds no code")
    redirect = client.access.redirect or f"{client.access.accounts}/done"
    answer = client.trade({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect})
    return [_grant(client, answer, now, (code,))]


def refresh(client: BukalapakClient, grant: Grant, now: datetime) -> Grant:
    """A new pair for `grant`.

    Raises:
        Transient: the reply was lost; whether the old pair is spent is not known.
        AuthError: refused.
    """
    answer = client.trade({"grant_type": "refresh_token", "refresh_token": grant.refresh_token})
    return _grant(client, answer, now, (grant.refresh_token, grant.access_token))


def _grant(client: BukalapakClient, answer: Answer, now: datetime, hidden: tuple[str, ...]) -> Grant:
    body = answer.json if isinstance(answer.json, dict) else {}
    if answer.status in (400, 401, 403) and body.get("error"):
        raise AuthError(Cause.auth, redact(str(body["error"]), hidden), "the marketplace refuses this grant")
    access, fresh = body.get("access_token"), body.get("refresh_token")
    if answer.status != 200 or not access or not fresh:
        raise Transient(Cause.transient, "", redact(answer.text or f"HTTP {answer.status}", hidden))
    created = body.get("created_at")
    since = datetime.fromtimestamp(created, UTC) if isinstance(created, int) else now
    ends = since + timedelta(seconds=int(body.get("expires_in") or 0))
    return Grant(client.access.shop_id, str(access), str(fresh), ends)
