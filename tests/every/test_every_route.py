"""Every route, as every role: the answer is the one that the page of permits predicts."""

import re
import uuid

import pytest

from compliance.people import gate
from compliance.people.rules import PERMITS, Role, can
from tests.world import PEOPLE

OPEN = {
    "static",
    "language.choose",
    "security.login",
    "security.logout",
}


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def unknown(converter):
    """A well-formed value that names nothing."""
    match type(converter).__name__:
        case "UUIDConverter":
            return str(uuid.uuid4())
        case "IntegerConverter":
            return "999999"
        case "AnyConverter":
            return re.sub(r"[^a-z_-].*", "", converter.regex.removeprefix("(?:"))
        case _:
            return "nothing"


def address(app, rule):
    """The rule with an unknown, well-formed value in each place."""
    return re.sub(
        r"<[^>]+>", lambda found: unknown(rule._converters[found.group(0).strip("<>").split(":")[-1]]), rule.rule
    )


def test_every_route_carries_a_mark_and_every_mark_is_a_permit(app):
    with app.app_context():
        for rule, _method in routes(app):
            verb = gate.verb_of(rule.endpoint)
            assert verb is not None, f"{rule.endpoint} has no mark: it would be refused to everybody"
            assert verb in (gate.PUBLIC, gate.PROGRAM) or verb in PERMITS, (
                f"{rule.endpoint} asks for {verb}, which no role has"
            )


def test_every_permit_is_asked_for_and_granted_to_somebody(app):
    with app.app_context():
        asked = {gate.verb_of(rule.endpoint) for rule, _ in routes(app)}
    for verb, roles in PERMITS.items():
        assert roles, f"{verb} is granted to nobody"
        assert verb in asked or verb in ASKED_IN_STORES, f"{verb} is asked for nowhere"


# Permits that a page's buttons and stores ask for beside the permit of the page itself.
ASKED_IN_STORES = {"leave.manage"}


def test_nobody_reaches_a_closed_route_without_signing_in(app, client):
    for rule, method in routes(app):
        with app.app_context():
            if gate.verb_of(rule.endpoint) == gate.PUBLIC:
                continue
        answer = client.http.open(address(app, rule), method=method, headers={"Accept": "text/html"})
        assert answer.status_code in (302, 400, 401), f"{method} {rule.rule} answers {answer.status_code} to nobody"
        if answer.status_code == 302:
            assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_every_role_gets_what_the_permits_predict(app, world, sign_in, who):
    client = sign_in(who)
    with app.app_context():
        actor = world.actor(who)
        verbs = {rule.endpoint: gate.verb_of(rule.endpoint) for rule, _ in routes(app)}
    token = client.token()
    for rule, method in routes(app):
        verb = verbs[rule.endpoint]
        if rule.endpoint in OPEN or verb == gate.PUBLIC:
            continue
        data = {"csrf_token": token} if method == "POST" else None
        headers = {"X-CSRFToken": token} if method == "PUT" else None
        answer = client.http.open(address(app, rule), method=method, data=data, headers=headers)
        where = f"{method} {rule.rule} as {who}"
        if verb == gate.PROGRAM:
            assert answer.status_code == 401, f"{where}: to have signed in opens no door for programs"
        elif not can(actor, verb):
            assert answer.status_code == 403, f"{where} answers {answer.status_code} instead of 403"
        else:
            assert answer.status_code not in (401, 403, 500), f"{where} answers {answer.status_code}"
            names_a_row = any(
                type(c).__name__ in ("UUIDConverter", "IntegerConverter") for c in rule._converters.values()
            )
            if names_a_row and method == "GET":
                assert answer.status_code == 404, f"{where}: an unknown id answers {answer.status_code} instead of 404"


def test_somebody_of_another_association_sees_none_of_our_rows(app, world, sign_in):
    ours = {"enterprise_id": world.enterprises[0], "workplace_id": world.workplaces[0]}
    client = sign_in("stranger")
    for rule, method in routes(app):
        if method == "GET" and rule.arguments and rule.arguments <= set(ours):
            answer = client.http.get(rule.rule and _filled(rule, ours))
            with app.app_context():
                closed = 401 if gate.verb_of(rule.endpoint) == gate.PROGRAM else 404
            assert answer.status_code == closed, f"{rule.rule} shows another association's row"


def _filled(rule, values):
    return re.sub(r"<[^>]+>", lambda found: str(values[found.group(0).strip("<>").split(":")[-1]]), rule.rule)


def test_roles_are_all_in_the_world():
    assert {role for roles in PEOPLE.values() for role in roles} == set(Role)
