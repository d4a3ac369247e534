"""Entries of the register that may be one employer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def _id() -> sa.Uuid:
    return sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "suspected_pair",
        sa.Column("id", _id(), nullable=False),
        sa.Column("association_id", _id(), nullable=False),
        sa.Column("first_id", _id(), nullable=False),
        sa.Column("second_id", _id(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parted_by", _id(), nullable=True),
        sa.CheckConstraint(
            "(parted_at IS NULL) = (parted_by IS NULL)", name=op.f("ck_suspected_pair_parted_by_somebody")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_suspected_pair_score")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_suspected_pair_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["enterprise.id"], name=op.f("fk_suspected_pair_first_id_enterprise"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["enterprise.id"], name=op.f("fk_suspected_pair_second_id_enterprise"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspected_pair")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_suspected_pair_first_id_second_id")),
    )
    op.create_index("ix_suspected_pair_list", "suspected_pair", ["association_id", "parted_at", "score"])
    op.create_index(op.f("ix_suspected_pair_second_id"), "suspected_pair", ["second_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("suspected_pair")
