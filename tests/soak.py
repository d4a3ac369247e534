"""The long run: how much more it looks at."""

import os

SOAK = bool(os.environ.get("COMPLIANCE_SOAK"))


def examples(quick: int) -> int:
    """How many cases a property is tried with: ``quick`` in the everyday run, twenty times as many in the long one."""
    return quick * 20 if SOAK else quick
