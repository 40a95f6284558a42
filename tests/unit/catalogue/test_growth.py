"""The work of an import grows with its rows, not with their square: counted in steps of SQLite, not in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from syncer.catalogue.exporting import export_file
from syncer.catalogue.importing import import_file
from syncer.catalogue.undo import undo_last
from tests.unit.catalogue.files import NOW, Desk, draw, fresh_sqlite, row

FEW, MANY = 300, 1500
STEPS = 100


@dataclass(slots=True)
class Meter:
    """How far SQLite's machine has run, in hundreds of steps."""

    desk: Desk
    hundreds: int = 0

    def start(self, connection: Any, _record: object) -> None:
        """Count the steps of a new connection."""
        connection.set_progress_handler(self.tick, STEPS)

    def tick(self) -> int:
        """A hundred more; 0 lets the machine go on."""
        self.hundreds += 1
        return 0

    def of(self, work: Callable[[], object]) -> int:
        """What `work` takes."""
        before = self.hundreds
        work()
        return self.hundreds - before


def steps(folder: Path, number: int) -> dict[str, int]:
    folder.mkdir()
    desk = Desk(folder, fresh_sqlite(folder))
    draw(folder / "a.png")
    draw(folder / "b.png", shade=9)
    meter = Meter(desk)
    event.listen(desk.database.engine, "connect", meter.start)
    desk.database.engine.dispose()
    rows = [row(product_code=f"P-{n}", sku=f"S-{n}") for n in range(number)]
    stock = desk.write([{"sku": f"S-{n}", "stock": "3", "reference": f"R-{n}"} for n in range(number)], "stock.csv")
    prices = desk.write([{"sku": f"S-{n}", "price_idr": "70000"} for n in range(number)], "prices.csv")
    changed = [{**line, "name": line["name"] + " Baru", "stock_confirmed_on": "2026-11-23"} for line in rows]
    work: dict[str, Callable[[], object]] = {
        "first": lambda: desk.bring(*rows),
        "again": lambda: desk.bring(*rows),
        "stock": lambda: import_file(desk.database, stock, now=NOW),
        "stock again": lambda: import_file(desk.database, stock, now=NOW),
        "prices": lambda: import_file(desk.database, prices, now=NOW),
        "all changed": lambda: desk.bring(*changed),
        "export": lambda: export_file(desk.database, folder / "export.csv"),
        "undo": lambda: undo_last(desk.database, NOW),
        "undo prices": lambda: undo_last(desk.database, NOW),
        "undo stock": lambda: undo_last(desk.database, NOW),
        "undo first": lambda: undo_last(desk.database, NOW),
    }
    taken = {name: meter.of(done) for name, done in work.items()}
    assert desk.products() == {}
    desk.database.close()
    return taken


def test_five_times_the_rows_take_about_five_times_the_steps(tmp_path: Path) -> None:
    few, many = steps(tmp_path / "few", FEW), steps(tmp_path / "many", MANY)
    assert all(few.values())
    growth = {name: round(many[name] / few[name], 1) for name in few}
    assert {name: factor for name, factor in growth.items() if factor > 7} == {}
