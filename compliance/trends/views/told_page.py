"""What the pages of estimates share: their empty words, sorting, paging."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from compliance.shared.translation import gettext as _
from compliance.trends.views.frame import Page, wants_sheet

T = TypeVar("T")
PAGE_SIZE = 25


def no_visits(page: Page) -> dict[str, str]:
    """The words of a page without figures."""
    if page.wanted.trait:
        return {
            "nothing": str(_("Workplace traits are kept by themselves")),
            "nothing_more": str(_("Choose all workplaces under “Workplaces with” to tell groups apart here.")),
        }
    return {
        "nothing": str(_("No visits in this period")),
        "nothing_more": str(
            _("Choose another period, or take a filter away. Visits appear here once they are released.")
        ),
    }


def sorted_by(
    rows: Sequence[T], asked: str, orders: Mapping[str, Callable[[T], tuple[bool, Any]]]
) -> tuple[list[T], str]:
    """Rows in the order that was asked for ("name", or "-name" for the other way round); what has no value comes last.
    An order that there is not leaves them as they are.
    """
    order = orders.get(asked.removeprefix("-"))
    if order is None:
        return list(rows), ""
    known = [row for row in rows if not order(row)[0]]
    known.sort(key=lambda row: order(row)[1], reverse=asked.startswith("-"))
    return [*known, *(row for row in rows if order(row)[0])], asked


def paged(rows: Sequence[T], page: Page) -> tuple[Sequence[T], int, int]:
    """The rows of the page that was asked for, its number, and how many pages there are; a spreadsheet has all rows."""
    if wants_sheet():
        return rows, 1, 1
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    asked = page.args.get("page", "1")
    number = min(pages, max(1, int(asked))) if asked.isdigit() and len(asked) < 6 else 1
    return rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, pages
