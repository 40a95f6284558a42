"""Picture files, read when they are sent: still there, not too large, and the ones that were planned."""

from __future__ import annotations

import hashlib
from pathlib import Path

from adapters.contract import Picture
from adapters.words import kept


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
        raise PictureProblem("picture_missing", kept("{file} cannot be read", file=path.name)) from None
    if hashlib.sha256(content).hexdigest() != picture.sha256:
        text = kept("{file} is no longer the picture that was imported", file=path.name)
        raise PictureProblem("picture_changed", text)
    if len(content) > most:
        text = kept("{file} has {size} bytes, {most} are allowed", file=path.name, size=len(content), most=most)
        raise PictureProblem("picture_too_large", text)
    return content


def file_of(picture: Picture, most: int) -> tuple[str, bytes, str]:
    """File name, bytes and media type of a picture, as a part of an upload.

    Raises:
        PictureProblem: see `content_of`.
    """
    content = content_of(picture, most)
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"{picture.sha256[:16]}.{kind.replace('jpeg', 'jpg')}", content, f"image/{kind}"
