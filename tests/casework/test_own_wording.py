"""The pages of the association's own wording: edited, tried, published, inserted; old letters stay as they are."""

import io
import re
import subprocess
import time

import pikepdf
import pytest

from compliance.casework import cases, letter_facts, own_wording
from compliance.letters import press, rules, sample, store_wording, wording
from compliance.letters import store as letters
from compliance.letters.sandbox import trials
from compliance.shared.database import session
from tests.casework import made

SHORT = [made.short("WAG01", workers=6)]
LOOPS = "".join("{% for a in range(99999) %}" for _ in "abc") + "{% endfor %}" * 3
CLOSING = "/wording/passages/closing.text"


@pytest.fixture
def reviewer(sign_in):
    return sign_in("reviewer")


def raw(client, method, path, **data):
    """An answer whose page may show the braces that were typed."""
    answer = client.http.open(path, method=method, data={"csrf_token": client.token(), **data})
    return answer.status_code, answer.get_data(as_text=True)


def saved(client, path, revision=0, **data):
    return raw(client, "POST", path, revision=revision, **data)


def published(client, app, world, note="New words."):
    with app.app_context():
        revision = store_wording.draft(world.actor("reviewer")).revision
    return raw(client, "POST", "/wording/publish", revision=revision, note=note)


def text_of(data):
    made = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, stdout=subprocess.PIPE, check=True)
    return "".join(made.stdout.decode().split())


def test_a_passage_is_edited_published_and_said_in_the_next_letter(app, world, reviewer):
    with app.app_context():
        before = made.released(world, SHORT, place=1)
    assert "The product" in reviewer.get("/wording/").text
    status, _page = saved(reviewer, CLOSING, zh="请于走访（{visited}）后来电。", en="Call us about {visited}.")
    assert status == 302
    page = reviewer.get("/wording/").text
    assert "not in force" in page
    assert published(reviewer, app, world)[0] == 302
    assert "Version 1" in reviewer.get("/wording/").text
    with app.app_context():
        after = made.released(world, SHORT, place=0)
        (old,), (new,) = (letters.of_visit(world.system, visit) for visit in (before, after))
        assert (old.wording, new.wording) == (None, 1)
        said = [text for paragraph in new.words["closing"] for _lang, text in paragraph["said"]]
        assert any(text.startswith("请于走访（20") and text.endswith("）后来电。") for text in said)
        assert "盼复" in str(old.words["closing"])


def test_what_is_not_known_is_named_with_what_was_meant(reviewer):
    status, page = saved(reviewer, CLOSING, zh="好\n{vistied}", en="{{ visited|uper }} and { alone")
    assert status == 422
    for words in ("Line 2: “vistied” is not known. Did you mean “visited”?", "Did you mean “upper”?", "stands alone"):
        assert words in page
    assert "{vistied}" in page


def test_a_date_that_is_set_at_the_release_cannot_stand_in_what_is_proposed_before(reviewer):
    status, page = saved(reviewer, CLOSING, zh="请于{reply_by}前回复。", en="x")
    assert status == 422
    assert "{reply_by} is set when the letter is sent" in page


def test_both_languages_are_filled_or_knowingly_left_out(reviewer):
    status, page = saved(reviewer, CLOSING, zh="盼复。", en="")
    assert status == 422
    assert "Write it in English too" in page
    assert saved(reviewer, CLOSING, zh="盼复。", en="", one="y")[0] == 302
    assert saved(reviewer, CLOSING, revision=2, zh="", en="", one="y")[0] == 422


@pytest.mark.parametrize(
    ("zh", "words"),
    [
        ("责令贵单位改正。", "a word of the authorities"),
        ("{% if true %}责{% endif %}令", "a word of the authorities"),
        ("好\U0001f600", "U+1F600"),
        ("{{ 'x' * 10**9 }}", "too much memory"),
        ("x" * 10_001, "10000"),
        ("{% if %}", "Line 1 cannot be read"),
        ("{% include 'letter.html' %}", "is not possible here"),
        ("{{ visited.__class__ }}", "unsafe"),
    ],
)
def test_what_cannot_be_printed_is_refused(reviewer, zh, words):
    status, page = saved(reviewer, CLOSING, zh=zh, en="Fine.")
    assert status == 422
    assert words in page


