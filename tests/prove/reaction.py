"""How soon an idle daemon acts on a commit of another process, on SQLite and on PostgreSQL.

This process imports the count of one SKU; the daemon is a process of its own. Two figures for each import, both from
just before the commit: *noticed* is when the daemon opened its run, as it wrote that into the run table itself (so the
waking of the channel's thread, the question what is due, and the taking of the lease are in it), by the machine's wall
clock; *first call* is when its first call arrived at the shop (so the planning is in it too), by the monotonic clock.
The imports come at random phases of the daemon's looking, and orders are not read meanwhile: every call is a reaction.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import Connection, event
from sqlmodel import col, select

from adapters.clock import SystemClock
from adapters.sandbox.market import CallSeen
from syncer.catalogue.importing import import_file
from syncer.store.database import Database
from syncer.store.schema import open_database
from syncer.store.tables import FacetRow, JobRow, ListingRow, RunRow
from tests.prove.kill import few_products
from tests.prove.postgres import postgres
from tests.prove.world import ROOT, STANDS_ON, World, environment, say, world

TIMES = 30
PHASES_S = 1.0
MOST_S = 0.3
"""DESIGN, section 9, and decision 10."""

JOBS = 3
LONGEST_S = 60.0
SKU = "KPR-KSR-6"
SELDOM = "orders_max_age_s = 36000.0\n\n[health]"
"""Orders that were read at the start stay good, so that no order is read between commit and first call."""


@dataclass(slots=True)
class Bench:
    """A daemon at one shop, and this process beside it."""

    here: World
    database: Database
    clock: SystemClock
    commits: list[tuple[datetime, float]] = field(default_factory=list)
    """(wall, monotonic), just before each commit of this process to the store."""

    def __post_init__(self) -> None:
        event.listen(self.database.engine, "commit", self._on_commit)

    def react(self, number: int) -> tuple[float, float]:
        """Import one count; seconds until it was noticed, and until the first call."""
        arrived = self._next_call()
        before = self._newest_run()
        path, count = self.here.folder / "count.csv", f"{SKU},{4 + number % 5},stok opname,R-{number}"
        path.write_text(f"sku,stock,reason,reference\n{count}\n", encoding="utf-8")
        import_file(self.database, path, now=self.clock.now())
        wall, steady = self.commits[-1]
        call_at = arrived()
        self.settle()
        with self.database.read() as session:
            runs = select(RunRow.started_at).where(col(RunRow.id) > before).order_by(col(RunRow.id))
            noticed = session.exec(runs).first()
        if noticed is None:
            raise AssertionError("a call came, and no run")
        return (noticed - wall).total_seconds(), call_at - steady

    def settle(self) -> None:
        """Wait until the daemon is idle: its jobs are done, no run is under way, nothing is on its way."""
        until = self.clock.monotonic() + LONGEST_S
        while not self._is_idle():
            if self.clock.monotonic() > until:
                raise AssertionError("the daemon never came to rest")
            self.clock.sleep(0.05)

    def _is_idle(self) -> bool:
        with self.database.read() as session:
            jobs, facets = session.exec(select(JobRow.name)).all(), session.exec(select(FacetRow.id)).all()
            running = session.exec(select(RunRow.id).where(col(RunRow.ended_at).is_(None))).all()
            listed = session.exec(select(ListingRow.id).where(col(ListingRow.created))).all()
        return len(jobs) == JOBS and bool(listed) and not facets and not running

    def _newest_run(self) -> int:
        with self.database.read() as session:
            return max((number for number in session.exec(select(RunRow.id)) if number is not None), default=0)

    def _next_call(self) -> Callable[[], float]:
        """A function that waits for the next call, and says when it arrived."""
        came, at = threading.Event(), [0.0]

        def hook(_seen: CallSeen) -> None:
            self.here.shop.hooks.before_apply = None
            at[0] = self.clock.monotonic()
            came.set()

        def wait() -> float:
            if not came.wait(LONGEST_S):
                raise AssertionError("no call came")
            return at[0]

        self.here.shop.hooks.before_apply = hook
        return wait

    def _on_commit(self, connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):  # an import also commits temporary tables of its own
            self.commits.append((self.clock.now(), self.clock.monotonic()))


def main() -> int:
    """Both kinds of database."""
    with world() as here:
        one = _measure(here, f"sqlite:///{here.database}", "SQLite")
    with postgres("reaction") as url, world() as here:
        two = _measure(here, url, "PostgreSQL")
    return one or two


def _measure(here: World, url: str, name: str) -> int:
    text = here.config.read_text(encoding="utf-8").replace("[health]", SELDOM)
    here.config.write_text(text.replace("empty = true\n", "empty = true\norders_every_s = 36000.0\n"), encoding="utf-8")
    dice, found = random.Random(300), []
    with _database(here, url) as database, _daemon(here, url):
        bench = Bench(here, database, SystemClock())
        bench.settle()
        for number in range(TIMES):
            bench.clock.sleep(dice.uniform(0, PHASES_S))
            found.append(bench.react(number))
    noticed, called = [one for one, _ in found], [two for _, two in found]
    figure = (
        f"{name}: {TIMES} commits of another process at random phases; the daemon's run begun {_figures(noticed)}, "
        f"first call at the shop {_figures(called)} after the commit (p95 of the former at most {MOST_S * 1000:.0f} ms)"
    )
    return say("reaction", figure, _p95(noticed) <= MOST_S)


@contextmanager
def _database(here: World, url: str) -> Iterator[Database]:
    """The database with a few products in it."""
    database = open_database(url)
    try:
        import_file(database, few_products(here.folder), now=SystemClock().now(), as_of=date.fromisoformat(STANDS_ON))
        yield database
    finally:
        database.close()


@contextmanager
def _daemon(here: World, url: str) -> Iterator[None]:
    command = [sys.executable, "-m", "syncer", "--config", str(here.config), "--database", url, "daemon"]
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=nowhere, stderr=nowhere)
    try:
        yield
        process.send_signal(signal.SIGTERM)
        if process.wait(timeout=15) != 0:
            raise AssertionError("the daemon did not end well")
    finally:
        process.kill()
        process.wait()


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


def _figures(seconds: Sequence[float]) -> str:
    ms = [1000 * one for one in (median(seconds), _p95(seconds), max(seconds))]
    return "median {:.0f}, p95 {:.0f}, max {:.0f} ms".format(*ms)


if __name__ == "__main__":
    raise SystemExit(main())
