"""Reading and writing the register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from compliance.checklists.rules import Profile
from compliance.enterprises import names as naming
from compliance.enterprises import rules, store_headcounts
from compliance.enterprises.models import Enterprise, Pledge, Workplace
from compliance.enterprises.rules import EnterpriseFacts, Fault, Status, WorkplaceFacts, WorkplaceStatus
from compliance.enterprises.store_lists import Filters, Found, scope, search
from compliance.people import store as people
from compliance.people.rules import Actor, can, sees_inside
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.shared.words import N_

__all__ = ["Filters", "Found", "scope", "search"]


def get(actor: Actor, enterprise_id: UUID) -> Enterprise:
    """An enterprise in the actor's scope. Raises ``NotFound``."""
    row = session().exec(select(Enterprise).where(Enterprise.id == enterprise_id, scope(actor))).first()
    if row is None:
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
    return row


def by_words(actor: Actor, text: str) -> list[Enterprise]:
    """The enterprises of the actor's scope with exactly this registered name or credit code, without merged entries."""
    same = (col(Enterprise.name) == text) | (col(Enterprise.credit_code) == rules.bare_code(text))
    standing = col(Enterprise.status) != Status.merged
    return list(session().exec(select(Enterprise).where(same, standing, scope(actor)).limit(2)))


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Registered names by id; for rows that the caller has found within the actor's scope."""
    wanted = set(ids)
    if not wanted:
        return {}
    return dict(session().exec(select(Enterprise.id, Enterprise.name).where(col(Enterprise.id).in_(wanted))).all())


def several(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Enterprise]:
    """Enterprises of the actor's scope by id; others are left out."""
    query = select(Enterprise).where(col(Enterprise.id).in_(set(ids)), scope(actor))
    return {row.id: row for row in session().exec(query)}


def workplace(actor: Actor, workplace_id: UUID) -> Workplace:
    """A workplace of an enterprise in the actor's scope. Raises ``NotFound``."""
    return workplace_and_name(actor, workplace_id)[0]


def workplace_and_name(actor: Actor, workplace_id: UUID) -> tuple[Workplace, str]:
    """The same with its enterprise's registered name. Raises ``NotFound``."""
    query = select(Workplace, Enterprise.name).join(Enterprise, col(Enterprise.id) == col(Workplace.enterprise_id))
    row = session().exec(query.where(Workplace.id == workplace_id, scope(actor))).first()
    if row is None:
        raise NotFound("workplace-unknown", N_("There is no such workplace in the register."))
    return row[0], row[1]


def workplaces_of(actor: Actor, enterprise_id: UUID, *, closed: bool = False) -> list[Workplace]:
    """The workplaces of an enterprise, the main one first; with ``closed`` also those no longer in use."""
    query = select(Workplace).join(Enterprise, col(Enterprise.id) == col(Workplace.enterprise_id))
    query = query.where(Workplace.enterprise_id == enterprise_id, scope(actor))
    if not closed:
        query = query.where(Workplace.status == WorkplaceStatus.active)
    order = (col(Workplace.main).desc(), col(Workplace.status), col(Workplace.created_at), col(Workplace.id))
    return list(session().exec(query.order_by(*order)))


def profile_of(row: Workplace) -> Profile:
    """What decides which items this workplace is asked."""
    enterprise = session().get_one(Enterprise, row.enterprise_id)
    return rules.profile(row, enterprise.sector, enterprise.size)


@audited("enterprise.created")
def create(actor: Actor, facts: EnterpriseFacts | Mapping[str, Any]) -> Enterprise:
    """A new enterprise with its main workplace. Raises ``Problem`` (fact ``field``) for what may not be stored."""
    if not isinstance(facts, EnterpriseFacts):
        language = people.association(actor).letter_language
        facts = rules.enterprise_facts({"letter_language": language, **facts})
    _require(rules.faults(facts, _today(actor)))
    _require_free_code(actor, facts.credit_code)
    row = Enterprise(association_id=actor.association_id, **asdict(facts), **derived(facts))
    session().add(row)
    _flush()
    main = rules.workplace_columns(rules.main_workplace(facts))
    session().add(Workplace(association_id=actor.association_id, enterprise_id=row.id, main=True, **main))
    store_headcounts.entered(actor, row, _today(actor))
    session().flush()
    return row