def test_a_loop_without_end_is_stopped_and_nobody_waits_for_it(app, world, reviewer, sign_in):
    begun = time.monotonic()
    status, page = saved(reviewer, CLOSING, zh=LOOPS, en="Fine.")
    assert status == 422
    assert "longer than two seconds" in page
    assert time.monotonic() - begun < 20
    assert saved(reviewer, CLOSING, zh="好。", en="Fine.")[0] == 302


def test_a_passage_that_has_to_name_something_names_it(reviewer):
    status, page = saved(reviewer, "/wording/passages/plan.text", zh="请填表。", en="Please send it by {plan_by}.")
    assert status == 422
    assert "{plan_by}" in page
    assert saved(reviewer, "/wording/passages/plan.text", zh="请于{plan_by}前填表。", en="By {plan_by}.")[0] == 302


@pytest.mark.parametrize("path", ["basis.nature", "workers.text", "reply.text", "titles.L2", "nothing"])
def test_what_carries_the_law_of_a_letter_is_not_for_own_words(reviewer, path):
    assert raw(reviewer, "POST", f"/wording/passages/{path}", revision=0, zh="x", en="x")[0] == 404


def test_html_is_printed_as_it_was_typed(app, world, reviewer):
    assert saved(reviewer, CLOSING, zh="<b>盼复</b><script>x</script>", en="<i>Bye</i>")[0] == 302
    assert "<script>x" not in reviewer.get("/wording/").response.get_data(as_text=True)
    assert published(reviewer, app, world)[0] == 302
    with app.app_context():
        (letter,) = letters.of_visit(world.system, made.sealed(world, SHORT))
        assert "<b>盼复</b>" in text_of(letters.preview(letter))


def test_a_preview_shows_the_unsaved_words_and_stores_nothing(app, world, reviewer):
    with app.app_context():
        (letter,) = letters.of_visit(world.system, made.sealed(world, SHORT))
        letter_id, name = letter.id, letters.facts(letter).enterprise.name
    typed = {"revision": "0", "zh": "未保存的结尾{enterprise}。", "en": "Unsaved.", "csrf_token": reviewer.token()}
    for on in ("sample:L2", f"letter:{letter_id}"):
        answer = reviewer.http.post(f"{CLOSING}/preview", data={**typed, "on": on, "language": "zh_Hans_CN"})
        assert answer.mimetype == "application/pdf"
        with pikepdf.Pdf.open(io.BytesIO(answer.data)) as opened:
            assert len(opened.pages) > 1
        text = text_of(answer.data)
        assert "未保存的结尾" in text
        assert "草稿" in text
    assert name[:4] in text
    with app.app_context():
        assert store_wording.draft(world.actor("reviewer")) is None
    assert reviewer.http.post(f"{CLOSING}/preview", data={**typed, "zh": LOOPS, "on": "sample:L2"}).status_code == 422


def test_who_may_not_read_visits_tries_samples_only(app, world, sign_in):
    with app.app_context():
        (letter,) = letters.of_visit(world.system, made.sealed(world, SHORT))
        letter_id = letter.id
    administrator = sign_in("administrator")
    assert str(letter_id) not in administrator.get(CLOSING).response.get_data(as_text=True)
    typed = {"zh": "好。", "en": "Fine.", "on": f"letter:{letter_id}", "csrf_token": administrator.token()}
    assert administrator.http.post(f"{CLOSING}/preview", data=typed).status_code == 404


def test_two_people_do_not_overwrite_each_other(reviewer, sign_in):
    assert saved(reviewer, CLOSING, zh="一。", en="One.")[0] == 302
    assert saved(sign_in("administrator"), CLOSING, zh="二。", en="Two.")[0] == 409


