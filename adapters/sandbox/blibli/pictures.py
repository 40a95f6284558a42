"""Pictures as they come: base64 without a prefix, JPEG or PNG, large and square enough (facts, section 6)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

MOST = 4 * 1024 * 1024
LEAST_SIDE = 600


class BadPicture(ValueError):
    """It is refused, and why."""


def checked(text: str) -> str:
    """The hash of a picture that may be shown.

    Raises:
        BadPicture: it may not.
    """
    if text.startswith("https://"):
        return hashlib.sha256(text.encode()).hexdigest()
    if text.startswith("data:"):
        raise BadPicture("(invented) image must be base64 without data: prefix")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadPicture("(invented) image is not base64") from None
    if len(content) > MOST:
        raise BadPicture("(invented) image is larger than 4 MB")
    width, height = size(content)
    if min(width, height) < LEAST_SIDE:
        raise BadPicture(f"(invented) image of {width}x{height} px is smaller than {LEAST_SIDE}x{LEAST_SIDE}")
    return hashlib.sha256(content).hexdigest()


def size(content: bytes) -> tuple[int, int]:
    """Width and height from the header of a PNG or JPEG.

    Raises:
        BadPicture: it is neither.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    raise BadPicture("(invented) image is neither jpg nor png")


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content):
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at] != 0xFF:
            break
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise BadPicture("(invented) image has no size")
