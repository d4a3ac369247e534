"""What the letters after the first say: the reply to a plan, reminders, the council, closure; and the referral, which
is not written to the enterprise. Each speaks of the points of an earlier letter, by their numbers there.
"""

from collections.abc import Callable, Mapping
from datetime import date

from compliance.letters.facts import NOTHING, Point, same
from compliance.letters.making import LONG, Made, cell, in_full
from compliance.letters.sections import Composition
from compliance.letters.words import Block, Cell, Paragraph, Row, Said, Table
from compliance.shared.words import Text


def _follow(on: Composition) -> Made:
    """Which letter about which visit this one follows, why it is written, and what it is not."""
    facts = on.facts
    cited = facts.cites
    first = on.paragraph(
        "follow.cited",
        workplace=facts.workplace,
        visited=in_full(facts.visited_on),
        number=cited.number if cited else on.wording.label("labels.none"),
        cited_date=on.day_or_open(cited.dated if cited else None),
    )
    why = on.paragraph(
        f"follow.{on.kind}",
        dated=on.day_or_open(facts.dated),
        code=facts.code_title,
        version=facts.code_version,
    )
    opening = on.wording.text(on.passages.opening)
    own = [Paragraph(opening)] if opening else []
    return on.wording.say("follow.heading"), [first, why, *own, on.paragraph("basis.nature")]


def _answers(on: Composition) -> Made:
    """The plan, point by point: accepted, or returned with the reason; and what to do now."""
    points = on.facts.points
    blocks: list[Block] = [_table(on, "answered", points, ("answer", "due"), lambda p: (_answer(on, p), _due(on, p)))]
    blocks.append(on.styled("note", "points.as_in"))
    if any(point.accepted is False for point in points):
        blocks.append(on.paragraph("answers.returned_todo", new_due=on.day_or_open(on.facts.new_due)))
    if any(point.accepted for point in points):
        blocks.append(on.paragraph("answers.accepted_todo"))
    return on.wording.say("answers.heading"), blocks


def _late(on: Composition) -> Made:
    """The points whose day has passed, and by how many days."""

    def columns(point: Point) -> tuple[list[Said], ...]:
        late = same(str(point.late_days)) if point.late else on.wording.label("labels.none")
        return (_due(on, point), [on.wording.text(late)], [on.wording.say(f"states.{point.state}")])

    table = _table(on, "late", on.facts.points, ("due", "late", "state"), columns)
    return on.wording.say("late.heading"), [table, on.styled("note", "points.as_in")]


def _remind(on: Composition) -> Made:
    """What to send, and by which day."""
    text = on.paragraph(f"remind.{on.kind}", new_due=on.day_or_open(on.facts.new_due))
    return on.wording.say("remind.heading"), [text]


def _next(on: Composition) -> Made:
    """What follows if nothing comes, and the talk before it."""
    own = on.wording.text(on.facts.next_step)
    new_due = on.day_or_open(on.facts.new_due)
    blocks: list[Block] = [Paragraph(own) if own else on.paragraph("next.council", new_due=new_due)]
    hearing = on.facts.hearing
    if hearing is not None and hearing.talk:
        blocks.append(on.paragraph("next.talk", **_where(on)))
    if hearing is not None:
        path = "heard.talk" if hearing.talk else "heard.text"
        blocks.append(on.paragraph(path, say_by=in_full(hearing.say_by)))
    return on.wording.say("next.heading"), blocks


def _council(on: Composition) -> Made:
    """When the council meets, how the matter can still be settled, and what a council is not."""
    facts, hearing = on.facts, on.facts.hearing
    own = on.wording.text(facts.next_step)
    blocks: list[Block] = [Paragraph(own)] if own else []
    if hearing is not None and hearing.talk:
        blocks.append(on.paragraph("council.talk", **_where(on)))
    elif hearing is not None and hearing.on is not None:
        blocks.append(on.paragraph("council.meeting", **_where(on)))
    if hearing is None or hearing.talk or hearing.on is None:
        blocks.append(on.paragraph("council.open"))
    if facts.new_due is not None:
        blocks.append(on.paragraph("council.settled_by", new_due=in_full(facts.new_due)))
    else:
        blocks.append(on.paragraph("council.settled"))
    return on.wording.say("council.heading"), [*blocks, on.paragraph("council.nature")]


def _where(on: Composition) -> dict[str, Text | str]:
    """The day and the place as they fit into a sentence; the place is left out while it is not set."""
    hearing = on.facts.hearing
    if hearing is None:
        return {"on": NOTHING, "place": NOTHING}
    return {
        "on": on.filled("council.day", date=in_full(hearing.on))
        if hearing.on
        else on.wording.label("council.day_open"),
        "place": on.filled("council.place", place=hearing.place) if hearing.place != NOTHING else NOTHING,
    }


def _heard(on: Composition) -> Made:
    """The right to be heard before the council decides."""
    hearing = on.facts.hearing
    say_by = on.day_or_open(hearing.say_by if hearing else None)
    return on.wording.say("heard.heading"), [on.paragraph("heard.text", say_by=say_by)]


