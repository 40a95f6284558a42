"""A marketplace's paper, `docs/marketplaces/NAME.toml`, as values: sources, operations, numbered traps.

The file holds::

    [sources]                  # key = in words, with date and weight
    [[operations]]             # call, sources, and either handled and tested, or left = number of the decision
    [[traps]]                  # id, trap, and the same

`handled` names `module:function` below `adapters.NAME` (`outcomes:reason`), or from the root of the repository when it
holds a dot (`adapters.pictures:encoded`); `tested` names tests as pytest does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "marketplaces"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one operation or trap: where it is handled and tested, or the decision that leaves it."""

    name: str
    text: str
    sources: tuple[str, ...]
    handled: tuple[str, ...]
    tested: tuple[str, ...]
    left: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any], name: str, text: str) -> Entry:
        """From a row of the file; `name` and `text` are the keys of what it is called and what it says."""
        return cls(
            row[name], row.get(text, ""), tuple(row["sources"]), tuple(row.get("handled", ())),
            tuple(row.get("tested", ())), row.get("left"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """One marketplace's paper. `sources` = {key: in words}."""

    marketplace: str
    title: str
    sources: Mapping[str, str]
    operations: tuple[Entry, ...]
    traps: tuple[Entry, ...]


def read(marketplace: str, folder: Path = FOLDER) -> Paper:
    """The paper of one marketplace."""
    rows = tomllib.loads((folder / f"{marketplace}.toml").read_text(encoding="utf-8"))
    return Paper(
        marketplace,
        rows["title"],
        rows["sources"],
        tuple(Entry.of(row, "call", "note") for row in rows["operations"]),
        tuple(Entry.of(row, "id", "trap") for row in rows["traps"]),
    )


def full(marketplace: str, name: str) -> str:
    """What `handled` names, with its module in full."""
    return name if "." in name.partition(":")[0] else f"adapters.{marketplace}.{name}"


def there() -> list[str]:
    """The marketplaces that have a paper."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))
