"""Interviews under seal, the counts told of them, and the task to ask again."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=nullable)


def _of_visit(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f(f"fk_{table}_visit_id_visit"))


def _one_of(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "interview_door",
        _id("visit_id"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        _of_visit("interview_door"),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_interview_door")),
    )
    op.create_table(
        "interview",
        _id("id"),
        _id("visit_id"),
        sa.Column("setting", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        _id("entered_by", nullable=True),
        _one_of("interview", "setting", ("alone", "group")),
        _of_visit("interview"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
    )
    op.create_index(op.f("ix_interview_visit_id"), "interview", ["visit_id"])
    op.create_table(
        "interview_contact",
        _id("id"),
        _id("visit_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        _id("entered_by", nullable=True),
        _of_visit("interview_contact"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_contact")),
    )
    op.create_index(op.f("ix_interview_contact_visit_id"), "interview_contact", ["visit_id"])
    op.create_table(
        "interview_again",
        _id("visit_id"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        _id("done_by", nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("still_there", sa.Integer(), nullable=True),
        sa.Column("worse_off", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(done_on IS NULL) = (asked IS NULL) AND (done_on IS NULL) = (still_there IS NULL) "
            "AND (done_on IS NULL) = (worse_off IS NULL)",
            name=op.f("ck_interview_again_done_whole"),
        ),
        sa.CheckConstraint(
            "still_there >= 0 AND worse_off >= 0 AND cards >= 0", name=op.f("ck_interview_again_counts")
        ),
        sa.CheckConstraint(
            "still_there <= asked AND worse_off <= asked", name=op.f("ck_interview_again_no_more_than_asked")
        ),
        _of_visit("interview_again"),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_interview_again")),
    )
    op.create_index(op.f("ix_interview_again_due_on"), "interview_again", ["due_on"])
    op.create_table(
        "interview_told",
        _id("id"),
        _id("visit_id"),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.Column("basis", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _id("by", nullable=True),
        sa.CheckConstraint("(says = 'exactly') = (asked IS NOT NULL)", name=op.f("ck_interview_told_asked_if_exact")),
        sa.CheckConstraint("(asked IS NULL) = (told IS NULL)", name=op.f("ck_interview_told_whole")),
        sa.CheckConstraint("told >= 5 AND asked - told >= 5", name=op.f("ck_interview_told_nobody_alone")),
        _one_of("interview_told", "says", ("nothing", "some", "exactly")),
        _of_visit("interview_told"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_told")),
        sa.UniqueConstraint("visit_id", "question", "number", name=op.f("uq_interview_told_visit_id_question_number")),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("interview_told", "interview_again", "interview_contact", "interview", "interview_door"):
        op.drop_table(table)
