"""The newest visits are read from an index in the order in which they are shown; members never visited from another."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0035"
branch_labels = None
depends_on = None

BY_DAY = "ix_visit_association_state_visited"
NOBODY_FOUND = "ix_visit_nobody_found"
LAST = "ix_trend_last_association_id_last_on_enterprise_id"
MEMBERS = "ix_trend_last_members"


def upgrade() -> None:
    """Apply."""
    op.drop_index(BY_DAY, "visit")
    op.create_index(BY_DAY, "visit", ["association_id", "state", "visited_on", "id"])
    without_day = sa.text("visited_on IS NULL")
    op.create_index(
        NOBODY_FOUND,
        "visit",
        ["association_id", "state", "planned_for", "id"],
        sqlite_where=without_day,
        postgresql_where=without_day,
    )
    op.drop_index(LAST, "trend_last")
    op.add_column("trend_last", sa.Column("member", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(
        "UPDATE trend_last SET member = false"
        " WHERE enterprise_id IN (SELECT id FROM enterprise WHERE status <> 'active')"
    )
    with op.batch_alter_table("trend_last") as batch:
        batch.alter_column("member", server_default=None)
    op.create_index(MEMBERS, "trend_last", ["association_id", "member", "last_on", "enterprise_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(MEMBERS, "trend_last")
    with op.batch_alter_table("trend_last") as batch:
        batch.drop_column("member")
    op.create_index(LAST, "trend_last", ["association_id", "last_on", "enterprise_id"])
    op.drop_index(NOBODY_FOUND, "visit")
    op.drop_index(BY_DAY, "visit")
    op.create_index(BY_DAY, "visit", ["association_id", "state", "visited_on", "planned_for"])
