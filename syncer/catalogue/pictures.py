"""Picture files: each opened once, known by the hash of its bytes."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from syncer.catalogue.model import Picture

BYTES_MOST = 20 * 1024 * 1024
"""Larger files are no product pictures (shops take 10 MB)."""


@dataclass(slots=True)
class Album:
    """The pictures of one folder; names in a file count from there."""

    folder: Path
    seen: dict[str, Picture | None] = field(default_factory=dict)

    def picture(self, name: str) -> Picture | None:
        """The picture called `name`; None when there is no such file, or it is no picture."""
        if name not in self.seen:
            self.seen[name] = _open((self.folder / name).resolve())
        return self.seen[name]


def _open(path: Path) -> Picture | None:
    try:
        if path.stat().st_size > BYTES_MOST:
            return None
        content = path.read_bytes()
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError):
        return None  # reported by the caller as image_missing, with the name
    return Picture(str(path), hashlib.sha256(content).hexdigest(), width, height)
