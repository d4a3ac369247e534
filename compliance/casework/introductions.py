"""The introduction letter (介绍信) that inspectors show at the gate, and its check by whoever stands there.

Its code is made from the visit's id with the product's secret, so that nothing more is stored. Whether a letter holds
depends on the day alone: an answer that changed with the state of the visit would tell its enterprise of the review.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import segno
from flask import current_app, render_template, url_for

from compliance.associations import store as associations
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import addresses, clock, ids
from compliance.shared.problems import Conflict, NotFound
from compliance.shared.words import LANGUAGES, N_, day
from compliance.visits import store as visits
from compliance.visits.rules import State

if TYPE_CHECKING:
    from compliance.associations.models import Association
    from compliance.visits.models import Visit

LASTS = timedelta(days=6)
"""Days after the handing-out on which the letter still holds: a visit may span shifts and days."""
CODE_LENGTH = 12


@dataclass(frozen=True)
class Introduction:
    """Everything that the letter says. ``names`` are the inspectors', the lead first; ``pledge`` is the signing day and
    the version of the code of conduct, where one is in force.
    """

    association: "Association"
    enterprise: str
    names: Sequence[str]
    first: date
    last: date
    pledge: tuple[date, str] | None
    code: str


def letter(actor: Actor, visit: "Visit") -> Introduction:
    """The letter of a visit that is handed out. Raises ``Conflict`` for every other visit."""
    if visit.handed_out_at is None or visit.state is State.cancelled:
        raise Conflict("introduction-none", N_("There is an introduction letter once the visit is handed out."))
    first, last = _days(visit)
    pledge = enterprises.pledge_in_force(actor, visit.enterprise_id, first)
    return Introduction(
        association=associations.get(visit.association_id),
        enterprise=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        names=_names(visit),
        first=first,
        last=last,
        pledge=(pledge.signed_on, pledge.code_version) if pledge else None,
        code=ids.grouped_code(code_of(visit.id, _secret())),
    )


def checked(typed: str) -> Introduction:
    """What a code stands for, for whoever holds the letter; without the pledge, which is not the gate's business.

    Raises ``NotFound`` for a code that was never given, is over, or belongs to a visit that was called off.
    """
    wanted, secret = ids.plain_code(typed), _secret()
    for visit in visits.handed_out_since(clock.now() - LASTS - timedelta(days=1)):
        if hmac.compare_digest(code_of(visit.id, secret), wanted):
            first, last = _days(visit)
            association = associations.get(visit.association_id)
            if first <= clock.today(association.time_zone) <= last:
                name = enterprises.names([visit.enterprise_id])[visit.enterprise_id]
                return Introduction(association, name, _names(visit), first, last, None, ids.grouped_code(wanted))
    raise NotFound(
        "introduction-unknown",
        N_("No letter with this code is in force today. Ask the visitors to wait, and phone the association."),
    )


def code_of(visit_id: UUID, secret: str) -> str:
    """The code of a visit's letter: 60 bits in Crockford's base 32."""
    mark = hmac.new(secret.encode(), b"introduction " + visit_id.bytes, hashlib.sha256).digest()
    number = int.from_bytes(mark[:8], "big")
    return ids.code_of(number, CODE_LENGTH)


def address(code: str) -> str:
    """Where a code is checked."""
    return addresses.base() + url_for("check.by_code", code=code)


def picture(where: str) -> str:
    """An address as a QR picture that stands in a page by itself."""
    drawn: str = segno.make(where, error="m").svg_data_uri(scale=1, border=2)
    return drawn


def kept(actor: Actor, visit: "Visit") -> dict[str, str]:
    """The letter as HTML in each language, for a tablet without a network; empty once the visit is over."""
    if visit.state is not State.handed_out:
        return dict.fromkeys(LANGUAGES, "")
    facts = letter(actor, visit)
    where = address(facts.code)
    drawn = picture(where)
    return {
        spoken: render_template(
            "introductions/kept.html", facts=facts, spoken=spoken, picture=drawn, address=where, day_in=day
        )
        for spoken in LANGUAGES
    }


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _days(visit: "Visit") -> tuple[date, date]:
    handed_out = visit.handed_out_at
    assert handed_out is not None
    first = clock.day_of(handed_out, associations.get(visit.association_id).time_zone)
    return first, first + LASTS


def _names(visit: "Visit") -> list[str]:
    sent = visits.inspectors([visit.id])[visit.id]
    known = people.people_names(sent)
    return [known[id] for id in sent if id in known]
