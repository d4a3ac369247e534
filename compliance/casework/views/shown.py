"""What the staff's pages of casework share: words, bands, problems in the reader's language, files sent safely."""

from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO
from typing import Any

from flask import Response, request, send_file, url_for
from markupsafe import Markup, escape

from compliance.checklists import names as checklist_words
from compliance.checklists import store as checklists
from compliance.checklists.rules import SEVERITIES, Band, Checklist
from compliance.corrective_actions import words as action_words
from compliance.findings import words as finding_words
from compliance.letters import press as letter_press
from compliance.scorecards.result import Line, Reason
from compliance.scorecards.shortfalls import heavier
from compliance.shared import addresses, translation
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import Text, inside
from compliance.visits import evidence as pictures

LINE_COLOURS = {
    "compliant": "green",
    "verified": "green",
    "partial": "amber",
    "non_compliant": "red",
    "unable_to_verify": "orange",
}
LINE_ICONS = {
    "compliant": "good",
    "verified": "good",
    "partial": "partial",
    "non_compliant": "bad",
    "unable_to_verify": "unsure",
    "not_looked_at": "unseen",
    "unanswered": "unseen",
    "withheld": "lock",
    "withheld_behind": "lock",
}


def words() -> dict[str, Any]:
    """What every template of these pages may use."""
    return {
        "severity_words": checklist_words.SEVERITIES,
        "severity_colours": checklist_words.SEVERITY_COLOURS,
        "action_words": action_words,
        "finding_words": finding_words,
        "drawn_lines": drawn_lines,
        "line_colours": LINE_COLOURS,
        "line_icons": LINE_ICONS,
        "letter_kind": letter_kind,
        "reason": reason,
        "band_of": band_of,
    }


def letter_kind(kind: str) -> Text:
    """The name of a kind of letter."""
    kinds = letter_press.words()["kinds"]
    return Text(kinds[kind]["en"], kinds[kind]["zh"])


def reason(why: Reason) -> str:
    """Why a point was given, in the reader's language."""
    return str(_(why.text, **why.params) if why.params else _(why.text))


def drawn_lines(checklist: Checklist, lines: Iterable[Line], to: str | None, icon: Callable[[str], str]) -> Markup:
    """The rows of the table that says what each item contributes and why. A review has all of them: this is no macro.

    ``to``: the address behind an item, with ITEM in the place of its id.
    """
    language = translation.current()
    severities = {severity: _(name) for severity, name in checklist_words.SEVERITIES.items()}
    severity_head, correct, raised, decided = _("Severity"), _("Correct"), _("raised"), _("as decided")

    def drawn(line: Line) -> str:
        item, code, severity = checklist.item(line.item), line.why.code, severities[line.severity]
        if line.severity != item.severity:
            how = raised if heavier(line.severity, item.severity) == line.severity else decided
            severity += f' <span class="small dim">({how})</span>'
        sign = LINE_ICONS.get(code)
        badge = f'<span class="badge {LINE_COLOURS.get(code, "grey")}">{icon(sign)}</span> ' if sign else ""
        link = to and code != "not_asked" and to.replace("ITEM", line.item)
        entry = f'<a href="{escape(link)}">{correct}<span class="vh"> {line.item}</span></a>' if link else ""
        left_out = ' class="left-out"' if line.points is None else ""
        anchor = f' id="{line.item}"' if to else ""
        return (
            f'<tr{left_out}><th scope="row"{anchor}>{line.item}</th>'
            f'<td class="what">{escape(item.question.in_(language))}</td>'
            f'<td data-label="{severity_head}">{severity}</td><td>{badge}{escape(reason(line.why))}</td>'
            + (f"<td>{entry}</td></tr>" if to else "</tr>")
        )

    return Markup("\n".join(map(drawn, lines)))  # noqa: S704 - ids and the catalogue are ours, the rest is escaped


def band_of(checklist: Checklist | str | None, band: str | None) -> Band | None:
    """A band by its id, in the policy of a checklist (or of the digest of one); None where there is none."""
    if checklist is None or band is None:
        return None
    pinned = checklists.load(checklist) if isinstance(checklist, str) else checklist
    return pinned.policy.band(band)


def gravest_first(rows: Iterable[Any], checklist: Checklist) -> list[Any]:
    """Findings by weight, those of one weight in the order of the checklist."""
    place = {item.id: number for number, item in enumerate(checklist.items)}
    weight = {severity: number for number, severity in enumerate(SEVERITIES)}
    return sorted(rows, key=lambda row: (not row.zero_tolerance, weight[row.severity], place.get(row.item, 0)))


def told(problem: Problem) -> str:
    """A problem in the reader's language."""
    language = translation.current()
    facts = {
        name: inside(fact, language)
        for name, fact in problem.facts.items()
        if isinstance(fact, str | int | date | Text)
    }
    return str(_(problem.text, **facts) if facts else _(problem.text))


def page_number() -> int:
    """The page of a list that is asked for; anything odd is the first."""
    return request.args.get("page", 1, type=int) or 1


def blame(form: Any, problem: Problem, otherwise: str) -> None:
    """Put a problem under the field of a form that it is about."""
    name = str(problem.facts.get("field", otherwise))
    field = form[name] if name in form else form[otherwise]
    field.errors = [*field.errors, told(problem)]


def download(data: bytes, media_type: str, filename: str) -> Response:
    """A file to keep: never shown inside a page, whatever it says it is."""
    return send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=filename)


def pdf(data: bytes, filename: str, *, inline: bool = False) -> Response:
    """A letter that this program has printed."""
    return send_file(BytesIO(data), mimetype="application/pdf", as_attachment=not inline, download_name=filename)


def picture(data: bytes, filename: str) -> Response:
    """A picture drawn anew, without hidden data. Raises ``Problem`` for anything that is none."""
    drawn = pictures.check(data, filename)
    return Response(drawn.shown, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def verify_url() -> str:
    """Where anybody who holds a letter can check it, for the letter itself."""
    return addresses.base() + url_for("check.start")
