"""How letters break over pages: no heading without what it heads, no last row alone, photos with their finding."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from PIL import Image

from compliance.letters import press, rules
from compliance.shared.problems import Problem
from compliance.visits import pictures
from tests.letters import samples
from tests.letters.test_pdf import read
from tests.shared.conformance import faults, kids, tags

ON = date(2026, 11, 17)


@cache
def photo(number: int) -> bytes:
    """A small copy as it is kept for print, every third upright; each one different."""
    size = (900, 1200) if number % 3 == 0 else (1200, 900)
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").rotate(number).save(out, "JPEG")
    return pictures.for_paper(out.getvalue())


def facts(findings: int, photos: int = 0, **changed: Any) -> rules.Facts:
    """Findings with photos spread over the first of them, up to six each."""
    left = [rules.Photo(str(number), ON) for number in range(photos)]
    made = []
    for number in range(findings):
        share = 1 + (number + (3 if findings < 3 else 0)) % 6
        mine, left = left[:share], left[share:]
        one = replace(samples.FINDINGS[number % 3], number=number + 1, photos=tuple(mine))
        made.append(replace(one, **changed))
    return replace(samples.FACTS, findings=tuple(made))


def printed(about: rules.Facts, language: str, kind: str = "L2") -> bytes:
    letter = rules.compose(kind, about, language, press.words(), number="示协函〔2026〕12号", code="7Q4K").as_json()
    shown = {digest: photo(int(digest)) for digest in press.photos_of(letter)}
    return press.print_letter(letter, pictures=shown).pdf


def pages_of(tag: Any) -> Iterator[int]:
    """The pages on which something of a tag stands (numbers of the pages' own objects)."""
    for kid in kids(tag):
        if isinstance(kid, int):
            yield tag.Pg.objgen[0]
        elif "/S" in kid:
            yield from pages_of(kid)
        elif "/MCID" in kid:
            yield kid.Pg.objgen[0]


def rows_of(pdf: pikepdf.Pdf) -> list[Any]:
    """The rows of the first table of findings: a heading of four columns."""
    tables = [tag for tag, _ in tags(pdf) if str(tag.S) == "/Table"]
    table = next(one for one in tables if sum(str(tag.S) == "/TH" for tag in under(one)) == 4)
    return [tag for tag in under(table) if str(tag.S) == "/TR"][1:]


def under(tag: Any) -> Iterator[Any]:
    for kid in kids(tag):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from under(kid)


@pytest.mark.parametrize("language", rules.LANGUAGES)
@pytest.mark.parametrize(("findings", "photos"), [(0, 0), (1, 3), (25, 40)])
def test_the_three_layouts_conform_and_keep_headings_with_what_they_head(
    findings: int, photos: int, language: str
) -> None:
    about = facts(findings, photos) if findings else samples.NOTHING_FOUND
    pdf = printed(about, language, "L2" if findings else "L1")
    assert faults(pdf) == []
    assert len(pdf) < 4_000_000
    with pikepdf.open(io.BytesIO(pdf)) as read_back:
        whole = [tag for tag in kids(read_back.Root.StructTreeRoot.K) if list(pages_of(tag))]
        for heading, following in pairwise(whole):
            if str(heading.S) in ("/H1", "/H2"):
                assert list(pages_of(heading))[-1] == next(pages_of(following)), "a heading at the end of a page"
        assert sum(str(tag.S) == "/Figure" for tag, _ in tags(read_back)) == photos


@pytest.mark.parametrize("language", rules.LANGUAGES)
@pytest.mark.parametrize("findings", [5, 6, 7, 9, 12])
def test_the_last_row_of_findings_is_not_left_alone(findings: int, language: str) -> None:
    with pikepdf.open(io.BytesIO(printed(facts(findings), language))) as pdf:
        rows = rows_of(pdf)
        assert len(rows) == findings
        assert set(pages_of(rows[-1])) == set(pages_of(rows[-2]))


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_photos_stand_on_the_page_of_their_finding(language: str) -> None:
    with pikepdf.open(io.BytesIO(printed(facts(25, 40), language))) as pdf:
        finding: set[int] = set()
        for row in rows_of(pdf):
            if any(str(tag.S) == "/Figure" for tag in under(row)):
                assert set(pages_of(row)) == finding
            else:
                finding = set(pages_of(row))


def test_photos_say_which_finding_and_day_and_no_time() -> None:
    pdf = printed(facts(3, 3), "both")
    text = read(pdf)
    assert text.count("第2项•2026年11月17日") + text.count("第2项·2026年11月17日") == 2
    assert "Finding1" in text
    with pikepdf.open(io.BytesIO(pdf)) as read_back:
        said = [str(tag.Alt) for tag, _ in tags(read_back) if str(tag.S) == "/Figure"]
    assert said == [
        "第1项照片1，2026年11月17日走访",
        "第2项照片1，2026年11月17日走访",
        "第2项照片2，2026年11月17日走访",
    ]


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_a_finding_longer_than_a_page_is_printed_whole_with_its_photos(language: str) -> None:
    long = "This was seen again and again. " * 300
    about = facts(3, 4, seen=samples.same(long))
    pdf = printed(about, language)
    assert faults(pdf) == []
    assert read(pdf).count("seen") >= 900  # a sentence may go over to the next page


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_three_thousand_characters_and_markup_in_every_field_stay_on_the_paper(language: str) -> None:
    markup = "</td></table><script>alert(1)</script><img src=file:///etc/hostname>{{ 7*7 }}"
    hostile = samples.same(markup + "W" * 400 + "长" * 2600)
    about = facts(2, 2, seen=hostile, action=hostile, accountable=hostile, area=samples.same(markup))
    about = replace(
        about,
        enterprise=replace(about.enterprise, name="长" * 3000, name_en="W" * 3000, legal_representative="W" * 400),
        workplace=hostile,
        association=replace(about.association, name=samples.same("W" * 3000), contact=samples.same(markup)),
    )
    pdf = printed(about, language)
    assert faults(pdf) == []
    assert "<script>alert(1)</script>" in read(pdf)


def test_a_photo_that_does_not_decode_is_named() -> None:
    letter = rules.compose("L2", facts(1, 1), "en", press.words(), number="1", code="2").as_json()
    with pytest.raises(Problem, match="picture:0"):
        press.print_letter(letter, pictures={"0": b"\xff\xd8 broken"})
