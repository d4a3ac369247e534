"""The letter of introduction: who has it, what it says, and its check by whoever stands at the gate."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from compliance.casework import introductions
from compliance.shared import clock
from compliance.shared.problems import Conflict, NotFound
from compliance.visits import store as visits
from tests.manners import Client
from tests.world import World


def code_for(app: Flask, world: World, visit_id: UUID) -> str:
    with app.test_request_context():
        return introductions.letter(world.actor("inspector"), visits.get(world.system, visit_id)).code


@pytest.fixture
def visit_id(handed: Callable[..., UUID]) -> UUID:
    return handed(0, "inspector")


def test_the_letter_names_the_visitors_the_enterprise_and_how_to_check_it(
    app: Flask, world: World, visit_id: UUID, sign_in: Callable[..., Client]
) -> None:
    for language, words in (("en", "Letter of introduction"), ("zh", "介绍信")):
        page = sign_in("inspector", language).get(f"/visits/{visit_id}/introduction?language={language}")
        assert words in page.text
        assert code_for(app, world, visit_id) in page.text


def test_whoever_holds_the_code_learns_that_it_is_genuine(
    app: Flask, world: World, visit_id: UUID, client: Client
) -> None:
    code = code_for(app, world, visit_id)
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        assert "The letter is genuine" in client.get(f"/check/{typed}").text


def test_a_code_that_was_never_given_is_refused_with_what_to_do(world: World, client: Client) -> None:
    answer = client.get("/check/0000-0000-0000", status=404)
    assert "phone the association" in answer.text


def test_a_letter_holds_for_a_week_whatever_becomes_of_the_visit(app: Flask, world: World, visit_id: UUID) -> None:
    code = code_for(app, world, visit_id)
    with app.test_request_context():
        now = clock.now()
        for days, holds in ((0, True), (6, True), (8, False)):
            with clock.at(now + timedelta(days=days)):
                if holds:
                    assert introductions.checked(code).code == code
                else:
                    with pytest.raises(NotFound):
                        introductions.checked(code)


def test_a_visit_that_was_called_off_has_no_letter(app: Flask, world: World, visit_id: UUID) -> None:
    code = code_for(app, world, visit_id)
    with app.test_request_context():
        visits.cancel(world.actor("coordinator"), visits.get(world.system, visit_id), "The bus broke down")
        with pytest.raises(NotFound):
            introductions.checked(code)
        with pytest.raises(Conflict):
            introductions.letter(world.actor("coordinator"), visits.get(world.system, visit_id))


def test_nobody_from_outside_the_visit_sees_its_letter(
    app: Flask, world: World, visit_id: UUID, sign_in: Callable[..., Client]
) -> None:
    for who, status in (("manager", 403), ("inspector2", 404), ("leader", 404)):
        sign_in(who).get(f"/visits/{visit_id}/introduction", status=status)
