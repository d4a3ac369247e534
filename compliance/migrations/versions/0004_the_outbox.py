"""the outbox: mails that are claimed, tried again, noted as bounced, and never sent twice knowingly."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = ("waiting", "sent")
STATES = ("waiting", "claimed", "sent", "filed", "failed", "unsure", "bounced")
TROUBLES = (
    "unreachable",
    "silent",
    "certificate",
    "unencrypted",
    "sign_in",
    "busy",
    "refused",
    "later",
    "address",
    "unsure",
)
RULES = {
    "tried_while_it_waits": "(state = 'waiting') = (next_try_at IS NOT NULL)",
    "claimed_by_somebody": "(state = 'claimed') = (claimed_at IS NOT NULL)",
    "bounced_by_a_note": "(state = 'bounced') = (bounced_at IS NOT NULL)",
}
SEARCHED = ("about_id", "next_try_at", "person_id")


def id_column(name: str) -> sa.Column:
    """A column of ids that may be empty."""
    return sa.Column(name, sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True)


def listed(values: tuple[str, ...]) -> str:
    """Values as SQL lists them."""
    return ", ".join(f"'{value}'" for value in values)


def upgrade() -> None:
    """Apply."""
    now = datetime.now(UTC)
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.add_column(id_column("person_id"))
        batch_op.add_column(id_column("about_id"))
        batch_op.add_column(sa.Column("once", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("trouble", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("next_try_at", "tried_at", "claimed_at", "handed_at", "bounced_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(id_column("bounced_by"))
        batch_op.add_column(sa.Column("bounce_reason", sa.String(length=500), nullable=False, server_default=""))

    # What waits is tried for a day from now on; every mail until now may hold a way in, and stays private.
    mail = sa.table(
        "outgoing_mail",
        sa.column("state", sa.String()),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("give_up_at", sa.DateTime(timezone=True)),
        sa.column("next_try_at", sa.DateTime(timezone=True)),
    )
    op.execute(sa.update(mail).values(give_up_at=now + timedelta(days=1)))
    op.execute(sa.update(mail).where(mail.c.state == "waiting").values(next_try_at=mail.c.created_at))

    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.alter_column("give_up_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name, kind in (
            ("private", sa.Boolean()),
            ("attempts", sa.Integer()),
            ("answer", sa.String(length=500)),
            ("bounce_reason", sa.String(length=500)),
        ):
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch_op.drop_constraint(op.f("ck_outgoing_mail_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outgoing_mail_state"), f"state IN ({listed(STATES)})")
        batch_op.create_check_constraint(op.f("ck_outgoing_mail_trouble"), f"trouble IN ({listed(TROUBLES)})")
        for name, rule in RULES.items():
            batch_op.create_check_constraint(op.f(f"ck_outgoing_mail_{name}"), rule)
        for name in SEARCHED:
            batch_op.create_index(batch_op.f(f"ix_outgoing_mail_{name}"), [name], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_outgoing_mail_once"), ["once"])


def downgrade() -> None:
    """Take back. A mail that failed, bounced or may have left counts as sent: the older table knows no other end."""
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_outgoing_mail_once"), type_="unique")
        for name in SEARCHED:
            batch_op.drop_index(batch_op.f(f"ix_outgoing_mail_{name}"))
        for name in (*RULES, "trouble", "state"):
            batch_op.drop_constraint(op.f(f"ck_outgoing_mail_{name}"), type_="check")
    op.execute("UPDATE outgoing_mail SET state = 'waiting' WHERE state = 'claimed' AND handed_at IS NULL")
    op.execute("UPDATE outgoing_mail SET state = 'sent' WHERE state <> 'waiting'")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_outgoing_mail_state"), f"state IN ({listed(BEFORE)})")
        for name in (
            "bounce_reason",
            "bounced_by",
            "bounced_at",
            "handed_at",
            "claimed_at",
            "tried_at",
            "next_try_at",
            "give_up_at",
            "answer",
            "trouble",
            "attempts",
            "private",
            "once",
            "about_id",
            "person_id",
        ):
            batch_op.drop_column(name)
