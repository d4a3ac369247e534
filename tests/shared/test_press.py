"""The press: pages become tagged PDF with the project's own fonts, or a problem that says why not."""

import io
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from compliance.shared import press
from compliance.shared.places import PACKAGE
from compliance.shared.problems import Problem, TooLarge
from tests.shared.conformance import faults, kids, tags

SHEET = """
@page { size: A4; margin: 20mm }
body { font: 11pt "Letter Hei" }
.en { font-family: "Letter Latin", "Letter Hei" }
"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small stylesheet."""
    path = tmp_path_factory.mktemp("press") / "sheet.css"
    path.write_text(SHEET)
    return path


def page(body: str) -> str:
    return f'<html lang="zh-Hans"><head><title>函件 Letter</title></head><body>{body}</body></html>'


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode()


def test_a_page_becomes_a_tagged_pdf_with_language_and_title(sheet: Path) -> None:
    made = press.press(page('<h1>标题</h1><p>正文</p><p lang="en" class="en">An employer’s “word”</p>'), sheet)
    assert made.pages == 1
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert str(pdf.Root.Lang) == "zh-Hans"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo["/Title"]) == "函件 Letter"
        tags = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
        assert {"/H1", "/P"} <= {str(tag.S) for tag in tags}
        assert "en" in {str(tag.Lang) for tag in tags if "/Lang" in tag}
        fonts = {
            str(item.BaseFont)[8:]
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
        assert fonts == {"Letter-Hei-Bold", "Letter-Hei", "Letter-Latin"}


def picture(colour: str = "teal", form: str = "JPEG", mode: str = "RGB") -> bytes:
    kept = io.BytesIO()
    Image.new(mode, (60, 40), colour).save(kept, form)
    return kept.getvalue()


EVERYTHING = (
    '<h1>标题 <span lang="en">Title</span></h1><div>Words in a plain box.</div><h2>二级</h2>'
    '<ol><li><p>一</p><p lang="en">One</p></li><li>二</li></ol><ul><li>点</li></ul><dl><dt>词</dt><dd>义</dd></dl>'
    '<img src="picture:a" alt="一张照片"><p><img src="picture:b" alt=""> <a href="https://example.org/x">A link</a></p>'
    '<svg viewBox="0 0 9 9" width="20"><title>A circle</title><circle cx="4" cy="4" r="3"/></svg>'
    '<table><caption>表</caption><thead><tr><th>项</th><th scope="col" colspan="2">值</th></tr></thead>'
    "<tbody>" + '<tr><th scope="row">行</th><td>甲</td><td></td></tr>' * 90 + "</tbody></table>"
    '<p lang="en">' + "A paragraph that runs over the end of its page. " * 120 + "</p>"
)
RUNNING = "@page { @top-right { content: 'running head' } @bottom-center { content: counter(page) } }"
MARK = '<div style="position: fixed; top: 3mm">MARK</div>'


def everything(sheet: Path, tmp_path: Path) -> press.Pressed:
    own = tmp_path / "own.css"
    own.write_text(SHEET + RUNNING)
    attached = press.Attachment("facts.json", b'{"a": 1}', "Facts", date(2026, 11, 21))
    pictures = {"a": picture(), "b": picture("red", "PNG", "RGBA")}
    return press.press(page(MARK + EVERYTHING), own, attachments=[attached], pictures=pictures)


def test_what_is_printed_conforms_to_pdf_a_and_pdf_ua(sheet: Path, tmp_path: Path) -> None:
    made = everything(sheet, tmp_path)
    assert made.pages >= 4
    assert faults(made.pdf) == []
    file = tmp_path / "whole.pdf"
    file.write_bytes(made.pdf)
    assert subprocess.run(["qpdf", "--check", file], stdout=subprocess.DEVNULL).returncode == 0
    fonts = subprocess.run(["pdffonts", file], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[2:]
    assert fonts and all(" yes yes yes " in line for line in fonts), fonts  # embedded, subset, readable


def test_one_element_is_one_tag_however_many_pages_it_runs_over(sheet: Path, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(everything(sheet, tmp_path).pdf)) as pdf:
        found = [tag for tag, _ in tags(pdf)]
        roles = [str(tag.S)[1:] for tag in found]
        assert [roles.count(role) for role in ("Table", "THead", "TBody", "TR", "L", "LI", "Link")] == [
            1,
            1,
            1,
            91,
            3,
            5,
            1,
        ]
        long = next(
            tag for tag in found if str(tag.S) == "/P" and str(tag.get("/Lang", "")) == "en" and len(kids(tag)) > 9
        )
        assert len({kid.Pg.objgen for kid in kids(long) if isinstance(kid, pikepdf.Dictionary)}) >= 1
        assert roles.count("Figure") == 2  # the picture that says nothing is set apart


def test_what_repeats_on_every_page_is_read_once(sheet: Path, tmp_path: Path) -> None:
    def said(pdf: pikepdf.Pdf) -> int:
        return sum(str(tag.S) == "/TH" and str(tag.A.Scope) == "/Column" for tag, _ in tags(pdf))

    made = everything(sheet, tmp_path)
    assert text_of(made.pdf).count("running head") == made.pages
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert said(pdf) == 2
        apart = b"".join(one.Contents.read_bytes() for one in pdf.pages).count(b"/Artifact\n<</Type /Pagination>>")
        assert apart >= 2 * made.pages


def test_attachments_come_back_to_the_byte(sheet: Path, tmp_path: Path) -> None:
    made = everything(sheet, tmp_path)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert list(pdf.attachments) == ["facts.json"]
        attached: Any = pdf.attachments["facts.json"]
        assert attached.get_file().read_bytes() == b'{"a": 1}'
        assert str(attached.obj.AFRelationship) == "/Data"
    assert everything(sheet, tmp_path).digest == made.digest


@pytest.mark.parametrize(
    ("pictures", "body", "said"),
    [
        ({}, '<img src="picture:x" alt="x">', "did not come with"),
        ({"x": b"no picture"}, '<img src="picture:x" alt="x">', "picture:x"),
        ({"x": picture()}, '<img src="picture:x">', "no description"),
        ({"x": picture((0, 0, 0, 0), "JPEG", "CMYK")}, '<img src="picture:x" alt="x">', "CMYK"),  # type: ignore[arg-type]
        ({}, '<svg viewBox="0 0 9 9" width="20"><circle r="3"/></svg>', "no description"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_named(sheet: Path, pictures: dict[str, bytes], body: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        press.press(page(body), sheet, pictures=pictures)


def test_rare_characters_and_the_middle_dot_survive(sheet: Path) -> None:
    name = "喆堃翀镕犇燚䶮𬱖㛃𫖯·买买提"
    assert name in text_of(press.press(page(f"<p>{name}</p>"), sheet).pdf)


def test_the_same_page_gives_the_same_bytes_in_another_process(sheet: Path) -> None:
    html = page("<p>喆堃 2026</p>")
    first = press.press(html, sheet)
    program = (
        "import sys; from pathlib import Path; from compliance.shared import press;"
        "print(press.press(sys.argv[1], Path(sys.argv[2])).digest)"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, html, str(sheet)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
        env={"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7", "COMPLIANCE_PRESS_UHARFBUZZ": ""},
    )
    assert other.stdout.strip() == first.digest


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>\U00020bb7</p>", "U+20BB7"),
        ('<img src="file:///etc/hostname" alt="">', "only pictures"),
        ('<img src="http://127.0.0.1:9/a.png" alt="">', "only pictures"),
        ('<link rel="attachment" href="file:///etc/hostname">', "only pictures"),
        ('<div style="background: url(file:///etc/hostname)">x</div>', "only pictures"),
        ('<p style="white-space: nowrap">' + "W" * 400 + "</p>", "outside the paper"),
    ],
)
def test_what_cannot_be_printed_whole_is_refused(sheet: Path, body: str, said: str) -> None:
    with pytest.raises(Problem, match=said.replace("+", r"\+")) as caught:
        press.press(page(body), sheet)
    assert caught.value.code == "press-layout"


def test_a_page_that_takes_too_long_is_stopped_and_the_next_is_printed(sheet: Path) -> None:
    with pytest.raises(Problem, match="longer than"):
        press.press(page("<p>长</p>" * 4000), sheet, seconds=0.3)
    assert press.press(page("<p>短</p>"), sheet).pages == 1


def test_more_pages_than_allowed_are_refused(sheet: Path) -> None:
    with pytest.raises(TooLarge) as caught:
        press.press(page('<p style="break-after: page">页</p>' * (press.MOST_PAGES + 1)), sheet)
    assert caught.value.facts["pages"] > press.MOST_PAGES


def test_more_text_than_allowed_is_refused(sheet: Path) -> None:
    with pytest.raises(TooLarge):
        press.press("x" * 4_000_001, sheet)


def test_threads_share_the_press(sheet: Path) -> None:
    made: dict[int, str] = {}

    def one(number: int) -> None:
        made[number] = text_of(press.press(page(f"<p>第{number}号</p>"), sheet).pdf)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"第{number}号" in made[number] for number in range(6))


def test_a_dead_press_is_replaced(sheet: Path) -> None:
    press.press(page("<p>一</p>"), sheet)
    child = press._room.child.process
    assert child is not None
    child.kill()
    child.wait()
    assert press.press(page("<p>二</p>"), sheet).pages == 1


def test_missing_characters_are_named_once_with_their_place() -> None:
    found = press.missing([("name", "李\U00020bb7"), ("note", "\U00020bb7 ☐\n")])
    assert [str(one) for one in found] == ["\U00020bb7 (U+20BB7): name", "☐ (U+2610): note"]


def test_the_regular_face_has_every_character_of_gbk_and_the_usual_signs() -> None:
    han = {chr(code) for code in range(0x4E00, 0x9FA6)}
    assert not [c for c in han | set("〔〕《》（）：；，。·—…“”‘’、％№①②③") if ord(c) not in press.printable()]
