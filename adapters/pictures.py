"""Picture files, read when they are sent: still there, not too large, and the ones that were planned."""

from __future__ import annotations

import hashlib
from pathlib import Path

from adapters.contract import Picture


class PictureProblem(Exception):
    """A picture file is not what was planned: nothing was sent."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def content_of(picture: Picture, most: int) -> bytes:
    """The bytes of a picture, at most `most`.

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
    if len(content) > most:
        raise PictureProblem("picture_too_large", f"{path.name} has {len(content)} bytes, {most} are allowed")
    return content


def file_of(picture: Picture, most: int) -> tuple[str, bytes, str]:
    """File name, bytes and media type of a picture, as a part of an upload.

    Raises:
        PictureProblem: see `content_of`.
    """
    content = content_of(picture, most)
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"{picture.sha256[:16]}.{kind.replace('jpeg', 'jpg')}", content, f"image/{kind}"
