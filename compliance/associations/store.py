"""Reading and writing associations."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from compliance.associations import logos, rules
from compliance.associations.models import Association
from compliance.shared import audit, files
from compliance.shared.audit import Writer, audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.shared.words import N_, clean

FIELDS = (
    "name_en",
    "name_zh",
    "short_name_zh",
    "address_en",
    "address_zh",
    "post_code",
    "website",
    "contact_zh",
    "contact_en",
    "phone",
    "email",
    "time_zone",
    "letter_language",
)


def get(association_id: UUID) -> Association:
    """An association. Raises ``NotFound``."""
    row = session().get(Association, association_id)
    if row is None:
        raise NotFound("association-unknown", N_("There is no such association."))
    return row


def every() -> list[Association]:
    """All associations, the oldest first: for commands, which act for each of them."""
    return list(session().exec(select(Association).order_by(col(Association.created_at))))


def found_one() -> Association:
    """A new association without a name yet; the first-run page names it."""
    row = Association()
    session().add(row)
    session().flush()
    audit.record(_Founder(row.id), "association.created", row)
    return row


@audited("association.edited")
def edit(actor: Writer, values: dict[str, Any]) -> Association:
    """Change the association's own data (``FIELDS``). Raises ``Problem`` with ``field``."""
    row = get(actor.association_id)
    new = {name: clean(str(values.get(name, getattr(row, name)) or "")) for name in FIELDS}
    rules.require_names(new["name_en"], new["name_zh"])
    rules.require_time_zone(new["time_zone"])
    for name, value in new.items():
        setattr(row, name, value)
    session().flush()
    return row


@audited("association.logo_changed")
def set_logo(actor: Writer, language: str, data: bytes | None) -> Association:
    """Keep a logo for letters and pages of a language, or take it away (None). Raises ``Problem`` or ``TooLarge``."""
    row = get(actor.association_id)
    kept = files.put(logos.prepared(data), "image/png") if data else None
    digest = kept.digest if kept else None
    if language.startswith("zh"):
        row.logo_zh_digest = digest
    else:
        row.logo_digest = digest
    row.logo_media_type = "image/png" if row.logo_digest or row.logo_zh_digest else ""
    return row


def logo(row: Association, language: str) -> bytes | None:
    """The logo for a language as PNG, the other language's where it is missing, or None."""
    first, second = row.logo_digest, row.logo_zh_digest
    if language.startswith("zh"):
        first, second = second, first
    digest = first or second
    return files.get(digest) if digest else None


class _Founder:
    """Whoever stands at the console while there is no association yet."""

    person_id: UUID | None = None
    address = "console"

    def __init__(self, association_id: UUID) -> None:
        self.association_id = association_id
