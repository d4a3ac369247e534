"""What a tablet gets of a visit: the pack, with everything that its inspector needs for a day without a network.

Its digest is made from what the pack is made of, so that an unchanged one costs next to nothing.
"""

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.casework import introductions, tablet_interviews, tablet_pay
from compliance.checklists import differences
from compliance.checklists import store as checklists
from compliance.enterprises import store as enterprises
from compliance.enterprises.classes import sector_name
from compliance.findings import rules as finding_rules
from compliance.findings import store as findings
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import bilingual, files
from compliance.shared.problems import NotFound
from compliance.shared.words import CHINESE, ENGLISH, N_
from compliance.visits import store as visits
from compliance.visits import store_packs

if TYPE_CHECKING:
    from compliance.visits.models import Evidence, Visit

SHAPE = 5
"""Raised when the pack itself looks different, so that every tablet fetches it again."""
MOST_EARLIER = 3
"""Earlier findings beside one item, the newest first."""


def handed_out(actor: Actor, visit_id: UUID) -> "Visit":
    """A visit that was given to this inspector. Raises ``NotFound`` for every other."""
    visit = visits.get(actor, visit_id)
    if not visits.is_sent(actor, visit):
        raise NotFound("visit-unknown", N_("There is no such visit."))
    return visit


def digests(actor: Actor) -> dict[UUID, tuple["Visit", str]]:
    """The visits that this inspector's tablet keeps, each with the digest of its pack."""
    rows = visits.mine(actor)
    stamps = _stamps(actor, rows)
    return {row.id: (row, stamps[row.id]) for row in rows}


def digest_of(actor: Actor, visit: "Visit") -> str:
    """The digest of a visit's pack."""
    return _stamps(actor, [visit])[visit.id]


def pack(actor: Actor, visit: "Visit", digest: str) -> dict[str, Any]:
    """Everything that a tablet keeps of a visit, as JSON."""
    workplace = enterprises.workplace(actor, visit.workplace_id)
    enterprise = enterprises.get(actor, visit.enterprise_id)
    sent = visits.inspectors([visit.id])[visit.id]
    names = people.people_names(sent)
    association = people.association(actor)
    return {
        "id": str(visit.id),
        "number": f"{visit.year}-{visit.number}",
        "state": visit.state.value,
        "checklist": visits.checklist(visit).digest,
        "moves": _moves(visit),
        "day": visit.planned_for.isoformat(),
        "name": enterprise.name,
        "workplace": workplace.name,
        "address": workplace.address or enterprise.address,
        "sector": _sector(enterprise.sector),
        "profile": visit.profile,
        "association": _association(actor),
        "time_zone": association.time_zone,
        "letter_language": str(getattr(enterprise.letter_language, "value", enterprise.letter_language)),
        "inspectors": [{"id": str(id), "name": names.get(id, "")} for id in sent],
        "me": {"id": str(actor.person_id), "name": actor.name},
        "sent_back": _sent_back(visit),
        "events": [_event(event) for event in sorted(visits.events(visit), key=lambda event: event.id)],
        "evidence": [_evidence(row) for row in visits.evidence_of(visit)],
        "earlier": _earlier(actor, visit),
        "letter": introductions.kept(actor, visit),
        "phone": association.phone,
        "interviews": tablet_interviews.carried(actor, visit),
        "pay": tablet_pay.carried(actor, visit),
        "digest": digest,
    }


def _stamps(actor: Actor, rows: Sequence["Visit"]) -> dict[UUID, str]:
    sent = visits.inspectors(row.id for row in rows)
    names = people.people_names(id for ids in sent.values() for id in ids)
    enterprise_of = enterprises.several(actor, [row.enterprise_id for row in rows])
    counts = store_packs.entry_counts([row.id for row in rows])
    editions = tablet_pay.edition_counts([row.id for row in rows])
    pictures: dict[UUID, list[Any]] = defaultdict(list)
    for one in store_packs.evidence_marks([row.id for row in rows]):
        pictures[one[0]].append(one[1:])
    association = people.association(actor)
    stamps = {}
    for row in rows:
        workplace, enterprise = enterprises.workplace(actor, row.workplace_id), enterprise_of[row.enterprise_id]
        stamp = [
            SHAPE, association.phone, tablet_interviews.stamp(), tablet_pay.stamp(),
            row.id, row.year, row.number, row.state, row.checklist_version_id, row.planned_for, row.profile,
            row.sent_back_at, row.sent_back_reason,
            enterprise.name, enterprise.sector, enterprise.address, enterprise.letter_language,
            workplace.name, workplace.address, workplace.district,
            [(id, names.get(id, "")) for id in sent[row.id]], actor.person_id, actor.name,
            _association(actor), association.time_zone,
            counts.get(row.id, 0), editions.get(row.id, 0), pictures[row.id], _earlier(actor, row),
        ]  # fmt: skip
        stamps[row.id] = hashlib.sha256(json.dumps(stamp, default=str, sort_keys=True).encode()).hexdigest()
    return stamps


