"""Rules between rows, and between rows and the store: the later one of a collision is refused.

Judged set by set on the temporary tables. A row that was refused before is not there, so it collides with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.engine import Connection

from syncer.catalogue.problems import Level, Problem, Problems, RuleSettings
from syncer.catalogue.rules import below_floor, spread
from syncer.catalogue.staging import PRODUCTS, VALUES, VARIANTS, remove
from syncer.store.tables import ProducerRow, ProductRow, VariantRow, stored
from syncer.texts import _

PRODUCER, PRODUCT, VARIANT = stored(ProducerRow), stored(ProductRow), stored(VariantRow)
FIRST, FIRST_PRODUCT = VARIANTS.alias("first_row"), PRODUCTS.alias("first_product")

Rule = tuple[Select[Any], Callable[[Any], Problem]]

SAME_PRODUCT = (
    "producer_code", "name", "description", "category", "brand", "option1_name", "option2_name", "images", "pirt",
    "bpom_md", "halal_id", "shelf_life_days", "made_to_order_days", "status",
)  # fmt: skip
"""What must be equal on all rows of a product; a producer's name and district are judged by the producer."""


def judge_file(connection: Connection, problems: Problems) -> None:
    """Refuse rows of a catalogue file that collide with earlier rows of it."""
    for rule in (_same_sku(), _other_version(), _other_producer(), _same_options()):
        _refuse(connection, rule, problems)


def judge_store(connection: Connection, problems: Problems, settings: RuleSettings) -> None:
    """Refuse rows of a catalogue file that collide with the store, and warn of prices too far apart."""
    for rule in (_sku_elsewhere(), _options_in_store(), _options_of_others()):
        _refuse(connection, rule, problems)
    rows = select(VARIANTS.c.number, VARIANTS.c.code, VARIANTS.c.price_idr, VARIANTS.c.sku)
    problems.extend(_spreads(connection, rows.subquery("priced"), settings))


def judge_values(connection: Connection, problems: Problems, counts: bool) -> None:
    """Refuse rows of a stock-only (`counts`) or price-only file that no SKU answers to, or that contradict others."""
    _refuse_values(connection, problems, _unknown_skus(connection))
    _refuse_values(connection, problems, _doubled(connection, counts))


def judge_prices(connection: Connection, problems: Problems, settings: RuleSettings) -> None:
    """Warn of the new prices of a price-only file that are too far apart, remark on those below the floor."""
    join = VALUES.join(VARIANT, VARIANT.c.sku == VALUES.c.sku).join(PRODUCT, PRODUCT.c.id == VARIANT.c.product_id)
    rows = select(VALUES.c.number, PRODUCT.c.code, VALUES.c.value.label("price_idr"), VALUES.c.sku).select_from(join)
    problems.extend(_spreads(connection, rows.subquery("priced"), settings))
    low = select(VALUES.c.number, VALUES.c.value, VARIANT.c.producer_price_idr).select_from(join)
    for number, price, floor in connection.execute(low.where(VALUES.c.value < VARIANT.c.producer_price_idr)):
        problems.extend([below_floor(price, floor).at(number)])


def _refuse(connection: Connection, rule: Rule, problems: Problems) -> None:
    statement, told = rule
    found = [told(row) for row in connection.execute(statement.order_by(VARIANTS.c.number))]
    first = {problem.row: problem for problem in reversed(found)}  # one reason is enough to refuse a row
    problems.extend(first[row] for row in sorted(first, key=lambda row: row or 0))
    remove(connection, VARIANTS, [row for row in first if row is not None])


# --- within the file -------------------------------------------------------------------------------------------------


def _firsts(*keys: ColumnElement[Any], among: Any, when: ColumnElement[bool]) -> Subquery:
    named = [key.label(f"key{place}") for place, key in enumerate(keys)]
    return (
        select(*named, func.min(VARIANTS.c.number).label("number"))
        .select_from(among).group_by(*keys).having(when).subquery("firsts")
    )  # fmt: skip


def _same_sku() -> Rule:
    firsts = _firsts(VARIANTS.c.sku_key, among=VARIANTS, when=func.count() > 1)
    statement = (
        select(VARIANTS.c.number, VARIANTS.c.sku, PRODUCTS.c.producer_code, FIRST.c.number.label("other"),
               FIRST.c.sku.label("other_sku"), FIRST_PRODUCT.c.producer_code.label("other_producer"))
        .join_from(VARIANTS, firsts, and_(firsts.c.key0 == VARIANTS.c.sku_key, firsts.c.number < VARIANTS.c.number))
        .join(FIRST, FIRST.c.number == firsts.c.number)
        .join(PRODUCTS, PRODUCTS.c.version == VARIANTS.c.version)
        .join(FIRST_PRODUCT, FIRST_PRODUCT.c.version == FIRST.c.version)
    )  # fmt: skip
    return statement, lambda row: _sku_taken(row, _("row {number}").format(number=row.other))


