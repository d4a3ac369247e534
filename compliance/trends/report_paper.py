"""The leadership report as a paper: its parts in one language or both, pressed to PDF/A and PDF/UA."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from flask import current_app
from markupsafe import Markup

from compliance.people.rules import Actor
from compliance.shared import places, press, translation
from compliance.shared.press import Pressed
from compliance.shared.translation import gettext as _
from compliance.shared.words import HTML_LANG, day
from compliance.trends import method, store
from compliance.trends.labels import Labels
from compliance.trends.report_facts import Facts
from compliance.trends.report_parts import Part, parts
from compliance.trends.rules import Selection

_FONTS = re.compile(r'font-family="[^"]*"')


def parts_in(actor: Actor, facts: Facts, language: str) -> list[Part]:
    """The report in one language."""
    with translation.in_language(language):
        names = Labels(language, store.versions_of(actor))
        # The first line counts what was drawn and is still to come, which no paper tells; the last is of plain figures.
        lines = method.method(actor, Selection(facts.span), names, most=0).lines[1:-1]
        return parts(facts, names, lines)


def html(facts: Facts, told: Sequence[tuple[str, Sequence[Part]]]) -> str:
    """The page that is pressed; ``told`` are the languages with their parts, the first one leading."""
    leading = told[0][0]
    spoken = []
    for language, each in told:
        with translation.in_language(language):
            template = current_app.jinja_env.get_template("trends/report_inside.html")
            spoken.append(
                template.render(
                    _=translation.gettext, facts=facts, parts=each, language=language, day_in=day, drawing=drawing,
                    association=facts.association.in_(language), title=title(facts.period),
                    html_lang=HTML_LANG.get(language, "en"), second=language != leading,
                )
            )  # fmt: skip
    with translation.in_language(leading):
        page = current_app.jinja_env.get_template("trends/report.html").render(
            _=translation.gettext, facts=facts, language=leading, html_lang=HTML_LANG.get(leading, "en"),
            inside=[Markup(one) for one in spoken], title=title(facts.period),  # noqa: S704 - made by templates
            association=facts.association.in_(leading),
        )  # fmt: skip
    return _printable(page)


def title(period: str) -> str:
    """What the report is called, in the language of now."""
    year, _dash, quarter = period.partition("-Q")
    if quarter:
        return str(_("Report for the leadership: %(year)s, quarter %(quarter)s", year=year, quarter=quarter))
    return str(_("Report for the leadership: year %(year)s", year=year))


def drawing(one: Part, language: str) -> Markup:
    """The chart of a part with the paper's fonts, ids of its own, and words in its place that say where the figures
    stand.
    """
    assert one.chart is not None
    drawn = _FONTS.sub("font-family=\"'Letter Latin', 'Letter Hei'\"", str(one.chart), count=1)
    drawn = re.sub(r'(id|aria-labelledby)="([^"]*)"', lambda found: _own(found, language), drawn)
    more = Markup.escape(_("Chart: %(title)s. The same figures stand in the text and tables of this part.", title="\0"))
    drawn = re.sub(
        r"(<title id=[^>]*>)([^<]*)", lambda found: found[1] + str(more).replace("\0", found[2]), drawn, count=1
    )
    return Markup(drawn)  # noqa: S704 - our own drawing


def _own(found: re.Match[str], language: str) -> str:
    return f'{found[1]}="{" ".join(f"{language}-{name}" for name in found[2].split())}"'


def pressed(page: str) -> Pressed:
    """The PDF. Raises what ``shared.press.press`` raises."""
    return press.press(page, _folder() / "report.css")


@lru_cache(maxsize=1)
def _folder() -> Path:
    return places.templates_dir() / "trends"


def _printable(page: str) -> str:
    """The same with each character that the fonts lack as its number, in brackets: names are as somebody typed them."""
    lacking = {ord(character) for character in page} - press.printable()
    return page.translate({code: " " if code == 0x09 else f"[U+{code:04X}]" for code in lacking}) if lacking else page
