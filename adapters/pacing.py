"""How fast calls may leave: several budgets at once, spaced rather than in bursts.

A budget is one `Rate` for one identity of its scope (this app, that shop, this operation). Short windows are
spaced evenly, and in no window of that length are more calls judged than it holds, though they arrive unevenly: a
call that was answered late was perhaps judged late, and counts as long as if it had left later. Long windows (a daily
quota) are counted. A marketplace that refuses for speed halves the budgets
that the call drew on; they climb back to just below what held, then feel their way up slowly.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.clock import Clock
from adapters.contract import Rate

FILL = 0.985  # share of a rate that is used when calls leave evenly
WINDOW_ROOM = 1.005  # a window counts this much longer than it is
LATENESS_MOST = 0.25  # of a window: a call that hangs does not stop all others
WAYS_REMEMBERED = 100  # the shortest way is that of the last so many calls of an operation, and of as many before
SPACED_UP_TO_S = 120.0  # windows longer than this are counted, not spaced
CLIMB, CLIMB_TO_KNOWN, PROBE, PROBE_AT_MOST, PROBE_AFTER_WINDOWS = 1.05, 1.3, 0.01, 0.08, 20
LEAST = 1 / 1024
LATE_S = 0.01  # how late a sleeping caller may wake without losing its place
REMEMBERED_FROM_S = 10.0  # windows at least this long outlive the process: a restart must not spend them again
LATEST_SHARE = 0.2  # weight of the newest call in the measured latency
LASTING = ("app", "shop")
SWEEP_AFTER = 64  # so many new budgets, and those at rest are forgotten
SPARE_LANES = 1  # one more call in flight than rate x latency asks for: latencies vary


@dataclass(frozen=True, slots=True)
class Learnt:
    """What refusals have taught of a budget: the share of its rate that is used, and the one to climb back to."""

    level: float
    aim: float | None = None


class Memory(Protocol):
    """Where calls counted against long windows are kept, and what refusals taught, so that a restart, or another
    process, knows of them.
    """

    def recall(self, budget: str, window_s: float) -> Mapping[int, float]:
        """{number of a spent call: its age in seconds, never negative} of the last `window_s` seconds."""

    def spend(self, budget: str, window_s: float) -> int:
        """Write down a call that is about to leave; its number."""

    def learnt(self, budget: str) -> Learnt | None:
        """What refusals have taught of this budget; None if nothing."""

    def learn(self, budget: str, learnt: Learnt | None) -> None:
        """Keep it; None forgets it."""


@dataclass(slots=True)
class Departure:
    """One call that left at `at` (monotonic), and by how many seconds its way was longer than the shortest known."""

    at: float
    late: float = 0.0


@dataclass(slots=True)
class Shortest:
    """The shortest way there and back of the last calls of one operation, in seconds."""

    _now: float = math.inf
    _before: float = math.inf
    _calls: int = 0

    def late(self, seconds: float) -> float:
        """By how much a way that took `seconds` was longer."""
        if self._calls >= WAYS_REMEMBERED:
            self._before, self._now, self._calls = self._now, math.inf, 0
        self._calls += 1
        self._now = min(self._now, seconds)
        return seconds - min(self._now, self._before)


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave granted: `at` on the monotonic clock is when the call may go (it has come when `take`
    returns). `departures` = how the budgets remember it.
    """

    at: float
    departures: tuple[Departure, ...] = ()


@dataclass(frozen=True, slots=True)
class TooLate:
    """No leave before `at` (monotonic), which is beyond what the caller would wait for; nothing was
    used up.
    """

    at: float


