"""`categories.csv` as spreadsheets and interrupted copies leave it: read, or refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncer.channels.categories import read_categories
from syncer.errors import ConfigError
from syncer.listing.rules import CategoryTarget

HEADER = b"category,marketplace,external_id,attributes\n"
GOOD = HEADER + b"Makanan,shopee,100,brand=0\n"


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "categories.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n"), GOOD.rstrip(b"\n")])
def test_what_a_spreadsheet_makes_of_it_is_read(tmp_path: Path, content: bytes) -> None:
    found = read_categories(_written(tmp_path, content), "shopee")
    assert found == {"Makanan": CategoryTarget("100", (("brand", "0"),))}


@pytest.mark.parametrize(
    "line", [b"Kriya,shopee\n", b"Kriya,shopee,\n", b"Kriya,shopee, ,brand=0\n", b"Kriya\n", b"\n"]
)
def test_a_line_that_names_no_category_maps_nothing_and_the_others_do(tmp_path: Path, line: bytes) -> None:
    assert set(read_categories(_written(tmp_path, GOOD + line), "shopee")) == {"Makanan"}


@pytest.mark.parametrize(
    "content",
    [GOOD + b'"Kriya,shopee,101,\nLain,shopee,102,\n', GOOD.decode().encode("utf-16"), b"\xff" + GOOD,
     GOOD.replace(b",", b";"), b"", b"\x00\x00"],
    ids=["unclosed", "utf-16", "not utf-8", "semicolons", "empty", "only nul"],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"categories\.csv"):
        read_categories(_written(tmp_path, content), "shopee")
