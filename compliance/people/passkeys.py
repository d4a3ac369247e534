"""Passkeys: what the browser is asked (W3C Web Authentication), and whether what it answers is true."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from compliance.people.models import User
from compliance.people.models_access import Passkey
from compliance.shared.problems import Problem
from compliance.shared.words import N_

_CHALLENGE = "passkey"  # where the session keeps what has to be signed


@dataclass(frozen=True)
class New:
    """A passkey that was proved."""

    credential: bytes
    public_key: bytes
    signed: int


def to_make(person: User, issuer: str, there: Sequence[Passkey]) -> str:
    """What the browser is asked to make, as JSON; the challenge stays in the session."""
    options = generate_registration_options(
        rp_id=_host(),
        rp_name=issuer,
        user_id=person.id.bytes,
        user_name=person.username,
        user_display_name=person.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in there],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    session[_CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def made(answer: str) -> New:
    """The passkey that the browser made. Raises ``Problem``."""
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=_challenge(),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=False,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise _unproved() from None
    return New(found.credential_id, found.credential_public_key, found.sign_count)


def to_sign(there: Sequence[Passkey]) -> str:
    """What the browser is asked to sign, as JSON; the challenge stays in the session."""
    options = generate_authentication_options(
        rp_id=_host(),
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in there],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    session[_CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def signed(answer: str, there: Sequence[Passkey]) -> tuple[Passkey, int]:
    """Which of the passkeys signed, and how often it says that it did. Raises ``Problem``."""
    try:
        credential = parse_authentication_credential_json(answer)
        row = next((one for one in there if one.credential == credential.raw_id), None)
        if row is None:
            raise _unproved()
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=_challenge(),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=row.public_key,
            credential_current_sign_count=row.signed,
            require_user_verification=False,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise _unproved() from None
    return row, found.new_sign_count


def _challenge() -> bytes:
    """What was to be signed; each is asked once."""
    return base64url_to_bytes(str(session.pop(_CHALLENGE, "")))


def _host() -> str:
    return request.host.partition(":")[0]


def _origin() -> str:
    return request.host_url.rstrip("/")


def _unproved() -> Problem:
    return Problem("passkey-unproved", N_("The passkey could not be used. Try once more, or take another way."))
