"""How long it takes to work out what everybody on a pay sheet is owed: "pay_sheet_ms".

200 workers over three months, each with overtime and a deduction, from the sealed bytes of one edition to the sums of
the sample and the estimate of the whole; the database is left out.
"""

import json
import statistics
import time
from datetime import date

from compliance.shared import crypto
from compliance.wages import records, sampling, store
from compliance.wages.rules import Workplace, reckon

WORKERS, MONTHS, ROUNDS, WARM = 200, ("2026-01", "2026-02", "2026-03"), 60, 5
PLACE, TODAY = Workplace("530102"), date(2026, 11, 22)


def main() -> None:
    """Reckoning alone, and with opening and reading the sheet beside it."""
    rows = [_row(number, month) for number in range(1, WORKERS + 1) for month in MONTHS]
    groups = [{"group": "sewing", "workers": 600}, {"group": "packing", "workers": 200}]
    edition = records.read({"form": 1, "rows": rows, "groups": groups})
    key, rates = crypto.new_key(), store.rates()
    sealed = crypto.seal(key, "sheet", records.written(edition))
    alone, together = [], []
    for _ in range(WARM + ROUNDS):
        start = time.perf_counter()
        sheet = records.together([records.read(json.loads(crypto.unseal(key, "sheet", sealed)))])
        opened = time.perf_counter()
        found = sampling.whole(sheet, [reckon(row.record, PLACE, rates, TODAY) for row in sheet.rows])
        done = time.perf_counter()
        alone.append((done - opened) * 1000)
        together.append((done - start) * 1000)
        assert found.exact > 0 and found.estimate is not None and found.estimate.high > float(found.exact)
    for name, times in (("pay_sheet_ms", alone), ("pay_sheet_opened_ms", together)):
        value = round(statistics.median(times[WARM:]), 1)
        print(json.dumps({"name": name, "value": value, "unit": "ms", "n": len(rows)}))


def _row(number: int, month: str) -> dict[str, object]:
    return {
        "worker": f"W{number}",
        "month": month,
        "group": "sewing" if number % 4 else "packing",
        "agreed": f"{2300 + number}.00",
        "hours": {"normal": "174", "workday": "20", "rest_day": "8", "holiday": "8"},
        "pay": {"base": f"{2300 + number % 7 * 50}.00", "overtime": "500.00"},
        "deductions": {"insurance": "262.50", "damage": "500.00", "fine": "20.00"},
        "due_on": "2026-04-15",
        "paid_on": "2026-04-20",
        "insured": True,
    }


if __name__ == "__main__":
    main()
