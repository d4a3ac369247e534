"""The press: pages become tagged PDF with the project's own fonts, or a problem that says why not."""

import io
import subprocess
import sys
import threading
from pathlib import Path

import pikepdf
import pytest

from compliance.shared import press
from compliance.shared.problems import Problem, TooLarge

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
        cwd=press.PACKAGE.parent,
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
    child = press._room._child
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
