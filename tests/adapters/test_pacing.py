"""Pacing by a manual clock: spaced, several budgets at once, halved on a refusal, never refused twice in a row."""

from __future__ import annotations

import threading
from collections import deque
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.clock import ManualClock
from adapters.contract import Rate
from adapters.pacing import Pacer, Slot, TooLate
from syncer.channels.budgets import StoredBudgets
from syncer.store.schema import open_database

START = datetime(2026, 9, 1, tzinfo=UTC)
APP = {"app": "a"}
FAR = 1e9


def pacer() -> tuple[ManualClock, Pacer]:
    clock = ManualClock(START)
    return clock, Pacer(clock)


def most_in_a_window(times: list[float], window: float) -> int:
    inside: deque[float] = deque()
    most = 0
    for at in times:
        inside.append(at)
        while inside[0] <= at - window:
            inside.popleft()
        most = max(most, len(inside))
    return most


@pytest.mark.parametrize(("count", "window"), [(60, 1.0), (10, 1.0), (3, 1.0), (1, 5.0), (100, 60.0)])
def test_never_more_than_the_rate_and_nearly_all_of_it(count: int, window: float) -> None:
    clock, pace = pacer()
    rate = Rate("app", count, window)
    times = []
    while clock.monotonic() < window * 20:
        slot = pace.take([rate], APP, FAR)
        assert isinstance(slot, Slot)
        times.append(clock.monotonic())
        pace.went_well([rate], APP)
    assert most_in_a_window(times, window) <= count
    assert len(times) >= 0.95 * count * 20


def test_calls_are_spaced_not_sent_in_a_burst() -> None:
    clock, pace = pacer()
    rate = Rate("app", 10, 1.0)
    clock.advance(100)  # a long rest saves nothing up
    times = []
    for _ in range(10):
        pace.take([rate], APP, FAR)
        times.append(clock.monotonic())
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) >= 0.09


def test_a_late_sleeper_loses_nothing() -> None:
    clock, pace = pacer()
    rate = Rate("app", 60, 1.0)
    sent = 0
    while clock.monotonic() < 10:
        pace.take([rate], APP, FAR)
        clock.advance(0.003)  # woken three milliseconds late, every time
        sent += 1
    assert sent >= 0.95 * 600


def test_every_budget_that_applies_is_kept_and_others_are_not_touched() -> None:
    clock, pace = pacer()
    rates = [Rate("app", 100, 1.0), Rate("shop", 10, 1.0), Rate("operation", 1, 10.0, operation="add_item")]
    for _ in range(20):
        pace.take(rates, {"app": "a", "shop": "one", "operation": "update_price"}, FAR)
    assert 1.8 < clock.monotonic() < 2.2
    pace.take(rates, {"app": "a", "shop": "two", "operation": "update_price"}, FAR)
    assert clock.monotonic() < 2.2, "another shop has its own budget"
    before = clock.monotonic()
    for shop in ("three", "four"):
        pace.take(rates, {"app": "a", "shop": shop, "operation": "add_item"}, FAR)
    assert clock.monotonic() - before > 9


def test_a_long_window_is_counted_not_spaced() -> None:
    clock, pace = pacer()
    day = Rate("app", 1000, 86400.0)
    for _ in range(1000):
        assert isinstance(pace.take([day], APP, FAR), Slot)
    assert clock.monotonic() == 0
    late = pace.take([day], APP, clock.monotonic() + 30)
    assert late == TooLate(86400.0)
    assert clock.monotonic() == 0, "nobody slept for it"


def test_a_refusal_halves_holds_and_is_remembered() -> None:
    clock, pace = pacer()
    rate = Rate("app", 60, 1.0)
    slot = pace.take([rate], APP, FAR)
    assert isinstance(slot, Slot)
    until = pace.refused([rate], APP, slot.at, 7.0)
    assert until == pytest.approx(clock.monotonic() + 7.0)
    assert pace.level(rate, "a") == 0.5
    pace.take([rate], APP, FAR)
    assert clock.monotonic() >= 7.0
    # Calls that were under way when it happened say nothing new.
    pace.refused([rate], APP, slot.at, None)
    assert pace.level(rate, "a") == 0.5


def test_sleepers_are_held_too() -> None:
    rate = Rate("app", 1, 10.0)

    class Refusing(ManualClock):
        """While somebody sleeps, a refusal comes in."""

        def sleep(self, seconds: float) -> None:
            self.advance(seconds)
            if seconds < 11:
                own.refused([rate], APP, slot.at, 100.0)

    refusing = Refusing(START)
    own = Pacer(refusing)
    slot = own.take([rate], APP, FAR)
    assert isinstance(slot, Slot)
    own.take([rate], APP, FAR)
    assert refusing.monotonic() >= 100


def run_against(hidden: list[tuple[float, int]], seconds: float) -> tuple[list[bool], list[float]]:
    """Take as fast as allowed while a hidden limit per second changes; True = accepted."""
    clock, pace = pacer()
    rate = Rate("app", 60, 1.0)
    inside: deque[float] = deque()
    accepted, times = [], []
    while clock.monotonic() < seconds:
        slot = pace.take([rate], APP, FAR)
        assert isinstance(slot, Slot)
        now = clock.monotonic()
        limit = [count for since, count in hidden if since <= now][-1]
        while inside and inside[0] <= now - 1.0:
            inside.popleft()
        good = len(inside) < limit
        if good:
            inside.append(now)
            pace.went_well([rate], APP)
        else:
            pace.refused([rate], APP, slot.at, None)
        accepted.append(good)
        times.append(now)
    return accepted, times


