"""Files to rows: what may differ between files, and what makes one unreadable as a whole."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from syncer.catalogue.cells import COLUMNS
from syncer.catalogue.importing import import_file
from syncer.catalogue.reading import FileKind, Table, read_table
from syncer.errors import UnreadableFile
from tests.unit.catalogue.files import GOOD, NOW, Desk, codes, row, sized


def written(tmp_path: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def all_rows(table: Table) -> list[tuple[int, list[str]]]:
    return list(table.rows)


@pytest.mark.parametrize("content", [
    "sku,stock\nA,1\nB,2\n", "sku;stock\nA;1\nB;2\n", "\ufeffsku,stock\r\nA,1\r\nB,2\r\n", 'sku,"stock"\n"A",1\nB,2',
    " sku , stock ,,\nA,1,,\nB,2\n,,,\n",
])  # fmt: skip
def test_the_same_rows_come_out_of_many_ways_to_write_them(tmp_path: Path, content: str) -> None:
    table = read_table(written(tmp_path, content))
    assert table.kind is FileKind.stock
    assert all_rows(table) == [(2, ["A", "1"]), (3, ["B", "2"])]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    content = 'sku,stock,reason\nA,1,"two\nlines"\n\n,,\nB,2,x\n'
    assert [number for number, _ in all_rows(read_table(written(tmp_path, content)))] == [2, 5]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (",".join(COLUMNS), FileKind.full),
        (",".join(reversed(COLUMNS)), FileKind.full),
        ("stock,sku,counted_at", FileKind.stock),
        ("sku,price_idr", FileKind.price),
    ],
)
def test_the_columns_tell_what_a_file_may_change(tmp_path: Path, header: str, kind: FileKind) -> None:
    table = read_table(written(tmp_path, header + "\n"))
    assert table.kind is kind
    assert all_rows(table) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"sku,stock\nA,\xff\n", "UTF-8"),
        ("sku,stock\nA,1\n".encode("utf-16"), "UTF-8"),
        (b"sku,stock\nA,1\x00\n", "NUL"),
        (b'sku,stock\nA,"1\nB,2\n', "CSV"),
        (b"sku,stock,reason\nA,1,x\nB,", "torn"),
        (b"sku,stock\nA,1,2\n", "more cells"),
        (b"sku,sku\nA,1\n", "twice"),
        (b"sku,harga\nA,1\n", "missing"),
        (b"sku,price_idr,stock\nA,1,1\n", "missing"),
        (b'sku,stock\n"A"x,1\n', "CSV"),
        (b"sku,stock\n" + b"A" * 1_100_000 + b",1\n", "CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(quick_desk: Desk, content: bytes, reason: str) -> None:
    quick_desk.bring(row(sku="A", stock="5"))
    before = quick_desk.products()
    path = written(quick_desk.folder, content)
    with pytest.raises(UnreadableFile, match=reason) as refused:
        import_file(quick_desk.database, path, now=NOW)
    assert refused.value.exit_code == 2
    assert quick_desk.products() == before


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_table(tmp_path)
    with pytest.raises(UnreadableFile, match="XLSX"):
        read_table(written(tmp_path, b"no zip", "file.xlsx"))


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.9])
def test_a_catalogue_torn_anywhere_changes_nothing(quick_desk: Desk, cut: float) -> None:
    path = quick_desk.write([sized(size) for size in "ABCDEFGH"])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut)])
    with pytest.raises(UnreadableFile):
        import_file(quick_desk.database, path, now=NOW)
    assert quick_desk.products() == {}


def test_a_last_line_that_may_have_been_cut_is_remarked_upon(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "sku,stock\nA,1"))
    assert all_rows(table) == [(2, ["A", "1"])]
    assert [(found.row, found.code) for found in table.problems] == [(None, "last_line_open")]


def test_a_strange_column_is_passed_over_and_told(quick_desk: Desk) -> None:
    report = quick_desk.bring(row(**{"catatan": "x"}))
    assert [(found.row, found.column, found.code) for found in report.problems] == [(1, "catatan", "column_unknown")]
    assert report.imported == 1


def spreadsheet(path: Path, rows: list[list[object]], first_row: int = 0) -> Path:
    with Workbook(str(path)) as book:
        sheet, day, moment = book.add_worksheet(), book.add_format(), book.add_format()
        day.set_num_format("yyyy-mm-dd")
        moment.set_num_format("yyyy-mm-dd hh:mm")
        for number, cells in enumerate(rows, start=first_row):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, moment if isinstance(cell, datetime) else day)
                else:
                    sheet.write(number, column, cell)
    return path


def test_typed_cells_of_a_spreadsheet_come_back_as_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["sku", "stock", "reason", "reference", "counted_at"],
        ["A-1", 12, "stok opname", "OPN-1", date(2026, 11, 3)],
        [],
        ["A-2", 0.25, "", 7, datetime(2026, 11, 3, 15, 4)],
    ]
    table = read_table(spreadsheet(tmp_path / "file.xlsx", rows))
    assert all_rows(table) == [
        (2, ["A-1", "12", "stok opname", "OPN-1", "2026-11-03"]),
        (4, ["A-2", "0.25", "", "7", "2026-11-03T15:04:00"]),
    ]
    assert [(found.row, found.column, found.code) for found in table.problems] == [(4, "reference", "leading_zeros")]


def test_rows_above_the_table_count(tmp_path: Path) -> None:
    path = spreadsheet(tmp_path / "file.xlsx", [["sku", "stock"], ["A", 1]], first_row=2)
    assert all_rows(read_table(path)) == [(4, ["A", "1"])]


def test_a_catalogue_from_a_spreadsheet_goes_in_as_one_from_csv(quick_desk: Desk) -> None:
    typed = {"price_idr": 60000, "stock": 7, "barcode": 8990000139010, "stock_confirmed_on": date(2026, 11, 20)}
    cells: list[object] = [typed.get(name, GOOD[name]) for name in COLUMNS]
    path = spreadsheet(quick_desk.folder / "file.xlsx", [list(COLUMNS), cells])
    assert codes(import_file(quick_desk.database, path, now=NOW)) == []
    again = quick_desk.bring(row(barcode="8990000139010"))
    assert (again.imported, again.unchanged) == (0, 1)


def test_a_pipe_among_the_pictures_does_not_stop_the_import(quick_desk: Desk) -> None:
    os.mkfifo(quick_desk.folder / "pipe.png")
    assert codes(quick_desk.bring(row(images="pipe.png"))) == [(2, "images", "image_missing")]
