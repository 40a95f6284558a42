"""Pictures inside a request: decoded, measured by their header, kept as a hash (facts, section 6)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from adapters.sandbox.picture_size import measured

BYTES_MOST = 4 * 1024 * 1024
TYPES = ("png", "jpg", "webp")
SIDE_LEAST = 600
PER_VARIANT = 8


def taken(value: str) -> dict[str, Any]:
    """{hash, type, width, height} of a picture given as base64 or as a public https URL, or {error}."""
    if value.startswith("https://"):
        return {"hash": hashlib.sha256(value.encode()).hexdigest(), "type": "url", "width": 0, "height": 0}
    if value.startswith("data:"):
        return {"error": "image must be base64 without the data: prefix"}
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return {"error": "image is not base64"}
    if len(content) > BYTES_MOST:
        return {"error": "image is larger than 4 MB"}
    found = measured(content)
    if found is None or found[0] not in TYPES:
        return {"error": "image is not jpg, jpeg, png or webp"}
    kind, width, height = found
    if min(width, height) < SIDE_LEAST:
        return {"error": f"image is {width}x{height}, at least 600x600 is wanted"}
    return {"hash": hashlib.sha256(content).hexdigest(), "type": kind, "width": width, "height": height}
