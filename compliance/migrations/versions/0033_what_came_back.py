"""Indexes that answer what came back without reading the findings themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_AGAIN = sa.text("repeat_of_id IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_finding_workplace_item", table_name="finding")
    op.create_index(
        "ix_finding_workplace_item", "finding", ["workplace_id", "item", "visited_on", "state", "area"]
    )
    op.create_index(
        "ix_finding_again",
        "finding",
        ["visit_id", "item", "area", "state", "repeat_of_id", "visited_on"],
        sqlite_where=_AGAIN,
        postgresql_where=_AGAIN,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_finding_again", table_name="finding")
    op.drop_index("ix_finding_workplace_item", table_name="finding")
    op.create_index("ix_finding_workplace_item", "finding", ["workplace_id", "item"])
