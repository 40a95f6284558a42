"""`make papers`: check the papers against the code, then bring their tables up to date."""

from __future__ import annotations

import sys

from syncer.channels.registry import OURS
from tests.papers.checking import findings
from tests.papers.paper import FOLDER, read, there
from tests.papers.rendering import pages


def main() -> int:
    """Write the pages, unless a paper says what is not so."""
    papers = [read(name) for name in (*OURS, *(n for n in there() if n not in OURS))]
    wrong = [line for paper in papers if paper.marketplace in OURS for line in findings(paper)]
    for line in wrong:
        print(line)
    if wrong:
        return 1
    for name, text in pages(papers, OURS).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(papers)} papers, {sum(len(p.operations) for p in papers)} operations, "
          f"{sum(len(p.traps) for p in papers)} traps")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
