"""The visits that are out now, as the office sees them: who is inside, who needs help, which tablets hold what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.rules import Actor, Role
from compliance.shared import bilingual, clock, mail
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits import store_presence, store_tablets
from compliance.visits.rules import State
from compliance.visits.store_presence import Presence

if TYPE_CHECKING:
    from compliance.visits.models import Visit
    from compliance.visits.models_tablet import Tablet

LONG_INSIDE = timedelta(hours=10)
"""After so long inside without a word the office is shown that somebody should phone."""

CALL_LASTS = timedelta(hours=1)
"""For so long a call for help is tried to be mailed: later it would only frighten."""

TROUBLES = {
    "restored": N_("The browser had thrown away what it kept; all of it was restored from the second copy."),
    "copy-made-anew": N_("The second copy was gone and was made anew."),
    "copy-foreign": N_("The second copy holds unsent work of an earlier setting up. Remove nothing from this tablet."),
    "copy": N_("The second copy could not be written (%(detail)s). The tablet goes on without it."),
    "receipt": N_("The server's receipt was not what the tablet has (visit %(detail)s)."),
}
"""What a tablet notes for the office, by the word that it sends (copy.js, sync.js)."""


@dataclass(frozen=True)
class Trouble:
    """One line of a tablet about itself: ``2026-11-22T08:11 copy QuotaExceededError``."""

    line: str

    @property
    def _parts(self) -> list[str]:
        return [*self.line.split(" ", 2), "", ""][:3]

    @property
    def at(self) -> str:
        """When, by the tablet's own clock."""
        return self._parts[0].replace("T", " ") if self.text else ""

    @property
    def text(self) -> str:
        """In words, empty where there are none for it."""
        return TROUBLES.get(self._parts[1], "")

    @property
    def detail(self) -> str:
        """What the words leave open."""
        return self._parts[2]


@dataclass(frozen=True)
class Out:
    """One visit that is handed out. ``people`` is id and name of its inspectors with what is known of each."""

    visit: "Visit"
    name: str
    people: Sequence[tuple[str, Presence | None]]

    @property
    def calls(self) -> bool:
        """Whether somebody there asks for help."""
        return any(known is not None and known.help for _name, known in self.people)

    def long_inside(self, known: Presence | None) -> bool:
        """Whether somebody went in long ago and has not come out."""
        return bool(known and known.arrived and known.left is None and clock.now() - known.arrived > LONG_INSIDE)


def out_now(actor: Actor) -> list[Out]:
    """The visits that are handed out, calls for help first, then by when they were handed out."""
    rows = visits.planned(actor, visits.PlanFilter(state=State.handed_out, sort="planned_for")).rows
    sent = visits.inspectors(row.id for row in rows)
    known = store_presence.presence(row.id for row in rows)
    names = people.people_names({id for ids in sent.values() for id in ids} | _heard(known.values()))
    called = enterprises.names(row.enterprise_id for row in rows)
    found = []
    for row in rows:
        by_person = {one.person_id: one for one in known[row.id]}
        everybody = list(dict.fromkeys([*sent[row.id], *(id for id in by_person if id is not None)]))
        there = [(names.get(id, ""), by_person.get(id)) for id in everybody]
        found.append(Out(row, called[row.enterprise_id], there))
    return sorted(found, key=lambda one: not one.calls)


def worrying(actor: Actor, hours: int) -> set[UUID]:
    """The tablets that have kept something unsent for longer than so many hours."""
    return {row.id for row in store_tablets.unsent_of(actor, clock.now() - timedelta(hours=hours))}


def tell_of_call(actor: Actor) -> None:
    """Mail the coordinators that an inspector asks for help. The mail does not say where: the page does, signed in.

    Without a mail server the page alone tells.
    """
    if not mail.is_set_up():
        return
    subject = bilingual.said(N_("An inspector asks for help"))
    text = bilingual.said(
        N_("%(name)s asks for help. Sign in, open “Visits”, “In the field”, and phone at once."), name=actor.name
    )
    for person in people.people_with_role(actor, Role.coordinator):
        if person.email:
            mail.send(actor, person.email, " · ".join(subject.values()), "\n\n".join(text.values()), lasts=CALL_LASTS)


def owners(rows: "Iterable[Tablet]") -> dict[UUID, str]:
    """The names of the people whose tablets these are."""
    return people.people_names({row.person_id for row in rows})


def _heard(known: Iterable[Iterable[Presence]]) -> set[UUID]:
    return {one.person_id for people_there in known for one in people_there if one.person_id}
