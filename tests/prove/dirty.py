"""The dirty catalogue, row by row against what is expected of it."""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sqlmodel import select

from syncer.catalogue.importing import ImportReport, import_file
from syncer.catalogue.rules import Level
from syncer.store.database import Database
from syncer.store.schema import open_database
from syncer.store.tables import VariantRow
from tests.prove.world import EXAMPLES, ROOT, say

FIXTURES = ROOT / "tests" / "fixtures" / "catalogue"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 24)

Verdict = tuple[str, str, str]
"""ok | warning | error, the column, the code."""


def main() -> int:
    """Import the dirty catalogue and compare."""
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder:
        database, report = import_dirty(Path(folder))
        expected = expected_verdicts()
        got = verdicts(report, sorted(expected))
        wrong = [row for row in expected if got[row] != expected[row]]
        for row in wrong:
            print(f"row {row}: expected {expected[row]}, got {got[row]}")
        stored, good = skus_in(database), good_skus()
        database.close()
    return say(
        "dirty",
        f"{len(expected) - len(wrong)} of {len(expected)} rows as expected, {len(stored)} of {len(good)} good rows in, "
        f"exit {report.exit_code}",
        good=not wrong and stored == good and report.exit_code == 1,
    )


def import_dirty(folder: Path) -> tuple[Database, ImportReport]:
    """The dirty catalogue with its pictures around it, imported into a fresh database in `folder`."""
    shutil.copytree(EXAMPLES / "images", folder / "images")
    shutil.copytree(FIXTURES / "images", folder / "images", dirs_exist_ok=True)
    shutil.copy(FIXTURES / "catalogue-dirty.csv", folder)
    database = open_database(f"sqlite:///{folder / 'dirty.db'}")
    return database, import_file(database, folder / "catalogue-dirty.csv", now=NOW, as_of=AS_OF)


def expected_verdicts() -> dict[int, Verdict]:
    """{row: what is expected of it}"""
    return {int(r["row_number"]): (r["verdict"], r["field"], r["code"]) for r in _expected_rows()}


def good_skus() -> set[str]:
    """The SKUs of the rows that must go in."""
    return {r["sku"] for r in _expected_rows() if r["verdict"] != "error"}


def _expected_rows() -> Iterator[dict[str, str]]:
    with (FIXTURES / "catalogue-dirty.expected.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def verdicts(report: ImportReport, rows: list[int]) -> dict[int, Verdict]:
    """{row: what the import said}; a second problem on a row shows up as a longer code."""
    said: dict[int, Verdict] = dict.fromkeys(rows, ("ok", "", ""))
    for row in rows:
        found = [p for p in report.problems if p.row == row and p.level is not Level.remark]
        if found:
            worst = "error" if any(p.level is Level.error for p in found) else "warning"
            said[row] = (worst, "+".join(p.column for p in found), "+".join(p.code for p in found))
    return said


def skus_in(database: Database) -> set[str]:
    """The SKUs that the catalogue holds."""
    with database.read() as session:
        return set(session.exec(select(VariantRow.sku)))


if __name__ == "__main__":
    sys.exit(main())
