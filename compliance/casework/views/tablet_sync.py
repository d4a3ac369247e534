"""The tablets' door: who is there, what is handed out, what they send, the receipt for it, and the wish to seal."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, jsonify, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from compliance.associations import store as associations
from compliance.casework import danger, field, sealing, tablet, tablet_interviews, tablet_received, tablet_shell
from compliance.casework.views.tablet_answers import body, error, refusal, speak_json
from compliance.people.gate import actor, allow, plain
from compliance.shared import bilingual, clock, database
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import beside, store_given, store_receipts, store_tablets, sync
from compliance.visits import store as visits
from compliance.visits.rules import State

bp = Blueprint("tablet_sync", __name__, url_prefix="/tablet")
speak_json(bp)

FRESH_SECONDS = 600
"""For so long after the password was given a device may ask for its recovery key."""


@bp.get("/session")
@allow("visit.conduct")
@plain
def who() -> ResponseReturnValue:
    """Who is signed in, with a token for what is sent next."""
    person = actor()
    association = associations.get(person.association_id)
    return jsonify(
        person=str(person.person_id),
        name=person.name,
        language=person.language,
        csrf=generate_csrf(),
        now=_moment(clock.now()),
        release=tablet_shell.release(current_app),
        association={"en": association.name_en, "zh_Hans_CN": association.name_zh},
        time_zone=association.time_zone,
    )


@bp.post("/contact")
@allow("visit.conduct")
@plain
def contact() -> ResponseReturnValue:
    """A tablet calls: it tells how it is, and hears what is handed out and what is asked of it."""
    raw = body()
    said = store_tablets.read_contact(raw)
    recover = sync.field_of(raw, "recover") is True
    answered = store_tablets.contact(actor(), said, recover=recover and _signed_in_just_now())
    policy = current_app.config["TABLET_POLICY"]
    facts: dict[str, Any] = {"recovery": answered.recovery} if answered.recovery else {}
    return jsonify(
        now=_moment(clock.now()),
        drift_seconds=answered.drift_seconds,
        visits=[
            {"id": str(row.id), "digest": digest, "state": row.state.value}
            for row, digest in tablet.digests(actor()).values()
        ],
        orders=[_order(row) for row in answered.orders],
        policy=dict(policy),
        **facts,
    )


@bp.get("/visits/<uuid:visit_id>")
@allow("visit.conduct")
@plain
def visit(visit_id: UUID) -> ResponseReturnValue:
    """Everything that a tablet keeps of a visit that was handed out to this inspector."""
    row = tablet.handed_out(actor(), visit_id)
    digest = tablet.digest_of(actor(), row)
    if digest in request.if_none_match:
        answer = current_app.response_class(status=304)
    else:
        if tablet_interviews.lacks_key(row):
            database.begin_writing()  # the key is made, once for each visit
        answer = jsonify(tablet.pack(actor(), row, digest))
    answer.set_etag(digest)
    return answer


@bp.post("/entries")
@allow("visit.conduct")
@plain
def entries() -> ResponseReturnValue:
    """Keep what a tablet sends for one visit. What is wrong with one entry costs no other."""
    raw = body()
    received = tablet_received.receive(
        actor(),
        sync.field_of(raw, "visit"),
        sync.field_of(raw, "device"),
        sync.field_of(raw, "entries"),
        sync.field_of(raw, "at"),
    )
    if received.kept:
        danger.look(actor().association_id, UUID(str(sync.field_of(raw, "visit"))))
    if _calls_for_help(raw, {str(id) for id, _digest in received.kept}):
        field.tell_of_call(actor())
    return jsonify(
        kept=[{"id": str(id), "sha256": digest} for id, digest in received.kept],
        known=[{"id": str(id), "sha256": digest} for id, digest in received.known],
        aside=[
            {"id": str(id), "sha256": digest, "code": why, "text": bilingual.said(store_given.WHY_ASIDE[why])}
            for id, digest, why in received.aside
        ],
        refused=[_refused(one, problem) for one, problem in received.refused],
    )


def _calls_for_help(raw: Any, kept: set[str]) -> bool:
    """Whether a call for help is among what was kept just now; one that comes twice is told once."""
    sent = sync.field_of(raw, "entries")
    return any(
        str(sync.field_of(one, "id")) in kept
        and str(sync.field_of(one, "field")).startswith(beside.HELP)
        and sync.field_of(one, "value") == "asked"
        for one in (sent if isinstance(sent, list) else [])
    )


@bp.post("/visits/<uuid:visit_id>/receipt")
@allow("visit.conduct")
@plain
def receipt(visit_id: UUID) -> ResponseReturnValue:
    """What has come of everything that a tablet made for this visit."""
    raw = body()
    told = store_receipts.receipt(
        actor(),
        visit_id,
        sync.field_of(raw, "device"),
        sync.field_of(raw, "last_seq"),
        sync.field_of(raw, "discarded"),
    )
    return jsonify(
        complete=told.complete,
        missing=_missing(told),
        entries=told.entries,
        digest=told.digest,
        photos=[{"id": str(id), "sha256": digest} for id, digest in told.photos],
        at=_moment(told.at),
    )


@bp.post("/visits/<uuid:visit_id>/seal")
@allow("visit.conduct")
@plain
def seal(visit_id: UUID) -> ResponseReturnValue:
    """Seal the visit as the page does, once everything of this tablet is here."""
    raw = body()
    row = store_given.given(actor(), visit_id)
    told = store_receipts.look(actor(), row, sync.field_of(raw, "device"), sync.field_of(raw, "last_seq"))
    if row.state in (State.sealed, State.released):
        return jsonify(sealed=True, at=_moment(row.sealed_at))
    if not told.complete:
        text = bilingual.said(N_("Not everything of this visit has arrived yet. It is sent first, then sealed."))
        return error(409, "visit-not-received", text, missing=_missing(told))
    try:
        sealing.seal(actor(), visit_id)
    except Problem as problem:
        if problem.code != "visit-incomplete":
            raise
        lacking = [
            {"code": one.code, "item": one.item, "field": one.field, "text": bilingual.said(one.text, **one.facts)}
            for one in problem.facts["missing"]
        ]
        return refusal(problem, missing=lacking)
    return jsonify(sealed=True, at=_moment(visits.get(actor(), visit_id).sealed_at))


def _refused(raw: Any, problem: Problem) -> dict[str, Any]:
    id, seq = sync.field_of(raw, "id"), sync.field_of(raw, "seq")
    return {
        "id": id[:64] if isinstance(id, str) else None,
        "seq": seq if isinstance(seq, int) else None,
        "code": problem.code,
        "text": bilingual.told(problem),
    }


def _missing(told: store_receipts.Receipt) -> dict[str, Any]:
    return {
        "seqs": list(told.missing_seqs[: store_receipts.MOST_NAMED]),
        "photos": [str(id) for id in told.missing_photos],
    }


def _order(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind.value,
        "visit": str(row.visit_id) if row.visit_id else None,
        "reason": row.reason,
    }


def _moment(when: Any) -> str:
    return str(when.isoformat(timespec="milliseconds").replace("+00:00", "Z"))


def _signed_in_just_now() -> bool:
    return clock.now().timestamp() - float(session.get("fs_paa") or 0) < FRESH_SECONDS
