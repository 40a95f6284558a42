"""The map of an adoption: a spreadsheet in which a person says which listing of the shop is which SKU of ours.

Written with one row for each variant that is in doubt or unknown, and a suggestion where title and price give one; read
back by its two columns that count: `offer` and `sku`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from syncer.errors import UnreadableFile, UsageError
from syncer.texts import _

if TYPE_CHECKING:
    from adapters.contract import Observed
    from syncer.sync.matching import Matching, Open, Ours

OFFER, SKU = "offer", "sku"
COLUMNS = (
    ("listing", 16), (OFFER, 22), ("title", 44), ("variant", 18), ("price", 12), ("stock", 8), ("shop_sku", 18),
    (SKU, 20), ("suggestion", 20), ("why", 40),
)  # fmt: skip
ROWS_MOST = 100_000


def read_map(path: Path) -> dict[str, str]:
    """{external offer id: SKU, or '-' for not ours}; rows whose `sku` is empty say nothing.

    Raises:
        UnreadableFile: it is no spreadsheet, or lacks one of the two columns.
        UsageError: one offer is given two SKUs.
    """
    rows = _rows(path)
    header = [str(cell).strip().casefold() for cell in next(rows, [])]
    if OFFER not in header or SKU not in header:
        text = _(
            "{path}: the first row needs the columns 'offer' and 'sku'; let `adopt --dry-run --map` write the file"
        )
        raise UnreadableFile(text.format(path=path))
    named: dict[str, str] = {}
    for row in rows:
        offer, sku = _cell(row, header.index(OFFER)), _cell(row, header.index(SKU))
        if not offer or not sku:
            continue
        if named.setdefault(offer, sku) != sku:
            text = _("{path}: offer {offer} is given two SKUs, {one} and {other}; leave one of the rows empty")
            raise UsageError(text.format(path=path, offer=offer, one=named[offer], other=sku))
    return named


def _rows(path: Path) -> Iterator[list[object]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        return iter([list(row) for row in sheet.to_python(skip_empty_area=False)[:ROWS_MOST]])
    except (OSError, CalamineError, IndexError) as error:
        text = _("{path} cannot be read as a spreadsheet (XLSX): {error}; nothing was changed")
        raise UnreadableFile(text.format(path=path, error=error)) from None


def _cell(row: list[object], at: int) -> str:
    """A cell as text; a number that a spreadsheet made of an id loses its '.0'."""
    value = row[at] if at < len(row) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def write_map(path: Path, matching: Matching, ours: Mapping[str, Ours]) -> int:
    """Write the map of everything that is undecided or unknown; gives the number of its rows. Whole or not at all.

    Raises:
        UsageError: it cannot be written there.
    """
    import xlsxwriter

    part = path.with_name(path.name + ".part")
    try:
        book = xlsxwriter.Workbook(str(part), {"strings_to_formulas": False, "strings_to_urls": False})
        sheet = book.add_worksheet("adopt")
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for column, (name, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 0)
        rows = list(_lines(matching, ours))
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                sheet.write_string(number, column, value)
        book.close()
        os.replace(part, path)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise UsageError(_("{path} cannot be written: {error}").format(path=path, error=error)) from None
    return len(rows)


def _lines(matching: Matching, ours: Mapping[str, Ours]) -> Iterator[tuple[str, ...]]:
    for one in matching.open:
        for listing in one.listings:
            yield from _of(listing, one.doubt.value, _suggested(one, ours))
    for listing in matching.strangers:
        yield from _of(listing, "", {})


def _of(listing: Observed, why: str, suggested: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for offer in listing.offers:
        options = " / ".join(offer.options)
        price = "" if offer.price is None else str(offer.price.list)
        stock = "" if offer.stock is None else str(offer.stock)
        likely = suggested.get(options.casefold(), suggested.get("", ""))
        about = (listing.external_id, offer.external_id, listing.title, options, price, stock, offer.sku or "")
        yield (*about, "", likely, why)


def _suggested(one: Open, ours: Mapping[str, Ours]) -> dict[str, str]:
    """{option values, or '' for the only variant: SKU} of the product that it may be."""
    products = [ours[code] for code in one.codes if code in ours]
    if len(products) != 1:
        return {}
    skus = list(products[0].prices)
    if len(skus) == 1:
        return {"": skus[0]}
    return {" / ".join(options).casefold(): sku for sku, options in products[0].options.items()}
