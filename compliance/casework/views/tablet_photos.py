"""Photos from tablets: how much of one is here, and its next part."""

from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from compliance.casework.views.tablet_answers import speak_json
from compliance.people.gate import actor, allow, plain
from compliance.shared import database
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import store_uploads
from compliance.visits.store_uploads import Progress

bp = Blueprint("tablet_photos", __name__, url_prefix="/tablet/photos")
speak_json(bp)


@bp.get("/<uuid:photo_id>")
@allow("visit.conduct")
@plain
def here(photo_id: UUID) -> ResponseReturnValue:
    """How many bytes of a photo have arrived."""
    return _told(store_uploads.progress(actor(), photo_id))


@bp.put("/<uuid:photo_id>")
@allow("visit.conduct")
@plain
def part(photo_id: UUID) -> ResponseReturnValue:
    """Take the next part of a photo; with the last one, the photo itself."""
    coming = store_uploads.read_announcement(photo_id, request.headers)
    offset = request.args.get("offset", "0")
    if not offset.isdecimal() or len(offset) > 12:
        raise Problem("photo-part", N_("This part does not belong to the photo: the sizes do not fit."))
    taken = store_uploads.take(actor(), coming, int(offset), request.get_data())
    if isinstance(taken, Progress):
        return _told(taken)
    database.session().rollback()  # nobody waits while the picture is looked at
    try:
        upload = store_uploads.examine(coming, taken)
    except Problem:
        store_uploads.drop(photo_id)
        raise
    store_uploads.keep(actor(), coming, upload)
    return _told(store_uploads.progress(actor(), photo_id))


def _told(progress: Progress) -> ResponseReturnValue:
    facts = {"aside": progress.why} if progress.why else {}
    return jsonify(received=progress.received, size=progress.size, complete=progress.complete, **facts)
