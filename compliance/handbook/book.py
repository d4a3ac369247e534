"""Reading the handbook's pages: Markdown files, one folder for each language, with words and tables put in place.

Two things in a page come from the product itself, so that they cannot grow stale: ``[[Seal the visit]]`` is the text
of a button, menu entry or heading as the reader sees it, and a line such as ``(the table of permits)`` is a table made
from data.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin

from compliance.handbook.generated import GENERATED
from compliance.people.rules import Role
from compliance.shared.translation import gettext, in_language
from compliance.shared.words import CHINESE, ENGLISH

FOLDER = Path(__file__).parent
DECISIONS = "decisions/"
# The order in which a newcomer reads. Decisions are records of their own, listed by their folder.
PAGES = (
    "start",
    "inspectors",
    "tablets",
    "reviewers",
    "managers",
    "leadership",
    "coordinators",
    "administrators",
    "outsiders",
    "personal-data",
    "impact-assessment",
    "first-day",
    "operators",
    "deployment",
    "integrators",
    "developers",
)
# Where each role reads first.
OF_ROLE = {
    Role.inspector: "inspectors",
    Role.reviewer: "reviewers",
    Role.coordinator: "coordinators",
    Role.leader: "leadership",
    Role.manager: "managers",
    Role.administrator: "administrators",
    Role.outsider: "outsiders",
}
ON_SCREEN = re.compile(r"\[\[(.+?)\]\]")
# Private characters, because Markdown's own ** fails between a Chinese full stop and the next word.
_FROM, _TO = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its name in the address, its heading, its first words, its parts as (anchor, heading), its text."""

    name: str
    title: str
    lead: str
    parts: tuple[tuple[str, str], ...]
    html: Markup


def contents(language: str) -> list[Page]:
    """All pages in reading order, then the decisions, in a language."""
    return [page(language, name) for name in (*PAGES, *decisions(language))]


def decisions(language: str) -> list[str]:
    """The names of the records of decisions, oldest first."""
    return [f"{DECISIONS}{path.stem}" for path in sorted((FOLDER / _folder(language) / "decisions").glob("*.md"))]


def source(language: str, name: str) -> str:
    """A page's Markdown as it is written. Raises ``KeyError`` when there is none of that name."""
    path = FOLDER / _folder(language) / f"{name}.md"
    if not re.fullmatch(r"(decisions/)?[a-z0-9-]+", name) or not path.is_file():
        raise KeyError(name)
    return path.read_text(encoding="utf-8")


@cache
def page(language: str, name: str) -> Page:
    """One page. Raises ``KeyError`` when there is none of that name."""
    with in_language(CHINESE if _folder(language) == "zh" else ENGLISH):
        text = ON_SCREEN.sub(lambda found: f"{_FROM}{gettext(found[1])}{_TO}", source(language, name))
        for sign, make in GENERATED.items():
            if sign in text:
                text = text.replace(sign, make(language))
    # Links are written as they work between the files; here every page has an address without an ending.
    text = re.sub(r"(\]\([\w./-]+)\.md(?=[#)])", r"\1", text).replace("](../pictures/", "](pictures/")
    first, _, rest = text.partition("\n")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(anchors_plugin, max_level=3)
    html = markdown.render(rest).replace(_FROM, "<strong>").replace(_TO, "</strong>")
    html = html.replace("<table>", '<div class="table-wrap"><table>').replace("</table>", "</table></div>")
    return Page(
        name=name,
        title=first.removeprefix("# ").strip(),
        lead=_lead(html),
        parts=tuple(re.findall(r'<h2 id="([^"]+)">(.+?)</h2>', html)),
        html=Markup(html),  # noqa: S704 - our own files, without raw HTML
    )


def _lead(html: str) -> str:
    """The first sentence or two of the first paragraph, as plain text."""
    found = re.search(r"<p>(.+?)</p>", html, re.DOTALL)
    return " ".join(Markup(found[1]).striptags().split()) if found else ""  # noqa: S704 - as above


def _folder(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"
