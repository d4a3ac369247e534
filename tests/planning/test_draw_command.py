"""``compliance draw verify`` says equal, or what differs; the seed is printed only once it is revealed."""

from datetime import UTC, datetime

import pytest

from compliance.planning import commands, store, store_drawn, store_verify
from compliance.shared import clock
from compliance.shared.database import session
from tests.planning.test_store_draw import MORNING
from tests.planning.test_store_draw import drawn as draw_one


@pytest.fixture
def seeded(app, world):
    """The seed of a drawn period."""
    with clock.at(MORNING), app.app_context():
        row = draw_one(world)
        session().commit()
        return row.seed


def run(app, *arguments):
    return app.test_cli_runner().invoke(commands.draw, ["verify", *arguments])


def test_it_says_equal_without_the_seed_before_the_reveal(app, world, seeded):
    result = run(app, "Autumn")
    assert result.exit_code == 0, result.output
    assert "equal: 4 strata, 12 drawn" in result.output
    assert "not revealed" in result.output
    assert seeded not in result.output


def test_it_prints_the_seed_after_the_reveal(app, world, seeded):
    with clock.at(datetime(2027, 1, 4, 2, tzinfo=UTC)), app.app_context():
        store_verify.reveal(world.actor("leader"), store.every(world.system)[0].id)
        session().commit()
    assert seeded in run(app, "Autumn").output


def test_it_lists_the_differences_and_ends_with_1(app, world, seeded):
    from compliance.shared import audit

    with app.app_context():
        row = store.every(world.system)[0]
        one = store_drawn.rows(world.system, row)[0]
        one.inclusion_probability = 0.123
        audit.record(world.system, "draw.left", one)
        session().commit()
        changed = str(one.workplace_id)
    result = run(app, "Autumn")
    assert result.exit_code == 1
    assert f"is not what the draw gives. {changed}" in result.output


def test_an_unknown_or_undrawn_period_has_a_clear_word(app, world, seeded):
    assert run(app, "Spring").exit_code == 2
