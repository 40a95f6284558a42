"""The sync report, made of what is stored: each channel, what failed, is reviewed and is held, and the gaps.

One model for every face. It reads; it asks no shop and writes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from adapters.contract import Cause
from syncer.channels.contact import Stage
from syncer.report.causes import advice_on
from syncer.report.contact import LEAVES, drift_of, endings_of, left_of
from syncer.report.failures import OPEN, Subject, failures, first_troubles, reviews, subjects
from syncer.report.values import (
    Alarm,
    ChannelReport,
    Failure,
    Freshness,
    Gap,
    HeldLine,
    HoldLine,
    Pause,
    Report,
    Review,
    RunLine,
)
from syncer.report.warnings import warnings
from syncer.report.words import facet_value
from syncer.store.tables import (
    AliveRow,
    AuthorisationRow,
    ChannelRow,
    FacetRow,
    GapRow,
    ListingRow,
    OfferRow,
    OrderLineRow,
    ProductRow,
    RunRow,
)
from syncer.sync.holds import Held, HeldChange, waiting
from syncer.texts import told

if TYPE_CHECKING:
    from syncer.settings import ChannelSettings

__all__ = ["ChannelReport", "Failure", "Report", "make_report"]

FRESH_STOCK = timedelta(hours=6)
FRESH_PRICE = timedelta(hours=24)

SHOWN = frozenset({"live", "live_oos"})
"""States in which buyers see a listing."""

OUTAGE_FROM = timedelta(hours=1)
"""A shop that cannot be reached for less mends itself; after that somebody should look."""

SILENT_FROM = timedelta(minutes=5)
"""The daemon signs every half minute: without a sign for so long it does not run."""

GAPS_BACK = timedelta(days=7)
GAPS_MOST = 20
LINES_MOST = 8

Config = Mapping[str, "ChannelSettings"]


@dataclass(frozen=True, slots=True)
class _Part:
    """One channel's part of the report, with the rows that the whole needs."""

    channel: ChannelReport
    troubles: Sequence[FacetRow] = ()
    reviews: tuple[Review, ...] = ()


def make_report(
    session: Session, now: datetime, channels: Sequence[str] | None = None, config: Config | None = None
) -> Report:
    """The state of these channels (None = all), as stored.

    `config` = the channels as the config has them; without it nothing is known of what the config pauses.
    """
    rows = {row.name: row for row in session.exec(select(ChannelRow))}
    names = [name for name in sorted({*rows, *(config or {})}) if channels is None or name in channels]
    parts = [_part(session, rows.get(name), (config or {}).get(name), config is not None, now) for name in names]
    troubles = [row for part in parts for row in part.troubles]
    whose: dict[int, Subject] = subjects(session) if troubles else {}
    gaps = _gaps(session, {row.id: name for name, row in rows.items() if name in names}, now)
    return Report(
        made_at=now,
        channels=tuple(part.channel for part in parts),
        failures=failures(troubles, whose),
        reviews=tuple(review for part in parts for review in part.reviews),
        holds=tuple(_hold(held) for held in waiting(session) if held.channel in names),
        warnings=warnings(session, {row.id: row.name for row in rows.values() if row.id and row.name in names}),
        gaps=tuple(gaps[:GAPS_MOST]),
        gaps_left_out=max(0, len(gaps) - GAPS_MOST),
        silence=_silence(session, now),
    )


# --- one channel -----------------------------------------------------------------------------------------------------


def _part(
    session: Session, row: ChannelRow | None, settings: ChannelSettings | None, configured: bool, now: datetime
) -> _Part:
    if row is None:
        return _Part(_unused(settings))
    facets: Sequence[FacetRow] = session.exec(select(FacetRow).where(FacetRow.channel_id == row.id)).all()
    last_run = _last_run(session, row)
    state, pause, alarm = _state(session, row, settings, configured, last_run, now)
    if state == "closed":  # it only remembers: what failed there waits for nobody any more
        facets = ()
    troubles = [t for t in first_troubles(facets) if not (state == "unauthorised" and t.cause == Cause.auth.value)]
    whole = replace(
        _channel(session, row, facets, troubles, now), last_run=last_run, state=state, pause=pause, alarm=alarm,
        drift=drift_of(session, row, settings), endings=endings_of(session, row, settings, now),
        left=left_of(session, row) if settings is not None and settings.state in LEAVES else (),
    )  # fmt: skip
    return _Part(whole, troubles, () if state == "closed" else tuple(reviews(session, row, facets)))


