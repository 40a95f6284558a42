"""What the shops show now, against what they confirmed to us: drift, each with a verdict. Reads only.

Only what was pushed is looked at, and only what the answers held is judged: a value seen some other day is no drift.
What is found is stored as *observed*, so that *fresh* may be said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session, col, select

from syncer.channels.shop import Shop
from syncer.store.tables import ChannelRow, FacetRow, ListingRow, OfferRow, ProductRow
from syncer.sync.lease import Lease, hold
from syncer.sync.readback import read_back
from syncer.sync.state import batches

READ_AT_ONCE = 50
"""Listings read before what they show is stored, and before a waiting run is let in."""


class Verdict(StrEnum):
    """Why a shop shows something else than it confirmed."""

    late = "late"
    """Confirmed a moment ago: the marketplace's reads lag behind its writes."""
    pending = "pending"
    """A change of it is under way, or waits."""
    gone = "gone"
    """The listing is no longer there: removed in the shop's app, or by the marketplace."""
    taken_down = "taken_down"
    """Hidden, banned or archived, and not by us."""
    sold = "sold"
    """Fewer pieces than confirmed: buyers, or somebody at the shop's app."""
    edited = "edited"
    """Somebody changed it at the shop's app, or the marketplace did not keep its word."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One value that differs: confirmed to us, and seen now."""

    code: str
    sku: str | None
    facet: str
    acknowledged: str
    observed: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit of one channel found. `whole` is False when another run was let in before its end."""

    channel: str
    at: datetime
    listings: int
    drifts: tuple[Drift, ...]
    whole: bool = True


def audit(
    shop: Shop, locks: Path, wait_s: float, repair: bool = False, stop: Callable[[], bool] = lambda: False
) -> Audit:
    """Read back everything that was pushed to the channel. `repair`: what drifted is compared anew by the next run.

    Raises:
        ChannelBusy: another run held the channel for longer than `wait_s`.
        ChannelStopped: the channel is new, and was not checked yet.
        MarketplaceError: the shop could not be read; what was read until then is stored.
    """
    shop.contact.must_be_read()
    with shop.database.read() as session:
        listing_ids = _pushed(session, shop.id)
    read: list[int] = []
    began = shop.clock.now()
    with hold(shop.database, shop.id, shop.name, locks, shop.clock, wait_s, hand_over=False) as lease:
        for part in (listing_ids[at : at + READ_AT_ONCE] for at in range(0, len(listing_ids), READ_AT_ONCE)):
            if stop() or lease.wanted():
                break
            with shop.authorisation.watched():
                read_back(shop, lease, part)
            read += part
        whole = len(read) == len(listing_ids)
        drifts = _drifts(shop, read, began)
        _store(shop, lease, drifts, whole, repair)
        shop.contact.take_notice()
    return Audit(shop.name, shop.clock.now(), len(read), tuple(drifts), whole)


def _pushed(session: Session, channel_id: int) -> list[int]:
    rows = session.exec(
        select(ListingRow.id).where(
            ListingRow.channel_id == channel_id, col(ListingRow.external_id).is_not(None), col(ListingRow.created)
        )
    )
    return sorted(row for row in rows if row is not None)


def _store(shop: Shop, lease: Lease, drifts: Sequence[Drift], whole: bool, repair: bool) -> None:
    """When the whole shop was read, and (to repair) which listings are to be compared anew."""
    now = shop.clock.now()
    codes = {drift.code for drift in drifts if drift.verdict is not Verdict.gone}
    with shop.database.write() as session:
        lease.check(session)
        if whole:
            channel = session.get_one(ChannelRow, shop.id)
            channel.audited_at = now
            session.add(channel)
        if repair and codes:
            rows = session.exec(select(ListingRow, ProductRow.code).join(ProductRow).where(
                ListingRow.channel_id == shop.id, col(ProductRow.code).in_(codes)))  # fmt: skip
            for row, _code in rows:
                row.disturbed, row.due_at = True, now
                session.add(row)


@dataclass(frozen=True, slots=True)
class _Moments:
    """What was seen from `began` on is judged; what was confirmed after `lately` may not show yet."""

    began: datetime
    lately: datetime

    def judged(self, seen_at: datetime | None) -> bool:
        return seen_at is not None and seen_at >= self.began


def _drifts(shop: Shop, listing_ids: Sequence[int], began: datetime) -> list[Drift]:
    found: list[Drift] = []
    moments = _Moments(began, shop.clock.now() - timedelta(seconds=shop.adapter.limits.settle_s))
    with shop.database.read() as session:
        for part in batches(listing_ids):
            busy = set(session.exec(select(FacetRow.listing_id).where(col(FacetRow.listing_id).in_(part))))
            rows = session.exec(
                select(ListingRow, ProductRow.code).join(ProductRow).where(col(ListingRow.id).in_(part))
            ).all()
            for listing, code in rows:
                offers = session.exec(select(OfferRow).where(OfferRow.listing_id == listing.id)).all()
                found += _of_listing(listing, code, offers, listing.id in busy, moments)
    return found


def _of_listing(
    listing: ListingRow, code: str, offers: Sequence[OfferRow], busy: bool, moments: _Moments
) -> Iterator[Drift]:
    if listing.state == "gone":
        yield Drift(code, None, "visibility", "live", "gone", Verdict.gone)
        return
    shown, seen = listing.visibility_acknowledged, listing.visibility_observed
    judged = moments.judged(listing.visibility_observed_at)
    if judged and shown is not None and seen is not None and shown is not seen:
        verdict = Verdict.pending if busy else Verdict.taken_down if shown else Verdict.edited
        yield Drift(code, None, "visibility", str(shown), listing.state or str(seen), verdict)
    for offer in offers:
        yield from _of_offer(offer, code, busy, moments)


def _of_offer(offer: OfferRow, code: str, busy: bool, moments: _Moments) -> Iterator[Drift]:
    price, stock = moments.judged(offer.price_observed_at), moments.judged(offer.stock_observed_at)
    pairs = (
        ("price", offer.price_acknowledged, offer.price_observed if price else None, offer.price_acknowledged_at),
        ("stock", offer.stock_acknowledged, offer.stock_observed if stock else None, offer.stock_acknowledged_at),
    )
    for facet, confirmed, seen, at in pairs:
        if confirmed is None or seen is None or confirmed == seen:
            continue
        yield Drift(code, offer.sku, facet, str(confirmed), str(seen), _verdict(facet, confirmed, seen, busy,
                    at is not None and at > moments.lately))  # fmt: skip


def _verdict(facet: str, confirmed: int, seen: int, busy: bool, late: bool) -> Verdict:
    if busy:
        return Verdict.pending
    if late:
        return Verdict.late
    return Verdict.sold if facet == "stock" and seen < confirmed else Verdict.edited
