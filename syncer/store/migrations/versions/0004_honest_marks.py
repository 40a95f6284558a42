"""when each value was last seen, and which authorisations the shops have ended"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _offer()
    _listing()
    _authorisation()


def _offer() -> None:
    """The old mark was set by readings that saw neither number: it says nothing of either, and is not taken over."""
    op.execute("ALTER TABLE offer RENAME COLUMN observed_at TO price_observed_at")
    op.execute("UPDATE offer SET price_observed_at = NULL WHERE price_observed_at IS NOT NULL")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stock_observed_at", Instant(timezone=True), nullable=True))


def _listing() -> None:
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("content_observed_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("structure_observed_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("visibility_observed_at", Instant(timezone=True), nullable=True))


def _authorisation() -> None:
    with op.batch_alter_table("authorisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seeds_before", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("refused_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refused_with", sa.String(), nullable=True))
