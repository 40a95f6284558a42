"""Picture files as parts of an upload."""

from __future__ import annotations

import hashlib
from pathlib import Path

from adapters.contract import Picture

MAX_PICTURE = 10 * 1024 * 1024  # ours: Bukalapak's own limit is in no source (facts, section 3.4)


class PictureProblem(Exception):
    """A picture file is not what was planned: nothing was sent."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def part_of(picture: Picture) -> tuple[str, str, bytes, str]:
    """Field, file name, bytes and media type, read now.

    Raises:
        PictureProblem: it is gone, too large, or not the one that was planned.
    """
    path = Path(picture.path)
    try:
        content = path.read_bytes()
    except OSError:
        raise PictureProblem("picture_missing", f"{path.name} cannot be read") from None
    if hashlib.sha256(content).hexdigest() != picture.sha256:
        raise PictureProblem("picture_changed", f"{path.name} is no longer the picture that was imported")
    if len(content) > MAX_PICTURE:
        raise PictureProblem("picture_too_large", f"{path.name} has {len(content)} bytes, {MAX_PICTURE} are allowed")
    png = content.startswith(b"\x89PNG")
    name = f"{picture.sha256[:16]}.{'png' if png else 'jpg'}"
    return "file", name, content, "image/png" if png else "image/jpeg"
