"""Files into the catalogue: read and judge into temporary tables, then apply in one write transaction.

A row that is absent changes nothing; a row with an error is left out and the rest goes in; a file that cannot be read
as a whole changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import insert, update
from sqlalchemy.engine import Connection

from syncer.catalogue import collisions
from syncer.catalogue.applying import Applied, Applying
from syncer.catalogue.compliance import rule_settings
from syncer.catalogue.filling import Progress, fill
from syncer.catalogue.moments import WIB, Moment, moment_of
from syncer.catalogue.problems import Level, Problem, Problems, RuleSettings
from syncer.catalogue.reading import FileKind, read_table
from syncer.catalogue.staging import stage
from syncer.store.database import Database
from syncer.store.tables import ImportRow, stored

__all__ = ["WIB", "ImportReport", "as_json", "import_file", "moment_of"]

IMPORTS = stored(ImportRow)

PROBLEMS_KEPT = 1000
"""Errors and warnings stored with an import; all of them are in its report."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to, in rows: read, such that changed something, good ones that did not; and the problems.

    `import_id` names the import for `import undo`; None when nothing was written (a dry run, or nothing was new).
    """

    file: str
    kind: FileKind
    rows: int
    imported: int
    unchanged: int
    problems: Problems
    import_id: int | None = None

    @property
    def exit_code(self) -> int:
        """1 when a row was left out, else 0."""
        return 1 if self.problems.errors else 0

    def as_json(self) -> dict[str, Any]:
        """The report in the form that scripts read (DESIGN 8)."""
        return {**self._head(), "problems": [as_json(found) for found in self.problems]}

    def write_json(self, stream: TextIO) -> None:
        """`as_json` as text, without ever holding all of it."""
        head = json.dumps(self._head(), ensure_ascii=False)
        stream.write(head[:-1] + ', "problems": [')
        for number, found in enumerate(self.problems):
            stream.write((",\n" if number else "\n") + json.dumps(as_json(found), ensure_ascii=False))
        stream.write("]}\n")

    def _head(self) -> dict[str, Any]:
        return {
            "file": self.file, "kind": self.kind.value, "rows": self.rows, "imported": self.imported,
            "unchanged": self.unchanged,
        }  # fmt: skip


def as_json(found: Problem) -> dict[str, Any]:
    """A problem in the form that scripts read; row: header = 1, null = the whole file."""
    return {
        "row": found.row, "column": found.column, "code": found.code, "level": found.level.value,
        "message": found.message,
    }  # fmt: skip


def import_file(
    database: Database, path: Path, *, now: datetime, as_of: date | datetime | None = None, stock: bool = False,
    dry_run: bool = False, settings: RuleSettings | None = None, progress: Progress | None = None,
) -> ImportReport:  # fmt: skip
    """Read `path` into the catalogue, at `now` (aware).

    `as_of`: of a catalogue the day on which dates are judged, of a stock-only file the time of its counts. `stock`
    lets a catalogue set the stock of SKUs that exist. `settings` default to the limits with our compliance file.
    `progress` hears the number of every row read.

    Raises:
        UnreadableFile: the file as a whole cannot be read; nothing was changed.
        ConfigError: the compliance file cannot be read.
    """
    settings, moment, problems = settings or rule_settings(), moment_of(as_of, now), Problems()
    table = read_table(path)
    with stage(database) as connection:
        with connection.begin():
            rows = fill(connection, table, settings, moment, problems, progress or (lambda _: None))
            if table.kind is FileKind.full:
                collisions.judge_file(connection, problems)
        connection.execution_options(writes=True)
        with connection.begin() as transaction:
            import_id = _began(connection, path, table.kind, rows, moment)
            applied = _apply(connection, table.kind, Applying(connection, import_id, moment), problems, settings, stock)
            written = applied.written and not dry_run
            if written:
                _ended(connection, import_id, applied, problems)
            else:
                transaction.rollback()  # an import that changed nothing is none that could be taken back
        connection.execution_options(writes=False)
    return ImportReport(
        file=str(path), kind=table.kind, rows=rows, imported=applied.imported, unchanged=applied.unchanged,
        problems=problems, import_id=import_id if written else None,
    )  # fmt: skip


def _apply(
    connection: Connection, kind: FileKind, applying: Applying, problems: Problems, settings: RuleSettings, stock: bool
) -> Applied:
    if kind is FileKind.full:
        collisions.judge_store(connection, problems, settings)
        return applying.full(problems, stock)
    collisions.judge_values(connection, problems, counts=kind is FileKind.stock)
    if kind is FileKind.stock:
        return applying.counts()
    collisions.judge_prices(connection, problems, settings)
    return applying.prices()


def _began(connection: Connection, path: Path, kind: FileKind, rows: int, moment: Moment) -> int:
    values = {"file": str(path), "kind": kind.value, "at": moment.now, "rows": rows, "problems_json": "[]"}
    zeros = {"imported": 0, "unchanged": 0}
    key = connection.execute(insert(IMPORTS).values({**values, **zeros})).inserted_primary_key
    assert key is not None
    return int(key[0])


def _ended(connection: Connection, import_id: int, applied: Applied, problems: Problems) -> None:
    told = (as_json(found) for found in problems if found.level is not Level.remark)
    kept = json.dumps(list(islice(told, PROBLEMS_KEPT)), ensure_ascii=False)
    connection.execute(
        update(IMPORTS).where(IMPORTS.c.id == import_id)
        .values(imported=applied.imported, unchanged=applied.unchanged, problems_json=kept)
    )  # fmt: skip
