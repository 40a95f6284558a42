"""variants that we took out of their product, and variants that somebody removed in a shop's app"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", Instant(timezone=True), nullable=True))
