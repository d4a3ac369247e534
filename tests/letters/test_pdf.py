"""Letters on paper: read back, tagged, the same bytes each time, and whole however long the words are."""

import io
import subprocess
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from compliance.letters import press, rules
from compliance.shared.problems import Problem
from compliance.shared.words import Text
from tests.letters import expected, samples

LOGO = press.picture(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>x</title><circle cx="4" cy="4" r="4"/></svg>',
    "image/svg+xml",
)


def read(pdf: bytes) -> str:
    """The text of a PDF without any white space."""
    made = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return "".join(made.stdout.decode().split())


def printed(facts: rules.Facts, language: str = "zh_Hans_CN", passages: rules.Passages | None = None) -> bytes:
    """An improvement letter as PDF."""
    letter = rules.compose(
        "L2", facts, language, press.words(), passages=passages, number="示协函〔2026〕12号", code="7Q4K"
    )
    return press.print_letter(letter.as_json()).pdf


@pytest.mark.parametrize("letter_kind", rules.KINDS)
@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_every_letter_is_tagged_and_carries_what_it_is(letter_kind: str, language: str) -> None:
    letter = expected.made(letter_kind, language)
    made = press.print_letter(letter, LOGO)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert str(pdf.Root.Lang) == letter["html_lang"]
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == letter["pdf_title"]
        assert str(pdf.docinfo["/Author"]) == letter["author"]
        tags = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
        kinds = {str(tag.S) for tag in tags}
        assert {"/H1", "/H2", "/P", "/Table", "/TH", "/Figure"} <= kinds
        assert all("/Alt" in tag for tag in tags if str(tag.S) == "/Figure")
        if language == "both":
            assert {"zh-Hans", "en"} <= {str(tag.Lang) for tag in tags if "/Lang" in tag}
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys())
    text = read(made.pdf)
    assert "".join(letter["number"].split()) in text
    for section in letter["sections"]:
        assert "".join(section["heading"][0][1].split()) in text
    pages = f"共{made.pages}页" if language != "en" else f"of{made.pages}"
    assert pages in text


def test_the_same_words_give_the_same_bytes() -> None:
    assert printed(samples.FACTS, "both") == printed(samples.FACTS, "both")


def test_a_draft_says_so_on_every_page() -> None:
    made = press.print_letter(rules.compose("L2", samples.FACTS, "en", press.words()).as_json())
    assert read(made.pdf).count("DRAFT") >= made.pages


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_forty_findings_are_printed_to_the_last(language: str) -> None:
    findings = tuple(replace(samples.FINDINGS[n % 3], number=n + 1) for n in range(40))
    text = read(printed(replace(samples.FACTS, findings=findings), language))
    assert text.count("涉及员工38人" if language != "en" else "Workersaffected") >= 14


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_very_long_names_and_words_stay_on_the_paper(language: str) -> None:
    name = "示例市超长名称" * 20 + "有限责任公司"
    facts = samples.named(name)
    facts = replace(
        facts,
        enterprise=replace(facts.enterprise, name_en="Example" * 40, legal_representative="长" * 120),
        association=replace(
            facts.association, name=Text("Association " * 16, "协会名称" * 30), address=samples.same("路" * 200)
        ),
        findings=(replace(samples.FINDINGS[0], seen=samples.same("W" * 600), accountable=samples.same("x" * 300)),),
    )
    assert name in read(printed(facts, "zh_Hans_CN"))
    assert printed(facts, language)


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_passages_of_ten_thousand_characters_are_printed_whole(language: str) -> None:
    words = Text("Good work and more of it. " * 384, "做法很好，请继续保持。" * 909)
    text = read(printed(samples.FACTS, language, rules.Passages(words, words, words)))
    assert text.count("请继续保持" if language != "en" else "moreofit") > (2000 if language != "en" else 1000)


def test_a_finding_of_ten_thousand_characters_runs_over_pages() -> None:
    finding = replace(samples.FINDINGS[0], seen=samples.same("看到的情况。" * 1666))
    assert read(printed(replace(samples.FACTS, findings=(finding,)))).count("看") > 1600


def test_no_good_practice_no_card_no_team_still_make_a_letter() -> None:
    bare = replace(samples.FACTS, good_practices=(), card=None, team=(), copies=(), signer=rules.Signer())
    assert "致谢" in read(printed(bare))
    assert "良好做法值得肯定" not in read(printed(bare))


def test_rare_characters_in_names_are_printed() -> None:
    name = "喆堃翀镕犇燚䶮𬱖㛃𫖯·买买提制衣有限公司"
    assert name in read(printed(samples.named(name)))


def test_markup_in_words_is_text() -> None:
    words = samples.same("<b>{{ 7*7 }}</b></table><script>x</script>")
    assert "<b>{{7*7}}</b></table><script>x</script>" in read(
        printed(samples.FACTS, "en", rules.Passages(closing=words))
    )


def test_what_cannot_be_printed_is_named_with_its_place() -> None:
    facts = replace(
        samples.named("\U00020bb7野家食品厂"),
        findings=(replace(samples.FINDINGS[0], evidence=(samples.same("照片☐"),)),),
        dated=date(2026, 11, 21),
    )
    passages = rules.usual_passages("L2", facts, press.words())
    letter = rules.compose("L2", facts, "zh_Hans_CN", press.words(), passages=passages).as_json()
    with pytest.raises(Problem) as caught:
        press.require_characters(letter, facts, passages, "en")
    assert "\U00020bb7 (U+20BB7): the enterprise's name" in str(caught.value)
    assert "☐ (U+2610): finding 1, evidence to send" in str(caught.value)


def test_a_logo_that_is_no_picture_is_refused() -> None:
    with pytest.raises(Problem, match="PNG, JPEG or SVG"):
        press.picture(b"%PDF", "application/pdf")


@pytest.mark.parametrize("letter_kind", [*rules.FOLLOWING, rules.REFERRAL])
def test_a_later_letter_prints_every_point_however_many_and_long(letter_kind: str) -> None:
    facts = samples.BY_KIND[letter_kind]
    long = samples.same("<b>很长</b>" + "的说明文字" * 600)
    points = tuple(replace(facts.points[0], number=one, remark=long) for one in range(1, 13)) if facts.points else ()
    if points:
        points = (replace(points[0], asked=long, accepted=False), *points[1:])
        facts = replace(facts, points=points)
    elif facts.referral is not None:
        facts = replace(
            facts, referral=replace(facts.referral, facts=(long, *(samples.same(f"第{n}件") for n in range(12))))
        )
    letter = rules.compose(letter_kind, facts, "zh_Hans_CN", press.words(), number="示协函〔2026〕12号", code="7Q4K")
    made = press.print_letter(letter.as_json())
    text = read(made.pdf)
    assert "<b>很长</b>" in text, "HTML in a text is text"
    assert text.count("的说明文字") >= 590, "where a page ends, one is cut in two"
    assert text.count("序号") >= 2, "the heading of the table is repeated"
