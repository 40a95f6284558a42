"""A first sync as long as five minutes of the binding limit allow, at a constant 300 ms: no 429, nearly all of it used.

Shopee and Bukalapak publish no limit: theirs is 10 calls a second here. Blibli has its published ones, of which the
creates bind. Then Shopee again, with a hidden limit that is halved in mid-run. `--seconds N` makes it shorter.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle, islice, pairwise
from pathlib import Path

from adapters.sandbox.market import CallSeen
from tests.prove.world import CATALOGUE, ROOT, World, environment, say, world

RATE, SECONDS = 10, 300
LATENCY_MS = [300, 300]


@dataclass(slots=True)
class Traffic:
    """Every call that arrived: when, and whether it was refused for its speed."""

    here: World
    times: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrived(self, _seen: CallSeen) -> None:
        """A call came."""
        with self._lock:
            self.times.append(time.monotonic())

    def answered(self, _seen: CallSeen) -> None:
        """Its answer is about to go."""
        with self._lock:
            throttled = int(self.here.shop.calls()["throttled"])
            self.refused.append(throttled)

    def used(self, after_s: float, before_s: float) -> float:
        """Calls a second between two moments of the run."""
        start = self.times[0]
        inside = [at for at in self.times if after_s <= at - start < before_s]
        return len(inside) / (before_s - after_s)

    @property
    def two_in_a_row(self) -> int:
        """Refusals that followed a refusal directly."""
        steps = [b > a for a, b in pairwise([0, *self.refused])]
        return sum(1 for a, b in pairwise(steps) if a and b)


def main() -> int:
    """Each marketplace with a rate of its own, then the hidden limit."""
    seconds = int(sys.argv[sys.argv.index("--seconds") + 1]) if "--seconds" in sys.argv else SECONDS
    ends = [_steady(name, seconds) for name in ("shopee", "bukalapak")]
    return max(*ends, _halved(seconds))


def _steady(marketplace: str, seconds: int) -> int:
    with world(marketplaces=(marketplace,)) as here:
        traffic = _run(here, seconds, {"rate_per_s": RATE}, None)
    share = traffic.used(seconds * 0.1, seconds * 0.9) / RATE
    figure = f"{marketplace}: {len(traffic.times)} calls, {share:.3f} of {RATE}/s used, {traffic.refused[-1]} refused"
    return say("pacing", figure, share >= 0.95 and traffic.refused[-1] == 0)


def _halved(seconds: int) -> int:
    with world(marketplaces=("shopee",)) as here:
        half = seconds / 2

        def halve() -> None:
            here.shop.control("PUT", "settings", {"hidden_limit": RATE // 2})

        timer = threading.Timer(half, halve)
        timer.start()
        traffic = _run(here, seconds, {"rate_per_s": 0, "hidden_limit": RATE}, RATE)
        timer.cancel()
    late = traffic.used(half + seconds * 0.1, seconds * 0.95) / (RATE / 2)
    figure = (
        f"shopee, hidden limit halved in mid-run: {late:.2f} of it used from then on, {traffic.refused[-1]} refusals, "
        f"{traffic.two_in_a_row} times two in a row"
    )
    return say("pacing", figure, late >= 0.8 and traffic.two_in_a_row == 0)


def _run(here: World, seconds: int, settings: dict[str, object], configured: int | None) -> Traffic:
    config = here.config.read_text(encoding="utf-8")
    config = config.replace("count = 60,", f"count = {configured or RATE},").replace(
        "concurrency = 2", "concurrency = 8"
    )
    here.config.write_text(config.replace("concurrency = 4", "concurrency = 8"), encoding="utf-8")
    here.import_catalogue(_many(here.folder, seconds * RATE // 4))
    here.shop.control("PUT", "settings", {**settings, "latency_ms": LATENCY_MS})
    traffic = Traffic(here)
    here.shop.hooks.before_apply, here.shop.hooks.before_answer = traffic.arrived, traffic.answered
    process = subprocess.Popen(here.command("resync"), cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    time.sleep(seconds + 5)  # what is measured is a real process against the real clock
    process.terminate()
    process.wait(timeout=60)
    here.shop.hooks.before_apply = here.shop.hooks.before_answer = None
    return traffic


def _many(folder: Path, products: int) -> Path:
    """A catalogue of this many products without options, each with pictures of its own category's example."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "active"]
    plain = [row for row in rows if not row["option1_name"]] or rows
    target = folder / "many.csv"
    (folder / "images").symlink_to(CATALOGUE.parent / "images")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        for number, row in enumerate(islice(cycle(plain), products)):
            code = f"P{number:05d}"
            writer.writerow({**row, "product_code": code, "sku": code, "barcode": "",
                             "name": f"{row['name'][:60]} nomor {number}"})  # fmt: skip
    return target


if __name__ == "__main__":
    raise SystemExit(main())
