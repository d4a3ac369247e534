"""the association's own wording of letters, who signs them, its seal, scans of stamped letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "letter_wording",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("number IS NULL OR note <> ''", name=op.f("ck_letter_wording_published_with_a_note")),
        sa.CheckConstraint(
            "(number IS NULL) = (published_at IS NULL)", name=op.f("ck_letter_wording_numbered_when_published")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_wording_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wording")),
        sa.UniqueConstraint("association_id", "number", name=op.f("uq_letter_wording_association_id_number")),
    )
    with op.batch_alter_table("letter_wording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_wording_association_id"), ["association_id"], unique=False)
        batch_op.create_index(
            "uq_letter_wording_draft",
            ["association_id"],
            unique=True,
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        )

    op.create_table(
        "seal_picture",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_seal_picture_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_picture")),
    )
    with op.batch_alter_table("seal_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seal_picture_association_id"), ["association_id"], unique=False)
        batch_op.create_index(
            "uq_seal_picture_open",
            ["association_id"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "signatory",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("title_en", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.String(length=40), nullable=False),
        sa.Column("kinds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("substitute_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("away_from", sa.Date(), nullable=True),
        sa.Column("away_to", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("(away_from IS NULL) = (away_to IS NULL)", name=op.f("ck_signatory_away_from_and_to")),
        sa.CheckConstraint("away_to IS NULL OR away_to >= away_from", name=op.f("ck_signatory_back_after_leaving")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_signatory_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_signatory_association_id_association")
        ),
        sa.ForeignKeyConstraint(["substitute_id"], ["signatory.id"], name=op.f("fk_signatory_substitute_id_signatory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatory")),
    )
    with op.batch_alter_table("signatory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatory_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signatory_substitute_id"), ["substitute_id"], unique=False)

    op.create_table(
        "seal_keeper",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointed_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_seal_keeper_association_id_association")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seal_keeper_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_keeper")),
    )
    with op.batch_alter_table("seal_keeper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seal_keeper_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seal_keeper_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_seal_keeper_open",
            ["association_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "letter_stamped",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("letter_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("struck_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(struck_at IS NULL) = (struck_reason = '')", name=op.f("ck_letter_stamped_struck_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_stamped_association_id_association")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_stamped_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_stamped")),
    )
    with op.batch_alter_table("letter_stamped", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_stamped_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_stamped_letter_id"), ["letter_id"], unique=False)

    op.create_table(
        "seal_use",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("letter_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("picture_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_seal_use_given_with_a_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_seal_use_association_id_association")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_seal_use_letter_id_letter")),
        sa.ForeignKeyConstraint(["picture_id"], ["seal_picture.id"], name=op.f("fk_seal_use_picture_id_seal_picture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_use")),
    )
    with op.batch_alter_table("seal_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seal_use_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seal_use_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seal_use_picture_id"), ["picture_id"], unique=False)
        batch_op.create_index(
            "uq_seal_use_open",
            ["letter_id"],
            unique=True,
            sqlite_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.add_column("association", sa.Column("post_code", sa.String(length=12), nullable=True))
    op.add_column("association", sa.Column("website", sa.String(length=200), nullable=True))
    op.add_column("association", sa.Column("contact_en", sa.String(length=60), nullable=True))
    op.add_column("association", sa.Column("contact_zh", sa.String(length=60), nullable=True))

    op.add_column("letter", sa.Column("wording", sa.Integer(), nullable=True))
    op.add_column("letter", sa.Column("seal_digest", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("letter", "seal_digest")
    op.drop_column("letter", "wording")

    op.drop_column("association", "contact_zh")
    op.drop_column("association", "contact_en")
    op.drop_column("association", "website")
    op.drop_column("association", "post_code")

    with op.batch_alter_table("seal_use", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seal_use_open",
            sqlite_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_seal_use_picture_id"))
        batch_op.drop_index(batch_op.f("ix_seal_use_letter_id"))
        batch_op.drop_index(batch_op.f("ix_seal_use_association_id"))

    op.drop_table("seal_use")
    with op.batch_alter_table("letter_stamped", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_stamped_letter_id"))
        batch_op.drop_index(batch_op.f("ix_letter_stamped_association_id"))

    op.drop_table("letter_stamped")
    with op.batch_alter_table("seal_keeper", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seal_keeper_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_seal_keeper_person_id"))
        batch_op.drop_index(batch_op.f("ix_seal_keeper_association_id"))

    op.drop_table("seal_keeper")
    with op.batch_alter_table("signatory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signatory_substitute_id"))
        batch_op.drop_index(batch_op.f("ix_signatory_association_id"))

    op.drop_table("signatory")
    with op.batch_alter_table("seal_picture", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seal_picture_open",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_seal_picture_association_id"))

    op.drop_table("seal_picture")
    with op.batch_alter_table("letter_wording", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_letter_wording_draft",
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_letter_wording_association_id"))

    op.drop_table("letter_wording")
