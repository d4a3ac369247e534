"""named outsiders: invited to one case, with a role of their own; a waiver is a waiver and nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = ("inspector", "reviewer", "coordinator", "leader", "manager", "administrator")


def allow_roles(roles: tuple[str, ...]) -> None:
    """Let the table of roles take exactly these."""
    listed = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_role_grant_role"), type_="check")
        batch_op.create_check_constraint(op.f("ck_role_grant_role"), f"role IN ({listed})")


def upgrade() -> None:
    """Apply."""
    allow_roles((*ROLES, "outsider"))
    op.create_table(
        "outsider",
        sa.Column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("association_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("finding_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("bound_by", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_reason", sa.String(length=2000), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite"), nullable=True),
        sa.CheckConstraint("(finding_id IS NULL) = (round IS NULL)", name=op.f("ck_outsider_round_of_a_dispute")),
        sa.CheckConstraint("done_at IS NULL OR accepted_at IS NOT NULL", name=op.f("ck_outsider_accepted_before_done")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_outsider_association_id_association")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_outsider_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_outsider_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_outsider_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outsider")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_outsider_invitation_id")),
    )
    with op.batch_alter_table("outsider", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outsider_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outsider_finding_id"), ["finding_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outsider_visit_id"), ["visit_id"], unique=False)

    # An outsider who was only written down says the same as a reason: that is how letters printed it.
    op.execute(
        "UPDATE waiver SET reason = substr(outsider_name || ' (' || outsider_organisation || '): ' || reason, 1, 2000) "
        "WHERE kind = 'outsider'"
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_waiver_kind"), type_="check")
        batch_op.drop_column("kind")
        batch_op.drop_column("outsider_organisation")
        batch_op.drop_column("outsider_name")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=32), nullable=False, server_default="waiver"))
        batch_op.add_column(sa.Column("outsider_name", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("outsider_organisation", sa.String(length=200), nullable=False, server_default="")
        )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        for name, kind in (("kind", 32), ("outsider_name", 120), ("outsider_organisation", 200)):
            batch_op.alter_column(name, existing_type=sa.String(length=kind), server_default=None)
        batch_op.create_check_constraint(op.f("ck_waiver_kind"), "kind IN ('outsider', 'waiver')")
    with op.batch_alter_table("outsider", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outsider_visit_id"))
        batch_op.drop_index(batch_op.f("ix_outsider_finding_id"))
        batch_op.drop_index(batch_op.f("ix_outsider_association_id"))

    op.drop_table("outsider")
    op.execute("DELETE FROM role_grant WHERE role = 'outsider'")
    allow_roles(ROLES)
