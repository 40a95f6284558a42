"""Instants as people in the service centre read them: WIB (Asia/Jakarta), with their age beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from syncer.texts import _, ngettext

WIB = ZoneInfo("Asia/Jakarta")

MINUTE, HOUR, DAY = 60, 3600, 86_400
HOURS_UNTIL_S = 2 * DAY
"""Up to here an age is told in hours, then in days."""


def local(moment: datetime) -> str:
    """`moment` as '24 Nov 2026 08.15 WIB' (in English '08:15')."""
    there = moment.astimezone(WIB)
    return _("{day} {month} {year} {hour}:{minute} WIB").format(
        day=there.day, month=_months()[there.month - 1], year=there.year, hour=f"{there.hour:02}",
        minute=f"{there.minute:02}",
    )  # fmt: skip


def aged(moment: datetime, now: datetime) -> str:
    """`moment` with its age, as '24 Nov 2026 08.15 WIB, 2 jam lalu'."""
    return f"{local(moment)}, {age(moment, now)}"


def age(moment: datetime, now: datetime) -> str:
    """How long `moment` is past; one that a wrong clock put into the future was just now."""
    seconds = int((now - moment).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        number = seconds // MINUTE
        return ngettext("{n} minute ago", "{n} minutes ago", number).format(n=number)
    if seconds < HOURS_UNTIL_S:
        number = seconds // HOUR
        return ngettext("{n} hour ago", "{n} hours ago", number).format(n=number)
    number = seconds // DAY
    return ngettext("{n} day ago", "{n} days ago", number).format(n=number)


def lasted(span: timedelta) -> str:
    """A span as '3 jam 20 menit'; from two days on in days and hours."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < MINUTE:
        return _("less than a minute")
    if seconds < HOUR:
        return _("{minutes} min").format(minutes=seconds // MINUTE)
    if seconds < HOURS_UNTIL_S:
        return _("{hours} h {minutes} min").format(hours=seconds // HOUR, minutes=seconds % HOUR // MINUTE)
    return _("{days} d {hours} h").format(days=seconds // DAY, hours=seconds % DAY // HOUR)


def _months() -> tuple[str, ...]:
    return (
        _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"),
        _("Dec"),
    )  # fmt: skip
