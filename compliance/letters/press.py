"""A letter's words become pages: its own sandboxed Jinja, its stylesheet, the fonts' characters, the press."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import segno
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from compliance.letters import enclosed, rules
from compliance.shared import files, places, press
from compliance.shared.problems import Problem
from compliance.shared.words import N_

PDF = "application/pdf"
TEMPLATE, STYLESHEET, WORDS = "letter.html", "letter.css", "words.yaml"
_LOGOS = ("image/png", "image/jpeg", "image/svg+xml")


def folder() -> Path:
    """Where the letters' template, stylesheet and fixed words are."""
    return places.templates_dir() / "letters"


@cache
def words() -> Mapping[str, Any]:
    """The fixed words of all letters, read once."""
    content: Mapping[str, Any] = yaml.safe_load((folder() / WORDS).read_text("utf-8"))
    return content


@cache
def template_digest() -> str:
    """SHA-256 (hex) of what shapes a letter: template, stylesheet and fixed words."""
    return hashlib.sha256(
        b"\0".join((folder() / name).read_bytes() for name in (TEMPLATE, STYLESHEET, WORDS))
    ).hexdigest()


@cache
def _template() -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE)


def page(letter: Mapping[str, Any], logo: str = "", seal: str = "") -> str:
    """A letter's words (``Letter.as_json``) as HTML. ``logo`` and ``seal`` are ``data:`` addresses or empty: then the
    place for the wet seal is printed.
    """
    code = letter["verify_url"]
    symbol = segno.make(code, error="m").svg_data_uri(scale=1, border=0) if code else ""
    return _template().render(letter=letter, logo=logo, symbol=symbol, seal=seal)


def picture(data: bytes, media_type: str) -> str:
    """A ``data:`` address for a logo. Raises ``Problem`` ``letter-logo`` for anything but PNG, JPEG and SVG."""
    if media_type not in _LOGOS:
        raise Problem("letter-logo", N_("A logo must be a PNG, JPEG or SVG picture."))
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def print_letter(
    letter: Mapping[str, Any],
    logo: str = "",
    identifier: str = "",
    pictures: Mapping[str, bytes] | None = None,
    seal: str = "",
) -> press.Pressed:
    """The PDF of a letter with its facts for machines; the same words give the same bytes.

    ``pictures`` are the bytes of its photos by their digests; without them they are taken from the files. Raises what
    `shared.press.press` and `shared.files.get` raise.
    """
    if pictures is None:
        pictures = {digest: files.get(digest) for digest in photos_of(letter)}
    return press.press(
        page(letter, logo, seal), folder() / STYLESHEET, identifier, attachments=enclosures(letter), pictures=pictures
    )


def enclosures(letter: Mapping[str, Any]) -> list[press.Attachment]:
    """What is attached to a letter: its facts as JSON; nothing to a draft."""
    if not letter.get("enclosed"):
        return []
    data = json.dumps(letter["enclosed"], ensure_ascii=False, indent=1).encode()
    return [press.Attachment(enclosed.FILENAME, data, letter["pdf_title"], date.fromisoformat(letter["dated"]))]


def photos_of(letter: Mapping[str, Any]) -> list[str]:
    """The digests of the photos that a letter shows, each once, in order."""
    tables = (block for section in letter["sections"] for block in section["blocks"] if block["form"] == "table")
    rows = (row for table in tables for row in table["rows"])
    return list(dict.fromkeys(one["digest"] for row in rows for one in row.get("pictures", ())))


def digest(value: Any) -> str:
    """SHA-256 (hex) of plain JSON values, however their keys are ordered."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def require_characters(letter: Mapping[str, Any], facts: rules.Facts, passages: rules.Passages, language: str) -> None:
    """Raise ``Problem`` ``letter-characters`` if a character cannot be printed; it names each one and where it stands
    (in the reader's ``language``).
    """
    missing = press.missing(("", text) for text in _texts(letter))
    if missing:
        listed = "; ".join(
            str(press.Missing(m.character, rules.place_of(m.character, facts, passages).in_(language)))
            for m in missing[:20]
        )
        raise Problem("letter-characters", N_("These characters cannot be printed: %(characters)s"), characters=listed)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)
