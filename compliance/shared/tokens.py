"""Keys that lie in a token (PKCS#11) and never leave it: the token signs."""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from compliance.shared import certificates, keyfiles
from compliance.shared.certificates import SignFault, Source
from compliance.shared.words import N_

_refused: set[Source] = set()
"""Settings whose PIN was wrong. A token locks after a few tries: each start makes one, and its children none."""


def forget(wanted: Source) -> None:
    """Let go of a token's module. The sessions with it must be gone by now."""
    import pkcs11

    pkcs11.unload(str(wanted.module))


def opened(wanted: Source) -> tuple[Any, x509.Certificate, tuple[x509.Certificate, ...]]:
    """The token's signer, its certificate and those above it. Raises ``SignFault`` that says what to do."""
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.sign.pkcs11 import PKCS11Signer

    session = _session(wanted)
    named = {Attribute.LABEL: wanted.label} if wanted.label else {}
    try:
        keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True, **named}))
        held = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))
        ders = [bytes(one[Attribute.VALUE]) for one in held]
        ids = [bytes(one[Attribute.ID] or b"") for one in held]
        labels = [str(one[Attribute.LABEL] or "") for one in held]
        key_id = bytes(keys[0][Attribute.ID] or b"") if len(keys) == 1 else b""
    except PKCS11Error as error:
        raise _token_fault(error) from None
    if len(keys) != 1:
        raise SignFault(
            "sign-label",
            N_(
                "The token holds %(number)s keys that can sign under this label. Name the one in COMPLIANCE_SIGN_LABEL."
            ),
            number=len(keys),
        )
    known = [x509.load_der_x509_certificate(der) for der in ders]
    fitting = [
        one
        for one, its_id, label in zip(known, ids, labels, strict=True)
        if (key_id and its_id == key_id) or (not key_id and label == wanted.label)
    ]
    if not fitting:
        raise SignFault(
            "sign-token-certificate",
            N_("The token has no certificate with the id of its key. Write the certificate onto the token."),
        )
    if wanted.chain is not None:
        known += keyfiles.more(wanted.chain, "COMPLIANCE_SIGN_CHAIN")
    own = fitting[0]
    higher = certificates.above(own, known)
    signer = PKCS11Signer(
        session,
        signing_cert=certificates.asn1(own),
        ca_chain=[certificates.asn1(one) for one in higher],
        key_id=key_id or None,
        key_label=None if key_id else wanted.label,
        # The digest is made here: not every token can do both.
        use_raw_mechanism=isinstance(own.public_key(), ec.EllipticCurvePublicKey),
    )
    return signer, own, higher


def _session(wanted: Source) -> Any:
    import pkcs11
    from pkcs11.exceptions import PinIncorrect, PKCS11Error

    assert wanted.module is not None
    if wanted in _refused:
        raise _token_fault(PinIncorrect())
    try:
        library: Any = pkcs11.lib(str(wanted.module))
    except (PKCS11Error, RuntimeError, OSError):
        raise SignFault(
            "sign-module",
            N_(
                "COMPLIANCE_SIGN_MODULE: %(file)s cannot be loaded as a PKCS#11 module. Install the token's driver, or"
                " correct the path."
            ),
            file=wanted.module.name,
        ) from None
    try:
        library.reinitialize()  # tokens that were put in, and keys written onto them, since
        return library.get_token(token_label=wanted.token).open(user_pin=wanted.pin or None)
    except PKCS11Error as error:
        fault = _token_fault(error)
        if fault.code == "sign-pin":
            _refused.add(wanted)
        raise fault from None


def _token_fault(error: Exception) -> SignFault:
    from pkcs11 import exceptions

    match error:
        case exceptions.NoSuchToken() | exceptions.TokenNotPresent() | exceptions.DeviceRemoved():
            text = N_("No token with the label of COMPLIANCE_SIGN_TOKEN is there. Put it in, or correct the label.")
        case exceptions.MultipleTokensReturned():
            text = N_("Several tokens have the label of COMPLIANCE_SIGN_TOKEN. Take the others out.")
        case exceptions.PinIncorrect() | exceptions.PinLenRange() | exceptions.PinInvalid():
            text = N_("COMPLIANCE_SIGN_PIN is wrong. Correct it before the next start: tokens lock after a few tries.")
        case exceptions.PinLocked():
            text = N_("The token is locked after wrong PINs. Unlock it with the tool of its maker.")
        case _:
            text = N_("The token does not answer as it should (%(reason)s). Take it out and put it in again.")
            return SignFault("sign-token", text, reason=type(error).__name__)
    return SignFault("sign-pin" if "Pin" in type(error).__name__ else "sign-token", text)
