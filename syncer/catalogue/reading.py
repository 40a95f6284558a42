"""Files to rows of text: CSV (comma or semicolon, byte-order mark or not, quoted line breaks) and XLSX.

A file that cannot be read as a whole is refused as a whole, before anything is changed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from syncer.catalogue.rules import COLUMNS
from syncer.errors import UnreadableFile
from syncer.texts import _

FIELD_MOST = 1_000_000


class FileKind(StrEnum):
    """What a file may change, told by its columns."""

    full = "full"
    stock = "stock"
    price = "price"


STOCK_COLUMNS = ("sku", "stock")
STOCK_OPTIONAL = ("reason", "reference", "counted_at")
PRICE_COLUMNS = ("sku", "price_idr")


@dataclass(frozen=True, slots=True)
class Table:
    """A file's kind and its rows: (number as a spreadsheet counts, {column: text})."""

    kind: FileKind
    rows: Sequence[tuple[int, dict[str, str]]]


def read_table(path: Path) -> Table:
    """The whole of `path`.

    Raises:
        UnreadableFile: missing, not UTF-8, torn, without the columns of any of our files.
    """
    lines = _xlsx(path) if path.suffix.casefold() in (".xlsx", ".xlsm") else _csv(path)
    first = next(lines, None)
    if first is None:
        raise UnreadableFile(_("{path}: is empty; the first row names the columns").format(path=path))
    header = [cell.strip() for cell in first[1]]
    kind = _kind(path, header)
    return Table(kind, [(n, _cells(path, n, header, cells)) for n, cells in lines if any(c.strip() for c in cells)])


def _kind(path: Path, header: Sequence[str]) -> FileKind:
    there = set(header)
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise UnreadableFile(_("{path}: column '{name}' stands twice; remove one").format(path=path, name=doubled[0]))
    if set(COLUMNS) <= there:
        return FileKind.full
    if set(STOCK_COLUMNS) <= there and there <= {*STOCK_COLUMNS, *STOCK_OPTIONAL}:
        return FileKind.stock
    if set(PRICE_COLUMNS) == there:
        return FileKind.price
    missing = [name for name in COLUMNS if name not in there]
    text = _(
        "{path}: column '{name}' is missing; a catalogue has {columns}, a stock file has sku and stock, "
        "a price file has sku and price_idr"
    )
    raise UnreadableFile(text.format(path=path, name=missing[0], columns=", ".join(COLUMNS)))


def _cells(path: Path, number: int, header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        text = _("{path}: row {number} has more cells than there are columns; is a quotation mark missing?")
        raise UnreadableFile(text.format(path=path, number=number))
    if len(cells) < len(header):
        text = _("{path}: row {number} ends early; the file is torn, export it again")
        raise UnreadableFile(text.format(path=path, number=number))
    return dict(zip(header, cells, strict=False))


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(FIELD_MOST)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            rows = csv.reader(file, delimiter=_delimiter(head), strict=True)
            yield from enumerate(rows, start=1)
    except UnicodeDecodeError:
        raise UnreadableFile(_("{path}: is not UTF-8; save it as 'CSV UTF-8'").format(path=path)) from None
    except csv.Error as error:
        text = _("{path}: is not valid CSV ({error}); a quotation mark may be missing, export it again")
        raise UnreadableFile(text.format(path=path, error=error)) from None
    except OSError as error:
        text = _("{path}: cannot be read ({error}); correct the name or its permissions")
        raise UnreadableFile(text.format(path=path, error=error.strerror)) from None


def _delimiter(head: str) -> str:
    return ";" if head.count(";") > head.count(",") else ","


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with path.open("rb") as file:
            sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
            rows = sheet.to_python(skip_empty_area=False)
    except OSError as error:
        text = _("{path}: cannot be read ({error}); correct the name or its permissions")
        raise UnreadableFile(text.format(path=path, error=error.strerror)) from None
    except CalamineError as error:
        text = _("{path}: is not a spreadsheet that can be read ({error}); save it again as XLSX")
        raise UnreadableFile(text.format(path=path, error=error)) from None
    for number, cells in enumerate(rows, start=1):
        yield number, [_cell(cell) for cell in cells]


def _cell(cell: object) -> str:
    """A spreadsheet's cell as text: whole numbers without a point, dates as 2026-11-03."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
