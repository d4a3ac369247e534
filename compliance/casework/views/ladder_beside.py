"""What the staff's page of a corrective action shows of the ladder, of its danger, and of what was agreed."""

from typing import Any

from wtforms import SelectChoice

from compliance.casework import cases, ladder
from compliance.casework.forms_ladder import (
    CallForm,
    ConfirmForm,
    ContainForm,
    EndPlanForm,
    PaidForm,
    RepaymentForm,
    TalkForm,
)
from compliance.checklists import names as checklist_words
from compliance.corrective_actions import agreed, store_agreed
from compliance.corrective_actions import ladder as climbing
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.ladder import Became, Held
from compliance.corrective_actions.rules import UNFINISHED
from compliance.corrective_actions.seen import ActionView
from compliance.people import store as people
from compliance.people.gate import actor
from compliance.people.rules import can
from compliance.shared.words import N_

BECAME: dict[Became, tuple[str, str]] = {
    Became.prepared: (N_("waits for approval"), "amber"),
    Became.issued: (N_("sent"), "green"),
    Became.done: (N_("done"), "green"),
    Became.declined: (N_("declined"), "grey"),
    Became.passed_over: (N_("passed over"), "grey"),
    Became.dropped: (N_("not needed that day"), "grey"),
}
HELD: dict[Held, str] = {
    Held.delivery: N_("once the delivery of the letter is proven"),
    Held.answer: N_("once the association has answered"),
}


def on_ladder(row: ActionView, case: cases.Case, forms: dict[str, Any]) -> dict[str, Any]:
    """The steps so far and the next one, containment, the repayment plan, talks, and the forms for all that."""
    who, today = actor(), cases.today(actor())
    steps = ladder.climbed(who, row.id)
    done = ((one.step, one.round) for one in steps if one.became is not Became.dropped)
    rungs = ladder.rungs_of(case.checklist.ladder, row)
    talks, plan = store_agreed.talks(who, row.id), store_agreed.plans(who, [row.id]).get(row.id)
    unfinished = row.state in UNFINISHED
    second = agreed.may_decide(who.person_id, case.involved, case.policy.severities[ladder.kind_of(row)])
    may_agree = unfinished and second and can(who, "action.agree") and row.due_on is not None
    talking = forms.get("talking") or TalkForm(formdata=None, data={"held_on": today})
    talking.actions.choices = [
        SelectChoice(str(one.id), one.item)
        for one in actions.of_visit(who, row.visit_id)
        if one.id != row.id and one.state in UNFINISHED
    ]
    return {
        "ladder_steps": steps,
        "ladder_next": climbing.next_step(rungs, ladder.standing(row, done), today),
        "ladder_people": people.people_names(
            [*(one.noted_by for one in steps), *(one.noted_by for one in talks), plan.made_by if plan else None]
        ),
        "ladder_words": {
            "steps": checklist_words.STEPS,
            "became": BECAME,
            "held": HELD,
            "contained": agreed.CONTAINED,
            "outcomes": agreed.OUTCOMES,
        },
        "talks": talks,
        "repayment": plan,
        "missed": agreed.missed(plan.instalments, today) if plan else (),
        "may_contain": unfinished and row.contain_by is not None and can(who, "action.verify"),
        "may_agree": may_agree,
        "may_repay": may_agree and row.area == agreed.WAGES and "repayment" in rungs.down and not row.zero_tolerance,
        "may_note_paid": unfinished and plan is not None and can(who, "action.verify"),
        "containing": forms.get("containing") or ContainForm(formdata=None, data={"contained_on": today}),
        "calling": forms.get("calling") or CallForm(formdata=None),
        "talking": talking,
        "repaying": forms.get("repaying") or RepaymentForm(formdata=None),
        "confirming": forms.get("confirming") or ConfirmForm(formdata=None, data={"confirmed_on": today}),
        "paying": forms.get("paying") or PaidForm(formdata=None, data={"paid_on": today}),
        "ending_plan": forms.get("ending_plan") or EndPlanForm(formdata=None),
    }
