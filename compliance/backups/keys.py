"""The keys that seal copies. They are no part of any copy: without them a copy opens for nobody."""

import hashlib
import shlex
import subprocess
from functools import cached_property
from pathlib import Path

from compliance.backups.problems import CannotCopy, Unproved
from compliance.shared import crypto, sealed_keys
from compliance.web.settings import Settings

ID_BYTES = 8
_PATIENCE = 60  # seconds that the command of a vault may take


class Keys:
    """Numbered keys: the newest seals, each opens."""

    def __init__(self, numbered: dict[int, bytes]) -> None:
        self._numbered = numbered
        self.newest = numbered[max(numbered)]

    @cached_property
    def newest_id(self) -> bytes:
        """What tells in a copy by which key it was sealed; it says nothing about the key."""
        return _id(self.newest)

    def of(self, key_id: bytes, name: str) -> bytes:
        """The key with this id. Raises ``Unproved``: ``name`` was sealed by none of these."""
        for key in self._numbered.values():
            if _id(key) == key_id:
                return key
        raise Unproved(f"{name} was sealed by another backup key than those at hand.")

    @cached_property
    def _each(self) -> list[tuple[bytes, bytes]]:
        return [(crypto.derived(key, "file names"), crypto.derived(key, "files")) for key in self._newest_first]

    @property
    def _newest_first(self) -> list[bytes]:
        return [self._numbered[number] for number in sorted(self._numbered, reverse=True)]

    def files(self, digest: str) -> list[tuple[str, bytes]]:
        """Under which names a stored file may lie among the copies, and by which key it is then sealed; newest first.

        The names say nothing: who has a file cannot look whether it is in the copies.
        """
        return [
            (hashlib.blake2b(digest.encode(), key=naming, digest_size=32).hexdigest(), sealing)
            for naming, sealing in self._each
        ]


def load(settings: Settings, *, make: bool = False) -> Keys:
    """The keys by the settings: given themselves, by a command, or in a file, which ``make`` makes where there is none.

    Raises ``CannotCopy``.
    """
    try:
        if settings.backup_key.get_secret_value():
            text = settings.backup_key.get_secret_value().replace(",", "\n")
            return Keys(sealed_keys.parsed(text, "COMPLIANCE_BACKUP_KEY"))
        if settings.backup_key_command:
            return Keys(sealed_keys.parsed(_asked(settings.backup_key_command), "COMPLIANCE_BACKUP_KEY_COMMAND"))
        file = file_of(settings)
        if make and not file.exists():
            sealed_keys.make_file(file)
        return Keys(sealed_keys.parsed(file.read_text(encoding="ascii"), file.name))
    except sealed_keys.KeysMissing as error:
        raise CannotCopy(str(error)) from None
    except OSError as error:
        raise CannotCopy(
            f"The backup key {error.filename} cannot be read ({error.strerror}): put it back from its safe copy."
        ) from None
    except UnicodeDecodeError:
        raise CannotCopy(f"{file.name}: not a number and a key in base64") from None


def file_of(settings: Settings) -> Path:
    """Where the keys lie, unless they are given otherwise."""
    return settings.backup_key_file or settings.instance / "backup_key"


def _asked(command: str) -> str:
    """What the command of a vault prints. It is run without a shell."""
    try:
        answer = subprocess.run(shlex.split(command), capture_output=True, timeout=_PATIENCE, check=True, text=True)  # noqa: S603 - the operator's own command
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        why = f"ended with {error.returncode}" if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise CannotCopy(f"COMPLIANCE_BACKUP_KEY_COMMAND gave no key: {why}") from None
    return answer.stdout


def _id(key: bytes) -> bytes:
    return crypto.derived(key, "backup key id")[:ID_BYTES]
