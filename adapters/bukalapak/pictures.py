"""Picture files as parts of an upload."""

from __future__ import annotations

from adapters.contract import Picture
from adapters.pictures import file_of

MAX_PICTURE = 10 * 1024 * 1024  # ours: Bukalapak's own limit is in no source (facts, section 3.4)


def part_of(picture: Picture) -> tuple[str, str, bytes, str]:
    """Field, file name, bytes and media type, read now.

    Raises:
        PictureProblem: it is gone, too large, or not the one that was planned.
    """
    return ("file", *file_of(picture, MAX_PICTURE))