class Budget:
    """One rate for one identity. Not thread-safe by itself: `Pacer` holds the lock."""

    def __init__(self, rate: Rate, now: float, name: str = "") -> None:
        self.rate, self.name = rate, name
        self.level = 1.0  # share of the rate in use; only refusals lower it
        self._next = now
        self._hold_until = now
        self._aim: float | None = None  # just below the level that was refused, once that is known
        self._held = 0.0  # highest level that lasted a whole window since the last refusal
        self._window_from, self._in_window, self._calm_windows = now, 0, 0
        self._log: deque[float] = deque()
        self._departures: deque[Departure] = deque(maxlen=max(1, rate.count))
        self._known: set[int] = set()
        self._probe = PROBE

    @property
    def lasts(self) -> bool:
        """Whether what is learnt of it is worth keeping: an app or a shop stays, a SKU's or a queue's hour passes."""
        return self.rate.scope in LASTING

    @property
    def spacing(self) -> float:
        """Seconds between two calls at the present level."""
        return self.rate.window_s / (self.rate.count * FILL * self.level)

    @property
    def learnt(self) -> Learnt | None:
        """What refusals have taught; None if there is nothing to remember."""
        return None if self.level == 1.0 and self._aim is None else Learnt(self.level, self._aim)

    def take_up(self, learnt: Learnt) -> None:
        """Go on from what an earlier process had learnt."""
        self.level, self._aim = min(1.0, max(LEAST, learnt.level)), learnt.aim

    def catch_up(self, memory: Memory, now: float) -> None:
        """Count the calls that were written down by others: by this budget of an earlier process, or of another."""
        spent = memory.recall(self.name, self.rate.window_s)
        fresh = sorted(now - age for number, age in spent.items() if number not in self._known)
        self._known = set(spent)
        if not fresh:
            return
        self._next = max(self._next, fresh[-1] + self.spacing)
        self._log = deque(sorted([*self._log, *fresh]))

    def write_down(self, memory: Memory) -> None:
        """Keep a call that leaves now."""
        self._known.add(memory.spend(self.name, self.rate.window_s))

    def earliest(self, now: float) -> float:
        """When the next call may go."""
        if self.rate.window_s <= SPACED_UP_TO_S:
            return max(now, self._next, self._hold_until, self._room_from())
        while self._log and self._log[0] <= now - self.rate.window_s:
            self._log.popleft()
        full = len(self._log) >= max(1, int(self.rate.count * self.level))
        return max(now, self._hold_until, self._log[0] + self.rate.window_s if full else now)

    def _room_from(self) -> float:
        """From when on one more call fits into every window, by when the earlier ones were judged at the latest."""
        most = max(1, int(self.rate.count * self.level))
        if len(self._departures) < most:
            return 0.0
        first = self._departures[-most]
        return first.at + min(first.late, LATENESS_MOST * self.rate.window_s) + WINDOW_ROOM * self.rate.window_s

    def at_rest(self, now: float) -> bool:
        """Whether forgetting it would change nothing: nothing spent in its window, nothing learnt, nothing held."""
        spent = self._log and self._log[-1] > now - self.rate.window_s
        held = max(self._next, self._hold_until) > now - self.rate.window_s
        return self.level == 1.0 and not spent and not held

    def use(self, at: float) -> Departure:
        """Count a call that goes at `at`."""
        departure = Departure(at)
        self._departures.append(departure)
        if self.rate.window_s <= SPACED_UP_TO_S:
            # A sleeper wakes a little late: that much is given back, so that lateness does not add up.
            late = min(self.spacing / 4, LATE_S)
            self._next = max(self._next + self.spacing, at + self.spacing - late)
        else:
            self._log.append(at)
        return departure

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
    """Every budget of one process. Share one among the channels that share an app. Thread-safe.

    With a `memory`, windows of 10 s and more are kept there and shared with other processes; what refusals taught
    outlives the process there.
    """

    def __init__(self, clock: Clock, memory: Memory | None = None) -> None:
        self._clock, self._memory = clock, memory
        self._latency_s = 0.0
        self._shortest: dict[str, Shortest] = {}
        self._swept = 0
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
                self._catch_up(budgets, now)
                at = max((b.earliest(now) for b in budgets), default=now)
                if at > not_after:
                    return TooLate(at)
                if at <= now:
                    return Slot(now, self._use(budgets, now))
            # Nothing is reserved while asleep: a refusal in the meantime holds the sleepers too.
            self._clock.sleep(at - now)

    def _catch_up(self, budgets: Sequence[Budget], now: float) -> None:
        if self._memory is not None:
            for budget in budgets:
                if budget.rate.window_s >= REMEMBERED_FROM_S:
                    budget.catch_up(self._memory, now)

    def _use(self, budgets: Sequence[Budget], now: float) -> tuple[Departure, ...]:
        for budget in budgets:
            if self._memory is not None and budget.rate.window_s >= REMEMBERED_FROM_S:
                budget.write_down(self._memory)
        return tuple(budget.use(now) for budget in budgets)

    def _keep(self, budget: Budget, before: Learnt | None) -> None:
        if self._memory is not None and budget.lasts and budget.learnt != before:
            self._memory.learn(budget.name, budget.learnt)

    def took(self, slot: Slot, operation: str, seconds: float) -> None:
        """Tell how long the call of `slot` was on its way, there and back."""
        with self._lock:
            known = self._latency_s or seconds
            self._latency_s = known + LATEST_SHARE * (seconds - known)
            late = self._shortest.setdefault(operation, Shortest()).late(seconds)
            for departure in slot.departures:
                departure.late = late

    def lanes(self, rates: Sequence[Rate], most: int) -> int:
        """How many calls in flight use up these rates at the measured latency: 1 to `most`.

        A rate for one operation, SKU or queue says nothing of the shop's whole traffic and is not asked.
        """
        with self._lock:
            wide = [b for b in self._budgets.values() if b.rate in rates and b.rate.operation is None]
            spacing = [b.spacing for b in wide if b.rate.scope in ("app", "shop") and b.rate.window_s <= SPACED_UP_TO_S]
            if not spacing or not self._latency_s:
                return 1
            needed = math.ceil(self._latency_s / max(spacing))
            return max(1, min(most, needed + SPARE_LANES))

    def went_well(self, rates: Sequence[Rate], keys: Mapping[str, str]) -> None:
        """Tell that a call was answered without a complaint about speed."""
        with self._lock:
            now = self._clock.monotonic()
            for budget in self._of(rates, keys, now):
                before = budget.learnt
                budget.went_well(now)
                self._keep(budget, before)

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
                before = budget.learnt
                budget.refused(sent_at, now, retry_after)
                self._keep(budget, before)
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
            known = self._budgets.get((rate, identity))
            if known is None:
                self._forget(now)
                known = self._budgets[rate, identity] = self._opened(rate, identity, now)
            found.append(known)
        return found

    def _opened(self, rate: Rate, identity: str, now: float) -> Budget:
        budget = Budget(rate, now, _name(rate, identity))
        if self._memory is not None and budget.lasts and (learnt := self._memory.learnt(budget.name)) is not None:
            budget.take_up(learnt)
        return budget

    def _forget(self, now: float) -> None:
        """Queues and SKUs come and go: their budgets, once at rest, are not kept for ever."""
        if len(self._budgets) >= self._swept + SWEEP_AFTER:
            self._budgets = {key: one for key, one in self._budgets.items() if not one.at_rest(now)}
            self._swept = len(self._budgets)


def _name(rate: Rate, identity: str) -> str:
    """What a budget is called in the memory: another size of window or count is another budget."""
    return f"{rate.scope} {identity} {rate.operation or '*'} {rate.count}/{rate.window_s:g}"
