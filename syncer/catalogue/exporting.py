"""The catalogue as a file of our own format: importing it again changes nothing."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import select

from syncer.catalogue.model import Product, Variant
from syncer.catalogue.products import load
from syncer.catalogue.rules import COLUMNS
from syncer.errors import Failed
from syncer.store.database import Database
from syncer.store.tables import ProductRow
from syncer.texts import _


def export_file(database: Database, path: Path) -> int:
    """Write the whole catalogue to `path` (CSV, or XLSX by its ending); returns the number of rows.

    The file appears whole or not at all. Stock is the ledger's level now, shown as 0 where it is below zero.

    Raises:
        Failed: the file cannot be written.
    """
    with database.read() as session:
        ids = [row.id for row in session.exec(select(ProductRow).order_by(ProductRow.code)) if row.id is not None]
        products = list(load(session, ids).values())
    folder = path.resolve().parent
    rows = [_row(product, variant, folder) for product in products for variant in product.variants]
    part = path.with_name(path.name + ".part")
    try:
        write = _write_xlsx if path.suffix.casefold() == ".xlsx" else _write_csv
        write(part, rows)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        text = _("{path}: cannot be written ({error}); choose another place")
        raise Failed(text.format(path=path, error=error.strerror)) from None
    return len(rows)


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_xlsx(path: Path, rows: list[dict[str, str]]) -> None:
    from xlsxwriter import Workbook

    # Text cells only: a spreadsheet must not turn a code into a number, nor a text into a formula.
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("catalogue")
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name)
        for number, row in enumerate(rows, start=1):
            for column, name in enumerate(COLUMNS):
                sheet.write_string(number, column, row[name])


def _row(product: Product, variant: Variant, folder: Path) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in _cells(product, variant, folder)}


def _cells(product: Product, variant: Variant, folder: Path) -> Iterator[tuple[str, object]]:
    names = [*product.option_names, None, None][:2]
    values = [*variant.options, None, None][:2]
    yield from zip(("option1_name", "option2_name"), names, strict=True)
    yield from zip(("option1_value", "option2_value"), values, strict=True)
    yield "product_code", product.code
    yield "producer_code", product.producer.code
    yield "producer_name", product.producer.name
    yield "district", product.producer.district
    yield "images", "|".join(os.path.relpath(picture.path, folder) for picture in product.pictures)
    yield "status", product.status.value
    yield "stock", max(0, variant.stock)
    for name in ("name", "description", "category", "brand", "pirt", "bpom_md", "halal_id", "shelf_life_days",
                 "made_to_order_days"):  # fmt: skip
        yield name, getattr(product, name)
    for name in ("sku", "barcode", "price_idr", "net_weight_g", "ship_weight_g", "length_cm", "width_cm", "height_cm",
                 "producer_price_idr", "stock_confirmed_on"):  # fmt: skip
        yield name, getattr(variant, name)
