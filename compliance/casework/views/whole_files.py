"""An enterprise's whole file: asked for, printed in the background, and fetched by whoever asked."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import whole_file
from compliance.casework.jobs import FILE_JOB
from compliance.casework.views.jobs import gives
from compliance.casework.views.own import bp as own
from compliance.casework.views.own_files import for_this_reader
from compliance.casework.views.shown import pdf
from compliance.enterprises import store as enterprises
from compliance.people import throttle
from compliance.people.gate import actor, allow
from compliance.shared import clock, files, jobs, translation
from compliance.shared.jobs import Job, JobState
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("whole_files", __name__, url_prefix="/register")

AT_MOST, IN_SECONDS = 12, 3600
"""Files that one person may ask for in a time: each keeps a worker busy for seconds."""
KEPT = timedelta(days=7)
"""How long a file can be fetched: afterwards it tells of a past that may have been corrected."""


@bp.post("/<uuid:enterprise_id>/file")
@allow("enterprise.file")
def ask(enterprise_id: UUID) -> ResponseReturnValue:
    """Ask for the association's form of the file."""
    return _ask(enterprise_id, is_own=False)


@bp.get("/<uuid:enterprise_id>/file/<uuid:job_id>.pdf")
@allow("enterprise.file")
def fetch(enterprise_id: UUID, job_id: UUID) -> Response:
    """The association's form, for the person who asked."""
    return _fetch(enterprise_id, job_id, is_own=False)


@own.post("/<uuid:enterprise_id>/file")
@allow("enterprise.own")
def ask_own(enterprise_id: UUID) -> ResponseReturnValue:
    """Ask for the enterprise's own form."""
    return _ask(enterprise_id, is_own=True)


@own.get("/<uuid:enterprise_id>/file/<uuid:job_id>.pdf")
@allow("enterprise.own")
def fetch_own(enterprise_id: UUID, job_id: UUID) -> Response:
    """The enterprise's own form, for the person who asked."""
    return _fetch(enterprise_id, job_id, is_own=True)


@gives(FILE_JOB)
def address(job: Job) -> tuple[str, str]:
    """Where the file of a finished task is, and what the link to it says."""
    endpoint = "own.fetch_own" if job.result.get("own") else "whole_files.fetch"
    where = url_for(endpoint, enterprise_id=job.result["enterprise_id"], job_id=job.id)
    return where, _("Fetch the file (PDF, %(pages)s pages)", pages=job.result["pages"])


def _ask(enterprise_id: UUID, *, is_own: bool) -> ResponseReturnValue:
    whole_file.require(actor(), enterprise_id, own=is_own)
    if throttle.hit(f"whole file for {actor().person_id}", IN_SECONDS) > AT_MOST:
        abort(429)
    name = enterprises.get(actor(), enterprise_id).name
    row = jobs.enqueue(
        FILE_JOB,
        _("Whole file: %(name)s", name=name)[:200],
        actor(),
        enterprise_id=str(enterprise_id),
        person_id=str(actor().person_id),
        address=request.remote_addr or "",
        language=translation.current(),
        own=is_own,
    )
    return redirect(url_for("jobs.job", job_id=row.id))


def _fetch(enterprise_id: UUID, job_id: UUID, *, is_own: bool) -> Response:
    whole_file.require(actor(), enterprise_id, own=is_own)
    row = jobs.get(actor(), job_id)
    made = (row.kind, row.state, row.result.get("enterprise_id"), row.result.get("own"))
    fresh = row.finished_at is not None and clock.now() - row.finished_at < KEPT
    if made != (FILE_JOB, JobState.done, str(enterprise_id), is_own) or not fresh:
        raise NotFound("file-gone", N_("There is no such file, or it is too old. Ask for it anew."))
    assert row.finished_at is not None
    name = f"enterprise-file-{row.finished_at.date().isoformat()}.pdf"
    return for_this_reader(pdf(files.get(row.result["digest"]), name))
