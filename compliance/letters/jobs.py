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
    # Printing takes a while: no transaction, and with it the database's one write lock, is held meanwhile.
    session().expunge(letter)
    session().rollback()
    pressed = store.printed(letter)
    letter = session().get_one(Letter, UUID(letter_id))
    store.archive(system_actor(letter.association_id), letter, pressed.pdf)
    run.progress(1, 1)
    return {"letter": letter_id, "digest": letter.pdf_digest}
