"""What is held, as a person sees it and decides it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from syncer.errors import UsageError
from syncer.store.tables import ChannelRow, HeldChangeRow, HoldRow, ListingRow, ProductRow
from syncer.texts import _, told


@dataclass(frozen=True, slots=True)
class HeldChange:
    """One change that waits: exactly this is approved or rejected."""

    product: str
    sku: str | None
    facet: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """One hold: the rule that tripped, its sentence with the numbers (kept), and the changes."""

    id: int
    channel: str
    rule: str
    message: str
    since: datetime
    changes: tuple[HeldChange, ...]

    def as_json(self) -> dict[str, Any]:
        """As scripts read it."""
        return {**asdict(self), "message": told(self.message)}


def waiting(session: Session) -> list[Held]:
    """Everything that waits for a decision, oldest first."""
    rows = session.exec(
        select(HoldRow, ChannelRow.name)
        .join(ChannelRow, col(HoldRow.channel_id) == ChannelRow.id)
        .where(col(HoldRow.decision).is_(None))
        .order_by(col(HoldRow.id))
    )
    return [_held(session, row, name) for row, name in rows]


def decide(session: Session, number: int, decision: str, now: datetime) -> Held:
    """Approve or reject a hold; its listings are looked at by the next run.

    Raises:
        UsageError: no such hold waits.
    """
    row = session.get(HoldRow, number)
    if row is None or row.decision is not None:
        raise UsageError(_("no hold {number} waits; `syncer held` shows those that do").format(number=number))
    name = session.exec(select(ChannelRow.name).where(ChannelRow.id == row.channel_id)).one()
    one = _held(session, row, name)
    row.decision, row.decided_at = decision, now
    session.add(row)
    listings = select(HeldChangeRow.listing_id).where(HeldChangeRow.hold_id == number)
    for listing in session.exec(select(ListingRow).where(col(ListingRow.id).in_(listings))):
        listing.due_at = now
        session.add(listing)
    return one


def _held(session: Session, row: HoldRow, channel: str) -> Held:
    changes = session.exec(
        select(HeldChangeRow, ProductRow.code)
        .join(ListingRow, col(HeldChangeRow.listing_id) == ListingRow.id)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .where(HeldChangeRow.hold_id == row.id)
        .order_by(col(HeldChangeRow.id))
    )
    lines = tuple(HeldChange(code, c.sku or None, c.facet, c.before, c.after) for c, code in changes)
    return Held(row.id or 0, channel, row.rule, row.message, row.created_at, lines)
