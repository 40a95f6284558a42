"""The traffic of a whole demonstration and of the contract suite, against the official reference."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.judge import Judgement, judge_file
from tests.prove.world import ROOT, environment, say

RUNS = (
    ("the demonstration", ["-m", "syncer", "demo"]),
    ("the contract suite", ["-m", "pytest", "-q", "tests/contract"]),
)


def main() -> int:
    """Record both, then judge."""
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder:
        record = Path(folder) / "traffic.jsonl"
        for name, words in RUNS:
            _run(name, words, record)
        found = judge_file(record)
    for finding in found.findings():
        print(finding)
    for reason, count in sorted(found.exceptions.items()):
        print(f"exception, fact sheet {reason} ({count} times)")
    return say("reference", figure(found), good=found.good)


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
