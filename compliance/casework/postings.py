"""The print file of a posting: a cover list and the letters, sorted, made by the worker while a page shows how far."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app

from compliance.casework import lists_post
from compliance.letters import merging, store_delivery
from compliance.people import store as people
from compliance.people.rules import Actor, system_actor
from compliance.shared import files, jobs, places, press, translation
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.shared.words import CHINESE, ENGLISH, HTML_LANG, N_

_JOB = "letters.print_file"


def ask_for_file(actor: Actor, posting_id: UUID, title: str) -> jobs.Job:
    """Have the print file of a posting made; it starts once the transaction is committed."""
    return jobs.enqueue(_JOB, title, actor, posting_id=str(posting_id), association_id=str(actor.association_id))


@dataclass(frozen=True)
class Making:
    """That the file is being made: (done, total) letters, None before the first."""

    progress: tuple[int, int] | None


def being_made(actor: Actor, posting_id: UUID) -> Making | None:
    """How far the file is that somebody asked for; None when nobody waits for it."""
    running = jobs.latest(actor, _JOB, "posting_id", str(posting_id))
    if running is None or running.state in (jobs.JobState.done, jobs.JobState.failed):
        return None
    return Making(jobs.progress_of(running.id))


def fingerprint(rows: Sequence[Any]) -> str:
    """What a print file holds, in its order: SHA-256 (hex). A letter that is struck from the posting gives another."""
    return hashlib.sha256("\n".join(row.pdf_digest for row in rows).encode()).hexdigest()


def file_of(actor: Actor, posting: Any) -> bytes | None:
    """The print file as the posting stands now, or None while it is still to be made.

    Raises ``NotFound`` when every letter was struck, or where the actor is tied to an enterprise whose letter is in it:
    a file cannot leave one out for one reader.
    """
    rows = lists_post.posted_together(actor, posting.id)
    if not rows or len(rows) != len(_all_of(posting)):
        raise NotFound("posting-empty", N_("There is no print file of this posting for you."))
    if posting.file_digest is None or posting.file_holds != fingerprint(rows):
        return None
    return files.get(posting.file_digest)


@jobs.job(_JOB)
def make_file(run: jobs.Run, posting_id: str, association_id: str) -> dict[str, Any]:
    """Print the cover, put the letters behind it, and keep the file."""
    actor = system_actor(UUID(association_id))
    posting = store_delivery.posting(actor, UUID(posting_id))
    rows = _all_of(posting)
    if not rows:
        return {}
    association, both_sides = people.association(actor), posting.both_sides
    language = ENGLISH if association.letter_language == ENGLISH else CHINESE
    with translation.in_language(language, association.time_zone):  # a job has no reader, and no request
        html = current_app.jinja_env.get_template("casework/post_cover.html").render(
            posting=posting, rows=rows, association=association, language=language, html_lang=HTML_LANG[language]
        )
    session().rollback()  # printing takes a while: no transaction stays open meanwhile
    cover = press.press(html, places.templates_dir() / "casework" / "post_cover.css").pdf
    whole = merging.merged(cover, _letters(run, rows), both_sides=both_sides)
    posting = store_delivery.posting(actor, UUID(posting_id))
    store_delivery.keep_file(actor, posting, whole, fingerprint(rows))
    return {"posting": posting_id, "letters": len(rows)}


def _letters(run: jobs.Run, rows: Sequence[Any]) -> Iterator[bytes]:
    for number, row in enumerate(rows, start=1):
        yield files.get(row.pdf_digest)
        run.progress(number, len(rows))


def _all_of(posting: Any) -> Sequence[Any]:
    return lists_post.posted_together(system_actor(posting.association_id), posting.id)
