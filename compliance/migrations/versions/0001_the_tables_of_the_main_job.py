"""the tables of the main job."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Written once: neither changed nor deleted, whoever asks.
APPEND_ONLY = ("audit_line", "answer_event", "checklist_version", "action_event")
# A receipt: only its release is noted later.
RELEASED_LATER = ("scorecard",)


def guard() -> None:
    """Let the database itself refuse."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'append-only: % cannot be changed', TG_TABLE_NAME; END $$"""
        )
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_no_{act.lower()}"
            if sqlite:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} cannot be changed'); END"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
    for table in RELEASED_LATER:
        columns = "rules_version, inputs_digest, checklist_digest, inputs, result, supersedes_id, visit_id"
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} cannot be changed'); END"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} cannot be changed'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "association",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("short_name_zh", sa.String(length=12), nullable=False),
        sa.Column("address_en", sa.String(length=300), nullable=False),
        sa.Column("address_zh", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("letter_language", sa.String(length=12), nullable=False),
        sa.Column("logo_digest", sa.String(length=64), nullable=True),
        sa.Column("logo_zh_digest", sa.String(length=64), nullable=True),
        sa.Column("logo_media_type", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["association.id"], name=op.f("fk_association_parent_id_association")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association")),
    )
    with op.batch_alter_table("association", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_association_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "audit_line",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_line")),
        info={"audit": False},
    )
    with op.batch_alter_table("audit_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_line_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_line_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_line_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_line_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_line_verb"), ["verb"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        info={"audit": False},
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.String(length=20000), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "sent", name="mailstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        info={"audit": False},
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mail_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_mail_state"), ["state"], unique=False)

    op.create_table(
        "rate_window",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_window")),
        info={"audit": False},
    )
    with op.batch_alter_table("rate_window", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_window_expires"), ["expires"], unique=False)

    op.create_table(
        "enterprise",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_other", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("sector", sa.String(length=5), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column(
            "size",
            sa.Enum(
                "micro", "small", "medium", "large", name="size", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("women", sa.Integer(), nullable=False),
        sa.Column("migrants", sa.Integer(), nullable=False),
        sa.Column("under_18", sa.Integer(), nullable=False),
        sa.Column("legal_representative", sa.String(length=100), nullable=False),
        sa.Column("contact_name", sa.String(length=100), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "left", "closed", name="status", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("member_since", sa.Date(), nullable=True),
        sa.Column(
            "letter_language",
            sa.Enum(
                "en", "zh_Hans_CN", "both", name="letterlanguage", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "sort_key",
            sa.String(length=240).with_variant(sa.String(length=240, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "search_name",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "search_latin",
            sa.String(length=1200).with_variant(sa.String(length=1200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("migrants >= 0 AND migrants <= workers", name=op.f("ck_enterprise_migrants")),
        sa.CheckConstraint("under_18 >= 0 AND under_18 <= workers", name=op.f("ck_enterprise_under_18")),
        sa.CheckConstraint("women >= 0 AND women <= workers", name=op.f("ck_enterprise_women")),
        sa.CheckConstraint("workers >= 0", name=op.f("ck_enterprise_workers")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_enterprise_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("association_id", "credit_code", name=op.f("uq_enterprise_association_id_credit_code")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_district", ["association_id", "district", "sort_key", "id"], unique=False)
        batch_op.create_index(
            "ix_enterprise_list",
            ["association_id", "sort_key", "id", "status", "sector", "district", "size", "workers"],
            unique=False,
        )
        batch_op.create_index(
            "ix_enterprise_search_latin",
            ["association_id", "sort_key", "id", "search_latin", "status", "sector", "district", "size", "workers"],
            unique=False,
        )
        batch_op.create_index(
            "ix_enterprise_search_name",
            ["association_id", "sort_key", "id", "search_name", "status", "sector", "district", "size", "workers"],
            unique=False,
        )
        batch_op.create_index("ix_enterprise_sector", ["association_id", "sector", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_enterprise_workers", ["association_id", "workers", "sort_key", "id"], unique=False)

    op.create_table(
        "letter_register",
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_register_association_id_association")
        ),
        sa.PrimaryKeyConstraint("association_id", "year", name=op.f("pk_letter_register")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=16), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_person_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
        sa.UniqueConstraint("mobile", name=op.f("uq_person_mobile")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_name_key"), ["name_key"], unique=False)

    op.create_table(
        "register_import",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("plan_digest", sa.String(length=64), nullable=False),
        sa.Column("details_digest", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_register_import_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
        info={"audit": False},
    )
    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_import_association_id"), ["association_id"], unique=False)

    op.create_table(
        "checklist_version",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("code_version", sa.String(length=32), nullable=False),
        sa.Column("items_count", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_checklist_version_association_id_association")
        ),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_checklist_version_published_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_version")),
        sa.UniqueConstraint("association_id", "number", name=op.f("uq_checklist_version_association_id_number")),
    )
    with op.batch_alter_table("checklist_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checklist_version_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checklist_version_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_checklist_version_published_by"), ["published_by"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("enterprise_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_invitation_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_invitation_code_digest")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "inspector",
                "reviewer",
                "coordinator",
                "leader",
                "manager",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("person_id", "role", name=op.f("uq_role_grant_person_id_role")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_role"), ["role"], unique=False)

    op.create_table(
        "tie",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("owner", "kin", "competitor", name="tiekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_tie_enterprise_id_enterprise"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tie_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
    )
    with op.batch_alter_table("tie", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tie_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tie_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_tie_open",
            ["person_id", "enterprise_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "user_enterprise",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_user_enterprise_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_user_enterprise_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_enterprise")),
    )
    with op.batch_alter_table("user_enterprise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_enterprise_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_enterprise_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_user_enterprise_open",
            ["person_id", "enterprise_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "workplace",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("women", sa.Integer(), nullable=False),
        sa.Column("migrants", sa.Integer(), nullable=False),
        sa.Column("under_18", sa.Integer(), nullable=False),
        sa.Column("dormitory", sa.Boolean(), nullable=False),
        sa.Column("canteen", sa.Boolean(), nullable=False),
        sa.Column("piece_work", sa.Boolean(), nullable=False),
        sa.Column("night_work", sa.Boolean(), nullable=False),
        sa.Column("hazardous_substances", sa.Boolean(), nullable=False),
        sa.Column("agency_workers", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "closed", name="workplacestatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("migrants >= 0 AND migrants <= workers", name=op.f("ck_workplace_migrants")),
        sa.CheckConstraint("under_18 >= 0 AND under_18 <= workers", name=op.f("ck_workplace_under_18")),
        sa.CheckConstraint("women >= 0 AND women <= workers", name=op.f("ck_workplace_women")),
        sa.CheckConstraint("workers >= 0", name=op.f("ck_workplace_workers")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_workplace_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_workplace_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workplace")),
    )
    with op.batch_alter_table("workplace", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workplace_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workplace_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "pledge",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("code_version", sa.String(length=40), nullable=False),
        sa.Column("checklist_version_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_by", sa.String(length=100), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_media_type", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= signed_on", name=op.f("ck_pledge_withdrawn_on")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_pledge_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["checklist_version_id"],
            ["checklist_version.id"],
            name=op.f("fk_pledge_checklist_version_id_checklist_version"),
        ),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_pledge_enterprise_id_enterprise")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
    )
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_checklist_version_id"), ["checklist_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "random",
                "targeted",
                "complaint",
                "follow_up",
                "voluntary",
                name="route",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.String(length=2000), nullable=False),
        sa.Column("stratum", sa.String(length=120), nullable=True),
        sa.Column("inclusion_probability", sa.Float(), nullable=True),
        sa.Column("planned_for", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "handed_out",
                "sealed",
                "released",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("checklist_version_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("profile", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_out_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_at_desk", sa.Boolean(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "completed",
                "refused",
                "closed_down",
                "not_found",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("outcome_reason", sa.String(length=4000), nullable=False),
        sa.Column(
            "inspector_signature",
            sa.Enum(
                "signed", "refused", "absent", name="signature", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("inspector_name", sa.String(length=120), nullable=False),
        sa.Column(
            "representative_signature",
            sa.Enum(
                "signed", "refused", "absent", name="signature", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("representative_name", sa.String(length=120), nullable=False),
        sa.Column("representative_role", sa.String(length=120), nullable=False),
        sa.Column("representative_remark", sa.String(length=4000), nullable=False),
        sa.Column("witness", sa.String(length=120), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("sent_back_reason", sa.String(length=2000), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'cancelled') OR checklist_version_id IS NOT NULL",
            name=op.f("ck_visit_pinned_when_handed_out"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sealed', 'released') OR outcome IS NOT NULL", name=op.f("ck_visit_sealed_with_outcome")
        ),
        sa.CheckConstraint(
            "inclusion_probability IS NULL OR (inclusion_probability > 0 AND inclusion_probability <= 1)",
            name=op.f("ck_visit_inclusion_probability"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_visit_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["checklist_version_id"],
            ["checklist_version.id"],
            name=op.f("fk_visit_checklist_version_id_checklist_version"),
        ),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_visit_enterprise_id_enterprise")),
        sa.ForeignKeyConstraint(["workplace_id"], ["workplace.id"], name=op.f("fk_visit_workplace_id_workplace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("association_id", "year", "number", name=op.f("uq_visit_association_id_year_number")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_association_id"), ["association_id"], unique=False)
        batch_op.create_index(
            "ix_visit_association_state_planned", ["association_id", "state", "planned_for"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_visit_checklist_version_id"), ["checklist_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index("ix_visit_workplace_visited", ["workplace_id", "visited_on"], unique=False)

    op.create_table(
        "answer_event",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("replaces", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("device", sa.String(length=64), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "tablet",
                "form",
                "desk",
                "correction",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_answer_event_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_event")),
        sa.UniqueConstraint("visit_id", "device", "seq", name=op.f("uq_answer_event_visit_id_device_seq")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("answer_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_event_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "clearance",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("fact", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_clearance_association_id_association")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_clearance_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
        sa.UniqueConstraint("visit_id", "item", "fact", "round", name=op.f("uq_clearance_visit_id_item_fact_round")),
    )
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clearance_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clearance_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("shown_digest", sa.String(length=64), nullable=True),
        sa.Column("small_digest", sa.String(length=64), nullable=True),
        sa.Column("caption", sa.String(length=500), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("unrecognisable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unrecognisable_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("struck_reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("kind IN ('photo', 'document')", name=op.f("ck_evidence_kind")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_evidence_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("visit_id", "item", "digest", name=op.f("uq_evidence_visit_id_item_digest")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("clause", sa.String(length=16), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "compliant",
                "partial",
                "non_compliant",
                "unable_to_verify",
                "not_looked_at",
                "not_applicable",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "critical", "major", "minor", name="severity", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("raised_by", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("zero_tolerance", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("sealed_fact", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("repeat_of_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("seen", sa.String(length=10000), nullable=False),
        sa.Column("workers_affected", sa.Integer(), nullable=True),
        sa.Column("workplace_workers", sa.Integer(), nullable=False),
        sa.Column("known_by", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("law", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "released",
                "changed",
                "withdrawn",
                name="findingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=4000), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("cleared_reason", sa.String(length=4000), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=True),
        sa.Column("reply_due_provisional", sa.Boolean(), nullable=False),
        sa.Column(
            "reply_position",
            sa.Enum("agree", "dispute", name="position", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("reply_text", sa.String(length=10000), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "NOT zero_tolerance OR severity = 'critical'", name=op.f("ck_finding_zero_tolerance_is_critical")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR released_at IS NOT NULL", name=op.f("ck_finding_released_at")
        ),
        sa.CheckConstraint("(reply_position IS NULL) = (replied_at IS NULL)", name=op.f("ck_finding_reply")),
        sa.CheckConstraint(
            "NOT (sealed OR withheld) OR released_at IS NULL", name=op.f("ck_finding_sealed_is_not_released")
        ),
        sa.CheckConstraint("reply_position IS NULL OR reply_due IS NOT NULL", name=op.f("ck_finding_reply_due")),
        sa.CheckConstraint(
            "workers_affected IS NULL OR workers_affected >= 0", name=op.f("ck_finding_workers_affected")
        ),
        sa.CheckConstraint("workplace_workers >= 0", name=op.f("ck_finding_workplace_workers")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_finding_association_id_association")
        ),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_finding_enterprise_id_enterprise")),
        sa.ForeignKeyConstraint(["repeat_of_id"], ["finding.id"], name=op.f("fk_finding_repeat_of_id_finding")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_finding_visit_id_visit")),
        sa.ForeignKeyConstraint(["workplace_id"], ["workplace.id"], name=op.f("fk_finding_workplace_id_workplace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("visit_id", "item", "sealed_fact", name=op.f("uq_finding_visit_id_item_sealed_fact")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index("ix_finding_association_state", ["association_id", "state", "released_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_repeat_of_id"), ["repeat_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_visited_on"), ["visited_on"], unique=False)
        batch_op.create_index("ix_finding_workplace_item", ["workplace_id", "item"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("cites_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "issued", name="letterstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("passages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("template_digest", sa.String(length=64), nullable=False),
        sa.Column("words_digest", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("running", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("pdf_digest", sa.String(length=64), nullable=True),
        sa.Column("pdf_size", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'draft' AND number IS NULL AND running IS NULL AND code IS NULL AND issued_at IS NULL) OR (state = 'issued' AND number IS NOT NULL AND running IS NOT NULL AND year IS NOT NULL AND code IS NOT NULL AND issued_at IS NOT NULL AND dated IS NOT NULL)",
            name=op.f("ck_letter_numbered_when_issued"),
        ),
        sa.CheckConstraint("kind IN ('L1', 'L2', 'L3', 'correction')", name=op.f("ck_letter_kind")),
        sa.CheckConstraint("language IN ('en', 'zh_Hans_CN', 'both')", name=op.f("ck_letter_language")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_association_id_association")
        ),
        sa.ForeignKeyConstraint(["cites_id"], ["letter.id"], name=op.f("fk_letter_cites_id_letter")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_letter_enterprise_id_enterprise")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_letter_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("association_id", "number", name=op.f("uq_letter_association_id_number")),
        sa.UniqueConstraint("association_id", "year", "running", name=op.f("uq_letter_association_id_year_running")),
        sa.UniqueConstraint("code", name=op.f("uq_letter_code")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_cites_id"), ["cites_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "scorecard",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("as_found", "correction", name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("supersedes_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("rules_version", sa.String(length=16), nullable=False),
        sa.Column("checklist_digest", sa.String(length=64), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("band", sa.String(length=16), nullable=True),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(kind = 'correction') = (supersedes_id IS NOT NULL)", name=op.f("ck_scorecard_correction_supersedes")
        ),
        sa.CheckConstraint("coverage >= 0 AND coverage <= 1", name=op.f("ck_scorecard_coverage")),
        sa.CheckConstraint("length(inputs_digest) = 64", name=op.f("ck_scorecard_inputs_digest")),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 100)", name=op.f("ck_scorecard_score")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_scorecard_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_scorecard_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["supersedes_id"], ["scorecard.id"], name=op.f("fk_scorecard_supersedes_id_scorecard")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_scorecard_visit_id_visit")),
        sa.ForeignKeyConstraint(["workplace_id"], ["workplace.id"], name=op.f("fk_scorecard_workplace_id_workplace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
    )
    with op.batch_alter_table("scorecard", schema=None) as batch_op:
        batch_op.create_index("ix_scorecard_association_visited", ["association_id", "visited_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_scorecard_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index("ix_scorecard_visit_issued", ["visit_id", "issued_at"], unique=False)
        batch_op.create_index("ix_scorecard_workplace_visited", ["workplace_id", "visited_on"], unique=False)
        batch_op.create_index("uq_scorecard_supersedes", ["supersedes_id"], unique=True)

    op.create_table(
        "visit_inspector",
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_inspector_person_id_person")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_inspector_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "person_id", name=op.f("pk_visit_inspector")),
    )
    op.create_table(
        "waiver",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("outsider", "waiver", name="standin", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("outsider_name", sa.String(length=120), nullable=False),
        sa.Column("outsider_organisation", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_waiver_association_id_association")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_waiver_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "corrective_action",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("finding_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "critical", "major", "minor", name="severity", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("zero_tolerance", sa.Boolean(), nullable=False),
        sa.Column("text_en", sa.String(length=10000), nullable=False),
        sa.Column("text_zh", sa.String(length=10000), nullable=False),
        sa.Column("accountable", sa.String(length=200), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "planned",
                "evidence_sent",
                "returned",
                "verified",
                "extended",
                "withdrawn",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("plan_due_on", sa.Date(), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("extension_asked_until", sa.Date(), nullable=True),
        sa.Column("extension_asked_reason", sa.String(length=4000), nullable=False),
        sa.Column("root_cause", sa.String(length=10000), nullable=False),
        sa.Column("plan", sa.String(length=10000), nullable=False),
        sa.Column("preventive", sa.String(length=10000), nullable=False),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("planned_for", sa.Date(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column(
            "verified_how",
            sa.Enum("desk", "on_site", name="how", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("worker_check", sa.Boolean(), nullable=False),
        sa.Column("waiver", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("accountable <> ''", name=op.f("ck_corrective_action_accountable")),
        sa.CheckConstraint(
            "state <> 'verified' OR (verified_at IS NOT NULL AND verified_how IS NOT NULL)",
            name=op.f("ck_corrective_action_verified"),
        ),
        sa.CheckConstraint("(due_on IS NULL) = (delivered_on IS NULL)", name=op.f("ck_corrective_action_due_on")),
        sa.CheckConstraint("days >= 0 AND days <= 3660", name=op.f("ck_corrective_action_days")),
        sa.CheckConstraint(
            "due_on IS NULL OR due_on >= delivered_on", name=op.f("ck_corrective_action_due_after_delivery")
        ),
        sa.CheckConstraint("extensions >= 0", name=op.f("ck_corrective_action_extensions")),
        sa.CheckConstraint("paused_on IS NULL OR due_on IS NOT NULL", name=op.f("ck_corrective_action_paused_on")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_corrective_action_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_corrective_action_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_corrective_action_finding_id_finding")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_corrective_action_visit_id_visit")),
        sa.ForeignKeyConstraint(
            ["workplace_id"], ["workplace.id"], name=op.f("fk_corrective_action_workplace_id_workplace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_action")),
    )
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.create_index(
            "ix_corrective_action_association_due", ["association_id", "state", "due_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_corrective_action_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrective_action_finding_id"), ["finding_id"], unique=False)
        batch_op.create_index("ix_corrective_action_visit_item", ["visit_id", "item"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrective_action_workplace_id"), ["workplace_id"], unique=False)

    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("finding_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10000), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("decide_by_provisional", sa.Boolean(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "upheld", "partly", "not_upheld", name="decision", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("decision_reason", sa.String(length=10000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("waiver", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("decision IS NULL OR decision_reason <> ''", name=op.f("ck_dispute_decision_reason")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_dispute_reason")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_dispute_decided_at")),
        sa.CheckConstraint("round IN (1, 2)", name=op.f("ck_dispute_round")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_dispute_association_id_association")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_dispute_finding_id_finding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("finding_id", "round", name=op.f("uq_dispute_finding_id_round")),
    )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_association_open", ["association_id", "decided_at"], unique=False)

    op.create_table(
        "reply_evidence",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("finding_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_reply_evidence_digest")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_reply_evidence_size")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_reply_evidence_finding_id_finding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_evidence")),
    )
    with op.batch_alter_table("reply_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_evidence_finding_id"), ["finding_id"], unique=False)

    op.create_table(
        "scorecard_area",
        sa.Column("scorecard_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("band", sa.String(length=16), nullable=True),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_scorecard_area_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", "area", name=op.f("pk_scorecard_area")),
        info={"audit": False},
    )
    op.create_table(
        "action_event",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("by_enterprise", sa.Boolean(), nullable=False),
        sa.Column("move", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=10000), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_event_action_id_corrective_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_event")),
    )
    with op.batch_alter_table("action_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_event_action_id"), ["action_id"], unique=False)

    op.create_table(
        "action_evidence",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=500), nullable=False),
        sa.Column("by_enterprise", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_action_evidence_digest")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_action_evidence_size")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_evidence_action_id_corrective_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_evidence")),
    )
    with op.batch_alter_table("action_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_evidence_action_id"), ["action_id"], unique=False)
    guard()


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("action_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_evidence_action_id"))

    op.drop_table("action_evidence")
    with op.batch_alter_table("action_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_event_action_id"))

    op.drop_table("action_event")
    op.drop_table("scorecard_area")
    with op.batch_alter_table("reply_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reply_evidence_finding_id"))

    op.drop_table("reply_evidence")
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_association_open")

    op.drop_table("dispute")
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corrective_action_workplace_id"))
        batch_op.drop_index("ix_corrective_action_visit_item")
        batch_op.drop_index(batch_op.f("ix_corrective_action_finding_id"))
        batch_op.drop_index(batch_op.f("ix_corrective_action_enterprise_id"))
        batch_op.drop_index("ix_corrective_action_association_due")

    op.drop_table("corrective_action")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiver_visit_id"))
        batch_op.drop_index(batch_op.f("ix_waiver_association_id"))

    op.drop_table("waiver")
    op.drop_table("visit_inspector")
    with op.batch_alter_table("scorecard", schema=None) as batch_op:
        batch_op.drop_index("uq_scorecard_supersedes")
        batch_op.drop_index("ix_scorecard_workplace_visited")
        batch_op.drop_index("ix_scorecard_visit_issued")
        batch_op.drop_index(batch_op.f("ix_scorecard_enterprise_id"))
        batch_op.drop_index("ix_scorecard_association_visited")

    op.drop_table("scorecard")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_visit_id"))
        batch_op.drop_index(batch_op.f("ix_letter_state"))
        batch_op.drop_index(batch_op.f("ix_letter_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_letter_cites_id"))
        batch_op.drop_index(batch_op.f("ix_letter_association_id"))

    op.drop_table("letter")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index("ix_finding_workplace_item")
        batch_op.drop_index(batch_op.f("ix_finding_visited_on"))
        batch_op.drop_index(batch_op.f("ix_finding_repeat_of_id"))
        batch_op.drop_index(batch_op.f("ix_finding_enterprise_id"))
        batch_op.drop_index("ix_finding_association_state")

    op.drop_table("finding")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_visit_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clearance_visit_id"))
        batch_op.drop_index(batch_op.f("ix_clearance_association_id"))

    op.drop_table("clearance")
    with op.batch_alter_table("answer_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_event_visit_id"))

    op.drop_table("answer_event")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_workplace_visited")
        batch_op.drop_index(batch_op.f("ix_visit_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_visit_checklist_version_id"))
        batch_op.drop_index("ix_visit_association_state_planned")
        batch_op.drop_index(batch_op.f("ix_visit_association_id"))

    op.drop_table("visit")
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pledge_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_pledge_checklist_version_id"))
        batch_op.drop_index(batch_op.f("ix_pledge_association_id"))

    op.drop_table("pledge")
    with op.batch_alter_table("workplace", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workplace_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_workplace_association_id"))

    op.drop_table("workplace")
    with op.batch_alter_table("user_enterprise", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_user_enterprise_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_user_enterprise_person_id"))
        batch_op.drop_index(batch_op.f("ix_user_enterprise_enterprise_id"))

    op.drop_table("user_enterprise")
    with op.batch_alter_table("tie", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tie_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_tie_person_id"))
        batch_op.drop_index(batch_op.f("ix_tie_enterprise_id"))

    op.drop_table("tie")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grant_role"))
        batch_op.drop_index(batch_op.f("ix_role_grant_person_id"))

    op.drop_table("role_grant")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_association_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("checklist_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checklist_version_published_by"))
        batch_op.drop_index(batch_op.f("ix_checklist_version_digest"))
        batch_op.drop_index(batch_op.f("ix_checklist_version_association_id"))

    op.drop_table("checklist_version")
    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_import_association_id"))

    op.drop_table("register_import")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_name_key"))
        batch_op.drop_index(batch_op.f("ix_person_association_id"))

    op.drop_table("person")
    op.drop_table("letter_register")
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.drop_index("ix_enterprise_workers")
        batch_op.drop_index("ix_enterprise_sector")
        batch_op.drop_index("ix_enterprise_search_name")
        batch_op.drop_index("ix_enterprise_search_latin")
        batch_op.drop_index("ix_enterprise_list")
        batch_op.drop_index("ix_enterprise_district")

    op.drop_table("enterprise")
    with op.batch_alter_table("rate_window", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_window_expires"))

    op.drop_table("rate_window")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_state"))
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_association_id"))

    op.drop_table("outgoing_mail")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_person_id"))
        batch_op.drop_index(batch_op.f("ix_job_association_id"))

    op.drop_table("job")
    with op.batch_alter_table("audit_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_line_verb"))
        batch_op.drop_index(batch_op.f("ix_audit_line_subject_id"))
        batch_op.drop_index(batch_op.f("ix_audit_line_person_id"))
        batch_op.drop_index(batch_op.f("ix_audit_line_at"))
        batch_op.drop_index(batch_op.f("ix_audit_line_association_id"))

    op.drop_table("audit_line")
    with op.batch_alter_table("association", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_association_parent_id"))

    op.drop_table("association")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change()")