def _association(actor: Actor) -> dict[str, str]:
    association = people.association(actor)
    return {ENGLISH: association.name_en, CHINESE: association.name_zh}


def _moves(visit: "Visit") -> list[dict[str, Any]]:
    """What changed for the inspector each time that the open visit was moved to a newer checklist, the first first."""
    left = store_packs.versions_left(visit)
    found = []
    newest = visits.checklist(visit)
    followers = [*(checklists.load(version) for version, _at in left[1:]), newest]
    for (version, at), new in zip(left, followers, strict=False):
        old = checklists.load(version)
        area_of = {item.id: item.area for one in (old, new) for item in one.items}
        items = [
            {
                "id": one.id,
                "what": one.what,
                "area": area_of[one.id],
                "question": {ENGLISH: one.title.en, CHINESE: one.title.zh},
                "fields": [bilingual.said(differences.FIELDS[field.field]) for field in one.fields],
            }
            for one in differences.differences(old, new)
            if one.part == "item"
        ]
        found.append({"at": moment(at), "items": items})
    return found


def _sector(code: str) -> dict[str, str] | None:
    if not code:
        return None
    name = sector_name(code)
    return {"code": code, ENGLISH: name.en, CHINESE: name.zh}


def _sent_back(visit: "Visit") -> dict[str, str] | None:
    if visit.sent_back_at is None:
        return None
    return {"at": moment(visit.sent_back_at), "reason": visit.sent_back_reason}


def _event(event: Any) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "item": event.item,
        "field": event.field,
        "value": event.value,
        "replaces": sorted(map(str, event.replaces)),
        "at": moment(event.at) if event.at else None,
        "device": event.device,
        "seq": event.seq,
        "bulk": event.bulk,
        "by": str(event.by) if event.by else None,
        "source": event.source.value,
        "received_at": moment(event.received_at),
    }


def _evidence(row: "Evidence") -> dict[str, Any]:
    small = files.get(row.small_digest) if row.small_digest and row.struck_at is None else b""
    return {
        "id": str(row.id),
        "item": row.item,
        "kind": row.kind,
        "sha256": row.digest,
        "filename": row.filename,
        "caption": row.caption,
        "taken_at": moment(row.taken_at) if row.taken_at else None,
        "struck": row.struck_at is not None,
        "clear": row.unrecognisable_at is not None,
        "small": f"data:image/jpeg;base64,{base64.b64encode(small).decode()}" if small else None,
        "marks": json.loads(row.marks) if row.marks else [],
    }


def _earlier(actor: Actor, visit: "Visit") -> dict[str, list[dict[str, Any]]]:
    """Earlier findings of this workplace by item, in the words that its enterprise has read: others may look on."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    since = finding_rules.months_before(visit.planned_for, visits.checklist(visit).policy.repeat_months)
    for row in findings.listed(actor, workplace_id=visit.workplace_id):
        shown = finding_rules.shown_to_enterprise(row, row.workplace_workers) if row.visit_id != visit.id else None
        if shown is not None and len(found[row.item]) < MOST_EARLIER:
            found[row.item].append(
                {
                    "on": row.visited_on.isoformat(),
                    "severity": shown.severity.value,
                    "seen": shown.seen,
                    "state": shown.state.value,
                    "repeat_within": since <= row.visited_on < visit.planned_for,
                }
            )
    return dict(found)


def moment(when: datetime) -> str:
    """A moment as the tablet's own clock writes it."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
