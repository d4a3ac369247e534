"""The cells of the trends as packed rows of a month, and a log of what releases put in since.

Cells are worked out from the receipts: the old ones are dropped, and an upgrade makes the new ones.
"""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Apply."""
    for table in ("trend_visit", "trend_mark", "trend_cell"):
        op.drop_table(table)
    op.create_table(
        "trend_cells",
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("family", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(3).with_variant(sa.String(3, collation="C"), "postgresql"), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_trend_cells_association_id_association")
        ),
        sa.PrimaryKeyConstraint("association_id", "family", "grain", "part", "month", name=op.f("pk_trend_cells")),
    )
    op.create_table(
        "trend_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("sign", sa.SmallInteger(), nullable=False),
        *_where_and_what(),
        sa.CheckConstraint("sign IN (-1, 1)", name=op.f("ck_trend_log_sign")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_trend_log_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_log")),
    )
    op.create_index(op.f("ix_trend_log_association_id"), "trend_log", ["association_id"])
    op.create_table(
        "trend_visit",
        sa.Column("visit_id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("enterprise_id", _ID, nullable=False),
        *_where_and_what(),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_trend_visit_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_trend_visit_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_trend_visit_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_trend_visit")),
    )
    op.create_index(op.f("ix_trend_visit_association_id"), "trend_visit", ["association_id"])
    op.create_index(op.f("ix_trend_visit_enterprise_id"), "trend_visit", ["enterprise_id"])
    if op.get_bind().dialect.name == "postgresql":  # a body is as small as it gets: to pack it again costs time
        op.execute("ALTER TABLE trend_cells ALTER COLUMN body SET STORAGE EXTERNAL")


def _where_and_what() -> list[sa.Column[object]]:
    return [
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("stratum_id", _ID, nullable=False),
        sa.Column("route", sa.String(length=10), nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("sector", sa.String(length=3), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("size", sa.String(length=10), nullable=False),
        sa.Column("traits", sa.SmallInteger(), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
    ]


def downgrade() -> None:
    """Take back: the tables as they were, to be filled by ``compliance trends rebuild`` of the release before."""
    for table in ("trend_visit", "trend_log", "trend_cells"):
        op.drop_table(table)
    import_module("compliance.migrations.versions.0021_cells_of_the_trends").upgrade()
