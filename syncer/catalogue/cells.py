"""Cells of a catalogue file to clean text, whole numbers and dates. Pure.

An empty cell is never zero, and nothing is guessed: `1.500` may be one and a half or one thousand five hundred.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from syncer.catalogue.problems import Level, Problem
from syncer.texts import _

PRODUCT_COLUMNS = (
    "product_code", "producer_code", "producer_name", "district", "name", "description", "category", "brand",
    "option1_name", "option2_name", "images", "pirt", "bpom_md", "halal_id", "shelf_life_days", "made_to_order_days",
    "status",
)  # fmt: skip
"""The same on every row of a product."""

VARIANT_COLUMNS = (
    "sku", "option1_value", "option2_value", "barcode", "price_idr", "stock", "net_weight_g", "ship_weight_g",
    "length_cm", "width_cm", "height_cm", "producer_price_idr", "stock_confirmed_on",
)  # fmt: skip
"""Of the SKU alone."""

COLUMNS = (
    "product_code", "sku", "producer_code", "producer_name", "district", "name", "description", "category", "brand",
    "option1_name", "option1_value", "option2_name", "option2_value", "barcode", "price_idr", "stock", "net_weight_g",
    "ship_weight_g", "length_cm", "width_cm", "height_cm", "images", "pirt", "bpom_md", "halal_id", "shelf_life_days",
    "made_to_order_days", "producer_price_idr", "stock_confirmed_on", "status",
)  # fmt: skip
"""A catalogue file, in the order in which we write it."""

STRICT_COLUMNS = frozenset({
    "district", "status", "stock_confirmed_on", "price_idr", "stock", "net_weight_g", "ship_weight_g", "length_cm",
    "width_cm", "height_cm", "shelf_life_days", "made_to_order_days", "producer_price_idr",
})  # fmt: skip
"""Columns of numbers, days and listed words: a formula there is refused by their own rule."""

ESCAPE = "'"
"""Before a text that a spreadsheet would take for a formula: put there by our export, taken off by our import."""

FORMULA_SIGNS = ("=", "+", "-", "@")

_NBSP = re.compile("[\u00a0\u202f\u2007]")
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")


# --- text ------------------------------------------------------------------------------------------------------------


_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u2007\u200b\u200e\u200f\u202a-\u202f\u2060\u2066-\u2069\ufeff]")
_ODD_FIRST = frozenset((*FORMULA_SIGNS, ESCAPE))


def clean(column: str, raw: str) -> tuple[str, Sequence[Problem]]:
    """A cell's text as it is kept, and what was wrong with it: problems without a row."""
    if not raw or (raw[0] not in _ODD_FIRST and not raw[0].isspace() and not raw[-1].isspace() and _plain(column, raw)):
        return raw, ()
    return _clean_odd(column, raw)


def _plain(column: str, raw: str) -> bool:
    if raw.isascii() and raw.isprintable():
        return True
    if column != "description" and ("\n" in raw or "\t" in raw):
        return False
    return not _ODD.search(raw) and unicodedata.is_normalized("NFC", raw)


def _clean_odd(column: str, raw: str) -> tuple[str, list[Problem]]:
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n"))
    problems = [*_forbidden(column, text)]
    text, replaced = _replaced(column, text)
    problems += replaced
    escaped = text[:1] == ESCAPE and text[1:2] in FORMULA_SIGNS
    if escaped:
        text = text[1:]
    problems += _formula(column, text, escaped)
    return text, problems


def _forbidden(column: str, text: str) -> Iterator[Problem]:
    allowed = "\n\t" if column == "description" else ""
    inner = text.strip("\n\t ")  # around a text they are blanks like others
    controls = sorted({f"U+{ord(c):04X}" for c in inner if unicodedata.category(c) == "Cc" and c not in allowed})
    if controls:
        said = _("{column} holds the control characters {codes}; type the text anew")
        yield Problem(
            None, column, "control_character", Level.error, said.format(column=column, codes=", ".join(controls))
        )
    bidi = sorted({f"U+{ord(c):04X}" for c in _BIDI.findall(text)})
    if bidi:
        said = _("{column} holds {codes}, which shows text in another order than it is stored; type it anew")
        yield Problem(None, column, "bidi_control", Level.error, said.format(column=column, codes=", ".join(bidi)))


