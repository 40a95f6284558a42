"""The migrations make what the tables say, on every database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, inspect, text
from sqlmodel import SQLModel

from syncer.errors import StoreError
from syncer.store.database import IDLE_ENDS_MS, Database
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


def test_a_mark_that_said_nothing_is_not_taken_over(tmp_path: Path) -> None:
    """Before 0004 a reading that saw no number marked the offer as seen: such marks do not make anything fresh."""
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(
            text(
                "INSERT INTO channel (id, name, marketplace, catalogue_seq, rules_hash) "
                "VALUES (1, 'toko', 'shopee', 0, '')"
            )
        )
        connection.execute(text("INSERT INTO producer (id, code, name, district, paused) VALUES (1, 'P', 'P', '-', 0)"))
        connection.execute(
            text(
                "INSERT INTO product (id, code, producer_id, name, description, category, status, "
                "changed_seq) VALUES (1, 'A', 1, 'A', '-', '-', 'active', 1)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO listing (id, channel_id, product_id, created, disturbed, renderer, "
                "source_json) VALUES (1, 1, 1, 1, 0, 1, '{}')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO offer (channel_id, listing_id, sku, price_observed, observed_at) "
                "VALUES (1, 1, 'A-1', 5, '2026-11-24 00:00:00')"
            )
        )
        command.upgrade(config, HEAD)
        (row,) = connection.execute(text("SELECT price_observed, price_observed_at, stock_observed_at FROM offer"))
        assert tuple(row) == (5, None, None)
    database.close()


def test_postgresql_ends_a_transaction_that_stands_still(postgres: URL) -> None:
    """A process suspended inside a transaction would keep its successor from the lease for ever."""
    database = Database(postgres.render_as_string(hide_password=False))
    with database.read() as session:
        (limit,) = session.connection().execute(text("SHOW idle_in_transaction_session_timeout")).one()
    database.close()
    assert limit == f"{IDLE_ENDS_MS // 1000}s"
