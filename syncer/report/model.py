"""The sync report as frozen values: what each channel shows, what failed and why, what is held, how fresh it is.

Every failure is counted once, under its first cause. *Fresh* = read back within the limit and equal to what we want.
Counts carry their denominator.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from adapters.contract import Cause
from syncer.report.causes import Advice, advice
from syncer.store.tables import (
    ChannelRow,
    FacetRow,
    HoldRow,
    ListingRow,
    OfferRow,
    OrderLineRow,
    ProducerRow,
    ProductRow,
    RunRow,
)

FRESH_STOCK = timedelta(hours=6)
FRESH_PRICE = timedelta(hours=24)
EXAMPLES = 5

OPEN = frozenset({"begun", "accepted", "deferred", "unknown"})
TROUBLE = frozenset({"failed", "blocked", "locked"})


@dataclass(frozen=True, slots=True)
class Example:
    """One of the things behind a count."""

    code: str
    sku: str
    facet: str
    message: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """All that failed under one cause: how many of whose, since when, who acts, what to do."""

    cause: Cause
    advice: Advice
    count: int
    producers: int
    oldest: datetime
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class RunLine:
    """The last run of a channel."""

    id: int
    trigger: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    outcomes: dict[str, int]
    message: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of `offers` that should be on sale: whose price and stock were read back in time and are as wanted."""

    offers: int
    price: int
    stock: int


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """One channel. `listings` counts by what the shop was last seen to show; `wanted` should be on sale."""

    name: str
    marketplace: str
    shop_id: str | None
    last_run: RunLine | None
    orders_pulled_at: datetime | None
    wanted: int
    listings: dict[str, int]
    offers: int
    pieces: int
    freshness: Freshness
    open: int
    held: int
    failures: tuple[Failure, ...]
    holds: tuple[str, ...]
    strangers: tuple[str, ...]

    @property
    def failed(self) -> int:
        """Failures of this channel, each counted once."""
        return sum(failure.count for failure in self.failures)


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    made_at: datetime
    channels: tuple[ChannelReport, ...]

    @property
    def needs_action(self) -> int:
        """How many things wait for a person."""
        nobody = {Cause.transient, Cause.throttled, Cause.review}
        return sum(
            channel.held + sum(f.count for f in channel.failures if f.cause not in nobody) for channel in self.channels
        )


def make_report(session: Session, now: datetime, channels: Sequence[str] | None = None) -> Report:
    """The state of these channels (None = all), as stored."""
    rows = session.exec(select(ChannelRow).order_by(ChannelRow.name)).all()
    chosen = [row for row in rows if channels is None or row.name in channels]
    return Report(now, tuple(_channel(session, row, now) for row in chosen))


def _channel(session: Session, row: ChannelRow, now: datetime) -> ChannelReport:
    listings = session.exec(select(ListingRow).where(ListingRow.channel_id == row.id)).all()
    offers = _offers(session, row)
    facets = session.exec(select(FacetRow).where(FacetRow.channel_id == row.id)).all()
    standings = Counter(facet.standing for facet in facets)
    shown = [offer for offer in offers if offer.external_id is not None]
    return ChannelReport(
        name=row.name,
        marketplace=row.marketplace,
        shop_id=row.shop_id,
        last_run=_last_run(session, row),
        orders_pulled_at=row.orders_pulled_at,
        wanted=sum(1 for listing in listings if listing.visibility_desired),
        listings=dict(sorted(Counter(listing.state for listing in listings if listing.state).items())),
        offers=len(shown),
        pieces=sum(offer.stock_observed or 0 for offer in shown),
        freshness=_freshness(listings, shown, now),
        open=sum(standings[name] for name in OPEN),
        held=standings["held"],
        failures=_failures(session, facets),
        holds=_holds(session, row),
        strangers=_strangers(session, row),
    )


def _offers(session: Session, row: ChannelRow) -> Sequence[OfferRow]:
    return session.exec(select(OfferRow).where(OfferRow.channel_id == row.id)).all()


def _last_run(session: Session, row: ChannelRow) -> RunLine | None:
    run = session.exec(
        select(RunRow).where(RunRow.channel_id == row.id).order_by(col(RunRow.id).desc()).limit(1)
    ).first()
    if run is None:
        return None
    outcomes: dict[str, int] = json.loads(run.counts_json)
    return RunLine(run.id or 0, run.trigger, run.status, run.started_at, run.ended_at, outcomes, run.message)


def _freshness(listings: Sequence[ListingRow], offers: Iterable[OfferRow], now: datetime) -> Freshness:
    on_sale = {listing.id for listing in listings if listing.visibility_desired and listing.created}
    there = [offer for offer in offers if offer.listing_id in on_sale]
    price = sum(1 for o in there if _seen(o, now, FRESH_PRICE) and o.price_observed == o.price_desired)
    stock = sum(1 for o in there if _seen(o, now, FRESH_STOCK) and o.stock_observed == o.stock_desired)
    return Freshness(len(there), price, stock)


def _seen(offer: OfferRow, now: datetime, limit: timedelta) -> bool:
    return offer.observed_at is not None and now - offer.observed_at <= limit


def _failures(session: Session, facets: Sequence[FacetRow]) -> tuple[Failure, ...]:
    owners = _owners(session)
    first: dict[tuple[int, str], FacetRow] = {}
    for facet in sorted(facets, key=lambda f: (f.since, f.id or 0)):
        if facet.standing in TROUBLE or facet.standing == "deferred":
            first.setdefault((facet.listing_id, facet.sku), facet)
    groups: dict[Cause, list[FacetRow]] = {}
    for facet in first.values():
        groups.setdefault(Cause(facet.cause or Cause.unknown), []).append(facet)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple(_failure(cause, rows, owners) for cause, rows in ordered)


def _failure(cause: Cause, rows: Sequence[FacetRow], owners: dict[int, tuple[str, str]]) -> Failure:
    return Failure(
        cause=cause,
        advice=advice(cause),
        count=len(rows),
        producers=len({owners[row.listing_id][1] for row in rows}),
        oldest=rows[0].since,
        examples=tuple(
            Example(owners[r.listing_id][0], r.sku, r.facet, r.message or r.code, r.since) for r in rows[:EXAMPLES]
        ),
    )


def _owners(session: Session) -> dict[int, tuple[str, str]]:
    """{listing row: (product code, producer code)}"""
    rows = session.exec(
        select(ListingRow.id, ProductRow.code, ProducerRow.code)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .join(ProducerRow, col(ProductRow.producer_id) == ProducerRow.id)
    )
    return {listing: (code, producer) for listing, code, producer in rows if listing is not None}


def _holds(session: Session, row: ChannelRow) -> tuple[str, ...]:
    waiting = session.exec(
        select(HoldRow).where(HoldRow.channel_id == row.id, col(HoldRow.decision).is_(None)).order_by(col(HoldRow.id))
    )
    return tuple(f"{hold.id}: {hold.message}" for hold in waiting)


def _strangers(session: Session, row: ChannelRow) -> tuple[str, ...]:
    lines = session.exec(
        select(OrderLineRow).where(OrderLineRow.channel_id == row.id, col(OrderLineRow.matched).is_(False))
    )
    return tuple(f"{line.order_id}: {line.sku}" for line in lines)
