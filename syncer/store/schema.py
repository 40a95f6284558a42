"""Creating and upgrading the database: Alembic from the first table on."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, OperationalError

from syncer.errors import StoreError
from syncer.store.database import Database
from syncer.texts import _

MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str) -> Database:
    """The database at `url`, created if it is not there, upgraded if it is older than this release.

    Raises:
        StoreError: it cannot be opened, written or understood; the sentence says why.
    """
    try:
        database = Database(url)
        if database.file is not None:
            database.file.parent.mkdir(parents=True, exist_ok=True)
        upgrade(database)
    except (OperationalError, DatabaseError, OSError) as error:
        reason = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error)
        text = _("database {name}: cannot be opened or written ({reason}); correct its place, permissions or disk")
        raise StoreError(text.format(name=_shown(url), reason=reason)) from None
    return database


def upgrade(database: Database) -> None:
    """Bring the tables to this release's shape; nothing happens when they have it."""
    with database.engine.connect().execution_options(writes=True) as connection:
        if _version(connection) == HEAD:
            return
        from alembic import command  # slow to load, and needed once a release
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


HEAD = "0010"
"""The newest revision in `migrations/versions`; a test holds the two together."""


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _shown(url: str) -> str:
    """`url` without its password."""
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)
