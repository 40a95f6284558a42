"""A shop owner's consent and the tokens that come of it (facts, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from adapters.contract import AuthError, Cause, Grant, Instructions, MarketplaceError, Transient
from adapters.seal import check_state, sealed
from adapters.tiktokshop.client import Reply, TikTokClient, whole
from adapters.words import sentence

LINK_LIVES = timedelta(minutes=30)  # ours; the code that comes back lives as long (facts, section 4)
EPOCH_FROM = 1_000_000_000
"""An expire_in is an instant (facts, section 4); a number below this could only be seconds left."""


def begin(client: TikTokClient, now: datetime) -> Instructions:
    """The link for the shop's owner, with a state that only we can have made."""
    access, expires = client.access, now + LINK_LIVES
    said = {"state": sealed(access.app_secret, access.shop_id, expires)}
    if access.service_id:
        link = f"{access.consent}/open/authorize?{urlencode({'service_id': access.service_id, **said})}"
    else:
        # The older form, which needs no service id (facts, section 2).
        link = f"{access.tokens}/oauth/authorize?{urlencode({'app_key': access.app_key, **said})}"
    text = sentence(
        "Open the link as the shop's owner and agree. The browser then shows an address with code=… and state=…: copy "
        "that address back here within thirty minutes."
    )
    return Instructions(link, expires, text)


def finish(client: TikTokClient, callback: Mapping[str, str], now: datetime) -> list[Grant]:
    """Trade the code for grants, one for each shop that it covers. A code serves once (facts, section 11.14).

    Raises:
        AuthError: the address holds no code, its state is not ours or has died, or the code was refused.
        MarketplaceError: the marketplace could not be asked.
    """
    code = callback.get("code") or callback.get("auth_code") or ""
    if not code:
        raise AuthError(Cause.auth, "invalid_code", sentence("the address holds no code"))
    check_state(client.access.app_secret, client.access.shop_id, callback.get("state", ""), now)
    reply = client.trade("get_token", {"auth_code": code, "grant_type": "authorized_code"})
    grant = _grant(client, reply, client.access.shop_id, now)
    shops = [str(row["id"]) for row in client.shops(grant) if row.get("id")]
    if not shops:
        raise AuthError(Cause.auth, "no_shop", sentence("the consent covers no shop"))
    return [_of_shop(grant, shop) for shop in shops]


def refresh(client: TikTokClient, grant: Grant, now: datetime) -> Grant:
    """A new pair. The refresh token is new, too, so whoever calls this holds a lock and stores the pair first.

    Raises:
        Transient: no usable reply; the same refresh may be tried again.
        AuthError: refused; a person must authorise the shop anew.
    """
    query = {"refresh_token": grant.refresh_token, "grant_type": "refresh_token"}
    return _grant(client, client.trade("refresh_token", query), grant.shop_id, now)


def _grant(client: TikTokClient, reply: Reply, shop_id: str, now: datetime) -> Grant:
    if not reply.ok:
        raise _error(client, reply)
    access, fresh = reply.get("access_token"), reply.get("refresh_token")
    if not access or not fresh:
        raise Transient(Cause.transient, "", sentence("the answer holds no tokens"))
    return Grant(
        shop_id, str(access), str(fresh), _instant(reply.get("access_token_expire_in"), now),
        _instant(reply.get("refresh_token_expire_in"), now),
    )  # fmt: skip


def _of_shop(grant: Grant, shop: str) -> Grant:
    return Grant(shop, grant.access_token, grant.refresh_token, grant.access_expires_at, grant.refresh_expires_at)


def _instant(value: Any, now: datetime) -> datetime | None:
    seconds = whole(value)
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC) if seconds >= EPOCH_FROM else now + timedelta(seconds=seconds)


def _error(client: TikTokClient, reply: Reply) -> MarketplaceError:
    """Refusals of a token call are for a person, whatever their code; only the line, speed and clock are not."""
    error = client.error(reply)
    if isinstance(error, Transient):
        return error
    return AuthError(error.cause if error.cause is Cause.config else Cause.auth, error.code, error.text)
