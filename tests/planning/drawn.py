"""A drawn period for tests of its days, with a crew that can go."""

from datetime import UTC, date, datetime

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people import store_field
from compliance.people.rules import Role
from compliance.planning import store_drawn, store_periods
from compliance.planning.settings import Settings
from compliance.shared.database import session

MORNING = datetime(2026, 10, 5, 2, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
SETTINGS = Settings(visits=12, inspector_days=24, random_share=60, complaint_share=0, smallest=2)
CREW = ("ann", "bea", "cai", "dan")


def crew(world):
    """Four more inspectors, two of them women; the two of the world are a woman and a man."""
    for who in CREW:
        person = people.create_person(world.system, who.capitalize(), who, "plum-Ferry-71-oak", {Role.inspector})
        world.people[who], world.uniquifiers[who] = person.id, person.fs_uniquifier
    for who in ("inspector", "ann", "bea"):
        store_field.set_facts(world.system, people.get(world.system, world.people[who]), ["cmn"], woman=True)
    return world


def grown(world, number=20):
    """The world with more members."""
    for n in range(number):
        enterprises.create(
            world.system,
            {
                "name": f"Example Works {n}", "sector": ("C18", "H62", "C33")[n % 3], "size": "small",
                "workers": 20 + n, "district": ("530102", "530111")[n % 2],
            },
        )  # fmt: skip
    return world


def period(world, settings=SETTINGS, first=FIRST, last=LAST):
    """A drawn period, not committed."""
    coordinator = world.actor("coordinator")
    row = store_periods.create(coordinator, "Autumn", first, last, settings)
    store_periods.freeze(coordinator, row.id)
    return store_drawn.make(coordinator, row.id)


def committed(app, world, settings=SETTINGS):
    """The id of a drawn period, committed, with a crew."""
    with app.app_context():
        row = period(crew(grown(world)), settings)
        session().commit()
        return row.id
