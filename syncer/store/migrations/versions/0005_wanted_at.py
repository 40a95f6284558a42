"""since when a person waits for a channel: a mark of somebody who is gone holds nobody up"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wanted_at", Instant(timezone=True), nullable=True))
