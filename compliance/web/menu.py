"""The menu: one page of data, filtered by permits."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_login import current_user

from compliance.casework import cases, work
from compliance.people.gate import actor
from compliance.people.rules import Actor, can
from compliance.privacy import store as privacy
from compliance.shared.translation import gettext
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it leads, its words, its icon, the permit that shows it, and the other groups of pages
    (blueprints) that belong to it.
    """

    endpoint: str
    text: str
    icon: str
    verb: str
    also: tuple[str, ...] = ()

    def holds(self, blueprint: str | None) -> bool:
        """Whether pages of this blueprint belong to the entry."""
        return blueprint in (self.endpoint.partition(".")[0], *self.also)


MENU = (
    Entry("visits.today", N_("My visits"), "visit", "visit.conduct", ("visit", "sealing", "evidence", "my_days")),
    Entry(
        "reviews.waiting",
        N_("Review"),
        "review",
        "visit.release",
        ("disputes", "scorecards", "visits", "visit", "evidence", "outsiders"),
    ),
    Entry("danger.listed", N_("Urgent matters"), "warn", "danger.handle"),
    Entry("own.overview", N_("Our scorecard"), "scorecard", "enterprise.own", ("howto", "pledges", "timeline")),
    Entry("case.mine", N_("The case"), "review", "case.own"),
    Entry(
        "trends.overview",
        N_("Trends"),
        "trend",
        "trends.read",
        ("risk_quality", "leadership_reports", "interviews_told"),
    ),
    Entry("work.mine", N_("My work"), "review", "visit.read", ("on_site", "leave", "interviews", "pay")),
    Entry("visits.plan", N_("Visits"), "plan", "visit.plan", ("visit", "evidence", "field", "outsiders")),
    Entry("draws.listed", N_("Draws"), "checklist", "draw.manage", ("drawn", "days", "risk")),
    Entry("draw_audit.listed", N_("Check of draws"), "seal", "draw.audit"),
    Entry("complaints.listed", N_("Complaints"), "letter", "complaint.read", ("posters",)),
    Entry("worklist.actions", N_("Actions"), "action", "visit.read", ("exchange", "entered", "findings", "results")),
    Entry(
        "letterbook.register",
        N_("Letters"),
        "letter",
        "visit.read",
        ("prepared", "deliveries", "trusted", "wording", "seal", "stamped"),
    ),
    Entry(
        "enterprises.register",
        N_("Register"),
        "register",
        "enterprise.read",
        (
            "enterprise_imports",
            "duplicates",
            "merging",
            "history",
            "headquarters",
            "scorecards",
            "life",
            "timeline",
            "pledges",
            "code_sendings",
            "past",
        ),
    ),
    Entry("checklists.versions", N_("Checklists"), "checklist", "checklist.read"),
    Entry("people.members", N_("People"), "people", "people.read", ("membership", "invitations")),
    Entry(
        "association.settings",
        N_("Association"),
        "seal",
        "association.edit",
        ("first_day", "trusted", "outbox", "wording", "seal", "signatories", "api_tokens", "jobs", "access"),
    ),
    Entry("trail.listed", N_("Audit trail"), "clock", "trail.read"),
    Entry("privacy.kept", N_("Personal data"), "lock", "privacy.hold", ("privacy",)),
    Entry("danger.officers", N_("Officers for urgent matters"), "warn", "danger.appoint"),
    Entry("handbook.index", N_("Help"), "help", "account.use", ("howto",)),
)


def entries(person: Actor) -> list[Entry]:
    """What a person's menu shows, in order."""
    return [e for e in MENU if can(person, e.verb) and e.endpoint in current_app.view_functions]


_OWN = ("membership.my_ties", "membership.declare_mine", "people.account", "people.password", "privacy.mine")


def _here(shown: Sequence[Entry]) -> Entry | None:
    """The entry that the page of this request belongs to: the one it leads to, else the first that holds it.

    One's own account belongs to the bar above the menu.
    """
    if request.endpoint in _OWN:
        return None
    leads = (entry for entry in shown if entry.endpoint == request.endpoint)
    holds = (entry for entry in shown if entry.holds(request.blueprint))
    return next(leads, None) or next(holds, None)


def init_app(app: Flask) -> None:
    """Give every template the menu of its reader."""

    @app.context_processor
    def _menu() -> dict[str, object]:
        if not current_user.is_authenticated:
            return {"menu": [], "person": None}
        shown = entries(actor())
        here = _here(shown)
        waits = {
            "work.mine": work.count(actor()) if can(actor(), "visit.read") else 0,
            "privacy.kept": privacy.count(actor(), cases.today(actor())) if can(actor(), "privacy.hold") else 0,
        }
        return {"menu": [(e, gettext(e.text), e is here) for e in shown], "person": actor(), "menu_counts": waits}
