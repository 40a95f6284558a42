"""The sandbox: each marketplace as a local HTTP server, as unforgiving as the real thing.

with launch() as sandboxes:
    shop = sandboxes["shopee"]          # .url, .credentials, .truth(), .control("PUT", "faults", [...])
    sandboxes.write_config(path)        # a config of ours that points at it

Beyond the calls of the plan, `PUT settings` also takes `daily_quota` (calls of the app), `multi_warehouse` (true: stock
wants a location) and `couriers` ({id: on}); `POST resend` gives out a code of the console for lost tokens; the consent
page takes `&main_account=1` for a main account with two shops; an order can also become `in_cancel`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from adapters.clock import Clock, SystemClock
from adapters.sandbox.config_writer import ChannelLines, write_config
from adapters.sandbox.limits import delay_s
from adapters.sandbox.server import Hooks, MarketServer
from adapters.sandbox.shopee.auth import new_pair
from adapters.sandbox.shopee.context import READY_S, SETTLE_S, tree
from adapters.sandbox.shopee.market import CONSENT, ShopeeMarket
from adapters.sandbox.shopee.state import Pair, Shop

MARKETPLACES = ("shopee",)
SHOP_ID = 14_701_711
PARTNER_ID = 2_001_887

__all__ = ["MARKETPLACES", "Sandbox", "Sandboxes", "launch"]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One running marketplace. `credentials` are a grant apart from the written config's."""

    server: MarketServer
    market: ShopeeMarket
    fast: bool
    channel: str
    granted: Pair
    configured: Pair

    @property
    def marketplace(self) -> str:
        """The folder name of the marketplace."""
        return self.market.marketplace

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    @property
    def hooks(self) -> Hooks:
        """Functions called on arrival, and between application and answer."""
        return self.server.hooks

    @property
    def credentials(self) -> dict[str, Any]:
        """A grant for a client of one's own."""
        shop = self.market.home.shop
        return {
            "partner_id": shop.partner_id, "partner_key": shop.partner_key, "shop_id": shop.shop_id,
            "access_token": self.granted.access, "refresh_token": self.granted.refresh,
        }  # fmt: skip

    @property
    def auth_url(self) -> str:
        """The consent page, signed now and good for 5 minutes: a GET answers at once with the redirect."""
        shop, stamp = self.market.home.shop, int(self.server.clock.now().timestamp())
        base = f"{shop.partner_id}{CONSENT}{stamp}"
        sign = hmac.new(shop.partner_key.encode(), base.encode(), hashlib.sha256).hexdigest()
        query = {"partner_id": shop.partner_id, "timestamp": stamp, "sign": sign, "redirect": f"{self.url}/done"}
        return f"{self.url}{CONSENT}?{urlencode(query)}"

    def truth(self) -> list[dict[str, Any]]:
        """What `GET /_sandbox/listings` says."""
        listings: list[dict[str, Any]] = self.control("GET", "listings")
        return listings

    def calls(self) -> dict[str, Any]:
        """What `GET /_sandbox/calls` says."""
        counted: dict[str, Any] = self.control("GET", "calls")
        return counted

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """A `/_sandbox/` call without the wire."""
        return self.server.control(method, name, body)

    def start(self) -> None:
        """Answer again, on the same port."""
        self.server.start()

    def stop(self) -> None:
        """Go away; the state stays."""
        self.server.stop()

    def config_lines(self) -> ChannelLines:
        """What the written config says of this channel: the same numbers as the limits in force."""
        shop = self.market.home.shop
        rate = self.market.rate.count or 10
        return ChannelLines(
            channel=self.channel, marketplace=self.marketplace, url=self.url, shop_id=str(shop.shop_id),
            limits={
                "rates": f'[{{ scope = "app", count = {rate}, window_s = 1.0 }}]', "concurrency": "2",
                "settle_s": f"{delay_s(SETTLE_S, self.fast)}",
                "create_ready_s": f"{ceil(1000 * delay_s(READY_S, self.fast)) / 1000}",
                "deadline_s": "30.0",
            },
            secrets={
                "partner_id": str(shop.partner_id), "partner_key": shop.partner_key,
                "access_token": self.configured.access, "refresh_token": self.configured.refresh,
            },
            categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sandboxes:
    """The running marketplaces, by name."""

    shops: Mapping[str, Sandbox]

    def __getitem__(self, marketplace: str) -> Sandbox:
        return self.shops[marketplace]

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(self.shops.values())

    def write_config(self, path: Path) -> None:
        """A config of ours that points at all of them."""
        write_config(path, [shop.config_lines() for shop in self])


@contextmanager
def launch(
    marketplaces: Sequence[str] = MARKETPLACES, limits: str = "fast", switches: Mapping[str, str] | None = None,
    seed: int = 0, clock: Clock | None = None, state: Path | None = None, record: Path | None = None,
    ports: Mapping[str, int] | None = None,
) -> Iterator[Sandboxes]:  # fmt: skip
    """Run these marketplaces on loopback for the block, on free ports unless `ports` names them.

    `limits` = real or fast; `state` survives a restart; `record` gets one JSON line a call (also by the environment's
    SYNCER_SANDBOX_RECORD).

    Raises:
        ValueError: a marketplace, limit or switch that does not exist.
        OSError: a port is taken.
    """
    if limits not in ("real", "fast"):
        raise ValueError(f"limits are real or fast, not '{limits}'")
    recorded = record or (Path(name) if (name := os.environ.get("SYNCER_SANDBOX_RECORD")) else None)
    running: dict[str, Sandbox] = {}
    try:
        for name in marketplaces:
            if name not in MARKETPLACES:
                raise ValueError(f"no sandbox of '{name}'; there are: {', '.join(MARKETPLACES)}")
            shop = _shopee(limits == "fast", switches or {}, seed, clock or SystemClock(), state, recorded,
                           (ports or {}).get(name, 0))  # fmt: skip
            shop.start()
            running[name] = shop
        yield Sandboxes(running)
    finally:
        for shop in running.values():
            shop.stop()


def _shopee(
    fast: bool, switches: Mapping[str, str], seed: int, clock: Clock, state: Path | None, record: Path | None, port: int
) -> Sandbox:
    key = hashlib.sha256(f"sandbox {seed}".encode()).hexdigest()
    shop = Shop(SHOP_ID, PARTNER_ID, key)
    market = ShopeeMarket(shop, clock, switches, fast)
    server = MarketServer(market, clock, seed, delay_s(SETTLE_S, fast), state, record, port)
    granted, configured = _grant(market.home.shop, clock, 0), _grant(market.home.shop, clock, 1)
    return Sandbox(server, market, fast, "shopee-sandbox", granted, configured)


def _grant(shop: Shop, clock: Clock, number: int) -> Pair:
    """Grant `number` of this shop: that of an earlier start as long as it lives, otherwise a fresh one."""
    now = clock.now().timestamp()
    kept = shop.pairs[number] if number < len(shop.pairs) else None
    return kept if kept is not None and not kept.spent and kept.access_ends > now else new_pair(shop, [SHOP_ID], now)
