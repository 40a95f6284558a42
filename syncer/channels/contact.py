"""First contact: how far a new channel has come, and what a shop showed that our picture of it did not hold.

A channel that the config calls `new` goes new → reading → trial (one listing, then ten) → active by itself; `active` in
the config means that the operator vouches for it. Contract drift stops it on the way until somebody has looked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from adapters.clock import Clock
from adapters.contract import Assumption, Noticed, Notion, Survey, Surveyor
from syncer.channels.registry import adapter_module
from syncer.errors import ChannelStopped, UsageError
from syncer.settings import ChannelSettings
from syncer.store import journal
from syncer.store.database import Database
from syncer.store.tables import ChannelRow, NoticedRow
from syncer.texts import _, kept, told

SURVEY: TypeAdapter[Survey] = TypeAdapter(Survey)
NAMED_MOST = 3


class Stage(StrEnum):
    """How far first contact has come."""

    new = "new"
    reading = "reading"
    trial_1 = "trial_1"
    trial_10 = "trial_10"
    active = "active"

    @property
    def shown(self) -> str:
        """The stage in the words of the life cycle: both steps of the trial are the trial."""
        return "trial" if self in TRIED else self.value


TRIED: Mapping[Stage, int] = {Stage.trial_1: 1, Stage.trial_10: 10}
"""How many listings a channel on trial may push."""

NEXT = {Stage.reading: Stage.trial_1, Stage.trial_1: Stage.trial_10, Stage.trial_10: Stage.active}


class Verdict(StrEnum):
    """What a shop's answers have said of an assumption so far."""

    confirmed = "confirmed"
    contradicted = "contradicted"
    not_yet_seen = "not_yet_seen"


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that a shop showed against our picture. `assumed` = our position, of an assumption."""

    id: int
    notion: str
    name: str
    operation: str
    position: str
    assumed: str
    evidence: str
    first_seen: datetime
    last_seen: datetime
    accepted_by: str | None
    accepted_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked at it yet."""
        return self.accepted_at is None


@dataclass(frozen=True, slots=True)
class Judged:
    """An assumption with what was seen of it: {position: evidence}."""

    assumption: Assumption
    assumed: str
    verdict: Verdict
    seen: Mapping[str, str]


def stages(database: Database) -> dict[str, Stage]:
    """{channel: how far it has come}, of every channel that was ever opened."""
    with database.read() as session:
        rows = session.exec(select(ChannelRow.name, ChannelRow.stage))
        return {name: Stage(stage) for name, stage in rows}