def test_versions_are_compared_and_an_earlier_one_comes_back_as_a_new_one(app, world, reviewer):
    for revision, words in ((0, "One"), (0, "Two")):
        assert saved(reviewer, CLOSING, revision=revision, zh=f"{words}。", en=f"{words}.")[0] == 302
        assert published(reviewer, app, world, f"Note {words}")[0] == 302
    page = reviewer.get("/wording/versions/2").response.get_data(as_text=True)
    assert "<del>One</del>" in page and "<ins>Two</ins>" in page
    assert raw(reviewer, "POST", "/wording/versions/1/again")[0] == 302
    assert raw(reviewer, "POST", "/wording/versions/1/again")[0] == 409
    assert published(reviewer, app, world, "Back")[0] == 302
    with app.app_context():
        current = store_wording.current(world.actor("reviewer"))
        assert current.number == 3
        assert store_wording.content(current).passages["closing.text"].en == "One."
    assert published_nothing(reviewer)


def published_nothing(client):
    return raw(client, "POST", "/wording/publish", revision=0, note="x")[0] == 404


def test_a_draft_is_thrown_away_or_put_back_to_the_products_words(app, world, reviewer):
    saved(reviewer, CLOSING, zh="一。", en="One.")
    assert raw(reviewer, "POST", f"{CLOSING}/reset", revision=2)[0] == 302
    with app.app_context():
        revision = store_wording.draft(world.actor("reviewer")).revision
    status, page = raw(reviewer, "POST", "/wording/publish", revision=revision, note="x")
    assert status == 422
    assert "Nothing differs" in page
    assert raw(reviewer, "POST", "/wording/discard")[0] == 302
    assert "not in force" not in reviewer.get("/wording/").text


def test_words_that_fail_for_one_visit_do_not_keep_it_from_being_sealed(app, world, reviewer):
    source = "{% if enterprise != '示例市样例制衣有限公司' %}{{ 'x' * 10**9 }}{% endif %}好。"
    assert saved(reviewer, CLOSING, zh=source, en="Fine.")[0] == 302
    assert published(reviewer, app, world)[0] == 302
    with app.app_context():
        visit_id = made.sealed(world, SHORT)
        (letter,) = letters.of_visit(world.system, visit_id)
        assert letter.wording is None
        session().rollback()
    page = reviewer.get(f"/reviews/{visit_id}")
    page = reviewer.submit(page, f"/reviews/{visit_id}/release", status=422, confirm="y")
    assert "too much memory" in page.text


def test_a_standard_sentence_is_inserted_with_one_tap_and_saved_with_the_passages(app, world, reviewer):
    path = "/wording/sentences/new"
    sentence = {"zh": "请{enterprise}留意工资条。", "en": "Please mind payslips after {visited}.", "passage": "closing"}
    assert saved(reviewer, path, **sentence, kinds="L2", area="wages", severity="")[0] == 302
    more = {"zh": "仅紧急。", "en": "Urgent only.", "passage": "opening", "kinds": "L3"}
    with app.app_context():
        revision = store_wording.draft(world.actor("reviewer")).revision
    assert saved(reviewer, path, revision, **more, area="", severity="")[0] == 302
    assert saved(reviewer, path, revision, **more, area="", severity="")[0] == 409
    assert published(reviewer, app, world)[0] == 302
    with app.app_context():
        visit_id = made.sealed(world, SHORT)
    page = reviewer.get(f"/reviews/{visit_id}")
    assert "Please mind payslips after" in page.text
    assert "Urgent only." not in page.text
    with app.app_context():
        wanted = store_wording.sentences(world.actor("reviewer"))[0].id
    typed = {"revision": "1", "closing_zh": "感谢。", "opening_zh": "已改。", "good_zh": ""}
    page = reviewer.post(f"/reviews/{visit_id}/letter", {**typed, "insert": wanted})
    assert "it is not saved yet" in page.text
    assert re.search("感谢。请.+留意工资条。</textarea>", page.response.get_data(as_text=True))
    assert "已改。" in page.text
    with app.app_context():
        assert "工资条。" not in letters.passages(letters.of_visit(world.system, visit_id)[0]).closing.zh
    reviewer.post(f"/reviews/{visit_id}/letter", {"insert": "nothing"}, status=404)


