"""The demonstration: the main job from an empty shop to a report, with a lost answer on the way.

It stands on 24 November 2026, the day on which the example catalogue stands, so it says the same in every year.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from adapters.clock import SystemClock
from adapters.sandbox import Sandbox, launch
from syncer.catalogue.importing import WIB, import_file
from syncer.channels.opening import lock_folder, open_shop
from syncer.channels.shop import Shop
from syncer.cli.progress import bar
from syncer.report.model import ChannelReport, make_report
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
ADD_ITEM = "/api/v2/product/add_item"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays."""

    settings: Settings
    database: Database
    sandbox: Sandbox
    shop: Shop

    def import_example(self, name: str) -> str:
        """Import one of the example files, and say what came of it."""
        path = config_dir() / "examples" / name
        report = import_file(self.database, path, now=SystemClock().now(), as_of=STANDS_ON)
        text = _("{name}: {rows} rows, {imported} imported, {errors} left out")
        errors = sum(1 for problem in report.problems if problem.level.value == "error")
        return text.format(name=name, rows=report.rows, imported=report.imported, errors=errors)

    def resync(self, title: str) -> Result:
        """A manual resync, as the command line makes it."""
        request = Request(
            trigger="manual", wish=Wish(manual=True, patient=False), locks=lock_folder(self.settings, self.database),
            as_of=AS_OF,
        )  # fmt: skip
        with bar(title) as step:

            def told(progress: Progress) -> None:
                step(progress.done, progress.total, progress.text)

            return run(self.shop, request, tell=told)

    def pull_orders(self) -> None:
        """Read the shop's orders into the ledger."""
        locks = lock_folder(self.settings, self.database)
        with hold(self.database, self.shop.id, self.shop.name, locks, self.shop.clock, 10.0) as lease:
            pull(self.shop, lease)

    def report(self) -> tuple[ChannelReport, str]:
        """The sync report: the channel's part, and the whole as text."""
        with self.database.read() as session:
            made = make_report(session, SystemClock().now())
        return made.channels[0], as_text(made)


def tell_story(keep: Path | None = None) -> int:
    """Play the story in `keep` (or a folder that is removed); 0 when the shop shows what the report says."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="syncer-demo-")))
        sandboxes = stack.enter_context(launch(("shopee",)))
        sandboxes.write_config(folder / "syncer.toml")
        settings = load_settings(folder / "syncer.toml")
        database = open_database(settings.database)
        stack.callback(database.close)
        shop = open_shop(settings, settings.channel("shopee-sandbox"), database, SystemClock())
        return _play(Stage(settings, database, sandboxes["shopee"], shop), folder)


def _play(stage: Stage, folder: Path) -> int:
    print(_("A Shopee shop of the sandbox answers at {url}; it is empty.").format(url=stage.sandbox.url))
    print("1. " + stage.import_example("catalogue-babel.csv"))
    lost = _first_sync(stage)
    _changes(stage)
    _sale(stage)
    channel, text = stage.report()
    print("\n" + text)
    (folder / "report.txt").write_text(text, encoding="utf-8")
    return _verdict(stage, channel, lost)


def _first_sync(stage: Stage) -> int:
    """List everything, while the answer to a create is lost; returns how many answers were."""
    stage.sandbox.control("PUT", "faults", [_fault(1)])
    result = stage.resync(_("listing"))
    lost = result.outcomes.get("unknown", 0)
    stage.sandbox.control("PUT", "faults", [])
    shown = Counter(listing["status"] for listing in stage.sandbox.truth())
    text = _("2. First sync: {live} listings in the shop; {lost} answer to a create was lost and survived.")
    print(text.format(live=sum(shown.values()), lost=lost))
    return lost


def _fault(times: int) -> dict[str, Any]:
    return {"operation": ADD_ITEM, "kind": "lose_response", "probability": 1, "times": times}


def _changes(stage: Stage) -> None:
    for name in ("stock-update.csv", "price-update.csv"):
        print("3. " + stage.import_example(name))
    stage.sandbox.control("DELETE", "calls")
    stage.resync(_("pushing"))
    calls = stage.sandbox.calls()
    text = _("   Second sync: {writes} listing-changing calls, {reads} reads.")
    print(text.format(writes=calls["writes"], reads=calls["reads"]))


def _sale(stage: Stage) -> None:
    variants = [v for listing in stage.sandbox.truth() for v in listing["variants"] if v["stock"] >= 2]
    sku = min(variant["sku"] for variant in variants)
    stage.sandbox.control("POST", "orders", {"lines": [{"sku": sku, "quantity": 2}], "paid": True})
    stage.sandbox.control("DELETE", "calls")
    stage.pull_orders()
    stage.resync(_("after the sale"))
    stock = next(v["stock"] for listing in stage.sandbox.truth() for v in listing["variants"] if v["sku"] == sku)
    text = _("4. A buyer took 2 of {sku}: the ledger knows, the shop shows {stock}, and {writes} writes were needed.")
    print(text.format(sku=sku, stock=stock, writes=stage.sandbox.calls()["writes"]))


def _verdict(stage: Stage, channel: ChannelReport, lost: int) -> int:
    truth = stage.sandbox.truth()
    shown = dict(sorted(Counter(listing["status"] for listing in truth).items()))
    skus = Counter(v["sku"] for listing in truth for v in listing["variants"])
    pieces = sum(v["stock"] for listing in truth for v in listing["variants"])
    agrees = (channel.listings, channel.offers, channel.pieces) == (shown, sum(skus.values()), pieces)
    good = agrees and max(skus.values()) == 1 and lost >= 1 and len(truth) == channel.wanted
    text = _("The shop itself says: {listings} listings ({states}), {offers} offers, {pieces} pieces: {verdict}.")
    verdict = _("the report agrees") if good else _("THE REPORT DOES NOT AGREE")
    states = counted(shown)
    print(text.format(listings=len(truth), states=states, offers=len(skus), pieces=pieces, verdict=verdict))
    return 0 if good else 1
