"""Indexes that count the register by class, and find visits by their day and each enterprise's last one."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_enterprise_places", "enterprise", ["association_id", "status", "sector", "district", "size", "id"]
    )
    op.create_index(
        "ix_visit_association_state_visited", "visit", ["association_id", "state", "visited_on", "planned_for"]
    )
    op.create_index(
        "ix_visit_association_state_enterprise",
        "visit",
        ["association_id", "state", "outcome", "enterprise_id", "visited_on", "planned_for", "route"],
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_visit_association_state_enterprise", "visit")
    op.drop_index("ix_visit_association_state_visited", "visit")
    op.drop_index("ix_enterprise_places", "enterprise")
