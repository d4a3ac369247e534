"""The plan of days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "day_plan",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("period_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("unplaced", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_day_plan_association_id_association")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["draw_period.id"], name=op.f("fk_day_plan_period_id_draw_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_plan")),
        info={"audit": False},
    )
    with op.batch_alter_table("day_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_plan_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_day_plan_period_id"), ["period_id"], unique=False)

    op.create_table(
        "visit_slot",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("period_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("drawn_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "handed_out",
                "missed",
                "unplaced",
                "dropped",
                name="slotstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column(
            "part",
            sa.Enum(
                "morning",
                "afternoon",
                "evening",
                "night",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("relaxed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "left_why",
            sa.Enum(
                "no_days",
                "no_team",
                "neighbours",
                "full",
                name="left",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'unplaced' OR left_why IS NOT NULL", name=op.f("ck_visit_slot_says_why_not")),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'handed_out', 'missed') OR (day IS NOT NULL AND part IS NOT NULL AND begins_at IS NOT NULL)",
            name=op.f("ck_visit_slot_has_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_visit_slot_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_id"], ["drawn_workplace.id"], name=op.f("fk_visit_slot_drawn_id_drawn_workplace")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_visit_slot_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["draw_period.id"], name=op.f("fk_visit_slot_period_id_draw_period")),
        sa.ForeignKeyConstraint(["workplace_id"], ["workplace.id"], name=op.f("fk_visit_slot_workplace_id_workplace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_slot")),
        sa.UniqueConstraint("drawn_id", name=op.f("uq_visit_slot_drawn_id")),
        info={"audit": False},
    )
    with op.batch_alter_table("visit_slot", schema=None) as batch_op:
        batch_op.create_index("ix_visit_slot_association_state", ["association_id", "state", "begins_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_slot_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index("ix_visit_slot_period_day", ["period_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_slot_workplace_id"), ["workplace_id"], unique=False)

    op.create_table(
        "visit_slot_change",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("period_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "moved", "replaced", "undone", name="changekind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_visit_slot_change_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_visit_slot_change_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["draw_period.id"], name=op.f("fk_visit_slot_change_period_id_draw_period")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["visit_slot.id"], name=op.f("fk_visit_slot_change_slot_id_visit_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_slot_change")),
        info={"audit": False},
    )
    with op.batch_alter_table("visit_slot_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_slot_change_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_slot_change_period_id"), ["period_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_slot_change_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "visit_slot_person",
        sa.Column("slot_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_slot_person_person_id_person")),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["visit_slot.id"], name=op.f("fk_visit_slot_person_slot_id_visit_slot"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slot_id", "person_id", name=op.f("pk_visit_slot_person")),
        info={"audit": False},
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_column("begins_at")

    op.drop_table("visit_slot_person")
    with op.batch_alter_table("visit_slot_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_slot_change_slot_id"))
        batch_op.drop_index(batch_op.f("ix_visit_slot_change_period_id"))
        batch_op.drop_index(batch_op.f("ix_visit_slot_change_association_id"))

    op.drop_table("visit_slot_change")
    with op.batch_alter_table("visit_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_slot_workplace_id"))
        batch_op.drop_index("ix_visit_slot_period_day")
        batch_op.drop_index(batch_op.f("ix_visit_slot_enterprise_id"))
        batch_op.drop_index("ix_visit_slot_association_state")

    op.drop_table("visit_slot")
    with op.batch_alter_table("day_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_day_plan_period_id"))
        batch_op.drop_index(batch_op.f("ix_day_plan_association_id"))

    op.drop_table("day_plan")
