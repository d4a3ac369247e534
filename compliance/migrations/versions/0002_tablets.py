"""tablets: devices and what is asked of them, what they send, photos with marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# What came too late says what it says; only what a reviewer did with it is noted later.
SAID = (
    "id",
    "visit_id",
    "item",
    "field",
    "value",
    "replaces",
    "at",
    "received_at",
    "person_id",
    "device",
    "seq",
    "sha256",
)


def guard() -> None:
    """Let the database itself refuse."""
    columns = ", ".join(SAID)
    for act, name in ((f"UPDATE OF {columns}", "aside_entry_no_update"), ("DELETE", "aside_entry_no_delete")):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON aside_entry "
                "BEGIN SELECT RAISE(ABORT, 'append-only: aside_entry cannot be changed'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON aside_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "tablet",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("agent", sa.String(length=300), nullable=False),
        sa.Column("release", sa.String(length=40), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recovery_key", sa.String(length=64), nullable=False),
        sa.Column("contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drift_seconds", sa.BigInteger(), nullable=True),
        sa.Column("persisted", sa.Boolean(), nullable=True),
        sa.Column("unsent_entries", sa.Integer(), nullable=False),
        sa.Column("unsent_photos", sa.Integer(), nullable=False),
        sa.Column("unsent_oldest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("troubles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_tablet_association_id_association")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tablet_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablet")),
    )
    with op.batch_alter_table("tablet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tablet_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tablet_person_id"), ["person_id"], unique=False)

    op.create_table(
        "aside_entry",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("replaces", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("drift_seconds", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("taken", "set_aside", name="decision", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("decided_reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_aside_entry_decided_at")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_aside_entry_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aside_entry")),
        sa.UniqueConstraint("visit_id", "device", "seq", name=op.f("uq_aside_entry_visit_id_device_seq")),
    )
    op.create_table(
        "discarded_entry",
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_discarded_entry_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", "device", "seq", name=op.f("pk_discarded_entry")),
    )
    op.create_table(
        "photo_upload",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_photo_upload_person_id_person")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_photo_upload_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_upload")),
    )
    with op.batch_alter_table("photo_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_upload_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_upload_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_upload_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "tablet_order",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("tablet_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("wipe", "discard", name="order", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind = 'wipe' OR visit_id IS NOT NULL", name=op.f("ck_tablet_order_discard_of_a_visit")),
        sa.ForeignKeyConstraint(["tablet_id"], ["tablet.id"], name=op.f("fk_tablet_order_tablet_id_tablet")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_tablet_order_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablet_order")),
    )
    with op.batch_alter_table("tablet_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tablet_order_tablet_id"), ["tablet_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tablet_order_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "tablet_receipt",
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("missing_entries", sa.Integer(), nullable=False),
        sa.Column("missing_photos", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_tablet_receipt_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", "device", name=op.f("pk_tablet_receipt")),
    )
    op.create_table(
        "visit_version",
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("checklist_version_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["checklist_version_id"],
            ["checklist_version.id"],
            name=op.f("fk_visit_version_checklist_version_id_checklist_version"),
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_version_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", "checklist_version_id", name=op.f("pk_visit_version")),
    )
    op.create_table(
        "photo_part",
        sa.Column("upload_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["photo_upload.id"], name=op.f("fk_photo_part_upload_id_photo_upload"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_photo_part")),
    )
    op.create_table(
        "tablet_photo",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("evidence_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.String(length=80), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("taken", "set_aside", name="decision", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("decided_reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_tablet_photo_decided_at")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_tablet_photo_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_tablet_photo_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablet_photo")),
    )
    with op.batch_alter_table("tablet_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tablet_photo_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tablet_photo_visit_id"), ["visit_id"], unique=False)

    # Added in place: a table that is rebuilt loses its triggers.
    op.add_column("answer_event", sa.Column("sha256", sa.String(length=64), nullable=True))
    op.add_column("answer_event", sa.Column("drift_seconds", sa.BigInteger(), nullable=True))
    op.add_column("evidence", sa.Column("marks", sa.String(length=200000), nullable=True))
    op.add_column("evidence", sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "evidence", sa.Column("marked_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True)
    )
    op.add_column("evidence", sa.Column("position", sa.String(length=60), nullable=True))
    guard()


def downgrade() -> None:
    """Take back."""
    for name in ("position", "marked_by", "marked_at", "marks"):
        op.drop_column("evidence", name)
    for name in ("drift_seconds", "sha256"):
        op.drop_column("answer_event", name)
    with op.batch_alter_table("tablet_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tablet_photo_visit_id"))
        batch_op.drop_index(batch_op.f("ix_tablet_photo_evidence_id"))

    op.drop_table("tablet_photo")
    op.drop_table("photo_part")
    op.drop_table("visit_version")
    op.drop_table("tablet_receipt")
    with op.batch_alter_table("tablet_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tablet_order_visit_id"))
        batch_op.drop_index(batch_op.f("ix_tablet_order_tablet_id"))

    op.drop_table("tablet_order")
    with op.batch_alter_table("photo_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_upload_visit_id"))
        batch_op.drop_index(batch_op.f("ix_photo_upload_person_id"))
        batch_op.drop_index(batch_op.f("ix_photo_upload_changed_at"))

    op.drop_table("photo_upload")
    op.drop_table("discarded_entry")
    op.drop_table("aside_entry")
    with op.batch_alter_table("tablet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tablet_person_id"))
        batch_op.drop_index(batch_op.f("ix_tablet_association_id"))

    op.drop_table("tablet")
