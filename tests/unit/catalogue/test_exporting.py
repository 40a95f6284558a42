"""Whatever stands in the catalogue comes back from an export as it was."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncer.catalogue.exporting import export_file
from syncer.catalogue.importing import import_file
from syncer.catalogue.ledger import book
from syncer.catalogue.model import Movement, MovementKind
from syncer.errors import Failed
from tests.unit.catalogue.files import NOW, Desk, draw, fresh_sqlite, row

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=30)
WILD = st.one_of(TEXT, st.builds("{}{}".format, st.sampled_from(["+", "-", "@", "'", "'+", ";", '"', "\n"]), TEXT))
NUMBER = st.integers(1, 10**6).map(str)
OPTIONAL = st.one_of(st.just(""), NUMBER)


@st.composite
def products(draw_: st.DrawFn) -> list[dict[str, str]]:
    rows = []
    for place in range(draw_(st.integers(1, 4))):
        shared = {
            "product_code": f"P{place}", "producer_code": f"U{place}", "producer_name": draw_(WILD) or "Uji",
            "name": draw_(WILD) or "Uji", "description": draw_(WILD) + draw_(st.sampled_from(["", "\nBaris dua"])),
            "brand": draw_(WILD), "images": draw_(st.sampled_from(["a.png", "b.png|a.png"])),
            "status": draw_(st.sampled_from(["active", "draft", "archived"])), "shelf_life_days": draw_(OPTIONAL),
            "option1_name": draw_(st.sampled_from(["", "Ukuran"])),
        }  # fmt: skip
        for size in range(draw_(st.integers(1, 3)) if shared["option1_name"] else 1):
            confirmed = draw_(st.one_of(st.just(""), st.dates(date(2026, 1, 1), date(2026, 11, 24)).map(str)))
            rows.append(row(
                **shared, sku=f"S{place}-{size}", option1_value=f"+{size}" if shared["option1_name"] else "",
                price_idr=draw_(NUMBER), stock=draw_(st.integers(0, 99).map(str)), net_weight_g=draw_(OPTIONAL),
                producer_price_idr=draw_(OPTIONAL), stock_confirmed_on=confirmed,
            ))  # fmt: skip
    return rows


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=products(), ending=st.sampled_from(["csv", "xlsx"]))
def test_importing_an_export_changes_nothing(rows: list[dict[str, str]], ending: str) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder), fresh_sqlite(Path(folder)))
        draw(desk.folder / "a.png")
        draw(desk.folder / "b.png", shade=9)
        brought = desk.bring(*rows)
        before, path = desk.products(), desk.folder / f"export.{ending}"
        count = export_file(desk.database, path)
        assert count == brought.imported
        again = import_file(desk.database, path, now=NOW)
        assert (again.imported, again.unchanged, again.problems.errors, again.import_id) == (0, count, 0, None)
        assert desk.products() == before
        desk.database.close()


def test_no_cell_of_a_csv_is_a_formula(quick_desk: Desk) -> None:
    quick_desk.bring(row(description="+62 cmd", brand="@SUM(A1)", name="- Keranjang Uji Lidi Nipah Bangka"))
    path = quick_desk.folder / "export.csv"
    export_file(quick_desk.database, path)
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@") and cell]
    assert "'@SUM(A1)" in cells


def test_an_export_shows_no_stock_below_zero(quick_desk: Desk) -> None:
    quick_desk.bring(row(stock="1"))
    with quick_desk.database.write() as session:
        book(session, [Movement("NPH-UJI-1", MovementKind.sale, NOW, -3)], NOW)
    path = quick_desk.folder / "export.csv"
    export_file(quick_desk.database, path)
    report = import_file(quick_desk.database, path, now=NOW)
    assert (report.imported, quick_desk.stock()) == (0, -2)
    assert not [found for found in report.problems if found.code == "stock_not_newer"]


@pytest.mark.parametrize("name", ["none/export.csv", "none/export.xlsx"])
def test_an_export_that_cannot_be_written_is_told_and_leaves_nothing(quick_desk: Desk, name: str) -> None:
    with pytest.raises(Failed, match="cannot be written"):
        export_file(quick_desk.database, quick_desk.folder / name)
    assert sorted(path.name for path in quick_desk.folder.iterdir()) == ["a.png", "b.png"]


def test_an_empty_catalogue_is_a_header(quick_desk: Desk) -> None:
    assert export_file(quick_desk.database, quick_desk.folder / "export.csv") == 0
    assert import_file(quick_desk.database, quick_desk.folder / "export.csv", now=NOW).rows == 0
