"""Personal data: sealed values of the trail, who is gone, holds, requests, breaches, what was passed on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0042"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _day(name: str) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=False)


def _list(name: str) -> sa.Column:
    return sa.Column(name, sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False)


def _within(table: str, name: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} IN ({listed})", name=op.f(f"ck_{table}_{name}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _table_of_association(name: str, *columns: sa.Column | sa.CheckConstraint, key: str = "id") -> None:
    op.create_table(
        name,
        _id(key),
        _id("association_id"),
        *columns,
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f(f"fk_{name}_association_id_association")
        ),
        sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_association_id"), name, ["association_id"])


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_value",
        _text("digest", 64),
        _id("association_id"),
        _id("holder_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_audit_value")),
    )
    op.create_index(op.f("ix_audit_value_holder_id"), "audit_value", ["holder_id"])
    _table_of_association("privacy_gone", _text("of", 40), _day("since"), key="row_id")
    _table_of_association(
        "privacy_hold",
        _text("kind", 32),
        _text("reason", 2000),
        _day("until"),
        _day("asked_on"),
        _id("asked_by"),
        _moment("confirmed_at", nullable=True),
        _id("confirmed_by", nullable=True),
        _moment("ended_at", nullable=True),
        _id("ended_by", nullable=True),
        _check("privacy_hold", "confirmed_whole", "(confirmed_at IS NULL) = (confirmed_by IS NULL)"),
        _check("privacy_hold", "two_persons", "confirmed_by <> asked_by"),
    )
    _table_of_association(
        "privacy_request",
        _text("asks", 32),
        _id("person_id", nullable=True),
        _text("who", 200),
        _text("asked", 4000),
        _day("received_on"),
        _day("answer_by"),
        _id("entered_by"),
        _text("outcome", 32, nullable=True),
        _text("answer", 4000),
        _moment("answered_at", nullable=True),
        _id("answered_by", nullable=True),
        _within("privacy_request", "asks", "access", "copy", "correction", "deletion", "objection", "explanation"),
        _within("privacy_request", "outcome", "done", "partly", "refused"),
        _check(
            "privacy_request",
            "answered_whole",
            "(answered_at IS NULL) = (outcome IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL)",
        ),
    )
    op.create_index(op.f("ix_privacy_request_person_id"), "privacy_request", ["person_id"])
    _table_of_association(
        "privacy_breach",
        _text("what", 4000),
        _list("kinds"),
        sa.Column("people", sa.Integer(), nullable=True),
        _moment("found_at"),
        _id("noted_by"),
    )
    op.create_table(
        "privacy_breach_step",
        _id("id"),
        _id("breach_id"),
        _text("step", 32),
        _text("how", 4000),
        _moment("done_at"),
        _id("noted_by"),
        _within("privacy_breach_step", "step", "contained", "assessed", "authority", "persons", "closed"),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["privacy_breach.id"], name=op.f("fk_privacy_breach_step_breach_id_privacy_breach")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_breach_step")),
        sa.UniqueConstraint("breach_id", "step", name=op.f("uq_privacy_breach_step_breach_id_step")),
    )
    _table_of_association(
        "privacy_sharing",
        _text("why", 32),
        _text("recipient", 200),
        _list("kinds"),
        sa.Column("people", sa.Integer(), nullable=False),
        _text("ground", 32),
        _text("note", 2000),
        _day("shared_on"),
        _moment("noted_at"),
        _id("noted_by"),
        _within("privacy_sharing", "why", "referral", "claim", "joint_visit", "other"),
        _within("privacy_sharing", "ground", "separate_consent", "legal_duty", "emergency"),
        _check("privacy_sharing", "people", "people > 0"),
    )


def downgrade() -> None:
    """Take back. What the trail says about people cannot be opened after it."""
    op.drop_table("privacy_sharing")
    op.drop_table("privacy_breach_step")
    op.drop_table("privacy_breach")
    op.drop_table("privacy_request")
    op.drop_table("privacy_hold")
    op.drop_table("privacy_gone")
    op.drop_table("audit_value")
