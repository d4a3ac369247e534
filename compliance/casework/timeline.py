"""Everything that the association knows about an enterprise, by day, as far as the reader may know it.

What an enterprise may read of itself is read with its manager's eyes for everybody: released things in their public
form. Only readers inside get more: notes and names, what changed in the register, visits in the states that they may
know, and complaints. So nothing on the page of a manager, or of somebody with a tie, hangs on a visit that is not
released.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from compliance.casework import lists, outside
from compliance.casework.scorecard_paper import as_manager
from compliance.casework.views.shown import letter_kind
from compliance.checklists import names as checklist_words
from compliance.checklists import store as checklists
from compliance.complaints import store as complaints
from compliance.corrective_actions import store as actions
from compliance.enterprises import life, store_headcounts, store_life, store_merging
from compliance.enterprises import store as enterprises
from compliance.enterprises.columns import COLUMNS
from compliance.findings import store as findings
from compliance.history import store as history
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people.rules import Actor, Role, can, sees_inside
from compliance.scorecards import store as scorecards
from compliance.shared import audit, clock
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_, day
from compliance.visits import words as visit_words
from compliance.visits.rules import Outcome, State

KINDS: dict[str, str] = {
    "life": N_("Events"),
    "headcount": N_("Headcounts"),
    "pledge": N_("Pledges"),
    "register": N_("Changes of the register"),
    "visit": N_("Visits"),
    "past": N_("Imported results"),
    "scorecard": N_("Scorecards"),
    "finding": N_("Findings"),
    "action": N_("Corrective actions"),
    "letter": N_("Letters"),
    "complaint": N_("Complaints"),
}
"""What an entry is, in the order in which those of one day stand."""
MOST_VISITS = 500
_RANK = {name: place for place, name in enumerate(KINDS)}
_EDITED = ("enterprise.edited", "enterprise.created")


@dataclass(frozen=True)
class Entry:
    """One thing that is known, in the reader's language. ``to`` is (endpoint, its values) of the page behind it."""

    kind: str
    on: date
    title: str
    text: str = ""
    note: str = ""
    by: str = ""
    to: tuple[str, dict[str, Any]] | None = field(default=None, compare=False)


def kinds_for(actor: Actor, enterprise_id: UUID) -> dict[str, str]:
    """The kinds of entries that a reader may get. It hangs on the reader alone, and not on what is there."""
    inside = sees_inside(actor, enterprise_id)
    visits = can(actor, "visit.read")
    allowed = {"register": inside, "visit": inside and visits}
    allowed |= dict.fromkeys(("scorecard", "finding", "action", "letter"), not inside or visits)
    allowed["past"] = can(actor, "history.read" if inside else "history.open")
    allowed["complaint"] = inside and can(actor, "complaint.read")
    return {name: words for name, words in KINDS.items() if allowed.get(name, True)}


def of(actor: Actor, enterprise_id: UUID, kind: str = "") -> list[Entry]:
    """The entries that a reader may see, the newest first; of one kind, or of all. Raises ``NotFound``."""
    enterprise = enterprises.get(actor, enterprise_id)
    inside = sees_inside(actor, enterprise_id)
    reader = as_manager(actor, enterprise_id)
    shown = kinds_for(actor, enterprise_id)
    wanted = {kind} & set(shown) if kind else set(shown)
    found: list[Entry] = []
    if "life" in wanted:
        found += _events(actor, enterprise, inside)
    if "headcount" in wanted:
        found += _counts(actor, enterprise_id, inside)
    if "pledge" in wanted:
        found += _pledges(actor, enterprise_id)
    if wanted & {"scorecard", "finding"}:
        found += _results(reader, enterprise_id, inside, wanted)
    if "action" in wanted:
        found += _actions(reader, enterprise_id, inside)
    if "letter" in wanted:
        found += _letters(reader, enterprise_id, inside)
    if "past" in wanted:
        found += _past(actor, enterprise_id)
    if "register" in wanted:
        found += _changes(actor, enterprise_id)
    if "visit" in wanted:
        found += _visits(actor, enterprise_id)
    if "complaint" in wanted:
        found += _complaints(actor, enterprise_id)
    return sorted(found, key=lambda one: (-one.on.toordinal(), _RANK[one.kind]))


# --- what an enterprise may read of itself ---------------------------------------------------------------------------


