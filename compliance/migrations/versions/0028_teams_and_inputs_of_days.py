"""Who goes instead of whom to a visit that is handed out, and from what a plan of days was drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=nullable)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "team_change",
        _id("id"),
        _id("association_id"),
        _id("visit_id"),
        _id("leaving_id"),
        _id("instead_id"),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _id("by", nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        _id("undone_by", nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_team_change_reason")),
        sa.CheckConstraint("leaving_id <> instead_id", name=op.f("ck_team_change_two_people")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_team_change_association_id_association")
        ),
        sa.ForeignKeyConstraint(["instead_id"], ["person.id"], name=op.f("fk_team_change_instead_id_person")),
        sa.ForeignKeyConstraint(["leaving_id"], ["person.id"], name=op.f("fk_team_change_leaving_id_person")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_team_change_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_change")),
    )
    for column in ("association_id", "instead_id", "leaving_id", "visit_id"):
        op.create_index(op.f(f"ix_team_change_{column}"), "team_change", [column])
    with op.batch_alter_table("day_plan") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("inputs_digest", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("plan_digest", sa.String(length=64), nullable=True))
        batch.create_unique_constraint(op.f("uq_day_plan_period_id_number"), ["period_id", "number"])
        batch.create_check_constraint(op.f("ck_day_plan_frozen_whole"), _WHOLE)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("day_plan") as batch:
        batch.drop_constraint(op.f("ck_day_plan_frozen_whole"), type_="check")
        batch.drop_constraint(op.f("uq_day_plan_period_id_number"), type_="unique")
        batch.drop_column("plan_digest")
        batch.drop_column("inputs_digest")
        batch.drop_column("number")
    op.drop_table("team_change")


_WHOLE = "(inputs_digest IS NULL) = (plan_digest IS NULL) AND (inputs_digest IS NULL) = (number IS NULL)"
