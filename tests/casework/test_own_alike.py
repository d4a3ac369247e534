"""What an enterprise sees is the same for all who speak for it, and however the association checks."""

import io
import re

import pytest

from compliance.casework import cases
from compliance.corrective_actions import store as actions
from compliance.people import store as people
from compliance.people.rules import Role
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import Route
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", workers=3)]


@pytest.fixture
def asked(app, world):
    with app.app_context():
        visit_id = made.released(world, TWO)
        return {one.item: one.id for one in actions.of_visit(world.actor("manager"), visit_id)}


def as_sent(client, path):
    """Every byte, but for the token of the session."""
    return re.sub(rb'value="[\w.-]{60,}"', b"", client.http.get(path).data)


def test_under_review_reads_alike_at_the_desk_and_on_site(app, world, sign_in, asked):
    manager = sign_in("manager")
    with app.app_context():
        actions.send_evidence(world.actor("manager"), asked["WAG01"], "Done.")
        session().commit()
    paths = (f"/own/actions/{asked['WAG01']}", "/own/", f"/own/{world.enterprises[0]}/actions?view=review")
    before = [as_sent(manager, path) for path in paths]
    with app.app_context():
        coordinator = world.actor("coordinator")
        visit = visits.plan(
            coordinator, world.workplaces[0], planned_for=cases.today(coordinator), route=Route.follow_up,
            inspector_ids=[world.people["inspector2"]],
        )  # fmt: skip
        visits.hand_out(coordinator, visit)
        session().commit()
    sign_in("reviewer").get(f"/actions/{asked['WAG01']}")
    assert [as_sent(manager, path) for path in paths] == before


def test_all_who_speak_for_an_enterprise_see_the_same_and_each_step_says_who(app, world, sign_in, asked):
    with app.app_context():
        second = people.create_person(
            world.system, "Manager Three", "manager3", "plum-Ferry-71-oak", {Role.manager},
            enterprise_ids=world.enterprises[:1],
        )  # fmt: skip
        world.people["manager3"], world.uniquifiers["manager3"] = second.id, second.fs_uniquifier
        session().commit()
    sign_in("manager3").post(f"/own/actions/{asked['WAG01']}/plan", {"plan": "We pay on Friday."})
    first = sign_in("manager").get(f"/own/actions/{asked['WAG01']}")
    other = sign_in("manager3").get(f"/own/actions/{asked['WAG01']}")
    assert "The enterprise wrote its plan Manager Three" in first.text

    def plain(text):
        return text.replace("Manager One", "").replace("Manager Three", "")

    assert plain(first.text) == plain(other.text)


def test_300_megabytes_are_refused_before_they_are_read(app, world, sign_in, asked):
    class Endless(io.RawIOBase):
        read_bytes = at = 0

        def seek(self, offset, whence=0):
            self.at = 300 * 2**20 if whence == 2 else offset
            return self.at

        def tell(self):
            return self.at

        def readable(self):
            return True

        def readinto(self, buffer):
            Endless.read_bytes += len(buffer)
            buffer[:] = b"0" * len(buffer)
            return len(buffer)

    http = sign_in("manager").http
    answer = http.post(
        f"/own/actions/{asked['WAG01']}/evidence",
        input_stream=Endless(),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "64 megabytes" in answer.text
    assert Endless.read_bytes < 2**20


def test_the_association_links_a_branch_on_its_page(world, sign_in):
    coordinator = sign_in("coordinator")
    where = f"/register/{world.enterprises[0]}/headquarters"
    assert "belongs to no headquarters" in coordinator.get(where).text
    assert "Example Footwear" in coordinator.get(where, q="Footwear").text
    coordinator.post(where, {"headquarters": "nonsense"}, 422)
    coordinator.post(where, {"headquarters": str(world.enterprises[0])}, 422)
    saved = coordinator.post(where, {"headquarters": str(world.enterprises[1]), "may_answer": "y"})
    assert "answers for it" in saved.text
    assert "Example Garments" in coordinator.get(f"/register/{world.enterprises[1]}/headquarters").text
    coordinator.post(f"{where}/end")
    assert "belongs to no headquarters" in coordinator.get(where).text
    sign_in("inspector").get(where, 403)
