"""The catalogue as a file of our own format: importing it again changes nothing.

A text that a spreadsheet would take for a formula is escaped in CSV, where a spreadsheet cannot tell; import takes the
escape off again. In XLSX every cell is typed as text, so nothing needs it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlmodel import Session

from syncer.catalogue.cells import COLUMNS, STRICT_COLUMNS, escape
from syncer.catalogue.model import Product, Variant
from syncer.catalogue.products import BATCH, ids_of, load
from syncer.errors import Failed
from syncer.store.database import Database
from syncer.texts import _

Cells = dict[str, str]


def export_file(database: Database, path: Path) -> int:
    """Write the whole catalogue to `path` (XLSX by its ending, else CSV); returns the number of rows.

    The file appears whole or not at all. Stock is the ledger's level now, shown as 0 where it is below zero. Pictures
    are named relative to the file's folder.

    Raises:
        Failed: the file cannot be written.
    """
    from xlsxwriter.exceptions import XlsxWriterException

    part = path.with_name(path.name + ".part")
    write = _write_xlsx if path.suffix.casefold() == ".xlsx" else _write_csv
    try:
        with database.read() as session:
            number = write(part, _rows(session, path.resolve().parent))
        os.replace(part, path)
    except (OSError, XlsxWriterException) as error:
        part.unlink(missing_ok=True)
        said = _("{path}: cannot be written ({error}); choose another place")
        raise Failed(said.format(path=path, error=getattr(error, "strerror", None) or error)) from None
    return number


def _rows(session: Session, folder: Path) -> Iterator[Cells]:
    ids = list(ids_of(session).values())
    for start in range(0, len(ids), BATCH):
        for product in load(session, ids[start : start + BATCH]).values():
            shared = dict(_product_cells(product, folder))
            for variant in product.variants:
                yield {**shared, **dict(_variant_cells(variant))}


def _write_csv(path: Path, rows: Iterable[Cells]) -> int:
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow(row[n] if n in STRICT_COLUMNS else escape(row[n]) for n in COLUMNS)
            number += 1
    return number


def _write_xlsx(path: Path, rows: Iterable[Cells]) -> int:
    from xlsxwriter import Workbook

    # Text cells only: a spreadsheet must not turn a code into a number, nor a text into a formula.
    number = 0
    with Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("catalogue")
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name)
        for row in rows:
            number += 1
            for column, name in enumerate(COLUMNS):
                sheet.write_string(number, column, row[name])
    return number


def _product_cells(product: Product, folder: Path) -> Iterator[tuple[str, str]]:
    first, second = (*product.option_names, "", "")[:2]
    yield "option1_name", first
    yield "option2_name", second
    yield "product_code", product.code
    yield "producer_code", product.producer.code
    yield "producer_name", product.producer.name
    yield "district", product.producer.district
    yield "images", "|".join(os.path.relpath(picture.path, folder) for picture in product.pictures)
    yield "status", product.status.value
    for name in ("name", "description", "category", "brand", "pirt", "bpom_md", "halal_id", "shelf_life_days",
                 "made_to_order_days"):  # fmt: skip
        yield name, _text(getattr(product, name))


def _variant_cells(variant: Variant) -> Iterator[tuple[str, str]]:
    first, second = (*variant.options, "", "")[:2]
    yield "option1_value", first
    yield "option2_value", second
    yield "stock", str(max(0, variant.stock))
    for name in ("sku", "barcode", "price_idr", "net_weight_g", "ship_weight_g", "length_cm", "width_cm", "height_cm",
                 "producer_price_idr", "stock_confirmed_on"):  # fmt: skip
        yield name, _text(getattr(variant, name))


def _text(value: object) -> str:
    return "" if value is None else str(value)
