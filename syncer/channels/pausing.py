"""Channels on which nothing is pushed: paused by a person or the config, and those that the marketplace has closed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from syncer.errors import UsageError
from syncer.settings import ChannelSettings
from syncer.store import journal
from syncer.store.database import Database
from syncer.store.tables import ChannelRow
from syncer.texts import _, kept

WIB = ZoneInfo("Asia/Jakarta")


def pause(database: Database, channel: str, why: str, now: datetime) -> None:
    """Stop every push to `channel`; a run in progress ends after the call in flight.

    Raises:
        UsageError: it is paused already, or `why` says nothing.
    """
    if not why.strip():
        raise UsageError(_("--why is empty: say why {channel} is paused, the report shows it").format(channel=channel))
    with database.write() as session:
        row = _row(session, channel)
        if row.paused_at is not None:
            raise UsageError(
                _("channel {channel} is paused already: {why}").format(channel=channel, why=row.paused_why)
            )
        row.paused_at, row.paused_by, row.paused_why = now, journal.who(), why
        session.add(row)
        journal.write(session, now, "pause", why, channel)


def resume(database: Database, channel: str, now: datetime) -> None:
    """Push to `channel` again.

    Raises:
        UsageError: it is not paused.
    """
    with database.write() as session:
        row = _row(session, channel)
        if row.paused_at is None:
            raise UsageError(_("channel {channel} is not paused").format(channel=channel))
        text = kept("had been paused by {who}: {why}", who=row.paused_by or "", why=row.paused_why or "")
        row.paused_at = row.paused_by = row.paused_why = None
        session.add(row)
        journal.write(session, now, "resume", text, channel)


def stopped(database: Database, channel: ChannelSettings) -> str | None:
    """Why nothing is pushed to `channel`, as a kept text; None: it is open."""
    if channel.state == "closed":
        return kept(
            "channel {channel}: the marketplace has closed its shops ({why}); what was done there stays in the report",
            channel=channel.name, why=channel.closed_why,
        )  # fmt: skip
    if channel.state == "paused":
        return kept(
            'channel {channel} is {state} in the config; set state = "active" there to push to it',
            channel=channel.name, state=channel.state,
        )  # fmt: skip
    with database.read() as session:
        return paused(session, channel.name)


def paused(session: Session, channel: str) -> str | None:
    """Who paused `channel`, since when and why, as a kept text; None: nobody did."""
    row = session.exec(select(ChannelRow).where(ChannelRow.name == channel)).first()
    if row is None or row.paused_at is None:
        return None
    return kept(
        "channel {channel} is paused since {since} by {who}: {why}; `syncer channel resume {channel}` ends that",
        channel=channel, since=row.paused_at.astimezone(WIB).strftime("%d/%m/%Y %H.%M WIB"), who=row.paused_by or "",
        why=row.paused_why or "",
    )  # fmt: skip


def _row(session: Session, channel: str) -> ChannelRow:
    row = session.exec(select(ChannelRow).where(ChannelRow.name == channel)).first()
    if row is None:
        raise UsageError(_("channel {channel} has not been used yet: nothing to pause").format(channel=channel))
    return row
