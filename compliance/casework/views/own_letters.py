"""The association's letters to an enterprise, to read and to keep."""

from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from compliance.casework.views import own_files
from compliance.casework.views.own import around
from compliance.casework.views.own import bp as own
from compliance.casework.views.shown import pdf
from compliance.letters import store
from compliance.people.gate import actor, allow
from compliance.people.rules import sees_outside
from compliance.shared.problems import NotFound
from compliance.shared.words import N_


@own.get("/<uuid:enterprise_id>/letters")
@allow("letter.read")
def letters(enterprise_id: UUID) -> ResponseReturnValue:
    """The issued letters to an enterprise, newest first."""
    frame = around(enterprise_id)
    rows = store.of_enterprise(actor(), enterprise_id)
    return render_template(
        "casework/own/letters.html",
        rows=rows,
        numbers={row.id: row.number for row in rows},
        superseded={row.cites_id for row in rows if row.cites_id},
        printing=any(row.pdf_digest is None for row in rows),
        **frame,
    )


@own.get("/letters/<uuid:letter_id>.pdf")
@allow("letter.read")
def letter_pdf(letter_id: UUID) -> Response:
    """The archived PDF of an issued letter."""
    row = store.get(actor(), letter_id)
    if not sees_outside(actor(), row.enterprise_id):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return own_files.for_this_reader(pdf(store.pdf(row), store.filename(row)))
