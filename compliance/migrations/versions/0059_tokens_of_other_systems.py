"""Tokens of other systems, and which of them sent an import."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0059"
down_revision = "0057"
branch_labels = None
depends_on = None


def _id() -> sa.Uuid:
    return sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "api_token",
        sa.Column("id", _id(), nullable=False),
        sa.Column("association_id", _id(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", _id(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", _id(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_api_token_name")),
        sa.CheckConstraint(
            "revoked_at IS NOT NULL OR revoked_by IS NULL", name=op.f("ck_api_token_revoked_once")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_api_token_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_index(op.f("ix_api_token_association_id"), "api_token", ["association_id"])
    op.add_column("register_import", sa.Column("program_id", _id(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("register_import", "program_id")
    op.drop_table("api_token")
