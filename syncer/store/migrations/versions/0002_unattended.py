"""what running unattended needs: queued values, pauses, spent budgets, a journal"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for make in STEPS:
        make()


def _facet_and_channel() -> None:
    with op.batch_alter_table("facet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("value_json", sa.Text(), nullable=True))
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("audited_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("paused_why", sa.Text(), nullable=True))


def _budget_use() -> None:
    op.create_table(
        "budget_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_use")),
    )
    with op.batch_alter_table("budget_use", schema=None) as batch_op:
        batch_op.create_index("ix_budget_use_budget_at", ["budget", "at"], unique=False)


def _journal() -> None:
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


def _alive() -> None:
    op.create_table(
        "alive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alive")),
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("succeeded_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )


def _gap() -> None:
    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("began_at", Instant(timezone=True), nullable=False),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_gap_channel_id_channel")),
    )
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_channel_id"), ["channel_id"], unique=False)
        batch_op.create_index("ix_gap_began_at", ["began_at"], unique=False)


def _run() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("total", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("doing", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("cancelled_by", sa.String(), nullable=True))


STEPS = (_facet_and_channel, _budget_use, _journal, _alive, _job, _gap, _run)
