"""Envelopes: sealed by whoever has the public key, opened by whoever has the private one alone.

A tablet closes one and cannot open it again. The recipe is one-pass Diffie-Hellman (NIST SP 800-56A, C(1e, 1s)) on the
curve P-256 with a key pair made for each envelope, HKDF-SHA256 over both public keys, and AES-256-GCM. The Web Crypto
of browsers knows all three. The label is authenticated with the content.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from compliance.shared.crypto import KEY_BYTES, SealBroken

_VERSION = b"\x01"
_POINT_BYTES = 65
_NONCE_BYTES = 12
_PRIVATE_BYTES = 32
_PURPOSE = b"envelope 1"


def new_pair() -> tuple[bytes, bytes]:
    """A private key (32 bytes) and its public key (65 bytes: an uncompressed point of P-256)."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_numbers().private_value.to_bytes(_PRIVATE_BYTES, "big"), _point(private.public_key())


def close(public: bytes, label: str, clear: bytes) -> bytes:
    """Version (1 byte), public key of this envelope (65), nonce (12), ciphertext with its tag (16 more than clear)."""
    own = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    point, nonce = _point(own.public_key()), os.urandom(_NONCE_BYTES)
    key = _key(own.exchange(ec.ECDH(), theirs), point, public)
    return _VERSION + point + nonce + AESGCM(key).encrypt(nonce, clear, _VERSION + label.encode())


def open_with(private: bytes, label: str, envelope: bytes) -> bytes:
    """What ``close`` was given. Raises ``SealBroken``."""
    version, rest = envelope[:1], envelope[1:]
    point, nonce, sealed = rest[:_POINT_BYTES], rest[_POINT_BYTES:][:_NONCE_BYTES], rest[_POINT_BYTES + _NONCE_BYTES :]
    own = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key = _key(own.exchange(ec.ECDH(), theirs), point, _point(own.public_key()))
        clear = AESGCM(key).decrypt(nonce, sealed, _VERSION + label.encode())
    except (InvalidTag, ValueError):
        raise SealBroken(label) from None
    if version != _VERSION:
        raise SealBroken(label)
    return clear


def _key(shared: bytes, envelope: bytes, holder: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=envelope + holder, info=_PURPOSE).derive(shared)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
