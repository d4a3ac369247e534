"""What leadership is told of complaints in numbers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "complaint_statement",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("figures", _JSON, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.CheckConstraint("about IN ('received', 'recovered')", name=op.f("ck_complaint_statement_about")),
        sa.CheckConstraint("first_on < last_on", name=op.f("ck_complaint_statement_in_their_order")),
        sa.CheckConstraint("number >= 5", name=op.f("ck_complaint_statement_of_no_few")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_complaint_statement_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_statement")),
        sa.UniqueConstraint(
            "association_id", "about", "first_on", name=op.f("uq_complaint_statement_association_id_about_first_on")
        ),
    )
    op.add_column("complaint", sa.Column("recovered_told", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("complaint") as batch:
        batch.alter_column("recovered_told", server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("complaint") as batch:
        batch.drop_column("recovered_told")
    op.drop_table("complaint_statement")