@audited("enterprise.edited")
def edit(
    actor: Actor,
    row: Enterprise,
    facts: EnterpriseFacts,
    revision: int | None = None,
    *,
    counted_on: date | None = None,
) -> Enterprise:
    """Change an enterprise; what its main workplace had from it follows. Its headcount is one of ``counted_on``, or of
    today.

    ``revision`` is the one that the person saw: raises ``Stale`` if somebody else was faster. Raises ``Problem``
    (fact ``field``) for what may not be stored, ``Refused`` for a person with a tie to the enterprise and ``Conflict``
    for an entry that was merged.
    """
    require_inside(actor, row.id)
    require_standing(row)
    _require_revision(row.revision, revision)
    _require(rules.faults(facts, _today(actor)))
    if facts.credit_code != row.credit_code:
        _require_free_code(actor, facts.credit_code)
    before = rules.as_stored(row)
    if facts == before:
        return row
    for main in session().exec(
        select(Workplace).where(Workplace.enterprise_id == row.id, col(Workplace.main).is_(True))
    ):
        _set(main, rules.followed(before, facts, main))
    _set(row, {**asdict(facts), **derived(facts), "revision": row.revision + 1})
    if facts.workers != before.workers:
        store_headcounts.entered(actor, row, counted_on or _today(actor))
    _flush()
    return row


@audited("workplace.added")
def add_workplace(actor: Actor, enterprise: Enterprise, facts: WorkplaceFacts) -> Workplace:
    """Another workplace of an enterprise. Raises as ``edit`` does."""
    require_inside(actor, enterprise.id)
    require_standing(enterprise)
    _require(rules.workplace_faults(facts))
    row = Workplace(
        association_id=enterprise.association_id, enterprise_id=enterprise.id, **rules.workplace_columns(facts)
    )
    session().add(row)
    session().flush()
    return row


@audited("workplace.edited")
def edit_workplace(actor: Actor, row: Workplace, facts: WorkplaceFacts, revision: int | None = None) -> Workplace:
    """Change a workplace. Raises as ``edit`` does."""
    require_inside(actor, row.enterprise_id)
    _require_revision(row.revision, revision)
    _require(rules.workplace_faults(facts))
    _set(row, {**rules.workplace_columns(facts), "revision": row.revision + 1})
    return row


@audited("workplace.closed")
def close_workplace(actor: Actor, row: Workplace) -> Workplace:
    """A workplace is no longer in use; its history stays. Raises ``Conflict`` for the last one in use."""
    require_inside(actor, row.enterprise_id)
    if len(workplaces_of(actor, row.enterprise_id)) <= 1 and row.status == WorkplaceStatus.active:
        raise Conflict(
            "workplace-last",
            N_("This is the only workplace in use. Add another one first, or mark the enterprise as closed."),
        )
    row.status = WorkplaceStatus.closed
    return row


@audited("workplace.reopened")
def reopen_workplace(actor: Actor, row: Workplace) -> Workplace:
    """A workplace is in use again."""
    require_inside(actor, row.enterprise_id)
    row.status = WorkplaceStatus.active
    return row


def pledges_of(actor: Actor, enterprise_id: UUID) -> list[Pledge]:
    """The pledges of an enterprise, the newest first."""
    query = select(Pledge).join(Enterprise, col(Enterprise.id) == col(Pledge.enterprise_id))
    query = query.where(Pledge.enterprise_id == enterprise_id, scope(actor))
    return list(session().exec(query.order_by(col(Pledge.signed_on).desc(), col(Pledge.recorded_at).desc())))


def pledge(actor: Actor, pledge_id: UUID) -> Pledge:
    """One pledge of an enterprise in the actor's scope. Raises ``NotFound``."""
    query = select(Pledge).join(Enterprise, col(Enterprise.id) == col(Pledge.enterprise_id))
    row = session().exec(query.where(Pledge.id == pledge_id, scope(actor))).first()
    if row is None:
        raise NotFound("pledge-unknown", N_("There is no such pledge in the register."))
    return row


