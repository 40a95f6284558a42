"""Fifty SIGKILLs of the daemon at three shops, each followed by a restart at once, while the catalogue and the buyers
go on. In the end every shop must show what the proof's own book says, and nothing may be stuck.

Each kill has its shop, its place and the number of a call (or of a write) to that shop, counted from the start of its
process. The first few come late in theirs: a shop's facts are read whole or not at all, and Blibli lets a category be
read five times a day (call policy).
"""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import BinaryIO

from sqlmodel import col, select

from adapters.clock import SystemClock
from adapters.sandbox.market import CallSeen
from syncer.store.schema import open_database
from syncer.store.tables import FacetRow, IntentRow, ListingRow, RunRow
from syncer.sync.lease import HEARTBEAT_S
from tests.judge import judge_file
from tests.prove.book import Book, Verdict
from tests.prove.killed import PLACES, is_of, kill_at
from tests.prove.world import ROOT, World, environment, say, world

SHOPS = ("shopee", "bukalapak", "blibli")
SWITCHES = {"bukalapak.patch_price": "accepted"}
"""Otherwise the price of a single variant there can be changed by nobody, and stands in the report as failed."""

KILLS = 50
FIRST_PRODUCTS = 4
LEARNING = 6
LIFE_MOST_S, AGAIN_S, SETTLES_WITHIN_S = 60.0, 3.0, 120.0
BRISK = "empty = true\norders_every_s = 1.0\n"
"""In each channel's section: orders are read every second."""

NOBODY_HELPS = "\n[guard]\nprice_share = 100\nstock_share = 100\n"
"""What moves more than a share of a shop's offers within an hour is held for a person, and here there is none. The
other guards stand as they are."""