def _replaced(column: str, text: str) -> tuple[str, list[Problem]]:
    problems = []
    if _NBSP.search(text):
        said = _("{column} holds no-break spaces; they were replaced")
        problems.append(Problem(None, column, "nbsp_replaced", Level.warning, said.format(column=column)))
        text = _NBSP.sub(" ", text)
    if _UNSEEN.search(text):
        said = _("{column} holds characters that nobody sees; they were removed")
        problems.append(Problem(None, column, "invisible_removed", Level.warning, said.format(column=column)))
        text = _UNSEEN.sub("", text)
    if text != text.strip():
        said = _("{column} has blanks around it; they were removed")
        problems.append(Problem(None, column, "whitespace_trimmed", Level.warning, said.format(column=column)))
        text = text.strip()
    return text, problems


def _formula(column: str, text: str, escaped: bool) -> Iterator[Problem]:
    if column in STRICT_COLUMNS or text[:1] not in FORMULA_SIGNS or not text:
        return
    if text[0] == "=":
        said = _("{column} is a spreadsheet formula; write the text itself")
        yield Problem(None, column, "formula_cell", Level.error, said.format(column=column))
    elif not escaped:
        said = _("{column} begins with {sign}; it is kept as text, escape it wherever it goes to a spreadsheet")
        yield Problem(None, column, "formula_prefix", Level.warning, said.format(column=column, sign=text[0]))


