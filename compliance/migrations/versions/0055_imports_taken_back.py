"""What an import wrote, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("register_import") as table:
        table.add_column(sa.Column("written_digest", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("register_import") as table:
        table.alter_column(
            "written_digest", server_default=None, existing_type=sa.String(length=64), existing_nullable=False
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("register_import") as table:
        table.drop_column("undone_at")
        table.drop_column("written_digest")
