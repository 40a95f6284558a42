"""The dirty catalogue: every row gets the verdict that is expected of it, and exactly the good ones go in."""

from __future__ import annotations

from pathlib import Path

from tests.prove.dirty import expected_verdicts, good_skus, import_dirty, skus_in, verdicts


def test_every_row_of_the_dirty_catalogue_is_judged_as_expected(tmp_path: Path) -> None:
    database, report = import_dirty(tmp_path)
    expected = expected_verdicts()
    assert len(expected) == report.rows == 49
    assert verdicts(report, sorted(expected)) == expected
    assert report.exit_code == 1
    assert skus_in(database) == good_skus()
    assert report.imported == len(good_skus()) == 27
    database.close()
