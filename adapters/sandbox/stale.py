"""What things were before they were last written: what a stale read shows, within the settling time."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


@dataclass(slots=True)
class Earlier(Generic[K, T]):
    """Per thing, when it was last written and what it was before; None = it was not there."""

    _kept: dict[K, tuple[float, T | None]] = field(default_factory=dict)

    def keep(self, key: K, now: float, thing: T | None) -> None:
        """Keep what `thing` is, before it is written at `now`."""
        self._kept[key] = (now, copy.deepcopy(thing))

    def of(self, key: K, now: float, settle_s: float, thing: T | None) -> T | None:
        """What a stale read shows in the place of `thing`."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and now - kept[0] < settle_s else thing

    def clear(self) -> None:
        """Nothing was ever written."""
        self._kept.clear()
