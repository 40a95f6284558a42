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
        UsageError: there is no such run, or it has ended.
    """
    row = session.get(RunRow, number)
    if row is None or row.ended_at is not None:
        raise UsageError(_("run {number} is not running; see `syncer run list`").format(number=number))
    row.cancelled_by = who
    session.add(row)
    return session.get_one(ChannelRow, row.channel_id).name


def _view(row: RunRow, channel: str) -> RunView:
    return RunView(
        id=row.id or 0, channel=channel, trigger=row.trigger, started_at=row.started_at, ended_at=row.ended_at,
        status=row.status, outcomes=json.loads(row.counts_json), done=row.done, total=row.total, doing=row.doing,
        message=told(row.message),
    )  # fmt: skip
