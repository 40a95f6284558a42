"""Of a channel's contact with its shop: contract drift, what ends soon, and what stands in a shop that is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from syncer.channels.contact import SURVEY, drifts, mark_of
from syncer.report.values import DriftLine, Ending, Left
from syncer.store.tables import AuthorisationRow, ChannelRow, ListingRow, ProductRow

if TYPE_CHECKING:
    from syncer.settings import ChannelSettings

WIB = ZoneInfo("Asia/Jakarta")
STEPS = (0, 1, 7, 14, 30)
"""Days before an end at which the calendar speaks up; 0 = it is over."""

RENEWED_DAYS = 14
"""Tokens renew themselves while the service runs, so their end is told of only when that has failed for long."""

LEAVES = ("winding_down", "closed")
SOLD = ("live", "live_oos")
AWAY = ("gone", "archived")


def drift_of(session: Session, row: ChannelRow, settings: ChannelSettings | None) -> tuple[DriftLine, ...]:
    """What nobody has looked at yet."""
    if settings is None or row.id is None:
        return ()
    found = [one for one in drifts(session, row.id, settings) if one.is_open]
    mark = mark_of(found)
    return tuple(
        DriftLine(one.notion, one.name, one.operation, one.assumed, one.position, one.evidence, one.first_seen, mark)
        for one in found
    )


def endings_of(
    session: Session, row: ChannelRow, settings: ChannelSettings | None, now: datetime
) -> tuple[Ending, ...]:
    """What ends within thirty days, soonest first. A channel that is closed has nothing to renew."""
    if settings is None or settings.state == "closed":
        return ()
    found = (
        Ending(kind, at, step)
        for kind, at in _ends(session, row, settings)
        if (step := _step(at - now)) is not None and (kind != "tokens" or step <= RENEWED_DAYS)
    )
    return tuple(sorted(found, key=lambda ending: ending.at))


def _ends(session: Session, row: ChannelRow, settings: ChannelSettings) -> Iterator[tuple[str, datetime]]:
    survey = None if row.survey_json is None else SURVEY.validate_json(row.survey_json)
    if survey is not None and survey.grant_ends is not None:
        yield "consent", survey.grant_ends
    grant = session.exec(
        select(AuthorisationRow).where(
            AuthorisationRow.marketplace == row.marketplace, AuthorisationRow.shop_id == row.shop_id
        )
    ).first()
    if grant is not None and grant.refresh_expires_at is not None:
        yield "tokens", grant.refresh_expires_at
    if settings.key_ends is not None:
        yield "key", datetime.combine(settings.key_ends + timedelta(days=1), time(), WIB)


def _step(left: timedelta) -> int | None:
    """The smallest step that is not shorter than what is left; None: it is further away than all of them."""
    return next((days for days in STEPS if left <= timedelta(days=days)), None)


def left_of(session: Session, row: ChannelRow) -> tuple[Left, ...]:
    """What still stands in the shop as it was last seen, by code, and on which channels buyers find it too."""
    rows = session.exec(
        select(ListingRow, ProductRow.code, ProductRow.name)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .where(ListingRow.channel_id == row.id, col(ListingRow.external_id).is_not(None))
        .order_by(ProductRow.code)
    ).all()
    elsewhere = _elsewhere(session, row)
    return tuple(
        Left(code, name, listing.state or "", listing.observed_at, tuple(elsewhere[listing.product_id]))
        for listing, code, name in rows
        if listing.state not in AWAY
    )


def _elsewhere(session: Session, row: ChannelRow) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for product, name in session.exec(
        select(ListingRow.product_id, ChannelRow.name)
        .join(ChannelRow, col(ListingRow.channel_id) == ChannelRow.id)
        .where(ListingRow.channel_id != row.id, col(ListingRow.state).in_(SOLD))
        .order_by(ChannelRow.name)
    ):
        found[product].append(name)
    return found
