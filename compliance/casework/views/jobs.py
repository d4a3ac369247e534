"""How far a task in the background is."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from compliance.people.gate import actor, allow
from compliance.shared import jobs

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("/<uuid:job_id>")
@allow("job.read")
def job(job_id: UUID) -> ResponseReturnValue:
    """One task of this person; the page looks again by itself until it is done."""
    row = jobs.get(actor(), job_id)
    running = row.state in (jobs.JobState.queued, jobs.JobState.running)
    return render_template("casework/job.html", job=row, running=running, progress=jobs.progress_of(row.id))
