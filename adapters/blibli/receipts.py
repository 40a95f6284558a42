"""Receipts: what the adapter must know to ask about a queue or a review later. JSON text that only it reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

QUEUE, REVIEW, ROWS, STATUS = "queue", "review", "rows", "status"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where a change stands. `stage`: queue and review of a create, rows of a bulk update, status of an archive.

    `queue` = the queue's id, '' in review; `skus` = of a create, what it is found by; `since` = epoch seconds of its
    beginning; `asked` = how often it was asked about in this stage; `code` = the submission's product code.
    """

    stage: str
    queue: str
    skus: tuple[str, ...] = ()
    since: float = 0.0
    asked: int = 0
    code: str = ""

    def text(self) -> str:
        """As a receipt."""
        return json.dumps(asdict(self), sort_keys=True)

    def again(self) -> Ticket:
        """Asked once more, still open."""
        return replace(self, asked=self.asked + 1)

    def reviewed(self, code: str) -> Ticket:
        """Out of the queue, into review."""
        return replace(self, stage=REVIEW, queue="", asked=0, code=code)


def ticket(text: str) -> Ticket:
    """From a receipt."""
    found = json.loads(text)
    return Ticket(**{**found, "skus": tuple(found["skus"])})
