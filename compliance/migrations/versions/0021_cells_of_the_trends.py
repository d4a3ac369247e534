"""Cells of the trends: sums over released visits, kept for reading. They are filled after the upgrade."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

AREAS = ("overall", "wages", "safety", "sanitation", "social_security", "punishment")
COUNTS = ("completed", "refused", "not_found", "closed_down", "findings", "criticals", "repeats", "repeated")


def _id(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False)


def _key(name: str, length: int) -> sa.Column[object]:
    plain = sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
    return sa.Column(name, plain, nullable=False)


def _measures() -> list[sa.Column[object]]:
    columns: list[sa.Column[object]] = [sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS]
    for area in AREAS:
        columns.append(sa.Column(f"{area}_n", sa.Integer(), nullable=False))
        columns.append(sa.Column(f"{area}_total", sa.BigInteger(), nullable=False))
        columns.append(sa.Column(f"{area}_squares", sa.BigInteger(), nullable=False))
        columns.append(sa.Column(f"{area}_asked", sa.Integer(), nullable=False))
        columns.append(sa.Column(f"{area}_short", sa.Integer(), nullable=False))
        columns.append(sa.Column(f"{area}_critical", sa.Integer(), nullable=False))
    return columns


def upgrade() -> None:
    """Apply."""
    whence = ("month", "stratum_id", "route", "version_id")
    op.create_table(
        "trend_cell",
        _id("association_id"),
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        _key("sector", 3),
        _key("district", 6),
        _key("size", 10),
        _key("trait", 24),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        _id("stratum_id"),
        _key("route", 10),
        _id("version_id"),
        *_measures(),
        sa.CheckConstraint(
            "completed >= 0 AND refused >= 0 AND not_found >= 0 AND closed_down >= 0",
            name=op.f("ck_trend_cell_outcomes"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_trend_cell_association_id_association")
        ),
        sa.PrimaryKeyConstraint(
            "association_id", "grain", "sector", "district", "size", "trait", *whence, name=op.f("pk_trend_cell")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trend_mark",
        _id("association_id"),
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        _key("code", 10),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        _id("stratum_id"),
        _key("route", 10),
        _id("version_id"),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_trend_mark_association_id_association")
        ),
        sa.PrimaryKeyConstraint("association_id", "grain", "code", *whence, name=op.f("pk_trend_mark")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trend_visit",
        _id("visit_id"),
        _id("association_id"),
        _id("enterprise_id"),
        sa.Column("month", sa.Integer(), nullable=False),
        _id("stratum_id"),
        sa.Column("route", sa.String(length=10), nullable=False),
        _id("version_id"),
        sa.Column("sector", sa.String(length=3), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("size", sa.String(length=10), nullable=False),
        sa.Column("traits", sa.SmallInteger(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_trend_visit_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_trend_visit_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_trend_visit_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_trend_visit")),
    )
    op.create_index("ix_trend_visit_association_month", "trend_visit", ["association_id", "month"])
    op.create_index(op.f("ix_trend_visit_enterprise_id"), "trend_visit", ["enterprise_id"])


def downgrade() -> None:
    """Take back."""
    for table in ("trend_visit", "trend_mark", "trend_cell"):
        op.drop_table(table)
