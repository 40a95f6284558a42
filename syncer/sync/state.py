"""Between the tables and the frozen views: which listings are due, and what is known of them.

What is due is derived from what is stored, so nothing is lost when the process dies: a write to the catalogue leaves
its count on the product, and a channel looks at every product above the count that it has seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import TextClause, bindparam, func, or_, text
from sqlmodel import Session, col, select

from adapters.contract import Cause, Facet, Intent, Listing
from syncer.listing.canonical import CONTENT, LISTING, STRUCTURE
from syncer.store.database import Instant
from syncer.store.tables import (
    ChannelRow,
    FacetRow,
    HeldChangeRow,
    HoldRow,
    IntentRow,
    ListingRow,
    OfferRow,
    OutcomeRow,
    ProductRow,
    StockMovementRow,
    VariantRow,
)
from syncer.sync.guard import Binding, History
from syncer.sync.matching import Doubt, why
from syncer.sync.view import (
    FacetView,
    IntentView,
    Key,
    ListingView,
    OfferView,
    Standing,
)
from syncer.texts import kept

T = TypeVar("T")
R = TypeVar("R", OfferRow, FacetRow)

RETRY_MOST = timedelta(hours=25)
"""Beyond the longest back-off: a retry clock so far ahead counts as due."""

BATCH = 500
"""Rows asked for at once: well below SQLite's limit of bound values."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which listings a run looks at. `skus` None = all; `everything` = also those in step (`--force`)."""

    skus: frozenset[str] | None = None
    everything: bool = False
    patient: bool = True


def batches(things: Sequence[T]) -> Iterable[Sequence[T]]:
    """`things` in slices of BATCH."""
    return (things[start : start + BATCH] for start in range(0, len(things), BATCH))


# --- what is due -----------------------------------------------------------------------------------------------------


def mark_changed(session: Session, channel_id: int, now: datetime) -> None:
    """Mark due what the catalogue changed since this channel last looked; new products and variants get their rows."""
    channel = session.get_one(ChannelRow, channel_id)
    latest = session.exec(select(func.max(ProductRow.changed_seq))).one() or 0
    if latest <= channel.catalogue_seq:
        return
    place = {"channel": channel_id, "seen": channel.catalogue_seq, "now": now}
    for statement in (_NEW_LISTINGS, _NEW_OFFERS):
        session.connection().execute(statement, place)
    channel.catalogue_seq = latest
    session.add(channel)


def _timed(statement: str) -> TextClause:
    return text(statement).bindparams(bindparam("now", type_=Instant()))


_NEW_LISTINGS = _timed(
    "INSERT INTO listing (channel_id, product_id, due_at, created, disturbed, renderer, source_json) "
    "SELECT :channel, id, :now, false, false, 0, '{}' FROM product WHERE changed_seq > :seen "
    "ON CONFLICT (channel_id, product_id) DO UPDATE SET due_at = excluded.due_at"
)
_NEW_OFFERS = text(
    "INSERT INTO offer (channel_id, listing_id, sku) SELECT :channel, l.id, v.sku FROM product p "
    "JOIN listing l ON l.product_id = p.id AND l.channel_id = :channel "
    "JOIN variant v ON v.product_id = p.id WHERE p.changed_seq > :seen "
    "ON CONFLICT (channel_id, sku) DO NOTHING"
)


def due_listings(session: Session, channel_id: int, selection: Selection, now: datetime) -> list[int]:
    """The listing rows to look at now, oldest due first. Costs the number of due rows, never the catalogue's size."""
    mine = select(OfferRow.listing_id).where(OfferRow.channel_id == channel_id)
    if selection.skus is not None:
        return sorted(set(session.exec(mine.where(col(OfferRow.sku).in_(selection.skus)))))
    if selection.everything:
        return sorted(set(session.exec(mine)))
    due = select(ListingRow).where(
        ListingRow.channel_id == channel_id, col(ListingRow.due_at).is_not(None), col(ListingRow.due_at) <= now
    )
    stuck = select(FacetRow.listing_id).where(FacetRow.channel_id == channel_id)
    if selection.patient:
        wrong = col(FacetRow.retry_at) > now + RETRY_MOST  # written by a clock that was ahead
        stuck = stuck.where(col(FacetRow.retry_at).is_not(None), or_(col(FacetRow.retry_at) <= now, wrong))
    return sorted({*map(_id, session.exec(due)), *session.exec(stuck)})


