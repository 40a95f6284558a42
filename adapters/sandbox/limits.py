"""Windows of time: how many calls fit, in `real` and in `fast` limits."""

from __future__ import annotations

from collections import deque
from typing import Any

FASTER = 60
SHORTEST_S = 10.0


def window_s(real_s: float, fast: bool) -> float:
    """A window longer than 10 s, divided by up to 60 and to no less than 10 s when `fast`."""
    return real_s if not fast or real_s <= SHORTEST_S else max(SHORTEST_S, real_s / FASTER)


def delay_s(real_s: float, fast: bool) -> float:
    """A readiness delay, search lag or settling time, divided by 60 when `fast`."""
    return real_s / FASTER if fast else real_s


class Window:
    """At most `count` calls in any `seconds`; 0 = no limit."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self._calls: deque[float] = deque()

    def admit(self, now: float) -> bool:
        """Whether a call at monotonic `now` still fits; a refused call does not count."""
        if self.count <= 0:
            return True
        while self._calls and self._calls[0] <= now - self.seconds:
            self._calls.popleft()
        if len(self._calls) >= self.count:
            return False
        self._calls.append(now)
        return True


class Pace:
    """How many calls a second fit: by the declared limit, and by the one that nobody is told."""

    def __init__(self, rate: int, hidden: int) -> None:
        self._rate, self._hidden = Window(rate, 1.0), Window(hidden, 1.0)

    @property
    def declared(self) -> int:
        """The declared limit, 0 = none."""
        return self._rate.count

    def admit(self, now: float) -> bool:
        """Whether a call at monotonic `now` still fits."""
        return self._rate.admit(now) and self._hidden.admit(now)

    def set(self, name: str, value: Any) -> bool:
        """Take a setting of `PUT settings`; False = it is none of these."""
        if name == "rate_per_s":
            self._rate = Window(int(value or 0), 1.0)
        elif name == "hidden_limit":
            self._hidden = Window(int(value or 0), 1.0)
        else:
            return False
        return True
