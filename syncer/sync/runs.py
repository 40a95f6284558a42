"""The runs as people see them: what started them, how far they are, how they ended; and asking one to end."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from syncer.errors import UsageError
from syncer.store.tables import ChannelRow, RunRow
from syncer.texts import _, told


@dataclass(frozen=True, slots=True)
class RunView:
    """One run. `done` of `total` calls of its present round have landed."""

    id: int
    channel: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    status: str
    outcomes: dict[str, int]
    done: int
    total: int
    doing: str
    message: str
    cancelled_by: str | None
    """Who asked for its end; it may still be finishing the call in flight."""

    def as_json(self) -> dict[str, Any]:
        """As scripts read it."""
        return asdict(self)


def recent(session: Session, channel: str | None, most: int) -> list[RunView]:
    """The newest runs of one channel (None: of all), newest first."""
    rows = select(RunRow, ChannelRow.name).join(ChannelRow, col(RunRow.channel_id) == ChannelRow.id)
    if channel is not None:
        rows = rows.where(ChannelRow.name == channel)
    found = session.exec(rows.order_by(col(RunRow.id).desc()).limit(most)).all()
    return [_view(row, name) for row, name in found]


def ask_to_end(session: Session, number: int, who: str) -> str:
    """Ask run `number` to end after its call in flight; its channel.

    Raises:
        UsageError: there is no such run, or it has ended; the sentence names the runs that can be ended.
    """
    row = session.get(RunRow, number)
    if row is None or row.ended_at is not None:
        raise UsageError(_cannot_end(session, number, row))
    row.cancelled_by = who
    session.add(row)
    return session.get_one(ChannelRow, row.channel_id).name


def _cannot_end(session: Session, number: int, row: RunRow | None) -> str:
    if row is None:
        why = _("there is no run {number}").format(number=number)
    else:
        why = _("run {number} has ended already").format(number=number)
    running = session.exec(select(RunRow.id).where(col(RunRow.ended_at).is_(None)).order_by(col(RunRow.id))).all()
    if not running:
        return _("{why}, and none is running").format(why=why)
    return _("{why}; running now: {numbers}").format(why=why, numbers=", ".join(map(str, running)))


def _view(row: RunRow, channel: str) -> RunView:
    return RunView(
        id=row.id or 0, channel=channel, trigger=row.trigger, started_at=row.started_at, ended_at=row.ended_at,
        status=row.status, outcomes=json.loads(row.counts_json), done=row.done, total=row.total, doing=row.doing,
        message=told(row.message), cancelled_by=row.cancelled_by,
    )  # fmt: skip
