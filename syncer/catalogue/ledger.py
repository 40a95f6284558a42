"""The stock ledger: append-only, folded in ledger time.

A count sets the level at its own time; sales and corrections move it. What was sold before a count is in that count
already, so an order that is read late changes nothing, and booking in another order gives the same level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, or_, select, update
from sqlmodel import Session

from syncer.catalogue.model import Movement
from syncer.catalogue.products import touch
from syncer.store.tables import StockMovementRow, VariantRow, stored

T = TypeVar("T")

BATCH = 500
MOVEMENT, VARIANT = stored(StockMovementRow), stored(VariantRow)


class UnknownSku(LookupError):
    """A movement of a SKU that the catalogue does not have."""


def level(movements: Iterable[Movement]) -> int:
    """Pieces on hand: the latest count, and every movement later than it. May be below zero.

    Of counts at one time the one booked last stands; `movements` come in the order in which they were booked.
    """
    ordered = sorted(movements, key=lambda m: m.at)
    last = next((m for m in reversed(ordered) if m.counted is not None), None)
    if last is None:
        return sum(m.delta for m in ordered)
    return (last.counted or 0) + sum(m.delta for m in ordered if m.counted is None and m.at > last.at)


def levels(variants: ColumnElement[bool]) -> Select[Any]:
    """(variant id, level) as `level` folds it, by the database, of the variants that answer to a condition."""
    of_these = MOVEMENT.c.variant_id.in_(select(VARIANT.c.id).where(variants))
    standing = MOVEMENT.c.undone.is_(False)
    latest_first = (MOVEMENT.c.at.desc(), MOVEMENT.c.id.desc())
    place = func.row_number().over(partition_by=MOVEMENT.c.variant_id, order_by=latest_first).label("place")
    counts = (
        select(MOVEMENT.c.variant_id, MOVEMENT.c.at, MOVEMENT.c.counted, place)
        .where(of_these, standing, MOVEMENT.c.counted.is_not(None)).subquery("counts")
    )  # fmt: skip
    last = select(counts).where(counts.c.place == 1).subquery("last_count")
    moved = and_(
        MOVEMENT.c.variant_id == VARIANT.c.id, standing, MOVEMENT.c.counted.is_(None),
        or_(last.c.at.is_(None), MOVEMENT.c.at > last.c.at),
    )  # fmt: skip
    total = func.coalesce(func.max(last.c.counted), 0) + func.coalesce(func.sum(MOVEMENT.c.delta), 0)
    return (
        select(VARIANT.c.id.label("variant_id"), total.label("stock"))
        .outerjoin_from(VARIANT, last, last.c.variant_id == VARIANT.c.id)
        .outerjoin(MOVEMENT, moved)
        .where(variants).group_by(VARIANT.c.id)
    )  # fmt: skip


def book(
    session: Session, movements: Sequence[Movement], recorded_at: datetime, import_id: int | None = None
) -> list[str]:
    """Append `movements`, skipping a (SKU, reference) already there; returns the SKUs whose level changed.

    Raises:
        UnknownSku: a SKU is not in the catalogue; nothing is booked.
    """
    if not movements:
        return []
    session.flush()
    variants = variants_of(session, [movement.sku for movement in movements])
    fresh = list(_fresh(session, movements, variants))
    if not fresh:
        return []
    rows = [_row(movement, variants[movement.sku], recorded_at, import_id) for movement in fresh]
    session.connection().execute(insert(MOVEMENT), rows)
    return refold(session, [variants[movement.sku] for movement in fresh])


def variants_of(session: Session, skus: Iterable[str]) -> dict[str, int]:
    """{SKU: its variant's id}.

    Raises:
        UnknownSku: one is not in the catalogue.
    """
    wanted = sorted(set(skus))
    found: dict[str, int] = {}
    for part in _parts(wanted):
        rows = session.connection().execute(select(VARIANT.c.sku, VARIANT.c.id).where(VARIANT.c.sku.in_(part)))
        found.update(dict(rows.all()))
    missing = [sku for sku in wanted if sku not in found]
    if missing:
        raise UnknownSku(missing[0])
    return found


def refold(session: Session, variant_ids: Iterable[int]) -> list[str]:
    """Set the stored level of these variants from the ledger; returns the SKUs whose level changed."""
    changed: list[str] = []
    products: set[int] = set()
    connection = session.connection()
    for part in _parts(sorted(set(variant_ids))):
        fold = levels(VARIANT.c.id.in_(part)).subquery("fold")
        rows = connection.execute(
            select(VARIANT.c.id, VARIANT.c.sku, VARIANT.c.product_id, fold.c.stock)
            .join_from(VARIANT, fold, fold.c.variant_id == VARIANT.c.id).where(VARIANT.c.stock != fold.c.stock)
        ).all()  # fmt: skip
        if rows:
            values = [{"variant": row.id, "folded": row.stock} for row in rows]
            statement = update(VARIANT).where(VARIANT.c.id == bindparam("variant")).values(stock=bindparam("folded"))
            connection.execute(statement, values)
        changed += [row.sku for row in rows]
        products |= {row.product_id for row in rows}
    touch(session, products)
    return changed


def last_counts(session: Session, skus: Sequence[str]) -> dict[str, datetime]:
    """{SKU: ledger time of its last count}; a SKU that was never counted is left out."""
    counts: dict[str, datetime] = {}
    for part in _parts(skus):
        rows = session.connection().execute(
            select(VARIANT.c.sku, func.max(MOVEMENT.c.at, type_=MOVEMENT.c.at.type))
            .join_from(VARIANT, MOVEMENT, MOVEMENT.c.variant_id == VARIANT.c.id)
            .where(VARIANT.c.sku.in_(part), MOVEMENT.c.counted.is_not(None), MOVEMENT.c.undone.is_(False))
            .group_by(VARIANT.c.sku)
        )
        counts.update(dict(rows.all()))
    return counts


def _fresh(session: Session, movements: Sequence[Movement], variants: dict[str, int]) -> Iterator[Movement]:
    """The movements whose (SKU, reference) is not in the ledger, nor earlier in `movements`."""
    asked = [(variants[m.sku], m.reference) for m in movements if m.reference is not None]
    known: set[tuple[int, str]] = set()
    for part in _parts(asked):
        rows = session.connection().execute(
            select(MOVEMENT.c.variant_id, MOVEMENT.c.reference).where(
                MOVEMENT.c.variant_id.in_({variant for variant, _ in part}),
                MOVEMENT.c.reference.in_({reference for _, reference in part}),
            )
        )
        known.update((variant, reference) for variant, reference in rows)
    for movement in movements:
        key = (variants[movement.sku], movement.reference or "")
        if movement.reference is None or key not in known:
            known.add(key)
            yield movement


def _row(movement: Movement, variant_id: int, recorded_at: datetime, import_id: int | None) -> dict[str, Any]:
    return {
        "variant_id": variant_id, "kind": movement.kind.value, "at": movement.at, "delta": movement.delta,
        "counted": movement.counted, "reason": movement.reason, "reference": movement.reference,
        "import_id": import_id, "recorded_at": recorded_at, "undone": False,
    }  # fmt: skip


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
