"""How large a picture is, by its header alone: what every shop's limits on pictures are judged by."""

from __future__ import annotations

import struct


def measured(content: bytes) -> tuple[str, int, int] | None:
    """Type, width and height by the header, None if it is none of these types or broken off."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return "png", *struct.unpack(">II", content[16:24])
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
        if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
            return _heic(content)
        if content.startswith(b"BM"):
            width, height = struct.unpack("<ii", content[18:26])
            return "bmp", abs(width), abs(height)  # a negative height means rows from the top
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


def _heic(content: bytes) -> tuple[str, int, int] | None:
    """The largest spatial extent (ISO/IEC 23008-12, 6.5.3): tiles have smaller ones than the whole."""
    sizes, at = [], content.find(b"ispe")
    while at >= 0:
        sizes.append(struct.unpack(">II", content[at + 8 : at + 16]))
        at = content.find(b"ispe", at + 4)
    width, height = max(sizes, default=(0, 0))
    return ("heic", width, height) if sizes else None
