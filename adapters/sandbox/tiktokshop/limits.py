"""How many calls fit: nobody is told, it differs by call, and it moves (facts, section 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from adapters.sandbox.limits import Pace, Window, window_s

HIDDEN_PER_S = 20
"""Calls a second of one kind by real limits, at most: invented within what projects report for reads and writes."""

MOVES_S = 60.0
HOUR = 3600.0
FAST_PER_S = 60


class Limits:
    """The declared pace of the sandbox, the hidden one of each kind of call, and the cap of a development shop.

    The hidden limit moves between half of `most` and `most`, every minute and for each kind of call anew.
    """

    def __init__(self, seed: int, fast: bool, cap: str) -> None:
        self.pace = Pace(FAST_PER_S if fast else 0, 0)
        self._most, self._seed = (0 if fast else HIDDEN_PER_S), seed
        self._moves = window_s(MOVES_S, fast)
        self._kinds: dict[str, Window] = {}
        self._cap = Window(0 if cap == "none" else int(cap), window_s(HOUR, fast))

    def admit(self, kind: str, now: float) -> bool:
        """Whether a call of this kind at monotonic `now` still fits."""
        return self._hidden(kind, now) and self._cap.admit(now) and self.pace.admit(now)

    def _hidden(self, kind: str, now: float) -> bool:
        if not self._most:
            return True
        window = self._kinds.setdefault(kind, Window(self._most, 1.0))
        window.count = self._at(kind, now)
        return window.admit(now)

    def _at(self, kind: str, now: float) -> int:
        dice = hashlib.sha256(f"{self._seed} {kind} {int(now // self._moves)}".encode()).digest()[0] / 255
        return max(1, round(self._most * (1 + dice) / 2))

    def set(self, values: Mapping[str, Any]) -> None:
        """Take `rate_per_s` and `hidden_limit` out of a settings call."""
        if "rate_per_s" in values:
            self.pace.set("rate_per_s", values["rate_per_s"])
        if "hidden_limit" in values:
            self._most = int(values["hidden_limit"] or 0)
            self._kinds.clear()
