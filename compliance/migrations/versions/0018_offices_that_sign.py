"""signatories hold the offices that the ladder lets sign."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("signatory", schema=None) as batch_op:
        batch_op.add_column(sa.Column("office", sa.String(length=32), nullable=False, server_default=""))
        batch_op.create_check_constraint(op.f("ck_signatory_office"), "office IN ('', 'secretary_general', 'chair')")
    with op.batch_alter_table("signatory", schema=None) as batch_op:
        batch_op.alter_column(
            "office", existing_type=sa.String(length=32), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("signatory", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_signatory_office"), type_="check")
        batch_op.drop_column("office")
