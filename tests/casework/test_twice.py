"""What is sent twice counts once, and what is sent late says so: no error page of the server, no second row."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.casework import cases
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings.rules import Position
from compliance.shared.database import session
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", made.Verdict.partial)]
STRUCK = made.short("PUN05", facts=frozenset({"worker-struck"}))
# What is counted: everything that a person's word adds a row to.
TABLES = (
    "visit", "answer_event", "scorecard", "finding", "dispute", "reply_evidence", "corrective_action", "action_event",
    "action_evidence", "letter", "clearance", "waiver", "job",
)  # fmt: skip


def rows(app):
    with app.app_context():
        return {
            name: session().execute(sa.select(sa.func.count()).select_from(SQLModel.metadata.tables[name])).scalar_one()
            for name in TABLES
        }


def sent_twice(app, client, page, action, **values):
    """Send one form of a page twice, as it stood; the second time adds nothing and is no server error."""
    client.submit(page, action, **values)
    once = rows(app)
    data = {k: v for k, v in {**page.form(action), **values}.items() if v is not None}
    target = next(f.get("action") for f in page.document.iter("form") if action in (f.get("action") or ""))
    again = client.http.post(target, data=data)
    assert again.status_code < 500
    assert rows(app) == once, f"{action}: {again.status_code}"
    return again


def test_a_seal(app, sign_in, build):
    visit_id = build(made.handed_out, TWO)
    inspector = sign_in("inspector")
    sent_twice(app, inspector, inspector.get(f"/visits/{visit_id}/seal"), "/seal")


def test_everything_on_the_review_page(app, sign_in, build):
    visit_id = build(made.sealed, [*TWO, STRUCK])
    reviewer, path = sign_in("reviewer"), f"/reviews/{visit_id}"
    sent_twice(app, reviewer, reviewer.get(path), "/facts", decision="keep", reason="One witness.")
    sent_twice(app, reviewer, reviewer.get(path), "/facts", decision="clear", reason="Now several.")
    item = reviewer.get(f"{path}/items/WAG01")
    sent_twice(app, reviewer, item, "/items/", note="Other words.", reason="Clearer.")
    sent_twice(app, reviewer, reviewer.get(path), "/letter/language", language="both")
    assert sent_twice(app, reviewer, reviewer.get(path), "/release", confirm="y").status_code == 302


def test_a_return(app, sign_in, build):
    visit_id = build(made.sealed, TWO)
    reviewer = sign_in("reviewer")
    sent_twice(app, reviewer, reviewer.get(f"/reviews/{visit_id}"), "/return", reason="Count again.")


def test_a_waiver_and_its_end(app, world, sign_in, build):
    visit_id = build(made.sealed, TWO)
    build(made.alone)
    client, path = sign_in("inspector"), f"/reviews/{visit_id}"
    sent_twice(app, client, client.get(path), "/waiver", reason="Nobody else.")
    sent_twice(app, client, client.get(path), "/waiver/end")


def test_everything_that_an_enterprise_sends(app, world, sign_in, build):
    visit_id = build(made.released, TWO)
    with app.app_context():
        told = {one.item: one.id for one in findings.public_of_visit(world.actor("manager"), visit_id)}
        asked = {one.item: one for one in actions.of_visit(world.actor("manager"), visit_id)}
    client = sign_in("manager")
    finding, action = f"/own/findings/{told['WAG01']}", f"/own/actions/{asked['SAF04'].id}"
    sent_twice(app, client, client.get(finding), "/reply", position="agree", text="So it is.")
    sent_twice(app, client, client.get(finding), "/reply", position="dispute", text="It is not so.")
    sent_twice(app, client, client.get(action), "/plan", plan="A new plan.")
    until = (asked["SAF04"].due_on + timedelta(days=9)).isoformat()
    sent_twice(app, client, client.get(action), "/more-time", until=until, reason="Parts are late.")
    sent_twice(app, client, client.get(action), "/evidence", do="send", note="Done.")


def test_everything_that_the_staff_does_with_an_action(app, world, sign_in, build):
    visit_id = build(made.released, TWO)
    with app.app_context():
        asked = {one.item: one for one in actions.of_visit(world.actor("manager"), visit_id)}
        actions.send_evidence(world.actor("manager"), asked["WAG01"].id, "Done.")
        session().commit()
    reviewer, path = sign_in("reviewer"), f"/actions/{asked['WAG01'].id}"
    sent_twice(app, reviewer, reviewer.get(path), "/accountable", accountable="The agency")
    sent_twice(app, reviewer, reviewer.get(path), "/return", reason="A page is missing.")
    until = (asked["WAG01"].due_on + timedelta(days=9)).isoformat()
    page = reviewer.get(path)
    if any("/extend" in (form.get("action") or "") for form in page.document.iter("form")):
        sent_twice(app, reviewer, page, "/extend", until=until, reason="Holidays.")
    seen = {"how": "on_site", "note": "Seen.", "worker_check": "y", "workers_asked": "3"}
    sent_twice(app, reviewer, reviewer.get(path), "/verify", **seen)
    other = f"/actions/{asked['SAF04'].id}"
    sent_twice(app, reviewer, reviewer.get(other), "/withdraw", reason="By mistake.")


def test_a_decision_and_an_appeal(app, world, sign_in, build):
    visit_id = build(made.released, TWO)
    with app.app_context():
        manager = world.actor("manager")
        told = {one.item: one.id for one in findings.public_of_visit(manager, visit_id)}
        cases.answer_finding(manager, told["WAG01"], Position.dispute, "It was elsewhere.")
        session().commit()
    reviewer, manager, leader = sign_in("reviewer"), sign_in("manager"), sign_in("leader")
    path = f"/disputes/{told['WAG01']}"
    sent_twice(app, reviewer, reviewer.get(path), "/disputes/", decision="not_upheld", reason="Not shown.")
    sent_twice(app, manager, manager.get(f"/own/findings/{told['WAG01']}"), "/appeal", text="Look again.")
    sent_twice(app, leader, leader.get(path), "/disputes/", decision="upheld", reason="They are there.", confirm="y")
