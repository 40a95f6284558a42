"""A channel ready for work: its row, its rules, and its adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapters.clock import Clock
from adapters.contract import Adapter, Lister, OrderSource
from syncer.listing.rules import ChannelRules
from syncer.store.database import Database


@dataclass(frozen=True, slots=True)
class Shop:
    """One channel in use. `relearn` reads the facts whatever is known already.

    `learn` reads the shop's facts when they are missing or old and marks due what they change (raises
    MarketplaceError); `rules` is a function because what was learnt changes them; `lanes` = how many calls in flight
    use up the shop's allowance at the latency measured so far. `refused` = why no create may be sent
    here yet (None: it may); `stopped` = why nothing at all may be pushed here now.
    """

    id: int
    name: str
    database: Database
    clock: Clock
    adapter: Adapter
    lister: Lister
    orders: OrderSource | None
    rules: Callable[[], ChannelRules]
    learn: Callable[[], None]
    relearn: Callable[[], None]
    lanes: Callable[[], int]
    stopped: Callable[[], str | None]
    orders_max_age_s: float = 60.0
    refused: str | None = None
