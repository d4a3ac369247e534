"""One served application for the tests of a module, and tablets with profiles of their own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.tablet.device import Tablet
from tests.tablet.served import Served, serve


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of the browsers of this module."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def served(stage: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application on the world, served for this module."""
    one = serve(stage, tmp_path_factory.mktemp("served"))
    yield one
    one.stop()


@pytest.fixture(autouse=True)
def _as_usual(served: Served) -> Iterator[None]:
    """Each test finds the server up and nothing lost."""
    served.start()
    served.faults.clear()
    served.seen.clear()
    yield
    served.faults.clear()
    served.start()


@pytest.fixture
def tablet(playwright: Playwright, served: Served, tmp_path: Any) -> Iterator[Callable[..., Tablet]]:
    """``tablet()`` gives a new tablet, ``tablet("second")`` another one; they are switched off in the end.

    Nothing on any page may have gone wrong, unless the test has emptied ``troubles`` itself.
    """
    made: list[Tablet] = []

    def new(name: str = "first", **given: Any) -> Tablet:
        made.append(Tablet(playwright, served, tmp_path / name, **given))
        return made[-1]

    yield new
    for one in made:
        one.switch_off()
    assert [trouble for one in made for trouble in one.troubles] == []
