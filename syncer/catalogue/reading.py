"""Files to rows of text, one at a time: CSV (comma or semicolon, byte-order mark or not) and XLSX.

A file that cannot be read as a whole is refused as a whole: whoever reads the rows changes nothing before the last.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from operator import itemgetter
from pathlib import Path

from syncer.catalogue.cells import COLUMNS
from syncer.catalogue.problems import Level, Problem, Problems
from syncer.errors import UnreadableFile
from syncer.texts import _

FIELD_MOST = 1_000_000
"""Characters of one cell; more means that a quotation mark is missing."""

STOCK_COLUMNS = ("sku", "stock")
STOCK_OPTIONAL = ("reason", "reference", "counted_at")
PRICE_COLUMNS = ("sku", "price_idr")
CODE_COLUMNS = ("product_code", "sku", "producer_code", "barcode", "pirt", "bpom_md", "halal_id", "reference")
"""Columns in which a spreadsheet's number has lost its leading zeros."""


class FileKind(StrEnum):
    """What a file may change, told by its columns."""

    full = "full"
    stock = "stock"
    price = "price"


@dataclass(slots=True)
class Table:
    """A file: its kind, its columns, and its rows, read as they are asked for. Closed by reading to the end.

    `rows` yields (number as a spreadsheet counts, cells in the order of `header`); wholly empty rows are left out.
    `problems` fills while the rows are read: what only the file itself could tell.
    """

    path: Path
    kind: FileKind
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    problems: Problems = field(default_factory=Problems)

    def pick(self, columns: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """A function from a row's cells to those of `columns`, in their order; a column that is not there is ''."""
        places = [self.header.index(name) if name in self.header else None for name in columns]
        if len(places) > 1 and None not in places:
            return itemgetter(*(place for place in places if place is not None))
        return lambda cells: tuple("" if place is None else cells[place] for place in places)


def read_table(path: Path) -> Table:
    """The file at `path`, its header read.

    Raises:
        UnreadableFile: now, or while the rows are read: missing, not UTF-8, torn, not one of our files.
    """
    problems = Problems()
    xlsx = path.suffix.casefold() in (".xlsx", ".xlsm")
    lines = _xlsx(path, problems) if xlsx else _csv(path, problems)
    header = next((named for _number, cells in lines if (named := _trimmed([cell.strip() for cell in cells]))), None)
    if header is None:
        raise UnreadableFile(_("{path}: is empty; the first row names the columns").format(path=path))
    kind = _kind(path, header)
    strange = [name for name in header if name not in ("", *COLUMNS, *STOCK_OPTIONAL)]
    said = _("column '{column}' is not one of ours and was passed over")
    problems.extend(Problem(1, name, "column_unknown", Level.remark, said.format(column=name)) for name in strange)
    return Table(path, kind, tuple(header), _rows(path, len(header), lines), problems)


def _trimmed(header: list[str]) -> list[str]:
    while header and not header[-1]:
        header.pop()
    return header


def _kind(path: Path, header: Sequence[str]) -> FileKind:
    there = set(header)
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        said = _("{path}: column '{name}' stands twice; remove one")
        raise UnreadableFile(said.format(path=path, name=doubled[0]))
    if there.issuperset(COLUMNS):
        return FileKind.full
    if there.issuperset(STOCK_COLUMNS) and there <= {*STOCK_COLUMNS, *STOCK_OPTIONAL}:
        return FileKind.stock
    if there == set(PRICE_COLUMNS):
        return FileKind.price
    missing = next(name for name in COLUMNS if name not in there)
    said = _(
        "{path}: column '{name}' is missing; a catalogue has {columns}, a stock file has sku and stock, "
        "a price file has sku and price_idr"
    )
    raise UnreadableFile(said.format(path=path, name=missing, columns=", ".join(COLUMNS)))


def _rows(path: Path, width: int, lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in lines:
        if len(cells) == width and cells[0].strip():
            yield number, cells
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width:
            said = _("{path}: row {number} ends early; the file is torn, export it again")
            raise UnreadableFile(said.format(path=path, number=number))
        if any(cell.strip() for cell in cells[width:]):
            said = _("{path}: row {number} has more cells than there are columns; is a quotation mark missing?")
            raise UnreadableFile(said.format(path=path, number=number))
        yield number, cells[:width]


# --- CSV -------------------------------------------------------------------------------------------------------------


def _csv(path: Path, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(FIELD_MOST)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            ending = [""]
            lines = _sound_lines(path, file, ending)
            yield from enumerate(csv.reader(lines, delimiter=_delimiter(head), strict=True), start=1)
            if ending[0] and not ending[0].endswith(("\n", "\r")):
                said = _("the last line has no line break; if the file was cut off, its last value may be wrong")
                problems.extend([Problem(None, "", "last_line_open", Level.remark, said)])
    except UnicodeDecodeError:
        raise UnreadableFile(_("{path}: is not UTF-8; save it as 'CSV UTF-8'").format(path=path)) from None
    except csv.Error as error:
        said = _("{path}: is not valid CSV ({error}); a quotation mark may be missing, export it again")
        raise UnreadableFile(said.format(path=path, error=error)) from None
    except OSError as error:
        raise _no_file(path, error) from None


def _sound_lines(path: Path, lines: Iterable[str], ending: list[str]) -> Iterator[str]:
    line = ""
    for line in lines:
        if "\0" in line:
            raise UnreadableFile(
                _("{path}: holds NUL characters; the file is damaged, export it again").format(path=path)
            )
        yield line
    ending[0] = line


def _delimiter(head: str) -> str:
    return ";" if head.count(";") > head.count(",") else ","


def _no_file(path: Path, error: OSError) -> UnreadableFile:
    said = _("{path}: cannot be read ({error}); correct the name or its permissions")
    return UnreadableFile(said.format(path=path, error=error.strerror or error))


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _xlsx(path: Path, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with path.open("rb") as file:
            sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except OSError as error:
        raise _no_file(path, error) from None
    except (CalamineError, zipfile.BadZipFile, ValueError) as error:
        said = _("{path}: is not a spreadsheet that can be read ({error}); save it again as XLSX")
        raise UnreadableFile(said.format(path=path, error=error)) from None
    header: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(header):
            problems.extend(_lost_zeros(number, header, cells))
        texts = [_cell(cell) for cell in cells]
        if not any(header):
            header = [text.strip() for text in texts]
        yield number, texts


def _lost_zeros(number: int, header: Sequence[str], cells: Sequence[object]) -> Iterator[Problem]:
    for column, cell in zip(header, cells, strict=False):
        if column not in CODE_COLUMNS or isinstance(cell, (str, bool)) or not isinstance(cell, (int, float)):
            continue
        if column == "barcode" and len(_cell(cell)) == 13:
            continue
        said = _("{column} is a number in the spreadsheet: leading zeros are lost; format the column as text")
        yield Problem(number, column, "leading_zeros", Level.warning, said.format(column=column))


def _cell(cell: object) -> str:
    """A spreadsheet's cell as text: whole numbers without a point, days as 2026-11-03."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