def escape(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula; `clean` gives the text back."""
    return ESCAPE + text if text[:1] in FORMULA_SIGNS and text else text


# --- whole numbers and days ------------------------------------------------------------------------------------------

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Whole:
    """A column of whole numbers: how its codes begin, whether it must be there, whether 0 may be, and the most."""

    column: str
    kind: str
    required: bool = True
    zero: bool = False
    most: int = 2_000_000_000


WHOLES = {
    whole.column: whole
    for whole in (
        Whole("price_idr", "price", most=999_999_999_999),
        Whole("stock", "stock", zero=True),
        Whole("net_weight_g", "weight", required=False),
        Whole("ship_weight_g", "weight"),
        Whole("length_cm", "size"),
        Whole("width_cm", "size"),
        Whole("height_cm", "size"),
        Whole("shelf_life_days", "days", required=False),
        Whole("made_to_order_days", "days", required=False),
        Whole("producer_price_idr", "price", required=False, zero=True, most=999_999_999_999),
    )
}


def whole_number(column: str, text: str) -> tuple[int | None, list[Problem]]:
    """The whole number of a clean cell, or why there is none."""
    whole = WHOLES[column]
    if not text:
        said = _("{column} is empty; write the number, 0 if that is meant")
        return None, [_bad(whole, "missing", said.format(column=column))] if whole.required else []
    if not _WHOLE.fullmatch(text):
        said = _("{column} is '{value}'; write a whole number without points, commas or signs")
        return None, [_bad(whole, "not_integer", said.format(column=column, value=text[:40]))]
    value = int(text)
    if value < 0:
        said = _("{column} is below zero ({value}); correct it")
        return None, [_bad(whole, "negative", said.format(column=column, value=value))]
    if value == 0 and not whole.zero:
        said = _("{column} is 0, which no shop accepts; write the real number")
        return None, [_bad(whole, "zero", said.format(column=column))]
    if value > whole.most:
        said = _("{column} is {value}, more than {most}; correct it")
        return None, [_bad(whole, "too_large", said.format(column=column, value=value, most=whole.most))]
    return value, []


def _bad(whole: Whole, what: str, message: str) -> Problem:
    return Problem(None, whole.column, f"{whole.kind}_{what}", Level.error, message)


@lru_cache(maxsize=4096)
def day(text: str) -> date | None:
    """A date written as 2026-11-03, else None."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def confirmed_on(text: str) -> tuple[date | None, list[Problem]]:
    """The day of `stock_confirmed_on`, or why there is none."""
    parsed = day(text) if text else None
    if parsed is not None or not text:
        return parsed, []
    said = _("stock_confirmed_on is '{value}'; write the date as 2026-11-03")
    message = said.format(value=text[:40])
    return None, [Problem(None, "stock_confirmed_on", "date_format", Level.error, message)]


# --- the cells of one SKU --------------------------------------------------------------------------------------------


class VariantCells(NamedTuple):
    """What the SKU's own cells hold. A number that could not be read is 0: its problem leaves the row out."""

    sku: str
    option1: str
    option2: str
    barcode: str
    price: int
    stock: int
    net_weight: int | None
    ship_weight: int
    length: int
    width: int
    height: int
    floor: int | None
    confirmed: date | None


_TEXT = r"[0-9A-Za-z](?:[ -~\u00a1-\u00ac\u00ae-\u00ff]*[!-~\u00a1-\u00ac\u00ae-\u00ff])?"
_COUNT, _SIZE, _RUPIAH = r"[0-9]{1,9}", r"[1-9][0-9]{0,8}", r"[1-9][0-9]{0,11}"
_ORDINARY = re.compile(
    "\n".join((
        _TEXT, f"(?:{_TEXT})?", f"(?:{_TEXT})?", r"(?:[0-9]{13})?", _RUPIAH, _COUNT, f"(?:{_SIZE})?", _SIZE, _SIZE,
        _SIZE, _SIZE, f"(?:{_RUPIAH})?", r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?",
    ))
)  # fmt: skip
"""A SKU's cells, joined by line feeds, in which `variant_cells` would find nothing to clean or to complain of."""


def variant_cells(cells: Sequence[str]) -> tuple[VariantCells, list[Problem]]:
    """The cells of `VARIANT_COLUMNS`, read; the problems carry no row."""
    if _ORDINARY.fullmatch("\n".join(cells)):
        confirmed = day(cells[12]) if cells[12] else None
        if confirmed is not None or not cells[12]:
            return _typed(cells, confirmed), []
    return _read_one_by_one(cells)


def _typed(cells: Sequence[str], confirmed: date | None) -> VariantCells:
    sku, option1, option2, barcode, price, stock, net, ship, length, width, height, floor, _confirmed = cells
    return VariantCells(
        sku, option1, option2, barcode, int(price), int(stock), int(net) if net else None, int(ship), int(length),
        int(width), int(height), int(floor) if floor else None, confirmed,
    )  # fmt: skip


def _read_one_by_one(cells: Sequence[str]) -> tuple[VariantCells, list[Problem]]:
    text, problems = cleaned(VARIANT_COLUMNS, cells)
    numbers: dict[str, int | None] = {}
    for column in VARIANT_COLUMNS[4:12]:
        numbers[column], found = whole_number(column, text[column])
        problems += found
    confirmed, found = confirmed_on(text["stock_confirmed_on"])
    problems += found
    return (
        VariantCells(
            text["sku"], text["option1_value"], text["option2_value"], text["barcode"], numbers["price_idr"] or 0,
            numbers["stock"] or 0, numbers["net_weight_g"], numbers["ship_weight_g"] or 0, numbers["length_cm"] or 0,
            numbers["width_cm"] or 0, numbers["height_cm"] or 0, numbers["producer_price_idr"], confirmed,
        ),
        problems,
    )  # fmt: skip


def cleaned(columns: Sequence[str], cells: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """{column: clean text} and what was wrong."""
    text: dict[str, str] = {}
    problems: list[Problem] = []
    for column, cell in zip(columns, cells, strict=True):
        text[column], found = clean(column, cell)
        problems += found
    return text, problems