def _unused(settings: ChannelSettings | None) -> ChannelReport:
    """A channel that the config names and nothing has been done for yet."""
    if settings is None:
        raise LookupError("a channel is in the store or in the config")
    state = "never" if settings.state in ("active", "winding_down") else settings.state
    code = {"never": "channel_never", "new": "channel_new"}.get(state)
    alarm = Alarm(advice_on(code), None, "") if code is not None else None
    pause = Pause(told(settings.closed_why), "", None) if state in ("paused", "closed") else None
    return ChannelReport(settings.name, settings.marketplace, settings.shop_id, state, pause, alarm)


def _channel(
    session: Session, row: ChannelRow, facets: Sequence[FacetRow], troubles: Sequence[FacetRow], now: datetime
) -> ChannelReport:
    listings = _listings(session, row)
    offers = _offers(session, row)
    shown = [offer for offer in offers if offer.external_id is not None]
    blocked = sum(1 for trouble in troubles if trouble.standing == "blocked")
    return ChannelReport(
        name=row.name,
        marketplace=row.marketplace,
        shop_id=row.shop_id,
        state="working",
        orders_pulled_at=row.orders_pulled_at,
        active=sum(1 for listing in listings if listing.active),
        wanted=sum(1 for listing in listings if listing.wanted),
        listed=sum(1 for listing in listings if listing.active and listing.state in SHOWN),
        listings=dict(sorted(Counter(listing.state for listing in listings if listing.state).items())),
        offers=len(shown),
        pieces=sum(offer.stock_observed or 0 for offer in shown),
        freshness=_freshness(listings, shown, now),
        open=sum(1 for facet in facets if facet.standing in OPEN),
        failed=len(troubles) - blocked,
        held=sum(1 for facet in facets if facet.standing == "held" and facet.code != "declined"),
        blocked=blocked,
        strangers=_strangers(session, row),
    )


@dataclass(frozen=True, slots=True)
class _Listing:
    id: int
    state: str | None
    created: bool
    wanted: bool
    active: bool
    """Should be on sale, or would be if it could be rendered."""


def _listings(session: Session, row: ChannelRow) -> list[_Listing]:
    rows = session.exec(
        select(ListingRow, ProductRow.status)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .where(ListingRow.channel_id == row.id)
    )
    return [_listing(listing, status) for listing, status in rows]


def _listing(row: ListingRow, status: str) -> _Listing:
    wanted = row.visibility_desired
    active = status == "active" if wanted is None else wanted
    return _Listing(row.id or 0, row.state, row.created, bool(wanted), active)


def _offers(session: Session, row: ChannelRow) -> Sequence[OfferRow]:
    return session.exec(select(OfferRow).where(OfferRow.channel_id == row.id)).all()


def _last_run(session: Session, row: ChannelRow) -> RunLine | None:
    run = session.exec(
        select(RunRow).where(RunRow.channel_id == row.id).order_by(col(RunRow.id).desc()).limit(1)
    ).first()
    if run is None:
        return None
    outcomes: dict[str, int] = json.loads(run.counts_json)
    return RunLine(run.id or 0, run.trigger, run.status, run.started_at, run.ended_at, outcomes, told(run.message))


def _freshness(listings: Sequence[_Listing], offers: Sequence[OfferRow], now: datetime) -> Freshness:
    """Only what was read back counts, and only where buyers see it: a listing that is gone shows no price at all."""
    on_sale = {listing.id: listing.state in SHOWN for listing in listings if listing.wanted and listing.created}
    there = [offer for offer in offers if offer.listing_id in on_sale]
    live = [offer for offer in there if on_sale[offer.listing_id]]
    price = {
        o.id for o in live if _lately(o.price_observed_at, now, FRESH_PRICE) and o.price_observed == o.price_desired
    }
    stock = {
        o.id for o in live if _lately(o.stock_observed_at, now, FRESH_STOCK) and o.stock_observed == o.stock_desired
    }
    return Freshness(len(there), len(price), len(stock), len(price & stock))


def _lately(seen_at: datetime | None, now: datetime, limit: timedelta) -> bool:
    return seen_at is not None and now - seen_at <= limit


def _strangers(session: Session, row: ChannelRow) -> tuple[str, ...]:
    lines = session.exec(
        select(OrderLineRow).where(OrderLineRow.channel_id == row.id, col(OrderLineRow.matched).is_(False))
    )
    return tuple(f"{line.order_id}: {line.sku}" for line in lines)


# --- how a channel is doing ------------------------------------------------------------------------------------------


