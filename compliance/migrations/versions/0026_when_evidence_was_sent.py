"""The day on which the evidence of a corrective action was sent: what was done in time, however long its check took."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_SENT = sa.text(
    "SELECT corrective_action.id, association.time_zone, max(action_event.at) FROM action_event "
    "JOIN corrective_action ON corrective_action.id = action_event.action_id "
    "JOIN association ON association.id = corrective_action.association_id "
    "WHERE action_event.move = 'send_evidence' AND corrective_action.state IN ('evidence_sent', 'verified') "
    "GROUP BY corrective_action.id, association.time_zone"
)


def upgrade() -> None:
    """Apply; what was sent before has its day from what happened to the action."""
    op.add_column("corrective_action", sa.Column("sent_on", sa.Date(), nullable=True))
    found = op.get_bind().execute(_SENT).all()
    days = [{"of": id, "day": _moment(at).astimezone(ZoneInfo(zone)).date().isoformat()} for id, zone, at in found]
    if days:
        day = ":day" if op.get_bind().dialect.name == "sqlite" else "CAST(:day AS DATE)"
        op.get_bind().execute(sa.text(f"UPDATE corrective_action SET sent_on = {day} WHERE id = :of"), days)  # noqa: S608


def _moment(at: str | datetime) -> datetime:
    read = datetime.fromisoformat(at) if isinstance(at, str) else at
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.drop_column("sent_on")
