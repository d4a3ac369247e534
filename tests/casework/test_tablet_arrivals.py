"""The office sees what of a visit has come from which tablet, and whether its clock can be believed."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.casework import sealing
from compliance.visits import store as visits
from compliance.visits import store_arrivals
from tests.casework import made
from tests.casework.test_statements import asked
from tests.tablets import picture

pytestmark = pytest.mark.usefixtures("on_both_databases")
__all__ = ["asked"]

NOTHING = "Nothing of this visit came from a tablet that works offline"


@pytest.fixture
def arrived(acting, world):
    """``arrived(visit)``: what has come, by the label of the tablet."""
    return lambda visit: {
        one.label: one for one in acting(lambda: store_arrivals.arrivals(visits.get(world.system, visit)))
    }


def test_what_came_from_each_tablet_is_told_to_those_who_wait(tablet, handed, arrived, world):
    visit = handed(0, "inspector", "inspector2")
    one, two = tablet("inspector"), tablet("inspector2")
    first = one.enter(visit, "SAF04", "note", "One.")
    one.enter(visit, "SAF04", "good", "Two.")
    photo = one.take(visit, "SAF04", picture(1))
    one.send(visit, [first, one.made[str(visit)][2]])
    told = one.receipt(visit).json
    two.enter(visit, "WAG01", "note", "Theirs.")
    two.send(visit)
    found = arrived(visit)
    mine, theirs = found["Tablet of inspector"], found["Tablet of inspector2"]
    assert (mine.entries, mine.last_seq, mine.missing, mine.complete) == (2, 3, (2,), False)
    assert (mine.photos_listed, mine.photos_in, mine.photos_verified, mine.photos_waiting) == (1, 0, 0, 1)
    assert (mine.digest, mine.person_id) == (told["digest"], world.people["inspector"])
    assert mine.told_at is not None and mine.contact_at is not None and not mine.doubtful
    assert (theirs.entries, theirs.missing, theirs.complete, theirs.told_at) == (1, (), False, None)
    one.deliver(photo)
    one.send(visit)
    one.receipt(visit)
    two.receipt(visit)
    found = arrived(visit)
    mine = found["Tablet of inspector"]
    assert (mine.entries, mine.missing, mine.photos_in, mine.photos_verified) == (3, (), 1, 1)
    assert mine.complete and found["Tablet of inspector2"].complete


def test_a_struck_photo_and_an_entry_that_was_given_up_are_not_waited_for(tablet, handed, arrived):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF04", picture(1))
    one.enter(visit, "SAF04", f"struck:{photo.id}", "Taken twice.")
    bad = one.enter(visit, "SAF04", "colour", "blue")
    one.send(visit)
    one.receipt(visit, discarded=[{"seq": bad["seq"], "id": bad["id"], "reason": "No such field."}])
    (found,) = arrived(visit).values()
    assert (found.photos_listed, found.missing, found.given_up, found.complete) == (0, (), 1, True)


def test_what_came_too_late_is_counted_once_and_named(acting, world, tablet, arrived):
    visit = acting(lambda: made.handed_out(world))
    one = tablet()
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    one.enter(visit, "SAF04", "note", "Too late.")
    one.send(visit)
    one.receipt(visit)
    (found,) = arrived(visit).values()
    assert (found.entries, found.aside, found.complete) == (1, 1, True)


@pytest.mark.parametrize(
    ("ahead", "then", "doubtful"),
    [
        (timedelta(), timedelta(), False),
        (timedelta(seconds=200), timedelta(seconds=200), False),
        (timedelta(minutes=20), timedelta(minutes=20), True),
        (timedelta(days=-400), timedelta(), True),
        (timedelta(seconds=-200), timedelta(seconds=200), True),
    ],
    ids=["right", "a little off", "wrong", "set right on the way", "set a little on the way"],
)
def test_a_clock_that_was_wrong_or_set_on_the_way_is_marked(tablet, handed, arrived, sign_in, ahead, then, doubtful):
    visit, one = handed(), tablet(ahead=ahead)
    one.enter(visit, "SAF04", "note", "Written.")
    one.send(visit)
    one.ahead = then
    one.enter(visit, "SAF04", "good", "Written later.")
    one.send(visit, at=one.now())
    one.contact()
    (found,) = arrived(visit).values()
    assert found.doubtful is doubtful
    assert ("its clock is doubtful" in sign_in("coordinator").get(f"/visits/{visit}").text) is doubtful


def test_an_entry_that_is_younger_than_its_arrival_makes_the_clock_doubtful(tablet, handed, arrived):
    visit, one = handed(), tablet()
    one.enter(visit, "SAF04", "note", "From tomorrow.", at=(datetime.now(UTC) + timedelta(days=9)).isoformat())
    one.send(visit)
    (found,) = arrived(visit).values()
    assert found.ahead == 1 and found.doubtful and abs(found.drift_seconds) < 60


def test_the_visit_s_page_names_tablets_people_photos_receipt_and_clock(tablet, handed, sign_in):
    visit = handed()
    assert NOTHING in sign_in("coordinator").get(f"/visits/{visit}").text
    one = tablet(ahead=timedelta(hours=3))
    one.take(visit, "SAF04", picture(1))
    one.enter(visit, "SAF04", "note", "One.")
    one.send(visit, one.made[str(visit)][:1])
    digest = one.receipt(visit).json["digest"]
    shown = sign_in("coordinator").get(f"/visits/{visit}").text
    for words in ("Tablet of inspector", "Inspector One", "1 of 2 entries", "Missing: 2", "0 of 1 photos", digest,
                  "Listed 1, here 0, verified 0", "something is missing", "3 hours fast", one.device):  # fmt: skip
        assert words in shown, words
    chinese = sign_in("coordinator", "zh_Hans_CN").get(f"/visits/{visit}").text
    assert "快3小时" in chinese and "时钟存疑" in chinese


def test_the_review_shows_a_line_for_each_tablet_and_the_enterprise_none(acting, world, tablet, sign_in):
    visit = acting(lambda: made.handed_out(world))
    one = tablet()
    one.enter(visit, "SAF04", "note", "One.")
    one.send(visit)
    digest = one.receipt(visit).json["digest"]
    plain = acting(lambda: made.handed_out(world, place=1))
    for id in (visit, plain):
        acting(lambda id=id: sealing.seal(world.actor("inspector"), id))
    shown = sign_in("reviewer").get(f"/reviews/{visit}").text
    assert all(words in shown for words in ("Tablet of inspector", "1 of 1 entries", "all here", digest))
    assert NOTHING in sign_in("reviewer").get(f"/reviews/{plain}").text
    for path in (f"/visits/{visit}", f"/reviews/{visit}"):
        assert sign_in("manager").http.get(path).status_code in (403, 404)


@pytest.mark.parametrize(("who", "path"), [("coordinator", "/visits/{}"), ("reviewer", "/reviews/{}")])
def test_more_tablets_and_entries_ask_no_more_questions(acting, world, tablet, sign_in, asked, who, path):
    visits_, counted = [], []
    for place, crew in enumerate([("inspector",), ("inspector", "inspector2")]):
        visit = acting(lambda place=place: made.handed_out(world, place=place, inspectors=("inspector", "inspector2")))
        for name in crew:
            for number in range(1 if len(crew) == 1 else 4):
                one = tablet(name)
                one.enter(visit, "SAF04", "good", "The same word.")
                one.deliver(one.take(visit, "SAF04", picture(number)))
                one.send(visit)
                one.receipt(visit)
        visits_.append(visit)
        acting(lambda visit=visit: sealing.seal(world.actor("inspector"), visit))
    for visit in visits_:
        counted.append(asked(sign_in(who), path.format(visit)))
    assert counted[0] == counted[1]
