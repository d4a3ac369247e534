"""What a new association has still to do before its first letter can go out."""

from dataclasses import dataclass

from compliance.associations import store as associations
from compliance.casework import trust
from compliance.checklists import store as checklists
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.rules import Actor, Role, system_actor
from compliance.shared import mail
from compliance.shared.words import N_
from compliance.visits import store as visits


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: its words, the page where it is done with the permit of that page, whether it is done, and
    whether it must be.
    """

    text: str
    advice: str
    endpoint: str
    done: bool
    needed: bool = True
    verb: str = "association.edit"
    page: str = ""


_ROLES = {
    Role.coordinator: N_("Somebody coordinates: keeps the register and plans visits"),
    Role.inspector: N_("Somebody inspects: visits the workplaces"),
    Role.reviewer: N_("Somebody reviews: reads and releases what the inspectors sealed"),
    Role.leader: N_("Somebody leads: reads the trends"),
}


def steps(actor: Actor) -> list[Step]:
    """Everything, in the order in which it is best done."""
    row = associations.get(actor.association_id)
    held = people.count_by_role(actor)
    return [
        Step(
            N_("The association has its names, address and telephone number"),
            N_("They are printed at the head and foot of each letter."),
            "association.settings",
            bool(row.name_en and row.name_zh and row.address_zh and row.phone),
        ),
        Step(
            N_("The short name for letter numbers is chosen"),
            N_("It is part of the number of each letter and should not change later."),
            "association.settings",
            bool(row.short_name_zh),
        ),
        Step(
            N_("The logo is uploaded"),
            N_("Letters without a logo carry the name alone."),
            "association.settings",
            bool(row.logo_digest or row.logo_zh_digest),
            needed=False,
        ),
        Step(
            N_("The code of conduct and the checklists are published"),
            N_("Read the shipped ones, change what your members agreed otherwise, and publish."),
            "checklists.versions",
            checklists.current_or_none(actor.association_id) is not None,
        ),
        *(
            Step(
                text,
                N_("Invite a person, or give the role to somebody who is here."),
                "people.members",
                held[role] > 0,
                needed=role is not Role.leader,
            )
            for role, text in _ROLES.items()
        ),
        Step(
            N_("The register of members is imported"),
            N_("From a spreadsheet with one row for each enterprise, or one by one."),
            "enterprises.register",
            enterprises.search(actor, per_page=1).total > 0,
        ),
        Step(
            N_("A first visit is planned"),
            N_("A coordinator chooses the workplace, the day and the inspectors."),
            "visits.plan",
            _any_visit(actor),
            verb="visit.plan",
        ),
        Step(
            N_("Enterprise managers are invited"),
            N_("They see their released results, reply and send evidence."),
            "invitations.listed",
            held[Role.manager] > 0,
            needed=False,
        ),
        Step(
            N_("A mail server is set up"),
            N_("Without one, invitations are printed or forwarded. Whoever runs the server sets COMPLIANCE_MAIL_URL."),
            "handbook.page",
            mail.is_set_up(),
            needed=False,
            page="operators",
        ),
        Step(
            N_("Letters are signed by the association's own certificate"),
            N_("A demo certificate proves nothing. Whoever runs the server sets COMPLIANCE_SIGN_FILE."),
            "trusted.signature",
            trust.now_signing().ready,
            needed=False,
        ),
    ]


def _any_visit(actor: Actor) -> bool:
    """Whether the association ever planned a visit: no more than that, for who reads this may not see the plan."""
    return visits.planned(system_actor(actor.association_id, "first steps"), visits.PlanFilter()).total > 0


def open_needed(steps: list[Step]) -> int:
    """How many things that must be done are not."""
    return sum(step.needed and not step.done for step in steps)
