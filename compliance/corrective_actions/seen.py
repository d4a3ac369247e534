"""A corrective action, its history and its evidence as their reader may see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from compliance.checklists.rules import Severity
from compliance.corrective_actions.agreed import Contained
from compliance.corrective_actions.rules import ActionState, How, is_overdue
from compliance.shared.words import Text


@dataclass(frozen=True)
class ActionView:
    """A corrective action. From the outside `verified_by` and `worker_check` are left empty.

    `text` is what is asked for; `accountable` is "enterprise" unless somebody else is named. Due dates are calendar
    dates, None until delivery; while `paused_on` is set the clock stands still. `told_on` is the day on which it was
    told on site, `proven_on` that of proven delivery, `contain_by` the last day for stopping a danger.
    """

    id: UUID
    enterprise_id: UUID
    workplace_id: UUID
    visit_id: UUID
    finding_id: UUID
    item: str
    area: str
    severity: Severity
    zero_tolerance: bool
    text: Text
    accountable: str
    days: int
    state: ActionState
    delivered_on: date | None
    due_on: date | None
    due_provisional: bool
    plan_due_on: date | None
    paused_on: date | None
    extensions: int
    extension_asked_until: date | None
    extension_asked_reason: str
    root_cause: str
    plan: str
    preventive: str
    responsible: str
    planned_for: date | None
    verified_on: date | None
    verified_how: How | None
    verified_by: UUID | None
    worker_check: bool
    waiver: str
    told_on: date | None = None
    proven_on: date | None = None
    round: int = 1
    contain_by: date | None = None
    contained_on: date | None = None
    contained_how: Contained | None = None

    def overdue(self, today: date) -> bool:
        """True if the enterprise is late on this day."""
        return is_overdue(self.state, self.due_on, self.paused_on, today)


@dataclass(frozen=True)
class EventView:
    """One thing that happened. From the outside nobody of the association is named, and a check has no note."""

    at: datetime
    by_enterprise: bool
    person_id: UUID | None
    move: str
    from_state: str
    to_state: str
    note: str


@dataclass(frozen=True)
class EvidenceView:
    """A file that shows a correction; its bytes are in the file store under `digest`."""

    id: UUID
    action_id: UUID
    digest: str
    filename: str
    media_type: str
    size: int
    caption: str
    by_enterprise: bool
    sent_at: datetime
