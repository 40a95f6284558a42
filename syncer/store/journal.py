"""Who did what, when: appended to by every door through which a person acts."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from syncer.store.tables import JournalRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    at: datetime
    who: str
    action: str
    channel: str | None
    text: str


def who() -> str:
    """The operating system's user, as user@host; behind sudo the person who called it."""
    return f"{os.environ.get('SUDO_USER') or _account()}@{platform.node()}"


def _account() -> str:
    try:
        import pwd
    except ImportError:  # no such list of accounts on Windows
        return os.environ.get("USERNAME", "?")
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def write(session: Session, at: datetime, action: str, text: str, channel: str | None = None) -> None:
    """Append one line, in the caller's write transaction."""
    session.add(JournalRow(at=at, who=who(), action=action, channel=channel, text=text))


def read(session: Session, most: int = 20) -> list[Entry]:
    """The newest lines, newest first."""
    rows = session.exec(select(JournalRow).order_by(col(JournalRow.id).desc()).limit(most))
    return [Entry(row.at, row.who, row.action, row.channel, row.text) for row in rows]
