"""The whole road in one process: catalogue, engine, adapter, HTTP, sandbox, on one clock that nobody waits for."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import select

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox, launch
from syncer.catalogue.importing import ImportReport, import_file
from syncer.catalogue.rules import COLUMNS
from syncer.channels.opening import lock_folder, open_shop
from syncer.channels.shop import Shop
from syncer.settings import Settings, load_settings
from syncer.store.database import Database
from syncer.store.schema import open_database
from syncer.store.tables import OfferRow
from syncer.sync import orders
from syncer.sync.guard import Thresholds
from syncer.sync.lease import hold
from syncer.sync.plan import Plan, Wish
from syncer.sync.run import Request, Result, plan, run

EXAMPLES = Path(__file__).resolve().parents[2] / "config" / "examples"
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
CODES = ("BLC-SJK", "PWT-GTK", "RSM-CNC")
FREE = Thresholds(factor=1000, stock_factor=100_000, share_from=10_000)
"""Guards that never trip: the road itself is tested, the guards by themselves."""


@dataclass(slots=True)
class Road:
    """A small catalogue on the way to a shop."""

    folder: Path
    clock: ManualClock
    sandbox: Sandbox
    settings: Settings
    database: Database
    thresholds: Thresholds = FREE
    rows: list[dict[str, str]] = field(default_factory=list)
    counts: int = 0

    # --- the catalogue -----------------------------------------------------------------------------------------------

    def write(self, **by_sku: Mapping[str, str]) -> ImportReport:
        """Change columns of rows ({sku with _ for -}: {column: value}) and import the whole file."""
        for row in self.rows:
            row.update(by_sku.get(row["sku"].replace("-", "_"), {}))
        return self.import_rows()

    def rewrite(self, code: str, **columns: str) -> ImportReport:
        """Change columns of a product, on each of its rows, and import the whole file."""
        for row in self.rows:
            if row["product_code"] == code:
                row.update(columns)
        return self.import_rows()

    def import_rows(self) -> ImportReport:
        """Import the rows as they stand."""
        path = self.folder / "catalogue.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=COLUMNS)
            writer.writeheader()
            writer.writerows(self.rows)
        return import_file(self.database, path, now=self.clock.now(), as_of=date(2026, 11, 24))

    def count(self, sku: str, pieces: int) -> None:
        """A stock count of one SKU, now."""
        self.counts += 1
        path = self.folder / "count.csv"
        path.write_text(f"sku,stock,reason,reference\n{sku},{pieces},stok opname,C-{self.counts}\n", encoding="utf-8")
        import_file(self.database, path, now=self.clock.now())

    def price(self, sku: str, rupiah: int) -> None:
        """A new price of one SKU."""
        path = self.folder / "price.csv"
        path.write_text(f"sku,price_idr\n{sku},{rupiah}\n", encoding="utf-8")
        import_file(self.database, path, now=self.clock.now())

    # --- the shop ----------------------------------------------------------------------------------------------------

    def shop(self) -> Shop:
        """The channel, opened anew as a new process would."""
        channel = self.settings.channel(self.sandbox.channel)
        return open_shop(self.settings, channel, self.database, self.clock)

    def request(self, **wish: Any) -> Request:
        """A manual resync."""
        return Request(
            trigger="manual", wish=replace(Wish(manual=True, patient=False), **wish),
            locks=lock_folder(self.settings, self.database), as_of=self.clock.now(), thresholds=self.thresholds,
        )  # fmt: skip

    def resync(self, **wish: Any) -> Result:
        """One manual resync to its end."""
        return run(self.shop(), self.request(**wish))

    def plan(self, **wish: Any) -> Plan:
        """What a resync would push first."""
        return plan(self.shop(), self.request(**wish))

    def pull(self) -> orders.Pulled:
        """Read the orders."""
        shop = self.shop()
        with hold(self.database, shop.id, shop.name, lock_folder(self.settings, self.database), self.clock, 1) as lease:
            return orders.pull(shop, lease)

    def buy(self, sku: str, quantity: int = 1, paid: bool = True) -> str:
        """A buyer's order; returns its number."""
        known = {v["sku"] for row in self.sandbox.truth() for v in row["variants"]}
        name = sku if sku in known else self.offers()[sku]
        order = {"lines": [{"sku": name, "quantity": quantity}], "paid": paid}
        bought: dict[str, str] = self.sandbox.control("POST", "orders", order)
        return bought["id"]

    def fault(self, operation: str, kind: str, times: int | None = 1) -> None:
        """Put one fault in force."""
        line = {"operation": operation, "kind": kind, "probability": 1, "times": times}
        self.sandbox.control("PUT", "faults", [line])

    def calm(self) -> None:
        """No faults any more."""
        self.sandbox.control("PUT", "faults", [])

    def shown(self) -> dict[str, dict[str, Any]]:
        """{SKU: its variant in the shop, with the listing's status and title}; a SKU there twice is an error."""
        found: dict[str, dict[str, Any]] = {}
        names = {offer: sku for sku, offer in self.offers().items()}
        for listing in self.sandbox.truth():
            for variant in listing["variants"]:
                variant["sku"] = variant["sku"] or names.get(variant["external_id"])
                assert variant["sku"] not in found, f"{variant['sku']} stands in the shop twice"
                found[variant["sku"]] = {**variant, "status": listing["status"], "title": listing["title"]}
        return found

    def offers(self) -> dict[str, str]:
        """{SKU: offer id} as stored: some shops hold no SKUs."""
        with self.database.read() as session:
            rows = session.exec(select(OfferRow.sku, OfferRow.external_id)).all()
        return {sku: offer for sku, offer in rows if offer is not None}

    def titles(self) -> Counter[str]:
        """How often each title stands in the shop."""
        return Counter(listing["title"] for listing in self.sandbox.truth())


@contextmanager
def road(
    folder: Path, codes: tuple[str, ...] = CODES, switches: Mapping[str, str] | None = None, marketplace: str = "shopee"
) -> Iterator[Road]:
    """A road with these products of the example catalogue, imported and not yet pushed."""
    clock = ManualClock(START)
    with launch((marketplace,), switches=switches, clock=clock) as sandboxes:
        sandboxes.write_config(folder / "syncer.toml")
        if not (folder / "images").exists():
            shutil.copytree(EXAMPLES / "images", folder / "images")
        settings = load_settings(folder / "syncer.toml")
        database = open_database(settings.database)
        with (EXAMPLES / "catalogue-babel.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["product_code"] in codes]
        made = Road(folder, clock, sandboxes[marketplace], settings, database, rows=rows)
        made.sandbox.control("PUT", "settings", {"rate_per_s": 0})
        made.import_rows()
        yield made
        database.close()
