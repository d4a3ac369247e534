"""Reading what the trends are made of. Everything is scoped to the actor: other associations' rows do not exist, and
enterprises that the actor manages or has a tie to are left out of every figure.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import overload
from uuid import UUID

import sqlalchemy as sa

from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist
from compliance.corrective_actions.rules import ActionState
from compliance.enterprises import store_lists
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.database import session
from compliance.trends import sources
from compliance.trends.models import TREND_VISIT
from compliance.trends.periods import Span
from compliance.trends.rules import Place, Selection
from compliance.trends.sources import table


def today(actor: Actor) -> date:
    """The calendar day of the actor's association."""
    return clock.today(people.association(actor).time_zone)


def left_out(actor: Actor) -> int:
    """How many enterprises of the register are left out because the actor manages them or has a tie to them."""
    if not actor.outside_ids:
        return 0
    enterprise = table("enterprise")
    query = sa.select(sa.func.count()).where(
        enterprise.c.association_id == actor.association_id, sources.any_of(actor.outside_ids, enterprise.c.id)
    )
    return int(session().execute(query).scalar_one())


MANY_VISITS = 5_000
"""Released visits beyond which what looks at each of them is no work for a page."""


def is_large(actor: Actor) -> bool:
    """Whether figures that look at the whole register or at every visit are worked out in the background."""
    beyond = sa.select(sa.literal(1)).where(TREND_VISIT.c.association_id == actor.association_id)
    beyond = beyond.offset(MANY_VISITS).limit(1)
    return store_lists.is_large(actor) or session().execute(beyond).first() is not None


def register(actor: Actor, wanted: Selection) -> dict[Place, int]:
    """The active enterprises of the selected classes: how many of each sector (division), district and size.

    Those that the actor sees from the outside only are counted apart and taken away: a condition on the id would make
    the database look at every row of a large register instead of an index.
    """
    enterprise = table("enterprise")
    everybody = [enterprise.c.association_id == actor.association_id, *sources.of_class(wanted), sources.active()]
    found = _counted(everybody)
    if actor.outside_ids:
        for place, number in _counted([*everybody, sources.any_of(actor.outside_ids, enterprise.c.id)]).items():
            found[place] -= number
    return {place: number for place, number in found.items() if number}


def _counted(conditions: Sequence[sources.Condition]) -> dict[Place, int]:
    enterprise = table("enterprise")
    columns = (enterprise.c.sector, enterprise.c.district, enterprise.c.size)
    found: dict[Place, int] = {}
    for sector, district, size, number in session().execute(
        sa.select(*columns, sa.func.count()).where(*conditions).group_by(*columns)
    ):
        place = sources.place(sector, district, size)
        found[place] = found.get(place, 0) + number
    return found


def drawn_in(actor: Actor, span: Span) -> bool:
    """Whether visits were drawn for any day of the span."""
    period = table("draw_period")
    query = sa.select(sa.literal(1)).where(
        period.c.association_id == actor.association_id, period.c.first_day <= span.last,
        period.c.last_day >= span.first, period.c.state.in_(("drawn", "ended")),
    )  # fmt: skip
    return session().execute(query.limit(1)).first() is not None


def put_right(actor: Actor, wanted: Selection) -> int:
    """How many shortfalls were put right, by a correction that was verified in the span and waits for no check."""
    action = table("corrective_action")
    query = (
        sa.select(sa.func.count())
        .select_from(actions_with_places())
        .where(*sources.in_scope(action, actor), *sources.of_class(wanted), closed_in(wanted))
    )  # fmt: skip
    return int(session().execute(query).scalar_one())


def closed_in(wanted: Selection) -> sources.Condition:
    """Corrections that were verified in the span and wait for no check on site."""
    action = table("corrective_action")
    in_span = action.c.verified_on.between(wanted.span.first, wanted.span.last)
    return sa.and_(action.c.state == ActionState.verified, in_span, ~_waits_on_site())


def _waits_on_site() -> sources.Condition:
    """Accepted at the desk and drawn for a check on site that has not been yet: not closed so far."""
    action, draw = table("corrective_action"), table("on_site_draw")
    return sa.exists().where(draw.c.action_id == action.c.id, draw.c.drawn, draw.c.settled_on.is_(None))


def actions_with_places() -> sa.Join:
    """Corrective actions with their visit and enterprise."""
    action, visit, enterprise = table("corrective_action"), table("visit"), table("enterprise")
    with_visit = action.join(visit, visit.c.id == action.c.visit_id)
    return with_visit.join(enterprise, enterprise.c.id == action.c.enterprise_id)


def versions_of(actor: Actor) -> "Versions":
    """The checklists of the association, newest first."""
    return Versions(dict.fromkeys(version.digest for version in checklists.versions(actor)))


def version_list(actor: Actor) -> list[tuple[UUID, int, date]]:
    """The versions of the association's checklists, newest first: id, number and the day of publication."""
    zone = people.association(actor).time_zone
    return [(one.id, one.number, clock.day_of(one.published_at, zone)) for one in checklists.versions(actor)]


class Versions(Sequence[Checklist]):
    """Checklists by their digests; each is read when it is first looked at."""

    def __init__(self, digests: Iterable[str]) -> None:
        self._digests = list(digests)

    def __len__(self) -> int:
        return len(self._digests)

    @overload
    def __getitem__(self, place: int) -> Checklist: ...
    @overload
    def __getitem__(self, place: slice) -> "Versions": ...
    def __getitem__(self, place: int | slice) -> "Checklist | Versions":
        if isinstance(place, slice):
            return Versions(self._digests[place])
        return checklists.load(self._digests[place])
