"""Papers beside the letters: a template and its stylesheet become a PDF. Everything on them is said by the caller.

A letter refuses a character that cannot be printed, because somebody signs it. These papers quote what others typed
years ago, so such a character is printed as its number and can be looked up: never as a box, never left out.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app

from compliance.shared import places, press, translation
from compliance.shared.words import CHINESE, ENGLISH, HTML_LANG, LANGUAGES, day
from compliance.visits import words as visit_words

STYLESHEET = "papers.css"


def page(template: str, **facts: Any) -> str:
    """A paper of ``templates/papers/`` as HTML, in the reader's language unless its facts say otherwise."""
    language = translation.current()
    html = current_app.jinja_env.get_template(f"papers/{template}").render(
        _=translation.gettext,
        language=language,
        html_lang=HTML_LANG.get(language, "en"),
        day_in=day,
        visit_words=visit_words,
        **facts,
    )
    return printable(html)


@lru_cache(maxsize=16)
def pressed(html: str) -> press.Pressed:
    """The PDF of a page. Raises what ``shared.press.press`` raises. The same page gives the same bytes, and the last
    few are kept: a paper is often opened, then saved, then printed.
    """
    return press.press(html, folder() / STYLESHEET)


def folder() -> Path:
    """Where the papers' templates and stylesheet are."""
    return places.templates_dir() / "papers"


def printable(html: str) -> str:
    """The same with each character that the fonts lack as its number, in brackets."""
    known = press.printable()
    lacking = {ord(character) for character in html} - known
    return html.translate({code: " " if code == 0x09 else f"[U+{code:04X}]" for code in lacking}) if lacking else html


def spoken(language: str) -> tuple[str, ...]:
    """The languages of a paper for an enterprise whose letters are written in ``language``, the first one leading."""
    return (language,) if language in LANGUAGES else (CHINESE, ENGLISH)
