"""The menu: one page of data, filtered by permits."""

from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_babel import gettext
from flask_login import current_user

from compliance.people.gate import actor
from compliance.people.rules import Actor, can
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it leads, its words, its icon, and the permit that shows it."""

    endpoint: str
    text: str
    icon: str
    verb: str


MENU = (
    Entry("visits.today", N_("My visits"), "visit", "visit.conduct"),
    Entry("reviews.waiting", N_("Review"), "review", "visit.release"),
    Entry("own.overview", N_("Our scorecard"), "scorecard", "enterprise.own"),
    Entry("trends.overview", N_("Trends"), "trend", "trends.read"),
    Entry("visits.plan", N_("Visits"), "plan", "visit.plan"),
    Entry("worklist.actions", N_("Actions"), "action", "visit.read"),
    Entry("letterbook.register", N_("Letters"), "letter", "visit.read"),
    Entry("enterprises.register", N_("Register"), "register", "enterprise.read"),
    Entry("checklists.versions", N_("Checklists"), "checklist", "checklist.read"),
    Entry("people.members", N_("People"), "people", "people.read"),
    Entry("association.settings", N_("Association"), "seal", "association.edit"),
    Entry("handbook.index", N_("Help"), "help", "account.use"),
)


def entries(person: Actor) -> list[Entry]:
    """What a person's menu shows, in order."""
    return [e for e in MENU if can(person, e.verb) and e.endpoint in current_app.view_functions]


def init_app(app: Flask) -> None:
    """Give every template the menu of its reader."""

    @app.context_processor
    def _menu() -> dict[str, object]:
        if not current_user.is_authenticated:
            return {"menu": [], "person": None}
        here = request.blueprint
        return {
            "menu": [(e, gettext(e.text), e.endpoint.split(".")[0] == here) for e in entries(actor())],
            "person": actor(),
        }
