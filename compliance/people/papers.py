"""Codes on paper: shown to whoever made them, for as long as they print, and kept nowhere else.

They lie in the maker's own signed cookie, because the database holds only their digests.
"""

from uuid import UUID

from flask import session

from compliance.people.gate import actor

_KEPT = 5
_KEY = "papers"


def keep(invitation_id: UUID, code: str) -> None:
    """Remember a code for the page that prints it."""
    earlier = dict(list(_mine().items())[-(_KEPT - 1) :])
    session[_KEY] = {"by": str(actor().person_id), "codes": {**earlier, str(invitation_id): code}}


def code_of(invitation_id: UUID) -> str | None:
    """The code of an invitation that this person has just made here, or None."""
    return _mine().get(str(invitation_id))


def forget() -> None:
    """Drop all of them: somebody else may sit here next."""
    session.pop(_KEY, None)


def _mine() -> dict[str, str]:
    kept = session.get(_KEY, {})
    codes: dict[str, str] = kept.get("codes", {}) if kept.get("by") == str(actor().person_id) else {}
    return codes
