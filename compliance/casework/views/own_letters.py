"""The association's letters to an enterprise, to read and to keep."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import proofs
from compliance.casework.views import own_files
from compliance.casework.views.own import around
from compliance.casework.views.own import bp as own
from compliance.casework.views.shown import pdf
from compliance.letters import delivery, store, store_delivery, store_trust
from compliance.letters.delivery import Way
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import sees_outside
from compliance.shared import database
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_


@own.get("/<uuid:enterprise_id>/letters")
@allow("letter.read")
def letters(enterprise_id: UUID) -> ResponseReturnValue:
    """The issued letters to an enterprise, newest first."""
    frame = around(enterprise_id)
    rows = store.of_enterprise(actor(), enterprise_id)
    recorded = store_delivery.of_letters(row.id for row in rows)
    received = {
        letter_id: next((one for one in found if one.way in delivery.PROVEN), None)
        for letter_id, found in recorded.items()
    }
    return render_template(
        "casework/own/letters.html",
        rows=rows,
        numbers={row.id: row.number for row in rows},
        superseded=store_trust.superseded(rows),
        withdrawn=store_trust.withdrawn([row.id for row in rows]),
        printing=any(row.pdf_digest is None for row in rows),
        received=received,
        people=people.people_names(one.noted_by for one in received.values() if one and one.way in delivery.OWN),
        ours=enterprise_id in actor().enterprise_ids,
        **frame,
    )


@own.get("/letters/<uuid:letter_id>.pdf")
@allow("letter.read")
def letter_pdf(letter_id: UUID) -> Response:
    """The archived PDF of an issued letter. That the enterprise has it is recorded, the first time."""
    row = _own(letter_id)
    data = store.pdf(row)
    if request.method == "GET" and store_delivery.may_record(actor(), row):
        if not store_delivery.stands(row, Way.downloaded):
            database.begin_writing()
            row = _own(letter_id)
            store_delivery.record(actor(), row, Way.downloaded)
            proofs.look(row.association_id, row.visit_id)
    opened = "open" in request.args  # shown by the browser: some built-in ones keep no files
    return own_files.for_this_reader(pdf(data, store.filename(row), inline=opened))


@own.get("/letters/<uuid:letter_id>")
@allow("letter.read")
def letter(letter_id: UUID) -> ResponseReturnValue:
    """A letter with plain links to its PDF: to open and to keep."""
    row = _own(letter_id)
    if row.pdf_digest is None:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return render_template("casework/own/letter.html", letter=row, **around(row.enterprise_id))


@own.post("/letters/<uuid:letter_id>/received")
@allow("enterprise.own")
def letter_received(letter_id: UUID) -> ResponseReturnValue:
    """Confirm that the enterprise has a letter, however it came."""
    row = _own(letter_id)
    store_delivery.record(actor(), row, Way.confirmed)
    proofs.look(row.association_id, row.visit_id)
    flash(_("Thank you. The association sees that you have the letter."), "success")
    return redirect(url_for("own.letters", enterprise_id=row.enterprise_id))


def _own(letter_id: UUID) -> Any:
    row = store.get(actor(), letter_id)
    if not sees_outside(actor(), row.enterprise_id):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return row
