"""Several connections of tablets at the same moment: nothing twice, nothing lost, no answer that is a fault."""

import threading
import uuid
from collections import Counter

import pytest

from compliance.shared import audit
from compliance.visits import sync
from tests.tablets import Tablet, picture

pytestmark = pytest.mark.usefixtures("on_both_databases")
AT_ONCE = 4


def at_once(works):
    """Run all of them at the same moment; what they return, in their order."""
    start, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        start.wait(10)
        found[place] = work()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.fixture
def lines(sign_in):
    """``lines(device)``: connections of the same tablet of the inspector, each with its token."""

    def made(device):
        several = [Tablet(sign_in("inspector").http, device=device) for _ in range(AT_ONCE)]
        for one in several:
            one.headers()
        return several

    return made


def test_a_tablet_that_calls_for_the_first_time_twice_at_once_is_registered_once(lines, acting):
    device = str(uuid.uuid4())
    answers = at_once([one.contact for one in lines(device)])
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert len({answer.json["recovery"] for answer in answers}) == 1
    verbs = acting(lambda: [line.verb for line in audit.about(uuid.UUID(device))])
    assert verbs.count("tablet.registered") == 1


def test_the_same_batch_on_several_connections_is_kept_once(tablet, lines, handed, on_server, acting):
    visit, one = handed(), tablet()
    for number in range(30):
        one.enter(visit, "SAF04", "note", f"Number {number}")
    batch = one.made[str(visit)]
    answers = at_once([lambda line=line: line.send(visit, batch) for line in lines(one.device)])
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    said = Counter(kind for answer in answers for kind, part in answer.json.items() for _ in part)
    assert said == {"kept": 30, "known": 30 * (AT_ONCE - 1)}
    assert [str(event.id) for event in on_server(visit)] == [entry["id"] for entry in batch]
    assert one.receipt(visit).json["digest"] == one.digest(visit)
    assert acting(audit.first_broken_line) is None


def test_the_last_part_of_a_photo_on_several_connections_is_one_photo(tablet, lines, handed, acting):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", picture(3))
    answers = at_once([lambda line=line: line.part(photo) for line in lines(one.device)])
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE, [answer.json for answer in answers]
    assert all(answer.json["complete"] for answer in answers)
    one.send(visit)
    told = one.receipt(visit).json
    assert told["complete"] and told["photos"] == [{"id": photo.id, "sha256": photo.sha256}]
    verbs = acting(lambda: [line.verb for line in audit.about(uuid.UUID(photo.id))])
    assert verbs.count("photo.received") == 1


def test_the_first_part_of_a_photo_on_several_connections_goes_on_from_one_place(tablet, lines, handed):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", picture(4))
    answers = at_once([lambda line=line: line.part(photo, 0, 100) for line in lines(one.device)])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (AT_ONCE - 1)
    assert {answer.json["received"] for answer in answers} == {100}
    assert one.deliver(photo, 100).json["complete"]


def test_a_visit_that_is_full_says_so_and_keeps_what_it_has(tablet, handed, on_server, monkeypatch):
    monkeypatch.setattr(sync, "MANY", 5)
    monkeypatch.setattr(sync, "MOST_OF_A_VISIT", 8)
    visit, one = handed(), tablet()
    for number in range(12):
        one.enter(visit, "SAF04", "note", f"Number {number}")
    made = one.made[str(visit)]
    assert len(one.send(visit, made[:8]).json["kept"]) == 8
    full = one.send(visit, made[8:])
    assert full.status_code == 413 and full.json["code"] == "visit-full" and full.json["limit"] == 8
    assert len(one.send(visit, made[:3]).json["known"]) == 3
    assert len(on_server(visit)) == 8
