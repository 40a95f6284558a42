"""What becomes of changes whose call failed, as far as it is the same for every marketplace. Pure.

What an answer means stands in each marketplace's own table of causes; here stands what follows from a cause.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

from adapters.contract import (
    AuthError,
    Cause,
    Deferred,
    Limits,
    Locked,
    MarketplaceError,
    Outcome,
    Rejected,
    Transient,
    Unknown,
)
from adapters.transport import Answer
from adapters.words import kept

WIB = timezone(timedelta(hours=7))
RETRY_S = 5.0
CLOCK_S = 30.0
THROTTLED_S = 1.0
PASSING = frozenset({Cause.transient, Cause.throttled, Cause.quota, Cause.clock})
"""What passes by itself: the same call may be tried later."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When an answer is judged, and by which delays."""

    now: datetime
    limits: Limits

    def later(self, seconds: float) -> datetime:
        """`seconds` from now."""
        return self.now + timedelta(seconds=seconds)

    def lost(self, code: str = "", text: str = "") -> Unknown:
        """It may or may not have been applied."""
        return Unknown(self.later(self.limits.settle_s), code, text)

    def not_understood(self, error: Exception) -> Unknown:
        """`lost`, as the answer had another shape than the one that is read."""
        return self.lost("", kept("answer not understood: {error}", error=type(error).__name__))


class Failed(Protocol):
    """An answer that is no success, with its envelope opened."""

    @property
    def answer(self) -> Answer:
        """What came over the wire."""

    @property
    def code(self) -> str:
        """The marketplace's code."""

    @property
    def text(self) -> str:
        """Its words, redacted."""

    @property
    def cause(self) -> Cause | None:
        """What its table of causes says."""


def held_s(answer: Answer) -> float:
    """Seconds until a throttled call may be said again: what the marketplace asks for, or pacing has found."""
    return max(answer.held_for or 0.0, answer.retry_after or 0.0, THROTTLED_S)


def next_day(now: datetime) -> datetime:
    """The next midnight in Jakarta: when a daily quota starts anew where no source names the moment."""
    start = now.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    return (start + timedelta(days=1)).astimezone(UTC)


def error_of(
    reply: Failed, now: datetime, owner: Container[str] = (), until: datetime | None = None
) -> MarketplaceError:
    """A failed read or token call as a typed error.

    `owner` = codes that need a person although their cause is another; `until` = when trying again makes sense, where
    that is not the end of a throttle.
    """
    cause = reply.cause or Cause.unknown
    if until is None and cause is Cause.throttled:
        until = now + timedelta(seconds=held_s(reply.answer))
    kind: type[MarketplaceError] = MarketplaceError
    if cause in PASSING:
        kind = Transient
    elif cause is Cause.auth or reply.code in owner:
        kind = AuthError
    return kind(cause, reply.code, reply.text, until)


def uncertain(reply: Failed, at: Moment) -> Outcome | None:
    """The outcome of a call that may have been applied, or came too fast; None: it was surely refused."""
    answer = reply.answer
    if answer.arrived == "maybe" or (reply.cause is Cause.transient and answer.arrived == "yes"):
        return at.lost(reply.code, reply.text)
    if reply.cause is Cause.throttled:
        return Deferred(at.later(held_s(answer)), Cause.throttled, reply.code, reply.text)
    return None


def judged(cause: Cause, code: str, text: str, at: Moment, field: str | None = None) -> Outcome:
    """The outcome for a refusal that is certain: it was not applied. `field` = the field of content it is about."""
    if cause is Cause.clock:
        return Deferred(at.later(CLOCK_S), cause, code, text)
    if cause in (Cause.transient, Cause.throttled):
        return Deferred(at.later(RETRY_S), cause, code, text)
    if cause in (Cause.locked, Cause.review):
        return Locked(cause, None, code, text)
    return Rejected(cause, code, text, (field,) if field else ())


def not_sent(error: MarketplaceError, at: Moment) -> Outcome:
    """The outcome of a call that never left: no token, a clock that is off, a read before it that failed."""
    if isinstance(error, AuthError) or not isinstance(error, Transient):
        return Rejected(error.cause, error.code, error.text)
    return Deferred(error.until or at.later(RETRY_S), error.cause, error.code, error.text)
