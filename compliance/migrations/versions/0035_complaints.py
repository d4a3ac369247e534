"""Complaints of workers: the rows that are counted, and the sealed pieces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ENUMS = {
    "source": ("form", "hotline", "womens_home", "union", "legal_aid", "visit", "letter"),
    "state": ("received", "read", "answered", "closed"),
    "concerned": ("one", "few", "several", "many", "unknown"),
    "still_there": ("yes", "no", "unsaid"),
    "danger": ("yes", "no", "unsaid"),
    "outcome": ("founded", "unfounded", "unreachable", "passed_on"),
}


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _within(name: str) -> sa.CheckConstraint:
    values = ", ".join(f"'{value}'" for value in ENUMS[name])
    return sa.CheckConstraint(f"{name} IN ({values})", name=op.f(f"ck_complaint_{name}"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "complaint",
        _id("id"),
        _id("association_id"),
        _text("number", 16),
        _text("secret", 255),
        _text("once", 64),
        _text("source", 32),
        _text("state", 32),
        sa.Column("areas", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        _text("concerned", 32),
        _text("still_there", 32),
        _text("danger", 32),
        _text("language", 12),
        _moment("received_at"),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("read_by", sa.Date(), nullable=False),
        _moment("read_at", nullable=True),
        _moment("answered_at", nullable=True),
        _moment("closed_at", nullable=True),
        sa.Column("scores_from", sa.Date(), nullable=False),
        _id("enterprise_id", nullable=True),
        _id("workplace_id", nullable=True),
        _id("merged_into", nullable=True),
        _text("outcome", 32, nullable=True),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=False),
        *(_within(name) for name in ENUMS),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state = 'closed')", name=op.f("ck_complaint_closed_whole")
        ),
        sa.CheckConstraint(
            "merged_into IS NULL OR merged_into <> id", name=op.f("ck_complaint_merged_into_another")
        ),
        sa.CheckConstraint("recovered_fen >= 0", name=op.f("ck_complaint_recovered")),
        sa.CheckConstraint(
            "workplace_id IS NULL OR enterprise_id IS NOT NULL", name=op.f("ck_complaint_workplace_of_enterprise")
        ),
        _to("complaint", "association_id", "association"),
        _to("complaint", "enterprise_id", "enterprise"),
        _to("complaint", "workplace_id", "workplace"),
        _to("complaint", "merged_into", "complaint"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
        sa.UniqueConstraint("once", name=op.f("uq_complaint_once")),
    )
    op.create_index("ix_complaint_association_received", "complaint", ["association_id", "received_at"])
    for column in ("enterprise_id", "workplace_id", "merged_into"):
        op.create_index(op.f(f"ix_complaint_{column}"), "complaint", [column])
    op.create_table(
        "complaint_part",
        _id("id"),
        _id("association_id"),
        _id("complaint_id"),
        _text("kind", 16),
        _moment("at"),
        _id("by", nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _text("file_digest", 64, nullable=True),
        sa.CheckConstraint(
            "kind IN ('account', 'contact', 'more', 'answer', 'picture')", name=op.f("ck_complaint_part_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'picture') = (sealed IS NULL)", name=op.f("ck_complaint_part_sealed_here_or_in_a_file")
        ),
        sa.CheckConstraint(
            "(kind = 'picture') = (file_digest IS NOT NULL)", name=op.f("ck_complaint_part_picture_has_a_file")
        ),
        _to("complaint_part", "association_id", "association"),
        _to("complaint_part", "complaint_id", "complaint"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_part")),
    )
    for column in ("association_id", "complaint_id"):
        op.create_index(op.f(f"ix_complaint_part_{column}"), "complaint_part", [column])


def downgrade() -> None:
    """Take back."""
    op.drop_table("complaint_part")
    op.drop_table("complaint")
