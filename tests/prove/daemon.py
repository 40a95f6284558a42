"""A day in the life of the daemon, simulated: changes, orders, throttling, a clock that is wrong, a dead marketplace.

In the end every shop shows what the catalogue wants, the gap and the outage stand in the report, no nightly job was
missed, and the memory that our own code holds has not grown.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import tracemalloc
from collections import Counter
from dataclasses import dataclass, field

from sqlmodel import col, select

from adapters.sandbox import Sandbox
from syncer.daemon.logs import configure
from syncer.store.tables import GapRow, JobRow, ListingRow, OfferRow, VariantRow
from tests.prove.kill import KEPT_OFF
from tests.prove.simulated import Simulation, simulation
from tests.prove.world import say

HOUR = 3600.0
SLICE_S = 600.0
WARM_AFTER, POWER_CUT = 2, 19
"""Hours of the day."""

OUR_CODE = ("*/syncer/*", "*/adapters/*")
GROWTH_MOST = 1.15
"""Memory of our own code at the end of each of the day's two lives (the power is cut in hour 19), over that at its
beginning, when everything is listed and warm."""


@dataclass(slots=True)
class Day:
    """What the day did."""

    sim: Simulation
    dice: random.Random = field(default_factory=lambda: random.Random(24))
    changes: int = 0
    orders: int = 0
    memory: list[int] = field(default_factory=list)
    largest: list[str] = field(default_factory=list)
    prices: dict[str, int] = field(default_factory=dict)
    """The catalogue's own: changes stay near them, so that no guard has reason to hold one."""

    def __post_init__(self) -> None:
        with self.sim.database.read() as session:
            self.prices = dict(session.exec(select(VariantRow.sku, VariantRow.price_idr)).all())

    def hour(self, number: int) -> None:
        """One hour: six times some changes and orders, and the hour's own trouble."""
        self._trouble(number)
        for _ in range(6):
            self._change()
            self.sim.run_for(SLICE_S)
        if number >= WARM_AFTER:
            gc.collect()
            ours = tracemalloc.take_snapshot().filter_traces(
                [*(tracemalloc.Filter(True, name) for name in OUR_CODE), tracemalloc.Filter(False, "*/sandbox/*")]
            )
            self.memory.append(sum(stat.size for stat in ours.statistics("filename")))
            self.largest = [f"{stat.size // 1024} KiB {stat.traceback}" for stat in ours.statistics("lineno")[:12]]

    @property
    def growth(self) -> float:
        """The larger growth of the two lives."""
        cut = POWER_CUT - WARM_AFTER
        return max(self.memory[cut - 1] / self.memory[0], self.memory[-1] / self.memory[cut])

    def _trouble(self, number: int) -> None:
        sim, first, last = self.sim, next(iter(self.sim.shops)), list(self.sim.shops)[-1]
        match number:
            case 3:
                first.control("PUT", "settings", {"hidden_limit": 2})
            case 5:
                first.control("PUT", "settings", {"hidden_limit": 0})
            case 7:
                sim.clock.off_s = -HOUR
            case 8:
                sim.clock.off_s = 0.0
            case 9:
                last.stop()
            case 15:
                last.start()
            case 16:
                sim.clock.off_s = 24 * HOUR
            case 17:
                sim.clock.off_s = 0.0
            case 18:
                first.control("PUT", "faults", [{"operation": "*", "kind": "expire_token", "times": 1}])
            case _ if number == POWER_CUT:
                sim.world.advance(1200)  # the power is cut for twenty minutes
                sim.restart()
            case _:
                pass

    def _change(self) -> None:
        """Prices and counts that move a little, and a buyer in each shop that can be reached."""
        skus = self.dice.sample(sorted(self.prices), 3)
        rows = "".join(f"{sku},{self.prices[sku] + 500 * self.dice.randrange(10)}\n" for sku in skus)
        self.sim.bring("sku,price_idr\n" + rows)
        if not self.sim.clock.off_s:  # a count is a fact at a time: nobody's clock can date it while it is wrong
            count = f"{skus[0]},{self.dice.randrange(9, 15)},stok opname,D-{self.changes}"
            self.sim.bring(f"sku,stock,reason,reference\n{count}\n")
        self.changes += 4
        for shop in self.sim.shops:
            self.orders += _buy(shop, self.dice)


