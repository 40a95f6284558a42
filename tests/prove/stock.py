"""Stock is only as true as the last order read: three stories in which naive synchronisers oversell."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from tests.prove.world import World, say, world


def main() -> int:
    """Tell the three stories, each in a world of its own."""
    results = [
        ("export, 3 sales, edit a description, import: stock", *_edited_export()),
        ("stock file, sale, the same file again: stock", *_same_file_twice()),
        ("stock write while orders cannot be read: raised", *_orders_unreadable()),
    ]
    figure = "; ".join(f"{name} {got} (wanted {wanted})" for name, got, wanted in results)
    return say("stock", figure, good=all(got == wanted for _, got, wanted in results))


def _edited_export() -> tuple[str, str]:
    with world() as here:
        sku, before = _synced(here)
        exported = here.folder / "export" / "catalogue.csv"
        exported.parent.mkdir()
        here.run("export", str(exported))
        for _ in range(3):
            _buy(here, sku)
        _edit_description(exported, sku)
        here.run("import", str(exported), "--json", expect=(0, 1))
        here.resync("--wait", "30")
        first = _stock(here, sku) - before
        here.run("orders", "pull")
        here.resync("--wait", "30")
        here.run("export", str(exported))
        ledger = _exported_stock(exported, sku) - before
        then = _stock(here, sku) - before
        return (
            f"{first:+d}, then {then:+d}, ledger {ledger:+d}, {_raised(here)} raised",
            "-3, then -3, ledger -3, 0 raised",
        )


def _exported_stock(path: Path, sku: str) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return next(int(row["stock"]) for row in csv.DictReader(file) if row["sku"] == sku)


def _same_file_twice() -> tuple[str, str]:
    with world() as here:
        sku, _ = _synced(here)
        counts = here.folder / "count.csv"
        counts.write_text(f"sku,stock,reason,reference\n{sku},40,stok opname,OPN-1\n", encoding="utf-8")
        here.run("import", str(counts))
        here.resync(expect=(0, 3))
        _approve_all(here)
        _buy(here, sku)
        here.run("orders", "pull")
        here.run("import", str(counts))
        here.resync()
        return f"{_stock(here, sku) - 40:+d}", "-1"


def _orders_unreadable() -> tuple[str, str]:
    with world() as here:
        sku, before = _synced(here)
        for _ in range(2):
            _buy(here, sku)
        here.shop.control("PUT", "faults", [_fault("/api/v2/order/get_order_list")])
        lower = here.folder / "lower.csv"
        lower.write_text(f"sku,stock,reason,reference\n{sku},{before - 1},rusak,RSK-1\n", encoding="utf-8")
        here.run("import", str(lower))
        _age_last_pull(here)
        here.resync("--wait", "5", expect=None)
        raised_blind = _stock(here, sku) - (before - 2)
        here.shop.control("PUT", "faults", [])
        here.resync("--wait", "30", expect=None)
        return f"{max(0, raised_blind)} blind, {_raised(here)} by the shop's count", "0 blind, 0 by the shop's count"


def _fault(operation: str) -> dict[str, Any]:
    return {"operation": operation, "kind": "http_503", "probability": 1, "times": None}


def _synced(here: World) -> tuple[str, int]:
    here.import_catalogue()
    here.resync()
    here.reset_calls()
    variants = {v["sku"]: v["stock"] for listing in here.truth() for v in listing["variants"]}
    sku = max(variants, key=lambda name: (4 <= variants[name] <= 60, variants[name]))
    return sku, int(variants[sku])


def _buy(here: World, sku: str) -> None:
    here.shop.control("POST", "orders", {"lines": [{"sku": sku, "quantity": 1}], "paid": True})


def _stock(here: World, sku: str) -> int:
    return next(int(v["stock"]) for listing in here.truth() for v in listing["variants"] if v["sku"] == sku)


def _raised(here: World) -> int:
    return int(here.shop.calls()["raised_over_sale"])


def _approve_all(here: World) -> None:
    for hold in here.run("held", "--json").json["held"]:
        here.run("held", "approve", str(hold["id"]))
    here.resync(expect=(0, 3))


def _age_last_pull(here: World) -> None:
    """Orders were last read long ago."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(here.database)) as database, database:
        database.execute("UPDATE channel SET orders_pulled_at = '2020-01-01 00:00:00.000000'")


def _edit_description(path: Path, sku: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    code = next(row["product_code"] for row in rows if row["sku"] == sku)
    for row in rows:
        if row["product_code"] == code:
            row["description"] += " Dikirim setiap hari kerja."
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
