"""What tablets sent after a visit was closed: a reviewer takes it over, and a sealed visit is scored again; or not."""

from uuid import UUID

from compliance.casework import sealing
from compliance.casework.sealing import Derived
from compliance.people.rules import Actor
from compliance.visits import store as visits
from compliance.visits import store_aside
from compliance.visits.rules import Outcome, State, fits


def take_over(actor: Actor, visit_id: UUID, late_id: UUID, reason: str) -> Derived | None:
    """Let an entry or a photo that came too late count after all. What follows from a sealed visit is drawn up anew
    where the entry bears on it, and returned.

    Raises ``NotFound``, ``Refused`` for anybody who does not review, ``Conflict`` when somebody has decided already or
    the visit is neither open nor sealed, ``Problem`` without a reason or for a value that cannot be kept.
    """
    visit = visits.get(actor, visit_id)
    row = store_aside.entry(visit, late_id)
    store_aside.take_over(actor, visit, row, reason)
    field = getattr(row, "field", "")  # a photo has none
    counts = bool(field) and fits(visits.checklist(visit), (row.item, field))
    if visit.state is State.sealed and counts and visit.outcome is Outcome.completed:
        return sealing.derive(actor, visit, reason)
    return None


def set_aside(actor: Actor, visit_id: UUID, late_id: UUID, reason: str) -> None:
    """Leave an entry or a photo that came too late where it is. Raises as ``take_over`` does."""
    visit = visits.get(actor, visit_id)
    store_aside.set_aside(actor, visit, store_aside.entry(visit, late_id), reason)
