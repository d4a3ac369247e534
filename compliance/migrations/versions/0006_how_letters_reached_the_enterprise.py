"""how letters reached the enterprise: what is recorded of their way, and what was posted together."""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "letter_posting",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("both_sides", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_posting_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_posting")),
    )
    with op.batch_alter_table("letter_posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_posting_association_id"), ["association_id"], unique=False)

    op.create_table(
        "letter_delivery",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("letter_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("posting_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column(
            "way",
            sa.Enum(
                "downloaded",
                "confirmed",
                "handed",
                "arrived",
                "posted",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("taken_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("scan_digest", sa.String(length=64), nullable=True),
        sa.Column("scan_name", sa.String(length=120), nullable=False),
        sa.Column("scan_type", sa.String(length=100), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("struck_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(struck_at IS NULL) = (struck_reason = '')", name=op.f("ck_letter_delivery_struck_with_a_reason")
        ),
        sa.CheckConstraint("way <> 'handed' OR taken_by <> ''", name=op.f("ck_letter_delivery_handed_to_somebody")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_delivery_association_id_association")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_delivery_letter_id_letter")),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["letter_posting.id"], name=op.f("fk_letter_delivery_posting_id_letter_posting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_delivery")),
    )
    with op.batch_alter_table("letter_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_delivery_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_delivery_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_delivery_posting_id"), ["posting_id"], unique=False)
        batch_op.create_index(
            "uq_letter_delivery_standing",
            ["letter_id", "way"],
            unique=True,
            sqlite_where=sa.text("struck_at IS NULL"),
            postgresql_where=sa.text("struck_at IS NULL"),
        )

    # It held the moment of issue, which proves nothing. The table is not built anew: other rows refer to letters.
    op.drop_column("letter", "delivered_at")


def downgrade() -> None:
    """Take back."""
    op.add_column("letter", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE letter SET delivered_at = issued_at")

    with op.batch_alter_table("letter_delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_letter_delivery_standing",
            sqlite_where=sa.text("struck_at IS NULL"),
            postgresql_where=sa.text("struck_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_letter_delivery_posting_id"))
        batch_op.drop_index(batch_op.f("ix_letter_delivery_letter_id"))
        batch_op.drop_index(batch_op.f("ix_letter_delivery_association_id"))

    op.drop_table("letter_delivery")
    with op.batch_alter_table("letter_posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_posting_association_id"))

    op.drop_table("letter_posting")
