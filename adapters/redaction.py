"""Text without secrets: what goes into an outcome, an error or a log passes through here."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAMED = re.compile(
    r"(?i)([\"']?(?:access_token|refresh_token|token|sign|partner_key|client_secret|client_key|seller_key|api-seller-key|signature_key|signature|"
    r"user_id|code|authorization)[\"']?\s*[=:]\s*[\"']?)([^\s\"'&,}]+)"
)
_SCHEME = re.compile(r"(?i)\b(basic|bearer)\s+[a-z0-9+/=._~-]{8,}")


def redact(text: str, secrets: Iterable[str] = (), limit: int = 500) -> str:
    """`text` without any of `secrets` and without the value of anything named like one, on one short line."""
    for secret in sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True):
        text = text.replace(secret, "***")
    text = _NAMED.sub(r"\1***", _SCHEME.sub(r"\1 ***", text))
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
