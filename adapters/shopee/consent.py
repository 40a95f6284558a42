"""A shop owner's consent and the tokens that come of it (facts, sections 2.1 and 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.contract import AuthError, Cause, Grant, Instructions, MarketplaceError, Transient
from adapters.seal import check_state, sealed
from adapters.shopee.client import Reply, ShopeeClient
from adapters.words import sentence

REFRESH_LIVES = timedelta(days=30)
LINK_LIVES = timedelta(hours=24)  # ours: an unsigned link has no end of its own, its code lives ten minutes
EPOCH_FROM = 1_000_000_000  # an expire_in as large as this is an instant, not seconds left (facts, section 2.2)


def begin(client: ShopeeClient, now: datetime) -> Instructions:
    """The unsigned link for the shop's owner: the signed one dies in five minutes, and the owner sits elsewhere."""
    expires = now + LINK_LIVES
    link = client.consent_link(sealed(client.access.app_secret, client.access.shop_id, expires))
    text = sentence(
        "Open the link as the shop's owner and agree. The browser then shows an address with code=… and "
        "shop_id=… (or main_account_id=…): copy that address back here within ten minutes."
    )
    return Instructions(link, expires, text)


def finish(client: ShopeeClient, callback: Mapping[str, str], now: datetime) -> list[Grant]:
    """Trade the code for grants: one for a shop, one per shop for a main account.

    Raises:
        AuthError: the state is not ours or has died, or Shopee refused the code.
        MarketplaceError: Shopee could not be asked.
    """
    check_state(client.access.app_secret, client.access.shop_id, callback.get("state", ""), now)
    code = callback.get("code", "")
    key = "shop_id" if callback.get("shop_id") else "main_account_id"
    if not code or not callback.get(key, "").isdigit():
        raise AuthError(
            Cause.auth, "invalid_code", sentence("the address holds no code with a shop_id or main_account_id")
        )
    body = {"code": code, "partner_id": int(client.access.app_id), key: int(callback[key])}
    reply = client.trade("get_token", body, (code,))
    if not reply.ok:
        raise _error(client, reply)
    shops = [callback[key]] if key == "shop_id" else [str(s) for s in reply.get("shop_id_list") or []]
    # The pair is shared by all shops of a main account until the first refresh of each (facts, section 2.2).
    return [_grant(reply.payload, shop, now) for shop in shops]


def refresh(client: ShopeeClient, grant: Grant, now: datetime) -> Grant:
    """A new pair. A lost reply may have spent the old token, so the same refresh is said once more at once.

    Raises:
        Transient: no usable reply twice; the same refresh may be tried again.
        AuthError: refused.
    """
    body = {
        "refresh_token": grant.refresh_token,
        "partner_id": int(client.access.app_id),
        "shop_id": int(grant.shop_id),
    }
    secrets = (grant.refresh_token, grant.access_token)
    reply = client.trade("refresh_token", body, secrets)
    if not reply.ok and reply.cause is Cause.transient:
        reply = client.trade("refresh_token", body, secrets)
    if not reply.ok:
        raise _error(client, reply)
    if not reply.get("access_token") or not reply.get("refresh_token"):
        raise Transient(Cause.transient, "", sentence("the answer holds no tokens"))
    return _grant(reply.payload, grant.shop_id, now)


def _error(client: ShopeeClient, reply: Reply) -> MarketplaceError:
    """Refusals of a token call are for a person, whatever their code; only the line, speed and clock
    are not.
    """
    error = client.error(reply)
    if isinstance(error, Transient):
        return error
    return AuthError(error.cause if error.cause is Cause.config else Cause.auth, error.code, error.text)


def _grant(payload: Mapping[str, Any], shop_id: str, now: datetime) -> Grant:
    left = int(payload.get("expire_in") or 0)
    expires = datetime.fromtimestamp(left, UTC) if left >= EPOCH_FROM else now + timedelta(seconds=left)
    return Grant(shop_id, str(payload["access_token"]), str(payload["refresh_token"]), expires, now + REFRESH_LIVES)
