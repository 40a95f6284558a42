"""Reading the catalogue back as frozen values, and the counter by which others see what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection
from sqlmodel import Session

from syncer.catalogue.model import Picture, Producer, Product, ProductStatus, Variant
from syncer.store.tables import CounterRow, PictureRow, ProducerRow, ProductRow, VariantRow, stored

T = TypeVar("T")

COUNTERS, PRODUCERS, PRODUCTS = stored(CounterRow), stored(ProducerRow), stored(ProductRow)
PICTURES, VARIANTS = stored(PictureRow), stored(VariantRow)

BATCH = 500
COUNTER = "catalogue"


def bump(session: Session) -> int:
    """Advance the catalogue's counter, once per write transaction that changes anything, and return it."""
    return advance(session.connection())


def advance(connection: Connection) -> int:
    """`bump`, for those who hold a connection."""
    step = update(COUNTERS).where(COUNTERS.c.name == COUNTER).values(value=COUNTERS.c.value + 1)
    value = connection.execute(step.returning(COUNTERS.c.value)).scalar()
    if value is None:
        connection.execute(insert(COUNTERS).values(name=COUNTER, value=1))
        return 1
    return int(value)


def counter(session: Session) -> int:
    """The catalogue's counter now; 0 before the first change."""
    value = session.connection().execute(select(COUNTERS.c.value).where(COUNTERS.c.name == COUNTER)).scalar()
    return int(value or 0)


def touch(session: Session, product_ids: Iterable[int]) -> None:
    """Mark products as changed now: channels find them by `changed_since`."""
    ids = sorted(set(product_ids))
    if not ids:
        return
    seq = bump(session)
    for part in _parts(ids):
        session.connection().execute(update(PRODUCTS).where(PRODUCTS.c.id.in_(part)).values(changed_seq=seq))


def changed_since(session: Session, seq: int) -> tuple[list[int], int]:
    """The products changed after the counter stood at `seq`, oldest change first, and the counter now."""
    now = counter(session)
    changed = select(PRODUCTS.c.id).where(PRODUCTS.c.changed_seq > seq).order_by(PRODUCTS.c.changed_seq, PRODUCTS.c.id)
    return list(session.connection().execute(changed).scalars()), now


def ids_of(session: Session, skus: Sequence[str] | None = None, codes: Sequence[str] | None = None) -> dict[str, int]:
    """{SKU or product code as asked: the product's id}; with neither, {code: id} of all. The absent is left out."""
    if skus is None and codes is None:
        every = select(PRODUCTS.c.code, PRODUCTS.c.id).order_by(PRODUCTS.c.code)
        return dict(session.connection().execute(every).all())
    found: dict[str, int] = {}
    for column, product, wanted in (
        (VARIANTS.c.sku, VARIANTS.c.product_id, skus or ()), (PRODUCTS.c.code, PRODUCTS.c.id, codes or ()),
    ):  # fmt: skip
        for part in _parts(list(wanted)):
            rows = session.connection().execute(select(column, product).where(column.in_(part)))
            found.update(dict(rows.all()))
    return found


def stock_levels(session: Session, skus: Sequence[str]) -> dict[str, int]:
    """{SKU: the ledger's level}, which may be below zero; what is not there is left out."""
    found: dict[str, int] = {}
    for part in _parts(list(skus)):
        rows = session.connection().execute(select(VARIANTS.c.sku, VARIANTS.c.stock).where(VARIANTS.c.sku.in_(part)))
        found.update(dict(rows.all()))
    return found


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def load(session: Session, product_ids: Sequence[int]) -> dict[int, Product]:
    """{product id: product}: its variants (less those taken out), pictures and stock levels; 3 queries for each 500."""
    found: dict[int, Product] = {}
    for part in _parts(product_ids):
        found.update(_load(session.connection(), part))
    return found


def _load(connection: Connection, ids: Sequence[int]) -> dict[int, Product]:
    producer = (PRODUCERS.c[name].label(f"producer_{name}") for name in ("code", "name", "district", "paused"))
    products = connection.execute(
        select(PRODUCTS, *producer)
        .join_from(PRODUCTS, PRODUCERS, PRODUCERS.c.id == PRODUCTS.c.producer_id)
        .where(PRODUCTS.c.id.in_(ids))
    )
    pictures = _grouped(
        connection.execute(select(PICTURES).where(PICTURES.c.product_id.in_(ids)).order_by(PICTURES.c.position))
    )
    variants = _grouped(
        connection.execute(
            select(VARIANTS)
            .where(VARIANTS.c.product_id.in_(ids), VARIANTS.c.retired.is_(False))
            .order_by(VARIANTS.c.position, VARIANTS.c.id)
        )
    )
    rows = {row.id: row for row in products}
    return {id_: _product(rows[id_], pictures.get(id_, []), variants.get(id_, [])) for id_ in ids if id_ in rows}


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.product_id, []).append(row)
    return groups


def _product(row: Any, pictures: Sequence[Any], variants: Sequence[Any]) -> Product:
    names = tuple(name for name in (row.option1_name, row.option2_name) if name)
    return Product(
        code=row.code,
        producer=Producer(row.producer_code, row.producer_name, row.producer_district, row.producer_paused),
        name=row.name,
        description=row.description,
        category=row.category,
        brand=row.brand,
        option_names=names,
        pictures=tuple(Picture(p.path, p.sha256, p.width, p.height) for p in pictures),
        pirt=row.pirt,
        bpom_md=row.bpom_md,
        halal_id=row.halal_id,
        shelf_life_days=row.shelf_life_days,
        made_to_order_days=row.made_to_order_days,
        status=ProductStatus(row.status),
        variants=tuple(_variant(variant, len(names)) for variant in variants),
    )


def _variant(row: Any, options: int) -> Variant:
    return Variant(
        sku=row.sku,
        options=tuple(value or "" for value in (row.option1_value, row.option2_value)[:options]),
        barcode=row.barcode,
        price_idr=row.price_idr,
        net_weight_g=row.net_weight_g,
        ship_weight_g=row.ship_weight_g,
        length_cm=row.length_cm,
        width_cm=row.width_cm,
        height_cm=row.height_cm,
        producer_price_idr=row.producer_price_idr,
        stock_confirmed_on=row.stock_confirmed_on,
        stock=row.stock,
    )
