"""`adopt` as an operator has it: looked at first, decided in a spreadsheet, then linked."""

from __future__ import annotations

import csv
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from adapters.sandbox import Sandbox
from tests.cli.conftest import Syncer

CATALOGUE = Path(__file__).resolve().parents[2] / "config" / "examples" / "catalogue-babel.csv"


def rows_of(book: Path) -> list[list[str]]:
    sheet = CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


def write_book(book: Path, rows: list[list[str]]) -> None:
    with xlsxwriter.Workbook(str(book)) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def test_a_map_that_is_not_there_is_one_sentence(syncer: Syncer, shop: Sandbox) -> None:
    said = syncer("adopt", shop.channel, "--map", "none.xlsx")
    assert (said.code, "adopt" in said.sentence) == (2, True)


def test_a_file_that_is_no_spreadsheet_changes_nothing(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "map.xlsx").write_text("not a spreadsheet", encoding="utf-8")
    said = syncer("adopt", shop.channel, "--map", tmp_path / "map.xlsx")
    assert said.code == 2
    assert "nothing was changed" in said.sentence


def test_two_skus_for_one_offer_are_refused(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    write_book(tmp_path / "map.xlsx", [["offer", "sku"], ["1;2", "A"], ["1;2", "B"]])
    said = syncer("adopt", shop.channel, "--map", tmp_path / "map.xlsx")
    assert said.code == 2
    assert "two SKUs" in said.sentence


def test_a_file_without_its_columns_says_which(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    write_book(tmp_path / "map.xlsx", [["kolom", "lain"], ["1", "A"]])
    said = syncer("adopt", shop.channel, "--map", tmp_path / "map.xlsx")
    assert said.code == 2
    assert "'offer' and 'sku'" in said.sentence


def test_looked_at_decided_and_linked(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    syncer("import", CATALOGUE, "--as-of", "2026-11-24")
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        plain = next(row for row in csv.DictReader(file) if not row["option1_name"] and row["status"] == "active")
    shop.control(
        "POST", "listings", [{"title": plain["name"], "variants": [{"price": int(plain["price_idr"]), "stock": 2}]}]
    )
    shop.control("POST", "listings", [{"title": "Sepatu", "variants": [{"sku": "X", "price": 1_000, "stock": 1}]}])
    book = tmp_path / "map.xlsx"
    looked = syncer("adopt", shop.channel, "--dry-run", "--map", book, "--json")
    assert (looked.code, looked.json["done"], looked.json["linked"]) == (3, False, [])
    rows = rows_of(book)
    header = rows[0]
    for row in rows[1:]:
        row[header.index("sku")] = row[header.index("suggestion")] or "-"
    write_book(book, rows)
    linked = syncer("adopt", shop.channel, "--map", book, "--json")
    assert (linked.code, linked.json["undecided"], len(linked.json["left_alone"])) == (0, [], 1)
    assert [pair["product"] for pair in linked.json["linked"]] == [plain["product_code"]]
    again = syncer("adopt", shop.channel, "--map", book, "--json")
    assert (again.code, again.json["linked"], again.json["linked_before"]) == (0, [], 1)
