"""A shop owner's consent and the tokens that come of it (facts, section 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from adapters.contract import AuthError, Cause, Grant, Instructions, MarketplaceError, Transient
from adapters.lazada.client import LazadaClient, Reply
from adapters.seal import check_state, sealed
from adapters.words import sentence

LINK_LIVES = timedelta(minutes=30)  # ours, as long as a code lives (facts, section 3)
COUNTRY = "id"


def begin(client: LazadaClient, now: datetime) -> Instructions:
    """The link for the shop's owner, with a state that only we can have made."""
    access = client.access
    expires = now + LINK_LIVES
    query = {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": access.redirect or access.base,
        "client_id": access.app_key,
        "state": sealed(access.app_secret, access.shop_id, expires),
    }
    text = sentence(
        "Open the link as the shop's owner and agree. The browser then shows an address with code=… and state=…: "
        "copy that address back here within thirty minutes."
    )
    return Instructions(f"{access.auth}/oauth/authorize?{urlencode(query)}", expires, text)


def finish(client: LazadaClient, callback: Mapping[str, str], now: datetime) -> list[Grant]:
    """Trade the code for grants: one for each Indonesian shop of the account.

    Raises:
        AuthError: the state is not ours or has died, or Lazada refused the code.
        Transient: Lazada could not be asked.
    """
    access = client.access
    check_state(access.app_secret, access.shop_id, callback.get("state", ""), now)
    code = callback.get("code", "")
    if not code:
        raise AuthError(Cause.auth, "invalid_code", sentence("the address holds no code"))
    reply = client.trade("GenerateAccessToken", [("code", code)], (code,))
    return [_grant(client, reply, shop, now) for shop in _shops(client, reply)]


def refresh(client: LazadaClient, grant: Grant, now: datetime) -> Grant:
    """A new pair. Said once: whether the old refresh token lives on is not known (facts, section 3).

    Raises:
        Transient: no usable reply; the same refresh may be tried again.
        AuthError: refused; a person must authorise the shop again.
    """
    if not grant.refresh_token:
        raise AuthError(
            Cause.auth, "no_refresh_token", sentence("this authorisation cannot be refreshed; authorise again")
        )
    secrets = (grant.refresh_token, grant.access_token)
    reply = client.trade("RefreshAccessToken", [("refresh_token", grant.refresh_token)], secrets)
    return _grant(client, reply, grant.shop_id, now)


def _shops(client: LazadaClient, reply: Reply) -> list[str]:
    """The Indonesian shops of a consent; the one asked for where the answer names none (facts, section 3)."""
    found = [str(row["seller_id"]) for country, row in _infos(reply) if country == COUNTRY and row.get("seller_id")]
    return list(dict.fromkeys(found)) or [client.access.shop_id]


def _infos(reply: Reply) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(country, row) of a list, or of an object by country: the documents contradict each other."""
    infos = reply.get("country_user_info") or reply.get("country_user_info_list")
    pairs = infos.items() if isinstance(infos, dict) else [("", row) for row in infos or []]
    for key, row in pairs:
        if isinstance(row, dict):
            yield str(row.get("country") or key).casefold(), row


def _grant(client: LazadaClient, reply: Reply, shop_id: str, now: datetime) -> Grant:
    if not reply.ok:
        raise _error(client, reply)
    access, fresh = reply.get("access_token"), reply.get("refresh_token")
    lasts, renews = _seconds(reply.get("expires_in")), _seconds(reply.get("refresh_expires_in"))
    if not access or (renews and not fresh):
        raise Transient(Cause.transient, "", sentence("the answer holds no tokens"))
    # refresh_expires_in = 0: this token cannot be refreshed, so consent ends with it (facts, section 3).
    expires = now + timedelta(seconds=lasts) if lasts else None
    ends = now + timedelta(seconds=renews) if renews else expires
    return Grant(shop_id, str(access), str(fresh or "") if renews else "", expires, ends)


def _seconds(value: Any) -> int:
    """A number or numeric text; 0 where it is neither."""
    return int(value) if str(value).isdigit() else 0


def _error(client: LazadaClient, reply: Reply) -> MarketplaceError:
    """Refusals of a token call are for a person; only the line, speed and clock are not."""
    error = client.error(reply)
    if isinstance(error, Transient):
        return error
    return AuthError(error.cause if error.cause is Cause.config else Cause.auth, error.code, error.text)
