"""Heavy figures that are worked out in the background and kept with their moment."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=nullable)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "worked_out",
        _id("association_id"),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        _id("job_id", nullable=True),
        sa.CheckConstraint("(body IS NULL) = (made_at IS NULL)", name=op.f("ck_worked_out_whole")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_worked_out_association_id_association")
        ),
        sa.PrimaryKeyConstraint("association_id", "kind", "about", name=op.f("pk_worked_out")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("worked_out")
