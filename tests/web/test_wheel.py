"""The built wheel is the whole product: templates, checklists, words, fonts, migrations and static files are in it."""

import os
import subprocess
import sys
import zipfile

import pytest

from compliance.shared.places import PACKAGE
from tests.web.test_serving import free_port, wait_for

ROOT = PACKAGE.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), "."],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-2000:]
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel's files in a folder of their own, ahead of the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def compliance(installed, *arguments, **environment):
    return {
        "args": [sys.executable, "-m", "compliance", *arguments],
        "cwd": installed.parent,
        "env": {**os.environ, "PYTHONPATH": str(installed), **environment},
        "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True,
    }  # fmt: skip


def test_it_holds_all_data_files(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "compliance/shipped/templates/base.html",
        "compliance/shipped/templates/letters/letter.html",
        "compliance/shipped/checklists/wages.yaml",
        "compliance/static/css/app.css",
        "compliance/migrations/script.py.mako",
        "compliance/translations/zh_Hans_CN/LC_MESSAGES/messages.mo",
        "compliance/demo/seen.yaml",
        "compliance/shared/fonts/fonts.conf",
    ):
        assert wanted in names, wanted
    assert not [name for name in names if name.startswith(("tests/", "instance/"))]


def test_its_own_checklists_are_checked(installed):
    answer = subprocess.run(**compliance(installed, "checklists", "check"), timeout=60)
    assert answer.stdout.strip().endswith("65 items in 5 checklists"), answer.stdout


def test_it_serves(installed, stage, tmp_path):
    stage.set_up("sqlite")
    stage.copy_to(tmp_path)
    port = free_port()
    (tmp_path / "config.toml").write_text(
        f'mode = "production"\nsecret_key = "{"s" * 40}"\npublic_url = "http://127.0.0.1:{port}"\n'
    )
    server = subprocess.Popen(**compliance(installed, "run", "--port", str(port), COMPLIANCE_INSTANCE=str(tmp_path)))
    try:
        page, _seconds = wait_for(port, server)
        assert "<h1" in page
    finally:
        server.terminate()
        server.communicate(timeout=20)
