"""The weights of the risk score: sound files are read, broken ones are told with line, fault and remedy."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from compliance.checklists import commands, store_risk
from compliance.checklists.risk import RiskPolicy, Source
from compliance.shared import places
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from tests.checklists.small import outcome
from tests.world import World

RISK = """risk:
  - from: 2026-01-01
    source: {en: By judgement, zh: 凭经验}
    shortfall: [weak, urgent]
    months: 24
    shrink: 10
    lines:
      - points_for: days_since_visit
        title: {en: Time, zh: 时间}
        why: {en: Unknown, zh: 不清楚}
        missing: 9
        steps:
          - {at_least: 100, points: 3}
          - {at_least: 200, points: 5}
      - points_for: last_band
        title: {en: Result, zh: 结果}
        why: {en: It stays, zh: 延续}
        bands: {good: 0, weak: 6, none: 2}
  - from: 2026-07-01
    source: {en: After half a year, zh: 半年后}
    shortfall: [urgent]
    months: 12
    shrink: 0
    lines:
      - points_for: workers
        title: {en: Workers, zh: 人数}
        why: {en: More are hurt, zh: 影响更多人}
        steps: [{at_least: 10, points: 1}]
"""
FAULTS = {
    "C101": ("missing: 9", "mising: 9", 11),
    "C102": ("    months: 24\n", "", 2),
    "C104": ("{en: Unknown, zh: 不清楚}", "{en: Unknown}", 10),
    "C107": ("shrink: 10", "shrink: many", 6),
    "C108": ("points: 3", "points: 300", 13),
    "C110": ("from: 2026-01-01", "from: 2026-02-30", 2),
    "C111": ("points_for: workers", "points_for: workres", 25),
    "C205": ("points_for: last_band", "points_for: days_since_visit", 15),
    "C310": ("[weak, urgent]", "[week, urgent]", 4),
    "C321": ("from: 2026-07-01", "from: 2025-07-01", 1),
    "C322": ("at_least: 200", "at_least: 100", 12),
}


def read(files: dict[str, str]) -> RiskPolicy:
    found = outcome({**files, "risk.yaml": RISK})
    assert found.complaints == () and found.risk is not None
    return found.risk


def test_the_weights_of_a_day_are_the_last_that_began(files: dict[str, str]) -> None:
    policy = read(files)
    early, late = policy.weights
    assert policy.in_force(date(2026, 6, 30)) is early
    assert policy.in_force(date(2026, 7, 1)) is late
    assert policy.in_force(date(2020, 1, 1)) is early


def test_the_highest_step_that_is_reached_gives_the_points(files: dict[str, str]) -> None:
    days, band = read(files).weights[0].lines
    assert [days.of_number(number) for number in (None, 99, 100, 199, 200, 5000)] == [9, 0, 3, 3, 5, 5]
    assert [band.of_band(word) for word in (None, "good", "weak", "urgent", "none")] == [0, 0, 6, 0, 2]


def test_weights_change_no_checklist(files: dict[str, str]) -> None:
    without, with_them = outcome(files).checklist, outcome({**files, "risk.yaml": RISK}).checklist
    assert without is not None and without == with_them


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_told_with_its_line(files: dict[str, str], code: str) -> None:
    right, wrong, line = FAULTS[code]
    assert RISK.count(right) >= 1
    complaints = outcome({**files, "risk.yaml": RISK.replace(right, wrong, 1)}).complaints
    found = {one.code: one for one in complaints}
    assert code in found, complaints
    assert (found[code].place.file, found[code].place.line) == ("risk.yaml", line)
    assert found[code].remedy


def test_the_shipped_weights_know_every_source_once_and_say_why() -> None:
    for weights in store_risk.shipped().weights:
        assert [line.source for line in weights.lines] == list(dict.fromkeys(line.source for line in weights.lines))
        whys = [line.why for line in weights.lines] + [one.why for one in weights.left_out]
        assert all(why.en and why.zh for why in whys)
    earlier, newest = store_risk.shipped().weights
    assert {line.source for line in newest.lines} == set(Source)
    assert newest.lines[:-1] == earlier.lines and newest.lines[-1].source is Source.complaints


def test_who_works_somewhere_never_weighs_as_much_as_what_was_found() -> None:
    """Whoever is protected is no suspect: these points stay below those of a single open critical finding."""
    for weights in store_risk.shipped().weights:
        lines = {line.source: line for line in weights.lines}
        about_people = lines[Source.under_18].highest + lines[Source.migrants].highest
        assert about_people < min(step.points for step in lines[Source.open_critical].steps)
        assert "women" not in [line.source.value for line in weights.lines]


def test_an_association_publishes_weights_of_its_own(db_session: Flask, world: World, files: dict[str, str]) -> None:
    own, noise = world.association_id, world.noise_association_id
    assert noise is not None
    assert store_risk.policy(own) is store_risk.shipped()
    weights = read(files)
    first = store_risk.publish(world.system, weights)
    assert (first.number, store_risk.policy(own)) == (1, weights)
    assert store_risk.policy(noise) is store_risk.shipped()
    with pytest.raises(Conflict):
        store_risk.publish(world.system, weights)
    assert store_risk.publish(world.system, store_risk.shipped()).number == 2
    assert store_risk.policy(own) == store_risk.shipped()
    with pytest.raises(sa.exc.DBAPIError):
        session().execute(sa.text("DELETE FROM risk_weights"))


def test_the_command_publishes_weights_with_the_checklists(app: Flask, world: World, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(places.checklists_dir(), folder)
    (folder / "risk.yaml").write_text(RISK, encoding="utf-8")
    command = ["publish", str(folder), "--association", "Example City Employers' Association"]
    run = app.test_cli_runner().invoke(commands.group, command)
    assert run.exit_code == 0 and "Weights of the risk score published as version 1" in run.output
    with app.app_context():
        assert store_risk.policy(world.association_id).weights[0].months == 24
    again = app.test_cli_runner().invoke(commands.group, command)
    assert again.exit_code == 0 and "Weights" not in again.output
