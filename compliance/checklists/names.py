"""The words for the fixed values of a checklist, as English message ids (translated where they are shown)."""

from compliance.checklists.ladder import After, Kind
from compliance.checklists.rules import Disclosure, Severity, Verdict
from compliance.people.rules import ROLE_NAMES
from compliance.shared.words import N_

VERDICTS: dict[Verdict, str] = {
    Verdict.compliant: N_("Compliant"),
    Verdict.partial: N_("Partly compliant"),
    Verdict.non_compliant: N_("Not compliant"),
    Verdict.unable_to_verify: N_("Unable to verify"),
    Verdict.not_looked_at: N_("Not looked at"),
    Verdict.not_applicable: N_("Does not apply"),
}
SEVERITIES: dict[str, str] = {
    "zero_tolerance": N_("Zero tolerance"),
    Severity.critical: N_("Critical"),
    Severity.major: N_("Major"),
    Severity.minor: N_("Minor"),
}
SEVERITY_COLOURS: dict[str, str] = {
    Severity.critical: "red",
    Severity.major: "orange",
    Severity.minor: "grey",
}
STEPS: dict[Kind, str] = {
    Kind.notice: N_("Message that something waits"),
    Kind.call: N_("Telephone call"),
    Kind.talk: N_("Talk (约谈)"),
    Kind.first_reminder: N_("First reminder (L5)"),
    Kind.second_reminder: N_("Second reminder (L6)"),
    Kind.escalation: N_("Escalation notice (L7)"),
    Kind.referral: N_("Referral (L9)"),
}
AFTER: dict[After, str] = {
    After.visit: N_("%(days)s from the visit"),
    After.told: N_("%(days)s from being told on site"),
    After.delivery: N_("%(days)s from proven delivery"),
    After.due: N_("%(days)s from the due date"),
    After.plan: N_("%(days)s from the plan's arrival"),
    After.verification: N_("%(days)s from the last verification"),
}
ROLES: dict[str, str] = {role.value: name for role, name in ROLE_NAMES.items()}
SIGNERS: dict[str, str] = {
    "inspector": N_("Lead inspector"),
    "reviewer": N_("Reviewer"),
    "secretary_general": N_("Secretary-general"),
    "chair": N_("Chair of the council"),
}
TOLD: dict[str, str] = {
    "leadership": N_("leadership"),
    "secretary_general": N_("secretary-general"),
    "committee": N_("council committee"),
    "annual_summary": N_("annual summary"),
}
DISCLOSURES: dict[Disclosure, str] = {
    Disclosure.tell_now: N_("told on the day of the visit"),
    Disclosure.sealed: N_("sealed until it is cleared"),
}
WAYS: dict[str, str] = {
    "document": N_("Documents to ask for"),
    "observation": N_("What to look at"),
    "interview": N_("What to ask workers"),
}
CONDITIONS: dict[str, str] = {
    "dormitory": N_("has a dormitory"),
    "canteen": N_("has a canteen"),
    "piece_work": N_("pays piece rates"),
    "night_work": N_("has night work"),
    "hazardous_substances": N_("uses hazardous substances"),
    "agency_workers": N_("has agency workers"),
    "women": N_("employs women"),
    "migrants": N_("employs migrant workers"),
    "under_18": N_("employs workers aged 16 to 18"),
    "sector": N_("sector"),
    "size": N_("size"),
    "min_workers": N_("workers, at least"),
}
SIZES: dict[str, str] = {
    "micro": N_("micro"),
    "small": N_("small"),
    "medium": N_("medium-sized"),
    "large": N_("large"),
}
ILO_INDICATORS: dict[int, str] = {
    1: N_("Abuse of vulnerability"),
    2: N_("Deception"),
    3: N_("Restriction of movement"),
    4: N_("Isolation"),
    5: N_("Physical and sexual violence"),
    6: N_("Intimidation and threats"),
    7: N_("Retention of identity documents"),
    8: N_("Withholding of wages"),
    9: N_("Debt bondage"),
    10: N_("Abusive working and living conditions"),
    11: N_("Excessive overtime"),
}
"""ILO indicators of forced labour; an item names those that a failure may signal."""

VERIFICATIONS: dict[str, str] = {
    "on_site": N_("on site"),
    "desk": N_("at the desk"),
    "desk_or_next_visit": N_("at the desk or at the next visit"),
}
CAPS: dict[str, str] = {
    "zero_tolerance": N_("A confirmed zero-tolerance fact"),
    "critical_open": N_("An open critical finding"),
    "area_below": N_("An area below %(below)s points"),
    "falsified": N_("Falsified records"),
}
RULES: dict[str, str] = {
    "at_most": N_("suggests “compliant” up to %(limit)s"),
    "at_least": N_("suggests “compliant” from %(limit)s on"),
    "zero": N_("suggests “compliant” where there is none"),
    "toilets": N_("suggests the answer by the number of seats that GBZ 1-2010 asks for"),
}