def pledge_in_force(actor: Actor, enterprise_id: UUID, on: date) -> Pledge | None:
    """The pledge that binds an enterprise on a day, or None."""
    return rules.in_force(pledges_of(actor, enterprise_id), on)


@audited("pledge.recorded")
def record_pledge(
    actor: Actor,
    enterprise: Enterprise,
    *,
    code_version: str,
    signed_on: date,
    signed_by: str,
    checklist_version_id: UUID | None = None,
    file_digest: str | None = None,
    file_name: str = "",
    file_media_type: str = "",
    signed_position: str = "",
) -> Pledge:
    """An enterprise has signed a version of the code of conduct. Who speaks for it may say so of itself.

    Raises ``Problem`` for a day in the future and ``Conflict`` for an entry that was merged.
    """
    own = enterprise.id in actor.enterprise_ids and can(actor, "enterprise.pledge") and not actor.is_system
    if not own:
        require_inside(actor, enterprise.id)
    require_standing(enterprise)
    if signed_on > _today(actor):
        raise Problem("pledge-future", N_("The day of signing lies in the future."), field="signed_on")
    row = Pledge(
        association_id=enterprise.association_id,
        enterprise_id=enterprise.id,
        code_version=code_version,
        checklist_version_id=checklist_version_id,
        signed_on=signed_on,
        signed_by=signed_by,
        file_digest=file_digest,
        file_name=file_name,
        file_media_type=file_media_type,
        recorded_by=actor.person_id,
        signed_position=signed_position,
        on_own_page=own,
    )
    session().add(row)
    session().flush()
    return row


@audited("pledge.withdrawn")
def withdraw_pledge(actor: Actor, row: Pledge, on: date) -> Pledge:
    """A pledge holds no more from a day on. Raises ``Problem`` for a day before it was signed."""
    require_inside(actor, row.enterprise_id)
    if on < row.signed_on:
        raise Problem("pledge-withdrawn-early", N_("That day is before the pledge was signed."), field="withdrawn_on")
    row.withdrawn_on = on
    return row


def derived(facts: EnterpriseFacts) -> dict[str, Any]:
    """The columns that only sorting and searching use."""
    return {
        "sort_key": naming.sort_key(facts.name),
        "search_name": naming.search_name(facts.name, facts.name_other),
        "search_latin": naming.search_latin(facts.credit_code, facts.name, facts.name_other),
    }


def _today(actor: Actor) -> date:
    return clock.today(people.association(actor).time_zone)


def _set(row: Enterprise | Workplace, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _flush() -> None:
    try:
        session().flush()
    except IntegrityError as error:  # two people entered the same code in the same moment
        if "credit_code" not in str(error.orig):
            raise
        raise Conflict(
            "code-taken",
            N_("Another enterprise of the register already has the credit code."),
            field="credit_code",
        ) from None


def _require(faults: Sequence[Fault]) -> None:
    for fault in faults:
        raise Problem(f"enterprise-{fault.field}", fault.text, field=fault.field, **fault.facts)


def _require_free_code(actor: Actor, code: str | None) -> None:
    if code is None:
        return
    query = select(Enterprise.name).where(
        Enterprise.association_id == actor.association_id, col(Enterprise.credit_code) == code
    )
    holder = session().exec(query).first()
    if holder is not None:
        raise Conflict(
            "code-taken",
            N_("%(name)s already has the credit code %(credit_code)s."),
            name=holder,
            credit_code=code,
            field="credit_code",
        )


def require_inside(actor: Actor, enterprise_id: UUID) -> None:
    """Raise ``Refused`` for a person with a tie to the enterprise."""
    if not sees_inside(actor, enterprise_id):
        raise Refused(
            "enterprise-tie", N_("You have declared a tie to this enterprise: somebody else keeps its entry.")
        )


def require_standing(row: Enterprise) -> None:
    """Raise ``Conflict`` for an entry that was merged: what is new belongs to the other one."""
    if row.status is Status.merged:
        raise Conflict(
            "entry-merged", N_("This entry was merged with another one. Enter it there, or undo the merging first.")
        )


def _require_revision(stored: int, seen: int | None) -> None:
    if seen is not None and seen != stored:
        raise Stale(
            "enterprise-stale",
            N_("Somebody else has changed this entry since you opened it. Compare, then save again."),
        )
