"""Time as a parameter: the wall clock, a clock that never goes back, and sleeping."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where everything here gets its time from."""

    def now(self) -> datetime:
        """The wall clock: aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`; at once for zero or less."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The wall clock: aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`; at once for zero or less."""
        if seconds > 0:
            time.sleep(seconds)


class ManualClock:
    """A clock that moves only when told: `sleep` and `advance` move both times at once."""

    def __init__(self, start: datetime) -> None:
        self._now, self._monotonic, self._lock = start.astimezone(UTC), 0.0, threading.Lock()

    def now(self) -> datetime:
        """The wall clock: aware, UTC."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Seconds that never go back."""
        with self._lock:
            return self._monotonic

    def sleep(self, seconds: float) -> None:
        """Move on by `seconds` without waiting."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move both times on by `seconds`; zero or less moves nothing."""
        if seconds <= 0:
            return
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic += seconds
