"""Reading the file that a tablet exports when it cannot send, and that somebody brings to the desk.

The file is sealed with the tablet's own key; the key lies in it, wrapped by the recovery key that only the server
holds. Nobody who finds the file on the way can read it.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from compliance.casework import tablet_received
from compliance.people.rules import Actor
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits import store_tablets, store_uploads, sync
from compliance.visits.store_sync import Received
from compliance.visits.store_uploads import Coming

FORMAT, VERSION = "workplace-visit-export", 1
_SEALED_VERSION, _NONCE = 1, 12


@dataclass(frozen=True)
class Brought:
    """What became of a file: of its entries, and of its photos (how many are kept now, and why others are not)."""

    visit_id: UUID
    entries: Received
    photos: int
    refused: tuple[tuple[str, Problem], ...]


def bring(actor: Actor, data: bytes) -> Brought:
    """Keep everything of an exported file that is not on the server yet. The same file twice changes nothing.

    Raises ``Problem`` for a file that is none, is damaged or comes from a tablet that is not known here, ``NotFound``
    for a visit out of reach, ``Refused`` unless the actor may enter at the desk.
    """
    file = _parsed(data)
    device = sync.uuid_of(file.get("device"))
    visit_id = sync.uuid_of(file.get("visit"))
    if device is None or visit_id is None:
        raise _no_export()
    tablet = store_tablets.tablet(actor, device)
    inside = _opened(file, base64.b64decode(tablet.recovery_key), visit_id)
    received = tablet_received.receive_file(actor, visit_id, str(device), inside.get("entries"))
    visit = visits.get(actor, visit_id)
    kept, refused = 0, []
    for raw in inside.get("photos") or []:
        try:
            coming, picture = _photo(raw, str(visit_id), str(device))
            upload = store_uploads.examine(coming, picture)
            kept += store_uploads.keep(actor, coming, upload, brought=visit, owner_id=tablet.person_id) is not None
        except Problem as problem:
            refused.append((str(sync.field_of(raw, "item") or "?"), problem))
    return Brought(visit_id, received, kept, tuple(refused))


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        file = json.loads(data)
    except (ValueError, RecursionError):
        raise _no_export() from None
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        raise _no_export()
    if file.get("version") != VERSION:
        raise Problem("export-version", N_("This file was exported by another version of the product. Update first."))
    return file


def _opened(file: dict[str, Any], recovery: bytes, visit_id: UUID) -> dict[str, Any]:
    try:
        key = _plain(recovery, base64.b64decode(str(file.get("key")), validate=True), "vault recovery")
        sealed = base64.b64decode(str(file.get("sealed")), validate=True)
        inside = json.loads(_plain(key, sealed, f"export {visit_id}"))
    except (InvalidTag, ValueError, binascii.Error):
        raise Problem(
            "export-damaged", N_("This file is damaged or was changed on its way. Export it once more.")
        ) from None
    return inside if isinstance(inside, dict) else {}


def _plain(key: bytes, sealed: bytes, about: str) -> bytes:
    if len(sealed) <= 1 + _NONCE or sealed[0] != _SEALED_VERSION:
        raise ValueError("not sealed")
    return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], about.encode())


def _photo(raw: Any, visit: str, device: str) -> tuple[Coming, bytes]:
    try:
        picture = base64.b64decode(str(sync.field_of(raw, "bytes")), validate=True)
        photo_id = UUID(str(sync.field_of(raw, "id")))
    except (ValueError, binascii.Error):
        raise Problem("photo-lost", N_("The tablet's own copy of this photo cannot be read.")) from None
    headers = {
        "X-Visit": visit,
        "X-Item": str(sync.field_of(raw, "item") or ""),
        "X-Device": device,
        "X-Size": str(len(picture)),
        "X-SHA256": str(sync.field_of(raw, "sha256") or ""),
        "X-Type": str(sync.field_of(raw, "type") or ""),
        "X-Taken": str(sync.field_of(raw, "taken") or ""),
        "X-Position": str(sync.field_of(raw, "position") or ""),
    }
    return store_uploads.read_announcement(photo_id, headers), picture


def _no_export() -> Problem:
    return Problem("export-none", N_("This is not a file that a tablet exported."), field="file")
