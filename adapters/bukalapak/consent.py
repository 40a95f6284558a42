"""A shop owner's consent and the tokens that come of it (facts, section 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from adapters.bukalapak.client import BukalapakClient, Reply, ShopAccess, whole
from adapters.contract import AuthError, Cause, Grant, Instructions, MarketplaceError, Transient
from adapters.seal import check_state, sealed
from adapters.words import sentence

SCOPE = "public user store"
LINK_LIVES = timedelta(minutes=15)  # ours: the marketplace's own limit is in no source


def begin(client: BukalapakClient, now: datetime) -> Instructions:
    """The link for the shop's owner, with a state that only we can have made.

    Raises:
        AuthError: the app's own credentials are not in the config.
    """
    access = client.access
    _check_app(access)
    expires = now + LINK_LIVES
    query = {
        "response_type": "code",
        "client_id": access.client_id,
        "redirect_uri": access.redirect or access.base,
        "scope": SCOPE,
        "state": sealed(access.client_secret, access.shop_id, expires),
    }
    text = sentence(
        "Open the link as the shop's owner and agree. The browser then shows an address with code=… and state=…: "
        "copy that address back here within fifteen minutes."
    )
    return Instructions(f"{access.accounts}/oauth/authorize?{urlencode(query)}", expires, text)


def finish(client: BukalapakClient, callback: Mapping[str, str], now: datetime) -> list[Grant]:
    """Trade the code for a grant.

    Raises:
        AuthError: the state is not ours or has died, or Bukalapak refused the code.
        Transient: Bukalapak could not be asked.
    """
    access = client.access
    _check_app(access)
    check_state(access.client_secret, access.shop_id, callback.get("state", ""), now)
    code = callback.get("code", "")
    if not code:
        raise AuthError(Cause.auth, "invalid_code", sentence("the address holds no code"))
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": access.redirect or access.base}
    return [_grant(client, client.trade({**body, **_app(access)}), now)]


def refresh(client: BukalapakClient, grant: Grant, now: datetime) -> Grant:
    """A new pair; the old refresh token is spent by it (facts, section 6, no. 3). Said once: a refresh that is said
    again with a spent token loses the account, so whoever calls this holds a lock and stores the pair first.

    Raises:
        Transient: no usable reply; the same refresh may be tried again.
        AuthError: refused; a person must authorise the shop anew.
    """
    body = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    return _grant(client, client.trade({**body, **_app(client.access)}), now)


def _app(access: ShopAccess) -> dict[str, str]:
    return {"client_id": access.client_id, "client_secret": access.client_secret}


def _check_app(access: ShopAccess) -> None:
    if not (access.client_id and access.client_secret):
        raise AuthError(
            Cause.config, "no_app", sentence("client_id and client_secret of the app are needed for a consent")
        )


def _grant(client: BukalapakClient, reply: Reply, now: datetime) -> Grant:
    if not reply.ok:
        raise _error(client, reply)
    if not reply.get("refresh_token"):
        raise Transient(Cause.transient, "", sentence("the answer holds no refresh token"))
    made = whole(reply.get("created_at"))
    start = datetime.fromtimestamp(made, UTC) if made else now
    lives = whole(reply.get("expires_in"))
    ends = start + timedelta(seconds=lives) if lives else None
    return Grant(client.access.shop_id, str(reply.get("access_token")), str(reply.get("refresh_token")), ends)


def _error(client: BukalapakClient, reply: Reply) -> MarketplaceError:
    """Refusals of a token call are for a person; only the line and speed are not."""
    error = client.error(reply)
    if isinstance(error, Transient):
        return error
    return AuthError(error.cause if error.cause is Cause.config else Cause.auth, error.code, error.text)
