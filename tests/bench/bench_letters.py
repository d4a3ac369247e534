"""One letter: "letter_warm_ms", "letter_vs_naive_ratio", "letter_25_findings_s", "letter_25_findings_mb".

Both variants of the first letter print the same words, in both languages, of the same letter with twelve findings, with
the same fonts, in turns in one process. Ours is PDF/A-3a and PDF/UA-1 with the facts for machines attached, and the
sweeping of its garbage is counted in. The naive one is neither: it carries its style in the page, makes a new font
configuration each time, and lays out with flex boxes and automatic columns, as one would write it first. Times are
process CPU, so that a busy machine disturbs less.

The letter with twenty-five findings and forty photos goes the whole way, from its words through the press to the file;
its photos are as detailed as they are allowed to be.
"""

import gc
import io
import json
import os
import statistics
import time
from dataclasses import replace
from datetime import date
from typing import Any

from PIL import Image

from compliance.letters import press as letters
from compliance.letters import rules
from compliance.shared import press
from compliance.shared.printer import Printer
from compliance.visits import pictures
from tests.letters import samples

ROUNDS = 15
LARGE_ROUNDS = 5

RICH = """
.masthead { display: flex; justify-content: space-between; align-items: flex-start; gap: 6mm; position: static }
.masthead .names { flex: 1; margin: 0 } .masthead .particulars { position: static; width: auto }
.reference { display: flex; flex-direction: row-reverse; justify-content: space-between }
.reference .number { float: none; width: auto }
.basics { display: flex; gap: 6mm } .basics > div { flex: 1 }
table { table-layout: auto } th { width: auto !important }
.signature { display: grid; grid-template-columns: 1fr; justify-items: center }
.notes { display: flex; flex-direction: column }
"""


def facts(findings: int, number: int = 12) -> rules.Facts:
    """Findings in turn, each letter with words of its own."""
    made = tuple(
        replace(
            samples.FINDINGS[n % 3],
            number=n + 1,
            seen=rules.same(f"{samples.FINDINGS[n % 3].seen.zh}（{number * 37 + n}）"),
        )
        for n in range(findings)
    )
    named = replace(samples.FACTS.enterprise, name=f"示例市第{number}制衣厂有限责任公司")
    return replace(
        samples.FACTS, findings=made, enterprise=named, verify_url="https://compliance.example.org/v/7Q4KM2ZD91XA"
    )


def composed(about: rules.Facts, language: str = "zh_Hans_CN", number: int = 12) -> dict[str, Any]:
    """An improvement letter as issued."""
    named = rules.number("示协", 2026, number)
    return rules.compose("L2", about, language, letters.words(), number=named, code="7Q4K-M2ZD-91XA").as_json()


def naive(html: str, style: str) -> bytes:
    """Print as one would first write it."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    html = html.replace("</head>", f"<style>{style}{RICH}</style></head>")
    html = html.replace('<div class="addressee">', '<div class="basics"><div class="addressee">')
    html = html.replace("<h2>", "</div><h2>", 1)
    return bytes(HTML(string=html).write_pdf(font_config=FontConfiguration(), pdf_tags=True))


def against_naive() -> None:
    """Print the two variants in turns."""
    about = replace(samples.FACTS, findings=tuple(replace(samples.FINDINGS[n % 3], number=n + 1) for n in range(12)))
    letter = composed(replace(about, verify_url="https://compliance.example.org/v/7Q4KM2ZD91XA"), "both")
    stylesheet = letters.folder() / letters.STYLESHEET
    style = stylesheet.read_text("utf-8")
    printer = Printer()
    times: dict[str, list[float]] = {"ours": [], "naive": []}
    for turn in range(ROUNDS + 2):
        for name in times:
            gc.collect()
            start = time.process_time()
            html = letters.page(letter)
            if name == "ours":
                pdf, _, faults = printer.print(html, str(stylesheet), "x", letters.enclosures(letter))
                assert pdf and not faults, faults
                gc.collect()
            else:
                assert naive(html, style)
            if turn >= 2:
                times[name].append(time.process_time() - start)
    ours, other = (statistics.median(times[name]) for name in times)
    tell("letter_warm_ms", ours * 1000, "ms", ROUNDS)
    tell("letter_vs_naive_ratio", ours / other, "ratio", ROUNDS)


def detailed(number: int) -> bytes:
    """A photo with as much detail as a camera sees, as it is kept for print."""
    noise = Image.effect_noise((1200, 900) if number % 3 else (900, 1200), 60 + number)
    photo = Image.merge("RGB", (noise, noise.rotate(180), Image.linear_gradient("L").resize(noise.size)))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=82)
    return pictures.for_paper(out.getvalue())


def with_photos() -> None:
    """The largest letter that is foreseen."""
    shown = {str(number): detailed(number) for number in range(40)}
    left = [rules.Photo(digest, date(2026, 11, 17)) for digest in shown]
    about = facts(25)
    findings = []
    for one in about.findings:
        mine, left = left[: 1 + one.number % 4], left[1 + one.number % 4 :]
        findings.append(replace(one, photos=tuple(mine)))
    about = replace(about, findings=tuple(findings))
    times, made = [], None
    for turn in range(LARGE_ROUNDS + 1):
        start = time.perf_counter()
        made = letters.print_letter(composed(about, "both"), pictures=shown)
        if turn:
            times.append(time.perf_counter() - start)
    assert made is not None and len(letters.photos_of(composed(about))) == 40
    tell("letter_25_findings_s", statistics.median(times), "s", LARGE_ROUNDS)
    tell("letter_25_findings_mb", len(made.pdf) / 1e6, "MB", made.pages)


def tell(name: str, value: float, unit: str, n: int) -> None:
    """Print one measurement."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "n": n}), flush=True)


def main() -> None:
    """Print one JSON object a line."""
    with_photos()
    os.environ["FONTCONFIG_FILE"] = str(press.FONTS / "fonts.conf")  # the naive variant sees the same fonts
    against_naive()


if __name__ == "__main__":
    main()
