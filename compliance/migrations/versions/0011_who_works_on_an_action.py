"""who works on an action, checks and draws for a check on site, leave, and visits that ask a few items only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "on_site_seed",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_on_site_seed_digest")),
        sa.CheckConstraint("length(seed) = 64", name=op.f("ck_on_site_seed_seed")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_on_site_seed_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_site_seed")),
        sa.UniqueConstraint("association_id", "year", name=op.f("uq_on_site_seed_association_id_year")),
    )
    with op.batch_alter_table("on_site_seed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_on_site_seed_association_id"), ["association_id"], unique=False)

    op.create_table(
        "leave",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("substitute_id", ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("word", sa.String(length=500), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", ID, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_leave_days")),
        sa.CheckConstraint("person_id <> substitute_id", name=op.f("ck_leave_substitute")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_leave_association_id_association")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_person_id_person")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_leave_substitute_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.create_index("ix_leave_association_days", ["association_id", "first_day", "last_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_leave_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leave_substitute_id"), ["substitute_id"], unique=False)

    op.create_table(
        "visit_scope",
        sa.Column("visit_id", ID, nullable=False),
        sa.Column(
            "items", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_scope_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_scope")),
    )
    op.create_table(
        "action_assignment",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("word", sa.String(length=2000), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", ID, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_assignment_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_action_assignment_association_id_association")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_action_assignment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_assignment")),
    )
    with op.batch_alter_table("action_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_assignment_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_assignment_association_id"), ["association_id"], unique=False)
        batch_op.create_index("ix_action_assignment_person_open", ["person_id", "ended_at"], unique=False)
        batch_op.create_index(
            "uq_action_assignment_open",
            ["action_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "action_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "done", "part", "not_done", name="checkoutcome", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "how",
            sa.Enum("desk", "on_site", name="how", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("done", sa.String(length=4000), nullable=False),
        sa.Column("stays", sa.String(length=4000), nullable=False),
        sa.Column("note", sa.String(length=10000), nullable=False),
        sa.Column("worker_check", sa.Boolean(), nullable=False),
        sa.Column("workers_asked", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", ID, nullable=True),
        sa.Column("was_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("visit_id", ID, nullable=True),
        sa.CheckConstraint(
            "outcome <> 'part' OR (done <> '' AND stays <> '')", name=op.f("ck_action_check_part_says_both")
        ),
        sa.CheckConstraint("workers_asked >= 0", name=op.f("ck_action_check_workers_asked")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_check_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_action_check_association_id_association")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_action_check_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_check")),
    )
    with op.batch_alter_table("action_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_check_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_check_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_check_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "on_site_draw",
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("seed_id", ID, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("point", sa.Float(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", ID, nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by", ID, nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "done", "part", "not_done", name="checkoutcome", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("visit_id", ID, nullable=True),
        sa.CheckConstraint("(settled_on IS NULL) = (outcome IS NULL)", name=op.f("ck_on_site_draw_settled")),
        sa.CheckConstraint("drawn = (point < share)", name=op.f("ck_on_site_draw_drawn_by_point")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_on_site_draw_digest")),
        sa.CheckConstraint("point >= 0 AND point < 1", name=op.f("ck_on_site_draw_point")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_on_site_draw_round")),
        sa.CheckConstraint("share > 0 AND share < 1", name=op.f("ck_on_site_draw_share")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_on_site_draw_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_on_site_draw_association_id_association")
        ),
        sa.ForeignKeyConstraint(["seed_id"], ["on_site_seed.id"], name=op.f("fk_on_site_draw_seed_id_on_site_seed")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_on_site_draw_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_site_draw")),
        sa.UniqueConstraint("action_id", "round", name=op.f("uq_on_site_draw_action_id_round")),
    )
    with op.batch_alter_table("on_site_draw", schema=None) as batch_op:
        batch_op.create_index(
            "ix_on_site_draw_association_open", ["association_id", "drawn", "settled_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_on_site_draw_seed_id"), ["seed_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_on_site_draw_visit_id"), ["visit_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("on_site_draw", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_on_site_draw_visit_id"))
        batch_op.drop_index(batch_op.f("ix_on_site_draw_seed_id"))
        batch_op.drop_index("ix_on_site_draw_association_open")

    op.drop_table("on_site_draw")
    with op.batch_alter_table("action_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_check_visit_id"))
        batch_op.drop_index(batch_op.f("ix_action_check_association_id"))
        batch_op.drop_index(batch_op.f("ix_action_check_action_id"))

    op.drop_table("action_check")
    with op.batch_alter_table("action_assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_action_assignment_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_action_assignment_person_open")
        batch_op.drop_index(batch_op.f("ix_action_assignment_association_id"))
        batch_op.drop_index(batch_op.f("ix_action_assignment_action_id"))

    op.drop_table("action_assignment")
    op.drop_table("visit_scope")
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leave_substitute_id"))
        batch_op.drop_index(batch_op.f("ix_leave_person_id"))
        batch_op.drop_index("ix_leave_association_days")

    op.drop_table("leave")
    with op.batch_alter_table("on_site_seed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_on_site_seed_association_id"))

    op.drop_table("on_site_seed")
