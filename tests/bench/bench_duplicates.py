"""Suspected duplicates: how right they are on real names that were spoilt, and how long 150,000 against 150,000 take.

Gives "duplicates_precision" and "duplicates_recall" (on files that nothing was tuned on; the recipe stands in the
handbook) and "duplicates_150k_s" with "duplicates_150k_peak_mb" (on the generated register, of which every tenth row of
the second list is a spoilt one of the first). The first two need the real lists in ../shared/data beside the project.
"""

import json
import os
import random
import resource
import sys
import time

from compliance.enterprises import likeness
from compliance.enterprises.likeness import Entry
from tests.bench.register import ROWS, code_of, facts_of
from tests.spoiling import FILES, HELD_OUT, figures, spoilt


def main() -> int:
    """Measure and print one JSON object a line."""
    missing = [file for file in FILES if not file.exists()]
    if missing:
        print(f"left out: the real lists are not beside the project ({missing[0].name})", file=sys.stderr)
    else:
        precision, recall, pairs = figures(HELD_OUT)
        _print("duplicates_precision", round(precision, 4), "share", pairs)
        _print("duplicates_recall", round(recall, 4), "share", pairs)
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    choose = random.Random(20261123)
    register = [_entry(number, choose) for number in range(rows)]
    coming = [
        spoilt(register[number], choose, 1) if number % 10 == 0 else _entry(rows + number, choose)
        for number in range(rows)
    ]
    start = time.perf_counter()
    found = likeness.between(register, coming)
    seconds = time.perf_counter() - start
    right = {(one.first, one.second) for one in found if one.second == f"spoilt {one.first}"}
    _print("duplicates_150k_s", round(seconds, 1), "s", rows, suspected=len(found), of_the_spoilt=len(right))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _print("duplicates_150k_peak_mb", round(peak), "MB", rows)
    return 0


def _entry(number: int, choose: random.Random) -> Entry:
    facts = facts_of(number, choose)
    return Entry(number, facts.name, facts.name_other, code_of(number), facts.address, facts.contact_phone)


def _print(name: str, value: float, unit: str, n: int, **facts: int) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, "n": n, **facts}))


if __name__ == "__main__":
    sys.exit(main())
