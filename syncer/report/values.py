"""What a sync report is made of: frozen values, the same for every face.

Every failure is counted once, under its first cause. *Fresh* = read back within the limit, and as wanted. Counts carry
their denominator. Rupiah are whole, instants aware.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from adapters.contract import Cause
from syncer.report.causes import PEOPLE, Advice, Who

PRESSES_DAYS = 7
"""What ends within a week waits for a person; what ends later stands in the calendar."""


@dataclass(frozen=True, slots=True)
class Example:
    """One of the things behind a count. `sku` is '' for the whole listing; `message` is the marketplace's or ours."""

    channel: str
    code: str
    title: str
    sku: str
    facet: str
    message: str
    since: datetime
    others: int = 0
    """How many more things the very same is said of: a closed category is one thing to do, whatever is in it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """All that failed for one reason: how many, on which channels, of how many producers, since when, who acts."""

    cause: Cause
    advice: Advice
    count: int
    channels: dict[str, int]
    producers: int
    oldest: datetime
    examples: tuple[Example, ...]

    @property
    def told_of(self) -> int:
        """How many of them the examples speak for."""
        return sum(1 + example.others for example in self.examples)


@dataclass(frozen=True, slots=True)
class Warnings:
    """One thing that a person should know of `count` listings, and that stops none; `messages` = the first of them."""

    advice: Advice
    count: int
    channels: dict[str, int]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunLine:
    """The last run of a channel."""

    id: int
    trigger: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    outcomes: dict[str, int]
    message: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of `offers` that should be on sale: whose price and stock were read back in time, live, and are as wanted."""

    offers: int
    price: int
    stock: int
    both: int

    @property
    def stale(self) -> int:
        """Offers of which nobody can say that buyers see what we want."""
        return self.offers - self.both


@dataclass(frozen=True, slots=True)
class Pause:
    """Why nothing is pushed to a channel. `by` is '' and `since` None where the config says so."""

    why: str
    by: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong with a whole channel, or with the service. `note` is what was said then."""

    advice: Advice
    since: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class DriftLine:
    """What a shop showed against our picture of it, and nobody has looked at. `mark` lets all of it pass."""

    notion: str
    name: str
    operation: str
    assumed: str
    seen: str
    evidence: str
    since: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that a person must renew: `kind` consent | tokens | key. `within` = 30, 14, 7, 1 or 0 (over) days."""

    kind: str
    at: datetime
    within: int

    @property
    def presses(self) -> bool:
        """Whether it waits for a person now; earlier it is only in the calendar."""
        return self.within <= PRESSES_DAYS


@dataclass(frozen=True, slots=True)
class Left:
    """A listing that still stands in a shop that is left, as last seen, and the channels that sell it elsewhere."""

    code: str
    title: str
    state: str
    seen_at: datetime | None
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """One channel.

    `listed` of `active` products are live, as last seen; `wanted` should be on sale; `listings` counts by the state
    last seen; `open` = sent, and the answer or the marketplace's decision is awaited; `held` = changes that wait for a
    decision; `failed` and `blocked` = things that did not go through, each counted once; `strangers` = lines of orders
    that no product of ours answers to; `drift` = what surprised us at the shop; `endings` = what must be renewed soon;
    `left` = of a channel that is left, what still stands there.
    """

    name: str
    marketplace: str
    shop_id: str | None
    state: str
    pause: Pause | None = None
    alarm: Alarm | None = None
    last_run: RunLine | None = None
    orders_pulled_at: datetime | None = None
    active: int = 0
    wanted: int = 0
    listed: int = 0
    listings: dict[str, int] = field(default_factory=dict)
    offers: int = 0
    pieces: int = 0
    freshness: Freshness = Freshness(0, 0, 0, 0)
    open: int = 0
    failed: int = 0
    held: int = 0
    blocked: int = 0
    strangers: tuple[str, ...] = ()
    drift: tuple[DriftLine, ...] = ()
    endings: tuple[Ending, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A listing in the marketplace's hands, or that it gave back. `note` is the marketplace's.

    `counted` = the same stands among the failures, or among what is open, and is counted there.
    """

    channel: str
    code: str
    title: str
    state: str
    since: datetime | None
    note: str
    advice: Advice
    counted: bool


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One change that waits, as a person reads it."""

    name: str
    facet: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One decision to take. `count` changes hang on it; `lines` are the first of them."""

    id: int
    channel: str
    rule: str
    advice: Advice
    message: str
    since: datetime
    count: int
    lines: tuple[HeldLine, ...]

    @property
    def approve(self) -> str:
        """The command that lets exactly these changes pass."""
        return f"syncer held approve {self.id}"

    @property
    def reject(self) -> str:
        """The command that never lets them pass."""
        return f"syncer held reject {self.id}"


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the service did not run, a shop was not to be reached, or the clock jumped."""

    kind: str
    channel: str | None
    began_at: datetime
    ended_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. `silence` is there when the service should run and does not."""

    made_at: datetime
    channels: tuple[ChannelReport, ...]
    failures: tuple[Failure, ...] = ()
    reviews: tuple[Review, ...] = ()
    holds: tuple[HoldLine, ...] = ()
    warnings: tuple[Warnings, ...] = ()
    gaps: tuple[Gap, ...] = ()
    gaps_left_out: int = 0
    silence: Alarm | None = None

    @property
    def tasks(self) -> dict[Who, int]:
        """{staff, operator: how many things wait for them}. A hold is one decision, however many changes hang on it."""
        counted: Counter[Who] = Counter()
        for who, number in self._claims():
            counted[who] += number
        return {who: counted[who] for who in PEOPLE}

    def _claims(self) -> Iterator[tuple[Who, int]]:
        yield from ((failure.advice.who, failure.count) for failure in self.failures)
        yield from ((hold.advice.who, 1) for hold in self.holds)
        yield from ((review.advice.who, 1) for review in self.reviews if not review.counted)
        yield from ((alarm.advice.who, 1) for _channel, alarm in self.alarms)
        for channel in self.channels:
            yield from ((Who.operator, 1) for ending in channel.endings if ending.presses)
            if channel.drift:
                yield Who.operator, 1

    @property
    def alarms(self) -> tuple[tuple[str | None, Alarm], ...]:
        """What is wrong as a whole: (channel, or None for the service; what)."""
        own = ((None, self.silence),) if self.silence is not None else ()
        return (*own, *((channel.name, channel.alarm) for channel in self.channels if channel.alarm is not None))

    @property
    def needs_action(self) -> int:
        """How many things wait for a person."""
        return sum(self.tasks.values())

    @property
    def by_itself(self) -> int:
        """How many things wait for the marketplace, or are tried again by themselves."""
        failing = sum(failure.count for failure in self.failures if not failure.advice.for_people)
        looked_at = sum(1 for review in self.reviews if not (review.advice.for_people or review.counted))
        return failing + looked_at + sum(channel.open for channel in self.channels)
