"""Entries of the register that were merged into others."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0057"
down_revision = "0053"
branch_labels = None
depends_on = None

_ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_AT = sa.DateTime(timezone=True)
_BEFORE = ("active", "left", "closed")


def _one_of(states: Sequence[str]) -> str:
    return f"status IN ({', '.join(repr(state) for state in states)})"


def _allow(states: Sequence[str]) -> None:
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_enterprise_status"), type_="check")
        batch_op.create_check_constraint(op.f("ck_enterprise_status"), _one_of(states))


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_enterprise_merge_{column}_{target}"))


def upgrade() -> None:
    """Apply."""
    _allow((*_BEFORE, "merged"))
    op.create_table(
        "enterprise_merge",
        sa.Column("id", _ID, nullable=False),
        sa.Column("association_id", _ID, nullable=False),
        sa.Column("kept_id", _ID, nullable=False),
        sa.Column("merged_id", _ID, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("moved", _JSON, nullable=False),
        sa.Column("ended", _JSON, nullable=False),
        sa.Column("mains", _JSON, nullable=False),
        sa.Column("closed", _JSON, nullable=False),
        sa.Column("links", _JSON, nullable=False),
        sa.Column("invitations", _JSON, nullable=False),
        sa.Column("merged_at", _AT, nullable=False),
        sa.Column("merged_by", _ID, nullable=True),
        sa.Column("undone_at", _AT, nullable=True),
        sa.Column("undone_by", _ID, nullable=True),
        sa.CheckConstraint(_one_of((*_BEFORE, "merged")), name=op.f("ck_enterprise_merge_status")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_enterprise_merge_undone_by_somebody")
        ),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_enterprise_merge_itself")),
        _to("association_id", "association"),
        _to("kept_id", "enterprise"),
        _to("merged_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_merge")),
    )
    for column in ("association_id", "kept_id", "merged_id"):
        op.create_index(op.f(f"ix_enterprise_merge_{column}"), "enterprise_merge", [column])
    standing = sa.text("undone_at IS NULL")
    op.create_index(
        "uq_enterprise_merge_standing",
        "enterprise_merge",
        ["merged_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def downgrade() -> None:
    """Take back; what went stays where it is, and the empty entries count as closed down."""
    op.drop_table("enterprise_merge")
    op.execute("UPDATE enterprise SET status = 'closed' WHERE status = 'merged'")
    _allow(_BEFORE)
