"""A sandbox of Bukalapak on a clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox import launch
from tests.sandbox.bukalapak.client import Client

Begin = Callable[..., Client]


@pytest.fixture
def begin(clock: ManualClock) -> Iterator[Begin]:
    """Starts sandboxes; switches of Bukalapak by their name without the prefix."""
    with ExitStack() as stack:

        def begun(limits: str = "real", state: Any = None, seed: int = 0, **switches: str) -> Client:
            chosen = {f"bukalapak.{name}": position for name, position in switches.items()}
            launched = launch(("bukalapak",), limits, chosen, seed, clock, state)
            return Client(stack.enter_context(launched)["bukalapak"], clock)

        yield begun


@pytest.fixture
def shop(begin: Begin) -> Client:
    """A client of one shop, every switch at its default."""
    return begin()
