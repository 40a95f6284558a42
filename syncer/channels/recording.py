"""Transcripts of a check: each exchange with a shop as one file, without secrets and without buyers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from adapters.clock import Clock
from adapters.transcripts import transcript
from adapters.transport import Answer, Request, overheard
from syncer.errors import UsageError
from syncer.texts import _


@contextmanager
def recorded(folder: Path | None, channel: str, clock: Clock) -> Iterator[None]:
    """Write what goes over the wire in here to FOLDER/CHANNEL-NNN.json; None = write nothing.

    Raises:
        UsageError: the folder cannot be written.
    """
    if folder is None:
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{channel}-[0-9][0-9][0-9].json"):
            old.unlink()
    except OSError as error:
        text = _("{folder}: cannot be written ({reason}); name another folder")
        raise UsageError(text.format(folder=folder, reason=error.strerror)) from None
    counted, lock = iter(range(1, 1_000_000)), Lock()

    def listen(request: Request, answer: Answer) -> None:
        with lock:
            number = next(counted)
        text = json.dumps(transcript(request, answer, clock.now()), ensure_ascii=False, indent=1) + "\n"
        (folder / f"{channel}-{number:03d}.json").write_text(text, encoding="utf-8")

    with overheard(listen):
        yield
