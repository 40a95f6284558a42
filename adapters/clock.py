"""Time as a parameter: the system's clock, and one that a test moves by hand.

Engine, adapters and sandbox take a `Clock`, so that one process can run on one clock and no test sleeps.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time and waits."""

    def now(self) -> datetime:
        """The wall clock: an aware datetime in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Wait; no time at all for `seconds` of 0 or less."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Really wait."""
        if seconds > 0:
            time.sleep(seconds)  # the one place that really waits: everything else is given a Clock


class ManualClock:
    """A clock that stands still until it is moved; `sleep` moves it at once. Safe to share between threads."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime to start from")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The start plus all that was slept or advanced."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds slept or advanced since the start."""
        with self._lock:
            return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Move both times on at once."""
        self.advance(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Move both times by `seconds`."""
        with self._lock:
            self._elapsed += seconds
