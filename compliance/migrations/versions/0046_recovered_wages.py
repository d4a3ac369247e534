"""What an enterprise owes in all beside its repayment plan, and that workers confirmed a payment."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("repayment_plan") as batch:
        batch.add_column(sa.Column("owed_fen", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("workers", sa.Integer(), nullable=True))
    with op.batch_alter_table("repayment") as batch:
        batch.add_column(sa.Column("confirmed_on", sa.Date(), nullable=True))
        batch.add_column(
            sa.Column("confirmed_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True)
        )
        batch.add_column(sa.Column("asked", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_repayment_confirmed_by_some"), "(confirmed_on IS NULL) = (asked IS NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_repayment_confirmed_once_paid"), "confirmed_on IS NULL OR confirmed_on >= paid_on"
        )
    op.create_index("ix_repayment_association_paid", "repayment", ["association_id", "paid_on", "confirmed_on"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_repayment_association_paid", "repayment")
    with op.batch_alter_table("repayment") as batch:
        batch.drop_constraint(op.f("ck_repayment_confirmed_once_paid"), type_="check")
        batch.drop_constraint(op.f("ck_repayment_confirmed_by_some"), type_="check")
        for name in ("asked", "confirmed_by", "confirmed_on"):
            batch.drop_column(name)
    with op.batch_alter_table("repayment_plan") as batch:
        for name in ("workers", "owed_fen"):
            batch.drop_column(name)
