"""Keys of what is sealed, one for each purpose and holder."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sealed_key",
        _id("id"),
        _id("association_id"),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        _id("holder_id"),
        sa.Column("master", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroy_on", sa.Date(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name=op.f("ck_sealed_key_destroyed_whole")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_sealed_key_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_key")),
        sa.UniqueConstraint("purpose", "holder_id", name=op.f("uq_sealed_key_purpose_holder_id")),
    )
    for column in ("association_id", "destroy_on"):
        op.create_index(op.f(f"ix_sealed_key_{column}"), "sealed_key", [column])


def downgrade() -> None:
    """Take back."""
    op.drop_table("sealed_key")
