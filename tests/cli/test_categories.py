"""`category suggest`, `category check`, and what `plan` says of names and warnings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sandbox import Sandbox, launch
from tests.cli.conftest import Syncer

EXAMPLE = Path(__file__).resolve().parents[2] / "config" / "examples" / "catalogue-babel.csv"
KOPIAH = "Fesyen Muslim > Penutup Kepala > Kopiah"
MADU = "Makanan & Minuman > Madu > Madu Hutan & Kelulut"


@pytest.fixture
def lazada(tmp_path: Path) -> Iterator[Sandbox]:
    """A shop whose adapter reads no category tree."""
    with launch(("lazada",)) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        yield sandboxes["lazada"]


@pytest.fixture
def lines(tmp_path: Path, syncer: Syncer, shop: Sandbox) -> Path:
    """The categories file, without the lines of kopiah and honey; the example catalogue is imported."""
    path = tmp_path / "categories.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith((KOPIAH, MADU))), encoding="utf-8")
    assert syncer("import", EXAMPLE).code == 0
    return path


def test_suggestions_are_lines_for_the_file(lines: Path, syncer: Syncer, shop: Sandbox) -> None:
    said = syncer("category", "suggest", shop.channel)
    assert said.code == 0
    ready = [row for row in csv.reader(io.StringIO(said.out)) if not row[0].startswith("# ")]
    assert ready == [[KOPIAH, "shopee", "100111", "200002="],
                     [MADU, "shopee", "100130", "200001={shelf_life_days};200003="]]  # fmt: skip
    assert f"# {KOPIAH} (leaf; proposed by the marketplace); demands: Bahan (200002)" in said.out


def test_only_what_is_asked_for_is_suggested(lines: Path, syncer: Syncer, shop: Sandbox) -> None:
    sku = next(row["sku"] for row in csv.DictReader(EXAMPLE.open(encoding="utf-8")) if row["category"] == MADU)
    said = syncer("category", "suggest", shop.channel, "--sku", sku, "--json").json
    assert [found["category"] for found in said["categories"]] == [MADU]
    best = said["categories"][0]["candidates"][0]
    assert (best["external_id"], best["leaf"], best["proposed"]) == ("100130", True, True)
    said = syncer("category", "suggest", shop.channel, "--category", KOPIAH, "--json").json
    assert [found["category"] for found in said["categories"]] == [KOPIAH]
    wrong = syncer("category", "suggest", shop.channel, "--sku", "NO-1")
    assert (wrong.code, "NO-1" in wrong.sentence) == (2, True)


def test_nothing_is_suggested_where_all_is_mapped(syncer: Syncer, shop: Sandbox) -> None:
    assert syncer("import", EXAMPLE).code == 0
    said = syncer("category", "suggest", shop.channel)
    assert (said.code, said.out) == (0, "")
    assert "every category" in said.sentence


def test_write_never_touches_what_a_person_wrote(lines: Path, syncer: Syncer, shop: Sandbox) -> None:
    before = lines.read_bytes().removesuffix(b"\n")
    lines.write_bytes(before)  # a person's editor leaves out the last newline
    assert syncer("category", "suggest", shop.channel, "--write").code == 0
    after = lines.read_bytes()
    assert after.startswith(before + b"\n# " + KOPIAH.encode() + b",shopee,100111,")
    blocked = {row["code"] for row in syncer("plan", "--json").json["channels"][0]["blocked"]}
    assert blocked == {"category_unmapped"}  # a line that waits maps nothing
    assert syncer("category", "suggest", shop.channel, "--write").code == 0
    assert lines.read_bytes() == after


def test_check_is_content_with_a_good_file(syncer: Syncer, shop: Sandbox) -> None:
    assert syncer("import", EXAMPLE).code == 0
    said = syncer("category", "check")
    assert (said.code, said.err) == (0, "")
    assert said.out.strip().endswith("0 to correct")


def test_check_names_each_fault_with_its_cure(lines: Path, syncer: Syncer, shop: Sandbox) -> None:
    rows = lines.read_text(encoding="utf-8").splitlines()
    own = "Fesyen > Penutup Kepala > Topi"
    rows += [f"{KOPIAH},shopee,100110,", f"{MADU},shopee,100130,200003=Bangka;77=x", f"{own},shopee,999999,"]
    lines.write_text("\n".join(rows) + "\n", encoding="utf-8")
    said = syncer("category", "check", "--json")
    faults = {(fault["category"], fault["code"]): fault["message"] for fault in said.json["channels"][0]["faults"]}
    assert said.code == 1
    assert set(faults) == {
        (KOPIAH, "category_no_leaf"), (MADU, "attribute_missing"), (MADU, "attribute_unknown"),
        (own, "category_unknown"),
    }  # fmt: skip
    assert "no attribute 77 " in faults[MADU, "attribute_unknown"]
    assert "100111 Kopiah" in faults[KOPIAH, "category_no_leaf"]
    assert "add 200001=" in faults[MADU, "attribute_missing"]
    assert f"--category '{own}'" in faults[own, "category_unknown"]


def test_check_notices_a_closed_category_and_says_how_it_was_called(syncer: Syncer, shop: Sandbox) -> None:
    assert syncer("import", EXAMPLE).code == 0
    assert syncer("category", "check").code == 0
    shop.control("POST", "category", {"close": "100130"})
    assert syncer("category", "check").code == 0  # what is known of today holds for today
    said = syncer("category", "check", "--anew")
    assert said.code == 1
    assert f"100130 ({MADU})" in said.out


def test_names_that_the_catalogue_lacks_are_told_with_the_nearest(
    tmp_path: Path, syncer: Syncer, shop: Sandbox
) -> None:
    assert syncer("import", EXAMPLE).code == 0
    path = tmp_path / "syncer.toml"
    text = path.read_text(encoding="utf-8")
    wrong = 'sells = { producers = ["*", "bbr-1"], except_categories = ["Makanan & Minuman > Madoe"] }'
    path.write_text(text.replace('sells = { producers = ["*"] }', wrong), encoding="utf-8")
    said = syncer("plan")
    assert said.code == 0
    lines = said.err.splitlines()
    assert len(lines) == 2
    assert "sells.producers: the catalogue has no 'bbr-1'; did you mean 'BBR-01'?" in lines[0]
    assert "did you mean 'Makanan & Minuman > Madu'?" in lines[1]


def test_one_unmapped_category_is_one_line_of_the_plan(lines: Path, syncer: Syncer) -> None:
    said = syncer("plan").out.splitlines()
    told = [line for line in said if "blocked:" in line]
    assert len(told) == 2
    assert any(KOPIAH in line and line.endswith("(3 products)") for line in told)
    assert any("warning: " in line for line in said)


def test_a_shop_whose_tree_is_not_read_is_checked_by_its_facts(
    syncer: Syncer, tmp_path: Path, lazada: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("adapters.lazada.adapter.Lazada.tree")
    assert syncer("import", EXAMPLE).code == 0
    assert syncer("category", "check").out.strip().endswith("0 to correct")
    path = tmp_path / "categories.csv"
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if not row.startswith(f"{KOPIAH},lazada,")]
    path.write_text("\n".join([*rows, f"{KOPIAH},lazada,999999,"]) + "\n", encoding="utf-8")
    said = syncer("category", "check", "--anew", "--json")
    assert said.code == 1
    assert [fault["external_id"] for fault in said.json["channels"][0]["faults"]] == ["999999"]
    wrong = syncer("category", "suggest", lazada.channel, "--category", KOPIAH)
    assert (wrong.code, "write the line into the categories file" in wrong.sentence) == (2, True)