def test_a_standard_sentence_is_changed_and_taken_out_again(app, world, reviewer):
    sentence = {"zh": "一。", "en": "One.", "passage": "good", "area": "", "severity": "minor"}
    assert saved(reviewer, "/wording/sentences/new", **sentence)[0] == 302
    with app.app_context():
        (one,) = store_wording.working(world.actor("reviewer"))[0].sentences
    page = reviewer.get(f"/wording/sentences/{one.id}")
    page = reviewer.submit(page, f"/wording/sentences/{one.id}", en="Changed.")
    assert "Changed." in page.text
    assert saved(reviewer, f"/wording/sentences/{one.id}/remove", 1)[0] == 409
    page = reviewer.get(f"/wording/sentences/{one.id}")
    page = reviewer.submit(page, f"/wording/sentences/{one.id}/remove")
    assert "No standard sentences yet" in page.text
    assert reviewer.http.get(f"/wording/sentences/{one.id}").status_code == 404


@pytest.mark.parametrize("who", ["inspector", "coordinator", "manager", "leader"])
def test_others_do_not_word_letters(sign_in, who):
    assert sign_in(who).http.get("/wording/").status_code == 403


def test_every_free_passage_is_in_the_products_words_and_tried_on_a_sample(app, world):
    with app.test_request_context():
        actor = world.actor("reviewer")
        for path, free in wording.free().items():
            said = wording.shipped(path, press.words())
            assert not own_wording.problems(actor, path, said), path
            for kind in free.kinds:
                kept = wording.Content(
                    {path: wording.Said("OWN {enterprise} {plan_by} {number} {contact}", "自有", True)}
                )
                facts = sample.facts(kind, letter_facts.association(actor), cases.today(actor))
                made = wording.composed(kept.passages, wording.values(kind, facts, press.words()), trials)
                words = wording.laid_over(press.words(), made)
                passages = rules.usual_passages(kind, facts, words)
                letter = rules.compose(kind, facts, "both", words, passages=passages)
                assert "OWN Sample Garments" in str(letter.as_json()), (path, kind)


def test_while_it_is_typed_a_passage_shows_how_it_reads_and_what_is_wrong(app, world, reviewer):
    with app.app_context():
        letter_id = letters.of_visit(world.actor("reviewer"), made.released(world, SHORT))[0].id
    typed = {"zh": "请于走访（{visited}）后来电 <b>。", "en": "Call {enterprize}.", "on": f"letter:{letter_id}"}
    status, part = raw(reviewer, "POST", f"{CLOSING}/spoken", **typed)
    assert status == 200
    assert "<html" not in part
    assert "请于走访（2026年" in part
    assert "&lt;b&gt;" in part
    assert "Did you mean “enterprise”?" in part
    assert "Call" not in part
    assert "Nothing is typed yet" in raw(reviewer, "POST", f"{CLOSING}/spoken", on="sample:L2")[1]
    assert "too long" in raw(reviewer, "POST", f"{CLOSING}/spoken", zh="长" * 20_000, on="sample:L2")[1]
    assert raw(reviewer, "POST", f"{CLOSING}/spoken", zh="好。", on="letter:elsewhere")[0] == 404
    status, part = raw(reviewer, "POST", "/wording/sentences/spoken", zh="共{findings}项。", en="{findings} findings.")
    assert status == 200
    assert "findings." in part
    with app.app_context():
        assert not store_wording.content(store_wording.draft(world.actor("reviewer"))).passages, "nothing is stored"
