"""The report where staff find it: files that are whole at every moment."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from syncer.report.dates import WIB
from syncer.report.html import as_html
from syncer.report.model import make_report
from syncer.report.values import Report
from syncer.settings import Settings
from syncer.store.database import Database

LATEST = "laporan.html"


def publish(settings: Settings, database: Database, now: datetime) -> None:
    """Write the report as it stands into the folder of the config: the latest, and that of the day.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    with database.read() as session:
        report = make_report(session, now, config=settings.channels)
    publish_report(report, settings.folder / settings.report.folder, now)


def publish_report(report: Report, folder: Path, now: datetime) -> None:
    """Write `report` to `folder` as laporan.html and laporan-YYYY-MM-DD.html (the day in WIB).

    Raises:
        OSError: the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = as_html(report)
    for name in (LATEST, f"laporan-{now.astimezone(WIB).date()}.html"):
        write_whole(folder / name, page)


def write_whole(path: Path, text: str) -> None:
    """Put `text` where `path` is, at once: a reader sees the old file or the new one, also after a power cut.

    What is there and is no ordinary file (a pipe, /dev/full) is written to and never replaced.

    Raises:
        OSError: it cannot be written; the error names `path`.
    """
    there = path.resolve()
    if there.exists() and not there.is_file():
        there.write_text(text, encoding="utf-8")
        return
    part = there.with_name(f".{there.name}.{os.getpid()}.part")
    try:
        _durable(part, text)
        os.replace(part, there)
    except OSError as error:
        if part.is_file():
            part.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def _durable(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
