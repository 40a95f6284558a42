"""Seeing what another process commits: an import in a terminal is acted upon within 300 ms."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from syncer.store.database import CHANNEL, Database

LOOK_EVERY_S = 0.1
"""`PRAGMA data_version` costs some microseconds: ten times a second is nothing."""


class Watch(Protocol):
    """Tells of commits."""

    def wait(self, stop: threading.Event) -> bool:
        """Wait for about LOOK_EVERY_S, or until `stop`; whether anybody has committed since the last call."""

    def close(self) -> None:
        """Give the connection back."""


def watch(database: Database) -> Watch:
    """The watch of this kind of database."""
    return SqliteWatch(database) if database.is_sqlite else PostgresWatch(database)


class SqliteWatch:
    """SQLite counts, for each connection, the commits of all others."""

    def __init__(self, database: Database) -> None:
        # The driver's own connection: SQLAlchemy would begin a transaction, whose snapshot never sees a commit.
        self._pooled = database.engine.raw_connection()
        self._seen = self._version()

    def wait(self, stop: threading.Event) -> bool:
        """See `Watch.wait`."""
        stop.wait(LOOK_EVERY_S)
        version = self._version()
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        """Give the connection back."""
        self._pooled.close()

    def _version(self) -> int:
        cursor = self._pooled.cursor()
        try:
            cursor.execute("PRAGMA data_version")
            row = cursor.fetchone()
            return 0 if row is None else int(row[0])
        finally:
            cursor.close()


class PostgresWatch:
    """PostgreSQL tells by itself: every write transaction of ours notifies."""

    def __init__(self, database: Database) -> None:
        self._pooled = database.engine.raw_connection()
        connection: Any = self._pooled.driver_connection
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        self._connection = connection

    def wait(self, stop: threading.Event) -> bool:
        """See `Watch.wait`."""
        told = list(self._connection.notifies(timeout=LOOK_EVERY_S, stop_after=1))
        return bool(told) and not stop.is_set()

    def close(self) -> None:
        """The connection has listened: it is not for others."""
        self._pooled.invalidate()
