"""Instants as people in the service centre read them: WIB (Asia/Jakarta)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


def local(moment: datetime) -> str:
    """`moment` as '2026-11-24 15:04 WIB'."""
    return f"{moment.astimezone(WIB):%Y-%m-%d %H:%M} WIB"
