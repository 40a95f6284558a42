"""Picture files: each opened once, known by the hash of its bytes."""

from __future__ import annotations

import hashlib
import io
import stat
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from syncer.catalogue.model import Picture

BYTES_MOST = 20 * 1024 * 1024
"""Larger files are no product pictures (shops take 10 MB)."""


@dataclass(slots=True)
class Album:
    """The pictures that files of one folder name; names count from there and may lead out of it by `..`.

    An export names its pictures from wherever it was put, so `..` must be allowed. An absolute name is refused: it
    holds on one machine only.
    """

    folder: Path
    seen: dict[str, Picture | None] = field(default_factory=dict)

    def picture(self, name: str) -> Picture | None:
        """The picture called `name`, with its absolute path; None when there is no such file, or it is no picture."""
        if name not in self.seen:
            absolute = name.startswith(("/", "\\")) or Path(name).is_absolute()
            self.seen[name] = None if absolute else _open(self.folder / name)
        return self.seen[name]


def _open(path: Path) -> Picture | None:
    try:
        path = path.resolve()
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > BYTES_MOST:
            return None
        content = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # only the size is read, never the pixels
            with Image.open(io.BytesIO(content)) as image:
                width, height = image.size
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError):
        return None  # the caller tells of it, with the name
    return Picture(str(path), hashlib.sha256(content).hexdigest(), width, height)
