"""What the shops show now, against what they confirmed to us: drift, each with a verdict. Reads only.

Only what was pushed is looked at, and only what the answers held is judged: a value seen some other day is no drift.
What is found is stored as *observed*, so that *fresh* may be said of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session, col, select

from adapters.contract import Observed
from syncer.channels.shop import Shop
from syncer.store.tables import ChannelRow, FacetRow, ListingRow, OfferRow, ProductRow
from syncer.sync.lease import Lease, hold
from syncer.sync.readback import read_back
from syncer.sync.state import batches
from syncer.sync.view import Standing

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
    removed = "removed"
    """A variant that is no longer there: somebody took it out at the shop's app. It is not made again by itself."""
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
class Stranger:
    """A variant in one of our listings that is not ours: the seller made it, and whatever we write it stays."""

    code: str
    offer: str
    sku: str | None


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit of one channel found. `whole` is False when another run was let in before its end.

    `compared` = how many values were held against what was confirmed, by facet; `unseen` = how many could not be,
    because the shop's answers do not show them in our terms. No drift among nothing compared proves nothing.
    """

    channel: str
    at: datetime
    listings: int
    drifts: tuple[Drift, ...]
    whole: bool = True
    compared: Mapping[str, int] = field(default_factory=dict)
    unseen: Mapping[str, int] = field(default_factory=dict)
    strangers: tuple[Stranger, ...] = ()


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
    seen: dict[str, Observed] = {}
    began = shop.clock.now()
    with hold(shop.database, shop.id, shop.name, locks, shop.clock, wait_s, hand_over=False) as lease:
        for part in (listing_ids[at : at + READ_AT_ONCE] for at in range(0, len(listing_ids), READ_AT_ONCE)):
            if stop() or lease.wanted():
                break
            with shop.authorisation.watched():
                seen |= read_back(shop, lease, part).seen
            read += part
        whole = len(read) == len(listing_ids)
        told = _look(shop, read, began, seen)
        _store(shop, lease, told.drifts, whole, repair)
        shop.contact.take_notice()
    return Audit(
        shop.name, shop.clock.now(), len(read), tuple(told.drifts), whole, dict(told.compared), dict(told.unseen),
        tuple(told.strangers),
    )  # fmt: skip


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


@dataclass(slots=True)
class _Told:
    """What an audit gathers, listing by listing."""

    moments: _Moments
    drifts: list[Drift] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)
    strangers: list[Stranger] = field(default_factory=list)

    def hold(self, drift: Drift, same: bool | None) -> None:
        """One value that was confirmed: shown the same, shown otherwise (`drift`), or not shown (None)."""
        if same is None:
            self.unseen[drift.facet] += 1
            return
        self.compared[drift.facet] += 1
        if not same:
            self.drifts.append(drift)


def _look(shop: Shop, listing_ids: Sequence[int], began: datetime, seen: Mapping[str, Observed]) -> _Told:
    lately = shop.clock.now() - timedelta(seconds=shop.adapter.limits.settle_s)
    told = _Told(_Moments(began, lately))
    with shop.database.read() as session:
        for part in batches(listing_ids):
            busy = set(session.exec(select(FacetRow.listing_id).where(
                col(FacetRow.listing_id).in_(part), FacetRow.standing != Standing.blocked.value)))  # fmt: skip
            rows = session.exec(
                select(ListingRow, ProductRow.code).join(ProductRow).where(col(ListingRow.id).in_(part))
            ).all()
            for listing, code in rows:
                offers = session.exec(select(OfferRow).where(OfferRow.listing_id == listing.id)).all()
                _listing(told, listing, code, offers, listing.id in busy)
                told.strangers += _strangers(code, offers, seen.get(listing.external_id or ""))
    return told


def _strangers(code: str, offers: Sequence[OfferRow], seen: Observed | None) -> list[Stranger]:
    if seen is None:
        return []
    ours = {offer.external_id for offer in offers}
    return [Stranger(code, one.external_id, one.sku) for one in seen.offers if one.external_id not in ours]


def _listing(told: _Told, listing: ListingRow, code: str, offers: Sequence[OfferRow], busy: bool) -> None:
    if listing.state == "gone":
        told.hold(Drift(code, None, "visibility", "live", "gone", Verdict.gone), same=False)
        return
    shown, seen = listing.visibility_acknowledged, listing.visibility_observed
    if shown is not None:
        judged = told.moments.judged(listing.visibility_observed_at) and seen is not None
        verdict = Verdict.pending if busy else Verdict.taken_down if shown else Verdict.edited
        drift = Drift(code, None, "visibility", str(shown), listing.state or str(seen), verdict)
        told.hold(drift, shown is seen if judged else None)
    _words(told, listing, code, busy)
    _variants(told, listing, code, offers, busy)
    for offer in offers:
        if offer.removed_at is None:
            _numbers(told, offer, code, busy)


def _words(told: _Told, listing: ListingRow, code: str, busy: bool) -> None:
    """The words field by field; blanks apart, which shops set as they like."""
    seen = json.loads(listing.content_observed or "{}") if told.moments.judged(listing.content_observed_at) else {}
    for name, confirmed in json.loads(listing.content_acknowledged or "{}").items():
        if confirmed is None and name not in seen:
            continue  # nothing was confirmed, and nothing is shown
        before, after = f"{name}: {_plain(confirmed)}", f"{name}: {_plain(seen.get(name))}"
        drift = Drift(code, None, "content", before, after, Verdict.pending if busy else Verdict.edited)
        told.hold(drift, before == after if name in seen else None)


def _plain(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def _variants(told: _Told, listing: ListingRow, code: str, offers: Sequence[OfferRow], busy: bool) -> None:
    """Whether each of our variants is there, and under the options that were confirmed."""
    known = json.loads(listing.structure_acknowledged or "{}").get("variants", [])
    confirmed = {variant["sku"]: variant["options"] for variant in known}
    judged = told.moments.judged(listing.structure_observed_at)
    seen = json.loads(listing.structure_observed or "{}") if judged else {}
    wanted = {variant["sku"] for variant in json.loads(listing.structure_desired or "{}").get("variants", [])}
    for offer in offers:
        if offer.external_id is None or offer.sku not in confirmed:
            continue
        if offer.removed_at is not None and offer.sku not in wanted:
            continue  # gone there, and not wanted any more
        before, after = _options(confirmed[offer.sku]), _options(seen.get(offer.sku, []))
        if offer.removed_at is not None:
            told.hold(Drift(code, offer.sku, "structure", before, "", Verdict.removed), same=False)
            continue
        drift = Drift(code, offer.sku, "structure", before, after, Verdict.pending if busy else Verdict.edited)
        told.hold(drift, before.casefold() == after.casefold() if offer.sku in seen else None)


def _options(values: Sequence[str]) -> str:
    return ", ".join(value.strip() for value in values)


def _numbers(told: _Told, offer: OfferRow, code: str, busy: bool) -> None:
    price, stock = told.moments.judged(offer.price_observed_at), told.moments.judged(offer.stock_observed_at)
    pairs = (
        ("price", offer.price_acknowledged, offer.price_observed if price else None, offer.price_acknowledged_at),
        ("stock", offer.stock_acknowledged, offer.stock_observed if stock else None, offer.stock_acknowledged_at),
    )
    for facet, confirmed, seen, at in pairs:
        if confirmed is None:
            continue
        late = at is not None and at > told.moments.lately
        verdict = _verdict(facet, confirmed, seen or 0, busy, late)
        drift = Drift(code, offer.sku, facet, str(confirmed), str(seen), verdict)
        told.hold(drift, None if seen is None else confirmed == seen)


def _verdict(facet: str, confirmed: int, seen: int, busy: bool, late: bool) -> Verdict:
    if busy:
        return Verdict.pending
    if late:
        return Verdict.late
    return Verdict.sold if facet == "stock" and seen < confirmed else Verdict.edited
