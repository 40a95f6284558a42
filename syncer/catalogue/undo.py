"""Taking the last import back: values as they were, counts passed over, new products gone unless a shop shows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from syncer.catalogue.ledger import refold
from syncer.catalogue.products import bump
from syncer.errors import Failed
from syncer.store.database import Database
from syncer.store.tables import (
    ImportRow,
    ListingRow,
    OfferRow,
    PictureRow,
    ProducerRow,
    ProductRow,
    StockMovementRow,
    VariantRow,
)
from syncer.texts import _


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    import_id: int
    file: str
    products: int
    variants: int
    counts: int


def undo_last(database: Database, now: datetime) -> Undone:
    """Take the last import back.

    Raises:
        Failed: there is none, or something that it created is in a shop already.
    """
    with database.write() as session:
        row = session.exec(
            select(ImportRow).where(col(ImportRow.undone_at).is_(None)).order_by(col(ImportRow.id).desc()).limit(1)
        ).first()
        if row is None or row.id is None:
            raise Failed(_("there is no import to take back"))
        before = json.loads(row.before_json)
        _refuse_if_shown(session, before)
        counts = _pass_over(session, row.id)
        _restore_variants(session, before["variants"])
        _restore_products(session, before["products"])
        _restore_producers(session, before["producers"])
        _mark_all(session, before)
        row.undone_at = now
        session.add(row)
        return Undone(row.id, row.file, len(before["products"]), len(before["variants"]), counts)


def _refuse_if_shown(session: Session, before: dict[str, Any]) -> None:
    created = [sku for sku, old in before["variants"].items() if old is None]
    shown = session.exec(
        select(OfferRow.sku).where(col(OfferRow.sku).in_(created), col(OfferRow.external_id).is_not(None))
    ).first()
    if shown is not None:
        text = _("{sku} came with this import and is in a shop already; archive its product instead")
        raise Failed(text.format(sku=shown))


def _pass_over(session: Session, import_id: int) -> int:
    rows = session.exec(select(StockMovementRow).where(StockMovementRow.import_id == import_id)).all()
    for row in rows:
        row.undone = True
        row.reference = None if row.reference is None else f"{row.reference} (undone {import_id})"
        session.add(row)
    session.flush()
    ids = sorted({row.variant_id for row in rows})
    refold(session, [session.get_one(VariantRow, variant) for variant in ids])
    return len(rows)


def _restore_variants(session: Session, before: dict[str, Any]) -> None:
    for sku, old in before.items():
        row = session.exec(select(VariantRow).where(VariantRow.sku == sku)).one()
        if old is None:
            session.exec(delete(StockMovementRow).where(col(StockMovementRow.variant_id) == row.id))
            session.exec(delete(OfferRow).where(col(OfferRow.sku) == sku))
            session.delete(row)
            continue
        _set(row, old)
        session.add(row)
    session.flush()


def _restore_products(session: Session, before: dict[str, Any]) -> None:
    for code, old in before.items():
        row = session.exec(select(ProductRow).where(ProductRow.code == code)).one()
        if old is None:
            for table in (PictureRow, ListingRow):
                session.exec(delete(table).where(col(table.product_id) == row.id))
            session.delete(row)
            continue
        pictures = old.pop("pictures")
        _set(row, old)
        session.add(row)
        session.exec(delete(PictureRow).where(col(PictureRow.product_id) == row.id))
        session.add_all(PictureRow(**picture) for picture in pictures)
    session.flush()


def _restore_producers(session: Session, before: dict[str, Any]) -> None:
    for code, old in before.items():
        row = session.exec(select(ProducerRow).where(ProducerRow.code == code)).one()
        if old is None:
            session.delete(row)
        else:
            _set(row, old)
            session.add(row)


def _set(row: ProductRow | VariantRow | ProducerRow, old: dict[str, Any]) -> None:
    for name, value in old.items():
        dated = name == "stock_confirmed_on" and value is not None
        setattr(row, name, date.fromisoformat(value) if dated else value)


def _mark_all(session: Session, before: dict[str, Any]) -> None:
    codes = [code for code, old in before["products"].items() if old is not None]
    skus = [sku for sku, old in before["variants"].items() if old is not None]
    by_code = select(ProductRow).where(col(ProductRow.code).in_(codes))
    by_sku = select(ProductRow).join(VariantRow).where(col(VariantRow.sku).in_(skus))
    rows = {row.code: row for statement in (by_code, by_sku) for row in session.exec(statement)}
    if rows:
        seq = bump(session)
        for row in rows.values():
            row.changed_seq = seq
            session.add(row)