AT_ONCE_S = HEARTBEAT_S / 2
"""The killed shop hears from the next process by then: waiting for the lease of a dead holder would take longer."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """When a process is to die: at this call to this shop, in this place of it. `kind`: see `killed`."""

    shop: int
    place: str
    kind: str
    number: int


@dataclass(slots=True)
class Life:
    """One process, as the shops saw it. Times in seconds from its start."""

    first: dict[int, float] = field(default_factory=dict)
    """{shop: its first call}"""
    calls: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    """{shop: (method, path) of each call that arrived}"""
    died: bool = False
    heard: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class End:
    """What stood in the end. `writes` = of one more resync; `settled_s` None = it was never as it should be."""

    book: Book
    verdicts: Sequence[Verdict]
    stuck: int
    drifts: int
    writes: int
    crashes: int
    judged: bool
    settled_s: float | None

    @property
    def good(self) -> bool:
        """Nothing twice, missing, wrong, adrift, stuck or left to do."""
        clean = all(verdict.good for verdict in self.verdicts) and self.judged and self.settled_s is not None
        return clean and not (self.stuck or self.drifts or self.writes or self.crashes)


def appointments(kills: int) -> list[Appointment]:
    """Every shop in turn, every place in turn; then the same with writes alone counted, and so on."""
    return [_appointment(number) for number in range(kills)]


def _appointment(k: int) -> Appointment:
    shop, place, writes = k % len(SHOPS), PLACES[k // len(SHOPS) % len(PLACES)], k // (len(SHOPS) * len(PLACES)) % 2
    if writes:
        return Appointment(shop, place, "writes", 2 + k // len(SHOPS) % 3 * 3)
    return Appointment(shop, place, "calls", 1 + 7 * k % 18 + (40 if k < LEARNING else 0))


def campaign(kills: int = KILLS) -> int:
    """Kill, restart, judge."""
    with tempfile.TemporaryDirectory(prefix="syncer-killed-") as name:
        folder = Path(name)
        with world(SWITCHES, folder / "record.jsonl", SHOPS) as here:
            text = here.config.read_text(encoding="utf-8").replace("empty = true\n", BRISK)
            here.config.write_text(text + NOBODY_HELPS, encoding="utf-8")
            database = open_database(f"sqlite:///{here.database}")
            book = Book(here.folder, database, SystemClock(), random.Random(50))
            book.list_more(FIRST_PRODUCTS)
            try:
                with (folder / "daemon.log").open("wb") as log:
                    lives = _lives(here, book, appointments(kills), log)
                    took = _settle(here, book, log)
                return _tell(lives, _end(here, book, took, folder))
            finally:
                database.close()


# --- lives -----------------------------------------------------------------------------------------------------------


def _lives(here: World, book: Book, appointed: Sequence[Appointment], log: BinaryIO) -> list[tuple[Appointment, Life]]:
    lives = []
    for number, one in enumerate(appointed):
        lives.append((one, _live(here, book, one, log)))
        if "--log" in sys.argv:
            life = lives[-1][1]
            made = {SHOPS[shop]: len(names) for shop, names in sorted(life.calls.items())}
            print(f"{number} {one} died={life.died} calls={made} first={life.first}", flush=True)
    return lives


def _live(here: World, book: Book, one: Appointment, log: BinaryIO) -> Life:
    """Start the daemon, change the catalogue while it starts, send buyers while it works, and see it die."""
    shop = here.shops[one.shop]
    inside = ["never" if one.place == "between" else one.place, str(one.number), one.kind, shop.channel, shop.url]
    command = [sys.executable, "-m", "tests.prove.killed", *inside, "--", "--config", str(here.config), "daemon"]
    life = _watched(here)
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=log, stderr=log)
    if one.place == "between":
        shop.hooks.before_answer = kill_at(one.number, process, one.kind)
    try:
        book.list_more(1)
        _meanwhile(here, book, life, process)
        life.died = process.poll() == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
        shop.hooks.before_answer = None
    return life


def _meanwhile(here: World, book: Book, life: Life, process: subprocess.Popen[bytes]) -> None:
    """New prices and a count while it starts, buyers once it calls, and more of both until it is dead."""
    clock = SystemClock()
    until = clock.monotonic() + LIFE_MOST_S
    while process.poll() is None and clock.monotonic() < until:
        book.reprice()
        book.count()
        while process.poll() is None and clock.monotonic() < until and not life.heard.wait(0.05):
            continue  # a process that dies before its first call makes none
        for shop in here.shops:
            book.buy(shop)
        with suppress(subprocess.TimeoutExpired):
            process.wait(AGAIN_S)


def _watched(here: World) -> Life:
    """A life that the shops write down from now on."""
    life, clock = Life(), SystemClock()
    began = clock.monotonic()

    def arrival(shop: int) -> Callable[[CallSeen], None]:
        def hook(seen: CallSeen) -> None:
            life.first.setdefault(shop, clock.monotonic() - began)
            life.calls.setdefault(shop, []).append((seen.method, seen.path))
            life.heard.set()

        return hook

    for number, shop in enumerate(here.shops):
        shop.hooks.before_apply = arrival(number)
    return life


def _settle(here: World, book: Book, log: BinaryIO) -> float | None:
    """The last start, which nobody disturbs: seconds until all is as it should be; None = it never was, or it did not
    end well."""
    clock = SystemClock()
    began = clock.monotonic()
    process = subprocess.Popen(here.command("daemon"), cwd=ROOT, env=environment(), stdout=log, stderr=log)
    try:
        while not (right := _is_right(here, book)) and clock.monotonic() - began < SETTLES_WITHIN_S:
            clock.sleep(0.5)
        took = clock.monotonic() - began
        process.send_signal(signal.SIGTERM)
        return took if right and process.wait(timeout=15) == 0 else None
    finally:
        process.kill()
        process.wait()


# --- the end ---------------------------------------------------------------------------------------------------------


def _is_right(here: World, book: Book) -> bool:
    return all(book.judge(shop).good for shop in here.shops) and not _stuck(book)


def _stuck(book: Book) -> list[str]:
    """What is not simply in step by the service's own record: facets, open intents, creates that are not done."""
    with book.database.read() as session:
        return [
            *map(_told, session.exec(select(FacetRow))),
            *(f"open intent: {row.code}" for row in session.exec(select(IntentRow).where(_OPEN))),
            *(f"not wholly made: {row.external_id}" for row in session.exec(select(ListingRow).where(_HALF))),
        ]


def _told(row: FacetRow) -> str:
    return (
        f"{row.facet} {row.sku} on channel {row.channel_id}: {row.standing} {row.code} {row.message} (since "
        f"{row.since}, tried {row.attempts} times, again at {row.retry_at}, not before {row.not_before})"
    )


