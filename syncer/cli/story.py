"""The demonstration: the main job from five empty shops to a report, with a lost answer on the way in each.

It stands on 24 November 2026, the day on which the example catalogue stands, so it says the same in every year.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from adapters.clock import SystemClock
from adapters.sandbox import Sandbox, Sandboxes, launch
from adapters.sandbox.market import CallSeen
from syncer.catalogue.importing import WIB, import_file
from syncer.channels.opening import lock_folder, open_shop
from syncer.channels.shop import Shop
from syncer.cli.progress import Step, bars
from syncer.report.model import ChannelReport, Report, make_report
from syncer.report.text import as_text
from syncer.report.words import counted
from syncer.settings import Settings, config_dir, load_settings
from syncer.store.database import Database
from syncer.store.schema import open_database
from syncer.sync.lease import hold
from syncer.sync.orders import pull
from syncer.sync.plan import Wish
from syncer.sync.run import Progress, Request, Result, run
from syncer.texts import _

STANDS_ON = date(2026, 11, 24)
AS_OF = datetime.combine(STANDS_ON, time(12), WIB)
CREATES = {
    "shopee": "/api/v2/product/add_item", "bukalapak": "/v2/products.json", "blibli": "createProduct",
    "lazada": "/product/create", "tiktokshop": "/product/202309/products",
}  # fmt: skip
SWITCHES = {"bukalapak.patch_price": "accepted", "tiktokshop.zero_quantity": "accepted"}
"""So that the price of a single variant can be pushed, and one variant be sold out without its whole product going off
sale: by default the sandbox refuses both."""

SENT_BACK = "KRP-"
"""The product that Blibli's review sends back: the first whose SKU begins so, else the first of all."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays."""

    settings: Settings
    database: Database
    sandboxes: Sandboxes
    shops: Mapping[str, Shop]

    def import_example(self, name: str) -> str:
        """Import one of the example files, and say what came of it."""
        path = config_dir() / "examples" / name
        report = import_file(self.database, path, now=SystemClock().now(), as_of=STANDS_ON)
        text = _("{name}: {rows} rows, {imported} imported, {errors} left out")
        errors = sum(1 for problem in report.problems if problem.level.value == "error")
        return text.format(name=name, rows=report.rows, imported=report.imported, errors=errors)

    def resync(self, title: str) -> list[tuple[Sandbox, Result]]:
        """A manual resync of every shop, as the command line makes it, side by side as the daemon does."""
        shops = list(self.sandboxes)
        with bars([f"{one.channel}: {title}" for one in shops]) as steps, ThreadPoolExecutor(len(shops)) as pool:
            return list(zip(shops, pool.map(self._resync, shops, steps), strict=True))

    def _resync(self, sandbox: Sandbox, step: Step) -> Result:
        request = Request(
            trigger="manual", wish=Wish(manual=True, patient=False), locks=lock_folder(self.settings, self.database),
            as_of=AS_OF,
        )  # fmt: skip

        def told(progress: Progress) -> None:
            step(progress.done, progress.total, progress.text)

        return run(self.shops[sandbox.marketplace], request, tell=told)

    def pull_orders(self, sandbox: Sandbox) -> None:
        """Read a shop's orders into the ledger."""
        shop, locks = self.shops[sandbox.marketplace], lock_folder(self.settings, self.database)
        with hold(self.database, shop.id, shop.name, locks, shop.clock, 10.0) as lease:
            pull(shop, lease)

    def report(self) -> Report:
        """The sync report."""
        with self.database.read() as session:
            return make_report(session, SystemClock().now())


