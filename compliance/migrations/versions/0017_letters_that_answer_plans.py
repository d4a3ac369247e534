"""letters that answer plans are prepared, too."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = ("L4", "L5", "L6", "L7", "L8", "L9")
FAMILIES = ("answer", "reminder", "closure", "referral")


def one_of(name: str, values: tuple[str, ...]) -> str:
    """The rule that a column holds one of these."""
    return f"{name} IN ({', '.join(repr(value) for value in values)})"


def rules(kinds: tuple[str, ...], families: tuple[str, ...]) -> None:
    """Put these rules in the place of those that are there."""
    with op.batch_alter_table("prepared_letter", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_prepared_letter_kind"), type_="check")
        batch_op.drop_constraint(op.f("ck_prepared_letter_family"), type_="check")
        batch_op.create_check_constraint(op.f("ck_prepared_letter_kind"), one_of("kind", kinds))
        batch_op.create_check_constraint(op.f("ck_prepared_letter_family"), one_of("family", families))


def upgrade() -> None:
    """Apply."""
    rules(KINDS, FAMILIES)


def downgrade() -> None:
    """Take back; what waits of the new kind is forgotten, and a night of the code before does not know it."""
    op.execute("UPDATE ladder_step SET prepared_id = NULL WHERE kind = 'L4'")
    op.execute("DELETE FROM prepared_letter WHERE kind = 'L4'")
    rules(KINDS[1:], FAMILIES[1:])
