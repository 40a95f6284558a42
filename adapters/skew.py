"""Our clock against a marketplace's: measured when it complains; nothing is signed while ours is known to be off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from adapters.clock import Clock
from adapters.contract import Cause, Limits, Transient
from adapters.transport import Answer, Request, Safety, Sign, Transport
from adapters.words import kept

RECHECK_S = 30.0
"""A clock that is off is looked at again no sooner."""


class Skew:
    """How far our clock is ahead of one marketplace's. `base` = its address, which is asked without a signature;
    `keys` = the budgets that this asking counts for.
    """

    def __init__(self, clock: Clock, limits: Limits, transport: Transport, base: str, keys: Mapping[str, str]) -> None:
        self._clock, self._tolerance_s, self._transport = clock, limits.clock_tolerance_s, transport
        self._base, self._keys = base, keys
        self._seen = clock.monotonic()
        self.seconds = 0.0

    @property
    def off(self) -> bool:
        """Whether it is more than the marketplace takes."""
        return abs(self.seconds) > self._tolerance_s

    def measure(self, answer: Answer) -> None:
        """By the Date of an answer; nothing is learnt from one without."""
        if answer.date is not None and answer.received_at is not None:
            self.seconds = (answer.received_at - answer.date).total_seconds()
            self._seen = self._clock.monotonic()

    def check(self) -> None:
        """Let a call be signed, unless our clock is off; look again now and then, unsigned.

        Raises:
            Transient: it is off; nothing was sent.
        """
        if not self.off:
            return
        if self._clock.monotonic() - self._seen >= RECHECK_S:
            probe = Request("GET", f"{self._base}/", ())
            self.measure(self._transport.send(lambda: probe, lambda _: Sign.final, Safety.read, self._keys))
        if self.off:
            until = self._clock.now() + timedelta(seconds=RECHECK_S)
            text = kept("this machine's clock is {seconds} s off; nothing is signed", seconds=f"{self.seconds:+.0f}")
            raise Transient(Cause.clock, "", text, until)
