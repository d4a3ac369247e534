"""When each enterprise was last visited, kept with the cells."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "trend_last",
        _id("enterprise_id"),
        _id("association_id"),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_trend_last_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_trend_last_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_trend_last")),
    )
    op.execute(
        "INSERT INTO trend_last (enterprise_id, association_id, last_on)"
        " SELECT enterprise.id, enterprise.association_id, max(coalesce(visit.visited_on, visit.planned_for))"
        " FROM enterprise LEFT JOIN visit ON visit.enterprise_id = enterprise.id"
        " AND visit.state = 'released' AND visit.outcome = 'completed'"
        " GROUP BY enterprise.id, enterprise.association_id"
    )
    op.create_index(
        "ix_trend_last_association_id_last_on_enterprise_id",
        "trend_last",
        ["association_id", "last_on", "enterprise_id"],
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("trend_last")
