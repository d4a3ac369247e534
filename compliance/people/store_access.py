"""Sign-ins, sessions and second steps in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.associations import store as associations
from compliance.associations.models import Association
from compliance.people import access, store
from compliance.people.access import How
from compliance.people.models import User
from compliance.people.models_access import Authenticator, Passkey, RecoveryCode, SignIn
from compliance.people.rules import Actor, Role
from compliance.shared import clock, database, ids, read_only, sealed_keys
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, Refused
from compliance.shared.words import N_, clean

PURPOSE = "authenticator"
LISTED = 50


@dataclass(frozen=True)
class Seconds:
    """What a person can show beside the password."""

    authenticator: Authenticator | None
    passkeys: Sequence[Passkey]
    codes: int

    @property
    def any(self) -> bool:
        """Whether a second step is asked at the sign-in."""
        return self.authenticator is not None or bool(self.passkeys)


def load_user(kept: str) -> User | None:
    """The person of a session or of a device that stays signed in; None when it was ended anywhere.

    ``kept`` names the person's present uniquifier and, behind a point, the sign-in that began it.
    """
    uniquifier, _, begun = kept.partition(".")
    wanted = UUID(begun) if begun else None
    query = sa.select(User, col(SignIn.id), col(SignIn.ended_at), col(SignIn.seen_at)).outerjoin(
        SignIn, sa.and_(col(SignIn.id) == wanted, col(SignIn.person_id) == col(User.id))
    )
    found = session().execute(query.where(col(User.fs_uniquifier) == uniquifier)).one_or_none()
    if found is None or not found[0].active:
        return None
    user: User = found[0]
    begun_id, ended_at, seen_at = found[1:]
    if begun and (begun_id is None or ended_at is not None):
        return None
    user.begin(begun_id)
    if begun_id and seen_at < clock.now() - access.SEEN_EVERY and not read_only.is_on():
        _seen(begun_id)
    return user


def _seen(sign_in_id: UUID) -> None:
    """In a transaction of its own, since the request may be one that only reads."""
    table = SignIn.__table__  # type: ignore[attr-defined]
    with database.db.engine.begin() as connection:
        connection.execute(table.update().where(table.c.id == sign_in_id).values(seen_at=clock.now()))


def begin(person: User, how: How, browser: str, device: str) -> SignIn:
    """A new session of a person; whether its device is new to somebody who has signed in before. (caller audits)"""
    earlier = select(SignIn.id).where(SignIn.person_id == person.id, col(SignIn.refused).is_(False))
    here = earlier.where(SignIn.device_digest == device).limit(1)
    new = session().exec(here).first() is None and session().exec(earlier.limit(1)).first() is not None
    row = SignIn(person_id=person.id, how=how, browser=browser, device_digest=device, new_device=new)
    session().add(row)
    session().flush()
    return row


def refused(person_id: UUID | None, how: How, browser: str, device: str) -> None:
    """Note a try that failed, where the person sees it; in a transaction of its own, because the request's is dropped.

    Where nobody has the name (None), as much is done in vain, so that time does not tell.
    """
    table, now = SignIn.__table__, clock.now()  # type: ignore[attr-defined]
    row = SignIn(
        person_id=person_id or ids.random_id(), at=now, seen_at=now, ended_at=now, how=how, refused=True,
        browser=browser, device_digest=device,
    )  # fmt: skip
    values = {name: getattr(row, name) for name in SignIn.model_fields}
    statement = table.insert() if person_id else table.update().where(table.c.id == row.id)
    with database.db.engine.begin() as connection:
        connection.execute(statement.values(values))


def sign_ins(person_id: UUID) -> list[SignIn]:
    """The newest sign-ins and refused tries of a person, the newest first."""
    query = select(SignIn).where(SignIn.person_id == person_id).order_by(col(SignIn.at).desc(), col(SignIn.id).desc())
    return list(session().exec(query.limit(LISTED)))


def open_sessions(person_id: UUID, since: datetime) -> list[SignIn]:
    """Sessions that were not ended and were used after a moment, the last used first."""
    query = select(SignIn).where(
        SignIn.person_id == person_id, col(SignIn.ended_at).is_(None), col(SignIn.seen_at) >= since
    )
    return list(session().exec(query.order_by(col(SignIn.seen_at).desc(), col(SignIn.id))))


@audited("person.session_ended")
def end_session(actor: Actor, sign_in_id: UUID) -> SignIn:
    """End one session of one's own. Raises ``NotFound``."""
    row = session().get(SignIn, sign_in_id)
    if row is None or row.person_id != actor.person_id or row.ended_at is not None:
        raise NotFound("session-unknown", N_("This device is signed out already."))
    row.ended_at = clock.now()
    return row


def leave(sign_in_id: UUID) -> None:
    """End the session of somebody who signs out. (caller audits)"""
    session().execute(sa.update(SignIn).where(col(SignIn.id) == sign_in_id).values(ended_at=clock.now()))


@audited("person.sessions_ended")
def end_all_sessions(_actor: Actor, person: User) -> User:
    """End every session of a person; the caller may begin a new one, and has found that the actor may."""
    session().execute(
        sa.update(SignIn)
        .where(col(SignIn.person_id) == person.id, col(SignIn.ended_at).is_(None))
        .values(ended_at=clock.now())
    )
    person.fs_uniquifier = store.new_uniquifier()
    return person


# --- the second step ---------------------------------------------------------------------------------------------


def seconds(person_id: UUID) -> Seconds:
    """What a person can show beside the password."""
    codes = sa.select(sa.func.count()).where(
        col(RecoveryCode.person_id) == person_id, col(RecoveryCode.used_at).is_(None)
    )
    return Seconds(
        session().exec(select(Authenticator).where(Authenticator.person_id == person_id)).one_or_none(),
        session().exec(select(Passkey).where(Passkey.person_id == person_id).order_by(col(Passkey.created_at))).all(),
        session().execute(codes).scalar_one(),
    )


