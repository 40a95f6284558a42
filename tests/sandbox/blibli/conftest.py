"""A Blibli sandbox on a clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox import launch
from tests.sandbox.blibli.client import Client

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""10:00 in Jakarta."""

Start = Callable[..., Client]


@pytest.fixture
def clock() -> ManualClock:
    """Time that stands still until it is moved."""
    return ManualClock(START)


@pytest.fixture
def start(clock: ManualClock) -> Iterator[Start]:
    """Starts sandboxes with real limits; the published windows are off unless `published`."""
    with ExitStack() as stack:

        def started(limits: str = "real", published: bool = False, **options: Any) -> Client:
            sandboxes = stack.enter_context(launch(("blibli",), limits=limits, clock=clock, **options))
            sandboxes["blibli"].control("PUT", "settings", {"published": published})
            return Client(sandboxes["blibli"], clock)

        yield started


@pytest.fixture
def client(start: Start) -> Client:
    """A client of one store, every switch at its default."""
    return start()
