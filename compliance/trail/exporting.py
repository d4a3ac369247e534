"""The trail as a file that an auditor checks by himself: a JSON object a line, with the hashes of the chain."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from compliance.shared import audit
from compliance.shared.audit import AuditLine
from compliance.shared.problems import Problem
from compliance.shared.words import N_

_IDS = ("association_id", "person_id", "subject_id")


def write(path: Path, first: date | None = None, last: date | None = None) -> int:
    """Write the lines of these days (UTC) into a file that only its owner reads, and how many; whole or not at all."""
    lines = audit.lines(
        datetime.combine(first, time(), UTC) if first else None,
        datetime.combine(last + timedelta(days=1), time(), UTC) if last else None,
    )
    count, part = 0, path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        for line in lines:
            said = {**line.model_dump(), "at": line.at.isoformat()}
            said |= {name: said[name] and str(said[name]) for name in _IDS}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return count


def read(path: Path) -> Iterator[AuditLine]:
    """The lines of such a file. Raises ``Problem`` for one that is none."""
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            try:
                said = json.loads(text)
                said |= {name: said[name] and UUID(said[name]) for name in _IDS}
                yield AuditLine(**{**said, "at": datetime.fromisoformat(said["at"])})
            except (ValueError, TypeError, KeyError):
                raise Problem(
                    "trail-file", N_("Line %(number)s of the file is no line of the trail."), number=number
                ) from None
