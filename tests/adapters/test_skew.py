"""Our clock against a marketplace's."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import responses

from adapters.clock import ManualClock
from adapters.contract import Cause, Limits, Transient
from adapters.pacing import Pacer
from adapters.skew import RECHECK_S, Skew
from adapters.transport import Request, Safety, Sign, Transport, new_session
from syncer.texts import told

BASE = "http://127.0.0.1:9"
START = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LIMITS = Limits(rates=(), clock_tolerance_s=240.0)


def shows(wire: responses.RequestsMock, ahead_s: float | None, now: datetime = START) -> None:
    """The next answer's Date, so that our clock is so far ahead of it; None = no Date."""
    headers = {} if ahead_s is None else {"Date": format_datetime(now - timedelta(seconds=ahead_s), usegmt=True)}
    wire.get(f"{BASE}/", headers=headers)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def transport(clock: ManualClock) -> Transport:
    return Transport(new_session(BASE), clock, Pacer(clock), LIMITS, random.Random(1))


def complained(skew: Skew, transport: Transport) -> None:
    """The marketplace complained of our clock: its answer is measured."""
    probe = Request("GET", f"{BASE}/", ())
    skew.measure(transport.send(lambda: probe, lambda _: Sign.final, Safety.read, {}))


def test_nothing_is_signed_while_it_is_off_and_it_is_looked_at_again_now_and_then(
    clock: ManualClock, transport: Transport
) -> None:
    skew = Skew(clock, LIMITS, transport, BASE, {})
    skew.check()
    with responses.RequestsMock() as wire:
        shows(wire, 600)
        complained(skew, transport)
        assert skew.off
        with pytest.raises(Transient) as refused:
            skew.check()
        assert told(refused.value.text) == "this machine's clock is +600 s off; nothing is signed"
        assert (refused.value.cause, refused.value.until) == (Cause.clock, START + timedelta(seconds=RECHECK_S))
        assert len(wire.calls) == 1
        clock.advance(RECHECK_S)
        shows(wire, 239, clock.now())
        skew.check()
        assert len(wire.calls) == 2
    assert not skew.off


def test_an_answer_without_a_date_tells_nothing(clock: ManualClock, transport: Transport) -> None:
    skew = Skew(clock, LIMITS, transport, BASE, {})
    with responses.RequestsMock() as wire:
        shows(wire, -600)
        complained(skew, transport)
        wire.reset()
        shows(wire, None)
        complained(skew, transport)
    assert -601 < skew.seconds < -599
