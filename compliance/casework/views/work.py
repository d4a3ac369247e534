"""My work: what waits for an officer, and one step for several actions at once."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from compliance.casework import assigning, cases, interviewing, together, work, work_rules
from compliance.casework.forms_work import TogetherForm
from compliance.casework.together import Act, Came, Given
from compliance.casework.views.shown import page_number, told
from compliance.casework.work_rules import Kind, Task
from compliance.people import store as people
from compliance.people import store_leaves
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared.translation import gettext as _

bp = Blueprint("work", __name__, url_prefix="/work")


@bp.get("/")
@allow("visit.read")
def mine() -> ResponseReturnValue:
    """What waits for me, since when, what comes next and by when."""
    args = request.args
    wanted = work.Wanted(
        view=args.get("view", "mine"),
        kind=args.get("kind", ""),
        severity=args.get("severity", ""),
        text=args.get("q", "").strip()[:80],
        sort=args.get("sort", "urgency"),
        page=page_number(),
    )
    found = work.listed(actor(), wanted)
    form = TogetherForm(formdata=None)
    _offer(form)
    return render_template(
        "casework/work.html",
        work=found,
        wanted=wanted,
        words=work_rules,
        kinds=Kind,
        crew=people.people_names(task.owner for task in found.rows),
        address=_address,
        today=cases.today(actor()),
        form=form,
        may_ask_again=can(actor(), "interview.contact"),
        asked_again_due=len(interviewing.waiting(actor())) if can(actor(), "interview.contact") else 0,
        may_together=can(actor(), "action.assign") or can(actor(), "action.decide"),
        away=[row for row in store_leaves.listed(actor(), cases.today(actor())) if row.person_id == actor().person_id],
    )


@bp.post("/together")
@allow("visit.read")
def all_at_once() -> ResponseReturnValue:
    """First what would become of each; then, confirmed, the step itself, and how it went with each."""
    form = TogetherForm()
    _offer(form)
    chosen = _ids("chosen")
    if not chosen or not form.validate():
        flash(_("Tick at least one action, and choose what to do.") if not chosen else _not_valid(form), "error")
        return redirect(url_for("work.mine", **_back()))
    given = Given(
        Act(form.act.data),
        form.reason.data or "",
        UUID(form.person.data) if form.person.data else None,
        form.until.data,
        bool(form.worker_check.data),
        form.workers_asked.data or 0,
    )
    done = form.sure.data == "yes"
    came = together.do(actor(), chosen, given) if done else together.rehearse(actor(), chosen, given)
    return _outcome(form, given, came, done=done)


@bp.post("/together/undo")
@allow("action.assign")
def undo() -> ResponseReturnValue:
    """Give work back to those whose it was before."""
    count = together.undo(actor(), _ids("assignment"))
    flash(_("Undone: %(n)s.", n=count) if count else _("Nothing could be undone any more."), "success")
    return redirect(url_for("work.mine"))


def _outcome(form: TogetherForm, given: Given, came: list[Came], *, done: bool) -> str:
    rows = [one.action for one in came if one.action is not None]
    undoable = [one.made for one in came if done and given.act is Act.assign and one.problem is None]
    return render_template(
        "casework/together.html",
        form=form,
        given=given,
        words=together.ACTS,
        went=[one for one in came if one.problem is None],
        failed=[(one, told(one.problem)) for one in came if one.problem is not None],
        names=work.names_of(actor(), [row.enterprise_id for row in rows]),
        person=people.people_names([given.person_id]).get(given.person_id) if given.person_id else None,
        done=done,
        undoable=undoable,
    )


def _address(task: Task) -> str:
    """Where the work is done."""
    match task.kind:
        case Kind.arrange:
            if can(actor(), "visit.plan"):
                return url_for("on_site.arrange", workplace_id=task.workplace_id)
            return url_for("worklist.action", action_id=task.subject)
        case Kind.dispute:
            return url_for("disputes.finding", finding_id=task.subject)
        case Kind.review:
            return url_for("reviews.visit", visit_id=task.subject)
        case Kind.delivery:
            return url_for("letterbook.letter", letter_id=task.subject)
        case Kind.letter:
            return url_for("prepared.letter", prepared_id=task.subject)
        case Kind.ask_again:
            return url_for("interviews.again", visit_id=task.subject)
        case Kind.complaint_read | Kind.complaint_answer:
            return url_for("complaints.detail", complaint_id=task.subject)
        case _:
            return url_for("worklist.action", action_id=task.subject)


def _offer(form: TogetherForm) -> None:
    offered = assigning.offered(actor()) if can(actor(), "action.assign") else []
    form.person.choices = [SelectChoice("", "–"), *(SelectChoice(str(id), name) for id, name in offered)]


def _ids(name: str) -> list[UUID]:
    found = []
    for text in request.form.getlist(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _back() -> dict[str, Any]:
    return {name: request.form[name] for name in ("view", "kind") if request.form.get(name)}


def _not_valid(form: TogetherForm) -> str:
    return " ".join(str(error) for field in form for error in field.errors)
