"""Benchmarks of enterprises, frozen for each quarter, and an association's own weights of the risk score."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


FROZEN = ("benchmark", "benchmark_quarter", "risk_weights")


def guard(table: str) -> None:
    """Let the database itself refuse."""
    for act, name in (("UPDATE", f"{table}_no_update"), ("DELETE", f"{table}_no_delete")):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} cannot be changed'); END"
            )
        else:
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "benchmark",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("sector", sa.String(length=3), nullable=False),
        sa.Column("size", sa.String(length=10), nullable=False),
        sa.Column("worked_out", sa.String(length=7), nullable=False),
        sa.Column("figures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("behind", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_benchmark_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark")),
        sa.UniqueConstraint(
            "association_id", "quarter", "sector", "size", name=op.f("uq_benchmark_association_id_quarter_sector_size")
        ),
    )
    op.create_table(
        "benchmark_quarter",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_benchmark_quarter_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_quarter")),
        sa.UniqueConstraint("association_id", "quarter", name=op.f("uq_benchmark_quarter_association_id_quarter")),
    )
    op.create_table(
        "risk_weights",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_risk_weights_association_id_association")
        ),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_risk_weights_published_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_weights")),
        sa.UniqueConstraint("association_id", "number", name=op.f("uq_risk_weights_association_id_number")),
    )
    with op.batch_alter_table("risk_weights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_weights_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_risk_weights_published_by"), ["published_by"], unique=False)
    for table in FROZEN:
        guard(table)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("risk_weights", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risk_weights_published_by"))
        batch_op.drop_index(batch_op.f("ix_risk_weights_association_id"))

    op.drop_table("risk_weights")
    op.drop_table("benchmark_quarter")
    op.drop_table("benchmark")
