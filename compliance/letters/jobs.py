"""Background work of letters: the archived PDF is printed after the release is committed."""

from typing import Any
from uuid import UUID

from compliance.letters import store
from compliance.letters.models import Letter
from compliance.people.rules import system_actor
from compliance.shared.database import session
from compliance.shared.jobs import Run, job
from compliance.shared.problems import NotFound
from compliance.shared.words import N_


@job(store.PRESS_JOB)
def press_letter(run: Run, letter_id: str) -> dict[str, Any]:
    """Print one issued letter."""
    letter = session().get(Letter, UUID(letter_id))
    if letter is None:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    store.print_issued(system_actor(letter.association_id), letter)
    run.progress(1, 1)
    return {"letter": letter_id, "digest": letter.pdf_digest}
