"""How long it takes to seal one full interview and to open it again: "interview_seal_ms".

Keys, envelope and record, as they are made and read for a page; the database is left out.
"""

import json
import statistics
import time

from compliance.checklists.interviews import Setting
from compliance.interviews import records, store
from compliance.shared import crypto, envelopes

ROUNDS, WARM = 300, 20


def main() -> None:
    """Every question answered, with a note of 2,000 characters."""
    form = store.form()
    raw = {
        "setting": "alone",
        "language": "zh",
        "notice": True,
        "consent": True,
        "answers": {one.id: {"answer": one.answers[-1].id} for one in form.asked(Setting.alone)},
        "note": "说" * records.NOTE_LIMIT,
    }
    key, (private, public) = crypto.new_key(), envelopes.new_pair()
    sealed = crypto.seal(key, "door", private)
    times = []
    for _ in range(WARM + ROUNDS):
        start = time.perf_counter()
        envelope = envelopes.close(public, "interview", records.written(records.made(form, raw)))
        record = records.read(envelopes.open_with(crypto.unseal(key, "door", sealed), "interview", envelope))
        times.append((time.perf_counter() - start) * 1000)
        assert len(record.note) == records.NOTE_LIMIT
    value = round(statistics.median(times[WARM:]), 3)
    print(json.dumps({"name": "interview_seal_ms", "value": value, "unit": "ms", "n": ROUNDS}))


if __name__ == "__main__":
    main()
