"""The signature of Lazada's Open Platform (facts, section 2)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


def sign(app_secret: str, path: str, params: Mapping[str, str]) -> str:
    """Upper-case hex HMAC-SHA256 over the path and every parameter but `sign` and files, sorted by name.

    `path` is that of the API without "/rest"; names and values stand raw, in UTF-8, with nothing in between.
    """
    pairs = sorted((name.encode(), value.encode()) for name, value in params.items() if name != "sign")
    base = path.encode() + b"".join(name + value for name, value in pairs)
    return hmac.new(app_secret.encode(), base, hashlib.sha256).hexdigest().upper()
