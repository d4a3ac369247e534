"""Photos that come with a complaint: drawn anew, so that nothing hidden in them says where they were taken."""

from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from compliance.complaints.rules import MOST_FILES
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import evidence, pictures


def clean(files: Iterable[FileStorage]) -> list[bytes]:
    """JPEG bytes of each photo. Raises ``Problem`` for what cannot be drawn anew, and for more than ``MOST_FILES``."""
    chosen = [one for one in files if one and one.filename]
    if len(chosen) > MOST_FILES:
        raise Problem(
            "complaint-files", N_("At most %(most)d photos can be sent at once."), most=MOST_FILES, field="pictures"
        )
    return [_drawn_anew(one) for one in chosen]


def _drawn_anew(file: FileStorage) -> bytes:
    data = file.read(evidence.PHOTO_LIMIT + 1)
    try:
        found = evidence.check(data, file.filename or "")
    except Problem as problem:
        problem.facts["field"] = "pictures"
        raise
    if found.kind != "photo":
        raise Problem(
            "complaint-no-photo",
            N_("%(name)s is not a photo. Only photos can be cleaned of hidden data: photograph the paper instead."),
            name=found.filename,
            field="pictures",
        )
    return pictures.reduced(data, found.media_type)
