"""Second steps of a sign-in, and where somebody is signed in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

from compliance.shared.database import Id

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

HOW = ("password", "authenticator", "passkey", "recovery", "invitation", "change")


def _of_person(table: str, *columns: sa.Column, index: bool = True) -> None:  # type: ignore[type-arg]
    op.create_table(
        table,
        sa.Column("id", Id(), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=f"fk_{table}_person_id_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    if index:
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def upgrade() -> None:
    """Apply."""
    _of_person(
        "authenticator",
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("person_id", name="uq_authenticator_person_id"),
        index=False,
    )
    _of_person(
        "passkey",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("signed", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.UniqueConstraint("credential", name="uq_passkey_credential"),
    )
    _of_person(
        "recovery_code",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
    )
    _of_person(
        "sign_in",
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column(
            "how", sa.Enum(*HOW, name="how", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("browser", sa.String(80), nullable=False),
        sa.Column("device_digest", sa.String(64), nullable=False),
        sa.Column("new_device", sa.Boolean(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "NOT refused OR ended_at IS NOT NULL", name=op.f("ck_sign_in_refused_begins_nothing")
        ),
        index=False,
    )
    op.create_index("ix_sign_in_person_at", "sign_in", ["person_id", "at"])
    _ask_nothing_in_demos()


def _ask_nothing_in_demos() -> None:
    """Passwords that are printed in the open are protected by nothing; who tries the product gets in as before."""
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    association = sa.table("association", sa.column("id", Id()), sa.column("settings", kind))
    person = sa.table("person", sa.column("association_id", Id()), sa.column("demo", sa.Boolean()))
    demos = sa.select(person.c.association_id).where(person.c.demo.is_(True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(association).where(association.c.id.in_(demos))).all():
        asked = {**row.settings, "second_step": []}
        connection.execute(association.update().where(association.c.id == row.id).values(settings=asked))


def downgrade() -> None:
    """Take back."""
    for table in ("sign_in", "recovery_code", "passkey", "authenticator"):
        op.drop_table(table)
