"""What programs read in the order of ids is found in that order."""

from alembic import op

revision = "0062"
down_revision = "0059"
branch_labels = None
depends_on = None

TABLES = ("enterprise", "scorecard", "finding", "corrective_action", "letter")


def upgrade() -> None:
    """Apply."""
    for table in TABLES:
        op.create_index(f"ix_{table}_portions", table, ["association_id", "id"])


def downgrade() -> None:
    """Take back."""
    for table in TABLES:
        op.drop_index(f"ix_{table}_portions", table)
