"""Reading the handbook's pages: Markdown files, one folder for each language, with generated tables put in place."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin

from compliance.people.rules import PERMITS, Role

FOLDER = Path(__file__).parent
# The order in which a newcomer reads. Decisions are records of their own, listed by their folder.
PAGES = ("start", "inspectors", "reviewers", "managers", "leadership", "coordinators", "administrators", "first-day", "operators", "developers")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its name in the address, its heading, its text as HTML."""

    name: str
    title: str
    html: Markup


def contents(language: str) -> list[Page]:
    """All pages in reading order, then the decisions, in a language."""
    decisions = sorted(p.stem for p in (FOLDER / _folder(language) / "decisions").glob("*.md"))
    return [page(language, name) for name in (*PAGES, *(f"decisions/{d}" for d in decisions))]


@cache
def page(language: str, name: str) -> Page:
    """One page. Raises ``KeyError`` when there is none of that name."""
    if not re.fullmatch(r"(decisions/)?[a-z0-9-]+", name):
        raise KeyError(name)
    path = FOLDER / _folder(language) / f"{name}.md"
    if not path.is_file():
        raise KeyError(name)
    text = path.read_text(encoding="utf-8")
    for sign, make in GENERATED.items():
        if sign in text:
            text = text.replace(sign, make(language))
    first, _, rest = text.partition("\n")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(anchors_plugin, max_level=3)
    # Our own files, rendered without raw HTML.
    return Page(name, first.removeprefix("# ").strip(), Markup(markdown.render(rest)))  # noqa: S704


def permits_table(language: str) -> str:
    """The one page of permits as a Markdown table."""
    head = "权限" if language.startswith("zh") else "Permit"
    names = {
        Role.inspector: "走访员", Role.reviewer: "复核员", Role.coordinator: "统筹员", Role.leader: "负责人",
        Role.manager: "企业管理员", Role.administrator: "系统管理员",
    }  # fmt: skip
    titles = [names[role] if language.startswith("zh") else role.value for role in Role]
    rows = [f"| {head} | {' | '.join(titles)} |", "|---|" + "---|" * len(titles)]
    for verb, roles in sorted(PERMITS.items()):
        rows.append(f"| `{verb}` | " + " | ".join("●" if role in roles else "" for role in Role) + " |")
    return "\n".join(rows)


GENERATED = {"(the table of permits)": permits_table}


def _folder(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"
