"""What the staff's page of a corrective action shows of the association's own work on it."""

from typing import Any

from flask import request
from wtforms import SelectChoice

from compliance.casework import assigning, cases
from compliance.casework.forms_work import AssignForm, PartForm, PlanAnswerForm
from compliance.casework.recurrence import chain_of
from compliance.corrective_actions import rules, store_assignment, store_checks, store_draws, store_outcomes
from compliance.corrective_actions.rules import Move
from compliance.corrective_actions.seen import ActionView
from compliance.people import store as people
from compliance.people import store_leaves
from compliance.people.gate import actor
from compliance.people.rules import can


def working(row: ActionView, case: cases.Case, forms: dict[str, Any]) -> dict[str, Any]:
    """Whose work it is and was, the checks and draws, the findings before and after, and the forms for all that."""
    who = actor()
    given = store_assignment.history(who, row.id)
    checks, draws = store_outcomes.checks_of(who, row.id), store_draws.of_action(who, row.id)
    owner = next((one for one in reversed(given) if one.ended_at is None), None)
    standing = store_leaves.standing_in(who, cases.today(who)) if owner else {}
    unfinished = row.state in rules.UNFINISHED
    offered = assigning.offered(who, row.enterprise_id) if unfinished and can(who, "action.assign") else []
    names = people.people_names(
        [
            *(one.person_id for one in given),
            *(one.given_by for one in given),
            *(one.checked_by for one in checks),
            *standing.values(),
        ]
    )
    assign_form = forms.get("assigning") or AssignForm(
        formdata=None, data={"person": str(who.person_id) if owner is None or owner.person_id != who.person_id else ""}
    )
    assign_form.person.choices = [SelectChoice(str(id), name) for id, name in offered]
    return {
        "owner": owner,
        "substitute": names.get(standing[owner.person_id]) if owner and owner.person_id in standing else None,
        "given": given,
        "checks": checks,
        "draws": [one for one in draws if one.drawn],
        "draw_waits": any(one.drawn and one.settled_on is None for one in draws),
        "crew": names,
        "may_assign": bool(offered),
        "may_answer_plan": rules.may(row.state, Move.accept_plan, who.roles) and store_checks.has_open_plan(row.id),
        "may_part": rules.may(row.state, Move.verify_part, who.roles),
        "worker_check_wanted": rules.asks_workers(row.area, case.policy),
        "chain": chain_of(who, row),
        "assigning": assign_form,
        "answering": forms.get("answering") or PlanAnswerForm(formdata=None),
        "parting": forms.get("parting") or PartForm(formdata=None),
        "opened": request.method == "POST",
    }
