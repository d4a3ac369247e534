"""Sealing: what may be read by few is kept as AES-256-GCM, so that files and backups without the key say nothing.

The recipe is that of NIST SP 800-38D with a random nonce of 96 bits for each value. The label (what the value is, and
of which row) is authenticated with it: a sealed value that somebody moves to another row or column does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: another key, another label, or changed bytes."""


def new_key() -> bytes:
    """A random key of 256 bits."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def derived(key: bytes, label: str, salt: bytes = b"") -> bytes:
    """Another key of 256 bits, made of this one for one use (HKDF with SHA-256, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt or None, label.encode()).derive(key)


def seal(key: bytes, label: str, clear: bytes) -> bytes:
    """Version (1 byte), nonce (12), then the ciphertext with its tag: 29 bytes more than ``clear``."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, clear, _VERSION + label.encode())


def unseal(key: bytes, label: str, sealed: bytes) -> bytes:
    """What ``seal`` was given. Raises ``SealBroken``."""
    version, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if version != _VERSION or len(nonce) < _NONCE_BYTES:
        raise SealBroken(label)
    try:
        return AESGCM(key).decrypt(nonce, rest, _VERSION + label.encode())
    except InvalidTag:
        raise SealBroken(label) from None
