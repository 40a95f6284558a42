"""Faults on demand: what the line, the edge and the marketplace do to a call."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIRE = frozenset(
    {"lose_request", "lose_response", "late_apply", "http_500", "http_503", "slow", "garbage", "truncated"}
)
"""Kinds that the server plays; the rest is for the marketplace behind it."""

KINDS = WIRE | {
    "throttle", "reject_row", "partial_batch", "omit_row", "stuck_queue", "expire_token", "lose_refresh", "empty_page",
    "stale_read",
}  # fmt: skip


@dataclass(slots=True)
class Fault:
    """One line of the list: `times` None = without end."""

    operation: str
    kind: str
    probability: float
    times: int | None

    def fits(self, operation: str, is_token: bool) -> bool:
        """A token call is hit only by its own path, and by `lose_refresh`."""
        if self.times == 0:
            return False
        if self.kind == "lose_refresh":
            return is_token
        if self.operation == "*":
            return not is_token
        return operation == self.operation or operation.endswith("/" + self.operation.lstrip("/"))


class FaultBook:
    """The list in force. Safe to share between threads."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def replace(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Put another list in force.

        Raises:
            ValueError: a line has no operation, or a kind that does not exist.
        """
        faults = [_fault(line) for line in lines]
        with self._lock:
            self._faults = faults

    def reseed(self, seed: int) -> None:
        """Start the dice anew."""
        with self._lock:
            self._random = random.Random(seed)

    def pick(self, operation: str, is_token: bool, plays: Callable[[str, str], bool]) -> str | None:
        """The kind of fault that hits this call, if one does; it is used up. A kind that the call cannot play waits
        for one that can."""
        with self._lock:
            for fault in self._faults:
                if not fault.fits(operation, is_token) or not plays(operation, fault.kind):
                    continue
                if self._random.random() < fault.probability:
                    if fault.times is not None:
                        fault.times -= 1
                    return fault.kind
        return None

    def roll(self) -> float:
        """A number from 0 to 1, from the same dice."""
        with self._lock:
            return self._random.random()


def _fault(line: Mapping[str, Any]) -> Fault:
    kind, operation = str(line.get("kind")), line.get("operation")
    if kind not in KINDS:
        raise ValueError(f"no fault '{kind}'; there are: {', '.join(sorted(KINDS))}")
    if not isinstance(operation, str) or not operation:
        raise ValueError("a fault needs an operation: a path, or *")
    times = line.get("times")
    return Fault(operation, kind, float(line.get("probability", 1)), None if times is None else int(times))
