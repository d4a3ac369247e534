"""A text in every language at once, for readers whose language the server does not know: tablets keep both."""

from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations

from compliance.shared.places import PACKAGE
from compliance.shared.problems import Problem
from compliance.shared.words import LANGUAGES, Language, inside


@cache
def _catalogue(language: Language) -> NullTranslations:
    return Translations.load(PACKAGE / "translations", [language])


def said(msgid: str, /, **facts: Any) -> dict[str, str]:
    """A text in each language, its places filled."""
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        text = _catalogue(language).ugettext(msgid)
        plain = {name: inside(fact, language) for name, fact in facts.items()}
        texts[language] = text % plain if plain else text
    return texts


def told(problem: Problem) -> dict[str, str]:
    """What a problem says, in each language."""
    return said(problem.text, **problem.facts)
