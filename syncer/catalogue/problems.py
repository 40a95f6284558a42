"""What is wrong with the catalogue, said once: level, code, sentence; and the limits by which it is judged. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import overload


class Level(StrEnum):
    """How bad a problem is: an error leaves the row out, a warning lets it in, a remark only tells."""

    error = "error"
    warning = "warning"
    remark = "remark"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do. `row` counts as a spreadsheet does (header = 1); None = no single row.

    `message` is one sentence in the reader's language; `code` is stable and for programs.
    """

    row: int | None
    column: str
    code: str
    level: Level
    message: str

    def at(self, row: int | None) -> Problem:
        """The same problem in another row."""
        return Problem(row, self.column, self.code, self.level, self.message)


class Problems(Sequence[Problem]):
    """Problems in the order of their rows, kept compactly: equal ones of many rows cost a few bytes each.

    A catalogue of a million rows may draw the same remark on every tenth of them, and an import must not grow with
    the number of its rows.
    """

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._rows = array("q")
        self._kinds = array("L")
        self._numbers: dict[Problem, int] = {}
        self._distinct: list[Problem] = []
        self._ordered = True
        self.errors = 0
        self.extend(problems)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add problems."""
        for found in problems:
            row = found.row or 0
            plain = found.at(None)
            kind = self._numbers.setdefault(plain, len(self._distinct))
            if kind == len(self._distinct):
                self._distinct.append(plain)
            self._ordered = self._ordered and (not self._rows or self._rows[-1] <= row)
            self._rows.append(row)
            self._kinds.append(kind)
            self.errors += found.level is Level.error

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Problem]:
        self._sort()
        for row, kind in zip(self._rows, self._kinds, strict=True):
            yield self._distinct[kind].at(row or None)

    @overload
    def __getitem__(self, index: int) -> Problem: ...
    @overload
    def __getitem__(self, index: slice) -> list[Problem]: ...
    def __getitem__(self, index: int | slice) -> Problem | list[Problem]:
        self._sort()
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self._distinct[self._kinds[index]].at(self._rows[index] or None)

    def _sort(self) -> None:
        if self._ordered:
            return
        order = sorted(range(len(self._rows)), key=self._rows.__getitem__)
        self._rows = array("q", (self._rows[i] for i in order))
        self._kinds = array("L", (self._kinds[i] for i in order))
        self._ordered = True


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that nobody has proved: a pattern of text, banned from a day on."""

    pattern: str
    since: date = date.min


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """The limits that are settings, not laws, and the laws that are dated (config/compliance.toml).

    Lengths in characters, sides in pixels, ages in days, spread as a factor. `food` and `frozen` are the branches of
    our own categories that the certificate rules speak of; `halal_since` None = no such rule.
    """

    name_least: int = 20
    name_most: int = 255
    description_most: int = 5000
    picture_side: int = 500
    price_spread: int = 7
    confirmed_days: int = 60
    certificate_days: int = 90
    made_to_order_days: int = 30
    last_pieces: int = 1
    claims: tuple[Claim, ...] = ()
    food: str = "Makanan & Minuman"
    frozen: str = "Makanan & Minuman > Makanan Beku"
    halal_since: date | None = None
    districts: tuple[str, ...] = (
        "Kota Pangkalpinang", "Bangka", "Bangka Barat", "Bangka Tengah", "Bangka Selatan", "Belitung", "Belitung Timur",
    )  # fmt: skip
