"""`compliance checklists`: check, publish, copy."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from compliance.checklists import store
from compliance.checklists.commands import group
from tests.checklists import small
from tests.world import World


def run(*arguments: str, app: Flask | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(group, arguments) if app is None else app.test_cli_runner().invoke(group, arguments)
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in small.files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_check_ends_with_the_count() -> None:
    assert run("check") == (0, "65 items in 5 checklists\n")


def test_check_of_a_broken_folder_says_everything_and_fails(folder: Path) -> None:
    broken = small.area_file("wages", small.item("WAG01", severity="majr", law="[LL-84]"))
    (folder / "wages.yaml").write_text(broken, encoding="utf-8")
    code, output = run("check", str(folder))
    assert code == 1
    assert "C111 wages.yaml:11: WAG01: “majr” is not a possible value" in output
    assert "Did you mean “major”?" in output
    assert "C301" in output
    assert "2 problems" in output


def test_check_of_a_folder_that_does_not_exist_or_holds_nothing(tmp_path: Path) -> None:
    assert run("check", str(tmp_path / "nowhere"))[0] == 2
    code, output = run("check", str(tmp_path))
    assert code == 1
    assert "C009" in output


def test_copied_files_are_the_shipped_ones_and_nothing_is_overwritten(tmp_path: Path) -> None:
    assert run("copy", str(tmp_path / "own"))[0] == 0
    assert run("check", str(tmp_path / "own"))[1] == "65 items in 5 checklists\n"
    assert run("copy", str(tmp_path / "own"))[0] == 1


def test_publish_asks_which_association_and_says_when_nothing_changed(app: Flask, world: World, folder: Path) -> None:
    code, output = run("publish", str(folder), app=app)
    assert code == 1
    assert "Which association?" in output
    name = "Example City Employers' Association"
    assert "Published as version 2" in run("publish", str(folder), "--association", name, app=app)[1]
    assert run("publish", str(folder), "--association", name, app=app) == (
        0,
        "5 items in 5 checklists\nThis content is published already: it is version 2. Nothing was changed.\n",
    )
    assert "Published as version 3" in run("publish", "--association", "示例市民营企业协会", "--again", app=app)[1]
    with app.app_context():
        assert store.current(world.association_id).number == 3
