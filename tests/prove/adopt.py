"""A shop with 300 foreign listings and 60 of ours made by hand: after adopt and sync nothing is there twice.

Of the 60 a third bears no SKU, six stand in the shop twice, six have a variant more than we know. A person copies the
map's suggestions and decides nothing else. Twenty more products are not in the shop at all.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from adapters.sandbox import MARKETPLACES
from tests.prove.world import CATALOGUE, World, say, world

FOREIGN, BY_HAND, NEW = 300, 60, 20
WITHOUT_SKU, TWICE, EXTRA = range(20), range(20, 26), range(26, 32)


def main() -> int:
    """The whole of it on each marketplace; `--marketplace NAME` on one."""
    names = [sys.argv[sys.argv.index("--marketplace") + 1]] if "--marketplace" in sys.argv else MARKETPLACES
    return max(_on(name) for name in names)


def _on(name: str) -> int:
    with world(marketplaces=(name,)) as here:
        return _prove(here, name)


def _prove(here: World, name: str) -> int:
    here.config.write_text(here.config.read_text(encoding="utf-8").replace("empty = true\n", ""), encoding="utf-8")
    rows = _catalogue(here.folder)
    here.import_catalogue(here.folder / "own.csv")
    made = _by_hand(here, rows)
    foreign = {row["external_id"]: row for row in _foreign(here)}
    before = here.writes()
    here.resync(expect=None)
    early = here.writes() - before
    book = here.folder / "map.xlsx"
    looked = here.run("adopt", here.shop.channel, "--dry-run", "--map", str(book), "--json", expect=3).json
    _fill_in(book)
    adopted = here.run("adopt", here.shop.channel, "--map", str(book), "--json", expect=3).json
    here.resync(expect=None)
    for held in here.run("held", "--json", expect=None).json["held"]:
        if held["rule"] != "variants_lost":
            here.run("held", "approve", str(held["id"]))
    here.resync(expect=None)
    return _judge(here, name, rows, made, foreign, early, looked, adopted)


def _judge(
    here: World, name: str, rows: list[dict[str, str]], made: dict[str, int], foreign: dict[str, Any], early: int,
    looked: dict[str, Any], adopted: dict[str, Any],
) -> int:  # fmt: skip
    shown = here.truth()
    touched = [key for row in shown if row != foreign.get(key := row["external_id"], row)]
    lost = [one for one in foreign if one not in {row["external_id"] for row in shown}]
    ours = [row for row in shown if row["external_id"] not in foreign]
    titles = Counter(row["title"] for row in ours)
    names = {row["product_code"]: row["name"] for row in rows}
    twice = [code for code, title in names.items() if titles[title] > max(1, made.get(code, 1))]
    missing = [code for code, title in names.items() if not titles[title]]
    extra = sum(any(v["sku"] == f"TAMBAHAN-{at}" for row in ours for v in row["variants"]) for at in EXTRA)
    held = {code for one in adopted["undecided"] for code in one["products"]}
    report = here.run("report", "--format", "json", expect=None).out
    good = (
        early == 0 and not touched and not lost and not twice and not missing and extra == len(EXTRA)
        and held == {_code(at) for at in TWICE} and "adoption_open" in report and not looked["done"]
    )  # fmt: skip
    figure = (
        f"{name}: {len(foreign)} foreign listings, {len(touched) + len(lost)} touched; {BY_HAND} of ours by hand, "
        f"{len(adopted['linked'])} linked, {len(held)} held as undecidable; {len(twice)} there twice by us, "
        f"{len(missing)} missing, {extra} of {len(EXTRA)} variants of the seller's stand; {early} writes before "
        "adoption"
    )
    return say("adopt", figure, good)


# --- the world before ------------------------------------------------------------------------------------------------


def _code(at: int) -> str:
    return f"U{at:04d}"


def _catalogue(folder: Path) -> list[dict[str, str]]:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "active" and not row["option1_name"]]
    (folder / "images").symlink_to(CATALOGUE.parent / "images")
    own = []
    with (folder / "own.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        for at, row in enumerate(islice(cycle(rows), BY_HAND + NEW)):
            name = f"{row['name'][:50]} seri {_letters(at)}"
            own.append({**row, "product_code": _code(at), "sku": _code(at), "barcode": "", "name": name})
            writer.writerow(own[-1])
    return own


def _letters(at: int) -> str:
    """A word of its own for each product: the same words must not make all of them look alike."""
    return "".join(chr(ord("a") + int(digit)) * 2 for digit in f"{at:03d}")


def _by_hand(here: World, rows: list[dict[str, str]]) -> dict[str, int]:
    """{product code: how often it stands in the shop}."""
    made: dict[str, int] = {}
    for at, row in enumerate(rows[:BY_HAND]):
        variant: dict[str, Any] = {"price": int(row["price_idr"]), "stock": 7}
        if at not in WITHOUT_SKU:
            variant["sku"] = row["sku"]
        variants = [variant]
        if at in EXTRA:
            variants.append({"sku": f"TAMBAHAN-{at}", "price": int(row["price_idr"]), "stock": 3})
        made[row["product_code"]] = 2 if at in TWICE else 1
        for _ in range(made[row["product_code"]]):
            here.shop.control("POST", "listings", [{"title": row["name"], "variants": variants}])
    return made


def _foreign(here: World) -> list[dict[str, Any]]:
    known = {row["external_id"] for row in here.truth()}
    here.shop.control("POST", "listings", [
        {"title": f"Barang lain nomor {_letters(at)} {at}", "variants": [{"sku": f"LAIN-{at}", "price": 10_000 + at,
         "stock": 5}]} for at in range(FOREIGN)
    ])  # fmt: skip
    return [row for row in here.truth() if row["external_id"] not in known]


def _fill_in(book: Path) -> None:
    """What a person does: take over the suggestions; whatever has none is not ours."""
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()
    header = [str(cell) for cell in rows[0]]
    sku, suggestion, why = (header.index(name) for name in ("sku", "suggestion", "why"))
    with xlsxwriter.Workbook(str(book)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows[1:], start=1):
            cells = [str(cell) for cell in row]
            if cells[why] == "looks_alike":
                cells[sku] = cells[suggestion]
            elif not cells[why]:
                cells[sku] = "-"
            sheet.write_row(number, 0, cells)


if __name__ == "__main__":
    sys.exit(main())
