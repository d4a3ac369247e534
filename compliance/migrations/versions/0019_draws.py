"""Draws: periods, strata, what was drawn, and what was left out of a frame."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "draw_period",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "frozen",
                "drawn",
                "ended",
                "cancelled",
                name="periodstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("settings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("algorithm", sa.String(length=40), nullable=False),
        sa.Column("frame_digest", sa.String(length=64), nullable=True),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("seed_digest", sa.String(length=64), nullable=True),
        sa.Column("drawn_digest", sa.String(length=64), nullable=True),
        sa.Column("job_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revealed_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "state <> 'cancelled' OR (cancelled_reason <> '' AND drawn_at IS NULL)",
            name=op.f("ck_draw_period_cancelled"),
        ),
        sa.CheckConstraint("state <> 'ended' OR revealed_at IS NOT NULL", name=op.f("ck_draw_period_ended_revealed")),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR (frame_digest IS NOT NULL AND seed IS NOT NULL)",
            name=op.f("ck_draw_period_frozen_with_frame_and_seed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('drawn', 'ended') OR drawn_at IS NOT NULL", name=op.f("ck_draw_period_drawn_at")
        ),
        sa.CheckConstraint("(seed IS NULL) = (seed_digest IS NULL)", name=op.f("ck_draw_period_seed_with_digest")),
        sa.CheckConstraint("frame_size >= 0", name=op.f("ck_draw_period_frame_size")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_draw_period_last_day")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_draw_period_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_period")),
    )
    with op.batch_alter_table("draw_period", schema=None) as batch_op:
        batch_op.create_index("ix_draw_period_association_first", ["association_id", "first_day"], unique=False)

    op.create_table(
        "draw_stratum",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("period_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("sector", sa.String(length=5), nullable=False),
        sa.Column("size", sa.String(length=10), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "random",
                "targeted",
                "complaint",
                "follow_up",
                "voluntary",
                name="route",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("merged", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("NOT certain OR drawn = frame_size", name=op.f("ck_draw_stratum_certain")),
        sa.CheckConstraint("drawn >= 0 AND drawn <= frame_size", name=op.f("ck_draw_stratum_drawn")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_draw_stratum_association_id_association")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["draw_period.id"], name=op.f("fk_draw_stratum_period_id_draw_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_stratum")),
        sa.UniqueConstraint("period_id", "key", name=op.f("uq_draw_stratum_period_id_key")),
    )
    with op.batch_alter_table("draw_stratum", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_stratum_association_id"), ["association_id"], unique=False)

    op.create_table(
        "draw_exclusion",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("period_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("excluded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("excluded_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_draw_exclusion_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_draw_exclusion_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["draw_period.id"], name=op.f("fk_draw_exclusion_period_id_draw_period")
        ),
        sa.ForeignKeyConstraint(
            ["workplace_id"], ["workplace.id"], name=op.f("fk_draw_exclusion_workplace_id_workplace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_exclusion")),
        sa.UniqueConstraint("period_id", "workplace_id", name=op.f("uq_draw_exclusion_period_id_workplace_id")),
    )
    with op.batch_alter_table("draw_exclusion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_exclusion_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draw_exclusion_workplace_id"), ["workplace_id"], unique=False)

    op.create_table(
        "drawn_workplace",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("period_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("stratum_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("workplace_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "random",
                "targeted",
                "complaint",
                "follow_up",
                "voluntary",
                name="route",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("inclusion_probability", sa.Float(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column(
            "left_reason",
            sa.Enum(
                "left",
                "merged",
                "closed",
                "removed",
                name="leftreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("left_note", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("(left_reason IS NULL) = (left_at IS NULL)", name=op.f("ck_drawn_workplace_left_at")),
        sa.CheckConstraint(
            "inclusion_probability > 0 AND inclusion_probability <= 1",
            name=op.f("ck_drawn_workplace_inclusion_probability"),
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_drawn_workplace_position")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_drawn_workplace_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_drawn_workplace_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["draw_period.id"], name=op.f("fk_drawn_workplace_period_id_draw_period")
        ),
        sa.ForeignKeyConstraint(
            ["stratum_id"], ["draw_stratum.id"], name=op.f("fk_drawn_workplace_stratum_id_draw_stratum")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_drawn_workplace_visit_id_visit")),
        sa.ForeignKeyConstraint(
            ["workplace_id"], ["workplace.id"], name=op.f("fk_drawn_workplace_workplace_id_workplace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_workplace")),
        sa.UniqueConstraint("period_id", "position", name=op.f("uq_drawn_workplace_period_id_position")),
        sa.UniqueConstraint("period_id", "workplace_id", name=op.f("uq_drawn_workplace_period_id_workplace_id")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_drawn_workplace_visit_id")),
    )
    with op.batch_alter_table("drawn_workplace", schema=None) as batch_op:
        batch_op.create_index("ix_drawn_workplace_association_period", ["association_id", "period_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drawn_workplace_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drawn_workplace_stratum_id"), ["stratum_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drawn_workplace_workplace_id"), ["workplace_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("drawn_workplace", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drawn_workplace_workplace_id"))
        batch_op.drop_index(batch_op.f("ix_drawn_workplace_stratum_id"))
        batch_op.drop_index(batch_op.f("ix_drawn_workplace_enterprise_id"))
        batch_op.drop_index("ix_drawn_workplace_association_period")

    op.drop_table("drawn_workplace")
    with op.batch_alter_table("draw_exclusion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draw_exclusion_workplace_id"))
        batch_op.drop_index(batch_op.f("ix_draw_exclusion_association_id"))

    op.drop_table("draw_exclusion")
    with op.batch_alter_table("draw_stratum", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draw_stratum_association_id"))

    op.drop_table("draw_stratum")
    with op.batch_alter_table("draw_period", schema=None) as batch_op:
        batch_op.drop_index("ix_draw_period_association_first")

    op.drop_table("draw_period")
