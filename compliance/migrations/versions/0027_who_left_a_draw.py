"""An index of the drawn workplaces that left before their visit: figures look for these few among all drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_LEFT = sa.text("left_reason IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_drawn_workplace_left",
        "drawn_workplace",
        ["association_id", "period_id", "stratum_id"],
        sqlite_where=_LEFT,
        postgresql_where=_LEFT,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_drawn_workplace_left", "drawn_workplace")