def _events(actor: Actor, enterprise: Any, inside: bool) -> Iterator[Entry]:
    language = actor.language
    events = store_life.events_of(actor, enterprise.id)
    names = people.people_names(one.row.recorded_by for one in events) if inside else {}
    to = ("life.of", {"enterprise_id": enterprise.id}) if inside else None
    for one in events:
        told = [
            _changed(name, pair[0], pair[1], language) for name, pair in one.row.changed.items() if name != "status"
        ]
        if one.into and inside:
            told.append(_labelled(_("Split into"), _(", ").join(name for _id, name in one.into)))
        yield Entry(
            "life",
            one.row.happened_on,
            life.WORDS[one.row.kind].in_(language),
            " · ".join(told),
            one.row.note if inside else "",
            names.get(one.row.recorded_by, "") if one.row.recorded_by else "",
            to,
        )
    if enterprise.member_since and not any(one.row.kind is life.LifeKind.joined for one in events):
        yield Entry("life", enterprise.member_since, life.WORDS[life.LifeKind.joined].in_(language), to=to)


def _changed(name: str, was: str, now: str, language: str) -> str:
    return _labelled(_(life.FACTS[name]), f"{life.shown(name, was, language)} → {life.shown(name, now, language)}")


def _labelled(label: str, text: str) -> str:
    return label + _(": ") + text


def _counts(actor: Actor, enterprise_id: UUID, inside: bool) -> Iterator[Entry]:
    places = outside.names(actor, enterprise_id)
    rows = store_headcounts.of(actor, enterprise_id)
    names = people.people_names(one.recorded_by for one in rows) if inside else {}
    for one in rows:
        place = f" · {places.get(one.workplace_id, '')}" if one.workplace_id else ""
        yield Entry(
            "headcount",
            one.counted_on,
            _labelled(_("Workers"), f"{one.workers:,}"),
            _(life.SOURCES[one.source]) + place,
            by=names.get(one.recorded_by, "") if one.recorded_by else "",
            to=("life.of", {"enterprise_id": enterprise_id}) if inside else None,
        )


def _pledges(actor: Actor, enterprise_id: UUID) -> Iterator[Entry]:
    for one in enterprises.pledges_of(actor, enterprise_id):
        who = f"{one.signed_by} ({one.signed_position})" if one.signed_position else one.signed_by
        to = ("enterprises.detail", {"enterprise_id": enterprise_id})
        title = _("Pledge to version %(code)s of the code of conduct", code=one.code_version)
        yield Entry("pledge", one.signed_on, title, who, to=to)
        if one.withdrawn_on:
            title = _("Pledge to version %(code)s withdrawn", code=one.code_version)
            yield Entry("pledge", one.withdrawn_on, title, who, to=to)


def _results(reader: Actor, enterprise_id: UUID, inside: bool, wanted: Collection[str]) -> Iterator[Entry]:
    cards = scorecards.of_enterprise(reader, enterprise_id, limit=MOST_VISITS)
    places = outside.names(reader, enterprise_id)
    told = findings.public_of_visits(reader, [card.visit_id for card in cards]) if "finding" in wanted else {}
    for card in cards:
        checklist = checklists.load(card.checklist_digest)
        to = ("scorecards.visit" if inside else "own.scorecard", {"visit_id": card.visit_id})
        if "scorecard" in wanted:
            whole = card.result.overall
            points = "–" if whole.shown is None else f"{whole.shown:.1f}"
            yield Entry(
                "scorecard",
                card.visited_on,
                _("Visit with scorecard: %(points)s points", points=points),
                places.get(card.workplace_id, ""),
                to=to,
            )
        items = {item.id: item for item in checklist.items}
        for one in told.get(card.visit_id, ()):
            link = to if inside else ("own.finding", {"finding_id": one.id})
            worst = "zero_tolerance" if one.zero_tolerance else one.severity
            words = items[one.item].question.in_(reader.language) if one.item in items else one.item
            yield Entry(
                "finding", card.visited_on, f"{one.item} · {words}", _(checklist_words.SEVERITIES[worst]), to=link
            )


def _actions(reader: Actor, enterprise_id: UUID, inside: bool) -> Iterator[Entry]:
    for one in actions.listed(reader, enterprise_id=enterprise_id):
        to = ("worklist.action" if inside else "own.action", {"action_id": one.id})
        words = one.text.in_(reader.language)
        if one.delivered_on:
            until = _("by %(day)s", day=day(one.due_on, reader.language)) if one.due_on else ""
            yield Entry("action", one.delivered_on, _("Asked to correct"), words, until, to=to)
        if one.verified_on:
            yield Entry("action", one.verified_on, _("Correction accepted"), words, to=to)


