"""the ladder at work: prepared letters, what became of each step, and what is agreed instead of a due date."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CHECKS = {
    "round": "round >= 1",
    "contain_by": "contain_by IS NULL OR told_on IS NOT NULL",
    "contained_with_how": "(contained_on IS NULL) = (contained_how IS NULL)",
    "contained_how": "contained_how IN ('call', 'seen')",
}
ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ladder_night",
        sa.Column("association_id", ID, nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("prepared", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_ladder_night_association_id_association")
        ),
        sa.PrimaryKeyConstraint("association_id", name=op.f("pk_ladder_night")),
    )
    op.create_table(
        "talk",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("present", sa.String(length=1000), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "agreed",
                "put_right",
                "nothing",
                "absent",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", ID, nullable=True),
        sa.CheckConstraint("(outcome = 'agreed') = (until IS NOT NULL)", name=op.f("ck_talk_until")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_talk_association_id_association")
        ),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_talk_enterprise_id_enterprise")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_talk_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talk_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "prepared_letter",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column(
            "family",
            sa.Enum(
                "reminder", "closure", "referral", name="family", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "sent",
                "declined",
                "dropped",
                name="waiting",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("prepared_on", sa.Date(), nullable=False),
        sa.Column("passages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("letter_id", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("(state = 'prepared') = (decided_at IS NULL)", name=op.f("ck_prepared_letter_decided")),
        sa.CheckConstraint(
            "(state = 'sent') = (letter_id IS NOT NULL)", name=op.f("ck_prepared_letter_letter_when_sent")
        ),
        sa.CheckConstraint("kind IN ('L5', 'L6', 'L7', 'L8', 'L9')", name=op.f("ck_prepared_letter_kind")),
        sa.CheckConstraint(
            "state <> 'declined' OR reason <> ''", name=op.f("ck_prepared_letter_declined_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_prepared_letter_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_prepared_letter_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_prepared_letter_letter_id_letter")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_prepared_letter_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_letter")),
    )
    with op.batch_alter_table("prepared_letter", schema=None) as batch_op:
        batch_op.create_index("ix_prepared_letter_association_state", ["association_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepared_letter_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepared_letter_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepared_letter_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "uq_prepared_letter_waiting",
            ["visit_id", "family"],
            unique=True,
            sqlite_where=sa.text("state = 'prepared'"),
            postgresql_where=sa.text("state = 'prepared'"),
        )

    op.create_table(
        "ladder_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("prepared_id", ID, nullable=True),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "became",
            sa.Enum(
                "prepared",
                "issued",
                "done",
                "declined",
                "passed_over",
                "dropped",
                name="became",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", ID, nullable=True),
        sa.CheckConstraint("round >= 1", name=op.f("ck_ladder_step_round")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_ladder_step_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_ladder_step_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_id"], ["prepared_letter.id"], name=op.f("fk_ladder_step_prepared_id_prepared_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_step")),
    )
    with op.batch_alter_table("ladder_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ladder_step_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ladder_step_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ladder_step_prepared_id"), ["prepared_id"], unique=False)
        batch_op.create_index(
            "uq_ladder_step_once",
            ["action_id", "step", "round"],
            unique=True,
            sqlite_where=sa.text("became <> 'dropped'"),
            postgresql_where=sa.text("became <> 'dropped'"),
        )

    op.create_table(
        "repayment_plan",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_reason = '')", name=op.f("ck_repayment_plan_ended_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_repayment_plan_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_repayment_plan_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_repayment_plan_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment_plan")),
    )
    with op.batch_alter_table("repayment_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repayment_plan_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repayment_plan_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repayment_plan_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(
            "uq_repayment_plan_standing",
            ["action_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "talk_action",
        sa.Column("id", ID, nullable=False),
        sa.Column("talk_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_talk_action_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_action_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_action")),
        sa.UniqueConstraint("talk_id", "action_id", name=op.f("uq_talk_action_talk_id_action_id")),
    )
    with op.batch_alter_table("talk_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talk_action_action_id"), ["action_id"], unique=False)

    op.create_table(
        "repayment",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("proof_digest", sa.String(length=64), nullable=True),
        sa.Column("proof_name", sa.String(length=255), nullable=False),
        sa.Column("proof_type", sa.String(length=100), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by", ID, nullable=True),
        sa.CheckConstraint("fen > 0", name=op.f("ck_repayment_fen")),
        sa.CheckConstraint("paid_on IS NOT NULL OR proof_digest IS NULL", name=op.f("ck_repayment_proof_of_payment")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_repayment_association_id_association")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["repayment_plan.id"], name=op.f("fk_repayment_plan_id_repayment_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_repayment_plan_id_number")),
    )
    with op.batch_alter_table("repayment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repayment_association_id"), ["association_id"], unique=False)

    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("proven_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("contain_by", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("contained_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("contained_how", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("contained_by", ID, nullable=True))

    # Of what is told on the visit the day is known; danger is contained on that day, or within three (policy).
    on_visit = "SELECT visited_on FROM visit WHERE visit.id = corrective_action.visit_id"
    op.execute(f"UPDATE corrective_action SET told_on = ({on_visit}) WHERE delivered_on IS NOT NULL")
    three = "date(told_on, '+3 days')" if op.get_bind().dialect.name == "sqlite" else "told_on + 3"
    op.execute("UPDATE corrective_action SET contain_by = told_on WHERE zero_tolerance")
    op.execute(f"UPDATE corrective_action SET contain_by = {three} WHERE severity = 'critical' AND NOT zero_tolerance")

    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.alter_column("round", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        for name, words in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_corrective_action_{name}"), words)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_corrective_action_{name}"), type_="check")
        batch_op.drop_column("contained_by")
        batch_op.drop_column("contained_how")
        batch_op.drop_column("contained_on")
        batch_op.drop_column("contain_by")
        batch_op.drop_column("round")
        batch_op.drop_column("proven_on")
        batch_op.drop_column("told_on")

    with op.batch_alter_table("repayment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_repayment_association_id"))

    op.drop_table("repayment")
    with op.batch_alter_table("talk_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talk_action_action_id"))

    op.drop_table("talk_action")
    with op.batch_alter_table("repayment_plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_repayment_plan_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_repayment_plan_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_repayment_plan_association_id"))
        batch_op.drop_index(batch_op.f("ix_repayment_plan_action_id"))

    op.drop_table("repayment_plan")
    with op.batch_alter_table("ladder_step", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ladder_step_once",
            sqlite_where=sa.text("became <> 'dropped'"),
            postgresql_where=sa.text("became <> 'dropped'"),
        )
        batch_op.drop_index(batch_op.f("ix_ladder_step_prepared_id"))
        batch_op.drop_index(batch_op.f("ix_ladder_step_association_id"))
        batch_op.drop_index(batch_op.f("ix_ladder_step_action_id"))

    op.drop_table("ladder_step")
    with op.batch_alter_table("prepared_letter", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_prepared_letter_waiting",
            sqlite_where=sa.text("state = 'prepared'"),
            postgresql_where=sa.text("state = 'prepared'"),
        )
        batch_op.drop_index(batch_op.f("ix_prepared_letter_visit_id"))
        batch_op.drop_index(batch_op.f("ix_prepared_letter_letter_id"))
        batch_op.drop_index(batch_op.f("ix_prepared_letter_enterprise_id"))
        batch_op.drop_index("ix_prepared_letter_association_state")

    op.drop_table("prepared_letter")
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talk_visit_id"))
        batch_op.drop_index(batch_op.f("ix_talk_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_talk_association_id"))

    op.drop_table("talk")
    op.drop_table("ladder_night")
