"""Temporary tables for what a file holds: filled row by row, judged and applied set by set.

They live on one connection, so the rows of a file of any size never stand in memory, and the write transaction that
applies them reads no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, Column, Date, Index, Integer, MetaData, Table, Text, bindparam, delete
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from syncer.store.database import Database, Instant

BATCH = 1000

_METADATA = MetaData()


def _table(name: str, *columns: Column[Any] | Index) -> Table:
    return Table(name, _METADATA, *columns, prefixes=["TEMPORARY"])


def _key(name: str) -> Column[Any]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


PRODUCTS = _table(
    "incoming_product", _key("version"),
    *(Column(name, Text) for name in (
        "code", "producer_code", "producer_name", "district", "name", "description", "category", "brand",
        "option1_name", "option2_name", "images", "pirt", "bpom_md", "halal_id",
    )),
    Column("shelf_life_days", Integer), Column("made_to_order_days", Integer), Column("status", Text),
    Index("ix_incoming_product_code", "code"),
)  # fmt: skip
"""A product as some rows have it. Rows that disagree make versions; a later version is refused."""

PICTURES = _table(
    "incoming_picture", _key("version"), _key("position"),
    Column("path", Text), Column("sha256", Text), Column("width", Integer), Column("height", Integer),
)  # fmt: skip

VARIANTS = _table(
    "incoming_variant", _key("number"), Column("version", BigInteger), Column("code", Text),
    Column("sku", Text), Column("sku_key", Text), Column("option1_value", Text), Column("option2_value", Text),
    Column("barcode", Text), Column("price_idr", BigInteger), Column("stock", Integer),
    Column("net_weight_g", Integer), Column("ship_weight_g", Integer), Column("length_cm", Integer),
    Column("width_cm", Integer), Column("height_cm", Integer), Column("producer_price_idr", BigInteger),
    Column("stock_confirmed_on", Date), Column("confirmed_from", Instant), Column("confirmed_at", Instant),
    Index("ix_incoming_variant_sku_key", "sku_key"), Index("ix_incoming_variant_code", "code"),
)  # fmt: skip
"""Good rows, by their number. `confirmed_from` = the beginning of the day of the count, `confirmed_at` = its end."""

VALUES = _table(
    "incoming_value", _key("number"), Column("sku", Text), Column("value", BigInteger),
    Column("reason", Text), Column("reference", Text), Column("at", Instant),
    Index("ix_incoming_value_sku", "sku"),
)  # fmt: skip
"""Rows of a stock-only or price-only file."""

CODES = _table(
    "incoming_code", Column("code", Text, primary_key=True), Column("version", BigInteger),
)  # fmt: skip
"""Each product of the file with the version that counts."""

REPICTURED = _table("incoming_repictured", _key("product_id"), Column("version", BigInteger), Column("code", Text))
COUNTS = _table("incoming_count", _key("number"), Column("variant_id", BigInteger), Column("at", Instant))
LEVELS = _table("incoming_level", _key("variant_id"), Column("stock", Integer))
TOUCHED = _table("incoming_touched", _key("product_id"))


@contextmanager
def stage(database: Database) -> Iterator[Connection]:
    """A connection with the empty tables, gone when the block ends."""
    with database.engine.connect() as connection:
        with connection.begin():
            _drop(connection)
            for table in _METADATA.sorted_tables:
                connection.execute(CreateTable(table))
        try:
            yield connection
        finally:
            with connection.begin():
                _drop(connection)


def index(connection: Connection, *tables: Table) -> None:
    """Make the tables fit for joins, once they are filled."""
    for table in tables:
        for wanted in sorted(table.indexes, key=lambda i: str(i.name)):
            connection.execute(CreateIndex(wanted))
    if connection.dialect.name != "sqlite":
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def _drop(connection: Connection) -> None:
    for table in _METADATA.sorted_tables:
        connection.execute(DropTable(table, if_exists=True))


class Filler:
    """Rows into a table, many at a time. Values go to the driver as they are: instants through `instant`."""

    def __init__(self, connection: Connection, table: Table) -> None:
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        names = [column.name for column in table.columns]
        places = ", ".join([mark] * len(names))
        self._sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"
        self._connection, self._rows = connection, list[tuple[Any, ...]]()

    def add(self, row: tuple[Any, ...]) -> None:
        """One row, in the order of the table's columns."""
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered."""
        if self._rows:
            self._connection.exec_driver_sql(self._sql, self._rows)
            self._rows = []


def remove(connection: Connection, table: Table, numbers: Iterable[int]) -> None:
    """Take the rows of these numbers out of `table`."""
    rows = [{"refused": number} for number in sorted(set(numbers))]
    if rows:
        connection.execute(delete(table).where(table.c.number == bindparam("refused")), rows)


def flush(fillers: Sequence[Filler]) -> None:
    """Write what has gathered in all of them."""
    for filler in fillers:
        filler.flush()
