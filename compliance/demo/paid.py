"""Pay sheets of the demo, invented: a sample of workers over three months, with what tends to be wrong."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from compliance.people.rules import Actor
from compliance.wages import store

_WORKERS = 10
_GROUPS = (("一线岗位", 60), ("其他岗位", 24))
"""Names and sizes of groups; larger than the workplace they are cut down."""


def pay(inspector: Actor, visit: Any, workers: int, day: date, chance: random.Random) -> None:
    """The pay sheet of one visit at a workplace with so many workers, taken in at once."""
    first = min(_GROUPS[0][1], max(workers * 2 // 3, 1))
    groups = {_GROUPS[0][0]: first, _GROUPS[1][0]: max(workers - first, 1)}
    rows: list[dict[str, Any]] = []
    for number in range(1, _WORKERS + 1):
        group = _GROUPS[number > _WORKERS * 2 // 3][0]
        rows += _months(f"W{number}", group, 2400 + 100 * chance.randrange(8), day, chance)
    edition = {
        "form": 1,
        "groups": [{"group": group, "workers": number} for group, number in groups.items()],
        "rows": rows,
    }
    store.take_rows(inspector, visit, UUID(int=chance.getrandbits(128), version=4), edition, day)


def _months(worker: str, group: str, agreed: int, day: date, chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    short, fined = chance.random() < 0.4, chance.random() < 0.2
    last = day.replace(day=1)
    for _month in range(3):
        last = (last - timedelta(days=1)).replace(day=1)
        due = (last + timedelta(days=32)).replace(day=15)
        if due >= day:
            continue
        overtime = chance.choice([12, 20, 28, 40])
        owed = round(agreed / 174 * overtime * 1.5, 2)
        rows.append(
            {
                "worker": worker,
                "month": f"{last:%Y-%m}",
                "group": group,
                "agreed": f"{agreed}.00",
                "hours": {"normal": "174", "workday": str(overtime)},
                "pay": {"base": f"{agreed}.00", "overtime": f"{owed / 1.5 if short else owed + 0.01:.2f}"},
                "deductions": {"insurance": "262.50"} | ({"fine": "50.00"} if fined else {}),
                "due_on": due.isoformat(),
                "paid_on": (due + timedelta(days=6 if chance.random() < 0.1 else 0)).isoformat(),
                "insured": chance.random() < 0.9,
            }
        )
    return rows
