"""Background work of casework: an enterprise's whole file is printed while its reader does something else, and what is
sealed ends on its day.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from compliance.associations import store as associations
from compliance.casework import binding, interviewing, press, whole_file
from compliance.casework.binding import Enclosed, Line, Section
from compliance.casework.views.papers import paper_words
from compliance.casework.views.shown import letter_kind
from compliance.casework.whole_file import WholeFile
from compliance.complaints import store as complaints
from compliance.enterprises import store as enterprises
from compliance.enterprises.classes import district_name, sector_name
from compliance.letters import delivery
from compliance.people import store as people
from compliance.people.rules import system_actor
from compliance.privacy import store_removal
from compliance.shared import audit, clock, files, jobs, sealed_keys, translation
from compliance.shared.database import session
from compliance.shared.jobs import Run, job
from compliance.shared.translation import gettext as _
from compliance.shared.words import day

FILE_JOB = "enterprise_file"


@job(FILE_JOB)
def make_file(run: Run, enterprise_id: str, person_id: str, address: str, language: str, own: bool) -> dict[str, Any]:
    """Print the whole file of an enterprise for the person who asked; what that person may see now is what counts."""
    actor = people.actor_of(UUID(person_id), address, language)
    whole_file.require(actor, UUID(enterprise_id), own=own)
    total, done = whole_file.count(actor, UUID(enterprise_id)) + 3, 0

    def step() -> None:
        nonlocal done
        done += 1
        run.progress(done, total)

    with translation.in_language(language, people.association(actor).time_zone):
        file = whole_file.of(actor, UUID(enterprise_id), own=own, step=step)
        # Printing takes a while: nothing of the database is held meanwhile. What was read stays readable.
        session().expunge_all()
        session().rollback()
        data, pages = binding.bind(_sections(file, language), _enclosed(file), _printer(file), press.pressed, step)
    stored = files.put(data, "application/pdf")
    audit.record(
        actor,
        "enterprise.file_made",
        enterprises.get(actor, UUID(enterprise_id)),
        form="own" if own else "association",
        sha256=stored.digest,
        pages=pages,
    )
    step()
    return {"enterprise_id": enterprise_id, "own": own, "digest": stored.digest, "pages": pages, "size": stored.size}


def _sections(file: WholeFile, language: str) -> list[Section]:
    """The parts of the file in order, with their titles."""
    several = len({visit.paper.card.workplace_id for visit in file.visits}) > 1
    found = [Section("particulars", _("Particulars and pledge"))]
    for visit in file.visits:
        title = _("Visit of %(day)s", day=day(visit.paper.card.visited_on, language))
        found.append(Section("visit", f"{title} · {visit.paper.workplace}" if several else title, visit))
    return [*found, Section("letters", _("Register of letters"))]


def _enclosed(file: WholeFile) -> list[Enclosed]:
    """The letters that are printed, oldest first."""
    return [
        Enclosed(f"{row.number} {letter_kind(row.kind).in_(translation.current())}", files.get(row.pdf_digest))
        for row in file.letters
        if row.pdf_digest
    ]


def _printer(file: WholeFile) -> binding.Print:
    def html(sections: Sequence[Section], front: bool, contents: Sequence[Line]) -> str:
        return press.page(
            "file.html",
            file=file,
            sections=sections,
            front=front,
            contents=contents,
            delivery_states=delivery.STATES,
            sector_name=sector_name,
            district_name=district_name,
            **paper_words(),
        )

    return html


@jobs.each_minute
def tell_of_ending_contacts() -> None:
    """Tell in time that contacts of workers end, while nobody has asked them again."""
    for association in associations.every():
        interviewing.tell_of_ends(association.id)
    session().commit()


@jobs.each_minute
def destroy_due_keys() -> None:
    """Destroy every key whose day has come by its association's time zone, also those of days that were missed; but
    not while two persons hold what it opens.
    """
    for association in associations.every():
        actor, today = system_actor(association.id), clock.today(association.time_zone)
        held = store_removal.held_purposes(association.id, today)
        for key in sealed_keys.due(association.id, today):
            if key.purpose in held:
                continue
            if key.purpose == complaints.PURPOSE:
                complaints.remove_pictures(key.holder_id)  # first: a key that is gone is not found again
            sealed_keys.destroy(actor, key)
            session().commit()
    session().rollback()
