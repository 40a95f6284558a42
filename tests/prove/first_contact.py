"""From `new` to `active` on each sandbox; then once more with one assumption contradicted: noticed, named, still on trial.

A channel that the config calls `new` pushes nothing until it was checked, then one listing, then ten, then the rest.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from adapters.sandbox import MARKETPLACES
from tests.prove.kill import few_products
from tests.prove.world import World, say, world

CONTRADICTED = {
    "shopee": ("shopee.location_in_reads", "empty"),
    "bukalapak": ("bukalapak.v2_numbers", "numbers"),
    "blibli": ("blibli.level1_stock", "same"),
}
"""A switch of each sandbox whose other position shows only when something was pushed: on trial."""

RUNS_MOST = 12
"""Reviews and queues take their time: so many runs may go by before a step is done."""


def main() -> int:
    """Both roads on each marketplace; `--marketplace NAME` on one."""
    names = [sys.argv[sys.argv.index("--marketplace") + 1]] if "--marketplace" in sys.argv else MARKETPLACES
    return max(code for name in names if name in CONTRADICTED for code in (_to_active(name), _stays_on_trial(name)))


def _to_active(name: str) -> int:
    with world(marketplaces=(name,)) as here:
        _begin(here)
        channel = here.shop.channel
        early = here.resync(expect=None)
        untouched = here.writes() == 0 and "channel check" in early.err + early.out
        folder = here.folder / "transcripts"
        checked = here.run("channel", "check", channel, "--record", str(folder), "--json").json["channels"][0]
        leaks = _leaks(here, folder)
        stages = [(checked["stage"], len(here.truth()))]
        for _ in range(RUNS_MOST):
            here.resync(expect=None)
            stage = here.run("channel", "check", channel, "--json", expect=None).json["channels"][0]["stage"]
            stages.append((stage, len(here.truth())))
            if stage == "active":
                break
        here.resync(expect=None)
        again = here.run("channel", "check", channel, "--json").json["channels"][0]
        steps = [count for stage, count in stages if stage == "trial"]
        files = len(list(folder.glob("*.json")))
        good = (
            untouched and checked["stage"] == "reading" and stages[-1][0] == "active" and not again["drift"]
            and bool(steps) and min(steps) == 1 and max(count for _, count in stages) <= 10 and files and not leaks
            and len(here.truth()) == len(_codes(here))
        )  # fmt: skip
        seen = sum(one["verdict"] == "confirmed" for one in again["assumptions"])
        figure = (
            f"{name}: new, reading, trial, active in {len(stages) - 1} runs; listings after each: "
            f"{', '.join(str(count) for _, count in stages)}, in the end {len(here.truth())}; {seen} of "
            f"{len(again['assumptions'])} assumptions confirmed, none contradicted; {files} transcripts, "
            f"{leaks} secrets in them"
        )
        return say("first-contact", figure, bool(good))


def _stays_on_trial(name: str) -> int:
    switch, position = CONTRADICTED[name]
    with world({switch: position}, marketplaces=(name,)) as here:
        _begin(here)
        channel = here.shop.channel
        here.run("channel", "check", channel)
        for _ in range(RUNS_MOST):
            done = here.resync(expect=None)
            if switch in done.out + done.err:
                break
        here.resync(expect=None)
        stopped = len(here.truth())
        checked = here.run("channel", "check", channel, "--json").json["channels"][0]
        named = [one for one in checked["drift"] if (one["name"], one["seen"]) == (switch, position)]
        report = here.run("report", "--format", "json", expect=None).out
        here.run("channel", "accept", channel, "00000000", expect=2)
        here.run("channel", "accept", channel, checked["mark"])
        stages = []
        for _ in range(RUNS_MOST):
            here.resync(expect=None)
            stages.append(here.run("channel", "check", channel, "--json").json["channels"][0]["stage"])
            if stages[-1] == "active":
                break
        good = (
            bool(named) and checked["stage"] == "trial" and stopped <= 1 and switch in report
            and len(checked["drift"]) == 1 and stages[-1] == "active"
        )  # fmt: skip
        figure = (
            f"{name} with {switch} = {position}: named {len(named)} time, stage {checked['stage']} with {stopped} "
            f"listing; after a person accepted exactly that: {stages[-1]}"
        )
        return say("first-contact", figure, good)


def _begin(here: World) -> None:
    text = here.config.read_text(encoding="utf-8")
    here.config.write_text(text.replace('state = "active"', 'state = "new"'), encoding="utf-8")
    here.import_catalogue(few_products(here.folder))


def _codes(here: World) -> set[str]:
    report: Any = here.run("report", "--format", "json", expect=None).json
    return set(range(report["channels"][0]["wanted"]))  # type: ignore[arg-type]


def _leaks(here: World, folder: Path) -> int:
    """How many lines of secrets.env stand in what was recorded."""
    lines = (here.folder / "secrets.env").read_text(encoding="utf-8").splitlines()
    values = [value for _, _, value in (line.partition("=") for line in lines) if len(value) >= 8]
    texts = [json.dumps(json.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*.json")]
    return sum(value in text for value in values for text in texts)


if __name__ == "__main__":
    sys.exit(main())
