"""A sandbox of Tokopedia & TikTok Shop on a clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox import launch
from tests.sandbox.tiktokshop.client import Client

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""10:00 in Jakarta."""

Start = Callable[..., Client]


@pytest.fixture
def clock() -> ManualClock:
    """Time that stands still until it is moved."""
    return ManualClock(START)


@pytest.fixture
def start(clock: ManualClock) -> Iterator[Start]:
    """Starts sandboxes with real limits, the hidden one off; an option names a switch's position."""
    with ExitStack() as stack:

        def started(limits: str = "real", hidden: int = 0, **options: Any) -> Client:
            sandboxes = stack.enter_context(launch(("tiktokshop",), limits=limits, clock=clock, **options))
            sandboxes["tiktokshop"].control("PUT", "settings", {"hidden_limit": hidden})
            return Client(sandboxes["tiktokshop"], clock)

        yield started


@pytest.fixture
def client(start: Start) -> Client:
    """A client of one shop, every switch at its default."""
    return start()
