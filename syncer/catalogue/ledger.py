"""The stock ledger: append-only, folded in ledger time.

A count sets the level at its own time; sales and corrections move it. What was sold before a count is in that count
already, so an order that is read late changes nothing, and booking in another order gives the same level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from syncer.catalogue.model import Movement, MovementKind
from syncer.catalogue.products import bump
from syncer.store.tables import ProductRow, StockMovementRow, VariantRow


class UnknownSku(LookupError):
    """A movement of a SKU that the catalogue does not have."""


def level(movements: Iterable[Movement]) -> int:
    """Pieces on hand: the latest count, and every movement later than it. May be below zero."""
    ordered = sorted(movements, key=lambda m: m.at)
    counts = [m for m in ordered if m.counted is not None]
    if not counts:
        return sum(m.delta for m in ordered)
    last = max(counts, key=lambda m: m.at)
    latest = [m for m in counts if m.at == last.at][-1]
    return (latest.counted or 0) + sum(m.delta for m in ordered if m.counted is None and m.at > latest.at)


def book(
    session: Session, movements: Sequence[Movement], recorded_at: datetime, import_id: int | None = None
) -> list[str]:
    """Append `movements`, skipping a (SKU, reference) already there; returns the SKUs whose level changed.

    Raises:
        UnknownSku: a SKU is not in the catalogue; nothing is booked.
    """
    if not movements:
        return []
    variants = variants_of(session, [m.sku for m in movements])
    fresh = _fresh(session, movements, variants)
    session.flush()
    if fresh:
        session.connection().execute(
            insert(StockMovementRow), [_row(m, variants[m.sku], recorded_at, import_id) for m in fresh]
        )
    return refold(session, [variants[m.sku] for m in fresh])


def variants_of(session: Session, skus: Iterable[str]) -> dict[str, VariantRow]:
    """{SKU: its row}.

    Raises:
        UnknownSku: one is not in the catalogue.
    """
    wanted = sorted(set(skus))
    found: dict[str, VariantRow] = {}
    for start in range(0, len(wanted), 500):
        rows = session.exec(select(VariantRow).where(col(VariantRow.sku).in_(wanted[start : start + 500])))
        found.update({row.sku: row for row in rows})
    missing = [sku for sku in wanted if sku not in found]
    if missing:
        raise UnknownSku(missing[0])
    return found


def refold(session: Session, variants: Sequence[VariantRow]) -> list[str]:
    """Set the stored level of these variants from the ledger; returns the SKUs whose level changed."""
    changed = []
    by_id = {row.id: row for row in variants if row.id is not None}
    ids = sorted(by_id)
    for start in range(0, len(ids), 500):
        for variant_id, movements in _movements(session, ids[start : start + 500]).items():
            row, now = by_id[variant_id], level(movements)
            if row.stock != now:
                row.stock = now
                session.add(row)
                changed.append(row)
    _touch(session, changed)
    return [row.sku for row in changed]


def last_counts(session: Session, skus: Sequence[str]) -> dict[str, datetime]:
    """{SKU: ledger time of its last count}; a SKU that was never counted is left out."""
    counts: dict[str, datetime] = {}
    for start in range(0, len(skus), 500):
        rows = session.exec(
            select(VariantRow.sku, StockMovementRow.at)
            .join(StockMovementRow, col(StockMovementRow.variant_id) == VariantRow.id)
            .where(
                col(VariantRow.sku).in_(skus[start : start + 500]),
                col(StockMovementRow.counted).is_not(None),
                col(StockMovementRow.undone).is_(False),
            )
        )
        for sku, at in rows:
            counts[sku] = max(at, counts.get(sku, at))
    return counts


def _fresh(session: Session, movements: Sequence[Movement], variants: dict[str, VariantRow]) -> list[Movement]:
    references = sorted({m.reference for m in movements if m.reference is not None})
    known: set[tuple[int, str]] = set()
    for start in range(0, len(references), 500):
        rows = session.exec(
            select(StockMovementRow.variant_id, StockMovementRow.reference).where(
                col(StockMovementRow.reference).in_(references[start : start + 500])
            )
        )
        known.update((variant, reference) for variant, reference in rows if reference is not None)
    fresh = []
    for movement in movements:
        key = (variants[movement.sku].id or 0, movement.reference or "")
        if movement.reference is None or key not in known:
            fresh.append(movement)
            known.add(key)
    return fresh


def _row(movement: Movement, variant: VariantRow, recorded_at: datetime, import_id: int | None) -> dict[str, object]:
    return {
        "variant_id": variant.id, "kind": movement.kind.value, "at": movement.at, "delta": movement.delta,
        "counted": movement.counted, "reason": movement.reason, "reference": movement.reference,
        "import_id": import_id, "recorded_at": recorded_at, "undone": False,
    }  # fmt: skip


def _movements(session: Session, variant_ids: Sequence[int]) -> dict[int, list[Movement]]:
    found: dict[int, list[Movement]] = {variant: [] for variant in variant_ids}
    rows = session.exec(
        select(StockMovementRow)
        .where(col(StockMovementRow.variant_id).in_(variant_ids), col(StockMovementRow.undone).is_(False))
        .order_by(col(StockMovementRow.at), col(StockMovementRow.id))
    )
    for row in rows:
        found[row.variant_id].append(Movement("", MovementKind(row.kind), row.at, row.delta, row.counted))
    return found


def _touch(session: Session, variants: Sequence[VariantRow]) -> None:
    if not variants:
        return
    seq = bump(session)
    for product_id in sorted({row.product_id for row in variants}):
        product = session.get_one(ProductRow, product_id)
        product.changed_seq = seq
        session.add(product)
