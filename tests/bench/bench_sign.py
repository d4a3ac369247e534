"""A signature in a letter's PDF: "letter_sign_ms".

The demo's own key (EC P-256), loaded once, without a time stamp, over the issued two-page letter with twelve findings.
The figure is process CPU, so that a busy machine disturbs less; signing waits for nothing else, which the wall clock
beside it ("letter_sign_wall_ms") shows on an idle one.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

from flask import Flask

from compliance.letters import press
from compliance.shared import signatures, signing
from compliance.shared.certificates import Source
from tests.bench.bench_letters import sample

ROUNDS = 60


def main() -> None:
    """Print one JSON object a line."""
    pdf = press.print_letter(sample()).pdf
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
