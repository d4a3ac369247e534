"""Leadership reports that were made, who is told of new ones, and on which day they are made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def guard(table: str) -> None:
    """Let the database itself refuse."""
    for act, name in (("UPDATE", f"{table}_no_update"), ("DELETE", f"{table}_no_delete")):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} cannot be changed'); END"
            )
        else:
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "leadership_report",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("facts_digest", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_leadership_report_edition")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_leadership_report_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["leadership_report.id"], name=op.f("fk_leadership_report_replaces_id_leadership_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leadership_report")),
        sa.UniqueConstraint(
            "association_id", "period", "edition", name=op.f("uq_leadership_report_association_id_period_edition")
        ),
    )
    with op.batch_alter_table("leadership_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leadership_report_replaces_id"), ["replaces_id"], unique=False)

    op.create_table(
        "report_day",
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.CheckConstraint("day >= 1 AND day <= 28", name=op.f("ck_report_day_day")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_report_day_association_id_association")
        ),
        sa.PrimaryKeyConstraint("association_id", name=op.f("pk_report_day")),
    )
    op.create_table(
        "report_subscription",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("quarterly", sa.Boolean(), nullable=False),
        sa.Column("yearly", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("told_quarter", sa.String(length=7), nullable=False),
        sa.Column("told_year", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_report_subscription_association_id_association")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_subscription_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_subscription")),
        sa.UniqueConstraint("person_id", name=op.f("uq_report_subscription_person_id")),
    )
    with op.batch_alter_table("report_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_subscription_association_id"), ["association_id"], unique=False)
    guard("leadership_report")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("report_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_subscription_association_id"))

    op.drop_table("report_subscription")
    op.drop_table("report_day")
    with op.batch_alter_table("leadership_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leadership_report_replaces_id"))

    op.drop_table("leadership_report")
