"""Which of the ILO's indicators a complaint points to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0037"
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("complaint", sa.Column("signs", _JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("complaint") as batch:
        batch.alter_column("signs", server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("complaint") as batch:
        batch.drop_column("signs")
