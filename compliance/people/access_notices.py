"""Mails about one's own account: a sign-in from a new device, and a second step that changed."""

from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from compliance.associations import store as associations
from compliance.people import rules
from compliance.people.models import User
from compliance.people.models_access import SignIn
from compliance.shared import addresses, bilingual, mail
from compliance.shared.outbox import Channel
from compliance.shared.words import CHINESE, ENGLISH, LANGUAGES, N_, Text

_DEVICE = N_("Sign-in from a new device")
_DEVICE_TEXT = N_(
    "Somebody signed in to your account at %(association)s from a device that was not used for it before: "
    "%(browser)s, %(at)s.\n\n"
    "If it was you, there is nothing to do. If not, change your password and sign all other devices out: %(address)s"
)
_RESET = N_("Your second step was taken away")
_RESET_TEXT = N_(
    "An administrator of %(association)s has taken away the second step of your sign-in, because it was said to be "
    "lost. Set up a new one when you sign in next. If you have not asked for this, tell the association at once: "
    "%(address)s"
)


def new_device(person: User, begun: SignIn) -> None:
    """Tell a person that somebody signed in from a device that is new to the account."""
    at = begun.at.astimezone(ZoneInfo(associations.get(person.association_id).time_zone))
    moment = Text(
        format_datetime(at, "d MMM y, HH:mm", locale=ENGLISH), format_datetime(at, "y年M月d日 HH:mm", locale=CHINESE)
    )
    _tell(person, _DEVICE, _DEVICE_TEXT, browser=begun.browser or "?", at=moment, once=f"device {begun.id}")


def reset(person: User) -> None:
    """Tell a person that an administrator took the second step away."""
    _tell(person, _RESET, _RESET_TEXT)


def _tell(person: User, subject: str, text: str, *, once: str | None = None, **facts: object) -> None:
    if not person.email:
        return
    association = associations.get(person.association_id)
    facts |= {
        "association": Text(association.name_en, association.name_zh),
        "address": f"{addresses.base()}/account/access",
    }
    languages = [person.language] if person.language in LANGUAGES else list(reversed(LANGUAGES))
    subjects, texts = bilingual.said(subject), bilingual.said(text, **facts)
    mail.send(
        rules.system_actor(person.association_id, "sign-in"),
        person.email,
        " · ".join(subjects[language] for language in languages),
        "\n\n".join(texts[language] for language in languages),
        channel=Channel.email,
        private=False,
        person_id=person.id,
        once=once,
    )
