"""Which stored files the rows name. A file is named by the SHA-256 of its content, in a column or within JSON."""

import re
from collections.abc import Iterable, Sequence

from compliance.backups.tables import Row, Table

FILES = frozenset(
    {
        "action_evidence.digest",
        "association.logo_digest",
        "association.logo_zh_digest",
        "day_plan.inputs_digest",
        "draw_period.frame_digest",
        "entered_for.scan_digest",
        "evidence.digest",
        "evidence.shown_digest",
        "evidence.small_digest",
        "history_file.digest",
        "history_import.details_digest",
        "letter.pdf_digest",
        "letter_delivery.scan_digest",
        "letter_posting.file_digest",
        "letter_stamped.digest",
        "life_event.file_digest",
        "pledge.file_digest",
        "register_import.details_digest",
        "register_import.file_digest",
        "register_import.written_digest",
        "repayment.proof_digest",
        "reply_evidence.digest",
        "seal_picture.digest",
    }
)
"""Columns whose every value names a file that must be there."""
PERHAPS = frozenset(
    {
        "answer_event.sha256",
        "aside_entry.sha256",
        "complaint_part.file_digest",
        "photo_upload.sha256",
        "tablet_photo.sha256",
    }
)
"""Columns that name a file from some moment on, or until some moment."""
OTHER_DIGESTS = frozenset(
    {
        "api_token.digest",
        "audit_value.digest",
        "calendar_feed.token_digest",
        "checklist_version.digest",
        "day_plan.plan_digest",
        "draw_period.drawn_digest",
        "draw_period.seed_digest",
        "history_import.plan_digest",
        "invitation.code_digest",
        "leadership_report.facts_digest",
        "letter.seal_digest",
        "letter.template_digest",
        "letter.words_digest",
        "on_site_draw.digest",
        "on_site_seed.digest",
        "recovery_code.digest",
        "register_import.plan_digest",
        "risk_weights.digest",
        "scorecard.checklist_digest",
        "scorecard.inputs_digest",
        "sign_in.device_digest",
        "tablet_receipt.digest",
    }
)
"""Columns whose digests are not of stored files."""
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Naming:
    """Collects what rows name, of the files that there are."""

    def __init__(self, there: Iterable[str]) -> None:
        self._there = frozenset(there)
        self.named: set[str] = set()
        self.missing: dict[str, str] = {}
        """Digest of a file that must be there and is not, and the column that names it."""

    def may_look(self, table: Table) -> bool:
        """Whether rows of a table can name a file."""
        return bool(_columns(table))

    def look(self, table: Table, rows: Sequence[Row]) -> None:
        """See which files some rows name."""
        for at, full in _columns(table):
            if table.kinds[at] == "json":
                for row in rows:
                    if row[at] and len(row[at]) > 64:
                        self.named.update(d for d in _DIGEST.findall(row[at]) if d in self._there)
                continue
            values = {row[at] for row in rows if row[at]}
            self.named |= values & self._there
            if full in FILES:
                self.missing |= dict.fromkeys(values - self._there, full)


def _columns(table: Table) -> list[tuple[int, str]]:
    """Where a table may name files; the trail does not count, because it tells of files that are gone, too."""
    if table.name == "audit_line":
        return []
    full = [f"{table.name}.{column}" for column in table.columns]
    return [(at, name) for at, name in enumerate(full) if table.kinds[at] == "json" or name in FILES | PERHAPS]