# --- one channel -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contact:
    """The first contact of one channel with its shop."""

    database: Database
    clock: Clock
    channel: ChannelSettings
    channel_id: int
    adapter: object

    def stage(self) -> Stage:
        """How far it has come."""
        with self.database.read() as session:
            return Stage(session.get_one(ChannelRow, self.channel_id).stage)

    def limit(self) -> int | None:
        """How many listings may be pushed: only a new channel's trial has such a limit."""
        return None if self.channel.state != "new" else TRIED.get(self.stage())

    def stopped(self) -> str | None:
        """Why nothing may be pushed yet, as a kept text; None: first contact is no hindrance."""
        if self.channel.state != "new":
            return None
        with self.database.read() as session:
            row = session.get_one(ChannelRow, self.channel_id)
            stage, adopted = Stage(row.stage), row.adopted_at is not None
            if stage is Stage.active:
                return None
            found = [drift for drift in drifts(session, self.channel_id, self.channel) if drift.is_open]
        return _hindrance(self.channel.name, stage, adopted, found)

    def must_be_read(self) -> None:
        """Let nothing pass to a shop that has not been checked, reads included.

        Raises:
            ChannelStopped: the channel is new.
        """
        if self.channel.state == "new" and self.stage() is Stage.new:
            raise ChannelStopped(told(_unchecked(self.channel.name)))

    def take_notice(self) -> None:
        """Store what the adapter has noticed since the last time."""
        found = self.adapter.noticed() if isinstance(self.adapter, Surveyor) else ()
        if found:
            with self.database.write() as session:
                for one in found:
                    _store(session, self.channel_id, one, self.clock.now())

    def open_drift(self) -> int:
        """How much of what surprised us nobody has looked at."""
        with self.database.read() as session:
            return sum(drift.is_open for drift in drifts(session, self.channel_id, self.channel))

    def checked(self, survey: Survey) -> None:
        """Store what the shop said of itself."""
        with self.database.write() as session:
            row = session.get_one(ChannelRow, self.channel_id)
            row.survey_json = json.dumps(SURVEY.dump_python(survey, mode="json"), sort_keys=True)
            row.surveyed_at = self.clock.now()
            session.add(row)

    def begin_reading(self) -> None:
        """The shop has answered well: from now on it may be read."""
        self._go(Stage.new, Stage.reading)

    def begin_trial(self) -> None:
        """A run begins, and nothing hinders it: a channel that was only read may now be tried."""
        if self.channel.state == "new":
            self._go(Stage.reading, Stage.trial_1)

    def advance(self) -> Stage:
        """The listings of this step show what we want: on to the next."""
        before = self.stage()
        self._go(before, NEXT[before])
        return NEXT[before]

    def _go(self, before: Stage, stage: Stage) -> None:
        """From `before` on to `stage`; nothing happens where another process has brought it further meanwhile."""
        if self.stage() is not before:
            return
        with self.database.write() as session:
            row = session.get_one(ChannelRow, self.channel_id, with_for_update=True)
            if row.stage != before.value:
                return
            text = kept("from {before} to {after}", before=row.stage, after=stage.value)
            row.stage, row.stage_since = stage.value, self.clock.now()
            session.add(row)
            journal.write(session, self.clock.now(), "stage", text, self.channel.name)


def _hindrance(name: str, stage: Stage, adopted: bool, found: Sequence[Drift]) -> str | None:
    if stage is Stage.new:
        return _unchecked(name)
    if found:
        return kept(
            "channel {channel} stays in {stage}: the shop is not as we believed ({what}); look at "
            "`syncer channel check {channel}`, then let it go on with `syncer channel accept {channel} {mark}`",
            channel=name, stage=_word(stage), what=in_short(found), mark=mark_of(found),
        )  # fmt: skip
    if not adopted:
        return kept(
            "channel {channel} is only read so far: run `syncer adopt {channel}`, or say `empty = true` in the config "
            "if its shop holds nothing",
            channel=name,
        )
    return None


def _word(stage: Stage) -> str:
    """The stage as a kept text."""
    words = {Stage.new: kept("new"), Stage.reading: kept("reading")}
    return words.get(stage) or kept("trial")


def _unchecked(name: str) -> str:
    return kept(
        "channel {channel} is new: run `syncer channel check {channel}`; nothing is pushed before its shop has "
        "answered well",
        channel=name,
    )


def in_short(found: Sequence[Drift]) -> str:
    """The first few by name, as they stand in answers."""
    named = [f"{drift.name} = {drift.position}" if drift.position else drift.name for drift in found]
    rest = len(named) - NAMED_MOST
    return ", ".join([*named[:NAMED_MOST], *([f"+{rest}"] if rest > 0 else [])])


# --- what was noticed ------------------------------------------------------------------------------------------------


def _store(session: Session, channel_id: int, one: Noticed, now: datetime) -> None:
    operation = "" if one.notion is Notion.assumption else one.operation
    row = session.exec(
        select(NoticedRow).where(
            NoticedRow.channel_id == channel_id, NoticedRow.notion == one.notion.value, NoticedRow.name == one.name,
            NoticedRow.operation == operation, NoticedRow.position == one.position,
        )
    ).first()  # fmt: skip
    if row is None:
        evidence = f"{one.operation}: {one.evidence}" if one.notion is Notion.assumption else one.evidence
        row = NoticedRow(
            channel_id=channel_id, notion=one.notion.value, name=one.name, operation=operation,
            position=one.position, evidence=evidence, first_seen=now, last_seen=now,
        )  # fmt: skip
    row.last_seen = now
    session.add(row)


