"""Alembic's way in: always on a connection that the caller opened."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from syncer.store import tables  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