@pytest.mark.parametrize("limit", [15, 25, 30, 35, 45, 55])
def test_a_hidden_limit_that_falls_in_mid_run_is_used_and_never_refuses_twice_in_a_row(limit: int) -> None:
    accepted, times = run_against([(0, 60), (20, limit)], 80)
    assert not any(not a and not b for a, b in pairwise(accepted))
    after = sum(good for good, at in zip(accepted, times, strict=True) if at >= 20)
    assert after >= 0.80 * limit * 60


def test_the_level_comes_back_when_the_limit_does() -> None:
    accepted, times = run_against([(0, 60), (5, 20), (15, 60)], 300)
    late = sum(good for good, at in zip(accepted, times, strict=True) if at >= 280)
    assert late > 0.9 * 60 * 20


def test_many_threads_share_one_budget() -> None:
    pace = pacer()[1]
    rate = Rate("app", 50, 1.0)
    times: list[float] = []
    lock = threading.Lock()

    def work() -> None:
        for _ in range(50):
            slot = pace.take([rate], APP, FAR)
            assert isinstance(slot, Slot)
            with lock:
                times.append(slot.at)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == 400
    assert most_in_a_window(sorted(times), 1.0) <= 50


def test_a_long_window_is_not_spent_twice_by_a_restart_or_by_another_process(tmp_path: Path) -> None:
    clock = ManualClock(START)
    database = open_database(f"sqlite:///{tmp_path / 'syncer.db'}")
    rates = [Rate("shop", 5, 86_400.0, "categories")]
    keys = {"shop": "TOQ", "operation": "categories"}
    given = []
    for _ in range(2):  # each with its own process's pacer
        pace = Pacer(clock, StoredBudgets(database, clock, "blibli"))
        given += [isinstance(pace.take(rates, keys, clock.monotonic()), Slot) for _ in range(3)]
    assert given == [True] * 5 + [False]
    clock.advance(86_401)
    assert isinstance(Pacer(clock, StoredBudgets(database, clock, "blibli")).take(rates, keys, clock.monotonic()), Slot)
    database.close()


def test_budgets_at_rest_are_forgotten() -> None:
    clock, pace = pacer()
    rates = [Rate("queue", 5, 900.0), Rate("app", 10, 1.0)]
    for number in range(1000):
        pace.take(rates, {**APP, "queue": f"q-{number}"}, FAR)
        clock.advance(60)
    assert len(pace._budgets) <= 2 * 64
    assert [isinstance(pace.take(rates, {"queue": "q-999"}, clock.monotonic()), Slot) for _ in range(6)].count(
        True
    ) == 4


# --- calls that arrive unevenly --------------------------------------------------------------------------------------


class Ways(ManualClock):
    """A clock on which calls come back while somebody sleeps; it remembers when each was judged."""

    def __init__(self) -> None:
        super().__init__(START)
        self.pacer = Pacer(self)
        self.judged: list[float] = []
        self._under_way: list[tuple[float, Slot, float]] = []

    def leaves(self, slot: Slot, way_s: float) -> None:
        """A call leaves now, is judged at the end of its way, and answered at once."""
        self._under_way.append((self.monotonic() + way_s, slot, way_s))

    def sleep(self, seconds: float) -> None:
        """Sleep; what comes back meanwhile is told to the pacer when it comes back."""
        until = self.monotonic() + seconds
        while due := sorted((way for way in self._under_way if way[0] <= until), key=lambda way: way[0]):
            at, slot, way_s = due[0]
            self._under_way.remove(due[0])
            super().sleep(max(0.0, at - self.monotonic()))
            self.judged.append(at)
            self.pacer.took(slot, "write", way_s)
        super().sleep(max(0.0, until - self.monotonic()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.0, 0.2), min_size=60, max_size=120), st.floats(0.0, 0.6))
def test_no_window_holds_more_than_its_rate_however_unevenly_calls_arrive(late: list[float], way_s: float) -> None:
    clock = Ways()
    rate = Rate("shop", 10, 1.0)
    for extra in (0.0, *late):  # the first call shows the shortest way
        slot = clock.pacer.take([rate], {"shop": "7", "operation": "write"}, clock.monotonic() + 60)
        assert isinstance(slot, Slot)
        clock.leaves(slot, way_s + extra)
    clock.sleep(2.0)
    for at, tenth_after in zip(clock.judged, clock.judged[10:], strict=False):
        assert tenth_after - at >= 1.0


def test_calls_that_arrive_evenly_use_nearly_all_of_the_rate() -> None:
    clock = Ways()
    for _ in range(200):
        slot = clock.pacer.take([Rate("shop", 10, 1.0)], {"shop": "7"}, clock.monotonic() + 60)
        assert isinstance(slot, Slot)
        clock.leaves(slot, 0.3)
    clock.sleep(2.0)
    assert 199 / (clock.judged[-1] - clock.judged[0]) >= 9.8


def test_a_call_that_hangs_does_not_stop_the_others() -> None:
    clock = Ways()
    rate = Rate("shop", 10, 1.0)
    for number in range(40):
        slot = clock.pacer.take([rate], {"shop": "7"}, clock.monotonic() + 60)
        assert isinstance(slot, Slot)
        clock.leaves(slot, 50.0 if number == 5 else 0.3)
    assert clock.monotonic() < 4.5
