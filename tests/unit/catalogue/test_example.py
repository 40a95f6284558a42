"""The example catalogue goes in whole, and what is done with it afterwards comes out right."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncer.catalogue.exporting import export_file
from syncer.catalogue.importing import import_file
from syncer.catalogue.model import ProductStatus
from syncer.catalogue.problems import Level
from syncer.catalogue.products import ids_of, load, stock_levels
from syncer.catalogue.undo import undo_last
from syncer.store.database import Database
from tests.unit.catalogue.files import EXAMPLES, NOW, TODAY, Desk

CATALOGUE, STOCK, PRICES = (EXAMPLES / f"{name}.csv" for name in ("catalogue-babel", "stock-update", "price-update"))


def test_the_clean_catalogue_goes_in_without_errors(database: Database) -> None:
    report = import_file(database, CATALOGUE, now=NOW, as_of=TODAY)
    assert (report.rows, report.imported, report.unchanged, report.exit_code) == (110, 110, 0, 0)
    told = Counter(found.code for found in report.problems)
    assert told == {
        "stock_last": 9, "stock_out": 5, "stock_confirmation_old": 4, "made_to_order_long": 3, "pirt_ends_soon": 2,
    }  # fmt: skip
    with database.read() as session:
        products = load(session, list(ids_of(session).values()))
    assert len(products) == 40
    assert sum(len(product.variants) for product in products.values()) == 110
    kopiah = next(product for product in products.values() if product.code == "KPR-KSR")
    assert kopiah.status is ProductStatus.active
    assert kopiah.producer.name == "Kelompok Anyam Simpul Rimba"
    assert kopiah.option_names == ("Ukuran",)
    assert [variant.options for variant in kopiah.variants] == [("6",), ("7",), ("8",), ("9",)]
    assert kopiah.variants[0].stock == 3
    assert all(Path(picture.path).is_file() and picture.width == 900 for picture in kopiah.pictures)


def test_stock_and_price_files_set_what_they_say_and_only_once(database: Database) -> None:
    import_file(database, CATALOGUE, now=NOW, as_of=TODAY)
    for path, rows in ((STOCK, 60), (PRICES, 30)):
        first = import_file(database, path, now=NOW)
        assert (first.rows, first.imported, first.unchanged) == (rows, rows, 0)
        again = import_file(database, path, now=NOW)
        assert (again.imported, again.unchanged, again.import_id) == (0, rows, None)
    with database.read() as session:
        assert stock_levels(session, ["KMP-TGR-100", "KPR-KSR-9"]) == {"KMP-TGR-100": 58, "KPR-KSR-9": 1}
        kemplang = load(session, list(ids_of(session, codes=["KMP-TGR"]).values()))
    prices = {variant.sku: variant.price_idr for product in kemplang.values() for variant in product.variants}
    assert prices == {"KMP-TGR-100": 23000, "KMP-TGR-250": 47000, "KMP-TGR-500": 79000}


@pytest.mark.parametrize("name", ["export.csv", "export.xlsx", "deeper/export.csv"])
def test_an_export_of_it_changes_nothing(desk: Desk, name: str) -> None:
    import_file(desk.database, CATALOGUE, now=NOW, as_of=TODAY)
    import_file(desk.database, STOCK, now=NOW)
    before = desk.products()
    path = desk.folder / name
    path.parent.mkdir(exist_ok=True)
    assert export_file(desk.database, path) == 110
    report = import_file(desk.database, path, now=datetime(2026, 11, 25, tzinfo=UTC))
    assert (report.imported, report.unchanged, report.import_id) == (0, 110, None)
    assert not [found for found in report.problems if found.level is Level.error]
    assert desk.products() == before


def test_three_imports_are_taken_back_one_by_one(desk: Desk) -> None:
    states = []
    for path in (CATALOGUE, STOCK, PRICES):
        states.append(desk.products())
        import_file(desk.database, path, now=NOW, as_of=TODAY if path is CATALOGUE else None)
    for state, path in zip(reversed(states), (PRICES, STOCK, CATALOGUE), strict=True):
        assert undo_last(desk.database, NOW).file == str(path)
        assert desk.products() == state
    assert import_file(desk.database, CATALOGUE, now=NOW, as_of=TODAY).imported == 110
    assert import_file(desk.database, STOCK, now=NOW).imported == 60
