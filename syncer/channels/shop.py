"""A channel ready for work: its row, its rules, and its adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapters.clock import Clock
from adapters.contract import Adapter, Lister, MarketplaceError, OrderSource
from syncer.channels.authorisation import Authorisation
from syncer.channels.contact import Contact
from syncer.listing.rules import ChannelRules
from syncer.store.database import Database
from syncer.texts import _, is_kept


@dataclass(frozen=True, slots=True)
class Shop:
    """One channel in use. `relearn` reads the facts whatever is known already.

    `learn` reads the shop's facts when they are missing or old and marks due what they change (raises
    MarketplaceError); `rules` is a function because what was learnt changes them; `lanes` = how many calls in flight
    use up the shop's allowance at the latency measured so far. `refused` = why no create may be sent
    here yet (None: it may); `stopped` = why nothing at all may be pushed here now. `authorisation` = whether the shop
    lets us in; `contact` = how far a new channel has come.
    """

    id: int
    name: str
    database: Database
    clock: Clock
    adapter: Adapter
    lister: Lister
    orders: OrderSource | None
    authorisation: Authorisation
    rules: Callable[[], ChannelRules]
    learn: Callable[[], None]
    relearn: Callable[[], None]
    lanes: Callable[[], int]
    stopped: Callable[[], str | None]
    contact: Contact
    orders_max_age_s: float = 60.0
    refused: str | None = None


def unauthorised(shop: Shop) -> bool:
    """Whether the shop has ended the authorisation that the config holds: calling it again is in vain."""
    refusal = shop.authorisation.refusal()
    return refusal is not None and refusal.final


def authorise_again(channel: str) -> str:
    """What to tell a person whose shop lets us in no more."""
    text = _(
        "{channel}: the shop has ended its authorisation; have its owner grant access again (`syncer channel authorize "
        "{channel}` says how), then run `syncer channel check {channel}`"
    )
    return text.format(channel=channel)


def said(error: MarketplaceError) -> str:
    """What went wrong, as it is stored and told: our own sentence, or the marketplace's words with their code."""
    return error.text if is_kept(error.text) else str(error)
