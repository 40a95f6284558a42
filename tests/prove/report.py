"""Failures of known causes, put in on purpose: the report counts exactly these, cause by cause, on every face.

Two products whose picture files are gone (in both shops), one that Blibli's review refuses, one that it sends back.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path

from adapters.contract import Cause
from syncer.daemon.logs import configure
from syncer.report.as_json import as_json
from syncer.report.html import as_html
from syncer.report.model import make_report
from syncer.report.text import as_text
from tests.prove.simulated import Simulation, simulation
from tests.prove.world import say

CODES = ("BLC-SJK", "PWT-GTK", "RSM-CNC", "KPR-KSR", "MDU-PLW", "SLK-CMI")
WITHOUT_PICTURE = ("RSM-CNC", "PWT-GTK")
REFUSED, SENT_BACK = "MDU-PLW", "SLK-CMI"
EXPECTED = {Cause.rejected: 2 * len(WITHOUT_PICTURE) + 1, Cause.review: 1}


def main() -> int:
    """Put the failures in, let the service run, read its report."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        configure(nowhere)
        with simulation(CODES, ("shopee", "blibli")) as sim:
            return _play(sim)


def _play(sim: Simulation) -> int:
    for code in WITHOUT_PICTURE:
        (sim.folder / "images" / f"{code}-1.jpg").unlink()
    sim.run_for(0.5)
    for code, verdict in ((REFUSED, "rejected"), (SENT_BACK, "needs_correction")):
        sim.shops["blibli"].control("POST", "review", {"sku": _sku(sim, code), "verdict": verdict})
    sim.run_for(3 * 3600.0)
    with sim.database.read() as session:
        report = make_report(session, sim.clock.now())
    counted: Counter[Cause] = Counter()
    for failure in report.failures:
        counted[failure.cause] += failure.count
    page, text, plain = as_html(report), as_text(report), json.dumps(as_json(report), default=str)
    if "--page" in sys.argv:
        Path(sys.argv[sys.argv.index("--page") + 1]).write_text(page, encoding="utf-8")
    faces = all(code in face for face in (page, text, plain) for code in (*WITHOUT_PICTURE, REFUSED, SENT_BACK))
    outside = re.findall(r"(?:src|href)=[\"'](?!#|data:)[^\"']+", page)
    good = dict(counted) == EXPECTED and faces and not outside
    figure = (
        f"injected { ({cause.value: n for cause, n in EXPECTED.items()}) }, the report counts "
        f"{ ({cause.value: n for cause, n in counted.items()}) }; every code on all three faces: {faces}; "
        f"references out of the HTML file: {len(outside)}"
    )
    return say("report", figure, good)


def _sku(sim: Simulation, code: str) -> str:
    skus = [v["sku"] for row in sim.shops["blibli"].truth() for v in row["variants"]]
    return str(next(sku for sku in skus if sku.startswith(code)))


if __name__ == "__main__":
    raise SystemExit(main())
