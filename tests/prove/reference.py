"""The traffic of a whole demonstration and of the contract suite, against the official references.

One judge for each marketplace of which a machine-readable reference is public, as soon as its sandbox is there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.sandbox import MARKETPLACES
from tests import judge, judge_lazada, judge_tiktokshop
from tests.judge import Judgement
from tests.prove.world import ROOT, environment, say

RUNS = (
    ("the demonstration", ["-m", "syncer", "demo"]),
    ("the contract suite", ["-m", "pytest", "-q", "tests/contract"]),
)
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judge:
    """Whose calls it takes, by their path, and what it finds in them."""

    takes: Callable[[str], bool]
    judge: Callable[[Iterable[Line]], Judgement]


JUDGES: Mapping[str, Judge] = {
    "shopee": Judge(judge.is_shopees, judge.judge),
    "lazada": Judge(judge_lazada.is_lazadas, judge_lazada.judge),
    "tiktokshop": Judge(judge_tiktokshop.is_tiktokshops, judge_tiktokshop.judge),
}


def main() -> int:
    """Record both runs, then judge each marketplace's calls."""
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder:
        record = Path(folder) / "traffic.jsonl"
        for name, words in RUNS:
            _run(name, words, record)
        judged = {name: one.judge(lines(record, one.takes)) for name, one in JUDGES.items() if name in MARKETPLACES}
    return max([_said(name, found) for name, found in judged.items()])


def lines(record: Path, takes: Callable[[str], bool]) -> Iterator[Line]:
    """The recorded calls of one marketplace."""
    with record.open(encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            if takes(line["path"]):
                yield line


def _said(marketplace: str, found: Judgement) -> int:
    for finding in found.findings():
        print(finding)
    for reason, count in sorted(found.exceptions.items()):
        print(f"exception, fact sheet {reason} ({count} times)")
    return say("reference", f"{marketplace}: {figure(found)}", good=found.good)


def figure(found: Judgement) -> str:
    """What was found, in one line."""
    return (
        f"{found.calls} calls, {len(found.endpoints)} distinct endpoints; "
        f"{sum(found.unknown_request.values())} unknown "
        f"and {sum(found.missing_request.values())} missing request fields, "
        f"{sum(found.unknown_response.values())} response fields not in the reference, "
        f"{sum(found.unknown_codes.values())} undocumented codes "
        f"({len(found.exceptions)} exceptions, each with its section of the fact sheet)"
    )


def _run(name: str, words: list[str], record: Path) -> None:
    recorded = {**environment(), "SYNCER_SANDBOX_RECORD": str(record)}
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env={**os.environ, **recorded}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"{name} failed:\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
