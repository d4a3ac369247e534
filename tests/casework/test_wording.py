"""What a reviewer is warned of: words that may tell how, when, or of how few workers a thing was known."""

import pytest

from compliance.casework import cases, release, rules, sealing
from compliance.letters import store as letters
from compliance.letters.rules import Passages
from compliance.shared.words import Text
from tests.casework import made


@pytest.mark.parametrize(
    ("text", "few"),
    [
        ("3 workers were paid late.", True),
        ("Three women of the night shift", True),
        ("one of the workers", True),
        ("2 migrant workers", True),
        ("有3名员工未签合同", True),
        ("两位女工", True),
        ("三人未参保", True),
        ("其中1人", True),
        ("12 workers were paid late.", False),
        ("13名员工", False),
        ("二十三人", False),
        ("十二名工人", False),
        ("3 contracts were missing", False),
        ("一人一档", False),
        ("4 exits, 60 workers", False),
        ("", False),
    ],
)
def test_a_count_of_fewer_than_five_workers_in_words_is_noticed(text, few):
    assert rules.tells_few(text) is few


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("At 14:05 the door was locked", True),
        ("下午3点左右", True),
        ("15时20分", True),
        ("每天加班3小时", False),
        ("10 hours a day", False),
        ("ratio 1:1", False),
    ],
)
def test_a_time_of_day_in_words_is_noticed(text, when):
    assert rules.tells_when(text) is when


def codes(reviewer, visit_id):

    state = release.readiness(reviewer, release.drafted(reviewer, cases.load(reviewer, visit_id)))
    return {block.code: block for block in state.blocks}


def test_the_reviewer_is_told_where_and_may_release_all_the_same(db_session, world):
    visit_id = made.sealed(
        world,
        [
            made.short("WAG01", note="3 workers had no contract.", workers=6),
            made.short("SAF04", note="Seen.", action="Ask the two workers who complained."),
            made.short("SAN01", note="At 14:05 there was no water."),
        ],
    )
    reviewer = world.actor("reviewer")
    found = codes(reviewer, visit_id)
    assert found["few"].facts["items"] == "WAG01, SAF04"
    assert found["wording"].facts["items"] == "SAF04"
    assert found["time"].facts["items"] == "SAN01"
    assert not any(found[code].blocks for code in ("few", "wording", "time"))
    letter = sealing.draft_of(reviewer, visit_id)
    said = Passages(Text("Two workers told us a lot.", ""), Text("", ""), Text("", ""))
    letters.edit(reviewer, letter, said, revision=letter.revision)
    assert "passages" in codes(reviewer, visit_id)
    assert release.release(reviewer, visit_id).number


def test_plain_words_warn_of_nothing(db_session, world):
    visit_id = made.sealed(world, [made.short("WAG01", note="Contracts were missing.", workers=6)])
    found = codes(world.actor("reviewer"), visit_id)
    assert not {"few", "wording", "time", "passages"} & set(found)
