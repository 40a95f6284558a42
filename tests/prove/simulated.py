"""A service and its shops in one process, on one clock that nobody waits for: days pass in minutes."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from adapters.clock import ManualClock
from adapters.sandbox import MARKETPLACES, Sandboxes, launch
from syncer.catalogue.importing import import_file
from syncer.daemon import Daemon
from syncer.report.publishing import publish
from syncer.settings import load_settings
from syncer.store.database import Database
from syncer.store.schema import open_database
from tests.prove.world import EXAMPLES

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
STEP_MOST_S = 60.0
SWITCHES = {"bukalapak.patch_price": "accepted"}
"""Otherwise the price of a single variant there can be changed by nobody, and stands in the report as failed."""


@dataclass(slots=True)
class OurClock:
    """The service's own clock: the world's, off by `off_s` (what an operator, or a dead battery, does to it)."""

    world: ManualClock
    off_s: float = 0.0

    def now(self) -> datetime:
        """The wall clock as the service's machine shows it."""
        return self.world.now() + timedelta(seconds=self.off_s)

    def monotonic(self) -> float:
        """Never off."""
        return self.world.monotonic()

    def sleep(self, seconds: float) -> None:
        """Time passes for all."""
        self.world.sleep(seconds)


@dataclass(slots=True)
class Simulation:
    """The service, its shops, its catalogue."""

    folder: Path
    world: ManualClock
    clock: OurClock
    shops: Sandboxes
    database: Database
    daemon: Daemon
    files: int = field(default=0)

    def run_for(self, seconds: float) -> None:
        """Let the service run: every channel's turns, the loop's beats, the rare jobs."""
        end = self.world.monotonic() + seconds
        due = dict.fromkeys(self.daemon.posts, 0.0)
        while (now := self.world.monotonic()) < end:
            for name, post in self.daemon.posts.items():
                if due[name] <= now:
                    due[name] = self.world.monotonic() + max(0.1, self.daemon.turn(post))
            self.daemon.beat(False, lambda: None)
            self.daemon.rare()
            wake = min([*due.values(), self.world.monotonic() + STEP_MOST_S, end])
            self.world.advance(max(0.0, wake - self.world.monotonic()))

    def restart(self) -> None:
        """Another process takes over from what is stored."""
        self.daemon = service(self.folder, self.database, self.clock)
        self.daemon.alive.begin()
        self.daemon.open_channels()

    def bring(self, text: str) -> None:
        """Import a stock-only or price-only file."""
        self.files += 1
        path = self.folder / f"change-{self.files}.csv"
        path.write_text(text, encoding="utf-8")
        import_file(self.database, path, now=self.clock.now())
        path.unlink()


def service(folder: Path, database: Database, clock: OurClock) -> Daemon:
    """A daemon that is not started: its parts are driven by hand."""
    config = folder / "syncer.toml"
    return Daemon(load_settings(config), database, clock, lambda: load_settings(config), publish)


@contextmanager
def simulation(codes: Sequence[str] | None = None, marketplaces: Sequence[str] = MARKETPLACES) -> Iterator[Simulation]:
    """A service with the example catalogue (or some of its products), and its shops, all empty."""
    world = ManualClock(START)
    clock = OurClock(world)
    with (
        tempfile.TemporaryDirectory(prefix="syncer-simulated-") as name,
        launch(marketplaces, switches=SWITCHES, clock=world) as shops,
    ):
        folder = Path(name)
        shops.write_config(folder / "syncer.toml")
        database = open_database(load_settings(folder / "syncer.toml").database)
        _catalogue(folder, database, clock, codes)
        daemon = service(folder, database, clock)
        daemon.alive.begin()
        daemon.open_channels()
        try:
            yield Simulation(folder, world, clock, shops, database, daemon)
        finally:
            database.close()


def _catalogue(folder: Path, database: Database, clock: OurClock, codes: Sequence[str] | None) -> None:
    shutil.copytree(EXAMPLES / "images", folder / "images")
    with (EXAMPLES / "catalogue-babel.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = reader.fieldnames or [], [r for r in reader if codes is None or r["product_code"] in codes]
    with (folder / "catalogue.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    import_file(database, folder / "catalogue.csv", now=clock.now(), as_of=date(2026, 11, 24))
