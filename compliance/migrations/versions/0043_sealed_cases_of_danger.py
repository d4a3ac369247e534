"""Sealed cases of danger: officers, cases, what is entered in them, referrals."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0041"
branch_labels = None
depends_on = None


def _id() -> sa.Uuid:
    return sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table('danger_case',
    sa.Column('id', _id(), nullable=False),
    sa.Column('association_id', _id(), nullable=False),
    sa.Column('enterprise_id', _id(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('why', sa.String(length=32), nullable=False),
    sa.Column('waits', sa.Boolean(), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_by', _id(), nullable=True),
    sa.Column('outcome', sa.String(length=32), nullable=True),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(outcome IS NULL) = (cleared_at IS NULL)', name=op.f('ck_danger_case_cleared_whole')),
    sa.CheckConstraint('(taken_by IS NULL) = (taken_at IS NULL)', name=op.f('ck_danger_case_taken_whole')),
    sa.ForeignKeyConstraint(['association_id'], ['association.id'], name=op.f('fk_danger_case_association_id_association')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_danger_case_enterprise_id_enterprise')),
    sa.CheckConstraint("why IN ('zero_tolerance', 'strong', 'combination')", name=op.f('ck_danger_case_why')),
    sa.CheckConstraint("outcome IN ('unfounded', 'contained', 'referred')", name=op.f('ck_danger_case_outcome')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_danger_case'))
    )
    op.create_index(op.f('ix_danger_case_association_id'), 'danger_case', ['association_id'], unique=False)
    op.create_index(op.f('ix_danger_case_enterprise_id'), 'danger_case', ['enterprise_id'], unique=False)
    op.create_index('uq_danger_case_open', 'danger_case', ['enterprise_id'], unique=True, sqlite_where=sa.text('cleared_at IS NULL'), postgresql_where=sa.text('cleared_at IS NULL'))
    op.create_table('danger_officer',
    sa.Column('id', _id(), nullable=False),
    sa.Column('association_id', _id(), nullable=False),
    sa.Column('person_id', _id(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.CheckConstraint('position >= 1', name=op.f('ck_danger_officer_in_an_order')),
    sa.ForeignKeyConstraint(['association_id'], ['association.id'], name=op.f('fk_danger_officer_association_id_association')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_danger_officer_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_danger_officer')),
    sa.UniqueConstraint('person_id', name=op.f('uq_danger_officer_person_id'))
    )
    op.create_index(op.f('ix_danger_officer_association_id'), 'danger_officer', ['association_id'], unique=False)
    op.create_table('danger_entry',
    sa.Column('id', _id(), nullable=False),
    sa.Column('case_id', _id(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('about_id', _id(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', _id(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['danger_case.id'], name=op.f('fk_danger_entry_case_id_danger_case')),
    sa.CheckConstraint("kind IN ('safety', 'decision', 'clearing', 'confirmed', 'signal', 'taken', 'step')", name=op.f('ck_danger_entry_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_danger_entry'))
    )
    op.create_index(op.f('ix_danger_entry_case_id'), 'danger_entry', ['case_id'], unique=False)
    op.create_table('danger_referral',
    sa.Column('id', _id(), nullable=False),
    sa.Column('case_id', _id(), nullable=False),
    sa.Column('agency', sa.String(length=32), nullable=False),
    sa.Column('joint', sa.Boolean(), nullable=False),
    sa.Column('way', sa.String(length=32), nullable=True),
    sa.Column('sent_on', sa.Date(), nullable=True),
    sa.Column('sent_by', _id(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('follow_up_on', sa.Date(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['danger_case.id'], name=op.f('fk_danger_referral_case_id_danger_case')),
    sa.CheckConstraint("agency IN ('labour', 'police', 'women', 'union')", name=op.f('ck_danger_referral_agency')),
    sa.CheckConstraint("way IN ('handed', 'post', 'portal', 'phone')", name=op.f('ck_danger_referral_way')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_danger_referral'))
    )
    op.create_index(op.f('ix_danger_referral_case_id'), 'danger_referral', ['case_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    for table in ("danger_referral", "danger_entry", "danger_officer", "danger_case"):
        op.drop_table(table)
