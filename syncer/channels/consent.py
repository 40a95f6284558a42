"""A shop's owner grants access: what to tell the owner, and what comes of the address that the browser ends at.

The owner sits elsewhere with a phone. What comes back is pasted by the operator, or by the owner into a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from adapters.clock import Clock
from adapters.contract import Authorizer, Grant, Instructions
from syncer.channels.opening import keep_grant
from syncer.channels.registry import adapter_module
from syncer.channels.shop import Shop
from syncer.errors import UsageError
from syncer.settings import ChannelSettings, Settings
from syncer.store.database import Database
from syncer.texts import _

ADDRESS_MOST = 8_192


@dataclass(frozen=True, slots=True)
class Consent:
    """What came of a consent: the channels that are authorised now, and shops in it that no channel stands for."""

    channels: tuple[str, ...]
    strangers: tuple[str, ...]


def instructions(shop: Shop, channel: ChannelSettings) -> Instructions:
    """What the owner must open and copy.

    Raises:
        UsageError: shops of this marketplace grant access otherwise.
        AuthError: the app's own keys are not in the config.
    """
    return _authorizer(shop, channel).begin()


def by_keys(channel: ChannelSettings) -> str | None:
    """What the owner must do where shops let us in by keys alone; None: there is a consent to ask for."""
    said: str | None = getattr(adapter_module(channel.marketplace), "BY_KEYS", None)
    return said


def take(
    settings: Settings, database: Database, clock: Clock, shop: Shop, channel: ChannelSettings, address: str
) -> Consent:
    """Trade the pasted callback `address` for grants, and keep those of shops that the config names.

    A main account grants several shops at once: each goes to its own channel. Nothing is kept unless the shop of
    `channel` is among them.

    Raises:
        UsageError: the address holds nothing, or the consent is for other shops.
        AuthError: the marketplace refused it.
        MarketplaceError: the marketplace could not be asked.
    """
    grants = {grant.shop_id: grant for grant in _authorizer(shop, channel).finish(_callback(address))}
    if channel.shop_id not in grants:
        text = _(
            "this consent is for shop {others}, but channel {channel} is bound to shop {shop}; nothing was kept: have "
            "the owner of that shop agree, or correct shop_id in the config"
        )
        raise UsageError(text.format(others=", ".join(sorted(grants)), channel=channel.name, shop=channel.shop_id))
    named = [one for one in settings.channels.values() if one.marketplace == channel.marketplace]
    kept = _keep(settings, database, clock, [one for one in named if one.shop_id in grants], grants)
    strangers = set(grants) - {one.shop_id for one in named}
    return Consent(tuple(kept), tuple(sorted(strangers)))


def _keep(
    settings: Settings, database: Database, clock: Clock, channels: list[ChannelSettings], grants: dict[str, Grant]
) -> list[str]:
    for one in channels:
        keep_grant(settings, one, database, clock, grants[one.shop_id])
    return [one.name for one in channels]


def _authorizer(shop: Shop, channel: ChannelSettings) -> Authorizer:
    if not isinstance(shop.adapter, Authorizer):
        text = _("shops of {marketplace} grant access by keys in secrets.env; see the comments of the config")
        raise UsageError(text.format(marketplace=channel.marketplace))
    return shop.adapter


def _callback(address: str) -> dict[str, str]:
    """The query of an address; the whole text where it is only a query."""
    text = address.strip().strip("'\"<>")
    if len(text) > ADDRESS_MOST or any(character.isspace() for character in text):
        raise UsageError(_("this is no address: copy the whole line that the browser shows after agreeing"))
    parts = urlsplit(text)
    found = dict(parse_qsl(parts.query or (text if "=" in text and not parts.scheme else ""), keep_blank_values=True))
    if not found:
        raise UsageError(_("the address holds no code: copy the whole line that the browser shows after agreeing"))
    return found
