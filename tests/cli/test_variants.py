"""`variant retire|restore|rename` at the operator's door."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.sandbox import Sandbox
from syncer.channels.opening import lock_folder
from syncer.settings import load_settings
from syncer.store.schema import open_database
from syncer.sync.lease import hold_every
from tests.cli.conftest import Syncer

EXAMPLES = Path(__file__).resolve().parents[2] / "config" / "examples"
SKU = "RSM-CNC-16"


@pytest.fixture
def catalogue(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> Path:
    """Two products with variants, imported."""
    (tmp_path / "images").symlink_to(EXAMPLES / "images")
    with (EXAMPLES / "catalogue-babel.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["product_code"] in ("RSM-CNC", "BLC-SJK")]
    path = tmp_path / "catalogue.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert syncer("import", path, "--as-of", "2026-11-24").code == 0
    return path


def test_a_command_that_would_disturb_a_run_waits_for_it(syncer: Syncer, catalogue: Path, tmp_path: Path) -> None:
    syncer("resync")
    settings = load_settings(tmp_path / "syncer.toml")
    database, clock = open_database(settings.database), SystemClock()
    with hold_every(database, lock_folder(settings, database), clock, 1.0):
        for words in (("rename", SKU, "RSM-CNC-LAIN"), ("restore", SKU)):
            assert syncer("variant", *words, "--wait", "0").code == 5
    database.close()
    assert syncer("variant", "rename", SKU, "RSM-CNC-LAIN").code == 0
    assert "RSM-CNC-LAIN" in exported(syncer, tmp_path)


def exported(syncer: Syncer, tmp_path: Path) -> set[str]:
    """The SKUs of an export."""
    syncer("export", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        return {row["sku"] for row in csv.DictReader(file)}


def test_a_variant_is_taken_out_and_no_file_brings_it_back_but_a_person(
    syncer: Syncer, catalogue: Path, tmp_path: Path
) -> None:
    assert syncer("variant", "retire", SKU).code == 0
    assert SKU not in exported(syncer, tmp_path)
    syncer("import", catalogue, "--as-of", "2026-11-24")
    assert SKU not in exported(syncer, tmp_path)
    assert syncer("variant", "restore", SKU, "--json").json == {"product": "RSM-CNC", "sku": SKU, "anew": []}
    assert SKU in exported(syncer, tmp_path)


def test_a_new_variant_may_have_the_options_of_one_that_was_taken_out_which_then_cannot_come_back(
    syncer: Syncer, catalogue: Path
) -> None:
    syncer("variant", "retire", SKU)
    text = catalogue.read_text(encoding="utf-8").replace(f"{SKU},", "RSM-CNC-16B,")
    catalogue.write_text(text, encoding="utf-8")
    assert syncer("import", catalogue, "--as-of", "2026-11-24").code == 0
    said = syncer("variant", "restore", SKU)
    assert (said.code, "same options as RSM-CNC-16B" in said.sentence) == (1, True)


def test_a_renamed_sku_is_the_one_that_files_must_use(syncer: Syncer, catalogue: Path, tmp_path: Path) -> None:
    assert syncer("variant", "rename", SKU, "RSM-CNC-ENAMBELAS").code == 0
    assert {"RSM-CNC-ENAMBELAS"} == exported(syncer, tmp_path) - exported_of(catalogue)
    said = syncer("import", catalogue, "--as-of", "2026-11-24", "--json")
    assert [problem["code"] for problem in said.json["problems"] if problem["level"] == "error"] == [
        "options_duplicate"
    ]


def exported_of(path: Path) -> set[str]:
    """The SKUs of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["sku"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("retire", "NOBODY"), 2, "SKU 'NOBODY' is not in the catalogue"),
        (("rename", SKU, " "), 2, "1 to 100 characters"),
        (("rename", SKU, "rsm-cnc-18"), 1, "RSM-CNC-18 is taken already"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    syncer: Syncer, catalogue: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    said = syncer("variant", *words)
    assert said.code == code
    assert sentence in said.sentence


def test_the_last_variant_stays_its_product_is_archived_instead(syncer: Syncer, catalogue: Path) -> None:
    first, last = sorted(sku for sku in exported_of(catalogue) if sku.startswith("BLC"))
    assert syncer("variant", "retire", first).code == 0
    said = syncer("variant", "retire", last)
    assert (said.code, "last variant of its product" in said.sentence) == (1, True)
