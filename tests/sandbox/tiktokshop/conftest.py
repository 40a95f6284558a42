"""A sandbox of Tokopedia & TikTok Shop on a clock that a test moves, and a judge of what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox import launch
from tests.sandbox.tiktokshop.client import Client
from tests.sandbox.tiktokshop.shapes import strange

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""10:00 in Jakarta."""

Start = Callable[..., Client]


@pytest.fixture
def clock() -> ManualClock:
    """Time that stands still until it is moved."""
    return ManualClock(START)


@pytest.fixture
def start(clock: ManualClock, tmp_path: Path) -> Iterator[Start]:
    """Starts sandboxes with real limits, the hidden one off; at the end every answer is judged by the models."""
    record = tmp_path / "record.jsonl"
    with ExitStack() as stack:

        def started(limits: str = "real", hidden: int = 0, **options: Any) -> Client:
            sandboxes = stack.enter_context(
                launch(("tiktokshop",), limits=limits, clock=clock, record=record, **options)
            )
            sandboxes["tiktokshop"].control("PUT", "settings", {"hidden_limit": hidden})
            return Client(sandboxes["tiktokshop"], clock)

        yield started
    if record.exists():
        assert strange(json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()) == set()


@pytest.fixture
def client(start: Start) -> Client:
    """A client of one shop, every switch at its default."""
    return start()
