"""The demo's case without a second person: everybody who could release it has a tie, so an outsider reads it."""

from typing import Any
from uuid import UUID

from compliance.casework import outsiders
from compliance.people import passwords
from compliance.people import store as people
from compliance.people import store_invitations as invitations
from compliance.people import store_ties as ties
from compliance.people.rules import Actor, TieKind
from compliance.shared import audit
from compliance.visits import store as visits

USERNAME = "outsider"


def tie(system: Actor, reviewer: Actor, visit: Any) -> None:
    """The reviewer looks the photos through, and then has a tie (the leader had one before)."""
    for row in visits.evidence_of(visit, struck=False):
        visits.describe(reviewer, visit, row, caption=row.caption, unrecognisable=True)
    person = people.get(system, reviewer.person_id) if reviewer.person_id else None
    if person is not None:
        ties.declare(system, person, visit.enterprise_id, TieKind.kin, "配偶近日入职该企业")


def invite(system: Actor, coordinator: Actor, visit_id: UUID) -> None:
    """A lawyer is invited, opens the account whose password everybody may know, and declares."""
    _row, code = outsiders.invite(
        coordinator,
        visit_id,
        name="外部人员 Outsider",
        organisation="示例律师事务所 Example Law Office",
        bound_by="已签署保密承诺书（示例）",
        reason="会长和复核员均与该企业有利害关系。",
    )
    kept = passwords.hashed(f"demo-{USERNAME}")
    person = invitations.accept(system, invitations.open_by_code(code), USERNAME, kept, "")
    person.demo = True
    audit.record(system, "person.created", person)
    outsiders.accept(people.actor_of(person.id, "127.0.0.1", "zh_Hans_CN"))
