"""The report where staff find it: a file that is whole at every moment."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from syncer.report.model import make_report
from syncer.report.text import as_text
from syncer.settings import Settings
from syncer.store.database import Database

WIB = ZoneInfo("Asia/Jakarta")


def publish(settings: Settings, database: Database, now: datetime) -> None:
    """Write the report as it stands into the folder of the config: the latest, and that of the day.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    folder = settings.folder / settings.report.folder
    folder.mkdir(parents=True, exist_ok=True)
    with database.read() as session:
        text = as_text(make_report(session, now))
    for name in ("laporan.txt", f"laporan-{now.astimezone(WIB).date()}.txt"):
        _whole(folder / name, text)


def _whole(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