def drifts(session: Session, channel_id: int, channel: ChannelSettings) -> list[Drift]:
    """All contract drift of a channel, looked at or not, oldest first."""
    rows = _noticed(session, channel_id)
    assumed = {judged.id: position for judged, position in assumptions(channel)} if rows else {}
    return [_drift(row, assumed.get(row.name, "")) for row in rows if _is_drift(row, assumed)]


def judged(session: Session, channel_id: int, channel: ChannelSettings) -> list[Judged]:
    """Every assumption of the channel's adapter, with what was seen of it."""
    seen: dict[str, dict[str, str]] = {}
    for row in _noticed(session, channel_id):
        if row.notion == Notion.assumption:
            seen.setdefault(row.name, {})[row.position] = row.evidence
    return [
        Judged(one, position, _verdict(position, seen.get(one.id, {})), seen.get(one.id, {}))
        for one, position in assumptions(channel)
    ]


def assumptions(channel: ChannelSettings) -> list[tuple[Assumption, str]]:
    """What the channel's adapter assumes, with the position that holds here: the config's, else the adapter's own."""
    known: Sequence[Assumption] = getattr(adapter_module(channel.marketplace), "ASSUMPTIONS", ())
    return [(one, channel.assumptions.get(one.id, one.positions[0])) for one in known]


def _verdict(assumed: str, seen: Mapping[str, str]) -> Verdict:
    if any(position != assumed for position in seen):
        return Verdict.contradicted
    return Verdict.confirmed if seen else Verdict.not_yet_seen


def _noticed(session: Session, channel_id: int) -> Sequence[NoticedRow]:
    return session.exec(
        select(NoticedRow).where(NoticedRow.channel_id == channel_id).order_by(col(NoticedRow.id))
    ).all()


def _is_drift(row: NoticedRow, assumed: Mapping[str, str]) -> bool:
    """What contradicts an assumption, and every field, code or word that no source names."""
    return row.notion != Notion.assumption or row.position != assumed.get(row.name)


def _drift(row: NoticedRow, assumed: str) -> Drift:
    return Drift(
        row.id or 0, row.notion, row.name, row.operation, row.position, assumed, row.evidence, row.first_seen,
        row.last_seen, row.accepted_by, row.accepted_at,
    )  # fmt: skip


# --- a person looks --------------------------------------------------------------------------------------------------


def mark_of(found: Sequence[Drift]) -> str:
    """A short word that stands for exactly these: whoever accepts it has been shown no others."""
    lines = sorted(f"{one.notion} {one.name} {one.operation} {one.position}" for one in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


def accept(database: Database, channel_id: int, channel: ChannelSettings, mark: str, now: datetime) -> list[Drift]:
    """Note that a person has looked at the open drift that `mark` stands for; the channel may go on.

    Raises:
        UsageError: nothing is open, or by now something else is.
    """
    with database.write() as session:
        found = [one for one in drifts(session, channel_id, channel) if one.is_open]
        if not found:
            raise UsageError(_("channel {channel}: there is nothing to accept").format(channel=channel.name))
        if mark != mark_of(found):
            text = _(
                "channel {channel}: what is open is not what {mark} stood for; look again with "
                "`syncer channel check {channel}`"
            )
            raise UsageError(text.format(channel=channel.name, mark=mark))
        for one in found:
            row = session.get_one(NoticedRow, one.id)
            row.accepted_by, row.accepted_at = journal.who(), now
            session.add(row)
        journal.write(session, now, "accept", in_short(found), channel.name)
    return found
