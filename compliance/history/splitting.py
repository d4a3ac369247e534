"""Texts are taken apart by patterns that somebody wrote down: in a process of its own, for a limited time."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from compliance.shared.places import PACKAGE
from compliance.shared.problems import Problem
from compliance.shared.words import N_

LONGEST = 15.0
"""Seconds for all texts of a file."""
LONGEST_TEXT = 5000

Split = tuple[str, dict[str, str]] | None


def split(pattern: str, texts: Sequence[str]) -> list[Split]:
    """For each text what is left of it and its named groups, or None where the pattern does not fit. Longer texts than
    ``LONGEST_TEXT`` are looked at no further. Raises ``Problem`` for a pattern that takes too long.
    """
    distinct = list(dict.fromkeys(text for text in texts if text and len(text) <= LONGEST_TEXT))
    asked = json.dumps({"pattern": pattern, "texts": distinct}).encode()
    path = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH"))))
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "compliance.history.splitter"],
            input=asked,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            timeout=LONGEST,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise Problem(
            "mapping-slow",
            N_("This pattern takes too long on these texts: %(pattern)s. Write a simpler one."),
            pattern=pattern[:80],
            field="mapping",
        ) from None
    found = dict(zip(distinct, json.loads(answer.stdout), strict=True))
    return [(one[0], one[1]) if (one := found.get(text)) else None for text in texts]
