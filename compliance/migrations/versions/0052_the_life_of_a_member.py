"""What happens to a member: dated facts, headcounts, what imports changed; the code sent out; who pledged, and where."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0052"
down_revision = "0050"
branch_labels = None
depends_on = None

_ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_AT = sa.DateTime(timezone=True)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, _ID, nullable=nullable)


def _to(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    """Apply. What stands in the register is the first headcount of each enterprise, as of this day."""
    _life()
    _counts()
    _sendings()
    with op.batch_alter_table("pledge") as table:
        table.add_column(sa.Column("signed_position", sa.String(100), nullable=False, server_default=""))
        table.add_column(sa.Column("on_own_page", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("pledge") as table:
        table.alter_column("signed_position", server_default=None)
        table.alter_column("on_own_page", server_default=None)
    new_id = "randomblob(16)" if op.get_bind().dialect.name == "sqlite" else "gen_random_uuid()"
    op.execute(
        "INSERT INTO headcount (id, association_id, enterprise_id, counted_on, workers, source, recorded_at)"  # noqa: S608
        f" SELECT {new_id}, association_id, id, CURRENT_DATE, workers, 'register', CURRENT_TIMESTAMP"
        " FROM enterprise WHERE workers > 0"
    )


def _life() -> None:
    op.create_table(
        "life_event",
        _id("id"),
        _id("association_id"),
        _id("enterprise_id"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("learnt_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("changed", _JSON, nullable=False),
        sa.Column("taken_over", _JSON, nullable=False),
        sa.Column("file_digest", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_media_type", sa.String(100), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        _id("recorded_by", nullable=True),
        sa.Column("withdrawn_at", _AT, nullable=True),
        _id("withdrawn_by", nullable=True),
        sa.Column("withdrawn_reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "kind IN ('joined', 'moved', 'changed_owner', 'split', 'left', 'closed', 'came_back')",
            name=op.f("ck_life_event_kind"),
        ),
        sa.CheckConstraint("learnt_on >= happened_on", name=op.f("ck_life_event_learnt_after_it_happened")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name=op.f("ck_life_event_withdrawn_with_a_reason")
        ),
        _to("life_event", "association_id", "association"),
        _to("life_event", "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_event")),
    )
    op.create_index(op.f("ix_life_event_association_id"), "life_event", ["association_id"])
    op.create_index("ix_life_event_enterprise_day", "life_event", ["enterprise_id", "happened_on"])
    op.create_table(
        "split_into",
        _id("event_id"),
        _id("enterprise_id"),
        _to("split_into", "event_id", "life_event"),
        _to("split_into", "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("event_id", "enterprise_id", name=op.f("pk_split_into")),
    )
    op.create_index("ix_split_into_enterprise_id", "split_into", ["enterprise_id"])


def _counts() -> None:
    op.create_table(
        "headcount",
        _id("id"),
        _id("association_id"),
        _id("enterprise_id"),
        _id("workplace_id", nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        _id("visit_id", nullable=True),
        sa.Column("recorded_at", _AT, nullable=False),
        _id("recorded_by", nullable=True),
        sa.CheckConstraint(
            "source IN ('register', 'imported', 'entered', 'visit')", name=op.f("ck_headcount_source")
        ),
        sa.CheckConstraint("workers >= 0", name=op.f("ck_headcount_workers")),
        sa.CheckConstraint(
            "(source = 'visit') = (workplace_id IS NOT NULL)", name=op.f("ck_headcount_visit_of_a_workplace")
        ),
        _to("headcount", "association_id", "association"),
        _to("headcount", "enterprise_id", "enterprise", "CASCADE"),
        _to("headcount", "workplace_id", "workplace"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount")),
    )
    op.create_index(op.f("ix_headcount_association_id"), "headcount", ["association_id"])
    op.create_index("ix_headcount_enterprise_day", "headcount", ["enterprise_id", "counted_on"])
    op.create_index(op.f("ix_headcount_visit_id"), "headcount", ["visit_id"])
    op.create_index(op.f("ix_headcount_workplace_id"), "headcount", ["workplace_id"])
    op.create_table(
        "imported_change",
        _id("id"),
        _id("association_id"),
        _id("enterprise_id"),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        _to("imported_change", "association_id", "association"),
        _to("imported_change", "enterprise_id", "enterprise", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_change")),
    )
    op.create_index(op.f("ix_imported_change_association_id"), "imported_change", ["association_id"])
    op.create_index(op.f("ix_imported_change_enterprise_id"), "imported_change", ["enterprise_id"])


def _sendings() -> None:
    op.create_table(
        "code_sending",
        _id("id"),
        _id("association_id"),
        _id("checklist_version_id"),
        sa.Column("code_version", sa.String(40), nullable=False),
        sa.Column("audience", _JSON, nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("confirmed_at", _AT, nullable=False),
        _id("confirmed_by", nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        _id("job_id", nullable=True),
        sa.CheckConstraint("reminders >= 0", name=op.f("ck_code_sending_reminders")),
        _to("code_sending", "association_id", "association"),
        _to("code_sending", "checklist_version_id", "checklist_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_sending")),
    )
    op.create_index(op.f("ix_code_sending_association_id"), "code_sending", ["association_id"])
    op.create_index(op.f("ix_code_sending_checklist_version_id"), "code_sending", ["checklist_version_id"])
    op.create_table(
        "code_sending_to",
        _id("id"),
        _id("sending_id"),
        _id("enterprise_id"),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("written_at", _AT, nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("reminded_at", _AT, nullable=True),
        sa.CheckConstraint("messages >= 0", name=op.f("ck_code_sending_to_messages")),
        _to("code_sending_to", "sending_id", "code_sending"),
        _to("code_sending_to", "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_sending_to")),
        sa.UniqueConstraint(
            "sending_id", "enterprise_id", name=op.f("uq_code_sending_to_sending_id_enterprise_id")
        ),
    )
    op.create_index(op.f("ix_code_sending_to_enterprise_id"), "code_sending_to", ["enterprise_id"])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("pledge") as table:
        table.drop_column("on_own_page")
        table.drop_column("signed_position")
    for name in ("code_sending_to", "code_sending", "imported_change", "headcount", "split_into", "life_event"):
        op.drop_table(name)
