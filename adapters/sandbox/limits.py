"""Windows of time: how many calls fit, in `real` and in `fast` limits."""

from __future__ import annotations

from collections import deque

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
