"""A file's rows, each judged by itself, into the temporary tables. Here files are read; nothing of ours changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Connection

from syncer.catalogue import staging
from syncer.catalogue.cells import PRODUCT_COLUMNS, VARIANT_COLUMNS, clean, day, whole_number
from syncer.catalogue.model import Product, Variant
from syncer.catalogue.moments import WIB, Moment, start_of
from syncer.catalogue.pictures import Album
from syncer.catalogue.problems import Level, Problem, Problems, RuleSettings
from syncer.catalogue.reading import STOCK_OPTIONAL, FileKind, Table
from syncer.catalogue.rules import JudgedProduct, judge_product_cells, judge_variant_cells
from syncer.store.database import Instant
from syncer.texts import _

Progress = Callable[[int], None]

REMEMBERED = 512
"""Products whose verdict is kept: the rows of a product usually stand together."""

Times = tuple[Any, Any, Any]
"""A day as the driver takes it: the day, its beginning, its end."""


def fill(
    connection: Connection, table: Table, settings: RuleSettings, moment: Moment, problems: Problems, progress: Progress
) -> int:
    """Judge every row of `table` and stage the good ones; returns the number of rows read.

    Raises:
        UnreadableFile: the file as a whole cannot be read.
    """
    if table.kind is FileKind.full:
        rows = _Full(connection, table, settings, moment).read(problems, progress)
        staging.index(connection, staging.PRODUCTS, staging.VARIANTS)
    else:
        rows = _Small(connection, table, moment).read(problems, progress)
        staging.index(connection, staging.VALUES)
    problems.extend(table.problems)
    return rows


class _Days:
    """Instants and days as the driver takes them."""

    def __init__(self, connection: Connection, moment: Moment) -> None:
        self._bind = Instant().bind_processor(connection.dialect)
        self._moment = moment
        self._known: dict[date | None, Times] = {None: (None, None, None)}

    def instant(self, at: datetime) -> Any:
        """An aware instant."""
        return self._bind(at) if self._bind is not None else at

    def times(self, confirmed: date | None) -> Times:
        """The day of a count, its beginning and its end."""
        if confirmed not in self._known:
            assert confirmed is not None
            end = self.instant(self._moment.end_of(confirmed))
            self._known[confirmed] = (confirmed.isoformat(), self.instant(start_of(confirmed)), end)
        return self._known[confirmed]


# --- a catalogue -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Version:
    number: int
    judged: JudgedProduct


@dataclass(slots=True)
class _Full:
    connection: Connection
    table: Table
    settings: RuleSettings
    moment: Moment
    versions: dict[tuple[str, ...], _Version] = field(default_factory=dict)
    last_version: int = 0

    def read(self, problems: Problems, progress: Progress) -> int:
        """Every row, judged and staged."""
        album = Album(self.table.path.resolve().parent)
        products, pictures, variants = fillers = tuple(
            staging.Filler(self.connection, table) for table in (staging.PRODUCTS, staging.PICTURES, staging.VARIANTS)
        )
        product_of, variant_of = self.table.pick(PRODUCT_COLUMNS), self.table.pick(VARIANT_COLUMNS)
        days, rows = _Days(self.connection, self.moment), 0
        for number, cells in self.table.rows:
            rows += 1
            product_cells = product_of(cells)
            version = self.versions.get(product_cells) or self._judge(product_cells, album, products, pictures)
            product = version.judged.product
            variant = judge_variant_cells(variant_of(cells), product, self.settings, self.moment.judged_on)
            if version.judged.problems or variant.problems:
                problems.extend(found.at(number) for found in (*version.judged.problems, *variant.problems))
            if product is not None and variant.variant is not None:
                variants.add(_variant_row(number, version.number, product, variant.variant, days))
            progress(number)
        staging.flush(fillers)
        return rows

    def _judge(
        self, cells: tuple[str, ...], album: Album, products: staging.Filler, pictures: staging.Filler
    ) -> _Version:
        if len(self.versions) >= REMEMBERED:
            self.versions.clear()
        judged = judge_product_cells(cells, album.picture, self.settings, self.moment.judged_on)
        self.last_version += 1
        version = self.versions[cells] = _Version(self.last_version, judged)
        if judged.product is not None:
            products.add(_product_row(version.number, judged.product))
            for position, picture in enumerate(judged.product.pictures):
                found = album.picture(picture.path)
                assert found is not None
                pictures.add((version.number, position, found.path, found.sha256, found.width, found.height))
        return version


def _product_row(version: int, product: Product) -> tuple[Any, ...]:
    first, second = (*product.option_names, None, None)[:2]
    images = "|".join(picture.path for picture in product.pictures)
    return (
        version, product.code, product.producer.code, product.producer.name, product.producer.district, product.name,
        product.description, product.category, product.brand, first, second, images, product.pirt, product.bpom_md,
        product.halal_id, product.shelf_life_days, product.made_to_order_days, product.status.value,
    )  # fmt: skip


def _variant_row(number: int, version: int, product: Product, variant: Variant, days: _Days) -> tuple[Any, ...]:
    first, second = (*variant.options, None, None)[:2]
    return (
        number, version, product.code, variant.sku, variant.sku.casefold(), first, second, variant.barcode,
        variant.price_idr, variant.stock, variant.net_weight_g, variant.ship_weight_g, variant.length_cm,
        variant.width_cm, variant.height_cm, variant.producer_price_idr, *days.times(variant.stock_confirmed_on),
    )  # fmt: skip


# --- stock alone, prices alone ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Small:
    connection: Connection
    table: Table
    moment: Moment

    def read(self, problems: Problems, progress: Progress) -> int:
        """Every row, judged and staged."""
        column = "stock" if self.table.kind is FileKind.stock else "price_idr"
        cells_of, values = (
            self.table.pick(("sku", column, *STOCK_OPTIONAL)),
            staging.Filler(self.connection, staging.VALUES),
        )
        days, rows = _Days(self.connection, self.moment), 0
        for number, cells in self.table.rows:
            rows += 1
            row, found = _small_row(number, column, cells_of(cells), self.moment, days)
            problems.extend(found)
            if row is not None:
                values.add(row)
            progress(number)
        values.flush()
        return rows


def _small_row(
    number: int, column: str, cells: Sequence[str], moment: Moment, days: _Days
) -> tuple[tuple[Any, ...] | None, list[Problem]]:
    text, problems = {}, list[Problem]()
    for name, cell in zip(("sku", column, *STOCK_OPTIONAL), cells, strict=True):
        text[name], found = clean(name, cell)
        problems += found
    if not text["sku"]:
        problems.append(
            Problem(None, "sku", "sku_missing", Level.error, _("{column} is empty; fill it").format(column="sku"))
        )
    value, found = whole_number(column, text[column])
    at, unread = _counted_at(text["counted_at"], moment)
    problems += [*found, *unread]
    placed = [found.at(number) for found in problems]
    if value is None or any(found.level is Level.error for found in problems):
        return None, placed
    reference = text["reference"] or None
    return (number, text["sku"], value, text["reason"], reference, days.instant(at)), placed


def _counted_at(text: str, moment: Moment) -> tuple[datetime, list[Problem]]:
    alone = day(text) if text else None
    if not text or alone is not None:
        return moment.counted_at if alone is None else moment.end_of(alone), []
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        said = _("counted_at is '{value}'; write it as 2026-11-03 or 2026-11-03T15:04")
        message = said.format(value=text[:40])
        return moment.now, [Problem(None, "counted_at", "date_format", Level.error, message)]
    return min(at if at.tzinfo else at.replace(tzinfo=WIB), moment.now), []
