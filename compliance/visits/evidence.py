"""What may be uploaded as evidence, and the copies of a picture that are shown. Pure: bytes in, bytes out."""

import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import filetype
from PIL import ExifTags, Image, ImageOps

from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_, clean

PHOTO_LIMIT = 15 * 2**20
"""Bytes of one picture as it comes from a camera."""
DOCUMENT_LIMIT = 15 * 2**20
PIXEL_LIMIT = 60_000_000
"""Width times height; the best cameras of tablets make 50 million."""
UNPACKED_LIMIT = 200 * 2**20
"""Bytes that an office document may unfold to."""
SHOWN_EDGE, SMALL_EDGE = 1600, 320
"""Longest edge, in pixels, of the copies that pages show."""

PHOTOS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
DOCUMENTS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


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
    shown: bytes = b""
    small: bytes = b""


def check(data: bytes, filename: str) -> Upload:
    """Look at what the bytes are, not at what the name says.

    ``taken_at`` is the camera's own local time without a zone. Raises ``TooLarge``, or ``Problem`` for an empty,
    unknown, damaged or booby-trapped file; every text names the file.
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
    guessed = filetype.guess(data)
    media_type = guessed.mime if guessed else ""
    if media_type in PHOTOS:
        return _photo(data, name, media_type)
    if media_type in DOCUMENTS:
        if media_type != "application/pdf":
            _check_archive(data, name)
        return Upload("document", media_type, name, data)
    if media_type in ("image/heic", "image/heif"):
        raise Problem(
            "upload-heic",
            N_("%(name)s is a HEIC picture. Set the camera to “Most compatible” (JPEG) and take it again."),
            name=name,
        )
    raise Problem(
        "upload-kind",
        N_("%(name)s is not a JPEG, PNG or WebP picture nor a PDF, Word or Excel document."),
        name=name,
    )


def safe_name(filename: str) -> str:
    """The last part of a file name, cleaned, at most 120 characters, its ending kept."""
    name = clean(re.split(r"[\\/]", filename)[-1]).replace("\n", " ").strip(". ")
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = stem[: 119 - len(ending)] + dot + ending if dot and len(ending) < 10 else name[:120]
    return name or "file"


def _photo(data: bytes, name: str, media_type: str) -> Upload:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=[PHOTOS[media_type]])
            width, height = picture.size
            if width * height > PIXEL_LIMIT:
                raise Image.DecompressionBombError
            taken = _taken_at(picture)
            if getattr(picture, "n_frames", 1) > 1:
                picture.seek(0)
            # Pillow reads a JPEG at a fraction of its size when told what is wanted; other kinds ignore it.
            picture.draft("RGB", (SHOWN_EDGE, SHOWN_EDGE))
            upright = _without_transparency(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooLarge(
            "upload-pixels",
            N_("%(name)s has more than %(limit)d million pixels. Take it with a lower resolution."),
            name=name,
            limit=PIXEL_LIMIT // 1_000_000,
        ) from None
    except Exception:
        # A decoder that is fed nonsense raises nearly anything.
        raise Problem(
            "upload-damaged", N_("%(name)s is damaged and cannot be shown as a picture."), name=name
        ) from None
    return Upload(
        "photo",
        media_type,
        name,
        data,
        width=width,
        height=height,
        taken_at=taken,
        shown=_copy(upright, SHOWN_EDGE, 82),
        small=_copy(upright, SMALL_EDGE, 76),
    )


def _without_transparency(picture: Any) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    converted: Image.Image = picture.convert("RGB")
    return converted


def _copy(picture: Image.Image, edge: int, quality: int) -> bytes:
    # Pixels are drawn anew, so that position, serial number and maker's notes stay behind in the original.
    small = picture.copy()
    small.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.info.clear()
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None)
    return out.getvalue()


def _taken_at(picture: Image.Image) -> datetime | None:
    try:
        exif = picture.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        written = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        return datetime.strptime(str(written)[:19], "%Y:%m:%d %H:%M:%S") if written else None  # noqa: DTZ007
    except Exception:
        return None  # broken camera data are no reason to refuse a picture


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unfolded = sum(member.file_size for member in members)
            macros = any(member.filename.lower().endswith("vbaproject.bin") for member in members)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Problem("upload-damaged-document", N_("%(name)s is damaged and cannot be opened."), name=name) from None
    if unfolded > UNPACKED_LIMIT or len(members) > 10_000:
        raise TooLarge("upload-bomb", N_("%(name)s would unfold to a size that is not allowed."), name=name)
    if macros:
        raise Problem("upload-macros", N_("%(name)s contains macros. Save it without them, or as PDF."), name=name)
