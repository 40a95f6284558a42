"""What a marketplace's limits have seen of us outlives the process: calls spent, and the pace that refusals taught."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.clock import ManualClock
from adapters.contract import Rate
from adapters.pacing import Learnt, Pacer, TooLate
from syncer.channels.budgets import StoredBudgets
from syncer.store.database import Database
from syncer.store.schema import open_database

START = datetime(2026, 11, 24, tzinfo=UTC)
FAST, HOURLY = Rate("shop", 10, 1.0), Rate("shop", 3, 3600.0)
WHO = {"shop": "7"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'budgets.db'}")
    yield made
    made.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


def _process(database: Database, clock: ManualClock, marketplace: str = "shopee") -> Pacer:
    return Pacer(clock, StoredBudgets(database, clock, marketplace))


def test_what_refusals_taught_is_known_to_the_next_process(database: Database, clock: ManualClock) -> None:
    first = _process(database, clock)
    first.take([FAST], WHO, clock.monotonic() + 9)
    first.refused([FAST], WHO, clock.monotonic(), None)
    assert first.level(FAST, "7") == 0.5
    second = _process(database, clock)
    second.take([FAST], WHO, clock.monotonic() + 9)
    assert second.level(FAST, "7") == 0.5


def test_another_marketplace_or_shop_has_learnt_nothing_by_it(database: Database, clock: ManualClock) -> None:
    first = _process(database, clock)
    first.take([FAST], WHO, clock.monotonic() + 9)
    first.refused([FAST], WHO, clock.monotonic(), None)
    for other, who in ((_process(database, clock, "blibli"), "7"), (_process(database, clock), "8")):
        other.take([FAST], {"shop": who}, clock.monotonic() + 9)
        assert other.level(FAST, who) == 1.0


def test_a_day_later_it_says_nothing_any_more(database: Database, clock: ManualClock) -> None:
    first = _process(database, clock)
    first.take([FAST], WHO, clock.monotonic() + 9)
    first.refused([FAST], WHO, clock.monotonic(), None)
    clock.advance(86_401)
    late = _process(database, clock)
    late.take([FAST], WHO, clock.monotonic() + 9)
    assert late.level(FAST, "7") == 1.0


def test_what_recovered_is_forgotten(database: Database, clock: ManualClock) -> None:
    memory = StoredBudgets(database, clock, "shopee")
    memory.learn("b", Learnt(0.25, 0.5))
    assert memory.learnt("b") == Learnt(0.25, 0.5)
    memory.learn("b", Learnt(0.3))
    assert memory.learnt("b") == Learnt(0.3, None)
    memory.learn("b", None)
    assert memory.learnt("b") is None
    memory.learn("b", None)  # nothing to forget is no error


def test_calls_of_a_long_window_are_counted_across_processes(database: Database, clock: ManualClock) -> None:
    first = _process(database, clock)
    for _ in range(3):
        assert not isinstance(first.take([HOURLY], WHO, clock.monotonic() + 1), TooLate)
    assert isinstance(_process(database, clock).take([HOURLY], WHO, clock.monotonic() + 1), TooLate)
    clock.advance(3601)
    assert not isinstance(_process(database, clock).take([HOURLY], WHO, clock.monotonic() + 1), TooLate)
