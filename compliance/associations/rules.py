"""What an association's own data must be like."""

import zoneinfo

from compliance.shared.problems import Problem
from compliance.shared.words import N_

LETTER_LANGUAGES = {"zh_Hans_CN": N_("Chinese"), "en": N_("English"), "both": N_("Chinese and English")}
_NEAR = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore", "UTC")


def time_zones() -> list[str]:
    """The names of all time zones, those of the region first."""
    others = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [*_NEAR, *(name for name in others if name not in _NEAR)]


def require_time_zone(name: str) -> None:
    """Raise ``Problem`` for a name that is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise Problem("time-zone-unknown", N_("This time zone is not known."), field="time_zone")


def require_names(name_en: str, name_zh: str) -> None:
    """Raise ``Problem`` when an association has no name in one of the languages: both are printed."""
    if not name_en:
        raise Problem("association-name", N_("The association needs a name in both languages."), field="name_en")
    if not name_zh:
        raise Problem("association-name", N_("The association needs a name in both languages."), field="name_zh")


def name_in(name_en: str, name_zh: str, language: str) -> str:
    """The association's name in a language; the other one where it is missing."""
    return (name_zh or name_en) if language.startswith("zh") else (name_en or name_zh)
