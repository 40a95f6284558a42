"""The migrations make what the tables say, on every database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

from syncer.errors import StoreError
from syncer.store.database import Database
from syncer.store.schema import HEAD, MIGRATIONS, open_database, upgrade


def test_the_migrations_make_the_tables_as_they_stand(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert context.get_current_revision() == HEAD


def test_upgrading_again_changes_nothing(database: Database) -> None:
    before = sorted(inspect(database.engine).get_table_names())
    upgrade(database)
    assert sorted(inspect(database.engine).get_table_names()) == before


def test_the_newest_revision_is_the_one_that_is_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_place_that_cannot_hold_a_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'test.db'}")
    (tmp_path / "no.db").write_text("this is no database, only a text of more than a hundred bytes " * 3)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path / 'no.db'}")


def test_the_partial_indexes_are_there(database: Database) -> None:
    names = {
        index["name"]
        for table in ("listing", "facet", "intent")
        for index in inspect(database.engine).get_indexes(table)
    }
    assert {"ix_listing_due", "ix_facet_due", "ix_intent_open"} <= names
