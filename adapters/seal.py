"""The `state` of a consent: what the link carries out and the callback must bring back, so that no stranger's code
is taken for the owner's (RFC 6749, section 10.12).

Nothing is kept for it: it is the link's end and a seal over that and the shop, which only the app's secret makes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime

from adapters.contract import AuthError, Cause
from adapters.words import sentence

LETTERS = 32


def sealed(secret: str, shop_id: str, ends: datetime) -> str:
    """The state for a link to the owner of `shop_id` that is worth something until `ends`."""
    moment = int(ends.timestamp())
    seal = hmac.new(secret.encode(), f"{shop_id}\n{moment}".encode(), hashlib.sha256)
    return f"{moment}.{seal.hexdigest()[:LETTERS]}"


def check_state(secret: str, shop_id: str, came: str, now: datetime) -> None:
    """Whether `came` is what we sent out for this shop, and not too late.

    Raises:
        AuthError: it is not, or the link has expired.
    """
    ends = _moment(came.partition(".")[0])
    if ends is None or not hmac.compare_digest(came.encode(), sealed(secret, shop_id, ends).encode()):
        raise AuthError(
            Cause.auth, "invalid_state", sentence("the address comes from no link that was made for this shop")
        )
    if now > ends:
        raise AuthError(Cause.auth, "link_expired", sentence("the link has expired; ask for a new one"))


def _moment(seconds: str) -> datetime | None:
    """Epoch seconds, of ten or eleven digits, as an instant."""
    return datetime.fromtimestamp(int(seconds), UTC) if re.fullmatch(r"[0-9]{10,11}", seconds) else None
