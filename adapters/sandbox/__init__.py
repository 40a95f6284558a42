"""The sandbox: each marketplace as a local HTTP server, as unforgiving as the real thing.

with launch() as sandboxes:
    shop = sandboxes["shopee"]          # .url, .credentials, .truth(), .control("PUT", "faults", [...])
    sandboxes.write_config(path)        # a config of ours that points at it

Beyond the calls of the plan, `PUT settings` also takes `daily_quota` (calls of the app), `multi_warehouse` (true: stock
wants a location) and `couriers` ({id: on}); `POST resend` gives out a code of the console for lost tokens; the consent
page takes `&main_account=1` for a main account with two shops; an order can also become `in_cancel`. Blibli's settings
are also `published` (false: no published limits), `signature_key` (false: none is set) and `pickup_points` (1 or 2);
`POST authorise` binds the store again; a promotion may name `kind` (REGULAR or FLASH), `range` and `review_from`, an
order's advance one `item_id`. Bukalapak's settings also take `upload_quota` ({daily, weekly, monthly}: sizes), an
order's line there also `external_id` where the shop holds no SKU, and an order can also become `accepted`, `remitted`
and `rejected`. Lazada's settings are also `multi_warehouse`, `not_permitted` (true: a seller who may not use
UpdatePriceQuantity), `mega_campaign` (true: product writes are off), `item_limit` (how many products may be active) and
`push_address` (where pushes go, on this machine); an order there can also become each status of its own. Tokopedia &
TikTok Shop's settings are also `migrated` (false: no Tokopedia), `merging`, `disabled`, `dilayani`, `warehouses` (1 or
2), `daily_listings` (0: no limit) and `scopes`; its orders may name `platform` and `fulfilment`, and become `on_hold`,
`packed` and `completed`; a review may name `front` (tiktok_shop or tokopedia).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.clock import Clock, SystemClock
from adapters.sandbox.blibli.market import open_market as open_blibli
from adapters.sandbox.bukalapak.market import open_market as open_bukalapak
from adapters.sandbox.config_writer import ChannelLines, write_config
from adapters.sandbox.lazada.market import open_market as open_lazada
from adapters.sandbox.market import Market
from adapters.sandbox.server import Hooks, MarketServer
from adapters.sandbox.shopee.market import open_market as open_shopee
from adapters.sandbox.switches import positions
from adapters.sandbox.tiktokshop.market import open_market as open_tiktokshop

OpenMarket = Callable[[int, Clock, Mapping[str, str], bool], Market]

_MARKETS: Mapping[str, OpenMarket] = {
    "shopee": open_shopee, "bukalapak": open_bukalapak, "blibli": open_blibli, "lazada": open_lazada,
    "tiktokshop": open_tiktokshop,
}  # fmt: skip
MARKETPLACES = tuple(_MARKETS)

__all__ = ["MARKETPLACES", "Sandbox", "Sandboxes", "launch"]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One running marketplace."""

    server: MarketServer
    market: Market

    @property
    def marketplace(self) -> str:
        """The folder name of the marketplace."""
        return self.market.marketplace

    @property
    def channel(self) -> str:
        """The name of its channel in the written config."""
        return self.market.channel

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
        """A grant for a client of one's own, apart from the written config's."""
        with self.server.lock:
            return self.market.credentials()

    @property
    def auth_url(self) -> str:
        """The consent page ('' if the marketplace has none): a GET answers at once with the redirect."""
        return self.market.auth_url(self.url)

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
        with self.server.lock:
            return self.market.config_lines(self.url)


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

    `limits` = real or fast; `state` survives a restart (of several marketplaces each has its own file beside it);
    `record` gets one JSON line a call (also by the environment's SYNCER_SANDBOX_RECORD).

    Raises:
        ValueError: a marketplace, limit or switch that does not exist.
        OSError: a port is taken.
    """
    if limits not in ("real", "fast"):
        raise ValueError(f"limits are real or fast, not '{limits}'")
    chosen, time = positions(switches or {}), clock or SystemClock()
    recorded = record or (Path(name) if (name := os.environ.get("SYNCER_SANDBOX_RECORD")) else None)
    running: dict[str, Sandbox] = {}
    try:
        for name in marketplaces:
            if name not in _MARKETS:
                raise ValueError(f"no sandbox of '{name}'; there are: {', '.join(MARKETPLACES)}")
            market = _MARKETS[name](seed, time, chosen, limits == "fast")
            server = MarketServer(market, time, seed, market.settle_s, _state_of(state, name), recorded,
                                  (ports or {}).get(name, 0))  # fmt: skip
            shop = Sandbox(server, market)
            shop.start()
            running[name] = shop
        yield Sandboxes(running)
    finally:
        for shop in running.values():
            shop.stop()


def _state_of(state: Path | None, marketplace: str) -> Path | None:
    """The file of one marketplace: the named one for the first, others beside it."""
    if state is None or marketplace == MARKETPLACES[0]:
        return state
    return state.with_name(f"{state.name}.{marketplace}")
