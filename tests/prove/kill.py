"""SIGKILL at every call of a first sync, in four places, for each marketplace, and what stands in the shop in the end.

The calls are counted by instrumentation in a run that is not killed; then one world for each call and place. Each is
restarted at once: the restart must not wait for anybody, no SKU may stand in the shop twice, and everything must be
listed in the end. Then the daemon, at three shops at once (`killed_daemon`).
"""

from __future__ import annotations

import csv
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.sandbox import MARKETPLACES
from tests.prove import killed_daemon
from tests.prove.killed import PLACES, kill_at
from tests.prove.world import CATALOGUE, ROOT, World, active_products, environment, say, world

PRODUCTS = 7
RESTARTS_MOST = 3
STANDS = frozenset({"live", "in_review"})
KEPT_OFF = {"tiktokshop": frozenset({"half_built", "hidden"})}
"""How a listing with a sold-out variant stands where the marketplace takes no stock of 0: there, but not on sale."""

AT_ONCE = 2.0
"""A restart's first call comes within this many times the slowest undisturbed start of the same campaign: timings are
compared within one run, and waiting for a lease (30 s of heartbeat) would stand out."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kill, and what came of it."""

    place: str
    number: int
    operation: str
    died: bool
    """False: this run made fewer calls than the counted one, and ended well before its appointed call."""
    twice: tuple[str, ...]
    missing: tuple[str, ...]
    start_s: float
    """The first call of the process that was to be killed: an undisturbed start."""
    restart_s: float
    restarts: int

    @property
    def good(self) -> bool:
        """Nothing twice and nothing missing."""
        return not self.twice and not self.missing


def main() -> int:
    """Every call, every place, then the daemon; `--every N` takes each Nth call only, `--marketplace NAME` is about one
    marketplace's first sync alone, `--daemon` about the daemon alone."""
    if "--daemon" in sys.argv:
        return killed_daemon.campaign()
    step = int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 1
    if "--marketplace" in sys.argv:
        return _campaign(sys.argv[sys.argv.index("--marketplace") + 1], step)
    return max([*(_campaign(name, step) for name in MARKETPLACES), killed_daemon.campaign()])


def _campaign(marketplace: str, step: int) -> int:
    operations = _calls_of_a_first_sync(marketplace)
    cases = [(place, number) for number in range(1, len(operations) + 1, step) for place in PLACES]
    with ThreadPoolExecutor(max_workers=2) as pool:
        done = list(pool.map(lambda case: _try(marketplace, case[0], case[1], operations[case[1] - 1]), cases))
    for case in done:
        if not case.good:
            print(case)
    bad = [case for case in done if not case.good]
    writes = Counter(re.sub(r"[0-9a-f-]*\d[0-9a-zA-Z-]*", "*", one.rsplit("/", 1)[-1]) for one in operations)
    start, restart = max(case.start_s for case in done), max(case.restart_s for case in done)
    return say(
        "kill",
        f"{marketplace}: {sum(c.died for c in done)} kills at {len(operations)} calls ({dict(sorted(writes.items()))}) "
        f"x {len(PLACES)} places: "
        f"{sum(bool(c.twice) for c in done)} with a SKU twice, {sum(bool(c.missing) for c in done)} with one missing, "
        f"first call of a restart after {restart:.1f} s at most, of an undisturbed start after {start:.1f} s at most",
        good=not bad and restart <= AT_ONCE * start and sum(c.died for c in done) >= 0.97 * len(done) > 0,
    )


def few_products(folder: Path) -> Path:
    """A catalogue of a few products, with and without options, beside the pictures."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "active"]
    plain = list(dict.fromkeys(row["product_code"] for row in rows if not row["option1_name"]))[:3]
    optioned = list(dict.fromkeys(row["product_code"] for row in rows if row["option1_name"]))
    chosen = {*plain, *optioned[: PRODUCTS - len(plain)]}
    target = folder / "few.csv"
    shutil.copytree(CATALOGUE.parent / "images", folder / "images")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["product_code"] in chosen)
    return target


def _prepared(here: World) -> dict[str, list[str]]:
    path = few_products(here.folder)
    here.import_catalogue(path)
    return active_products(path)


def _calls_of_a_first_sync(marketplace: str) -> list[str]:
    operations: list[str] = []
    with world(marketplaces=(marketplace,)) as here:
        _prepared(here)
        here.shop.hooks.before_apply = lambda seen: operations.append(seen.operation)
        here.resync()
    return operations


def _try(marketplace: str, place: str, number: int, operation: str) -> Case:
    with world(marketplaces=(marketplace,)) as here:
        wanted = _prepared(here)
        names = _names(here.folder / "few.csv")
        died, start = _killed(here, place, number)
        sold_out = _sold_out(here.folder / "few.csv")
        first, restarts = _restart(here, wanted, marketplace, sold_out)
        skus = Counter(v["sku"] for listing in here.truth() for v in listing["variants"] if v["sku"])
        titles = Counter(listing["title"] for listing in here.truth())
        live = {listing["title"] for listing in _standing(here, marketplace, sold_out)}
        twice = [name for name, count in (skus + titles).items() if count > 1]
        missing = [code for code in wanted if names[code] not in live]
        return Case(place, number, operation, died, tuple(twice), tuple(missing), start, first, restarts)


def _names(catalogue: Path) -> dict[str, str]:
    """{product code: its name}: some shops hold no SKUs, all hold titles."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        return {row["product_code"]: row["name"] for row in csv.DictReader(file)}


def _sold_out(catalogue: Path) -> set[str]:
    """Names of the products of which a variant has no stock."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        return {row["name"] for row in csv.DictReader(file) if row["stock"] == "0"}


def _standing(here: World, marketplace: str, sold_out: set[str]) -> list[dict[str, Any]]:
    """The listings that stand as they should; one that the marketplace still reviews is there."""
    off = KEPT_OFF.get(marketplace, frozenset())
    return [
        listing for listing in here.truth()
        if listing["status"] in STANDS or (listing["title"] in sold_out and listing["status"] in off)
    ]  # fmt: skip


def _killed(here: World, place: str, number: int) -> tuple[bool, float]:
    """Whether the process was killed, and when its first call came."""
    words = ["--config", str(here.config), "resync", "--json"]
    inside = "never" if place == "between" else place
    command = [sys.executable, "-m", "tests.prove.killed", inside, str(number), "--", *words]
    first = _first_call(here)
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if place == "between":
        here.shop.hooks.before_answer = kill_at(number, process)
    code = process.wait(timeout=120)
    here.shop.hooks.before_answer = None
    return code == -signal.SIGKILL, first[0] if first else 0.0


def _first_call(here: World) -> list[float]:
    """Seconds from now to the first call that arrives, once it has."""
    first: list[float] = []
    began = time.monotonic()
    here.shop.hooks.before_apply = lambda _: first.append(time.monotonic() - began) if not first else None
    return first


def _restart(
    here: World, wanted: dict[str, list[str]], marketplace: str, sold_out: set[str]
) -> tuple[float, int]:  # fmt: skip
    """Start again until all is listed; when the first call of the first restart came, and how many it took."""
    first = _first_call(here)
    restarts = 0
    while restarts < RESTARTS_MOST:
        restarts += 1
        here.resync(expect=None)
        if len(_standing(here, marketplace, sold_out)) == len(wanted):
            break
    here.shop.hooks.before_apply = None
    return (first[0] if first else 0.0), restarts


if __name__ == "__main__":
    sys.exit(main())
