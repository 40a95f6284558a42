"""Reads beside the calls in flight: the orders before they are too old for a stock write, and what queues have done.

A first sync sends for many minutes; what must be read meanwhile neither waits for its end nor holds it up. One read is
out at a time, in a thread of its own that touches the network only: the database is the run's thread's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Protocol

from adapters.contract import MarketplaceError


class Errand(Protocol):
    """Something to be read now and then."""

    def begin(self) -> Callable[[], Any] | None:
        """The read that is due, to be called in any thread; None when none is. Run's thread."""

    def conclude(self, read: Any) -> bool:
        """Store what was read; True when the plan is out of date by it. Run's thread."""

    def failed(self, error: MarketplaceError) -> None:
        """The read failed. Run's thread.

        Raises:
            MarketplaceError: the run cannot go on.
        """


def at_once(errand: Errand) -> bool:
    """Begin, read and conclude in the caller's own thread; True when the plan is out of date by it."""
    read = errand.begin()
    if read is None:
        return False
    try:
        found = read()
    except MarketplaceError as error:
        errand.failed(error)
        return False
    return errand.conclude(found)


@dataclass(slots=True)
class Beside:
    """The errands of one flight of calls, in turn."""

    _errands: Iterator[Errand]
    _in_turn: int
    _pool: ThreadPoolExecutor
    _out: tuple[Errand, Future[Any]] | None = None

    def turn(self) -> bool:
        """Send the next errand out, or conclude the one that is back; True when the plan is out of date by it."""
        if self._out is None:
            self._send_out()
            return False
        return self._out[1].done() and self.come_home()

    def come_home(self) -> bool:
        """Wait for the errand that is out, if one is, and conclude it; True when the plan is out of date by it."""
        if self._out is None:
            return False
        (errand, reading), self._out = self._out, None
        error = reading.exception()
        if isinstance(error, MarketplaceError):
            errand.failed(error)
            return False
        return errand.conclude(reading.result())

    def _send_out(self) -> None:
        for _ in range(self._in_turn):
            errand = next(self._errands)
            if (read := errand.begin()) is not None:
                self._out = errand, self._pool.submit(read)
                return


@contextmanager
def beside(errands: Sequence[Errand]) -> Iterator[Beside]:
    """Errands beside a flight; the one that is out at its end is waited for and concluded, unless the flight failed."""
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as pool:
        made = Beside(cycle(errands), len(errands), pool)
        yield made
        made.come_home()
