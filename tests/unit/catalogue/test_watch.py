"""A daemon sees what another process commits, on each kind of database."""

from __future__ import annotations

import threading

from syncer.daemon.watch import watch
from syncer.store import journal
from syncer.store.database import Database
from tests.unit.catalogue.files import NOW, Desk, row


def test_a_commit_is_seen_once(database: Database) -> None:
    eye, stop = watch(database), threading.Event()
    try:
        eye.wait(stop)
        assert not eye.wait(stop)
        with database.write() as session:
            journal.write(session, NOW, "import", "products.csv")
        assert eye.wait(stop) or eye.wait(stop)
        assert not eye.wait(stop)
    finally:
        eye.close()


def test_an_import_is_seen_once(desk: Desk) -> None:
    """It writes by a connection of its own."""
    eye, stop = watch(desk.database), threading.Event()
    try:
        eye.wait(stop)
        assert not eye.wait(stop)
        desk.bring(row())
        assert eye.wait(stop) or eye.wait(stop)
        assert not eye.wait(stop)
    finally:
        eye.close()