def asked_in(association: Association) -> frozenset[Role]:
    """The roles of an association that need a second step."""
    return access.asked_of(association.settings.get(access.SETTING))


def is_asked(person: User) -> bool:
    """Whether a person needs a second step by one of their roles."""
    roles = store.roles_of([person.id])[person.id]
    return access.is_asked(roles, asked_in(associations.get(person.association_id)))


@audited("association.second_step_set")
def ask(actor: Actor, roles: Sequence[Role]) -> Association:
    """Say which roles need a second step; it is asked from their next sign-in on."""
    row = associations.get(actor.association_id)
    row.settings = {**row.settings, access.SETTING: [role.value for role in Role if role in roles]}
    return row


@audited("person.authenticator_added")
def add_authenticator(actor: Actor, person: User, secret: str, typed: str) -> Authenticator:
    """Keep the secret of an authenticator app that has shown a code that fits. Raises ``Problem`` with ``field``."""
    if seconds(person.id).authenticator is not None:
        raise Problem("authenticator-there", N_("There is an authenticator app already. Take it away first."))
    step = access.step_of(secret, typed, clock.now().timestamp())
    if step is None:
        raise _wrong()
    key = sealed_keys.made(actor, PURPOSE, person.id)
    row = Authenticator(person_id=person.id, sealed=b"", last_step=step)
    row.sealed = sealed_keys.seal(key, _label(row.id), secret.encode())
    session().add(row)
    session().flush()
    return row


@audited("person.authenticator_taken")
def take_authenticator(_actor: Actor, person: User) -> User:
    """Take away a person's authenticator app. Raises ``Refused`` when it is the last thing they need."""
    there = seconds(person.id)
    _require_left(person, there.passkeys)
    if there.authenticator is not None:
        session().delete(there.authenticator)
    return person


@audited("person.passkey_added")
def add_passkey(_actor: Actor, person: User, name: str, credential: bytes, public_key: bytes, signed: int) -> Passkey:
    """Keep a passkey that was proved to be the person's."""
    row = Passkey(
        person_id=person.id, name=clean(name).strip()[:60], credential=credential, public_key=public_key,
        signed=signed,
    )  # fmt: skip
    session().add(row)
    session().flush()
    return row


@audited("person.passkey_taken")
def take_passkey(_actor: Actor, person: User, passkey_id: UUID) -> User:
    """Take away one of a person's passkeys. Raises ``NotFound``, and ``Refused`` for the last thing they need."""
    there = seconds(person.id)
    row = next((one for one in there.passkeys if one.id == passkey_id), None)
    if row is None:
        raise NotFound("passkey-unknown", N_("This passkey is gone already."))
    _require_left(person, there.authenticator or there.passkeys[1:])
    session().delete(row)
    return person


@audited("person.recovery_codes_made")
def new_codes(actor: Actor, person: User) -> list[str]:
    """New recovery codes in place of the old ones; they are kept nowhere."""
    session().execute(sa.delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))
    codes = [ids.short_code(access.CODE_LENGTH) for _ in range(access.CODES)]
    session().add_all(RecoveryCode(person_id=person.id, digest=access.digest(person.id, code)) for code in codes)
    session().flush()
    return codes


@audited("person.second_step_reset")
def reset(_actor: Actor, person: User) -> User:
    """Take everything away that a person showed beside the password, because it is lost."""
    for table in (Authenticator, Passkey, RecoveryCode):
        session().execute(sa.delete(table).where(col(table.person_id) == person.id))
    return person


def fits(person: User, typed: str) -> How | None:
    """By what a typed code fits: the authenticator app or a recovery code, which is used up; None when it does not."""
    row = seconds(person.id).authenticator
    if row is not None:
        key = sealed_keys.of(PURPOSE, person.id)
        assert key is not None, "what is sealed has a key"
        secret = sealed_keys.unseal(key, _label(row.id), row.sealed).decode()
        step = access.step_of(secret, typed, clock.now().timestamp(), row.last_step)
        if step is not None and _once(Authenticator, row.id, "last_step", row.last_step, step):
            return How.authenticator
    query = select(RecoveryCode).where(
        RecoveryCode.person_id == person.id, RecoveryCode.digest == access.digest(person.id, typed)
    )
    code = session().exec(query).one_or_none()
    if code is not None and code.used_at is None and _once(RecoveryCode, code.id, "used_at", None, clock.now()):
        return How.recovery
    return None


def _once(of: type, row_id: UUID, name: str, old: object, new: object) -> bool:
    """Change a value only if nobody else has: two requests with one code at once are one sign-in."""
    table = of.__table__  # type: ignore[attr-defined]
    same = table.c[name].is_(None) if old is None else table.c[name] == old
    changed = session().execute(table.update().where(table.c.id == row_id, same).values({name: new}))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def signed_by(passkey_id: UUID, signed: int) -> None:
    """Note that a passkey was used, and how often it says it was. (caller audits)"""
    row = session().get_one(Passkey, passkey_id)
    row.signed, row.used_at = signed, clock.now()


def _require_left(person: User, others: object) -> None:
    if not others and is_asked(person):
        raise Refused(
            "second-step-needed",
            N_("Your role needs a second step at the sign-in. Add another one before you take this one away."),
        )


def _wrong() -> Problem:
    return Problem(
        "code-wrong",
        N_("This code does not fit. Take the one that is shown now, and see that the telephone's clock is right."),
        field="code",
    )


def _label(row_id: UUID) -> str:
    return f"authenticator {row_id}"
