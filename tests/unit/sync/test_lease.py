"""The lease: one run at a time, freed by the kernel, taken over with a fence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.clock import ManualClock
from syncer.errors import ChannelBusy
from syncer.store.database import Database
from syncer.store.schema import open_database
from syncer.store.tables import ChannelRow, LeaseRow
from syncer.sync.lease import WANTED_LASTS, LeaseLost, hold

CLOCK = ManualClock(datetime(2026, 11, 24, tzinfo=UTC))
HOLDER = """
import sys
from pathlib import Path
from adapters.clock import SystemClock
from syncer.store.schema import open_database
from syncer.sync.lease import WANTED_LASTS, LeaseLost, hold
database = open_database(sys.argv[1])
with hold(database, 1, "shop", Path(sys.argv[2]), SystemClock(), 0):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'lease.db'}")
    with made.write() as session:
        session.add(ChannelRow(id=1, name="shop", marketplace="shopee"))
    yield made
    made.close()


@pytest.fixture
def holder(database: Database, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the channel."""
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database.url), str(tmp_path / "locks")], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_waits_and_gives_up(database: Database, tmp_path: Path) -> None:
    with (
        hold(database, 1, "shop", tmp_path, CLOCK, 0),
        pytest.raises(ChannelBusy),
        hold(database, 1, "shop", tmp_path, CLOCK, 2),
    ):
        raise AssertionError("two runs hold one channel")


def test_the_holder_hears_that_it_is_wanted(database: Database, tmp_path: Path) -> None:
    with hold(database, 1, "shop", tmp_path, CLOCK, 0) as lease:
        assert not lease.wanted()
        with pytest.raises(ChannelBusy), hold(database, 1, "shop", tmp_path, CLOCK, 1):
            raise AssertionError("two runs hold one channel")
        assert lease.wanted()


def test_each_take_over_raises_the_fence(database: Database, tmp_path: Path) -> None:
    fences = []
    for _ in range(3):
        with hold(database, 1, "shop", tmp_path, CLOCK, 0) as lease:
            fences.append(lease.fence)
    assert fences == [1, 2, 3]


def test_a_lost_lease_writes_nothing(database: Database, tmp_path: Path) -> None:
    with (
        hold(database, 1, "shop", tmp_path / "a", CLOCK, 0) as old,
        hold(database, 1, "shop", tmp_path / "b", CLOCK, 0),
    ):
        with database.write() as session, pytest.raises(LeaseLost):
            old.check(session)
        with database.write() as session, pytest.raises(LeaseLost):
            old.arm(session, 30)


def test_a_killed_holder_is_followed_at_once(database: Database, tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(ChannelBusy), hold(database, 1, "shop", tmp_path / "locks", CLOCK, 0):
        raise AssertionError("two processes hold one channel")
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    with hold(database, 1, "shop", tmp_path / "locks", CLOCK, 0) as lease:
        assert lease.fence == 2


def test_a_suspended_holder_keeps_the_channel(
    database: Database, tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    holder.send_signal(signal.SIGSTOP)
    with pytest.raises(ChannelBusy), hold(database, 1, "shop", tmp_path / "locks", CLOCK, 0.2):
        raise AssertionError("a suspended process lost its channel")
    holder.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("beat_s", "deadline_s", "taken"), [(5, None, False), (31, None, True), (31, -1, True), (31, 20, False)]
)
def test_another_host_is_followed_when_it_is_silent_and_its_call_is_over(
    database: Database, tmp_path: Path, beat_s: int, deadline_s: int | None, taken: bool
) -> None:
    with database.write() as session:
        now = database.now(session)
        deadline = None if deadline_s is None else now + timedelta(seconds=deadline_s)
        session.add(
            LeaseRow(channel_id=1, fence=7, host="elsewhere", pid=1, heartbeat_at=now - timedelta(seconds=beat_s),
                     call_deadline_at=deadline)
        )  # fmt: skip
    if taken:
        with hold(database, 1, "shop", tmp_path, CLOCK, 0) as lease:
            assert lease.fence == 8
    else:
        with pytest.raises(ChannelBusy), hold(database, 1, "shop", tmp_path, CLOCK, 0):
            raise AssertionError("another host's channel was taken")


def test_what_is_less_urgent_takes_nothing_while_somebody_waits(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        now = database.now(session)
        session.add(LeaseRow(channel_id=1, wanted_by="a person", wanted_at=now))
    with pytest.raises(ChannelBusy), hold(database, 1, "shop", tmp_path, CLOCK, 0, hand_over=False):
        raise AssertionError("a scheduled run went before a person")
    with hold(database, 1, "shop", tmp_path, CLOCK, 0) as lease:
        assert not lease.wanted()


def test_the_mark_of_somebody_who_is_gone_holds_nobody_up(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        now = database.now(session)
        session.add(LeaseRow(channel_id=1, wanted_by="a person", wanted_at=now - WANTED_LASTS - timedelta(seconds=1)))
    with hold(database, 1, "shop", tmp_path, CLOCK, 0, hand_over=False) as lease:
        assert not lease.wanted()
