"""The proof's own book of a shop's life: what it changed in the catalogue, what buyers took, and what must therefore
stand in every shop. It judges by itself: no price, no stock number of it comes from the service's database.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from adapters.clock import Clock
from adapters.sandbox import Sandbox
from syncer.catalogue.importing import import_file
from syncer.store.database import Database
from tests.prove.world import CATALOGUE, STANDS_ON

Row = dict[str, str]

APART_S = 3.0
"""Between a count of a SKU and an order of it: shops tell the time of an order in whole seconds, and which of two that
share a second came first nobody could say."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong in one shop."""

    twice: tuple[str, ...]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    """Other price or stock than booked, or a variant of nobody's."""

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not (self.twice or self.missing or self.wrong)


@dataclass(slots=True)
class Book:
    """The catalogue as the proof knows it. `waiting` = products that are still to be brought in."""

    folder: Path
    database: Database
    clock: Clock
    dice: random.Random
    waiting: list[list[Row]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    prices: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    moved_at: dict[str, float] = field(default_factory=dict)
    changes: int = 0
    orders: int = 0

    def __post_init__(self) -> None:
        shutil.copytree(CATALOGUE.parent / "images", self.folder / "images")
        with CATALOGUE.open(encoding="utf-8", newline="") as file:
            active = [row for row in csv.DictReader(file) if row["status"] == "active"]
        self.waiting = [list(rows) for _, rows in groupby(active, key=lambda row: row["product_code"])]

    # --- changes -----------------------------------------------------------------------------------------------------

    def list_more(self, products: int) -> None:
        """Bring in the next products, as far as there are any."""
        rows = [row for product in self.waiting[:products] for row in product]
        del self.waiting[:products]
        if not rows:
            return
        self._bring(rows, date.fromisoformat(STANDS_ON))
        self.rows += rows
        self.prices.update({row["sku"]: int(row["price_idr"]) for row in rows})
        self.levels.update({row["sku"]: int(row["stock"]) for row in rows})

    def reprice(self) -> None:
        """Two SKUs cost a little more than at first."""
        skus = self.dice.sample(sorted(self.prices), 2)
        base = {row["sku"]: int(row["price_idr"]) for row in self.rows}
        prices = {sku: base[sku] + 500 * self.dice.randrange(1, 10) for sku in skus}
        self._bring([{"sku": sku, "price_idr": str(price)} for sku, price in prices.items()])
        self.prices.update(prices)

    def count(self) -> None:
        """Somebody counts the pieces of one SKU."""
        still = [sku for sku in sorted(self.levels) if self._is_still(sku)]
        if not still:
            return
        sku, pieces = self.dice.choice(still), self.dice.randrange(5, 15)
        self._bring([{"sku": sku, "stock": str(pieces), "reason": "stok opname", "reference": f"K-{self.changes}"}])
        self.levels[sku], self.moved_at[sku] = pieces, self.clock.monotonic()

    def buy(self, shop: Sandbox) -> None:
        """A buyer takes a piece of something of which there is enough in every shop."""
        offers = [v for row in shop.truth() if row["status"] == "live" for v in row["variants"] if v["sellable"] >= 2]
        mine = [v["sku"] for v in offers if self.levels.get(v["sku"], 0) >= 3 and self._is_still(v["sku"])]
        if not mine:
            return
        sku = self.dice.choice(mine)
        shop.control("POST", "orders", {"lines": [{"sku": sku, "quantity": 1}], "paid": True})
        self.levels[sku] -= 1
        self.moved_at[sku] = self.clock.monotonic()
        self.orders += 1

    def _is_still(self, sku: str) -> bool:
        return self.clock.monotonic() - self.moved_at.get(sku, -APART_S) >= APART_S

    def _bring(self, rows: Sequence[Row], as_of: date | None = None) -> None:
        path = self.folder / f"change-{self.changes}.csv"
        self.changes += 1
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        report = import_file(self.database, path, now=self.clock.now(), as_of=as_of)
        if report.problems.errors:
            raise AssertionError(f"the proof's own change was refused: {report.as_json()}")

    # --- the judge ---------------------------------------------------------------------------------------------------

    def judge(self, shop: Sandbox) -> Verdict:
        """Whether the shop shows what the book says: every SKU live once, at its price, with its stock."""
        shown = list(self._shown(shop))
        counted = Counter(sku for sku, _live, _seen in shown)
        live = {sku for sku, is_live, _seen in shown if is_live}
        wrong = [
            f"{sku}: {seen}, booked {(self.prices[sku], self.levels[sku])}" if sku in self.prices else f"{sku}: whose?"
            for sku, _live, seen in shown
            if sku not in self.prices or seen != (self.prices[sku], self.levels[sku])
        ]
        return Verdict(
            twice=tuple(sku for sku, times in counted.items() if times > 1),
            missing=tuple(sku for sku in self.prices if sku not in live),
            wrong=tuple(wrong),
        )

    def _shown(self, shop: Sandbox) -> Iterator[tuple[str, bool, tuple[int, int]]]:
        """(SKU, live, (price, stock)) of every variant; where a shop holds no SKU, title and option values tell it."""
        named = {(row["name"], *filter(None, (row["option1_value"], row["option2_value"]))): row["sku"]
                 for row in self.rows}  # fmt: skip
        listing: dict[str, Any]
        for listing in shop.truth():
            live = listing["status"] in ("live", "live_oos")
            for variant in listing["variants"]:
                told = (listing["title"], *variant.get("options", ()))
                sku = variant["sku"] or named.get(told, " / ".join(told))
                yield sku, live, (int(variant["price"]), int(variant["stock"]))
