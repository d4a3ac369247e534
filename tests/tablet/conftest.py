"""One served application for the tests of a process, and tablets with profiles of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.tablet.device import LANDSCAPE, Tablet
from tests.tablet.prepared import Prepared
from tests.tablet.served import Served, serve


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of the browsers of this module."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def prepared(stage: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The served application, and a tablet that was set up once: both can be had as they were then."""
    one = serve(stage, tmp_path_factory.mktemp("served"))
    yield Prepared(one, tmp_path_factory.mktemp("prepared"))
    one.stop()


@pytest.fixture(scope="module")
def served(prepared: Prepared) -> Served:
    """The application on the world as it was filled, served for this module."""
    prepared.served.start()
    prepared.begin()
    return prepared.served


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
def made() -> Iterator[list[Tablet]]:
    """The tablets of this test, which are switched off in the end. Nothing may have gone wrong on any page."""
    tablets: list[Tablet] = []
    yield tablets
    for one in tablets:
        one.switch_off()
    assert [trouble for one in tablets for trouble in one.troubles] == []


@pytest.fixture
def tablet(playwright: Playwright, served: Served, made: list[Tablet], tmp_path: Path) -> Callable[..., Tablet]:
    """``tablet()`` gives a new tablet, ``tablet("second")`` another one."""

    def new(name: str = "first", **given: Any) -> Tablet:
        made.append(Tablet(playwright, served, tmp_path / name, **given))
        return made[-1]

    return new


@pytest.fixture
def in_use(
    prepared: Prepared, playwright: Playwright, _as_usual: None, made: list[Tablet], tmp_path: Path
) -> Callable[..., Tablet]:
    """``in_use()`` gives the inspector's tablet, set up long ago and unlocked now, with every visit on it.

    The server is as it was when that tablet had been set up: whatever other tests have sent, nobody has sent.
    """
    prepared.as_set_up(playwright)

    def unlocked(**given: Any) -> Tablet:
        made.append(prepared.copy(playwright, tmp_path / "in-use", **given))
        return made[-1]

    return unlocked


@pytest.fixture(scope="module")
def own(
    prepared: Prepared, playwright: Playwright, served: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tablet]:
    """One tablet for all tests of a module, lying on its side. Where it is used, ``in_use`` is not: it sets back."""
    prepared.as_set_up(playwright)
    one = prepared.copy(playwright, tmp_path_factory.mktemp("own") / "profile", size=LANDSCAPE)
    yield one
    one.switch_off()
    assert one.troubles == []
