"""letters that follow the first: plan replies, reminders, escalation, closure, referral, and the visit record."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = ("L1", "L2", "L3", "correction")
NOW = ("L0", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "correction")


def allow_kinds(kinds: tuple[str, ...]) -> None:
    """Let the table of letters take exactly these."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letter_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_letter_kind"), f"kind IN ({listed})")


def upgrade() -> None:
    """Apply."""
    allow_kinds(NOW)


def downgrade() -> None:
    """Take back. Letters of the later kinds were never in the older schema: with them it cannot be gone back to."""
    allow_kinds(BEFORE)
