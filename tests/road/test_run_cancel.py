"""`run cancel` from another process, against a resync and against a daemon, while a call of theirs is in flight."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from adapters.sandbox.market import CallSeen
from syncer.store import journal
from syncer.store.tables import RunRow
from syncer.sync.keep import CANCELLED_S
from syncer.sync.runs import ask_to_end
from tests.prove.simulated import Simulation, simulation
from tests.prove.world import ROOT, World, environment

CREATE = "/api/v2/product/add_item"
LONGEST_S = 60


@dataclass(slots=True)
class Gate:
    """Holds back the shop's answer to the second create until it is opened."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    creates: int = 0
    late: int = 0
    """Creates that came after it was opened."""

    def __call__(self, seen: CallSeen) -> None:
        if self.opened.is_set():
            self.late += seen.operation == CREATE
            return
        self.creates += seen.operation == CREATE
        if self.creates >= 2:
            self.reached.set()
            assert self.opened.wait(LONGEST_S)


@pytest.fixture
def gate(here: World) -> Iterator[Gate]:
    made = Gate()
    here.shop.hooks.before_apply = made
    yield made
    made.opened.set()


def start(here: World, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        here.command(*words), cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def cancelled_in_flight(here: World, gate: Gate) -> int:
    """Cancel the run whose call the shop holds back, then let the call land; the run's number."""
    assert gate.reached.wait(LONGEST_S)
    [running] = here.run("run", "list", "--json").json["runs"]
    assert (running["status"], running["cancelled_by"]) == ("running", None)
    done = here.run("run", "cancel", str(running["id"]))
    assert done.err == f"run {running['id']} ends after the call in flight\n"
    [asked] = here.run("run", "list", "--json").json["runs"]
    assert (asked["status"], asked["cancelled_by"]) == ("running", journal.who())
    assert f"asked to end by {journal.who()}" in here.run("run", "list").out
    gate.opened.set()
    return int(running["id"])


def test_a_resync_ends_after_its_call_in_flight(here: World, gate: Gate) -> None:
    resync = start(here, "resync", "--json")
    number = cancelled_in_flight(here, gate)
    out, err = resync.communicate(timeout=LONGEST_S)
    [channel] = json.loads(out)["channels"]
    assert resync.returncode == 1, err  # asked to do something, and ended before it was done
    assert (channel["run"], channel["status"]) == (number, "cancelled")
    assert f"ended by {journal.who()}" in channel["message"]
    assert len(here.truth()) == gate.creates >= 2  # as many as the line's latency asked for were in flight
    assert gate.late == 0
    listed = here.run("run", "list").out
    assert "cancelled" in listed
    assert f"ended by {journal.who()}" in listed
    here.resync()
    assert sorted(row["status"] for row in here.truth()) == ["live"] * 7


def test_a_daemons_run_ends_and_the_daemon_lives_on(here: World, gate: Gate) -> None:
    daemon = start(here, "daemon")
    number = cancelled_in_flight(here, gate)
    assert daemon.stderr is not None
    turn = next(line for line in map(json.loads, daemon.stderr) if line["event"] == "turn")
    assert (turn["run"], turn["status"], turn["again_in_s"]) == (number, "cancelled", CANCELLED_S)
    assert f"ended by {journal.who()}" in here.run("run", "list").out
    here.resync()  # a person's own run needs no permission
    assert sorted(row["status"] for row in here.truth()) == ["live"] * 7
    daemon.terminate()
    assert daemon.wait(timeout=10) == 0
    daemon.communicate()


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation(("BLC-SJK", "RSM-CNC"), ("shopee",)) as made:
        yield made


def test_a_daemon_leaves_the_channel_alone_for_a_minute_then(sim: Simulation) -> None:
    def cancel(seen: CallSeen) -> None:
        if seen.operation == CREATE:
            sim.shops["shopee"].hooks.before_apply = None
            with sim.database.write() as session:
                ask_to_end(session, 1, "staf@kantor")

    sim.shops["shopee"].hooks.before_apply = cancel
    sim.run_for(CANCELLED_S - 5)
    with sim.database.read() as session:
        run = session.get_one(RunRow, 1)
        assert (run.status, run.cancelled_by) == ("cancelled", "staf@kantor")
        assert session.get(RunRow, 2) is None
    sim.run_for(CANCELLED_S)
    assert [row["status"] for row in sim.shops["shopee"].truth()] == ["live", "live"]


@pytest.mark.parametrize(("number", "says"), [
    ("7", "syncer: there is no run 7, and none is running"),
    ("1", "syncer: run 1 has ended already, and none is running"),
    ("x", "syncer: Invalid value for 'number': "),  # the rest is the command line library's
])  # fmt: skip
def test_what_cannot_be_cancelled_is_said_in_a_sentence(here: World, number: str, says: str) -> None:
    here.resync()
    done = here.run("run", "cancel", number, expect=2)
    assert done.out == ""
    assert done.err.startswith(says)
    assert len(done.err.splitlines()) == 1


def test_a_wrong_number_names_the_runs_there_are(here: World, gate: Gate) -> None:
    resync = start(here, "resync")
    assert gate.reached.wait(LONGEST_S)
    assert here.run("run", "cancel", "9", expect=2).err == "syncer: there is no run 9; running now: 1\n"
    here.shop.hooks.before_apply = None
    gate.opened.set()
    resync.communicate(timeout=LONGEST_S)
    assert resync.returncode == 0