def tell_story(keep: Path | None = None) -> int:
    """Play the story in `keep` (or a folder that is removed); 0 when every shop shows what the report says."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="syncer-demo-")))
        sandboxes = stack.enter_context(launch(tuple(CREATES), switches=SWITCHES))
        sandboxes.write_config(folder / "syncer.toml")
        settings = load_settings(folder / "syncer.toml")
        database = open_database(settings.database)
        stack.callback(database.close)
        shops = {
            one.marketplace: open_shop(settings, settings.channel(one.channel), database, SystemClock())
            for one in sandboxes
        }
        return _play(Stage(settings, database, sandboxes, shops), folder)


def _play(stage: Stage, folder: Path) -> int:
    for one in stage.sandboxes:
        print(_("{channel}: an empty shop of the sandbox answers at {url}.").format(channel=one.channel, url=one.url))
    print("1. " + stage.import_example("catalogue-babel.csv"))
    lost = _first_sync(stage)
    _changes(stage)
    _sale(stage)
    report = stage.report()
    text = as_text(report)
    print("\n" + text)
    (folder / "report.txt").write_text(text, encoding="utf-8")
    channels = {channel.name: channel for channel in report.channels}
    good = [_verdict(one, channels[one.channel], lost[one.channel]) for one in stage.sandboxes]
    return 0 if all(good) else 1


def _first_sync(stage: Stage) -> dict[str, int]:
    """List everything, while the answer to a create is lost in each shop; how many answers were, by channel."""
    for one in stage.sandboxes:
        line = {"operation": CREATES[one.marketplace], "kind": "lose_response", "probability": 1, "times": 1}
        one.control("PUT", "faults", [line])
    stage.sandboxes["blibli"].hooks.before_answer = _sends_one_back(stage.sandboxes["blibli"])
    return {sandbox.channel: _listed(sandbox, result) for sandbox, result in stage.resync(_("listing"))}


def _listed(sandbox: Sandbox, result: Result) -> int:
    sandbox.hooks.before_answer = None
    sandbox.control("PUT", "faults", [])
    lost = min(1, result.outcomes.get("unknown", 0))
    shown = Counter(listing["status"] for listing in sandbox.truth())
    text = _("2. {channel}: {states}; {lost} answer to a create was lost and survived.")
    print(text.format(channel=sandbox.channel, states=counted(dict(sorted(shown.items()))), lost=lost))
    return lost


def _sends_one_back(sandbox: Sandbox) -> Any:
    """A hook: the first product that comes into Blibli's review will need a correction."""
    done = False

    def hook(seen: CallSeen) -> None:
        nonlocal done
        if done or not seen.path.endswith(CREATES["blibli"]):
            return
        done = True
        skus = sorted(v["sku"] for row in sandbox.truth() for v in row["variants"])
        sku = next((one for one in skus if one.startswith(SENT_BACK)), skus[0])
        sandbox.control("POST", "review", {"sku": sku, "verdict": "needs_correction"})

    return hook


def _changes(stage: Stage) -> None:
    for name in ("stock-update.csv", "price-update.csv"):
        print("3. " + stage.import_example(name))
    for one in stage.sandboxes:
        one.control("DELETE", "calls")
    stage.resync(_("pushing"))
    for one in stage.sandboxes:
        calls = one.calls()
        text = _("   {channel}: {writes} listing-changing calls, {reads} reads.")
        print(text.format(channel=one.channel, writes=calls["writes"], reads=calls["reads"]))


def _sale(stage: Stage) -> None:
    """Two pieces are sold in the first shop, and every shop shows two less."""
    first = next(iter(stage.sandboxes))
    variants = [v for listing in first.truth() for v in listing["variants"] if v["stock"] >= 2]
    sku = min(variant["sku"] for variant in variants)
    first.control("POST", "orders", {"lines": [{"sku": sku, "quantity": 2}], "paid": True})
    stage.pull_orders(first)
    stage.resync(_("after the sale"))
    stock = next(v["stock"] for listing in first.truth() for v in listing["variants"] if v["sku"] == sku)
    text = _("4. A buyer took 2 of {sku} on {channel}: the ledger knows, and every shop shows {stock}.")
    print(text.format(sku=sku, channel=first.channel, stock=stock))


def _verdict(sandbox: Sandbox, channel: ChannelReport, lost: int) -> bool:
    truth = sandbox.truth()
    shown = dict(sorted(Counter(listing["status"] for listing in truth).items()))
    live = [v for listing in truth if listing["external_id"] for v in listing["variants"]]
    pieces = sum(v["stock"] for v in live)
    titles = Counter(listing["title"] for listing in truth)
    agrees = (channel.listings, channel.offers, channel.pieces) == (shown, len(live), pieces)
    good = agrees and max(titles.values()) == 1 and lost == 1 and len(truth) == channel.wanted
    text = _("{channel} itself says: {listings} listings ({states}), {offers} offers, {pieces} pieces: {verdict}.")
    verdict = _("the report agrees") if good else _("THE REPORT DOES NOT AGREE")
    print(text.format(channel=sandbox.channel, listings=len(truth), states=counted(shown), offers=len(live),
                      pieces=pieces, verdict=verdict))  # fmt: skip
    return good
