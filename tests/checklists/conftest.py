"""Fixtures: a small sound checklist to bend, and the shipped one."""

import pytest

from compliance.checklists import parse
from compliance.checklists.rules import Checklist
from tests.checklists import small


@pytest.fixture
def files() -> dict[str, str]:
    """The files of a sound small checklist, that a test may change."""
    return small.files()


@pytest.fixture(scope="session")
def shipped() -> Checklist:
    """The shipped checklist."""
    folder = small.ROOT / "checklists"
    return parse.parse({path.name: path.read_bytes() for path in folder.glob("*.yaml")})
