"""The table of troubles: each one sentence, the right exit code, no traceback."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.prove.world import ROOT, say


def main() -> int:
    """Run the table as the tests do, and count."""
    words = [sys.executable, "-m", "pytest", "-n", "2", "-o", "addopts=", "tests/cli/test_troubles.py"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", done.stdout)}
    if done.returncode != 0:
        print(done.stdout)
    figure = f"{counts.get('passed', 0)} troubles met as they should be, {counts.get('failed', 0)} not"
    if counts.get("skipped"):
        figure += f", {counts['skipped']} cannot be brought about on this machine"
    return say("troubles", figure, good=done.returncode == 0 and counts.get("passed", 0) > 20)


if __name__ == "__main__":
    sys.exit(main())
