"""Small catalogue files for tests: rows that are good unless a test says otherwise."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from syncer.catalogue.importing import ImportReport, import_file
from syncer.catalogue.model import Product
from syncer.catalogue.problems import Level, RuleSettings
from syncer.catalogue.products import ids_of, load, stock_levels
from syncer.store.database import Database
from syncer.store.schema import open_database

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "config" / "examples"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)

GOOD = {
    "product_code": "NPH-UJI", "sku": "NPH-UJI-1", "producer_code": "BTG-09", "producer_name": "Kriya Uji Coba",
    "district": "Bangka Tengah", "name": "Keranjang Uji Lidi Nipah Bangka Tengah 20 cm",
    "description": "Keranjang lidi nipah untuk uji coba.", "category": "Rumah Tangga > Dekorasi > Vas & Wadah Bunga",
    "brand": "", "option1_name": "", "option1_value": "", "option2_name": "", "option2_value": "", "barcode": "",
    "price_idr": "60000", "stock": "7", "net_weight_g": "", "ship_weight_g": "800", "length_cm": "20",
    "width_cm": "20", "height_cm": "20", "images": "a.png", "pirt": "", "bpom_md": "", "halal_id": "",
    "shelf_life_days": "", "made_to_order_days": "", "producer_price_idr": "", "stock_confirmed_on": "2026-11-20",
    "status": "active",
}  # fmt: skip


def row(**changes: str) -> dict[str, str]:
    """A good row with these cells instead."""
    return {**GOOD, **changes}


def sized(size: str, **changes: str) -> dict[str, str]:
    """A row of a product with sizes."""
    return row(**{"sku": f"NPH-UJI-{size}", "option1_name": "Ukuran", "option1_value": size, **changes})


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with pictures, and the database that its files go into."""

    folder: Path
    database: Database

    def write(self, rows: Sequence[Mapping[str, str]], name: str = "catalogue.csv", delimiter: str = ",") -> Path:
        """These rows as a file."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def bring(
        self, *rows: Mapping[str, str], now: datetime = NOW, as_of: date | datetime | None = None, stock: bool = False,
        dry_run: bool = False, settings: RuleSettings | None = None,
    ) -> ImportReport:  # fmt: skip
        """Import these rows."""
        return import_file(
            self.database, self.write(rows), now=now, as_of=as_of, stock=stock, dry_run=dry_run, settings=settings
        )

    def products(self) -> dict[str, Product]:
        """Everything in the catalogue, by code."""
        with self.database.read() as session:
            loaded = load(session, list(ids_of(session).values()))
            return {product.code: product for product in loaded.values()}

    def stock(self, sku: str = "NPH-UJI-1") -> int:
        """The ledger's level."""
        with self.database.read() as session:
            return stock_levels(session, [sku])[sku]


@cache
def _empty_sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        open_database(f"sqlite:///{folder}/empty.db").close()
        return Path(folder, "empty.db").read_bytes()


def fresh_sqlite(folder: Path) -> Database:
    """An empty database in `folder`: a copy of one that was migrated once."""
    path = folder / "test.db"
    path.write_bytes(_empty_sqlite())
    return open_database(f"sqlite:///{path}")


def draw(path: Path, side: int = 600, shade: int = 0) -> None:
    """A square picture."""
    Image.new("RGB", (side, side), (shade, 120, 80)).save(path)


def codes(report: ImportReport, *levels: Level) -> list[tuple[int | None, str, str]]:
    """(row, column, code) of the problems of these levels (errors and warnings unless said)."""
    wanted = levels or (Level.error, Level.warning)
    return [(found.row, found.column, found.code) for found in report.problems if found.level in wanted]
