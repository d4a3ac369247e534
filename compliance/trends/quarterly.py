"""What is done once a quarter has ended: the benchmarks for managers are worked out and kept."""

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.shared import clock, jobs
from compliance.shared.database import session
from compliance.trends import store_benchmarks


@jobs.each_minute
def each_day() -> None:
    """The first minute of a quarter, and of every quarter that was missed: by each association's own time zone."""
    for association in associations.every():
        if store_benchmarks.freeze(system_actor(association.id), clock.today(association.time_zone)):
            session().commit()
    session().rollback()
