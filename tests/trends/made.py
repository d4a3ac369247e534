"""Visits with their scorecards, findings and actions, written for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from compliance.checklists import store as checklists
from compliance.checklists.rules import Profile, Severity, Verdict
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.rules import ActionState, How
from compliance.enterprises import store as enterprises
from compliance.findings.models import Finding
from compliance.findings.states import FindingState
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.planning.periods import PeriodState
from compliance.planning.settings import Settings
from compliance.scorecards import store as scorecards
from compliance.shared.database import session
from compliance.visits.answers import Answer
from compliance.visits.models import Visit
from compliance.visits.states import Outcome, Route, State
from tests.world import World

TODAY = date(2026, 9, 15)
NOW = datetime(2026, 9, 15, 4, tzinfo=UTC)


@dataclass
class Maker:
    """Writes visits into the world; numbers them."""

    world: World
    number: int = 0

    def visit(
        self,
        route: Route = Route.random,
        *,
        enterprise: int = 0,
        on: date = date(2026, 8, 3),
        outcome: Outcome = Outcome.completed,
        released: bool = True,
        missed: tuple[str, ...] = (),
    ) -> Visit:
        """A visit that was made; ``missed`` items were not compliant, all others were."""
        self.number += 1
        version = checklists.current(self.world.association_id)
        at = datetime.combine(on, time(2), UTC)
        row = Visit(
            association_id=self.world.association_id, enterprise_id=self.world.enterprises[enterprise],
            workplace_id=self.world.workplaces[enterprise], year=on.year, number=9000 + self.number, route=route,
            planned_for=on, state=State.released if released else State.sealed, outcome=outcome, visited_on=on,
            checklist_version_id=version.id, sealed_at=at, released_at=at if released else None,
        )  # fmt: skip
        session().add(row)
        session().flush()
        if outcome is Outcome.completed:
            self.scored(row, missed, released=released)
        return row

    def scored(self, row: Visit, missed: tuple[str, ...], *, released: bool) -> None:
        """Issue a scorecard for the visit (a second one corrects the first) and release it."""
        checklist = checklists.load(row.checklist_version_id or "")
        profile = Profile(workers=60, sector="C18", size="small")
        answers = {
            item.id: Answer(item.id, Verdict.non_compliant if item.id in missed else Verdict.compliant)
            for item in checklist.items
        }
        scorecards.issue(self.world.system, row, checklist, answers, profile)
        if released:
            scorecards.release(self.world.system, row.id)

    def members(self, count: int, *, sector: str = "C18", size: str = "small", name: str = "Works") -> list[int]:
        """More enterprises with a workplace each; their places in the world's lists."""
        first = len(self.world.enterprises)
        for number in range(count):
            facts = {"name": f"{name} {first + number:03d}", "sector": sector, "size": size, "district": "530102"}
            row = enterprises.create(self.world.system, facts)
            self.world.enterprises.append(row.id)
            self.world.workplaces.append(enterprises.workplaces_of(self.world.system, row.id)[0].id)
        return list(range(first, first + count))

    def draw(
        self,
        visits: Sequence[Visit],
        *,
        population: int,
        first: date = date(2026, 7, 1),
        last: date = date(2026, 9, 30),
        drawn: int | None = None,
        sector: str = "C18",
        certain: bool = False,
    ) -> DrawStratum:
        """One stratum of a drawn period, and that these visits come from it."""
        period = DrawPeriod(
            association_id=self.world.association_id, name=f"{first}", first_day=first, last_day=last,
            state=PeriodState.drawn, algorithm="test", frame_digest="0" * 64, frame_size=population, seed="1",
            seed_digest="1" * 64, drawn_at=NOW, frozen_at=NOW, settings=vars(Settings()),
        )  # fmt: skip
        session().add(period)
        session().flush()
        stratum = DrawStratum(
            association_id=self.world.association_id, period_id=period.id, key=sector, sector=sector, size="",
            district="", route=Route.targeted if certain else Route.random, certain=certain, frame_size=population,
            drawn=drawn or len(visits),
        )  # fmt: skip
        session().add(stratum)
        session().flush()
        for position, visit in enumerate(visits, 1):
            session().add(
                DrawnWorkplace(
                    association_id=self.world.association_id,
                    period_id=period.id,
                    stratum_id=stratum.id,
                    enterprise_id=visit.enterprise_id,
                    workplace_id=visit.workplace_id,
                    route=stratum.route,
                    inclusion_probability=stratum.drawn / population,
                    position=position,
                    visit_id=visit.id,
                )
            )
        session().flush()
        return stratum

    def finding(self, visit: Visit, item: str, state: FindingState = FindingState.released) -> Finding:
        """A finding of a visit."""
        checklist = checklists.load(visit.checklist_version_id or "")
        of = checklist.item(item)
        at = datetime.combine(visit.visited_on or TODAY, time(3), UTC)
        row = Finding(
            association_id=visit.association_id, enterprise_id=visit.enterprise_id, workplace_id=visit.workplace_id,
            visit_id=visit.id, visited_on=visit.visited_on or TODAY, item=item, area=of.area, clause=of.clause,
            verdict=Verdict.non_compliant, severity=of.severity, state=state, created_at=at,
            released_at=None if state in (FindingState.draft, FindingState.withdrawn) else at,
        )  # fmt: skip
        session().add(row)
        session().flush()
        return row

    def action(
        self, finding: Finding, *, delivered: date, days: int = 30, closed: date | None = None
    ) -> CorrectiveAction:
        """A delivered corrective action, verified on ``closed`` if given."""
        row = CorrectiveAction(
            association_id=finding.association_id, enterprise_id=finding.enterprise_id,
            workplace_id=finding.workplace_id, visit_id=finding.visit_id, finding_id=finding.id, item=finding.item,
            area=finding.area, severity=Severity.major, text_en="Do it", text_zh="请整改", days=days,
            state=ActionState.verified if closed else ActionState.open, created_at=NOW, delivered_on=delivered,
            due_on=delivered + timedelta(days=days), verified_on=closed, verified_at=NOW if closed else None,
            verified_how=How.desk if closed else None,
        )  # fmt: skip
        session().add(row)
        session().flush()
        return row


def items(world: World, count: int = 3) -> list[str]:
    """Some items that every workplace is asked."""
    checklist = checklists.load(checklists.current(world.association_id).id)
    return [item.id for item in checklist.items if not item.applies and not item.only_if][:count]
