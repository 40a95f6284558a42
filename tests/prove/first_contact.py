"""From `new` to `active` on each sandbox; then again with one assumption contradicted: noticed, named, still on trial.

A channel that the config calls `new` pushes nothing until it was checked, then one listing, then ten, then the rest.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.sandbox import MARKETPLACES
from tests.prove.world import CATALOGUE, World, say, world

CONTRADICTED = {
    "shopee": ("shopee.location_in_reads", "empty"),
    "bukalapak": ("bukalapak.v2_numbers", "numbers"),
    "blibli": ("blibli.level1_stock", "same"),
    "lazada": ("lazada.item_status", "present"),
}
"""A switch of each sandbox whose other position shows only when something was pushed: on trial."""

PRODUCTS = 14
"""More than the trial takes."""

LEAST = 8
"""Shorter secrets may stand anywhere by chance."""

RUNS_MOST = 12
"""Reviews and queues take their time: so many runs may go by before a step is done."""


def main() -> int:
    """Both roads on each marketplace; `--marketplace NAME` on one."""
    names = [sys.argv[sys.argv.index("--marketplace") + 1]] if "--marketplace" in sys.argv else MARKETPLACES
    return max(code for name in names for code in (_to_active(name), _stays_on_trial(name)))


def _to_active(name: str) -> int:
    with world(marketplaces=(name,)) as here:
        _begin(here)
        early = here.resync(expect=None)
        untouched = here.writes() == 0 and "channel check" in early.out + early.err
        folder = here.folder / "transcripts"
        checked = _check(here, "--record", str(folder))
        files, leaks = len(list(folder.glob("*.json"))), _leaks(here, folder)
        road = [(_state(here), len(here.truth())), *_followed(here)]
        here.resync(expect=None)
        again = _check(here)
        counts = [count for _, count in road]
        good = (
            untouched and checked["stage"] == road[0][0] == "reading" and road[-1][0] == "working"
            and not again["drift"] and counts[0] == 0 and set(counts[1:]) >= {1, 10} and max(counts) == 10
            and len(here.truth()) == PRODUCTS and files > 0 and leaks == 0
        )  # fmt: skip
        seen = sum(one["verdict"] == "confirmed" for one in again["assumptions"])
        figure = (
            f"{name}: from new to active in {len(road) - 1} runs, listings after each "
            f"{', '.join(map(str, counts))}, in the end {len(here.truth())} of {PRODUCTS}; {seen} of "
            f"{len(again['assumptions'])} assumptions confirmed, {len(again['drift'])} surprises; {files} transcripts "
            f"with {leaks} secrets"
        )
        return say("first-contact", figure, good)


def _stays_on_trial(name: str) -> int:
    if name not in CONTRADICTED:
        return say("first-contact", f"{name}: no switch is named here whose other position shows on trial", False)
    switch, position = CONTRADICTED[name]
    with world({switch: position}, marketplaces=(name,)) as here:
        _begin(here)
        before = _check(here)
        _followed(here, until=lambda said: switch in said)
        again = here.resync(expect=None)
        standing, checked = len(here.truth()), _check(here)
        named = [(one["name"], one["seen"]) for one in checked["drift"]]
        report = here.run("report", "--format", "json", expect=None)
        here.run("channel", "accept", here.shop.channel, "00000000", expect=2)
        here.run("channel", "accept", here.shop.channel, checked["mark"])
        road = _followed(here)
        good = (
            before["stage"] == "reading" and not before["drift"] and named == [(switch, position)]
            and checked["stage"] == "trial" and standing == 1 and switch in again.out + again.err
            and switch in report.out and road[-1][0] == "working"
        )  # fmt: skip
        figure = (
            f"{name} with {switch} = {position}: noticed and named {named}, on trial still with {standing} listing; "
            f"after a person accepted exactly that: {road[-1][0]}"
        )
        return say("first-contact", figure, good)


def _begin(here: World) -> None:
    text = here.config.read_text(encoding="utf-8")
    here.config.write_text(text.replace('state = "active"', 'state = "new"'), encoding="utf-8")
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "active"]
    codes = list(dict.fromkeys(row["product_code"] for row in rows))[:PRODUCTS]
    (here.folder / "images").symlink_to(CATALOGUE.parent / "images")
    with (here.folder / "some.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["product_code"] in codes)
    here.import_catalogue(here.folder / "some.csv")


def _followed(here: World, until: Callable[[str], bool] = lambda said: False) -> list[tuple[str, int]]:
    """Resync again and again, as the service would: (state of the channel, listings in the shop) after each run."""
    road = []
    for _ in range(RUNS_MOST):
        done = here.resync(expect=None)
        road.append((_state(here), len(here.truth())))
        if road[-1][0] == "working" or until(done.out + done.err):
            break
    return road


def _state(here: World) -> str:
    report = here.run("report", "--format", "json", expect=None).json
    return str(report["channels"][0]["state"])


def _check(here: World, *words: str) -> dict[str, Any]:
    checked: dict[str, Any] = here.run("channel", "check", here.shop.channel, *words, "--json").json["channels"][0]
    return checked


def _leaks(here: World, folder: Path) -> int:
    """How many lines of secrets.env stand in what was recorded."""
    lines = (here.folder / "secrets.env").read_text(encoding="utf-8").splitlines()
    values = [value for _, _, value in (line.partition("=") for line in lines) if len(value) >= LEAST]
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.json")]
    return sum(value in text for value in values for text in texts)


if __name__ == "__main__":
    sys.exit(main())
