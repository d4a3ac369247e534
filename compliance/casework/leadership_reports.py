"""Leadership reports: made in the background, kept as files, and their leaders told that one waits.

Nights may be missed: each minute looks for ended periods whose day has come and of which somebody is still to be told.
Whoever is told is noted in the same transaction, so nobody is told twice and nothing is lost.
"""

from datetime import date
from typing import Any
from uuid import UUID

from compliance.associations import store as associations
from compliance.casework import notices
from compliance.people import store as people
from compliance.people.rules import Actor, Role, system_actor
from compliance.shared import audit, clock, database, files, jobs, translation
from compliance.shared.database import session
from compliance.shared.jobs import Run, job
from compliance.shared.problems import Problem
from compliance.shared.words import LANGUAGES, N_
from compliance.trends import report_facts, report_paper, report_sheets, store, store_reports
from compliance.trends.labels import Labels
from compliance.trends.report_facts import Edition
from compliance.trends.report_schedule import MOST_YEARS, Wish, waiting

REPORT_JOB = "leadership_report"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: dict[str, str] = {
    "en.pdf": PDF,
    "zh.pdf": PDF,
    "both.pdf": PDF,
    "en.xlsx": XLSX,
    "zh.xlsx": XLSX,
}
"""The files of a report by name."""
_SHORT = {"en": "en", "zh_Hans_CN": "zh"}


@job(REPORT_JOB)
def make_report(run: Run, period: str, person_id: str, address: str, language: str) -> dict[str, Any]:
    """Make a report for the person who asked; where nothing has changed since the last edition, that one stands."""
    actor = people.actor_of(UUID(person_id), address, language)
    row, is_new = make(actor, period, clock.today(people.association(actor).time_zone), run)
    return {"report_id": str(row.id), "period": period, "edition": row.edition, "is_new": is_new}


def make(actor: Actor, period: str, today: date, run: Run | None = None) -> tuple[Any, bool]:
    """Make the report of an ended period, and whether it is a new edition. Raises ``Problem`` for any other period.

    Making it takes long, and nobody waits for it: it begins by reading alone, what was not committed before is taken
    back. Where somebody else made an edition meanwhile, that one stands.
    """
    if period not in report_facts.finished(today, MOST_YEARS):
        raise Problem("report-period", N_("Choose a quarter or year that has ended."), field="period")
    steps, done = len(FILES) + 1, 0
    database.begin_reading()

    def step() -> None:
        nonlocal done
        done += 1
        if run:
            run.progress(done, steps)

    last = store_reports.latest(actor, period)
    number = last.edition if last else 0
    zone = people.association(actor).time_zone
    edition = Edition(last.edition + 1, (last.edition, clock.day_of(last.made_at, zone))) if last else Edition()
    facts = report_facts.of(actor, period, today, edition)
    told = {language: report_paper.parts_in(actor, facts, language) for language in LANGUAGES}
    books = {}
    for language in LANGUAGES:
        with translation.in_language(language):
            names = Labels(language, store.versions_of(actor))
            books[language] = report_sheets.sheets(facts, names, told[language][-1])
    digest = report_sheets.digest(books["en"])
    step()
    if last is not None and last.facts_digest == digest:
        return last, False
    kept = {}
    chinese_first = [(language, told[language]) for language in reversed(LANGUAGES)]
    for spoken in ([chinese_first[0]], [chinese_first[1]], chinese_first):
        name = "both" if len(spoken) > 1 else _SHORT[spoken[0][0]]
        kept[f"{name}.pdf"] = files.put(report_paper.pressed(report_paper.html(facts, spoken)).pdf, PDF).digest
        step()
    for language, book in books.items():
        kept[f"{_SHORT[language]}.xlsx"] = files.put(report_sheets.workbook(book), XLSX).digest
        step()
    database.begin_writing()
    last = store_reports.latest(actor, period)
    if last is not None and last.edition > number:
        return last, False
    return store_reports.keep(actor, period, digest, kept, last), True


@jobs.each_minute
def each_day() -> None:
    """Make and announce what has become due, by each association's own time zone."""
    for association in associations.every():
        if announce(system_actor(association.id), clock.today(association.time_zone)):
            session().commit()
    session().rollback()


def announce(actor: Actor, today: date) -> int:
    """Tell the leaders who asked for it of each report that is due, making it where there is none; how many were told.

    Who leads no more is told of nothing.
    """
    subscribers = store_reports.subscribers(actor)
    if not subscribers:
        return 0
    day, told = store_reports.day(actor), 0
    due = [(row, periods) for row in subscribers if (periods := waiting(_wish(row), today, day))]
    if not due:
        return 0
    leaders = {person.id: person for person in people.people_with_role(actor, Role.leader)}
    due = [(row, periods) for row, periods in due if row.person_id in leaders]
    for period in sorted({period for _row, periods in due for period in periods}):
        if store_reports.latest(actor, period) is None:
            make(actor, period, today)
            session().commit()  # pressing takes a while: nothing is held over the next one
    for row, periods in due:
        for period in periods:
            report = store_reports.latest(actor, period)
            assert report is not None
            notices.report_waits(actor, leaders[row.person_id], report.id, period)
            store_reports.note_told(row, period)
            told += 1
    audit.record(actor, "report.announced", told=told)
    return told


def _wish(row: Any) -> Wish:
    return Wish(row.quarterly, row.yearly, row.since, row.told_quarter, row.told_year)
