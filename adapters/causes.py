"""Tables of causes: how a marketplace's refusals are read. Each marketplace has one, ordered; the first match wins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from adapters.contract import Cause, Locked, Rejected

OUR_DATA = frozenset({Cause.rejected, Cause.missing, Cause.duplicate})
"""Nothing but new data of ours cures these; whatever else a field is refused for is cured elsewhere."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `operation` and `code` are shell patterns, `status` 0 any, a century by its hundreds."""

    operation: str
    status: int
    code: str
    detail: str | None
    message: str | None
    cause: Cause
    field: str | None = None
    """The field of Content that was refused, where the code names one."""

    def matches(self, operation: str, status: int, code: str, detail: str, message: str) -> bool:
        """True if every column that says something agrees."""
        return (
            fnmatchcase(operation, self.operation)
            and self.status in (0, status, status // 100)
            and fnmatchcase(code, self.code)
            and (self.detail is None or re.search(self.detail, detail, re.I) is not None)
            and (self.message is None or re.search(self.message, message, re.I) is not None)
        )


def first(table: Sequence[Row], operation: str, status: int, code: str, message: str, detail: str = "") -> Row | None:
    """The first row that matches; None = a refusal that nobody has seen."""
    return next((row for row in table if row.matches(operation, status, code, detail, message)), None)


def fields_refused(without: Mapping[str, Sequence[str]], more: Sequence[str] = ()) -> Rejected | Locked:
    """The end of a change of content of which some fields were refused, each as [cause, code, text].

    It waits no longer than the first of them to be cured: what is cured elsewhere comes before what waits for new
    data. Locked only if all are. `more` = fields that were not even sent.
    """
    locked = [row for row in without.values() if row[0] in (Cause.locked, Cause.review)]
    cured = [row for row in without.values() if row[0] not in OUR_DATA]
    first_open = next((row for row in cured if row not in locked), None)
    cause, code, text = first_open or next(iter(cured), None) or next(iter(without.values()))
    if len(locked) == len(without) and not more:
        return Locked(Cause(cause), None, code, text)
    return Rejected(Cause(cause), code, text, (*without, *more))
