"""One door to the database: SQLite (the embedded default) or PostgreSQL.

SQLite runs in WAL with ``synchronous=FULL`` (NORMAL loses committed ids on a power cut), foreign keys on, and every
write transaction begins with ``BEGIN IMMEDIATE``: a transaction that reads first and writes later fails at once with
"database is locked" when another has written in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

CHANNEL = "syncer"
"""What PostgreSQL notifies whoever listens of, at every commit of ours."""

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another writer; write transactions hold no call and no file reading."""

IDLE_ENDS_MS = 20_000
"""PostgreSQL ends a transaction that stands still for so long: a process that was suspended inside one must not keep
its successor from the lease (heartbeat 30 s)."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC. SQLite drops time zones, so they are taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: say which time zone it is in")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """An engine, and the only two ways to a session: `read` and `write`."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(url) if self.is_sqlite else _postgres(url)

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded default."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for PostgreSQL and for a database in memory."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; nothing it changes is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One write transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()

    def now(self, session: Session) -> datetime:
        """The database's clock: leases across hosts are judged by it alone."""
        if self.is_sqlite:
            stamp: str = session.connection().execute(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")).scalar_one()
            return datetime.fromisoformat(stamp).replace(tzinfo=UTC)
        moment: datetime = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _postgres(url: str) -> Engine:
    own = (
        {}
        if "options" in make_url(url).query
        else {"options": f"-c idle_in_transaction_session_timeout={IDLE_ENDS_MS}"}
    )
    engine = create_engine(url, pool_pre_ping=True, connect_args=own)
    event.listen(engine, "commit", _on_commit)
    return engine


def _on_commit(connection: Connection) -> None:
    # Here and not in `write`: an import has a connection of its own, for its temporary tables.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


def _on_connect(connection: Any, _record: object) -> None:
    # The driver's own BEGIN is switched off: it starts transactions late and never IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
