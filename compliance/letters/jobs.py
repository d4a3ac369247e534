"""Background work of letters: the PDF is printed, signed and archived after the release is committed."""

from typing import Any
from uuid import UUID

from compliance.letters import store
from compliance.letters.models import Letter
from compliance.people.rules import system_actor
from compliance.shared import signing
from compliance.shared.database import session
from compliance.shared.jobs import Run, job
from compliance.shared.problems import NotFound
from compliance.shared.words import N_


@job(store.PRESS_JOB)
def press_letter(run: Run, letter_id: str) -> dict[str, Any]:
    """Print and sign one issued letter. While nothing can be signed it waits, and is tried again."""
    letter = session().get(Letter, UUID(letter_id))
    if letter is None:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    # It takes a while: no transaction, and with it the database's one write lock, is held meanwhile.
    session().expunge(letter)
    session().rollback()
    signed = signing.sign(store.printed(letter).pdf)
    letter = session().get_one(Letter, UUID(letter_id), with_for_update=True)
    store.archive(system_actor(letter.association_id), letter, signed)
    run.progress(1, 1)
    return {"letter": letter_id, "digest": letter.pdf_digest}