def next_due(session: Session, channel_id: int) -> datetime | None:
    """The first instant at which anything of the channel becomes due by itself."""
    listing = session.exec(select(func.min(ListingRow.due_at)).where(ListingRow.channel_id == channel_id)).one()
    facet = session.exec(select(func.min(FacetRow.retry_at)).where(FacetRow.channel_id == channel_id)).one()
    return min((moment for moment in (listing, facet) if moment is not None), default=None)


# --- views -----------------------------------------------------------------------------------------------------------


def views(session: Session, listing_ids: Sequence[int]) -> dict[int, ListingView]:
    """What is stored of these listings, {product row: view}."""
    found: dict[int, ListingView] = {}
    for part in batches(listing_ids):
        offers = _grouped(session.exec(select(OfferRow).where(col(OfferRow.listing_id).in_(part))).all())
        facets = _grouped(session.exec(select(FacetRow).where(col(FacetRow.listing_id).in_(part))).all())
        intents = {
            row.listing_id: _intent(row)
            for row in session.exec(
                select(IntentRow).where(col(IntentRow.listing_id).in_(part), col(IntentRow.closed_at).is_(None))
            )
        }
        rows = session.exec(
            select(ListingRow, ProductRow.code).join(ProductRow).where(col(ListingRow.id).in_(part))
        ).all()
        for row, code in rows:
            key = _id(row)
            found[row.product_id] = _view(row, code, offers.get(key, []), facets.get(key, []), intents.get(key))
    return found


def _id(row: ListingRow) -> int:
    if row.id is None:
        raise LookupError("a listing that was never stored has no view")
    return row.id


def _grouped(rows: Iterable[R]) -> dict[int, list[R]]:
    groups: dict[int, list[R]] = {}
    for row in rows:
        groups.setdefault(row.listing_id, []).append(row)
    return groups


def _view(
    row: ListingRow, code: str, offers: Sequence[OfferRow], facets: Sequence[FacetRow], intent: IntentView | None
) -> ListingView:
    return ListingView(
        id=_id(row),
        code=code,
        external_id=row.external_id,
        created=row.created,
        gone=row.state == "gone",
        disturbed=row.disturbed,
        doubt=_doubt(row, code),
        renderer=row.renderer,
        sources={Facet(facet): source for facet, source in json.loads(row.source_json).items()},
        content=CONTENT.validate_json(row.content_acknowledged) if row.content_acknowledged else None,
        structure=STRUCTURE.validate_json(row.structure_acknowledged) if row.structure_acknowledged else None,
        visible=row.visibility_acknowledged,
        offers={o.sku: _offer(o) for o in offers},
        facets=dict(map(_facet, facets)),
        intent=intent,
    )


def _offer(row: OfferRow) -> OfferView:
    return OfferView(row.external_id, row.price_acknowledged, row.stock_acknowledged, row.removed_at is not None)


def _doubt(row: ListingRow, code: str) -> str | None:
    if row.doubt_json is None:
        return None
    doubt = json.loads(row.doubt_json)
    return kept("{product}: {why}: {listings}", product=code, why=why(Doubt(doubt["doubt"])),
                listings=", ".join(doubt["listings"]))  # fmt: skip


def _facet(row: FacetRow) -> tuple[Key, FacetView]:
    return (Facet(row.facet), row.sku), FacetView(
        standing=Standing(row.standing),
        cause=Cause(row.cause) if row.cause else None,
        code=row.code,
        message=row.message,
        wanted=row.wanted,
        attempts=row.attempts,
        since=row.since,
        retry_at=row.retry_at,
        not_before=row.not_before,
        next_step=row.next_step,
        receipt=row.receipt,
    )


def _intent(row: IntentRow) -> IntentView:
    wanted: Listing = LISTING.validate_json(row.wanted_json)
    intent = Intent(
        uuid=row.uuid,
        code=row.code,
        title=row.title,
        skus=tuple(json.loads(row.skus_json)),
        has_options=bool(wanted.structure.options),
        sent_at=row.sent_at,
        body=row.body,
    )
    sources = {Facet(facet): source for facet, source in json.loads(row.sources_json).items()}
    return IntentView(intent, wanted, sources, row.renderer, row.looked_at, row.empty_looks)


# --- what the guards remember ----------------------------------------------------------------------------------------


