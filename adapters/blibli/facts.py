"""What a store told of itself, kept as JSON: attributes that make variants, and the bound pickup point."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import Facts, ShopBounds

PICTURES, DESCRIPTION, VARIANTS, OPTIONS_MOST = (1, 8), (1, 5000), 50, 2
PRICE = (1000, 1_000_000_000)
"""1,000 by the older page, 1 by the newer one: the careful one, until a store tells (facts, section 6)."""


@dataclass(frozen=True, slots=True)
class Creating:
    """An attribute that makes variants."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What `calls` needs for creates and structure. `plain` = {category: codes of attributes that make no variants}."""

    point: str | None = None
    creating: Mapping[str, tuple[Creating, ...]] = field(default_factory=dict)
    plain: Mapping[str, frozenset[str]] = field(default_factory=dict)
    colour_family: Mapping[str, bool] = field(default_factory=dict)


def load(facts: Facts) -> StoreFacts:
    """From what was stored."""
    kept = json.loads(facts.private)
    return StoreFacts(
        point=kept.get("point"),
        creating={c: tuple(Creating(*pair) for pair in found["creating"]) for c, found in kept["categories"].items()},
        plain={c: frozenset(found["plain"]) for c, found in kept["categories"].items()},
        colour_family={c: bool(found["family"]) for c, found in kept["categories"].items()},
    )


def bounds_of(attributes: Sequence[Mapping[str, Any]]) -> ShopBounds:
    """What a category accepts."""
    creating = [a for a in attributes if a.get("variantCreating")]
    mandatory = tuple(
        (str(a["code"]), str(a.get("name") or "")) for a in attributes
        if a.get("mandatory") and not a.get("variantCreating")
    )  # fmt: skip
    return ShopBounds(
        description=DESCRIPTION, pictures=PICTURES, price=PRICE, options=min(OPTIONS_MOST, len(creating)),
        variants=VARIANTS, required_attributes=mandatory,
    )  # fmt: skip
