"""What is sealed ends on its day: the keys that are due are destroyed, of every association by its own time zone."""

from compliance.associations import store as associations
from compliance.people.rules import system_actor
from compliance.shared import clock, jobs, sealed_keys
from compliance.shared.database import session


@jobs.each_minute
def destroy_due_keys() -> None:
    """Destroy every key whose day has come, also those of days that were missed."""
    for association in associations.every():
        actor = system_actor(association.id)
        for key in sealed_keys.due(association.id, clock.today(association.time_zone)):
            sealed_keys.destroy(actor, key)
            session().commit()
    session().rollback()
