"""how far a new channel has come, what its shop said of itself, and what surprised us there"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage", sa.String(), nullable=False, server_default="new"))
        batch_op.add_column(sa.Column("stage_since", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("survey_json", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("surveyed_at", Instant(timezone=True), nullable=True))
    # A channel that the config calls active becomes so when it is next opened; any other stands still until checked.
    op.create_table(
        "noticed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("notion", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("first_seen", Instant(timezone=True), nullable=False),
        sa.Column("last_seen", Instant(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.Column("accepted_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_noticed_channel_id_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noticed")),
        sa.UniqueConstraint(
            "channel_id", "notion", "name", "operation", "position",
            name=op.f("uq_noticed_channel_id_notion_name_operation_position"),
        ),
    )  # fmt: skip
