"""What a tablet keeps to start without a network: the files of its shell, its words, and the name of the release."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from babel.messages.extract import extract_from_dir
from babel.support import Translations
from flask import Flask

from compliance.shared import places
from compliance.shared.words import CHINESE, ENGLISH

STATIC = places.PACKAGE / "static"
SCRIPTS = STATIC / "js" / "tablet"
WORKER = SCRIPTS / "sw.js"
DOCUMENT = "tablet/shell.html"
_KEYWORDS = {"_": None, "gettext": None, "N_": None}
_LANGUAGE = {"**.js": {"parse_template_string": "true"}}
_STYLES = (
    "css/app.css",
    "css/visit.css",
    "css/tablet.css",
    "css/tablet-visit.css",
    "css/photos.css",
    "css/display.css",
    "css/introductions.css",
    "css/interviews.css",
    "css/pay.css",
)
_IMPORT = re.compile(r'^import (?:[^;"]* from )?"(\.[^"]+)";', re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_DRAWN_FROM = ("tablet", "visits", "parts")
"""Folders of templates that the shell and the skeletons of checklists are drawn from."""


@cache
def texts() -> tuple[str, ...]:
    """Every text that the scripts say, as it is written there."""
    found: set[str] = set()
    for _file, _line, text, _comments, _context in extract_from_dir(
        str(SCRIPTS), [("**.js", "javascript")], _LANGUAGE, keywords=_KEYWORDS
    ):
        found.add(str(text))
    return tuple(sorted(found))


@cache
def words(language: str) -> Mapping[str, str]:
    """The texts in a language other than their own, each under its short name."""
    if language == ENGLISH:
        return {}
    catalogue = Translations.load(places.PACKAGE / "translations", [language])
    spoken = {text: catalogue.ugettext(text) for text in texts()}
    return {short(text): chinese for text, chinese in spoken.items() if chinese != text}


def short(text: str) -> str:
    """What a text is called in the catalogue of a tablet, of which texts would be half. words.js counts alike."""
    total = 0x811C9DC5
    for letter in text:
        total = (total ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
    name, rest = "", total & 0xFFFFFF
    while rest or not name:
        rest, digit = divmod(rest, 36)
        name = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + name
    return name


def files(app: Flask) -> list[str]:
    """The addresses that a tablet needs to start without a network."""
    base = app.static_url_path or ""
    scripts = sorted(path.relative_to(STATIC).as_posix() for path in SCRIPTS.rglob("*.js") if path != WORKER)
    vendored = sorted(path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").glob("*.js"))
    pictures = sorted(path.relative_to(STATIC).as_posix() for path in (STATIC / "img").iterdir() if path.is_file())
    return [f"{base}/{name}" for name in (*scripts, *vendored, *pictures)]


@cache
def modules() -> tuple[str, ...]:
    """The files of ``STATIC`` that the application is made of when it begins: without their names in the document a
    browser would learn of each from the one that imports it, one after the other.
    """
    found: list[Path] = []
    waiting = [SCRIPTS / "app.js"]
    for file in waiting:
        if file not in found:
            found.append(file)
            waiting += [(file.parent / name).resolve() for name in _IMPORT.findall(file.read_text(encoding="utf-8"))]
    return tuple(file.relative_to(STATIC).as_posix() for file in found)


@cache
def style() -> str:
    """The style of every page of the tablet in one piece, without comments: compressed a fifth less than its files."""
    return _COMMENT.sub("", "".join((STATIC / name).read_text(encoding="utf-8") for name in _STYLES))


def release(app: Flask) -> str:
    """The name of what is served now: it changes with any file, word or line of the shell and of the visits' pages."""
    if "tablet_release" not in app.extensions:
        whole = hashlib.sha256(PurePosixPath(app.static_url_path or "").name.encode())
        drawn = (file for folder in _DRAWN_FROM for file in (places.templates_dir() / folder).glob("*.html"))
        catalogue = places.PACKAGE / "translations" / CHINESE / "LC_MESSAGES" / "messages.mo"
        for file in (*sorted(drawn), catalogue):
            whole.update(file.read_bytes() if file.is_file() else b"")
        app.extensions["tablet_release"] = whole.hexdigest()[:12]
    return str(app.extensions["tablet_release"])
