"""Photos on paper: which of them may stand in a letter, and the small copies that are printed.

Only photos that the enterprise may be shown anyway: not struck through, and somebody ticked that nobody in them can be
recognised. A reviewer may leave one out of the letter; it is still shown on pages.
"""

from compliance.people.rules import Actor, can
from compliance.shared import clock, files
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound
from compliance.shared.words import N_
from compliance.visits import pictures
from compliance.visits.models import Evidence, Visit
from compliance.visits.rules import State
from compliance.visits.store_evidence import evidence_of

_kept: dict[tuple[str, str], str] = {}


def printable(visit: Visit) -> list[Evidence]:
    """The photos that a letter may show, in the order in which they came."""
    return [
        row
        for row in evidence_of(visit, struck=False)
        if row.kind == "photo" and row.unrecognisable_at is not None and row.left_out_at is None and row.shown_digest
    ]


def printed_copy(row: Evidence) -> str | None:
    """The SHA-256 (hex) of the copy for paper, kept beside the others: JPEG without hidden data, with its marks drawn
    in. None where the picture cannot be read any more.
    """
    key = (files.folder(), row.shown_digest or "")
    if key not in _kept:
        try:
            _kept[key] = files.put(pictures.for_paper(files.get(key[1])), "image/jpeg").digest
        except (pictures.Damaged, NotFound):
            return None
    return _kept[key]


def change_left_out(actor: Actor, visit: Visit, row: Evidence, out: bool) -> bool:
    """Leave a photo out of the letter, or take it in again; tells whether that changed anything.

    Raises ``Conflict`` unless the visit is under review, and for who may not review.
    """
    if out == (row.left_out_at is not None):
        return False
    if visit.state is not State.sealed or not can(actor, "visit.review"):
        raise Conflict("evidence-printed", N_("Photos for the letter are chosen while the visit is under review."))
    _set(actor, row, out)
    return True


@audited("evidence.left_out")
def _set(actor: Actor, row: Evidence, out: bool) -> Evidence:
    row.left_out_at = clock.now() if out else None
    session().flush()
    return row