def _sku_taken(row: Any, where: str) -> Problem:
    if row.other_sku != row.sku:
        said = _("SKU differs only in letter case from {sku} in {where}; choose another")
        return _error(row.number, "sku", "sku_case_conflict", said.format(sku=row.other_sku, where=where))
    if row.other_producer != row.producer_code:
        said = _("SKU is already used by producer {producer} in {where}; choose another")
        message = said.format(producer=row.other_producer, where=where)
        return _error(row.number, "sku", "sku_other_producer", message)
    said = _("same SKU as {where}; it cannot be told which is right, remove one")
    return _error(row.number, "sku", "sku_duplicate", said.format(where=where))


def _other_version() -> Rule:
    firsts = _firsts(VARIANTS.c.code, among=VARIANTS, when=func.count(VARIANTS.c.version.distinct()) > 1)
    differs = [PRODUCTS.c[name].is_distinct_from(FIRST_PRODUCT.c[name]) for name in SAME_PRODUCT]
    column = case(*((different, name) for different, name in zip(differs, SAME_PRODUCT, strict=True)))
    statement = (
        select(VARIANTS.c.number, FIRST.c.number.label("other"), column.label("column_name"))
        .join_from(VARIANTS, firsts, firsts.c.key0 == VARIANTS.c.code)
        .join(FIRST, FIRST.c.number == firsts.c.number)
        .join(PRODUCTS, PRODUCTS.c.version == VARIANTS.c.version)
        .join(FIRST_PRODUCT, FIRST_PRODUCT.c.version == FIRST.c.version)
        .where(PRODUCTS.c.version != FIRST_PRODUCT.c.version, or_(*differs))
    )
    said = _("{column} differs from row {number} of the same product; make them equal")
    return statement, lambda row: _error(
        row.number, row.column_name, "product_differs", said.format(column=row.column_name, number=row.other)
    )


def _other_producer() -> Rule:
    among = VARIANTS.join(PRODUCTS, PRODUCTS.c.version == VARIANTS.c.version)
    several = or_(*(func.min(PRODUCTS.c[name]) != func.max(PRODUCTS.c[name]) for name in ("producer_name", "district")))
    firsts = _firsts(PRODUCTS.c.producer_code, among=among, when=several)
    other_name = PRODUCTS.c.producer_name != FIRST_PRODUCT.c.producer_name
    statement = (
        select(VARIANTS.c.number, FIRST.c.number.label("other"), PRODUCTS.c.producer_code,
               case((other_name, "producer_name"), else_="district").label("column_name"))
        .join_from(VARIANTS, PRODUCTS, PRODUCTS.c.version == VARIANTS.c.version)
        .join(firsts, firsts.c.key0 == PRODUCTS.c.producer_code)
        .join(FIRST, FIRST.c.number == firsts.c.number)
        .join(FIRST_PRODUCT, FIRST_PRODUCT.c.version == FIRST.c.version)
        .where(or_(other_name, PRODUCTS.c.district != FIRST_PRODUCT.c.district))
    )  # fmt: skip
    said = _("{column} of producer {producer} differs from row {number}; make them equal")
    return statement, lambda row: _error(
        row.number, row.column_name, "producer_differs",
        said.format(column=row.column_name, producer=row.producer_code, number=row.other),
    )  # fmt: skip


def _option(table: Any, number: int) -> ColumnElement[str]:
    return func.lower(func.coalesce(table.c[f"option{number}_value"], ""))


def _same_options() -> Rule:
    keys = (VARIANTS.c.code, _option(VARIANTS, 1), _option(VARIANTS, 2))
    firsts = _firsts(*keys, among=VARIANTS, when=func.count() > 1)
    same = and_(*(key == firsts.c[f"key{place}"] for place, key in enumerate(keys)))
    statement = select(VARIANTS.c.number, firsts.c.number.label("other")).join_from(
        VARIANTS, firsts, and_(same, firsts.c.number < VARIANTS.c.number)
    )
    said = _("same options as row {number}; a variant needs options of its own")
    return statement, lambda row: _error(
        row.number, "option1_value", "options_duplicate", said.format(number=row.other)
    )


# --- against the store -----------------------------------------------------------------------------------------------


def _sku_elsewhere() -> Rule:
    statement = (
        select(VARIANTS.c.number, VARIANTS.c.sku, PRODUCTS.c.producer_code, VARIANT.c.sku.label("other_sku"),
               PRODUCER.c.code.label("other_producer"), PRODUCT.c.code.label("other_product"))
        .join_from(VARIANTS, PRODUCTS, PRODUCTS.c.version == VARIANTS.c.version)
        .join(VARIANT, VARIANT.c.sku_key == VARIANTS.c.sku_key)
        .join(PRODUCT, PRODUCT.c.id == VARIANT.c.product_id)
        .join(PRODUCER, PRODUCER.c.id == PRODUCT.c.producer_id)
        .where(or_(VARIANT.c.sku != VARIANTS.c.sku, PRODUCT.c.code != VARIANTS.c.code,
                   PRODUCER.c.code != PRODUCTS.c.producer_code))
    )  # fmt: skip
    return statement, _stored_elsewhere


