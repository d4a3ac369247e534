"""Referrals have a number and a ground; what was looked at for signals is known; late steps are told."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def _id() -> sa.Uuid:
    return sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Apply. Referrals that are there get numbers in the order of their ids, year by year."""
    op.create_table(
        "danger_look",
        sa.Column("enterprise_id", _id(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complaints", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_danger_look_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_danger_look")),
    )
    op.add_column("danger_case", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("danger_referral") as table:
        table.add_column(sa.Column("association_id", _id(), nullable=True))
        table.add_column(sa.Column("year", sa.Integer(), nullable=True))
        table.add_column(sa.Column("running", sa.Integer(), nullable=True))
        table.add_column(sa.Column("ground", sa.String(length=32), nullable=True))
    year = "CAST(strftime('%Y', c.opened_at) AS INTEGER)"
    if op.get_bind().dialect.name == "postgresql":
        year = "CAST(EXTRACT(YEAR FROM c.opened_at) AS INTEGER)"
    of_case = "SELECT {} FROM danger_case c WHERE c.id = danger_referral.case_id"
    op.execute(
        f"UPDATE danger_referral SET association_id = ({of_case.format('c.association_id')}), "  # noqa: S608
        f"year = ({of_case.format(year)})"
    )
    op.execute(
        "UPDATE danger_referral SET running = (SELECT COUNT(*) FROM danger_referral r WHERE r.id <= danger_referral.id "
        "AND r.association_id = danger_referral.association_id AND r.year = danger_referral.year)"
    )
    with op.batch_alter_table("danger_referral") as table:
        for column in ("year", "running"):
            table.alter_column(column, existing_type=sa.Integer(), nullable=False)
        table.alter_column("association_id", existing_type=_id(), nullable=False)
        table.create_foreign_key(
            op.f("fk_danger_referral_association_id_association"), "association", ["association_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_danger_referral_ground"), "ground IN ('consent', 'emergency', 'duty', 'nobody')"
        )
        table.create_unique_constraint(
            op.f("uq_danger_referral_association_id_year_running"), ["association_id", "year", "running"]
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("danger_referral") as table:
        table.drop_constraint(op.f("uq_danger_referral_association_id_year_running"), type_="unique")
        table.drop_constraint(op.f("ck_danger_referral_ground"), type_="check")
        table.drop_constraint(op.f("fk_danger_referral_association_id_association"), type_="foreignkey")
        for column in ("ground", "running", "year", "association_id"):
            table.drop_column(column)
    op.drop_column("danger_case", "reminded_at")
    op.drop_table("danger_look")
