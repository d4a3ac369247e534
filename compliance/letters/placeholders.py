"""What may stand in braces in an association's own words, and everything that is wrong with a text, with its place.

``{visited}`` is the short way to write Jinja's ``{{ visited }}``. Nothing is run here: see ``sandbox``.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping

import jinja2
from jinja2 import nodes

from compliance.letters.sandbox import LONGEST, environment
from compliance.shared.problems import Problem
from compliance.shared.words import N_

_SHORT = re.compile(r"(?<![{%#])\{[ \t]*([^\W\d]\w*)[ \t]*\}(?!\})")
_BROKEN = re.compile(r"(?<![{%#])\{(?![{%#])|(?<![}%#])\}(?!\})")
_INSIDE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_ALLOWED = ("range", "loop")
_READER = environment()
_CLOSED = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
}


def template(text: str) -> str:
    """The text as Jinja reads it; every line stays where it was."""
    return _SHORT.sub(r"{{ \1 }}", text)


def filled(text: str, values: Mapping[str, str | int]) -> str | None:
    """The text with its places filled where braces are all there is to it; None where it has to be run.

    Raises ``KeyError`` for a place that is not known.
    """
    if "{{" in text or "{%" in text or "{#" in text:
        return None
    return _SHORT.sub(lambda place: str(values[place[1]]), text)


def used(text: str) -> frozenset[str]:
    """The names of places that stand in a text; none where it cannot be read."""
    try:
        tree = _READER.parse(template(text))
    except (jinja2.TemplateSyntaxError, RecursionError, ValueError):
        return frozenset()
    return frozenset(node.name for node in tree.find_all(nodes.Name) if node.ctx == "load")


def complaints(text: str, places: Collection[str]) -> list[Problem]:
    """Everything that is wrong with a text before it is tried: too long, not to be read, places and filters that are
    not known, each with its line and with what may have been meant.
    """
    if len(text) > LONGEST:
        return [Problem("wording-long", N_("At most %(most)d characters, please."), most=LONGEST)]
    source = template(text)
    try:
        tree = _READER.parse(source)
    except jinja2.TemplateSyntaxError as error:
        return [
            Problem(
                "wording-syntax",
                N_("Line %(line)d cannot be read: %(words)s"),
                line=error.lineno,
                words=error.message or "",
            )
        ]
    except (RecursionError, ValueError, OverflowError, MemoryError):
        return [Problem("wording-unreadable", N_("This text cannot be read: it is nested too deeply."))]
    return [*_loose(source), *_unknown(tree, places)]


def _loose(source: str) -> Iterator[Problem]:
    outside = _INSIDE.sub(lambda found: "\n" * found[0].count("\n"), source)
    for number, line in enumerate(outside.splitlines(), start=1):
        if found := _BROKEN.search(line):
            yield Problem(
                "wording-brace",
                N_("Line %(line)d: a brace %(sign)s stands alone. A place is written {visited}."),
                line=number,
                sign=f"“{found[0]}”",
            )


def _unknown(tree: nodes.Template, places: Collection[str]) -> Iterator[Problem]:
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    for node in tree.find_all(nodes.Node):
        for kind, word in _CLOSED.items():
            if isinstance(node, kind):
                yield Problem(
                    "wording-closed",
                    N_("Line %(line)d: “%(word)s” is not possible here."),
                    line=node.lineno,
                    word=word,
                )
        if isinstance(node, nodes.Name) and node.ctx == "load":
            if node.name not in places and node.name not in own and node.name not in _ALLOWED:
                yield _not_known(node.name, node.lineno, places)
        elif isinstance(node, nodes.Filter) and node.name not in _READER.filters:
            yield _not_known(node.name, node.lineno, _READER.filters)
        elif isinstance(node, nodes.Test) and node.name not in _READER.tests:
            yield _not_known(node.name, node.lineno, _READER.tests)


def _not_known(name: str, line: int, known: Collection[str]) -> Problem:
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    if near:
        return Problem(
            "wording-unknown",
            N_("Line %(line)d: “%(name)s” is not known. Did you mean “%(near)s”?"),
            line=line,
            name=name,
            near=near[0],
        )
    return Problem(
        "wording-unknown",
        N_("Line %(line)d: “%(name)s” is not known. What is known is listed below."),
        line=line,
        name=name,
    )
