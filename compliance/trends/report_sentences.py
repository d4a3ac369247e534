"""The sentences of the leadership report: rules from figures to words, never written by hand.

They say how members stand and how sure that is, and never why: who is visited because they stood badly looks better at
the next visit by chance alone (domain facts 6.1), so nothing here calls a difference the effect of visits.
"""

from collections.abc import Sequence

from compliance.estimation.strata import Scale
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_, part, sentences
from compliance.trends import stated
from compliance.trends.board import SMALLEST, safe_count, safe_share
from compliance.trends.closing import Closing
from compliance.trends.reach import Reached
from compliance.trends.sections import between
from compliance.trends.stated import Movement, Stated, Way

_MOVED: dict[Way, str] = {
    Way.better: N_("That is better than in the period before, by %(difference)s, also when all areas are looked at."),
    Way.worse: N_("That is worse than in the period before, by %(difference)s, also when all areas are looked at."),
    Way.perhaps_better: N_(
        "Perhaps better than in the period before: %(difference)s. By itself the difference stands; among all areas it "
        "may be chance."
    ),
    Way.perhaps_worse: N_(
        "Perhaps worse than in the period before: %(difference)s. By itself the difference stands; among all areas it "
        "may be chance."
    ),
    Way.unclear: N_("No clear change from the period before: %(difference)s. Both directions are possible."),
}


def level(name: str, one: Stated) -> str:
    """How an area stands, or why that cannot be said."""
    if one.silent:
        return str(_("%(name)s: no estimate. %(why)s", name=name, why=stated.reason_text(one.silent)))
    words = (
        _("%(name)s: %(value)s of 100 points (95%% interval %(interval)s, %(n)s drawn visits).", **_facts(name, one))
        if one.scale is Scale.score
        else _(
            "%(name)s: %(value)s of all workplaces (95%% interval %(interval)s, %(n)s drawn visits).",
            **_facts(name, one),
        )
    )
    if one.estimate.widened:
        # Without their number, which is often small.
        words = sentences(str(words), _("Who refused is counted at worst and at best, so the interval is wider."))
    return str(words)


def _facts(name: str, one: Stated) -> dict[str, object]:
    return {"name": name, "value": stated.value_text(one), "interval": stated.interval_text(one), "n": one.n}


def movement(one: Movement) -> str:
    """How it stands beside the period before; empty where it does not speak at all."""
    if one.after.silent:
        return ""
    if one.way is Way.broken:
        return str(_("The checklist asks something else than in the period before, so the two are not compared."))
    if one.before.silent and not one.before.plain.n:
        return str(_("There is no earlier period to compare with."))
    if one.way is Way.unknown:
        return str(_("The period before has no estimate to compare with."))
    return str(_(_MOVED[one.way], difference=stated.movement_text(one)))


def said(name: str, one: Movement) -> str:
    """An area in one paragraph."""
    return sentences(level(name, one.after), movement(one))


def never_a_cause() -> str:
    """What no difference in the report means."""
    return str(
        _(
            "A difference says that the members stand differently, not why. Nothing here shows that visits caused it: "
            "for that, members visited by lot would have to be compared with members not visited. Who is visited "
            "because of a bad result looks better at the next visit by chance alone."
        )
    )


def counted(number: int) -> str:
    """A count by itself, as it may leave the house."""
    shown = safe_count(number)
    return str(_("fewer than %(n)s", n=SMALLEST)) if shown is None else str(shown)


def shown(number: int | None) -> str:
    """A count of a table from which small ones were taken (None)."""
    return str(_("not shown") if number is None else number)


def visits(made: int | None, by_lot: int | None) -> str:
    """How many visits were made; None for what the table of visits hides."""
    if made == 0:
        return str(_("No visit of the period has a released result."))
    return str(_("Visits made and released: %(n)s, of them drawn by lot: %(lot)s.", n=shown(made), lot=shown(by_lot)))


def shortfalls(found: int, put_right: int) -> str:
    """What was found and what was put right."""
    return str(
        _(
            "Shortfalls found on these visits: %(found)s. Shortfalls put right and verified in the period, whenever "
            "they were found: %(right)s.",
            found=counted(found), right=counted(put_right),
        )
    )  # fmt: skip


