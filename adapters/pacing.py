"""How fast calls may leave: several budgets at once, spaced rather than in bursts.

A budget is one `Rate` for one identity of its scope (this app, that shop, this operation). Short windows are
spaced evenly; long ones (a daily quota) are counted. A marketplace that refuses for speed halves the budgets
that the call drew on; they climb back to just below what held, then feel their way up slowly.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.clock import Clock
from adapters.contract import Rate

FILL = 0.97  # share of a rate that is used: calls that leave evenly still arrive unevenly
SPACED_UP_TO_S = 120.0  # windows longer than this are counted, not spaced
CLIMB, CLIMB_TO_KNOWN, PROBE, PROBE_AT_MOST, PROBE_AFTER_WINDOWS = 1.05, 1.3, 0.01, 0.08, 20
LEAST = 1 / 1024
LATE_S = 0.01  # how late a sleeping caller may wake without losing its place


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave granted: `at` on the monotonic clock is when the call may go (it has come when `take`
    returns).
    """

    at: float


@dataclass(frozen=True, slots=True)
class TooLate:
    """No leave before `at` (monotonic), which is beyond what the caller would wait for; nothing was
    used up.
    """

    at: float


class Budget:
    """One rate for one identity. Not thread-safe by itself: `Pacer` holds the lock."""

    def __init__(self, rate: Rate, now: float) -> None:
        self.rate = rate
        self.level = 1.0  # share of the rate in use; only refusals lower it
        self._next = now
        self._hold_until = now
        self._aim: float | None = None  # just below the level that was refused, once that is known
        self._held = 0.0  # highest level that lasted a whole window since the last refusal
        self._window_from, self._in_window, self._calm_windows = now, 0, 0
        self._log: deque[float] = deque()
        self._probe = PROBE

    @property
    def spacing(self) -> float:
        """Seconds between two calls at the present level."""
        return self.rate.window_s / (self.rate.count * FILL * self.level)

    def earliest(self, now: float) -> float:
        """When the next call may go."""
        if self.rate.window_s <= SPACED_UP_TO_S:
            return max(now, self._next, self._hold_until)
        while self._log and self._log[0] <= now - self.rate.window_s:
            self._log.popleft()
        full = len(self._log) >= max(1, int(self.rate.count * self.level))
        return max(now, self._hold_until, self._log[0] + self.rate.window_s if full else now)

    def use(self, at: float) -> None:
        """Count a call that goes at `at`."""
        if self.rate.window_s <= SPACED_UP_TO_S:
            # A sleeper wakes a little late: that much is given back, so that lateness does not add up.
            late = min(self.spacing / 4, LATE_S)
            self._next = max(self._next + self.spacing, at + self.spacing - late)
        else:
            self._log.append(at)

    def went_well(self, now: float) -> None:
        """A call was not refused for its speed; after each full window the level may rise."""
        self._in_window += 1
        if now - self._window_from < self.rate.window_s:
            return
        busy = self._in_window >= 0.7 * self.rate.count * FILL * self.level
        self._window_from, self._in_window = now, 0
        if busy:
            self._held = max(self._held, self.level)
            self._rise()

    def _rise(self) -> None:
        self._calm_windows += 1
        if self._aim is None:
            self.level = min(1.0, self.level * CLIMB)
        elif self.level < self._aim:
            self.level = min(self._aim, self.level * CLIMB_TO_KNOWN)
        elif self._calm_windows >= PROBE_AFTER_WINDOWS:
            # Each probe that holds doubles the next one: a limit that went up again is found within minutes.
            self.level, self._calm_windows = min(1.0, self.level * (1 + self._probe)), 0
            self._aim, self._probe = self.level, min(self._probe * 2, PROBE_AT_MOST)

    def refused(self, sent_at: float, now: float, retry_after: float | None) -> None:
        """The marketplace refused a call sent at `sent_at` for its speed: halve once for all calls of that
        time.
        """
        already = sent_at < self._hold_until
        self._hold_until = max(self._hold_until, now + max(retry_after or 0.0, min(self.rate.window_s, 60.0)))
        self._next = max(self._next, self._hold_until)
        self._window_from, self._in_window, self._calm_windows = self._hold_until, 0, 0
        if already:
            return
        # Refused while rising: what held before is the place to go back to. Refused at a level that had held:
        # the limit itself fell, and nothing is known of the new one.
        self._aim = self._held * FILL if 0.0 < self._held < self.level else None
        self.level, self._held, self._probe = max(LEAST, self.level / 2), 0.0, PROBE


class Pacer:
    """Every budget of one process. Share one among the channels that share an app. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._budgets: dict[tuple[Rate, str], Budget] = {}

    def take(self, rates: Sequence[Rate], keys: Mapping[str, str], not_after: float) -> Slot | TooLate:
        """Wait until every budget that applies gives leave, and use it; `not_after` is on the monotonic
        clock.

        `keys` names the caller in each scope, as in ``{"app": …, "shop": …, "operation": …}``; a rate whose
        scope is not named does not apply.
        """
        while True:
            with self._lock:
                now = self._clock.monotonic()
                budgets = self._of(rates, keys, now)
                at = max((b.earliest(now) for b in budgets), default=now)
                if at > not_after:
                    return TooLate(at)
                if at <= now:
                    for budget in budgets:
                        budget.use(now)
                    return Slot(now)
            # Nothing is reserved while asleep: a refusal in the meantime holds the sleepers too.
            self._clock.sleep(at - now)

    def went_well(self, rates: Sequence[Rate], keys: Mapping[str, str]) -> None:
        """Tell that a call was answered without a complaint about speed."""
        with self._lock:
            now = self._clock.monotonic()
            for budget in self._of(rates, keys, now):
                budget.went_well(now)

    def refused(
        self, rates: Sequence[Rate], keys: Mapping[str, str], sent_at: float, retry_after: float | None
    ) -> float:
        """Tell that a call was refused for its speed; gives the monotonic time before which none will
        leave.
        """
        with self._lock:
            now = self._clock.monotonic()
            budgets = self._of(rates, keys, now)
            for budget in budgets:
                budget.refused(sent_at, now, retry_after)
            return max((b.earliest(now) for b in budgets), default=now + (retry_after or 0.0))

    def level(self, rate: Rate, identity: str) -> float:
        """The share of `rate` in use for `identity`: 1.0 until something was refused."""
        with self._lock:
            budget = self._budgets.get((rate, identity))
            return budget.level if budget else 1.0

    def _of(self, rates: Sequence[Rate], keys: Mapping[str, str], now: float) -> list[Budget]:
        found = []
        for rate in rates:
            identity = keys.get(rate.scope)
            if identity is None or rate.operation not in (None, keys.get("operation")):
                continue
            found.append(self._budgets.setdefault((rate, identity), Budget(rate, now)))
        return found
