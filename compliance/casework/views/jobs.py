"""How far a task in the background is, and where to find what it made."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from compliance.people.gate import actor, allow
from compliance.shared import jobs
from compliance.shared.jobs import Job

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

Gives = Callable[[Job], tuple[str, str]]
_given: dict[str, Gives] = {}


def gives(kind: str) -> Callable[[Gives], Gives]:
    """Mark a function that tells where the result of a finished task of a kind is: (address, words of the link)."""

    def decorate(fn: Gives) -> Gives:
        _given[kind] = fn
        return fn

    return decorate


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
