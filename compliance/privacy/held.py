"""What is held about one person, for that person: nothing of others, of visits to come, or of who looked at it.

Only what is listed here is given away. So a new table adds nothing by itself; the register says what else is held.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.enterprises import store as enterprises
from compliance.enterprises.classes import district_name
from compliance.people import store as people
from compliance.people.rules import ROLE_NAMES, TIE_NAMES, Actor, Role, TieKind
from compliance.privacy import store
from compliance.privacy.rules import ASKS_WORDS
from compliance.shared import audit, tongues, translation
from compliance.shared.database import session
from compliance.shared.outbox import Channel
from compliance.shared.translation import gettext
from compliance.shared.words import CHINESE, ENGLISH, N_

RELEASED = "released"


@dataclass(frozen=True)
class Part:
    """Rows of one sort: ``name`` is its msgid, ``kind`` its kind in the register; each row maps a msgid to a value."""

    name: str
    kind: str
    rows: Sequence[dict[str, Any]]


_LANGUAGES = {ENGLISH: "English", CHINESE: "中文"}
_CHANNELS = {Channel.email: N_("E-mail"), Channel.sms: N_("SMS"), Channel.wecom: N_("WeCom")}
_ACCOUNT = {
    "name": N_("Name"),
    "username": N_("User name"),
    "email": N_("E-mail"),
    "mobile": N_("Mobile number"),
    "wecom": N_("Account in WeCom"),
    "notices_by": N_("Notices by"),
    "language": N_("Language"),
    "active": N_("Account is open"),
    "created_at": N_("Made at"),
    "signed_in_at": N_("Last sign-in"),
}
_OF_PERSON: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("role_grant", "person_id", N_("Roles"), "account", {"role": N_("Role")}),
    (
        "user_enterprise",
        "person_id",
        N_("Enterprises that you speak for"),
        "account",
        {"enterprise_id": N_("Enterprise"), "since": N_("Since"), "ended_at": N_("Until")},
    ),
    (
        "tie",
        "person_id",
        N_("Ties that were declared"),
        "account",
        {
            "enterprise_id": N_("Enterprise"),
            "kind": N_("Kind"),
            "note": N_("Note"),
            "declared_at": N_("Since"),
            "ended_at": N_("Until"),
        },
    ),
    (
        "field_person",
        "person_id",
        N_("For putting teams together"),
        "account",
        {"languages": N_("Languages"), "woman": N_("Woman"), "district": N_("District")},
    ),
    (
        "leave",
        "person_id",
        N_("Leave"),
        "account",
        {"first_day": N_("From"), "last_day": N_("To"), "word": N_("Note")},
    ),
    (
        "invitation",
        "person_id",
        N_("Invitations"),
        "invitation",
        {"name": N_("Name"), "email": N_("E-mail"), "created_at": N_("Made at"), "used_at": N_("Used at")},
    ),
    (
        "tablet",
        "person_id",
        N_("Tablets"),
        "account",
        {"label": N_("Name"), "agent": N_("Browser"), "registered_at": N_("Since")},
    ),
    (
        "outgoing_message",
        "person_id",
        N_("Messages to you"),
        "message",
        {"created_at": N_("Made at"), "channel": N_("By"), "recipient": N_("To"), "sent_at": N_("Sent at")},
    ),
)
# Where a name of somebody who speaks for an enterprise may stand: table, column, kind, what leads to the enterprise.
_NAMED: tuple[tuple[str, str, str, str, str], ...] = (
    ("enterprise", "legal_representative", "contact", "id", N_("Legal representative")),
    ("enterprise", "contact_name", "contact", "id", N_("Contact of the enterprise")),
    ("pledge", "signed_by", "paper", "enterprise_id", N_("Signed the pledge")),
    ("visit", "representative_name", "visit_record", "enterprise_id", N_("Spoke for the enterprise at a visit")),
    ("entered_for", "said_by", "paper", "enterprise_id", N_("Told us something for the enterprise")),
    ("letter_delivery", "taken_by", "paper", "letter", N_("Took a letter")),
    ("action_declaration", "name", "paper", "corrective_action", N_("Declared that something was put right")),
)


def of_account(actor: Actor, person_id: UUID) -> list[Part]:
    """Everything about the holder of an account in the actor's association. Raises ``NotFound``."""
    person = people.get(actor, person_id)
    parts = [Part(N_("Account"), "account", [{label: getattr(person, name) for name, label in _ACCOUNT.items()}])]
    for table, by, title, kind, columns in _OF_PERSON:
        rows = SQLModel.metadata.tables[table]
        query = sa.select(*(rows.c[name] for name in columns)).where(rows.c[by] == person_id)
        parts.append(
            Part(title, kind, [dict(zip(columns.values(), row, strict=True)) for row in session().execute(query)])
        )
    parts.append(
        Part(N_("Requests about your data"), "rights", [_request(one) for one in store.requests_of(person_id)])
    )
    parts.append(Part(N_("What you did here, on the audit trail"), "trail", _lines(person_id)))
    language = translation.current()
    return [in_words(part, language) for part in _named_enterprises([part for part in parts if part.rows])]


