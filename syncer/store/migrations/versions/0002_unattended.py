"""what running unattended needs: queued values, pauses, spent budgets, a journal"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("facet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("value_json", sa.Text(), nullable=True))
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("audited_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("paused_why", sa.Text(), nullable=True))
    op.create_table(
        "budget_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_use")),
    )
    with op.batch_alter_table("budget_use", schema=None) as batch_op:
        batch_op.create_index("ix_budget_use_budget_at", ["budget", "at"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
