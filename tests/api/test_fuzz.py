"""Requests made from the description, fit and unfit: every answer is one that the description has, and none a fault."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from compliance.api import rules
from compliance.api.door import OPERATIONS, PREFIX
from tests.casework import made
from tests.soak import SOAK, examples

MODES = {"as_described": GenerationMode.POSITIVE, "otherwise": GenerationMode.NEGATIVE}


@pytest.fixture
def described(app, world, monkeypatch):
    """The description as schemathesis reads it, of a door behind which there is something."""
    monkeypatch.setattr(rules, "A_MINUTE", 10**9)
    with app.app_context():
        made.released(world, [made.short("WAG01", workers=6)])
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    schema.raw_schema.pop("security")  # every request has its token: what happens without is in test_door
    return schema


@pytest.mark.parametrize("mode", MODES)
def test_every_answer_is_as_described(described, program, mode):
    words = program().words
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=examples(4), derandomize=not SOAK, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=MODES[mode]))
        def ask(case):
            answer = case.call(headers={"Authorization": f"Bearer {words}"})
            # What fits the description can be refused by the rules behind it: one day without the other.
            beyond = answer.status_code == 422 and answer.json()["code"] != "input-invalid"
            case.validate_response(answer, excluded_checks=[positive_data_acceptance] if beyond else [])

        ask()
    assert len(OPERATIONS) == 17
