"""The times of an import: a date alone means its end in Asia/Jakarta, but never later than now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`, the day on which dates are judged, and the ledger time of counts that do not say their own."""

    now: datetime
    judged_on: date
    counted_at: datetime

    def end_of(self, day: date) -> datetime:
        """The last instant of `day`, but never later than now."""
        return min(start_of(day + timedelta(days=1)) - timedelta(microseconds=1), self.now)


def moment_of(as_of: date | datetime | None, now: datetime) -> Moment:
    """The times of an import at `now` (aware). An `as_of` without a time zone is meant in Asia/Jakarta."""
    if as_of is None:
        return Moment(now, now.astimezone(WIB).date(), now)
    if isinstance(as_of, datetime):
        at = as_of if as_of.tzinfo else as_of.replace(tzinfo=WIB)
        return Moment(now, at.astimezone(WIB).date(), min(at, now))
    return Moment(now, as_of, min(start_of(as_of + timedelta(days=1)) - timedelta(microseconds=1), now))


def start_of(day: date) -> datetime:
    """The first instant of `day` in Asia/Jakarta."""
    return datetime.combine(day, time(), WIB)
