"""Pictures inside a request: decoded, measured by their header, kept as a hash (facts, section 6)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from typing import Any

BYTES_MOST = 4 * 1024 * 1024
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
    if found is None:
        return {"error": "image is not jpg, jpeg, png or webp"}
    kind, width, height = found
    if min(width, height) < SIDE_LEAST:
        return {"error": f"image is {width}x{height}, at least 600x600 is wanted"}
    return {"hash": hashlib.sha256(content).hexdigest(), "type": kind, "width": width, "height": height}


def measured(content: bytes) -> tuple[str, int, int] | None:
    """Type, width and height by the header, None if it is none of the three types or broken off."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return "png", *struct.unpack(">II", content[16:24])
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(content: bytes) -> tuple[str, int, int] | None:
    """Walk the segments to the frame header, which holds the size (ISO/IEC 10918-1, B.2.2)."""
    at = 2
    while content[at] == 0xFF:
        kind = content[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return "jpg", width, height
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None


def _webp(content: bytes) -> tuple[str, int, int] | None:
    """The three forms of WebP each keep the size elsewhere (RFC 9649)."""
    form = content[12:16]
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return "webp", width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L":
        bits = int(struct.unpack("<I", content[21:25])[0])
        return "webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8X":
        return "webp", int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    return None
