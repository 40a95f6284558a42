"""One run at a time on a channel: the lease.

On one host an operating-system file lock decides: the kernel frees it when its holder dies, so a restart goes on at
once, and a suspended holder keeps it. Across hosts a heartbeat by the database's clock decides, and a taker first
waits until the holder's last call is past its deadline. Each take-over raises the fence; whatever a run writes, it
writes only while the fence is still its own.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout
from sqlmodel import Session, select

from adapters.clock import Clock
from syncer.errors import ChannelBusy
from syncer.store.database import Database
from syncer.store.tables import ChannelRow, LeaseRow
from syncer.texts import kept

HEARTBEAT_S = 30
"""A holder on another host is gone when its last heartbeat is older than this."""

LOOK_AGAIN_S = 0.05
"""How often a waiting run tries again."""

WANTED_LASTS = timedelta(seconds=3)
"""The mark of somebody who waits is good for so long; who still waits renews it a second before."""


class LeaseLost(Exception):
    """Another run took the channel over: nothing more may be written or sent by this one."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A held channel. Valid while the stored fence equals `fence`."""

    database: Database
    channel_id: int
    fence: int
    who: str

    def check(self, session: Session) -> LeaseRow:
        """The lease row, still ours; locked until the transaction ends.

        Raises:
            LeaseLost: another run has taken the channel over.
        """
        row = session.get(LeaseRow, self.channel_id, with_for_update=True, populate_existing=True)
        if row is None or row.fence != self.fence:
            raise LeaseLost(kept("another run has taken the channel over (turn {fence} is over)", fence=self.fence))
        return row

    def arm(self, session: Session, deadline_s: float) -> None:
        """Before a call: still ours, and others know until when the call can last at most."""
        row = self.check(session)
        now = self.database.now(session)
        row.heartbeat_at, row.call_deadline_at = now, now + timedelta(seconds=deadline_s)
        session.add(row)

    def wanted(self) -> bool:
        """Whether another run asked for the channel; read between calls."""
        with self.database.read() as session:
            row = session.get(LeaseRow, self.channel_id)
            return row is not None and row.wanted_by not in (None, self.who) and _fresh(row, self.database.now(session))


@contextmanager
def hold(
    database: Database, channel_id: int, channel: str, locks: Path, clock: Clock, wait_s: float, hand_over: bool = True
) -> Iterator[Lease]:
    """Hold the channel for the block.

    `locks` = the folder of the lock files; `wait_s` = how long to wait for another run; `hand_over` asks the holder to
    end its run early.

    Raises:
        ChannelBusy: another run held the channel for longer than `wait_s`.
    """
    who = f"{platform.node()}:{os.getpid()}:{uuid4().hex[:8]}"
    lock = FileLock(_lock_file(locks, channel), thread_local=False)
    deadline = clock.monotonic() + wait_s
    try:
        while not _locked(lock):
            _ask_or_give_up(database, channel_id, channel, who, clock, deadline, hand_over)
        while (fence := _take(database, channel_id, who, hand_over)) is None:
            _ask_or_give_up(database, channel_id, channel, who, clock, deadline, hand_over)
        lease = Lease(database, channel_id, fence, who)
        try:
            yield lease
        finally:
            _release(lease)
    finally:
        lock.release()


@contextmanager
def hold_every(database: Database, locks: Path, clock: Clock, wait_s: float) -> Iterator[None]:
    """Hold every channel that was ever opened, one after the other by name: meanwhile no call is on its way.

    Raises:
        ChannelBusy: another run held one of them for longer than `wait_s`.
    """
    with database.read() as session:
        channels = session.exec(select(ChannelRow.id, ChannelRow.name).order_by(ChannelRow.name)).all()
    deadline = clock.monotonic() + wait_s
    with ExitStack() as held:
        for channel_id, name in channels:
            left = max(0.0, deadline - clock.monotonic())
            held.enter_context(hold(database, channel_id or 0, name, locks, clock, left))
        yield


def _lock_file(locks: Path, channel: str) -> str:
    locks.mkdir(parents=True, exist_ok=True)
    return str(locks / f"{channel}.lock")


def _locked(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def _ask_or_give_up(
    database: Database, channel_id: int, channel: str, who: str, clock: Clock, deadline: float, hand_over: bool
) -> None:
    if clock.monotonic() >= deadline:
        raise ChannelBusy(channel)
    if hand_over:
        _want(database, channel_id, who)
    clock.sleep(LOOK_AGAIN_S)


def _want(database: Database, channel_id: int, who: str) -> None:
    """Mark that somebody waits; of several it is enough that one does."""
    soon = timedelta(seconds=1)
    with database.read() as session:
        row = session.get(LeaseRow, channel_id)
        if row is None or _fresh(row, database.now(session) + soon):
            return
    with database.write() as session:
        row = session.get_one(LeaseRow, channel_id)
        row.wanted_by, row.wanted_at = who, database.now(session)
        session.add(row)


def _fresh(row: LeaseRow, now: datetime) -> bool:
    return row.wanted_by is not None and row.wanted_at is not None and now - row.wanted_at <= WANTED_LASTS


def _take(database: Database, channel_id: int, who: str, urgent: bool) -> int | None:
    """The new fence; None while a holder on another host may still be alive, or somebody more urgent waits."""
    host = platform.node()
    with database.write() as session:
        row = session.get(LeaseRow, channel_id, with_for_update=True) or LeaseRow(channel_id=channel_id)
        now = database.now(session)
        if row.host not in ("", host) and not _surely_gone(row, now):
            return None
        if not urgent and row.wanted_by != who and _fresh(row, now):
            return None
        row.fence += 1
        row.host, row.pid, row.heartbeat_at, row.call_deadline_at = host, os.getpid(), now, None
        row.wanted_by = row.wanted_at = None  # who else waits says so again within a moment
        session.add(row)
        return row.fence


def _surely_gone(row: LeaseRow, now: datetime) -> bool:
    """The holder on another host is silent, and whatever call it had begun has ended."""
    silent = row.heartbeat_at is None or row.heartbeat_at <= now - timedelta(seconds=HEARTBEAT_S)
    return silent and (row.call_deadline_at is None or row.call_deadline_at <= now)


def _release(lease: Lease) -> None:
    """Give the channel back; a lease that was lost is no longer ours to give."""
    with lease.database.write() as session:
        row = session.get(LeaseRow, lease.channel_id, with_for_update=True)
        if row is not None and row.fence == lease.fence:
            row.host, row.pid, row.call_deadline_at = "", 0, None
            session.add(row)
