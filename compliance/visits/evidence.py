"""What may be uploaded as evidence, and the copies of a picture that are shown. Pure: bytes in, bytes out."""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime

import filetype

from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_, clean
from compliance.visits import disguise, pictures

PHOTO_LIMIT = 15 * 2**20
"""Bytes of one picture as it comes from a camera."""
DOCUMENT_LIMIT = 15 * 2**20
UNPACKED_LIMIT = 200 * 2**20
"""Bytes that an office document may unfold to."""

DOCUMENTS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")


@dataclass(frozen=True)
class Upload:
    """A file that passed. Photos have measures and two copies without any hidden data (JPEG bytes)."""

    kind: str
    media_type: str
    filename: str
    data: bytes
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    position: str | None = None
    shown: bytes = b""
    small: bytes = b""


def check(data: bytes, filename: str) -> Upload:
    """Look at what the bytes are, not at what the name says.

    ``taken_at`` is the camera's own local time, with a zone only where the camera knew one. Raises ``TooLarge``, or
    ``Problem`` for an empty, unknown, damaged or booby-trapped file; every text names the file.
    """
    name = safe_name(filename)
    if not data:
        raise Problem("upload-empty", N_("%(name)s is empty."), name=name)
    if len(data) > max(PHOTO_LIMIT, DOCUMENT_LIMIT):
        raise TooLarge(
            "upload-too-large",
            N_("%(name)s has %(size)d MB; at most %(limit)d MB are allowed."),
            name=name,
            size=-(-len(data) // 2**20),
            limit=PHOTO_LIMIT // 2**20,
        )
    disguise.require_clean(data, name)
    guessed = filetype.guess(data)
    media_type = pictures.HEIC if _is_heic(data) else guessed.mime if guessed else ""
    if media_type in pictures.KINDS:
        return _photo(data, name, media_type)
    if media_type in DOCUMENTS:
        if media_type != "application/pdf":
            _check_archive(data, name)
        return Upload("document", media_type, name, data)
    disguise.require_known(data, name)
    raise Problem(
        "upload-kind",
        N_("%(name)s is not a JPEG, PNG, WebP or HEIC picture nor a PDF, Word or Excel document."),
        name=name,
    )


def safe_name(filename: str) -> str:
    """The last part of a file name, cleaned, at most 120 characters, its ending kept."""
    name = clean(re.split(r"[\\/]", filename)[-1]).replace("\n", " ").strip(". ")
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = stem[: 119 - len(ending)] + dot + ending if dot and len(ending) < 10 else name[:120]
    return name or "file"


def _is_heic(data: bytes) -> bool:
    """Whether the file says that it is one of the brands that cameras write (``mif1`` and ``msf1``: any still HEIF)."""
    size = int.from_bytes(data[:4], "big")
    brands = {data[at : at + 4] for at in (8, *range(16, min(size, 64), 4))}
    return data[4:8] == b"ftyp" and not brands.isdisjoint(_HEIC_BRANDS) and brands.isdisjoint(_AVIF_BRANDS)


def _photo(data: bytes, name: str, media_type: str) -> Upload:
    try:
        found = pictures.opened(data, media_type)
    except pictures.TooManyPixels:
        raise TooLarge(
            "upload-pixels",
            N_("%(name)s has more than %(limit)d million pixels. Take it with a lower resolution."),
            name=name,
            limit=pictures.PIXEL_LIMIT // 1_000_000,
        ) from None
    except pictures.Damaged:
        raise Problem(
            "upload-damaged", N_("%(name)s is damaged and cannot be shown as a picture."), name=name
        ) from None
    shown, small = pictures.copies(found.picture)
    return Upload(
        "photo",
        media_type,
        name,
        data,
        width=found.width,
        height=found.height,
        taken_at=found.taken_at,
        position=found.position,
        shown=shown,
        small=small,
    )


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unfolded = sum(member.file_size for member in members)
            locked = any(member.flag_bits & 1 for member in members)
            macros = any(member.filename.lower().endswith("vbaproject.bin") for member in members)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Problem("upload-damaged-document", N_("%(name)s is damaged and cannot be opened."), name=name) from None
    if locked:
        raise disguise.locked(name)
    if unfolded > UNPACKED_LIMIT or len(members) > 10_000:
        raise TooLarge("upload-bomb", N_("%(name)s would unfold to a size that is not allowed."), name=name)
    if macros:
        raise Problem("upload-macros", N_("%(name)s contains macros. Save it without them, or as PDF."), name=name)
