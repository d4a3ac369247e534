"""Fixtures of the letters' tests."""

from collections.abc import Mapping
from typing import Any

import pytest

from compliance.letters import press


@pytest.fixture(scope="session")
def words() -> Mapping[str, Any]:
    """The fixed words as shipped."""
    return press.words()
