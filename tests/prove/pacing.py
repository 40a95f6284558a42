"""A first sync as long as five minutes of the binding limit allow, at a constant 300 ms: no 429, nearly all of it used.

Shopee and Bukalapak publish no limit: theirs is 10 calls a second here, counted from the first call on. Blibli has its
published ones, in their real windows: its creates bind, 25 a minute, counted from the first of them to the last. Then
Shopee again, with a hidden limit that is halved in mid-run. `--seconds N` makes it shorter, `--only NAME` one of them.

"Two refusals in a row": a call that left after a refusal had been answered, was the next to be answered, and was
refused too. What was on its way when the limit fell could not know.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice, pairwise
from pathlib import Path
from unittest import mock

from adapters.sandbox.market import Reply, Request
from tests.prove.world import CATALOGUE, ROOT, World, environment, say, world

RATE, SECONDS = 10, 300
LATENCY_S = 0.3
CREATES_A_MINUTE = 25
"""Blibli's published limit of creates (facts, section 6): the one that binds a first sync."""
PRODUCTS_A_CREATE = 10
"""So many products go with one of its creates (docs/call-policy-blibli.md)."""
ALL_THE_TIME, AFTER_THE_FALL = 0.95, 0.80
NAMES = ("shopee", "bukalapak", "blibli", "halved")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One call that reached the shop: when (monotonic), where, and whether it was refused for its speed."""

    at: float
    path: str
    refused: bool


@dataclass(slots=True)
class Traffic:
    """Every call of a run, in the order in which the shop judged them."""

    calls: list[Arrival] = field(default_factory=list)

    @contextmanager
    def watched(self, here: World) -> Iterator[None]:
        """Watch the shop's calls. The marketplace judges under the server's lock, so the counts are exact."""
        market = here.shop.market
        judge = market.apply

        def apply(request: Request) -> Reply:
            before = market.control("GET", "calls", None)["throttled"]
            reply: Reply = judge(request)
            refused = market.control("GET", "calls", None)["throttled"] > before
            self.calls.append(Arrival(time.monotonic(), request.path, refused))
            return reply

        with mock.patch.object(market, "apply", apply):
            yield

    @property
    def refused(self) -> int:
        """Calls refused for their speed."""
        return sum(call.refused for call in self.calls)

    @property
    def two_in_a_row(self) -> int:
        """Refusals of a call that left when the refusal before it was known."""
        return sum(a.refused and b.refused and b.at - LATENCY_S > a.at for a, b in pairwise(self.calls))

    def rate(self, after_s: float, before_s: float) -> float:
        """Calls a second that were not refused, between two moments after the first call."""
        start = self.calls[0].at
        inside = [c for c in self.calls if not c.refused and after_s <= c.at - start < before_s]
        return len(inside) / (before_s - after_s)

    def creates(self) -> list[float]:
        """When a create of Blibli's was let in."""
        return [c.at for c in self.calls if c.path.endswith("/createProduct") and not c.refused]


def main() -> int:
    """Each marketplace with a rate of its own, then the hidden limit."""
    seconds = int(_option("--seconds") or SECONDS)
    only = _option("--only")
    return max(_ONE[name](seconds) for name in NAMES if only in (None, name))


def _option(name: str) -> str | None:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def _shopee(seconds: int) -> int:
    return _steady("shopee", seconds)


def _bukalapak(seconds: int) -> int:
    return _steady("bukalapak", seconds)


def _steady(marketplace: str, seconds: int) -> int:
    with world(marketplaces=(marketplace,)) as here:
        traffic, worked = _run(here, seconds, {"rate_per_s": RATE}, RATE)
    share = traffic.rate(0, seconds) / RATE
    figure = (
        f"{marketplace}: {share:.3f} of {RATE} calls/s used over {seconds} s from the first call on, "
        f"{len(traffic.calls)} calls, {traffic.refused} refused, work {'left' if worked else 'ran out'}"
    )
    return say("pacing", figure, share >= ALL_THE_TIME and traffic.refused == 0 and worked)


def _blibli(seconds: int) -> int:
    with world(marketplaces=("blibli",), limits="real") as here:
        here.import_catalogue(_many(here.folder, PRODUCTS_A_CREATE * seconds * CREATES_A_MINUTE // 60))
        traffic = _traffic(here, seconds + 40)
    created = traffic.creates()
    lasted = created[-1] - created[0]
    share = (len(created) - 1) / (lasted * CREATES_A_MINUTE / 60)
    lead = created[0] - traffic.calls[0].at
    figure = (
        f"blibli: {share:.3f} of {CREATES_A_MINUTE} creates/min used over {lasted:.0f} s, {len(created)} creates "
        f"of {PRODUCTS_A_CREATE} products, the first {lead:.0f} s after the first call, {len(traffic.calls)} calls, "
        f"{traffic.refused} refused"
    )
    return say("pacing", figure, share >= ALL_THE_TIME and traffic.refused == 0 and lasted >= 0.9 * seconds)


def _halved(seconds: int) -> int:
    with world(marketplaces=("shopee",)) as here:
        half = seconds / 2

        def halve() -> None:
            here.shop.control("PUT", "settings", {"hidden_limit": RATE // 2})

        timer = threading.Timer(half, halve)
        timer.start()
        traffic, worked = _run(here, seconds, {"rate_per_s": 0, "hidden_limit": RATE}, RATE)
        timer.cancel()
    late = traffic.rate(half, seconds) / (RATE / 2)
    figure = (
        f"shopee, hidden limit halved in mid-run: {late:.3f} of it used from then on, {traffic.refused} refusals, "
        f"{traffic.two_in_a_row} times two in a row, work {'left' if worked else 'ran out'}"
    )
    return say("pacing", figure, late >= AFTER_THE_FALL and traffic.two_in_a_row == 0 and worked)


_ONE = {"shopee": _shopee, "bukalapak": _bukalapak, "blibli": _blibli, "halved": _halved}


def _run(here: World, seconds: int, settings: dict[str, object], rate: int) -> tuple[Traffic, bool]:
    """The traffic of `seconds` of a first sync that is longer than that, and whether it was."""
    config = here.config.read_text(encoding="utf-8")
    config = config.replace("count = 60,", f"count = {rate},")
    here.config.write_text(config, encoding="utf-8")
    here.import_catalogue(_many(here.folder, products := seconds * rate // 2))
    here.shop.control("PUT", "settings", settings)
    traffic = _traffic(here, seconds + 5)
    return traffic, len(here.truth()) < products


def _traffic(here: World, lasts_s: float) -> Traffic:
    here.shop.control("PUT", "settings", {"latency_ms": [LATENCY_S * 1000] * 2})
    traffic = Traffic()
    with traffic.watched(here):
        process = subprocess.Popen(here.command("resync"), cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)  # fmt: skip
        time.sleep(lasts_s)  # what is measured is a real process against the real clock
        process.terminate()
        process.wait(timeout=60)
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