def refused(not_let_in: int | None, completed: int | None) -> str:
    """Who did not let the visitors in; None for what the table of visits hides."""
    if not_let_in == 0:
        return str(_("Nobody refused a visit, and everybody was found."))
    if completed == 0:
        return str(
            _(
                "Every visit was refused or found nobody (%(n)s). Nothing can be said about how the members stand.",
                n=shown(not_let_in),
            )
        )
    return str(_("Visits refused, or nobody found: %(n)s.", n=shown(not_let_in)))


def on_time(one: Closing | None, delivered: int | None) -> str:
    """Corrective actions on time, and how long closing takes. ``delivered`` is None where their table hides it."""
    if one is None or not one.n:
        return str(_("No corrective action was delivered in the period."))
    words = [str(_("Corrective actions delivered in the period: %(n)s.", n=shown(delivered)))]
    share = one.on_time
    if not share.n:
        words.append(str(_("None of them has reached its due date.")))
    elif share.silent or not safe_share(share.n, round(share.value * share.n)):
        words.append(str(_("Too few enterprises stand behind a share done on time, so none is given.")))
    else:
        interval = between(share.low, share.high)
        words.append(
            str(
                _(
                    "Of those whose due date has passed, %(share)s were done in time (95%% interval %(interval)s).",
                    share=part(share.value), interval=interval,
                )
            )
        )  # fmt: skip
    if one.curve is None:
        words.append(str(_("There are too few to say how long closing takes.")))
    elif one.curve.median is None:
        words.append(str(_("Fewer than half are closed so far.")))
    else:
        words.append(str(_("Half are closed within %(days)s days.", days=one.curve.median)))
    return sentences(*words)


def changes(found: int, compared: int, spoken: int, *, first: bool) -> str:
    """How many differences stand."""
    if first:
        return str(_("There is no earlier period to compare with."))
    if not spoken:
        return str(_("Nothing could be compared: there were too few drawn visits in this period or the one before."))
    head = _(
        "%(compared)s comparisons were made with the period before (each area, for all members and for each sector, "
        "district and size); %(spoken)s of them had enough visits on both sides.",
        compared=compared, spoken=spoken,
    )  # fmt: skip
    if not found:
        tail = _("None of them stands. That does not prove that all is as it was.")
    else:
        tail = _(
            "%(n)s stand when all are looked at together: the chance that any of these is a false alarm is at most "
            "5%%.",
            n=found,
        )
    return sentences(head, tail)


def coverage(one: Reached) -> str:
    """How much of the register was visited."""
    if not one.active:
        return str(_("The register has no active enterprise."))
    if not safe_share(one.active, one.visited):
        return str(
            _(
                "The register has %(active)s active enterprises; too few for a share visited.",
                active=counted(one.active),
            )
        )
    return str(
        _(
            "Of %(active)s active enterprises %(share)s were visited in the period. Coverage describes and is no goal: "
            "a few visits by lot say more about all members than many chosen ones.",
            active=one.active, share=part(one.visited / one.active),
        )
    )  # fmt: skip


def lead(areas: Sequence[Movement]) -> str:
    """The whole report in a sentence or two; ``areas`` begins with the whole."""
    if not areas or all(one.after.silent for one in areas):
        return str(
            _(
                "In this period too little is known to say how the members as a whole stand. What follows is what was "
                "done and counted."
            )
        )
    better = sum(one.way is Way.better for one in areas[1:])
    worse = sum(one.way is Way.worse for one in areas[1:])
    clear = sum(one.way is not Way.unknown and one.way is not Way.broken for one in areas[1:])
    if not clear:
        return str(_("How the members stand can be said in part; it cannot be compared with the period before."))
    if not better and not worse:
        return str(_("No area changed clearly from the period before."))
    return str(
        _(
            "Of %(clear)s areas that can be compared with the period before, %(better)s stand better and %(worse)s "
            "worse.",
            clear=clear, better=better, worse=worse,
        )
    )  # fmt: skip
