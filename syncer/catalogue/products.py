"""Reading the catalogue back as frozen values, and the counter by which others see what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlmodel import Session, col, select

from syncer.catalogue.model import Picture, Producer, Product, ProductStatus, Variant
from syncer.store.tables import CounterRow, PictureRow, ProducerRow, ProductRow, VariantRow

R = TypeVar("R", PictureRow, VariantRow)

BATCH = 500
COUNTER = "catalogue"


def bump(session: Session) -> int:
    """Advance the catalogue's counter, once per write transaction that changes anything, and return it."""
    row = session.get(CounterRow, COUNTER, with_for_update=True) or CounterRow(name=COUNTER, value=0)
    row.value += 1
    session.add(row)
    session.flush()
    return row.value


def load(session: Session, product_ids: Sequence[int]) -> dict[int, Product]:
    """{product row: product} with its variants, pictures and stock levels."""
    found: dict[int, Product] = {}
    for start in range(0, len(product_ids), BATCH):
        found.update(_load(session, product_ids[start : start + BATCH]))
    return found


def _load(session: Session, ids: Sequence[int]) -> dict[int, Product]:
    pictures = _grouped(
        session.exec(select(PictureRow).where(col(PictureRow.product_id).in_(ids)).order_by(col(PictureRow.position)))
    )
    variants = _grouped(
        session.exec(
            select(VariantRow)
            .where(col(VariantRow.product_id).in_(ids))
            .order_by(col(VariantRow.position), col(VariantRow.id))
        )
    )
    rows = session.exec(select(ProductRow, ProducerRow).join(ProducerRow).where(col(ProductRow.id).in_(ids)))
    return {
        row.id: _product(row, producer, pictures.get(row.id, []), variants.get(row.id, []))
        for row, producer in rows
        if row.id is not None
    }


def _grouped(rows: Iterable[R]) -> dict[int, list[R]]:
    groups: dict[int, list[R]] = {}
    for row in rows:
        groups.setdefault(row.product_id, []).append(row)
    return groups


def _product(
    row: ProductRow, producer: ProducerRow, pictures: Sequence[PictureRow], variants: Sequence[VariantRow]
) -> Product:
    names = tuple(name for name in (row.option1_name, row.option2_name) if name)
    return Product(
        code=row.code,
        producer=Producer(producer.code, producer.name, producer.district, producer.paused),
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
        variants=tuple(_variant(v, len(names)) for v in variants),
    )


def _variant(row: VariantRow, options: int) -> Variant:
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
