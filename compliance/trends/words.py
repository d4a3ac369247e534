"""The words of the trends, as English message ids."""

from compliance.shared.words import N_
from compliance.trends.periods import Step
from compliance.trends.rules import By, View
from compliance.visits.states import Outcome, Route

ROUTES: dict[Route, str] = {
    Route.random: N_("Random visits"),
    Route.targeted: N_("Targeted visits"),
    Route.complaint: N_("Visits after a complaint"),
    Route.voluntary: N_("Voluntary visits"),
    Route.follow_up: N_("Follow-up visits"),
}
"""In the order in which they are shown: the representative ones first, those that enter no average last."""

CHOSEN = N_("Chosen visits")
"""What those who may not read complaints are told of a visit after one, and of a targeted one."""
TOLD_APART = frozenset({Route.targeted, Route.complaint})
ROUTE_COLOURS: dict[Route, str] = {
    Route.random: "teal",
    Route.targeted: "orange",
    Route.complaint: "amber",
    Route.voluntary: "green",
    Route.follow_up: "grey",
}
OUTCOMES: dict[Outcome, str] = {
    Outcome.completed: N_("Completed"),
    Outcome.refused: N_("Refused"),
    Outcome.closed_down: N_("Closed down"),
    Outcome.not_found: N_("Not found"),
}
VIEWS: dict[View, str] = {
    View.random: N_("Random visits"),
    View.targeted: N_("Targeted visits"),
    View.complaint: N_("Visits after a complaint"),
    View.voluntary: N_("Voluntary visits"),
    View.all: N_("All routes, not representative"),
}
STEPS: dict[Step, str] = {Step.quarter: N_("Quarters"), Step.month: N_("Months")}
DIMENSIONS: dict[By, str] = {By.sector: N_("Sector"), By.district: N_("District"), By.size: N_("Size")}
BY: dict[By, str] = {By.sector: N_("By sector"), By.district: N_("By district"), By.size: N_("By size")}
PERIODS: dict[str, str] = {
    "whole": N_("Last four whole quarters"),
    "recent": N_("This quarter and the three before"),
    "quarter": N_("A quarter"),
    "year": N_("A calendar year"),
    "custom": N_("From day to day"),
}
ACTION_STATES: dict[str, str] = {
    "open": N_("Open today"),
    "overdue": N_("Overdue today"),
    "to_check": N_("Evidence to check"),
    "closed": N_("Closed in the period"),
}
VISITED: dict[str, str] = {
    "yes": N_("Visited in the period"),
    "random": N_("Visited by a random visit"),
    "no": N_("Not visited in the period"),
}
TRAITS: dict[str, str] = {
    "dormitory": N_("Dormitory"),
    "canteen": N_("Canteen"),
    "piece_work": N_("Piece work"),
    "night_work": N_("Night work"),
    "hazardous_substances": N_("Hazardous substances"),
    "agency_workers": N_("Agency workers"),
}
FIGURES: dict[str, str] = {
    "score": N_("Score"),
    "shortfall": N_("Workplaces with a shortfall"),
    "critical": N_("Workplaces with a critical shortfall"),
}
