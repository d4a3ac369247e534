"""How pages write dates, numbers, and bilingual data."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask, request
from flask_login import current_user
from markupsafe import Markup

from compliance.people import gate, store
from compliance.shared import clock, translation
from compliance.shared.translation import gettext
from compliance.shared.words import CHINESE, ENGLISH, Text, reached

DEFAULT_ZONE = "Asia/Shanghai"


def zone() -> str:
    """The time zone of the reader's association, or the one that a job writes in."""
    if said := translation.time_zone():
        return said
    return store.association(gate.actor()).time_zone if current_user.is_authenticated else DEFAULT_ZONE


def day(value: date | datetime | None) -> str:
    """A date in the reader's language; moments as the day in the association's zone."""
    if value is None:
        return "–"
    return _day(clock.day_of(value, zone()) if isinstance(value, datetime) else value, translation.current())


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    return dates.format_date(value, "y年M月d日" if language.startswith("zh") else "d MMM y", locale=language)


def moment(value: datetime | None) -> str:
    """Day and time of day in the association's zone."""
    if value is None:
        return "–"
    return f"{day(value)} {value.astimezone(ZoneInfo(zone())):%H:%M}"


def day_in(value: date | str | None, language: str) -> str:
    """A date (or its ISO text) in a language of its own, for papers in the language of whoever reads them."""
    if not value:
        return ""
    here = date.fromisoformat(value) if isinstance(value, str) else value
    return _day(here, CHINESE if language.startswith("zh") else ENGLISH)


def recent(value: datetime) -> str:
    """A moment of today as the time of day; others with their day."""
    here = value.astimezone(ZoneInfo(zone()))
    return f"{here:%H:%M}" if here.date() == clock.today(zone()) else moment(value)


def number(value: int | float | Decimal | None) -> str:
    """A number with the reader's separators; a dash for nothing."""
    return "–" if value is None else _number(value, translation.current())


@lru_cache(maxsize=4096)
def _number(value: int | float | Decimal, language: str) -> str:
    return numbers.format_decimal(value, locale=language)


def percent(value: float | Decimal | None) -> str:
    """A share 0..1 as whole per cent, rounded down."""
    return "–" if value is None else reached(value)


def association_name() -> str:
    """The reader's association in the reader's language; the product's own name before anybody is signed in."""
    if not current_user.is_authenticated:
        return str(gettext("Workplace visits"))
    mine = store.association(gate.actor())
    return mine.name_zh if translation.current().startswith("zh") else mine.name_en


def changed_query(changes: dict[str, object]) -> dict[str, object]:
    """The query of this request with some parameters changed; None removes one."""
    query: dict[str, object] = dict(request.args.lists())
    query.update(changes)
    return {name: value for name, value in query.items() if value not in (None, "", [""])}


def words(text: Text | None) -> str:
    """Bilingual data in the reader's language."""
    return "" if text is None else text.in_(translation.current())


@cache
def drawn_icon(name: str, size: int = 20) -> Markup:
    """A sign of the sprite in ``templates/parts/icons.html``. A page shows a hundred of them, so it is no macro."""
    return Markup(
        '<svg class="icon" width="{size}" height="{size}" aria-hidden="true"><use href="#i-{name}"/></svg>'
    ).format(name=name, size=size)


def init_app(app: Flask) -> None:
    """Make them filters of every template."""
    app.jinja_env.globals.update(association_name=association_name, changed_query=changed_query, drawn_icon=drawn_icon)
    app.jinja_env.filters.update(
        day=day, moment=moment, day_in=day_in, recent=recent, number=number, percent=percent, words=words
    )
