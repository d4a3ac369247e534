"""What an enterprise says beside its plan and its evidence: messages, declarations, a reason for taking no action."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, outside
from compliance.casework.forms_exchange import CommentForm, DeclarationForm, NoActionForm, ObjectionForm
from compliance.casework.views import own_files, own_findings
from compliance.casework.views.own import around
from compliance.casework.views.own import bp as own
from compliance.casework.views.own_actions import attempt, shown
from compliance.casework.views.shown import blame, download, told
from compliance.corrective_actions import store_comments, store_declarations, store_entered, store_refusals
from compliance.corrective_actions.store_entered import EntryView
from compliance.people.gate import actor, allow
from compliance.people.rules import sees_outside
from compliance.shared import files
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_


@own.post("/actions/<uuid:action_id>/comment")
@allow("action.answer")
def comment(action_id: UUID) -> ResponseReturnValue:
    """Write to the association about an action."""
    row, form = outside.one_action(actor(), action_id), CommentForm()
    if not form.validate():
        return shown(row, 422, commenting=form)
    thread = store_comments.thread(actor(), action_id)
    if thread and thread[-1].by_enterprise and thread[-1].text == form.comment.data.strip():
        flash(_("This message is sent already."), "info")  # sent twice
        return redirect(url_for("own.action", action_id=action_id, _anchor="h-thread"))

    def act() -> None:
        store_comments.say(actor(), action_id, form.comment.data)

    return attempt(action_id, act, _("Sent. The association reads it with this action."), "comment", commenting=form)


@own.post("/actions/<uuid:action_id>/no-action")
@allow("action.answer")
def no_action(action_id: UUID) -> ResponseReturnValue:
    """Say why no action is taken."""
    row, form = outside.one_action(actor(), action_id), NoActionForm()
    if not form.validate():
        return shown(row, 422, refusing=form)

    def act() -> None:
        store_refusals.refuse(actor(), action_id, form.why.data)

    done = _("Your reason is recorded. The association accepts it or returns it; until then the due date stands.")
    return attempt(action_id, act, done, "why", refusing=form)


@own.post("/actions/<uuid:action_id>/declaration")
@allow("action.answer")
def declare(action_id: UUID) -> ResponseReturnValue:
    """Add a declaration to the evidence."""
    row, form = outside.one_action(actor(), action_id), DeclarationForm()
    if not form.validate():
        return shown(row, 422, declaring=form)
    given = (form.declaration.data.strip(), form.declared_name.data.strip(), form.declared_on.data)
    if any(given == (one.text, one.name, one.declared_on) for one in store_declarations.of_action(actor(), action_id)):
        flash(_("This declaration is there already."), "info")  # sent twice
        return redirect(url_for("own.action", action_id=action_id))

    def act() -> None:
        try:
            store_declarations.declare(
                actor(),
                action_id,
                text=form.declaration.data,
                name=form.declared_name.data,
                post=form.declared_post.data,
                declared_on=form.declared_on.data,
                today=cases.today(actor()),
            )
        except Problem as problem:
            problem.facts["field"] = {"text": "declaration", "name": "declared_name", "post": "declared_post"}.get(
                str(problem.facts.get("field")), str(problem.facts.get("field", "declaration"))
            )
            raise

    done = _("The declaration stands with the evidence. Send it for review when everything is there.")
    return attempt(action_id, act, done, "declaration", declaring=form)


@own.get("/declarations/<uuid:declaration_id>")
@allow("action.read")
def declaration(declaration_id: UUID) -> ResponseReturnValue:
    """A declaration as a page that can be printed and signed by hand."""
    row = store_declarations.get(actor(), declaration_id)
    action = outside.one_action(actor(), row.action_id)
    frame = around(action.enterprise_id)
    return render_template("casework/own/declaration.html", declaration=row, action=action, **frame)


@own.get("/entered/<uuid:entry_id>/scan")
@allow("action.read")
def entered_scan(entry_id: UUID) -> Response:
    """The scan of a paper that the association entered for the enterprise."""
    entry = _entry(entry_id)
    if entry.scan_digest is None:
        raise NotFound("file-missing", N_("This file is no longer in the store."))
    found = download(files.get(entry.scan_digest), entry.scan_type, entry.scan_name)
    return own_files.for_this_reader(found)


@own.post("/entered/<uuid:entry_id>/object")
@allow("action.answer")
def object_to(entry_id: UUID) -> ResponseReturnValue:
    """Say that the enterprise did not say what was entered for it."""
    entry, form = _entry(entry_id), ObjectionForm()
    try:
        if form.validate():
            store_entered.object_to(actor(), entry_id, form.objection.data)
            flash(_("Your objection is recorded, and the association sees it."), "success")
            return redirect(_back(entry))
        status = 422
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        session().rollback()
        status = problem.status
        if status == 422:
            blame(form, problem, "objection")
        else:
            flash(told(problem), "error")
    if entry.action_id is None:
        return own_findings.shown(entry.finding_id, status, objecting=form, objecting_to=entry_id)
    return shown(outside.one_action(actor(), entry.action_id), status, objecting=form, objecting_to=entry_id)


def _entry(entry_id: UUID) -> EntryView:
    entry = store_entered.get(actor(), entry_id)
    if not sees_outside(actor(), entry.enterprise_id):
        raise NotFound("action-unknown", N_("There is no such corrective action."))
    return entry


def _back(entry: EntryView) -> str:
    if entry.action_id is None:
        return url_for("own.finding", finding_id=entry.finding_id)
    return url_for("own.action", action_id=entry.action_id)