def _stored_elsewhere(row: Any) -> Problem:
    if row.other_sku != row.sku or row.other_producer != row.producer_code:
        return _sku_taken(row, _("the store"))
    said = _("SKU belongs to product {product} in the store; a SKU does not move")
    return _error(row.number, "sku", "sku_other_product", said.format(product=row.other_product))


def _stored_others() -> ColumnElement[bool]:
    """Variants in the store whose SKU no row of the file carries: they stay as they are."""
    again = VARIANTS.alias("again")
    return ~exists(select(literal(1)).select_from(again).where(again.c.sku_key == VARIANT.c.sku_key))


def _beside_stored(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(VARIANTS.c.number, VARIANT.c.sku.label("other"), *columns)
        .join_from(VARIANTS, PRODUCT, PRODUCT.c.code == VARIANTS.c.code)
        .join(VARIANT, VARIANT.c.product_id == PRODUCT.c.id)
        .where(_stored_others(), VARIANT.c.retired.is_(False))
    )


def _options_in_store() -> Rule:
    same = [_option(VARIANT, number) == _option(VARIANTS, number) for number in (1, 2)]
    said = _("same options as {sku} in the store; a variant needs options of its own")
    return _beside_stored().where(*same), lambda row: _error(
        row.number, "option1_value", "options_duplicate", said.format(sku=row.other)
    )


def _options_of_others() -> Rule:
    shape = [
        VARIANT.c[f"option{n}_value"].is_(None) != PRODUCTS.c[f"option{n}_name"].is_(None) for n in (1, 2)
    ]  # fmt: skip
    statement = _beside_stored().join(PRODUCTS, PRODUCTS.c.version == VARIANTS.c.version).where(or_(*shape))
    said = _("the product's options change, and {sku} in the store has no values for them; bring its row as well")
    return statement, lambda row: _error(row.number, "option1_name", "option_incomplete", said.format(sku=row.other))


def _spreads(connection: Connection, priced: Subquery, settings: RuleSettings) -> Iterator[Problem]:
    """Prices too far apart: told of the row that comes later, the store's variants before all rows."""
    others = (
        select(literal(0).label("number"), PRODUCT.c.code, VARIANT.c.price_idr)
        .join_from(VARIANT, PRODUCT, PRODUCT.c.id == VARIANT.c.product_id)
        .where(PRODUCT.c.code.in_(select(priced.c.code)), VARIANT.c.sku.not_in(select(priced.c.sku)))
    )
    every = union_all(select(priced.c.number, priced.c.code, priced.c.price_idr), others).subquery("every")
    lowest, highest = (
        extreme(every.c.price_idr).over(partition_by=every.c.code, order_by=every.c.number, rows=(None, 0))
        for extreme in (func.min, func.max)
    )
    running = select(every.c.number, every.c.price_idr, lowest.label("low"), highest.label("high")).subquery("running")
    far = settings.price_spread
    blamed = or_(running.c.price_idr >= far * running.c.low, running.c.price_idr * far <= running.c.high)
    for row in connection.execute(select(running).where(running.c.number > 0, blamed)):
        found = spread(min(row.low, row.price_idr), max(row.high, row.price_idr), settings)
        if found is not None:
            yield found.at(row.number)


# --- stock alone, prices alone ---------------------------------------------------------------------------------------


def _refuse_values(connection: Connection, problems: Problems, found: Sequence[Problem]) -> None:
    problems.extend(found)
    remove(connection, VALUES, [problem.row for problem in found if problem.row is not None])


def _unknown_skus(connection: Connection) -> list[Problem]:
    near = select(VARIANT.c.sku).where(VARIANT.c.sku_key == func.lower(VALUES.c.sku)).limit(1).scalar_subquery()
    known = exists(select(literal(1)).where(VARIANT.c.sku == VALUES.c.sku))
    rows = connection.execute(select(VALUES.c.number, VALUES.c.sku, near.label("near")).where(~known))
    return [_unknown_sku(row) for row in rows]


def _unknown_sku(row: Any) -> Problem:
    if row.near is not None:
        said = _("SKU '{sku}' is written {near} in the catalogue; write it so")
        return _error(row.number, "sku", "sku_case_conflict", said.format(sku=row.sku, near=row.near))
    said = _("SKU '{sku}' is not in the catalogue; correct it, or import the product first")
    return _error(row.number, "sku", "sku_unknown", said.format(sku=row.sku))


def _doubled(connection: Connection, counts: bool) -> list[Problem]:
    """A SKU twice in one file: two prices, or two counts of one moment, contradict each other."""
    keys = (VALUES.c.sku, VALUES.c.at) if counts else (VALUES.c.sku,)
    place = func.first_value(VALUES.c.number).over(partition_by=keys, order_by=VALUES.c.number).label("first")
    placed = select(VALUES.c.number, place).subquery("placed")
    said = _("same SKU as {where}; it cannot be told which is right, remove one")
    rows = connection.execute(select(placed).where(placed.c.number > placed.c.first))
    where = _("row {number}")
    return [
        _error(row.number, "sku", "sku_duplicate", said.format(where=where.format(number=row.first))) for row in rows
    ]


def _error(row: int, column: str, code: str, message: str) -> Problem:
    return Problem(row, column, code, Level.error, message)
