"""Blibli's signature and its date (facts, section 3.3). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def wib_date(milliseconds: int) -> str:
    """`Signature-Time` as line 4 wants it, by hand: runtimes print another zone name or hour (facts, section 3.3)."""
    at = datetime.fromtimestamp(milliseconds // 1000, WIB)
    clock = f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}"
    return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:02d} {clock} WIB {at.year}"


def signed_path(path: str) -> str:
    """The path after /proxy as it is signed: the first /mta reads /mtaapi (facts, section 3.3)."""
    return "/mtaapi" + path.removeprefix("/mta") if path.startswith("/mta/") else path


def sign(key: str, method: str, path: str, body: bytes | None, milliseconds: int) -> str:
    """Base64 HMAC-SHA256 over verb, MD5 of the very bytes sent, content type, date and path (facts, section 3.3).

    A DELETE would say its content type without a body; no call of ours is one.
    """
    digest = hashlib.md5(body).hexdigest() if body else ""  # Blibli's choice
    content_type = "" if method == "GET" else "application/json"
    raw = "\n".join((method, digest, content_type, wib_date(milliseconds), signed_path(path)))
    return base64.b64encode(hmac.new(key.encode(), raw.encode(), hashlib.sha256).digest()).decode()