def give_account(actor: Actor, person_id: UUID) -> list[Part]:
    """The same for somebody else to hand on; the look is on the trail."""
    parts = of_account(actor, person_id)
    audit.record(actor, "privacy.exported", people.get(actor, person_id), parts=len(parts))
    return parts


def of_contact(actor: Actor, enterprise_id: UUID, name: str) -> list[Part]:
    """Where the name of one person stands at an enterprise, exactly as given, and how to reach them if they are the
    contact; nothing of visits that were not released, nor anybody else's name. The look is on the trail.

    Raises ``NotFound``.
    """
    enterprise = enterprises.get(actor, enterprise_id)
    found: list[Part] = []
    for table, column, kind, way, label in _NAMED:
        number = session().execute(_times(table, column, way, enterprise_id, name)).scalar_one()
        if number:
            found.append(Part(label, kind, [{N_("Name"): name, N_("How often"): number}]))
    if name and enterprise.contact_name == name:
        reached = {N_("Telephone"): enterprise.contact_phone, N_("E-mail"): enterprise.contact_email}
        found.append(Part(N_("How to reach the contact"), "contact", [reached]))
    audit.record(actor, "privacy.exported", enterprise, places=len(found))
    return found


def in_words(part: Part, language: str) -> Part:
    """The same with words in place of codes."""
    said: dict[str, Callable[[Any], Any]] = {
        "Role": lambda value: gettext(ROLE_NAMES[Role(value)]),
        "Kind": lambda value: gettext(TIE_NAMES[TieKind(value)]),
        "Languages": lambda value: tongues.in_words(value, language),
        "Language": lambda value: value and _LANGUAGES.get(value, value),
        "District": lambda value: value and district_name(value).in_(language),
        "Notices by": lambda value: gettext(_CHANNELS[Channel(value)]),
        "By": lambda value: gettext(_CHANNELS[Channel(value)]),
        "Asked": lambda value: gettext(ASKS_WORDS[value]),
    }
    rows = [
        {label: said[label](value) if label in said else value for label, value in row.items()} for row in part.rows
    ]
    return Part(part.name, part.kind, rows)


def _same(value: Any) -> Any:
    return value


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case None | bool() | int() | str():
            return getattr(value, "value", value)
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return str(value)


def _times(table: str, column: str, way: str, enterprise_id: UUID, name: str) -> Any:
    rows = SQLModel.metadata.tables[table]
    query = sa.select(sa.func.count()).select_from(rows).where(rows.c[column] == name, rows.c[column] != "")
    if way in SQLModel.metadata.tables:
        over = SQLModel.metadata.tables[way]
        by = "letter_id" if way == "letter" else "action_id"
        return query.where(rows.c[by].in_(sa.select(over.c.id).where(over.c.enterprise_id == enterprise_id)))
    query = query.where(rows.c[way] == enterprise_id)
    return query.where(rows.c.state == RELEASED) if table == "visit" else query


def _request(row: Any) -> dict[str, Any]:
    return {
        N_("Asked"): row.asks,
        N_("In words"): row.asked,
        N_("Received"): row.received_on,
        N_("Answer"): row.answer,
        N_("Answered at"): row.answered_at,
    }


def _lines(person_id: UUID) -> list[dict[str, Any]]:
    """How many lines and from when to when; which ones would tell of others, and of visits to come."""
    rows = SQLModel.metadata.tables["audit_line"]
    query = sa.select(sa.func.count(), sa.func.min(rows.c.at), sa.func.max(rows.c.at)).where(
        rows.c.person_id == person_id
    )
    number, first, last = session().execute(query).one()
    return [{N_("Lines"): number, N_("First"): first, N_("Last"): last}] if number else []


def _named_enterprises(parts: list[Part]) -> list[Part]:
    ids = [row["Enterprise"] for part in parts for row in part.rows if isinstance(row.get("Enterprise"), UUID)]
    names = enterprises.names(ids)
    return [
        Part(
            part.name,
            part.kind,
            [
                {label: names.get(value, "–") if label == "Enterprise" else value for label, value in row.items()}
                for row in part.rows
            ],
        )
        for part in parts
    ]