def _state(
    session: Session, row: ChannelRow, settings: ChannelSettings | None, configured: bool, run: RunLine | None,
    now: datetime,
) -> tuple[str, Pause | None, Alarm | None]:  # fmt: skip
    if configured and settings is None:
        return "removed", None, None
    if row.paused_at is not None:
        return "paused", Pause(row.paused_why or "", row.paused_by or "", row.paused_at), None
    if settings is not None and settings.state in ("paused", "closed"):
        return settings.state, Pause(told(settings.closed_why), "", None), None
    if settings is not None and settings.state == "new" and _refusal(session, row, now) is None:
        step = _first_step(row)
        if step is not None or run is None:
            return _life(row, settings), None, step
    found = _alarm(session, row, run, now)
    if found is not None:
        return found[0], None, found[1]
    return _life(row, settings), None, None


def _life(row: ChannelRow, settings: ChannelSettings | None) -> str:
    """The stage of the life cycle of a channel with which nothing is wrong; `working` = active."""
    if settings is None or settings.state == "active":
        return "working"
    if settings.state == "winding_down":
        return settings.state
    stage = Stage(row.stage)
    return "working" if stage is Stage.active else stage.shown


def _first_step(row: ChannelRow) -> Alarm | None:
    """What a person must do before a new channel goes on by itself; None: its next run is all that it needs."""
    stage = Stage(row.stage)
    if stage is Stage.new:
        return Alarm(advice_on("channel_new"), None, "")
    if stage is Stage.reading and row.adopted_at is None:
        return Alarm(advice_on("channel_reading"), None, "")
    return None


def _alarm(session: Session, row: ChannelRow, run: RunLine | None, now: datetime) -> tuple[str, Alarm] | None:
    """What is wrong with the channel as a whole; the first that holds."""
    if (refusal := _refusal(session, row, now)) is not None:
        since, why = refusal[0], told(refusal[1])
        said = run is not None and why in run.message  # then the run's own line has it
        return "unauthorised", Alarm(advice_on("channel_unauthorised"), since, "" if said else why)
    gap = session.exec(
        select(GapRow).where(GapRow.channel_id == row.id, GapRow.kind == "shop", col(GapRow.ended_at).is_(None))
    ).first()
    if gap is not None:
        code = "channel_unreachable" if now - gap.began_at >= OUTAGE_FROM else "channel_unreachable_lately"
        return "unreachable", Alarm(advice_on(code), gap.began_at, told(gap.note))
    if run is None:
        return "never", Alarm(advice_on("channel_never"), None, "")
    if run.status == "failed":
        return "failed", Alarm(advice_on("channel_failed"), run.ended_at, "")  # the run's own line has its message
    return None


def _refusal(session: Session, row: ChannelRow, now: datetime) -> tuple[datetime | None, str] | None:
    """Since when the shop lets us in no more, and what it said; None: it lets us in, as far as is known."""
    grant = session.exec(
        select(AuthorisationRow).where(
            AuthorisationRow.marketplace == row.marketplace, AuthorisationRow.shop_id == row.shop_id
        )
    ).first()
    if grant is None:
        return None
    if grant.refused is not None:
        return grant.refused_at, grant.refused
    ends = grant.refresh_expires_at
    return (ends, "") if ends is not None and ends <= now else None


# --- decisions and gaps ----------------------------------------------------------------------------------------------


def _hold(held: Held) -> HoldLine:
    lines = tuple(_held_line(change) for change in held.changes[:LINES_MOST])
    said = advice_on(held.rule)
    return HoldLine(held.id, held.channel, held.rule, said, told(held.message), held.since, len(held.changes), lines)


def _held_line(change: HeldChange) -> HeldLine:
    before, after = facet_value(change.facet, change.before), facet_value(change.facet, change.after)
    return HeldLine(change.sku or change.product, change.facet, before, after)


def _gaps(session: Session, names: Mapping[int | None, str], now: datetime) -> list[Gap]:
    """The gaps of the last days and those that last, newest first; other channels' are not told of."""
    rows = session.exec(
        select(GapRow)
        .where(col(GapRow.ended_at).is_(None) | (col(GapRow.ended_at) >= now - GAPS_BACK))
        .order_by(col(GapRow.began_at).desc())
    )
    silence = _last_sign(session, now)
    lasting = [Gap("service", None, silence.at, None, silence.note or "no_word")] if silence is not None else []
    return lasting + [
        Gap(row.kind, names.get(row.channel_id), row.began_at, row.ended_at, told(row.note))
        for row in rows
        if row.channel_id is None or row.channel_id in names
    ]


def _silence(session: Session, now: datetime) -> Alarm | None:
    sign = _last_sign(session, now)
    return None if sign is None else Alarm(advice_on("service_silent"), sign.at, sign.note or "no_word")


def _last_sign(session: Session, now: datetime) -> AliveRow | None:
    """The daemon's last sign of life, if it has lived here and does not now."""
    row = session.exec(select(AliveRow)).first()
    return row if row is not None and now - row.at >= SILENT_FROM else None