_OPEN = col(IntentRow.closed_at).is_(None)
_HALF = col(ListingRow.created).is_(False)


def _end(here: World, book: Book, took: float | None, folder: Path) -> End:
    verdicts = [book.judge(shop) for shop in here.shops]
    stuck = _stuck(book)
    drifts = [drift for channel in here.run("audit", "--json").json["channels"] for drift in channel["drifts"]]
    writes = _writes_of_a_resync(here)
    judged = judge_file(folder / "record.jsonl")
    log = (folder / "daemon.log").read_text(encoding="utf-8", errors="replace").splitlines()
    crashes = [line for line in log if 'crashed"' in line or "Traceback" in line]
    for line in (*_findings(verdicts), *stuck, *map(str, drifts), *judged.findings(), *crashes[:5]):
        print(line)
    return End(book, verdicts, len(stuck), len(drifts), writes, len(crashes), judged.good, took)


def _tell(lives: Sequence[tuple[Appointment, Life]], end: End) -> int:
    restarts = [life.first[shop.shop] for (shop, _), (_, life) in pairwise(lives) if shop.shop in life.first]
    died = sum(life.died for _, life in lives)
    book, twice = end.book, sum(len(v.twice) for v in end.verdicts)
    missing, wrong = sum(len(v.missing) for v in end.verdicts), sum(len(v.wrong) for v in end.verdicts)
    settled = "never" if end.settled_s is None else f"{end.settled_s:.0f} s after the last start"
    figure = (
        f"daemon at {len(SHOPS)} shops: {died} of {len(lives)} SIGKILLs at {_spread(lives)}; {book.changes} changes "
        f"of the catalogue, {book.orders} orders, {len(book.prices)} SKUs; in the end {twice} twice, {missing} missing,"
        f" {wrong} with a wrong price or stock, audit findings {end.drifts}, stuck {end.stuck}, writes of one more "
        f"resync {end.writes}, crashes {end.crashes}, all Shopee calls as its reference has them: {end.judged}; all "
        f"right {settled}; the killed shop heard from the next process after {median(restarts):.1f} s (median), "
        f"{max(restarts):.1f} s at most (a lease would take {HEARTBEAT_S} s); runs {_runs(book)}"
    )
    return say("kill", figure, end.good and died == len(lives) and max(restarts) <= AT_ONCE_S)


def _findings(verdicts: Sequence[Verdict]) -> list[str]:
    return [
        f"{name} {kind}: {', '.join(what[:8])}"
        for name, one in zip(SHOPS, verdicts, strict=True)
        for kind, what in (("twice", one.twice), ("missing", one.missing), ("wrong", one.wrong))
        if what
    ]


def _writes_of_a_resync(here: World) -> int:
    for shop in here.shops:
        shop.control("DELETE", "calls", None)
    here.resync()
    return sum(int(shop.calls()["writes"]) for shop in here.shops)


def _spread(lives: Sequence[tuple[Appointment, Life]]) -> str:
    """How the kills were spread: over shops, places, and the calls that were hit as far as those arrived."""
    shops = Counter(SHOPS[one.shop] for one, life in lives if life.died)
    places = Counter(one.place for one, life in lives if life.died)
    writes = sum(one.kind == "writes" for one, life in lives if life.died)
    hit = Counter(re.sub(r"[0-9a-f-]*\d[0-9a-zA-Z-]*", "*", call) for one, life in lives if (call := _hit(one, life)))
    return f"{dict(shops)}, {dict(places)}, {writes} by the number of a write; hit were {dict(hit.most_common())}"


def _hit(one: Appointment, life: Life) -> str:
    """The end of the appointed call's path; empty when it never arrived."""
    calls = [path for method, path in life.calls.get(one.shop, []) if is_of(one.kind, method, path)]
    return "/".join(calls[one.number - 1].rsplit("/", 2)[-2:]) if len(calls) >= one.number else ""


def _runs(book: Book) -> dict[str, int]:
    with book.database.read() as session:
        return dict(Counter(session.exec(select(RunRow.status))))


if __name__ == "__main__":
    raise SystemExit(campaign(int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else KILLS))
