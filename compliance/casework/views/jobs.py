"""How far a task in the background is, and where to find what it made."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared import job_words, jobs
from compliance.shared.jobs import Job, JobState
from compliance.shared.translation import gettext as _

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

Gives = Callable[[Job], tuple[str, str]]
_given: dict[str, Gives] = {}


def gives(kind: str) -> Callable[[Gives], Gives]:
    """Mark a function that tells where the result of a finished task of a kind is: (address, words of the link)."""

    def decorate(fn: Gives) -> Gives:
        _given[kind] = fn
        return fn

    return decorate


@bp.get("/")
@allow("job.manage")
def listed() -> ResponseReturnValue:
    """All tasks of the association: what runs, what waits, what failed; never what they were about."""
    wanted = request.args.get("state", "")
    state = JobState(wanted) if wanted in list(JobState) else None
    page = request.args.get("page", 1, type=int)
    rows, pages = jobs.listed(actor(), state, _closed(), page)
    return render_template(
        "casework/jobs.html",
        rows=rows,
        page=min(max(1, page), pages),
        pages=pages,
        state=state,
        names=people.people_names(row.person_id for row in rows),
        progress={row.id: jobs.progress_of(row.id) for row in rows if row.state is JobState.running},
        rounds=jobs.rounds(job_words.ROUNDS),
        words=job_words,
        states=[(one.value, _(text)) for one, text in job_words.STATES.items()],
        JobState=JobState,
    )


@bp.post("/<uuid:job_id>/again")
@allow("job.manage")
def again(job_id: UUID) -> ResponseReturnValue:
    """Try a failed task once more."""
    jobs.again(actor(), job_id, _closed())
    flash(_("The task is tried again from its beginning."), "success")
    return redirect(url_for("jobs.listed"))


def _closed() -> frozenset[str]:
    """Kinds that this reader does not see; mails have a page of their own, with what became of each."""
    mails = frozenset({"mail"})
    return mails | job_words.CLOSED_TO_TIED if actor().outside_ids else mails


@bp.get("/<uuid:job_id>")
@allow("job.read")
def job(job_id: UUID) -> ResponseReturnValue:
    """One task of this person; the page looks again by itself until it is done."""
    row = jobs.get(actor(), job_id)
    running = row.state in (jobs.JobState.queued, jobs.JobState.running)
    result = _given[row.kind](row) if row.state is jobs.JobState.done and row.kind in _given else None
    return render_template(
        "casework/job.html", job=row, running=running, progress=jobs.progress_of(row.id), result=result
    )
