"""Modules: a docstring each, no code in ``__init__``, no test that is never collected, no word that does not belong."""

import ast
import re
import subprocess

import pytest

from compliance.shared.places import PACKAGE

ROOT = PACKAGE.parent
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "versions" not in p.parts)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_what_it_is(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "no docstring"
    if path.name == "__init__.py":
        assert len(tree.body) == 1, "an __init__ holds a docstring and nothing else"


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_function_that_asserts_is_collected(path):
    tree = ast.parse(path.read_text())
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    for node in tree.body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("test_")
            and any(isinstance(n, ast.Assert) for n in ast.walk(node))
        ):
            fixture = any("fixture" in ast.unparse(d) for d in node.decorator_list)
            assert fixture or node.name in called or node.name.startswith("_"), f"{node.name} asserts but is never run"


def test_no_catch_all_rooms():
    assert not [name(p) for p in MODULES if p.stem in ("utils", "helpers", "service", "services", "misc", "common")]


def test_another_package_s_tables_are_private():
    for path in MODULES:
        package = path.relative_to(PACKAGE).parts[0]
        for found in re.findall(r"^from compliance\.(\w+)\.(?:models|views)\b", path.read_text(), re.MULTILINE):
            allowed = found in (package, "associations") or package in ("web",)
            assert allowed, f"{name(path)} imports {found}'s tables or pages"


def test_the_import_contracts_hold():
    answer = subprocess.run(
        [str(ROOT / ".venv/bin/lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stdout[-3000:]


def test_locks_hold_no_addresses():
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in lock.read_text()
        assert "--hash=sha256:" in lock.read_text()
