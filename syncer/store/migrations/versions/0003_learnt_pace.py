"""the pace that refusals have taught outlives the process"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget_learnt",
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("aim", sa.Float(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("budget", name=op.f("pk_budget_learnt")),
    )
