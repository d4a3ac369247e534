"""What has changed: everything that stands among all comparisons."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.people.gate import allow
from compliance.shared import translation
from compliance.shared.translation import gettext as _
from compliance.shared.words import day
from compliance.trends import method, periods, told, told_figures, told_sheets, words
from compliance.trends.sections import Section, page_of
from compliance.trends.views.frame import Page, Sheet, bp, show, title_of
from compliance.trends.views.told_page import paged


@bp.get("/changes")
@allow("trends.read")
def changes() -> ResponseReturnValue:
    """The areas and groups that got better or worse since the period before."""
    return show("trends/told.html", title_of("trends.changes"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    wanted, names = page.wanted, page.names
    found = told.changes(page.actor, wanted)
    rows, number, pages = paged(found.found, page)
    shown = told.Changes(rows, found.compared, found.spoken)
    before = periods.before(wanted.span)
    language = translation.current()
    said = _(
        "%(compared)s comparisons were made of this period with the one before (%(first)s to %(last)s): each area in "
        "all members and in each sector, district and size. %(spoken)s of them had enough visits on both sides. Named "
        "is only what stands when all of them are looked at together: the chance that anything on the list is a false "
        "alarm is at most 5%%.",
        compared=found.compared, spoken=found.spoken,
        first=day(before.first, language), last=day(before.last, language),
    )  # fmt: skip
    section = Section(
        "changes",
        _("What changed") + " · " + _(words.FIGURES[wanted.figure]),
        told_figures.changes_table(shown, names),
        folded=False,
    )
    if found.spoken:
        nothing, more = _("Nothing changed that stands"), _(
            "That does not prove that all is as it was: with more visits smaller changes can be seen. Areas whose "
            "checklist has changed are not compared."
        )  # fmt: skip
    else:
        said, nothing = "", _("Nothing can be compared yet")
        more = _(
            "This period or the one before (%(first)s to %(last)s) has too few drawn visits. What is certain, the "
            "visits made and the shortfalls put right, stands on the overview.",
            first=day(before.first, language), last=day(before.last, language),
        )  # fmt: skip
    return {
        **page_of([section] if found.found else [], said=said, nothing=nothing, nothing_more=more),
        "lead": None,
        "page_number": number,
        "pages": pages,
        "total": len(found.found),
        "method": method.method(page.actor, wanted, names),
        "sheet": Sheet("what-changed", *told_sheets.changes(shown, names)),
    }
