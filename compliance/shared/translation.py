"""The reader's language and its catalogue, found once for each request: a page asks for hundreds of texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from babel.support import Translations
from flask import g
from flask_babel import force_locale, get_locale, get_translations
from flask_babel.speaklater import LazyString


def current() -> str:
    """The language of this request as a name, one of ``words.LANGUAGES``."""
    try:
        return cast(str, g.language)
    except AttributeError:
        g.language = str(get_locale())
        return cast(str, g.language)


def catalogue() -> Translations:
    """The texts in the language of this request."""
    try:
        return cast(Translations, g.catalogue)
    except AttributeError:
        g.catalogue = get_translations()
        return cast(Translations, g.catalogue)


def gettext(msgid: str, /, **facts: object) -> str:
    """A text in the language of this request, with its facts as they are: escaping is the page's work."""
    text: str = catalogue().gettext(msgid)
    return text % facts if facts else text


def ngettext(one: str, many: str, count: int, /) -> str:
    """The words that go with a count, without it."""
    return str(catalogue().ngettext(one, many, count))


def lazy_gettext(msgid: str, /, **facts: object) -> LazyString:
    """The same for a text that is made before anybody asks for a page."""
    return LazyString(gettext, msgid, **facts)


def time_zone() -> str:
    """The time zone that a job writes in; empty where the reader's counts."""
    return str(g.get("time_zone", ""))


@contextmanager
def in_language(language: str, time_zone: str = "") -> Iterator[None]:
    """Everything inside is said in this language, whatever the reader's is; a job, which has no reader, says as well
    in which time zone a moment is a day.
    """
    before = {name: g.pop(name) for name in ("language", "catalogue", "time_zone") if name in g}
    g.time_zone = time_zone or before.get("time_zone", "")
    try:
        with force_locale(language):
            yield
    finally:
        for name in ("language", "catalogue", "time_zone"):
            g.pop(name, None)
        for name, value in before.items():
            setattr(g, name, value)
