"""Pay sheets under seal, and workers' consents to be named for a claim."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0043"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=nullable)


def _of_visit(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f(f"fk_{table}_visit_id_visit"))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "pay_sheet_edition",
        _id("id"),
        _id("visit_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _id("by", nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_pay_sheet_edition_in_an_order")),
        _of_visit("pay_sheet_edition"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_sheet_edition")),
        sa.UniqueConstraint("visit_id", "number", name=op.f("uq_pay_sheet_edition_visit_id_number")),
    )
    op.create_table(
        "pay_claim",
        _id("id"),
        _id("visit_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        _id("given_by", nullable=True),
        sa.Column("taken_back_on", sa.Date(), nullable=True),
        _id("taken_back_by", nullable=True),
        sa.CheckConstraint("taken_back_on >= given_on", name=op.f("ck_pay_claim_taken_back_after")),
        _of_visit("pay_claim"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_claim")),
    )
    op.create_index(op.f("ix_pay_claim_visit_id"), "pay_claim", ["visit_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("pay_claim")
    op.drop_table("pay_sheet_edition")