def _letters(reader: Actor, enterprise_id: UUID, inside: bool) -> Iterator[Entry]:
    for one in letters.of_enterprise(reader, enterprise_id):
        if one.dated is not None:
            to = ("letterbook.letter", {"letter_id": one.id}) if inside else None
            to = to or ("own.letters", {"enterprise_id": enterprise_id})
            yield Entry("letter", one.dated, letter_kind(one.kind).in_(reader.language), one.number or "", to=to)


def _past(actor: Actor, enterprise_id: UUID) -> Iterator[Entry]:
    """Results from before the system; from outside those that the association has opened."""
    to = ("past.of", {"enterprise_id": enterprise_id})
    for one in history.of_enterprise(actor, enterprise_id):
        title = _("Imported: from %(source)s", source=one.source)
        if one.visited_on is not None:
            told = _("Findings: %(count)s", count=len(one.findings)) if one.findings else ""
            yield Entry("past", one.visited_on, title, " · ".join(filter(None, (one.workplace, one.kind, told))), to=to)
            continue
        for on, number in sorted(Counter(found.found_on for found in one.findings).items()):
            yield Entry("past", on, title, f"{one.workplace} · " + _("Findings: %(count)s", count=number), to=to)


# --- what the association alone knows --------------------------------------------------------------------------------


def _changes(actor: Actor, enterprise_id: UUID) -> Iterator[Entry]:
    zone = people.association(actor).time_zone
    to = ("enterprises.detail", {"enterprise_id": enterprise_id})
    for one in store_headcounts.imported_changes(actor, enterprise_id):
        on = clock.day_of(one.changed_at, zone)
        yield Entry("register", on, _("Changed by the import of a spreadsheet"), _named(actor, one.facts), to=to)
    for merge in store_merging.of(actor, enterprise_id):
        gone = ("enterprises.detail", {"enterprise_id": merge.row.merged_id})
        yield Entry(
            "register", clock.day_of(merge.row.merged_at, zone), _("Merged with %(name)s", name=merge.merged), to=gone
        )
    lines = [line for line in audit.about(enterprise_id) if line.verb in _EDITED]
    names = people.people_names(line.person_id for line in lines)
    for line in lines:
        by = names.get(line.person_id, "") if line.person_id else ""
        on = clock.day_of(line.at, zone)
        if line.verb == "enterprise.created":
            yield Entry("register", on, _("Entered in the register"), by=by, to=to)
            continue
        changed = line.changes.get(f"enterprise {enterprise_id}", {}).get("changed", {})
        if changed:
            yield Entry("register", on, _("Entry changed"), _named(actor, changed), by=by, to=to)


def _named(actor: Actor, facts: Collection[str]) -> str:
    place = 1 if actor.language.startswith("zh") else 0
    return _(", ").join(COLUMNS[name][place] for name in COLUMNS if name in facts)


def seen_states(actor: Actor) -> frozenset[State]:
    """The states of the visits that a person of the association may know of.

    Plans are the coordinators' alone, and what is not released belongs to those who review.
    """
    if Role.coordinator in actor.roles:
        return frozenset(State)
    return frozenset({State.released, State.sealed} if can(actor, "visit.release") else {State.released})


def _visits(actor: Actor, enterprise_id: UUID) -> Iterator[Entry]:
    page, pages = 1, 1
    while page <= pages:
        listed = lists.history(actor, enterprise_id, seen_states(actor), page)
        page, pages = page + 1, listed.pages
        for row in listed.rows:
            if row.state is State.released and row.scorecard_id:
                continue  # its scorecard tells of it
            over = row.outcome is not None and row.outcome is not Outcome.completed
            words = visit_words.OUTCOMES[row.outcome] if over else visit_words.STATES[row.state]
            yield Entry(
                "visit",
                row.visited_on or row.planned_for,
                _labelled(_("Visit"), _(words)),
                row.workplace or "",
                to=("visits.overview", {"visit_id": row.id}),
            )


def _complaints(actor: Actor, enterprise_id: UUID) -> Iterator[Entry]:
    for row in complaints.of_enterprise(actor, enterprise_id):
        title = _("Complaint %(number)s", number=row.number)
        yield Entry("complaint", row.received_on, title, to=("complaints.detail", {"complaint_id": row.id}))
