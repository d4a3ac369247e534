"""messages by more than mail: SMS and WeCom beside it, and by which of them a person is told that something waits."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CHANNELS = ("email", "sms", "wecom")
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
    "unset",
    "unsure",
)
COLUMNS = (
    "id, association_id, person_id, about_id, once, recipient, subject, body, private, state, attempts, trouble, answer,"
    " created_at, give_up_at, next_try_at, tried_at, claimed_at, handed_at, sent_at, bounced_at, bounced_by, bounce_reason"
)
SEARCHED = ("about_id", "association_id", "next_try_at", "person_id", "state")


def one_of(name: str, values: tuple[str, ...]) -> str:
    """The rule that a column holds one of these."""
    return f"{name} IN ({', '.join(repr(value) for value in values)})"


def table(name: str, troubles: tuple[str, ...], *more: sa.Column) -> None:
    """The outbox under a name."""
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("association_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("about_id", ID, nullable=True),
        sa.Column("once", sa.String(length=120), nullable=True),
        *more,
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.String(length=20000), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("give_up_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("handed_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("bounced_at", MOMENT, nullable=True),
        sa.Column("bounced_by", ID, nullable=True),
        sa.Column("bounce_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(one_of("state", STATES), name=op.f(f"ck_{name}_state")),
        sa.CheckConstraint(one_of("trouble", troubles), name=op.f(f"ck_{name}_trouble")),
        sa.CheckConstraint(
            "(state = 'waiting') = (next_try_at IS NOT NULL)", name=op.f(f"ck_{name}_tried_while_it_waits")
        ),
        sa.CheckConstraint(
            "(state = 'claimed') = (claimed_at IS NOT NULL)", name=op.f(f"ck_{name}_claimed_by_somebody")
        ),
        sa.CheckConstraint("(state = 'bounced') = (bounced_at IS NOT NULL)", name=op.f(f"ck_{name}_bounced_by_a_note")),
        *([sa.CheckConstraint(one_of("channel", CHANNELS), name=op.f(f"ck_{name}_channel"))] if more else []),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("once", name=op.f(f"uq_{name}_once")),
    )
    for column in SEARCHED:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def upgrade() -> None:
    """Apply."""
    table("outgoing_message", TROUBLES, sa.Column("channel", sa.String(length=32), nullable=False))
    op.execute(f"INSERT INTO outgoing_message ({COLUMNS}, channel) SELECT {COLUMNS}, 'email' FROM outgoing_mail")
    op.drop_table("outgoing_mail")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notices_by", sa.String(length=32), nullable=False, server_default="email"))
        batch_op.add_column(sa.Column("wecom", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.alter_column("notices_by", server_default=None)
        batch_op.alter_column("wecom", server_default=None)
        batch_op.create_check_constraint(op.f("ck_person_notices_by"), one_of("notices_by", CHANNELS))


def downgrade() -> None:
    """Take back; what was not an e-mail is forgotten."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_person_notices_by"), type_="check")
        batch_op.drop_column("wecom")
        batch_op.drop_column("notices_by")
    table("outgoing_mail", tuple(one for one in TROUBLES if one != "unset"))
    op.execute(f"INSERT INTO outgoing_mail ({COLUMNS}) SELECT {COLUMNS} FROM outgoing_message WHERE channel = 'email'")
    op.drop_table("outgoing_message")