def _buy(shop: Sandbox, dice: random.Random) -> int:
    live = [row for row in shop.truth() if row["status"] == "live"]
    offers = [v for row in live for v in row["variants"] if v["sku"] and v["sellable"]]
    if not offers:
        return 0
    shop.control("POST", "orders", {"lines": [{"sku": dice.choice(offers)["sku"], "quantity": 1}], "paid": True})
    return 1


def _wrong(sim: Simulation) -> list[str]:
    """Offers that some shop shows otherwise than wanted; what is kept off sale for a sold-out variant sells nothing."""
    wrong = []
    for shop in sim.shops:
        off = KEPT_OFF.get(shop.marketplace, frozenset())
        shown = {v["sku"] or v["external_id"]: (row["status"], v) for row in shop.truth() for v in row["variants"]}
        with sim.database.read() as session:
            rows = session.exec(
                select(OfferRow, ListingRow).join(ListingRow).where(col(ListingRow.visibility_desired).is_(True))
            ).all()
            wanted = [(o.external_sku or o.sku, o.external_id, o.price_desired, o.stock_desired, row.id)
                      for o, row in rows if sim.daemon.posts[shop.channel].keeper.shop.id == o.channel_id]  # fmt: skip
        sold_out = {listing for *_, stock, listing in wanted if stock == 0}
        for sku, external_id, price, stock, listing in wanted:
            status, there = shown.get(sku) or shown.get(external_id) or ("gone", None)
            if listing in sold_out and status in off:
                continue
            if there is None or (there["price"], there["stock"]) != (price, stock):
                seen = there and (there["price"], there["stock"])
                wrong.append(f"{shop.marketplace} {sku}: {seen}, wanted {(price, stock)}")
    return wrong


def main() -> int:
    """The day."""
    configure(open(os.devnull, "w", encoding="utf-8") if "--log" not in sys.argv else sys.stderr)  # noqa: SIM115
    tracemalloc.start()
    with simulation(("BLC-SJK", "PWT-GTK", "RSM-CNC", "KPR-KSR")) as sim:
        day = Day(sim)
        for number in range(24):
            day.hour(number)
        sim.run_for(2 * HOUR)
        wrong = _wrong(sim)
        with sim.database.read() as session:
            gaps = Counter(session.exec(select(GapRow.kind)))
            open_gaps = len(session.exec(select(GapRow.id).where(col(GapRow.ended_at).is_(None))).all())
            late = [name for name, at in session.exec(select(JobRow.name, JobRow.succeeded_at))
                    if not 0 <= (sim.clock.now() - at).total_seconds() <= 24 * HOUR]  # fmt: skip
            jobs = len(session.exec(select(JobRow)).all())
        duplicates = _twice(sim)
        crashes = sum(sample.value for metric in sim.daemon.metrics.crashes.collect() for sample in metric.samples
                      if sample.name.endswith("_total"))  # fmt: skip
    growth = day.growth
    print(
        f"our memory by the hour, KiB: {[size // 1024 for size in day.memory]}; the largest now:",
        *day.largest,
        sep="\n",
    )
    for line in wrong[:10]:
        print(line)
    good = not wrong and not late and jobs == 3 and not duplicates and not crashes and growth <= GROWTH_MOST
    good = good and gaps["service"] >= 1 and gaps["shop"] >= 1 and gaps["clock"] >= 4 and not open_gaps
    figure = (
        f"24 simulated hours, {day.changes} catalogue changes, {day.orders} orders: {len(wrong)} offers wrong in the "
        f"end, {duplicates} SKUs twice; gaps {dict(gaps)}, {open_gaps} open; {jobs} rare jobs, {len(late)} late; "
        f"{crashes:g} crashes; our memory x {growth:.2f} (at most {GROWTH_MOST})"
    )
    return say("daemon", figure, good)


def _twice(sim: Simulation) -> int:
    count = 0
    for shop in sim.shops:
        skus = Counter(v["sku"] for row in shop.truth() for v in row["variants"] if v["sku"])
        count += sum(1 for number in skus.values() if number > 1)
    return count


if __name__ == "__main__":
    raise SystemExit(main())
