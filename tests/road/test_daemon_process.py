"""The daemon as a process, and its signals: SIGTERM while a call hangs, SIGHUP with a config that cannot be read."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.sandbox.market import CallSeen
from tests.prove.world import ROOT, World, environment

HANGS_S = 60
ENDS_WITHIN_S = 10


@dataclass(slots=True)
class Hang:
    """The shop's first call hangs for a minute, or until it is let go."""

    reached: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _seen: CallSeen) -> None:
        self.reached.set()
        self.let_go.wait(HANGS_S)


@dataclass(slots=True)
class Running:
    """A daemon, and its log line by line."""

    process: subprocess.Popen[str]

    def line(self, event: str) -> dict[str, Any]:
        """The next line that tells of `event`; what stands before it is passed over."""
        assert self.process.stderr is not None
        for text in self.process.stderr:
            found: dict[str, Any] = json.loads(text)
            if found["event"] == event:
                return found
        raise AssertionError(f"the daemon ended without telling of '{event}'")

    def rest(self) -> list[dict[str, Any]]:
        """Every line until the end of the process."""
        assert self.process.stderr is not None
        return [json.loads(text) for text in self.process.stderr]


@pytest.fixture
def hang(here: World) -> Iterator[Hang]:
    made = Hang()
    here.shop.hooks.before_apply = made
    yield made
    made.let_go.set()


@pytest.fixture
def daemon(here: World) -> Iterator[Running]:
    process = subprocess.Popen(here.command("daemon"), cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True)
    yield Running(process)
    process.kill()
    process.communicate()


def test_sigterm_ends_it_in_time_though_a_call_hangs(here: World, hang: Hang, daemon: Running) -> None:
    assert hang.reached.wait(HANGS_S)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(timeout=ENDS_WITHIN_S) == 0
    last = daemon.rest()[-1]
    assert (last["event"], last["still_in_flight"]) == ("stopped", ["shopee-sandbox"])
    hang.let_go.set()
    here.shop.hooks.before_apply = None
    here.resync("--wait", "30")
    assert sorted(row["status"] for row in here.truth()) == ["live"] * 7


def test_sigterm_ends_it_in_time_though_it_waits_for_a_call_to_take_a_new_config(hang: Hang, daemon: Running) -> None:
    assert hang.reached.wait(HANGS_S)
    daemon.line("started")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.line("config read")
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(timeout=ENDS_WITHIN_S) == 0
    assert daemon.rest()[-1]["event"] == "stopped"


def test_sighup_with_a_broken_config_keeps_the_old_one_and_says_so_once(here: World, daemon: Running) -> None:
    daemon.line("turn")
    good = here.config.read_text(encoding="utf-8")
    here.config.write_text(good.replace("[health]", "[health", 1), encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    told = daemon.line("config not taken")
    assert told["level"] == "error"
    assert "syncer.toml" in told["problem"]
    here.config.write_text(good, encoding="utf-8")  # the proof's own commands need one that can be read
    price = here.folder / "price.csv"
    price.write_text("sku,price_idr\nKPR-KSR-6,186000\n", encoding="utf-8")
    here.run("import", str(price))
    assert daemon.line("turn")["outcomes"] == {"applied": 1}
    daemon.process.send_signal(signal.SIGTERM)
    events = [line["event"] for line in daemon.rest()]
    assert "config not taken" not in events
    assert daemon.process.wait(timeout=ENDS_WITHIN_S) == 0
