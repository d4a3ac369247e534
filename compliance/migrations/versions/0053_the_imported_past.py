"""Results of visits from before the system: imports, and the workplaces, visits and findings that they brought."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0053"
down_revision = "0056"
branch_labels = None
depends_on = None

_ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_AT = sa.DateTime(timezone=True)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    """Apply."""
    _imports()
    _results()


def _imports() -> None:
    op.create_table(
        "history_import",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("mapping", _JSON, nullable=False),
        sa.Column("outcome", _JSON, nullable=False),
        sa.Column("plan_digest", sa.String(64), nullable=False),
        sa.Column("details_digest", sa.String(64), nullable=True),
        sa.Column("shown", sa.String(32), nullable=False),
        sa.Column("job_id", _ID, nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("applied_at", _AT, nullable=True),
        sa.Column("undone_at", _AT, nullable=True),
        sa.CheckConstraint("shown IN ('nothing', 'results', 'everything')", name=op.f("ck_history_import_shown")),
        sa.CheckConstraint(
            "undone_at IS NULL OR applied_at IS NOT NULL",
            name=op.f("ck_history_import_undone_after_it_was_applied"),
        ),
        _to("history_import", "association_id", "association"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_import")),
    )
    op.create_index(op.f("ix_history_import_association_id"), "history_import", ["association_id"])
    op.create_table(
        "history_map",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("mapping", _JSON, nullable=False),
        _to("history_map", "association_id", "association"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_map")),
        sa.UniqueConstraint("association_id", "name", name=op.f("uq_history_map_association_id_name")),
    )
    op.create_table(
        "history_file",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        _to("history_file", "association_id", "association"),
        _to("history_file", "import_id", "history_import"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_file")),
    )
    op.create_index(op.f("ix_history_file_association_id"), "history_file", ["association_id"])
    op.create_index(op.f("ix_history_file_import_id"), "history_file", ["import_id"])


def _results() -> None:
    op.create_table(
        "past_workplace",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("enterprise_id", _ID, nullable=True),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("facts", sa.String(64), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        _to("past_workplace", "association_id", "association"),
        _to("past_workplace", "enterprise_id", "enterprise"),
        _to("past_workplace", "import_id", "history_import"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_workplace")),
        sa.UniqueConstraint("association_id", "identity", name=op.f("uq_past_workplace_association_id_identity")),
    )
    op.create_index(op.f("ix_past_workplace_enterprise_id"), "past_workplace", ["enterprise_id"])
    op.create_index(op.f("ix_past_workplace_import_id"), "past_workplace", ["import_id"])
    op.create_table(
        "past_visit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("workplace_id", _ID, nullable=False),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("facts", sa.String(64), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("owed >= 0", name=op.f("ck_past_visit_owed")),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_past_visit_paid")),
        _to("past_visit", "association_id", "association"),
        _to("past_visit", "import_id", "history_import"),
        _to("past_visit", "workplace_id", "past_workplace"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_visit")),
        sa.UniqueConstraint("association_id", "identity", name=op.f("uq_past_visit_association_id_identity")),
    )
    op.create_index(op.f("ix_past_visit_import_id"), "past_visit", ["import_id"])
    op.create_index(op.f("ix_past_visit_workplace_id"), "past_visit", ["workplace_id"])
    op.create_table(
        "past_finding",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("workplace_id", _ID, nullable=False),
        sa.Column("visit_id", _ID, nullable=True),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("facts", sa.String(64), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("area", sa.String(20), nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        _to("past_finding", "association_id", "association"),
        _to("past_finding", "import_id", "history_import"),
        _to("past_finding", "visit_id", "past_visit"),
        _to("past_finding", "workplace_id", "past_workplace"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_finding")),
        sa.UniqueConstraint("association_id", "identity", name=op.f("uq_past_finding_association_id_identity")),
    )
    op.create_index(op.f("ix_past_finding_import_id"), "past_finding", ["import_id"])
    op.create_index(op.f("ix_past_finding_visit_id"), "past_finding", ["visit_id"])
    op.create_index(op.f("ix_past_finding_workplace_id"), "past_finding", ["workplace_id"])
    op.create_table(
        "past_score",
        sa.Column("visit_id", _ID, nullable=False),
        sa.Column("area", sa.String(20), nullable=False),
        sa.Column("thousandths", sa.BigInteger(), nullable=True),
        sa.Column("band", sa.String(80), nullable=False),
        _to("past_score", "visit_id", "past_visit"),
        sa.PrimaryKeyConstraint("visit_id", "area", name=op.f("pk_past_score")),
    )


def downgrade() -> None:
    """Take back."""
    tables = (
        "past_score",
        "past_finding",
        "past_visit",
        "past_workplace",
        "history_file",
        "history_map",
        "history_import",
    )
    for name in tables:
        op.drop_table(name)
