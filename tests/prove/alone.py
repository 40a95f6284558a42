"""One bad offer, one bad batch, one dead shop: all the others go through, each failure once in the report.

Three shops on one simulated clock. In the first, one product is refused whatever is tried (its picture file is gone);
in Blibli, the first batch of creates fails as a whole, again and again; the third shop is down.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from syncer.daemon.logs import configure
from syncer.report.model import make_report
from tests.prove.simulated import Simulation, simulation
from tests.prove.world import say

HOUR = 3600.0
BAD_PICTURE = "RSM-CNC-1.jpg"
CODES = ("BLC-SJK", "PWT-GTK", "RSM-CNC", "KPR-KSR", "MDU-PLW", "SLK-CMI")


def main() -> int:
    """The day."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        configure(nowhere)
        with simulation(CODES) as sim:
            return _play(sim)


def _play(sim: Simulation) -> int:
    (sim.folder / "images" / BAD_PICTURE).unlink()
    sim.shops["bukalapak"].stop()
    sim.shops["blibli"].control("PUT", "faults", [{"operation": "createProduct", "kind": "http_500", "times": 2}])
    sim.run_for(3 * HOUR)
    shown = {one.marketplace: _live(sim, one.marketplace) for one in sim.shops if one.marketplace != "bukalapak"}
    with sim.database.read() as session:
        report = make_report(session, sim.clock.now())
    bad = [(failure, one) for failure in report.failures for one in failure.examples]
    for failure, one in bad:
        print(f"{one.channel}: {one.code}: {failure.advice.title}")
    times = Counter((one.channel, one.code) for _, one in bad)
    refused = sum(count for (_, code), count in times.items() if code == "RSM-CNC")
    total = sum(failure.count for failure in report.failures)
    wanted = len(CODES) - 1
    good = all(number == wanted for number in shown.values()) and refused == len(shown) == total
    outage = any(gap.kind == "shop" and gap.ended_at is None for gap in report.gaps)
    figure = (
        f"one product refused in each of {len(shown)} shops ({refused} failures in the report), one batch failed "
        f"twice, one shop down (its outage in the report: {outage}): {shown} of {wanted} other products live"
    )
    return say("alone", figure, good and outage)


def _live(sim: Simulation, marketplace: str) -> int:
    return sum(1 for row in sim.shops[marketplace].truth() if row["status"] in ("live", "live_oos"))


if __name__ == "__main__":
    raise SystemExit(main())
