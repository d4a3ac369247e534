"""What a cell counts and sums: whole numbers only, so that adding and taking back leaves no trace.

Scores have one decimal and are summed in tenths. ``<area>_n``, ``_total`` and ``_squares`` are over the visits whose
score of the area (or ``overall``) enters averages; ``_asked`` counts the visits on which something of the area was
looked at, ``_short`` and ``_critical`` those with any and with a critical shortfall in it.
"""

from compliance.checklists.rules import AREAS

OVERALL = "overall"
FIGURES: tuple[str, ...] = (OVERALL, *AREAS)
OUTCOMES = ("completed", "refused", "not_found", "closed_down")
PARTS = ("n", "total", "squares", "asked", "short", "critical")

MEASURES: tuple[str, ...] = (
    *OUTCOMES,
    "findings",
    "criticals",
    "repeats",
    "repeated",
    *(f"{area}_{part}" for area in FIGURES for part in PARTS),
)
"""The columns of a cell, in order. ``findings``, ``criticals`` and ``repeats`` count findings, ``repeated`` the visits
with at least one repeat finding.
"""
SUMS = frozenset(name for name in MEASURES if name.endswith(("_total", "_squares")))

TRAITS = ("dormitory", "canteen", "piece_work", "night_work", "hazardous_substances", "agency_workers")
"""The workplace traits by which figures can be asked, each by itself; their order is that of the bits kept."""
