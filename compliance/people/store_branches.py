"""Which enterprises belong to which headquarters. One level: a branch has no branches, so that no circle can close."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from compliance.people.models_branches import Branch
from compliance.people.rules import Actor, sees_inside
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, Refused
from compliance.shared.words import N_


def headquarters_of(actor: Actor, enterprise_id: UUID) -> Branch | None:
    """The link of a branch to its headquarters, or None. The caller has found the enterprise within the scope."""
    return session().exec(_open(actor).where(Branch.enterprise_id == enterprise_id)).first()


def branches_of(actor: Actor, headquarters_id: UUID) -> Sequence[Branch]:
    """The links of the branches of a headquarters. The caller has found the enterprise within the scope."""
    return session().exec(_open(actor).where(Branch.headquarters_id == headquarters_id)).all()


@audited("branch.linked")
def link(actor: Actor, enterprise_id: UUID, headquarters_id: UUID, *, may_answer: bool = False) -> Branch:
    """Make an enterprise a branch, in the place of what held before. The caller has found both within the scope.

    Its headquarters' managers read from now on what its own managers read, and answer for it if ``may_answer``.
    Raises Refused("enterprise-tie"), Problem("branch-itself", "branch-levels").
    """
    if not (sees_inside(actor, enterprise_id) and sees_inside(actor, headquarters_id)):
        raise Refused(
            "enterprise-tie", N_("You have declared a tie to this enterprise: somebody else keeps its entry.")
        )
    if enterprise_id == headquarters_id:
        raise Problem("branch-itself", N_("An enterprise is not a branch of its own."), field="headquarters")
    above = or_(Branch.enterprise_id == headquarters_id, Branch.headquarters_id == enterprise_id)
    if session().exec(_open(actor).where(above).with_for_update()).first() is not None:
        raise Problem(
            "branch-levels",
            N_("A headquarters is not a branch itself, and a branch has no branches. Link each to the one on top."),
            field="headquarters",
        )
    held = headquarters_of(actor, enterprise_id)
    if held is not None and (held.headquarters_id, held.may_answer) == (headquarters_id, may_answer):
        return held
    if held is not None:
        held.ended_at, held.ended_by = clock.now(), actor.person_id
        session().flush()
    row = Branch(
        association_id=actor.association_id,
        enterprise_id=enterprise_id,
        headquarters_id=headquarters_id,
        may_answer=may_answer,
        since=clock.now(),
        set_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@audited("branch.unlinked")
def unlink(actor: Actor, enterprise_id: UUID) -> Branch:
    """An enterprise is no branch any more. Raises NotFound, Refused("enterprise-tie")."""
    if not sees_inside(actor, enterprise_id):
        raise Refused(
            "enterprise-tie", N_("You have declared a tie to this enterprise: somebody else keeps its entry.")
        )
    row = headquarters_of(actor, enterprise_id)
    if row is None:
        raise NotFound("branch-unknown", N_("This enterprise is no branch."))
    row.ended_at, row.ended_by = clock.now(), actor.person_id
    return row


def _open(actor: Actor) -> SelectOfScalar[Branch]:
    return select(Branch).where(Branch.association_id == actor.association_id, col(Branch.ended_at).is_(None))
