"""One item of a checklist as its row on a page: the same for a form from the server and for a tablet's skeleton."""

from typing import Any

from compliance.checklists import names
from compliance.checklists.rules import Checklist, Condition, Item, Opens, Profile, Verdict, holds
from compliance.checklists.suggestions import needed, norm, suggest
from compliance.enterprises.classes import sector_name
from compliance.shared import translation
from compliance.shared.translation import gettext as _
from compliance.visits.answers import Answer
from compliance.visits.completeness import missing_of_item
from compliance.visits.events import Folded
from compliance.visits.fields import severities_from
from compliance.visits.forms import EntryForm


def row(pinned: Checklist, item: Item, form: EntryForm, folded: Folded) -> dict[str, Any]:
    """What the template of an item asks for."""
    answer = folded.answers.get(item.id) or Answer(item.id)
    return {
        "item": item,
        "answer": answer,
        "clause": pinned.code.clause(item.clause),
        "laws": [pinned.citation(key) for key in item.law if key in pinned.laws],
        "norm": norm(item),
        "needed": needed(item, answer.quantities),
        "suggested": suggest(item, answer.quantities),
        "severities": severities_from(item),
        "lacks": missing_of_item(item, answer) if answer.verdict else (),
        "conflicts": [conflict for conflict in folded.conflicts if conflict.item == item.id],
        "errors": [
            (form[name], error) for name, key in form.keys.items() if key[0] == item.id for error in form[name].errors
        ],
    }


def why_not(item: Item, profile: Profile) -> str:
    """Why an item is not asked at this workplace, in words."""
    failing = tuple(condition for condition in item.applies if not holds(condition, profile))
    return only_where(failing) if failing or item.only_if is None else only_after(item.only_if)


def only_where(conditions: tuple[Condition, ...]) -> str:
    """That an item is asked under these conditions only."""
    return str(_("Asked only where the workplace: %(conditions)s.", conditions="; ".join(map(_condition, conditions))))


def only_after(gate: Opens) -> str:
    """That an item is asked after certain answers only."""
    answers = " / ".join(_(names.VERDICTS[verdict]) for verdict in Verdict if verdict in gate.verdicts)
    return str(_("Asked only after %(item)s is answered: %(answers)s.", item=gate.item, answers=answers))


def _condition(condition: Condition) -> str:
    words = str(_(names.CONDITIONS[condition.key]))
    value = condition.value
    if condition.key == "sector" and isinstance(value, tuple):
        return f"{words}: {' / '.join(sector_name(code).in_(translation.current()) for code in value)}"
    if condition.key == "size" and isinstance(value, tuple):
        return f"{words}: {' / '.join(_(names.SIZES[size]) for size in value)}"
    if condition.key == "min_workers":
        return f"{words}: {value}"
    return words if value else str(_("not: %(condition)s", condition=words))
