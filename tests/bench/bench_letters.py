"""A letter warm, and against its naive variant: "letter_warm_ms", "letter_vs_naive_ratio".

Both variants print the same words of the same Chinese letter with twelve findings and the same fonts, in turns in one
process. The naive one carries its style in the page, makes a new font configuration each time, and lays out with flex
boxes and automatic columns, as one would write it first. Times are process CPU, so that a busy machine disturbs less.
"""

import gc
import json
import os
import statistics
import time
from dataclasses import replace
from typing import Any

from compliance.letters import press as letters
from compliance.letters import rules
from compliance.shared import press
from compliance.shared.printer import Printer
from tests.letters import samples

ROUNDS = 15

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


def sample() -> dict[str, Any]:
    """An improvement letter with twelve findings, as issued."""
    findings = tuple(replace(samples.FINDINGS[n % 3], number=n + 1) for n in range(12))
    facts = replace(samples.FACTS, findings=findings, verify_url="https://compliance.example.org/v/7Q4KM2ZD91XA")
    number = rules.number("示协", 2026, 12)
    return rules.compose("L2", facts, "zh_Hans_CN", letters.words(), number=number, code="7Q4K-M2ZD-91XA").as_json()


def naive(html: str, style: str) -> bytes:
    """Print as one would first write it."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    html = html.replace("</head>", f"<style>{style}{RICH}</style></head>")
    html = html.replace('<div class="addressee">', '<div class="basics"><div class="addressee">')
    html = html.replace("<h2>", "</div><h2>", 1)
    return bytes(HTML(string=html).write_pdf(font_config=FontConfiguration(), pdf_tags=True))


def main() -> None:
    """Print one JSON object a line."""
    os.environ["FONTCONFIG_FILE"] = str(press.FONTS / "fonts.conf")  # the naive variant sees the same fonts
    letter, stylesheet = sample(), letters.folder() / letters.STYLESHEET
    style = stylesheet.read_text("utf-8")
    printer = Printer()
    times: dict[str, list[float]] = {"ours": [], "naive": []}
    for turn in range(ROUNDS + 2):
        for name in times:
            gc.collect()
            start = time.process_time()
            html = letters.page(letter)
            if name == "ours":
                pdf, _, faults = printer.print(html, str(stylesheet))
                assert pdf and not faults, faults
            else:
                assert naive(html, style)
            if turn >= 2:
                times[name].append(time.process_time() - start)
    ours, other = (statistics.median(times[name]) for name in times)
    for name, value, unit in (("letter_warm_ms", ours * 1000, "ms"), ("letter_vs_naive_ratio", ours / other, "ratio")):
        print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "n": ROUNDS}))


if __name__ == "__main__":
    main()
