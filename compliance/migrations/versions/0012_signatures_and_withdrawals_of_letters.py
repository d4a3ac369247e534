"""signatures and withdrawals of letters, and the certificates that signed."""

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "signing_certificate",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_signing_certificate_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_certificate")),
        sa.UniqueConstraint(
            "association_id", "fingerprint", name=op.f("uq_signing_certificate_association_id_fingerprint")
        ),
    )
    with op.batch_alter_table("signing_certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signing_certificate_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signing_certificate_fingerprint"), ["fingerprint"], unique=False)

    op.create_table(
        "letter_signature",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("letter_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("certificate_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamped_by", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "stamped_at IS NOT NULL OR stamped_by = ''", name=op.f("ck_letter_signature_stamped_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_signature_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["signing_certificate.id"],
            name=op.f("fk_letter_signature_certificate_id_signing_certificate"),
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_signature_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_signature")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_letter_signature_letter_id")),
    )
    with op.batch_alter_table("letter_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_signature_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_signature_certificate_id"), ["certificate_id"], unique=False)

    op.create_table(
        "letter_withdrawal",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("letter_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "withdrawn",
                "declined",
                name="withdrawalstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_letter_withdrawal_decided_once")),
        sa.CheckConstraint(
            "decided_by IS NULL OR asked_by IS NULL OR decided_by <> asked_by OR state = 'declined'",
            name=op.f("ck_letter_withdrawal_four_eyes"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_letter_withdrawal_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_withdrawal_association_id_association")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_withdrawal_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_withdrawal")),
    )
    with op.batch_alter_table("letter_withdrawal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_withdrawal_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_withdrawal_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(
            "uq_letter_withdrawal_standing",
            ["letter_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'declined'"),
            postgresql_where=sa.text("state <> 'declined'"),
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("letter_withdrawal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_letter_withdrawal_standing",
            sqlite_where=sa.text("state <> 'declined'"),
            postgresql_where=sa.text("state <> 'declined'"),
        )
        batch_op.drop_index(batch_op.f("ix_letter_withdrawal_letter_id"))
        batch_op.drop_index(batch_op.f("ix_letter_withdrawal_association_id"))

    op.drop_table("letter_withdrawal")
    with op.batch_alter_table("letter_signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_signature_certificate_id"))
        batch_op.drop_index(batch_op.f("ix_letter_signature_association_id"))

    op.drop_table("letter_signature")
    with op.batch_alter_table("signing_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signing_certificate_fingerprint"))
        batch_op.drop_index(batch_op.f("ix_signing_certificate_association_id"))

    op.drop_table("signing_certificate")
