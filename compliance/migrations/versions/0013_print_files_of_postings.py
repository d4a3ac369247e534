"""print files of postings: made once by the worker, and kept."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("letter_posting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file_digest", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("file_holds", sa.String(length=64), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_letter_posting_file_holds"), "(file_digest IS NULL) = (file_holds IS NULL)"
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("letter_posting", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letter_posting_file_holds"), type_="check")
        batch_op.drop_column("file_holds")
        batch_op.drop_column("file_digest")
