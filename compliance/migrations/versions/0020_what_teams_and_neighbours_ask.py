"""What teams and neighbours ask of people and workplaces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "field_person",
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("woman", sa.Boolean(), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_field_person_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_field_person")),
    )
    plain = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    with op.batch_alter_table("workplace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shifts", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("park", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("languages", plain, nullable=False, server_default="[]"))
    with op.batch_alter_table("workplace", schema=None) as batch_op:
        for name in ("shifts", "park", "languages"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("workplace", schema=None) as batch_op:
        batch_op.drop_column("languages")
        batch_op.drop_column("park")
        batch_op.drop_column("shifts")

    op.drop_table("field_person")
