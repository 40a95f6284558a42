"""How calls to Tokopedia & TikTok Shop are signed (facts, section 3). Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

UNSIGNED = frozenset({"sign", "access_token"})
"""Query parameters that are left out of what is signed."""


def sign(secret: str, path: str, query: Iterable[tuple[str, str]], body: bytes = b"") -> str:
    """Lower-case hex HMAC-SHA256, keyed with the app's secret, over secret, path, sorted query, body and secret.

    `query` holds decoded values in any order; `body` the very bytes that are sent, b"" for a GET and for multipart.
    """
    listed = "".join(name + value for name, value in sorted(query) if name not in UNSIGNED)
    message = b"".join((secret.encode(), path.encode(), listed.encode(), body, secret.encode()))
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
