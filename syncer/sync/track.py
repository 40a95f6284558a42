"""What a marketplace has queued or is reviewing: asked about in its own time, until its end is known.

A queue's "accepted" is not a success: the change stands as accepted, its value is not acknowledged, and nothing more
is sent for that facet until `Tracker.poll` has told what became of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col, select

from adapters.contract import Accepted, AuthError, Change, Facet, MarketplaceError, Outcome, Receipt, Tracker
from syncer.channels.shop import Shop
from syncer.listing.canonical import from_text
from syncer.store.tables import FacetRow, ListingRow
from syncer.sync.lease import Lease
from syncer.sync.record import Place, record, stand_accepted
from syncer.sync.state import batches, views
from syncer.sync.view import ListingView, Standing

RECEIPTS_MOST = 20
"""So many receipts are asked about before what was learnt is stored."""

ASK_AGAIN = timedelta(seconds=60)
"""When the asking itself failed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One accepted change, the listing row that it belongs to, and the hash of what its value was rendered from."""

    listing_id: int
    change: Change
    receipt: str
    source: str | None = None


Learnt = Sequence[tuple[Pending, Outcome]]


@dataclass(slots=True)
class Ask:
    """The errand of asking about what is due to be asked about, and storing what was learnt.

    `told` is given what was learnt and says whether the plan is out of date by it.
    """

    shop: Shop
    lease: Lease
    run_id: int
    skus: frozenset[str] | None
    told: Callable[[Learnt], bool]
    _due: Sequence[Pending] = field(default=())

    def begin(self) -> Callable[[], list[Outcome]] | None:
        """See `Errand`.

        Raises:
            LeaseLost: another run has the channel.
        """
        tracker, now = self.shop.adapter, self.shop.clock.now()
        if not isinstance(tracker, Tracker):
            return None
        with self.shop.database.read() as session:
            self._due = _due(session, self.shop.id, self.skus, now)
        if not self._due:
            return None
        with self.shop.database.write() as session:
            self.lease.arm(session, self.shop.adapter.limits.deadline_s)
        return partial(tracker.poll, _receipts(self._due))

    def conclude(self, read: Sequence[Outcome]) -> bool:
        """See `Errand`.

        Raises:
            LeaseLost: another run has the channel; nothing was stored.
        """
        _record(self.shop, self.lease, self.run_id, self._due, read)
        return self.told(list(zip(self._due, read, strict=True)))

    def failed(self, error: MarketplaceError) -> None:
        """Ask again later.

        Raises:
            AuthError: the shop must be authorised again.
        """
        if isinstance(error, AuthError):
            raise error
        _postpone(self.shop, self.lease, self._due, error.until or self.shop.clock.now() + ASK_AGAIN)


def _receipts(due: Sequence[Pending]) -> list[Receipt]:
    """`due`, in the same order, with the changes of one receipt together (`_whole_receipts` has sorted them so)."""
    grouped: dict[str, list[Change]] = {}
    for pending in due:
        grouped.setdefault(pending.receipt, []).append(pending.change)
    return [Receipt(receipt, tuple(changes)) for receipt, changes in grouped.items()]


def _due(session: Session, channel_id: int, skus: frozenset[str] | None, now: datetime) -> list[Pending]:
    rows = session.exec(
        select(FacetRow)
        .where(
            FacetRow.channel_id == channel_id, FacetRow.standing == Standing.accepted.value,
            col(FacetRow.not_before) <= now,
        )
        .order_by(col(FacetRow.not_before), col(FacetRow.id))
    ).all()  # fmt: skip
    chosen = _whole_receipts(rows)
    known = {view.id: view for view in views(session, sorted({row.listing_id for row in chosen})).values()}
    found = [_pending(row, known[row.listing_id]) for row in chosen]
    return [p for p in found if p is not None and (skus is None or skus & set(known[p.listing_id].offers))]


def _whole_receipts(rows: Sequence[FacetRow]) -> list[FacetRow]:
    """The rows of the first so many receipts, receipt by receipt: what one queue holds is asked about at once."""
    first = list(dict.fromkeys(row.receipt for row in rows))[:RECEIPTS_MOST]
    return [row for receipt in first for row in rows if row.receipt == receipt]


def _pending(row: FacetRow, view: ListingView) -> Pending | None:
    facet = Facet(row.facet)
    if row.receipt is None:
        return None
    if row.value_json is not None:
        queued = json.loads(row.value_json)
        value = from_text(facet, json.dumps(queued["value"]))
        change = Change(facet, view.code, row.sku or None, None, value, view.ids, next_step=row.next_step)
        return Pending(row.listing_id, change, row.receipt, queued["source"])
    if view.intent is None:
        return None
    change = Change(
        Facet.structure, view.code, None, None, view.intent.wanted, view.ids, intent=view.intent.intent,
        next_step=row.next_step,
    )  # fmt: skip
    return Pending(row.listing_id, change, row.receipt)


def _record(shop: Shop, lease: Lease, run_id: int, due: Sequence[Pending], outcomes: Sequence[Outcome]) -> None:
    now = shop.clock.now()
    with shop.database.write() as session:
        lease.check(session)
        for pending, outcome in zip(due, outcomes, strict=True):
            sources = {} if pending.source is None else {pending.change.facet: pending.source}
            place = Place(run_id, shop.id, pending.listing_id, now, sources)
            if isinstance(outcome, Accepted):
                stand_accepted(session, place, pending.change, outcome)  # no news: not another line in the run
            else:
                record(session, place, pending.change, outcome)
        _due_again(
            session, [p.listing_id for p, o in zip(due, outcomes, strict=True) if not isinstance(o, Accepted)], now
        )


def _postpone(shop: Shop, lease: Lease, due: Sequence[Pending], until: datetime) -> None:
    with shop.database.write() as session:
        lease.check(session)
        for part in batches(sorted({pending.listing_id for pending in due})):
            waiting = select(FacetRow).where(
                col(FacetRow.listing_id).in_(part), FacetRow.standing == Standing.accepted.value
            )
            for row in session.exec(waiting):
                row.not_before = row.retry_at = until
                session.add(row)


def _due_again(session: Session, listing_ids: Sequence[int], now: datetime) -> None:
    """Mark these listings due: what a queue took is compared anew with what is wanted by now."""
    for part in batches(listing_ids):
        for row in session.exec(select(ListingRow).where(col(ListingRow.id).in_(part))):
            row.due_at = now
            session.add(row)
