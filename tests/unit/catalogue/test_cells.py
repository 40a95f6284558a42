"""Cells: what is kept, what is mended, what is refused."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.catalogue.cells import VARIANT_COLUMNS, _read_one_by_one, clean, day, escape, variant_cells, whole_number
from syncer.catalogue.problems import Level


def told(column: str, raw: str) -> tuple[str, list[str]]:
    text, problems = clean(column, raw)
    return text, [found.code for found in problems]


@pytest.mark.parametrize(
    ("column", "raw", "text", "codes"),
    [
        ("name", "Kemplang Belinyu", "Kemplang Belinyu", []),
        ("name", "Terasi\u00a0Bakar", "Terasi Bakar", ["nbsp_replaced"]),
        ("sku", "STK-1  ", "STK-1", ["whitespace_trimmed"]),
        ("sku", "STK-1\n", "STK-1", ["whitespace_trimmed"]),
        ("sku", "STK\n1", "STK\n1", ["control_character"]),
        ("name", "a\x07b\x1b", "a\x07b\x1b", ["control_character"]),
        ("name", "a\x85b", "a\x85b", ["control_character"]),
        ("description", "satu\r\ndua\tt", "satu\ndua\tt", []),
        ("description", "satu\rdua", "satu\rdua", ["control_character"]),
        ("name", "Madu \u202egnuled", "Madu \u202egnuled", ["bidi_control"]),
        ("name", "Ma\u200bdu\ufeff", "Madu", ["invisible_removed"]),
        ("name", "Cafe\u0301", "Caf\u00e9", []),
        ("name", '=HYPERLINK("x")', '=HYPERLINK("x")', ["formula_cell"]),
        ("name", "'=1+1", "=1+1", ["formula_cell"]),
        ("description", "+ gurih", "+ gurih", ["formula_prefix"]),
        ("description", "'+ gurih", "+ gurih", []),
        ("brand", "@dapur", "@dapur", ["formula_prefix"]),
        ("sku", "'SKU", "'SKU", []),
        ("price_idr", "-5", "-5", []),
        ("brand", "", "", []),
        ("brand", " ", "", ["whitespace_trimmed"]),
    ],
)
def test_text_is_cleaned(column: str, raw: str, text: str, codes: list[str]) -> None:
    assert told(column, raw) == (text, codes)


@given(st.text(max_size=40))
def test_what_was_cleaned_is_clean_and_escaping_is_undone(raw: str) -> None:
    text, problems = clean("description", raw)
    if any(found.level is Level.error for found in problems) or text.startswith("'"):
        return
    assert unicodedata.is_normalized("NFC", text)
    assert clean("description", escape(text)) == (text, clean("description", escape(text))[1])
    assert not any(found.level is Level.error for found in clean("description", escape(text))[1])


@pytest.mark.parametrize(
    ("column", "text", "value", "code"),
    [
        ("price_idr", "75000", 75000, None),
        ("price_idr", "007", 7, None),
        ("price_idr", "75.000,00", None, "price_not_integer"),
        ("price_idr", "0", None, "price_zero"),
        ("price_idr", "-45000", None, "price_negative"),
        ("price_idr", "1000000000000", None, "price_too_large"),
        ("price_idr", "\u0661\u0662", None, "price_not_integer"),
        ("stock", "", None, "stock_missing"),
        ("stock", "0", 0, None),
        ("stock", "1e3", None, "stock_not_integer"),
        ("stock", "1.500", None, "stock_not_integer"),
        ("stock", "3000000000", None, "stock_too_large"),
        ("ship_weight_g", "0,25", None, "weight_not_integer"),
        ("ship_weight_g", "0", None, "weight_zero"),
        ("net_weight_g", "", None, None),
        ("length_cm", "+5", None, "size_not_integer"),
        ("shelf_life_days", "0", None, "days_zero"),
        ("producer_price_idr", "0", 0, None),
    ],
)
def test_numbers_are_whole_or_refused(column: str, text: str, value: int | None, code: str | None) -> None:
    found, problems = whole_number(column, text)
    assert found == value
    assert [problem.code for problem in problems] == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [("2026-11-03", date(2026, 11, 3)), ("03/11/2026", None), ("2026-13-01", None), ("2026-1-1", None), ("", None)],
)
def test_days_are_written_one_way(text: str, found: date | None) -> None:
    assert day(text) == found


CELL = st.one_of(
    st.sampled_from(
        ["", "0", "1", "007", "12", "99999", "-3", "1e3", "2026-11-03", "2026-02-30", "8990000139010", "x "]
    ),
    st.text(alphabet="aB1 -=+@'.\u00e9\u00a0", max_size=6),
)


@given(st.lists(CELL, min_size=len(VARIANT_COLUMNS), max_size=len(VARIANT_COLUMNS)))
def test_the_short_way_reads_a_row_as_the_long_way_does(cells: list[str]) -> None:
    assert variant_cells(cells) == _read_one_by_one(cells)


@given(
    st.from_regex(r"[A-Z]{3}-[0-9]{2}", fullmatch=True), st.integers(1, 10**9), st.integers(0, 9999), st.dates(),
)  # fmt: skip
def test_an_ordinary_row_is_read_alike_by_both_ways(sku: str, price: int, stock: int, confirmed: date) -> None:
    cells = [sku, "Merah", "", "", str(price), str(stock), "", "5", "1", "2", "3", "", confirmed.isoformat()]
    assert variant_cells(cells) == _read_one_by_one(cells)
    assert variant_cells(cells)[0].price == price
