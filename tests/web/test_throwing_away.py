"""The demo is thrown away and filled anew in the same process."""

from pathlib import Path

from compliance.demo import filling
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings


def test_a_job_can_be_asked_for_after_the_demo_was_thrown_away(tmp_path: Path) -> None:
    app = create_app(Settings(instance=tmp_path), TESTING=True)
    upgrade.upgrade(app)
    waiting = app.extensions["jobs"].storage.enqueued_items
    filling.throw_away(app)
    upgrade.upgrade(app)
    app.extensions["jobs-wake"]("of the new demo")
    assert len(waiting()) == 1
    filling.throw_away(app)
    assert waiting() == [], "the next demo begins with nothing to do"
