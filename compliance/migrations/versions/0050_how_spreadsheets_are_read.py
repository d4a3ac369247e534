"""How a spreadsheet is read: with each import, and under a name to be used again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0050"
down_revision = "0048"
branch_labels = None
depends_on = None


def _id() -> sa.Uuid:
    return sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def _json() -> sa.JSON:
    return sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_reading",
        sa.Column("id", _id(), nullable=False),
        sa.Column("association_id", _id(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("reading", _json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_register_reading_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_reading")),
        sa.UniqueConstraint("association_id", "name", name=op.f("uq_register_reading_association_id_name")),
    )
    with op.batch_alter_table("register_import") as table:
        table.add_column(sa.Column("reading", _json(), nullable=False, server_default="{}"))
    with op.batch_alter_table("register_import") as table:
        table.alter_column("reading", server_default=None, existing_type=_json(), existing_nullable=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("register_import") as table:
        table.drop_column("reading")
    op.drop_table("register_reading")
