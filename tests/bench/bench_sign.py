"""A signature in a letter's PDF: "letter_sign_ms".

The demo's own key (EC P-256), loaded once, without a time stamp, over an issued letter in both languages with twelve
findings.
The figure is process CPU, so that a busy machine disturbs less; signing waits for nothing else, which the wall clock
beside it ("letter_sign_wall_ms") shows on an idle one.
"""

import json
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from flask import Flask

from compliance.letters import press, rules
from compliance.shared import signatures, signing
from compliance.shared.certificates import Source
from tests.letters import samples

ROUNDS = 60


def main() -> None:
    """Print one JSON object a line."""
    findings = tuple(replace(samples.FINDINGS[n % 3], number=n + 1) for n in range(12))
    facts = replace(samples.FACTS, findings=findings, verify_url="https://visits.example.org/check")
    number = rules.number("示协", 2026, 12)
    letter = rules.compose("L2", facts, "both", press.words(), number=number, code="7Q4K-M2ZD-91XA")
    pdf = press.print_letter(letter.as_json()).pdf
    app = Flask("bench")
    with tempfile.TemporaryDirectory() as folder, app.app_context():
        app.config["SIGNING"] = Source(demo=Path(folder) / "signing" / "demo.pem")
        cpu, wall = [], []
        for turn in range(ROUNDS + 5):
            at_cpu, at_wall = time.process_time(), time.perf_counter()
            signed = signing.sign(pdf)
            if turn >= 5:
                cpu.append(time.process_time() - at_cpu)
                wall.append(time.perf_counter() - at_wall)
        [one] = signatures.look(signed.pdf).signatures
        assert one.intact
        assert one.whole
    for name, times in (("letter_sign_ms", cpu), ("letter_sign_wall_ms", wall)):
        print(json.dumps({"name": name, "value": round(statistics.median(times) * 1000, 2), "unit": "ms", "n": ROUNDS}))


if __name__ == "__main__":
    main()
