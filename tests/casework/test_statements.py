"""A page asks the database the same number of questions, however many rows it shows."""

import pytest
import sqlalchemy as sa

from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.shared.database import db
from tests.casework import made

FEW = [made.short("WAG01", workers=6)]
MANY = [made.short(item) for item in ("WAG01", "WAG02", "SAF04", "SAN01", "SAN02", "PUN01", "PUN07", "PUN10")]


@pytest.fixture
def asked(app):
    """Count the statements of one page."""
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)

    def count(client, path):
        client.get(path)  # what is read once for all is read now
        said.clear()
        client.get(path)
        return len(said)

    yield count
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("manager", "/own/visits/{visit}"),
        ("manager", "/own/findings/{finding}"),
        ("manager", "/own/actions/{action}"),
        ("manager", "/own/{enterprise}/findings"),
        ("manager", "/own/{enterprise}/actions"),
        ("manager", "/own/"),
        ("reviewer", "/reviews/{visit}"),
        ("reviewer", "/visits/{visit}/scorecard"),
        ("reviewer", "/actions/{action}"),
        ("reviewer", "/actions/?view=all"),
        ("reviewer", "/letters/"),
    ],
)
def test_more_findings_ask_no_more_questions(app, world, sign_in, stage, kind, asked, who, path):
    counted = []
    for special in (FEW, MANY):
        app, world = stage.set_up(kind)
        with app.app_context():
            visit_id = made.released(world, special)
            manager = world.actor("manager")
            values = {
                "visit": visit_id,
                "enterprise": world.enterprises[0],
                "finding": findings.public_of_visit(manager, visit_id)[0].id,
                "action": actions.of_visit(manager, visit_id)[0].id,
            }
        counted.append(asked(sign_in(who), path.format(**values)))
    assert counted[0] == counted[1]
    assert counted[0] < 40
