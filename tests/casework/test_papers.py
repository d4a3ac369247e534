"""Papers beside the letters: what they say, what they never say, and who gets them."""

import io
import json
import subprocess
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import pikepdf
import pytest

from compliance.casework import corrections, press, release, sealing
from compliance.shared.database import session
from compliance.visits import signatures
from compliance.visits import store as visits
from compliance.visits.events import CLOSING, PRESENCE
from tests.casework import made
from tests.shared.conformance import faults

STROKES = json.dumps([{"points": [{"x": 4, "y": 6.5}, {"x": 40, "y": 30}, {"x": 90, "y": 8}]}, {"points": []}])


def words_of(data):
    """The text of a PDF, white space folded."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout
    return " ".join(text.decode().split())


def paper(client, path, **query):
    """A paper as somebody gets it; what PDF/A and PDF/UA ask of it is asked of every one."""
    answer = client.http.get(path, query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert faults(answer.data) == []
    return answer.data


@pytest.fixture
def signed(handed, tablet, app, world):
    """``signed(released=True, representative_signature="refused", ...)``: a visit signed on a tablet; its id."""

    def make(is_released=False, special=(), **closing):
        visit_id = handed(0, "inspector", "inspector2")
        with app.app_context():
            inspector = world.actor("inspector")
            visit = visits.get(inspector, visit_id)
            visits.enter_answers(inspector, visit, made.answered(visit, {one.item: one for one in special}))
            today = visits.today(inspector)
            session().commit()
        one = tablet()
        one.enter(visit_id, "@profile", "checked", True)
        one.enter(visit_id, PRESENCE, f"arrived:{uuid.uuid4()}", one.now())
        said = {
            "outcome": "completed",
            "visited_on": today.isoformat(),
            "representative_signature": "signed",
            "representative_name": "李师傅 Li",
            "representative_role": "厂长",
            "representative_strokes": STROKES,
            "inspector_signature": "signed",
            "inspector_name": "Inspector One",
            "inspector_strokes": STROKES,
        } | closing
        for name, value in said.items():
            if value is not None:
                one.enter(visit_id, CLOSING, name, value)
        answer = one.send(visit_id)
        assert answer.status_code == 200, answer.text
        if is_released:
            with app.app_context():
                sealing.seal(world.actor("inspector"), visit_id)
                made.safe(world)
                release.release(world.actor("reviewer"), visit_id)
                session().commit()
        return visit_id

    return make


def test_a_signature_is_drawn_again_as_it_was_drawn():
    picture = signatures.picture(STROKES)
    assert picture.startswith("data:image/svg+xml;base64,")
    for nothing in (None, "", "[]", '[{"points": []}]', '[{"points": [{"x": 1e300, "y": 1}]}]', "{broken", "7"):
        assert signatures.picture(nothing) == ""


def test_the_record_says_when_where_who_and_how_it_was_signed_and_nothing_of_what_was_seen(app, signed, sign_in):
    found = [made.short("WAG01", note="SECRET NOTE", workers=3), made.short("SAF01", facts=frozenset({"exit-locked"}))]
    visit_id = signed(special=found)
    data = paper(sign_in("inspector"), f"/visits/{visit_id}/record.pdf", language="both")
    said = words_of(data)
    for part in ("走访记录", "Record of the visit", "Example Garments No. 1", "Inspector One", "Inspector2 One",
                 "李师傅 Li · 厂长", "Time of arrival", "Time of the signature"):  # fmt: skip
        assert part in said, part
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    assert f"{now.year}年{now.month}月{now.day}日" in said
    for part in ("SECRET", "WAG", "SAF", "exit", "wage", "工资", "安全", "refused"):
        assert part not in said, part
    with pikepdf.Pdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.Root.MarkInfo.Marked


def test_the_record_says_that_somebody_refused_to_sign_and_what_was_said(signed, sign_in):
    visit_id = signed(
        representative_signature="refused",
        remark="老板不在，我不能签 🙂",
        witness="Inspector Two",
    )
    said = words_of(paper(sign_in("inspector2"), f"/visits/{visit_id}/record.pdf", language="zh"))
    assert "拒绝签字" in said
    assert "老板不在" in said
    assert "[U+1F642]" in said
    assert "Inspector Two" in said
    english = words_of(paper(sign_in("inspector2"), f"/visits/{visit_id}/record.pdf", language="en"))
    assert "refused to sign" in english
    assert "拒绝" not in english


def test_the_enterprise_gets_the_record_with_the_release_and_not_before(app, world, signed, sign_in):
    visit_id = signed()
    own = f"/own/visits/{visit_id}/record.pdf"
    unknown = f"/own/visits/{uuid.uuid4()}/record.pdf"
    with app.app_context():
        sealing.seal(world.actor("inspector"), visit_id)
        session().commit()
    assert sign_in("manager").http.get(own).status_code == 404
    assert sign_in("manager").get(own, 404).text.replace(str(visit_id), "") == sign_in("manager").get(
        unknown, 404
    ).text.replace(unknown.split("/")[3], "")
    with app.app_context():
        made.safe(world)
        release.release(world.actor("reviewer"), visit_id)
        session().commit()
    assert "走访记录" in words_of(paper(sign_in("manager"), own))
    shown = sign_in("manager").http.get(f"/own/visits/{visit_id}")
    assert own in shown.text
    assert sign_in("manager2").http.get(own).status_code == 404
    assert sign_in("manager").http.get(f"/visits/{visit_id}/record.pdf").status_code == 403


def test_there_is_no_record_of_a_visit_that_is_only_planned(app, world, sign_in):
    with app.app_context():
        coordinator = world.actor("coordinator")
        visit = visits.plan(
            coordinator,
            world.workplaces[0],
            planned_for=visits.today(coordinator),
            route="targeted",
            inspector_ids=[world.people["inspector"]],
        )
        session().commit()
        visit_id = visit.id
    assert sign_in("coordinator").http.get(f"/visits/{visit_id}/record.pdf").status_code == 409
    assert sign_in("inspector").http.get(f"/visits/{visit_id}/record.pdf").status_code == 404


def test_a_paper_names_the_characters_that_cannot_be_printed():
    assert press.printable("a\tb\nc é 中 \U0001f600") == "a b\nc é 中 [U+1F600]"


FOUND = [
    made.short("WAG01", note="Four payslips without hours.", workers=3),
    made.short("SAF01", facts=frozenset({"exit-locked"}), workers=12),
    made.short("PUN05", facts=frozenset({"worker-struck"}), note="SECRET NOTE"),
]


def with_a_secret(world, **more):
    """A released visit with a fact that stays sealed; its id."""
    visit_id = made.sealed(world, FOUND, **more)
    corrections.decide_sealed_fact(world.actor("leader"), visit_id, "PUN05", "worker-struck", False, "Not yet.")
    made.safe(world)
    release.release(world.actor("reviewer"), visit_id)
    session().commit()
    return visit_id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_scorecard_on_paper_is_what_the_enterprise_sees_for_whoever_prints_it(build, sign_in, language):
    visit_id = build(with_a_secret)
    own = paper(sign_in("manager", language), f"/own/visits/{visit_id}/scorecard.pdf")
    ours = paper(sign_in("reviewer", language), f"/visits/{visit_id}/scorecard.pdf")
    assert words_of(own) == words_of(ours)
    said = words_of(own)
    assert "Example Garments No. 1" in said
    wanted = ("As found", "As it stands today", "The reason for every point", "What is recommended")
    for part in wanted if language == "en" else ("走访时", "建议措施", "逐项得分理由"):
        assert part in said, part
    assert "Four payslips without hours." in said
    for part in ("SECRET NOTE", "Inspector One", "Withheld", "暂不", "worker-struck"):
        assert part not in said, part
    with pikepdf.Pdf.open(io.BytesIO(own)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == ("en" if language == "en" else "zh-Hans")
        with pdf.open_outline() as outline:
            assert len(outline.root[0].children) == 3


def test_the_paper_scorecard_is_there_with_the_release_and_for_its_own_people(build, sign_in):
    visit_id = build(made.sealed, FOUND)
    for who, path in (("manager", "/own"), ("reviewer", "")):
        assert sign_in(who).http.get(f"{path}/visits/{visit_id}/scorecard.pdf").status_code == 404
    other = build(with_a_secret, place=1)
    assert sign_in("manager").http.get(f"/own/visits/{other}/scorecard.pdf").status_code == 404
    assert sign_in("manager2").http.get(f"/own/visits/{other}/scorecard.pdf").status_code == 200
    assert sign_in("stranger").http.get(f"/visits/{other}/scorecard.pdf").status_code == 404


def test_a_scorecard_with_nothing_found_is_a_paper_too(build, sign_in):
    visit_id = build(made.released)
    assert "Nothing was found that has to be corrected." in words_of(
        paper(sign_in("manager"), f"/own/visits/{visit_id}/scorecard.pdf")
    )
