"""The association's own words are run where they can do no harm, and are killed in time."""

import os

import pytest

from compliance.letters.sandbox import Failed, Sandbox

LOOPS = "".join("{% for a in range(99999) %}" for _ in "abc") + "{% endfor %}" * 3


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox()
    yield made
    made.close()


def failure(sandbox, *sources, seconds=20.0):
    with pytest.raises(Failed) as caught:
        sandbox.compose([(source, {"visited": "today", "findings": 3}) for source in sources], seconds)
    return caught.value


def test_places_and_conditions_are_filled(sandbox):
    source = "On {{ visited }}: {% if findings > 2 %}many{% else %}few{% endif %}"
    assert sandbox.compose([(source, {"visited": "<b>Monday</b>", "findings": 3})]) == ["On <b>Monday</b>: many"]


def test_loops_without_end_are_killed_and_the_next_text_is_composed(sandbox):
    caught = failure(sandbox, "fine", LOOPS, seconds=0.5)
    assert (caught.index, caught.why) == (1, "slow")
    assert sandbox.compose([("{{ visited }}", {"visited": "again"})]) == ["again"]


@pytest.mark.parametrize(
    ("source", "why", "line"),
    [
        ("one\n{{ range(10**9) }}", "error", 2),
        ("{{ 'x' * 10**9 }}", "memory", 0),
        ("{% for n in range(99999) %}words{% endfor %}", "long", 0),
        ("one\ntwo {{ visitd }}", "error", 2),
        ("one\n\n{% if %}", "error", 3),
        ("{{ visited.__class__.__mro__[1].__subclasses__() }}", "error", 1),
        ("{{ visited.__init__.__globals__ }}", "error", 1),
        ("{% include '/etc/passwd' %}", "error", 1),
        ("{{ self._TemplateReference__context }}", "error", 1),
    ],
)
def test_what_reaches_out_or_grows_is_refused_with_its_line(sandbox, source, why, line):
    caught = failure(sandbox, source)
    assert (caught.why, caught.line) == (why, line)


def test_a_failure_in_the_middle_leaves_no_answer_behind(sandbox):
    failure(sandbox, "{{ nothing }}", "second")
    assert sandbox.compose([("third", {})]) == ["third"]


def test_a_child_that_died_is_replaced(sandbox):
    assert sandbox.compose([("a", {})]) == ["a"]
    os.kill(sandbox.child.process.pid, 9)
    sandbox.child.process.wait()
    assert sandbox.compose([("b", {})]) == ["b"]


def test_the_child_sees_no_secret_of_the_environment(sandbox, monkeypatch):
    monkeypatch.setenv("COMPLIANCE_SECRET_KEY", "marked")
    fresh = Sandbox()
    try:
        fresh.compose([("a", {})])
        with open(f"/proc/{fresh.child.process.pid}/environ", "rb") as seen:
            assert b"marked" not in seen.read()
    finally:
        fresh.close()
