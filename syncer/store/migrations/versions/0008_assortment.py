"""category trees as they were last read, and what a person should know of a listing"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category_tree",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("nodes_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_category_tree_channel_id_channel")),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_category_tree")),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warnings_json", sa.Text(), nullable=True))