def history(
    session: Session, channel_id: int, floors: Mapping[str, int], excused: Iterable[str], now: datetime
) -> History:
    """The guards' memory of one channel; `floors` holds exactly the SKUs that may change now, and the excused codes."""
    skus = sorted(floors)
    return History(
        prices=_known_prices(session, channel_id, skus, now - timedelta(hours=24)),
        floors={sku: floor for sku, floor in floors.items() if floor > 0},
        offers=session.exec(
            select(func.count()).where(OfferRow.channel_id == channel_id, col(OfferRow.price_acknowledged).is_not(None))
        ).one(),
        moved=_moved(session, channel_id, now - timedelta(minutes=60)),
        sold=_sold(session, channel_id, skus),
        approved=_decided(session, channel_id, "approved"),
        rejected=_decided(session, channel_id, "rejected"),
        excused=frozenset(excused),
    )


def _known_prices(
    session: Session, channel_id: int, skus: Sequence[str], since: datetime
) -> dict[str, tuple[int, ...]]:
    known: dict[str, set[int]] = {}
    for part in batches(skus):
        now_there = select(OfferRow.sku, OfferRow.price_acknowledged).where(
            OfferRow.channel_id == channel_id, col(OfferRow.sku).in_(part)
        )
        for sku, price in session.exec(now_there):
            known.setdefault(sku, set()).update({price} if price is not None else set())
        lately = select(OutcomeRow.sku, OutcomeRow.before, OutcomeRow.after).where(
            OutcomeRow.channel_id == channel_id, OutcomeRow.facet == Facet.price.value,
            OutcomeRow.result == "applied", col(OutcomeRow.at) >= since, col(OutcomeRow.sku).in_(part),
        )  # fmt: skip
        for sku, before, after in session.exec(lately):
            known.setdefault(sku, set()).update(int(value) for value in (before, after) if value)
    return {sku: tuple(sorted(prices)) for sku, prices in known.items()}


def _moved(session: Session, channel_id: int, since: datetime) -> dict[str, frozenset[str]]:
    moved: dict[str, set[str]] = {}
    rows = session.exec(
        select(OutcomeRow.facet, OutcomeRow.sku, OutcomeRow.listing_id, OutcomeRow.after).where(
            OutcomeRow.channel_id == channel_id, OutcomeRow.result == "applied", col(OutcomeRow.at) >= since,
            col(OutcomeRow.creates).is_(False), col(OutcomeRow.before).is_not(None),
        )
    ).all()  # fmt: skip
    whole = _skus_of(session, {listing for facet, sku, listing, _ in rows if not sku})
    for facet, sku, listing, after in rows:
        kind = facet
        if facet == Facet.visibility.value:
            if after != "false":
                continue
            kind = "take_down"
        moved.setdefault(kind, set()).update({sku} if sku else whole.get(listing, set()))
    return {kind: frozenset(skus) for kind, skus in moved.items()}


def _skus_of(session: Session, listing_ids: Iterable[int]) -> dict[int, set[str]]:
    skus: dict[int, set[str]] = {}
    for part in batches(sorted(listing_ids)):
        rows = select(OfferRow.listing_id, OfferRow.sku).where(col(OfferRow.listing_id).in_(part))
        for listing, sku in session.exec(rows):
            skus.setdefault(listing, set()).add(sku)
    return skus


def _sold(session: Session, channel_id: int, skus: Sequence[str]) -> frozenset[str]:
    sold: set[str] = set()
    for part in batches(skus):
        rows = (
            select(VariantRow.sku).distinct()
            .join(StockMovementRow, col(StockMovementRow.variant_id) == VariantRow.id)
            .join(OfferRow, (col(OfferRow.sku) == VariantRow.sku) & (col(OfferRow.channel_id) == channel_id))
            .where(
                col(VariantRow.sku).in_(part), StockMovementRow.kind == "sale",
                or_(col(OfferRow.stock_acknowledged_at).is_(None),
                    col(StockMovementRow.recorded_at) >= col(OfferRow.stock_acknowledged_at)),
            )
        )  # fmt: skip
        sold.update(session.exec(rows).all())
    return frozenset(sold)


def _decided(session: Session, channel_id: int, decision: str) -> frozenset[Binding]:
    rows = session.exec(
        select(ProductRow.code, HeldChangeRow)
        .join(ListingRow, col(ListingRow.product_id) == ProductRow.id)
        .join(HeldChangeRow, col(HeldChangeRow.listing_id) == ListingRow.id)
        .join(HoldRow, col(HeldChangeRow.hold_id) == HoldRow.id)
        .where(HoldRow.channel_id == channel_id, HoldRow.decision == decision, col(HeldChangeRow.used_at).is_(None))
    )
    return frozenset((code, held.sku, Facet(held.facet), held.before, held.after) for code, held in rows)
