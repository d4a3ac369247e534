"""The days of the demo's present quarter: what is drawn and waits for its visit has a day, an hour and a team."""

from datetime import date

from compliance.demo.story import Cast
from compliance.people import store as people
from compliance.people import store_field
from compliance.planning import store, store_schedule
from compliance.planning.periods import PeriodState
from compliance.shared.database import session

_SPEAK = {"inspector": (["cmn", "iii"], True), "inspector2": (["cmn", "bca"], False), "inspector3": (["cmn"], True)}


def plan(cast: Cast, today: date) -> None:
    """Say who speaks what, and draw the days of every period that is not over."""
    administrator, coordinator = cast.actor("administrator"), cast.actor("coordinator")
    for who, (languages, woman) in _SPEAK.items():
        person = people.get(administrator, cast.ids[who])
        store_field.set_facts(administrator, person, languages, woman=woman, district="530102")
    for period in store.every(coordinator):
        if period.state is PeriodState.drawn and period.last_day > today:
            store_schedule.draw_for(coordinator, period.id)
    session().commit()
