"""what both sides say about a corrective action, what is entered for an enterprise, branches of a headquarters."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "branch",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("headquarters_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("may_answer", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("enterprise_id <> headquarters_id", name=op.f("ck_branch_itself")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_branch_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_branch_enterprise_id_enterprise"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["headquarters_id"],
            ["enterprise.id"],
            name=op.f("fk_branch_headquarters_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
    )
    with op.batch_alter_table("branch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_branch_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_branch_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_branch_headquarters_id"), ["headquarters_id"], unique=False)
        batch_op.create_index(
            "uq_branch_open",
            ["enterprise_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "action_comment",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("by_enterprise", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_comment_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_action_comment_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_action_comment_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_comment")),
    )
    with op.batch_alter_table("action_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_comment_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_comment_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_comment_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "action_read",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("by_enterprise", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_read_action_id_corrective_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_read")),
        sa.UniqueConstraint("action_id", "person_id", name=op.f("uq_action_read_action_id_person_id")),
    )
    op.create_table(
        "action_refusal",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column(
            "taken",
            sa.Enum("accepted", "returned", name="taken", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("decided_reason", sa.String(length=4000), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_action_refusal_reason")),
        sa.CheckConstraint("(taken IS NULL) = (decided_at IS NULL)", name=op.f("ck_action_refusal_decided")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_refusal_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_action_refusal_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_action_refusal_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_refusal")),
    )
    with op.batch_alter_table("action_refusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_refusal_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_refusal_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_refusal_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(
            "uq_action_refusal_open",
            ["action_id"],
            unique=True,
            sqlite_where=sa.text("taken IS NULL"),
            postgresql_where=sa.text("taken IS NULL"),
        )

    op.create_table(
        "entered_for",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("finding_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column(
            "what",
            sa.Enum(
                "reply",
                "plan",
                "evidence",
                "more_time",
                "no_action",
                "comment",
                name="entered",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "came",
            sa.Enum(
                "letter",
                "phone",
                "message",
                "office",
                name="came",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("scan_digest", sa.String(length=64), nullable=True),
        sa.Column("scan_name", sa.String(length=255), nullable=False),
        sa.Column("scan_type", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objected_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("objection", sa.String(length=4000), nullable=False),
        sa.CheckConstraint("(objected_at IS NULL) = (objection = '')", name=op.f("ck_entered_for_objected")),
        sa.CheckConstraint("(what = 'reply') = (action_id IS NULL)", name=op.f("ck_entered_for_about")),
        sa.CheckConstraint("scan_digest IS NULL OR length(scan_digest) = 64", name=op.f("ck_entered_for_scan")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_entered_for_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_entered_for_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_entered_for_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_entered_for_finding_id_finding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entered_for")),
    )
    with op.batch_alter_table("entered_for", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entered_for_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entered_for_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entered_for_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entered_for_finding_id"), ["finding_id"], unique=False)

    op.create_table(
        "action_declaration",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("evidence_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("post", sa.String(length=120), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_declaration_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_action_declaration_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["action_evidence.id"], name=op.f("fk_action_declaration_evidence_id_action_evidence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_declaration")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_action_declaration_evidence_id")),
    )
    with op.batch_alter_table("action_declaration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_declaration_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_declaration_association_id"), ["association_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("action_declaration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_declaration_association_id"))
        batch_op.drop_index(batch_op.f("ix_action_declaration_action_id"))

    op.drop_table("action_declaration")
    with op.batch_alter_table("entered_for", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entered_for_finding_id"))
        batch_op.drop_index(batch_op.f("ix_entered_for_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_entered_for_association_id"))
        batch_op.drop_index(batch_op.f("ix_entered_for_action_id"))

    op.drop_table("entered_for")
    with op.batch_alter_table("action_refusal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_action_refusal_open", sqlite_where=sa.text("taken IS NULL"), postgresql_where=sa.text("taken IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_action_refusal_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_action_refusal_association_id"))
        batch_op.drop_index(batch_op.f("ix_action_refusal_action_id"))

    op.drop_table("action_refusal")
    op.drop_table("action_read")
    with op.batch_alter_table("action_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_comment_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_action_comment_association_id"))
        batch_op.drop_index(batch_op.f("ix_action_comment_action_id"))

    op.drop_table("action_comment")
    with op.batch_alter_table("branch", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_branch_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_branch_headquarters_id"))
        batch_op.drop_index(batch_op.f("ix_branch_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_branch_association_id"))

    op.drop_table("branch")