def _differs(on: Composition) -> Made:
    """The right to see it otherwise."""
    by: date | None = on.facts.new_due
    text = on.paragraph("heard.differs", by=in_full(by)) if by else on.paragraph("heard.differs_open")
    return on.wording.say("reply.heading"), [text]


def _closed(on: Composition) -> Made:
    """What is completed, how that was shown, and since when."""
    closed = tuple(point for point in on.facts.points if point.closed)

    def columns(point: Point) -> tuple[list[Said], ...]:
        return ([on.wording.text(point.shown)], [on.wording.text(on.day_or_open(point.closed_on))])

    blocks: list[Block] = [_table(on, "closed", closed, ("shown", "closed"), columns)]
    blocks.append(on.styled("note", "points.as_in"))
    if len(closed) == len(on.facts.points):
        blocks.append(on.paragraph("closed.all"))
    return on.wording.say("closed.heading"), blocks


def _still_open(on: Composition) -> Made:
    """What stays open after a closure in part."""
    still = tuple(point for point in on.facts.points if not point.closed)
    if not still:
        return None

    def columns(point: Point) -> tuple[list[Said], ...]:
        return (_due(on, point), [on.wording.say(f"states.{point.state}")])

    table = _table(on, "still", still, ("due", "state"), columns)
    return on.wording.say("closed.still"), [on.styled("keep", "closed.still_lead"), table]


def _afterwards(on: Composition) -> Made:
    """That this is no certificate, and that visits still come without notice."""
    return on.wording.say("closed.after"), [on.paragraph("closed.visits")]


# --- the referral -----------------------------------------------------------------------------------------------------


def _referred(on: Composition) -> Made:
    """Which enterprise was visited when, and the provisions that this note concerns."""
    facts = on.facts
    basis = facts.referral.basis if facts.referral else on.wording.label("labels.none")
    name = Text(facts.enterprise.name_en or facts.enterprise.name, facts.enterprise.name)
    code = on.filled("referral.code", code=facts.enterprise.code) if facts.enterprise.code else NOTHING
    text = on.paragraph(
        "referral.text",
        visited=in_full(facts.visited_on),
        name=name,
        code=code,
        workplace=facts.workplace,
        basis=basis,
    )
    return on.wording.say("referral.heading"), [text]


def _seen(on: Composition) -> Made:
    """The facts, one a row, and that the enterprise was told."""
    facts = on.facts
    say = on.wording
    seen = facts.referral.facts if facts.referral else ()
    head = (say.say("points.number"), say.say("points.fact"))
    rows = tuple(
        _row((cell((say.text(same(str(number))), "number")), cell((say.text(fact), ""))))
        for number, fact in enumerate(seen, start=1)
    )
    blocks: list[Block] = [Table("facts", head, rows)]
    if facts.cites is not None:
        told = on.paragraph("referral.told", cited_date=in_full(facts.cites.dated), number=facts.cites.number)
        blocks.append(told)
    return say.say("referral.seen"), blocks


def _limits(on: Composition) -> Made:
    """What the note is not, and that workers are to be protected."""
    return on.wording.say("referral.limits"), [on.paragraph("referral.nature"), on.paragraph("referral.minimal")]


# --- rows -------------------------------------------------------------------------------------------------------------


def _table(
    on: Composition,
    style: str,
    points: tuple[Point, ...],
    columns: tuple[str, ...],
    values: Callable[[Point], tuple[list[Said], ...]],
) -> Table:
    """Points as rows: number and weight, what was asked, and the kind's own columns."""
    say = on.wording
    rows = []
    for point in points:
        first = cell(
            (say.text(same(str(point.number))), "number"), (say.say(f"severities.{point.severity}"), "severity")
        )
        asked = cell((say.text(point.area), "area"), (say.text(point.asked), ""))
        own = (cell(*((said, "" if place == 0 else "small") for place, said in enumerate(v))) for v in values(point))
        rows.append(_row((first, asked, *own), point.severity))
    head = tuple(say.say(f"points.{column}") for column in ("number", "point", *columns))
    return Table(f"points {style}", head, tuple(rows))


def _row(cells: tuple[Cell, ...], style: str = "") -> Row:
    """A row, which may run over the end of a page if it is a long one."""
    length = sum(len(words) for one in cells for line in one for _, words in line.said)
    return Row(cells, f"{style} long".strip() if length > LONG else style)


def _answer(on: Composition, point: Point) -> list[Said]:
    if point.accepted is None:
        return [on.wording.say("labels.none")]
    said = [on.wording.say("answers.accepted" if point.accepted else "answers.returned")]
    if point.remark != NOTHING and not point.accepted:
        said.append(on.wording.say("answers.reason", reason=point.remark))
    return said


def _due(on: Composition, point: Point) -> list[Said]:
    due = on.day_or_open(point.due)
    return [on.wording.text(on.filled("labels.provisional", date=due) if point.provisional else due)]


SECTIONS: Mapping[str, Callable[[Composition], Made]] = {
    "follow": _follow,
    "answers": _answers,
    "late": _late,
    "remind": _remind,
    "next": _next,
    "council": _council,
    "heard": _heard,
    "differs": _differs,
    "closed": _closed,
    "still_open": _still_open,
    "afterwards": _afterwards,
    "referred": _referred,
    "seen": _seen,
    "limits": _limits,
}
