"""The two clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.clock import ManualClock, SystemClock

START = datetime(2026, 9, 1, tzinfo=UTC)


def test_a_manual_clock_moves_both_times_and_only_when_told() -> None:
    clock = ManualClock(START)
    assert (clock.now(), clock.monotonic()) == (START, clock.monotonic())
    before = clock.monotonic()
    clock.sleep(90)
    clock.advance(0.5)
    assert clock.now() == START + timedelta(seconds=90.5)
    assert clock.monotonic() - before == 90.5


def test_the_systems_clock_is_aware_and_does_not_sleep_for_nothing() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    first = clock.monotonic()
    clock.sleep(0)
    clock.sleep(-5)
    assert clock.monotonic() >= first
