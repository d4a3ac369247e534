"""Pictures as cameras make them, and the copies that are shown: upright, small, without hidden data, with their marks.
Pure: bytes in, bytes out.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags, Image, ImageOps

from compliance.visits import heic
from compliance.visits.marks import Mark, drawn

PIXEL_LIMIT = 60_000_000
"""Width times height; the best cameras of tablets make 50 million."""
SHOWN_EDGE, SMALL_EDGE = 1600, 320
"""Longest edge, in pixels, of the copies that pages show."""
KEPT_EDGE = 2400
"""Longest edge of a photo that an enterprise sends: a page of a ledger can be read on it."""
PAPER_EDGE, PAPER_BYTES = 600, 90_000
"""Longest edge of the copy that a letter prints, some 200 dots an inch where two stand beside each other; and its
size, so that forty of them stay under 4 MB.
"""
HEIC = "image/heic"
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", HEIC: "HEIF"}
"""Media types of pictures, and what Pillow calls them."""


class Damaged(Exception):
    """The bytes cannot be shown as a picture."""


class TooManyPixels(Exception):
    """The picture is larger than ``PIXEL_LIMIT``."""


@dataclass(frozen=True)
class Opened:
    """A picture: upright RGB, its longer edge at most ``SHOWN_EDGE``; and what the camera said of it.

    ``width`` and ``height`` are those of the original, upright. ``taken_at`` has a zone only where the camera knew
    one. ``position`` is "latitude,longitude" or "latitude,longitude,metres".
    """

    picture: Image.Image
    width: int
    height: int
    taken_at: datetime | None
    position: str | None


def opened(data: bytes, media_type: str) -> Opened:
    """Open a picture of one of ``KINDS``. Raises ``Damaged`` or ``TooManyPixels``."""
    try:
        return _from_heic(data) if media_type == HEIC else _from_others(data, KINDS[media_type])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, heic.TooManyPixels):
        raise TooManyPixels from None
    except TooManyPixels:
        raise
    except Exception:
        # A decoder that is fed nonsense raises nearly anything.
        raise Damaged from None


def copies(picture: Image.Image, marks: Sequence[Mark] = ()) -> tuple[bytes, bytes]:
    """The shown and the small copy of an opened picture (JPEG). What is under a blur is in neither."""
    marked = drawn(picture, marks) if marks else picture
    return _copy(marked, SHOWN_EDGE, 82), _copy(marked, SMALL_EDGE, 76)


def for_paper(shown: bytes) -> bytes:
    """The copy for print of a shown copy: as large as the paper needs, and of a bounded size. Raises ``Damaged``."""
    try:
        picture = Image.open(io.BytesIO(shown), formats=["JPEG"])
        picture.draft("RGB", (PAPER_EDGE, PAPER_EDGE))
        picture.load()
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception:
        raise Damaged from None
    for quality in (76, 66, 54, 40):
        made = _copy(upright, PAPER_EDGE, quality)
        if len(made) <= PAPER_BYTES:
            break
    return made


def reduced(data: bytes, media_type: str) -> bytes:
    """A picture to keep as evidence, as JPEG: its longer edge at most ``KEPT_EDGE``, upright, nothing hidden in it.

    Raises ``Damaged`` or ``TooManyPixels``.
    """
    try:
        found = _from_heic(data, KEPT_EDGE) if media_type == HEIC else _from_others(data, KINDS[media_type], KEPT_EDGE)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, heic.TooManyPixels):
        raise TooManyPixels from None
    except TooManyPixels:
        raise
    except Exception:
        raise Damaged from None
    return _copy(found.picture, KEPT_EDGE, 85)


def redrawn(data: bytes, media_type: str, marks: Sequence[Mark]) -> tuple[bytes, bytes]:
    """The two copies of an original with its marks. Raises ``Damaged`` or ``TooManyPixels``."""
    return copies(opened(data, media_type).picture, marks)


def _from_others(data: bytes, kind: str, edge: int = SHOWN_EDGE) -> Opened:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture: Any = Image.open(io.BytesIO(data), formats=[kind])
        width, height = picture.size
        if width * height > PIXEL_LIMIT:
            raise TooManyPixels
        exif = _exif_of(picture)
        if getattr(picture, "n_frames", 1) > 1:
            picture.seek(0)
        # Pillow reads a JPEG at a fraction of its size when told what is wanted; other kinds ignore it.
        picture.draft("RGB", (edge, edge))
        ImageOps.exif_transpose(picture, in_place=True)
        upright = _without_transparency(picture)
        if (upright.width < upright.height) != (width < height):
            width, height = height, width
        return Opened(_at_most(upright, edge), width, height, _taken_at(exif), _position(exif))


def _from_heic(data: bytes, edge: int = SHOWN_EDGE) -> Opened:
    found = heic.upright(data, PIXEL_LIMIT)
    exif = Image.Exif()
    if found.exif:
        exif.load(found.exif)
    picture = Image.open(io.BytesIO(found.jpeg), formats=["JPEG"]).convert("RGB")
    return Opened(_at_most(picture, edge), found.width, found.height, _taken_at(exif), _position(exif))


def _exif_of(picture: Any) -> Image.Exif:
    try:
        exif: Image.Exif = picture.getexif()
        return exif
    except Exception:
        return Image.Exif()  # broken camera data are no reason to refuse a picture


def _without_transparency(picture: Any) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    plain: Image.Image = picture if picture.mode == "RGB" else picture.convert("RGB")
    return plain


def _at_most(picture: Image.Image, edge: int) -> Image.Image:
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return picture


def _copy(picture: Image.Image, edge: int, quality: int) -> bytes:
    # Pixels are drawn anew, so that position, serial number and maker's notes stay behind in the original.
    # Every picture of this size that is not copied is ten milliseconds less.
    share = edge / max(picture.size)
    small = picture
    if share < 1:
        width, height = (max(1, round(side * share)) for side in picture.size)
        small = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=1.5)
    small.info.clear()
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, exif=b"", icc_profile=None)
    return out.getvalue()


def _taken_at(exif: Image.Exif) -> datetime | None:
    try:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        written = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        if not written:
            return None
        taken = datetime.strptime(str(written)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        offset = str(details.get(ExifTags.Base.OffsetTimeOriginal) or "")
        return taken.replace(tzinfo=_zone(offset)) if offset else taken
    except Exception:
        return None


def _zone(offset: str) -> timezone | None:
    sign, hours, minutes = offset[:1], offset[1:3], offset[4:6]
    if sign not in "+-" or not (hours + minutes).isdigit():
        return None
    east = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-east if sign == "-" else east)


def _position(exif: Image.Exif) -> str | None:
    try:
        found = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(found[ExifTags.GPS.GPSLatitude], str(found.get(ExifTags.GPS.GPSLatitudeRef, "N")))
        longitude = _degrees(found[ExifTags.GPS.GPSLongitude], str(found.get(ExifTags.GPS.GPSLongitudeRef, "E")))
        if not (abs(latitude) <= 90 and abs(longitude) <= 180) or (latitude, longitude) == (0, 0):
            return None
        place = f"{latitude:.6f},{longitude:.6f}"
        error = found.get(ExifTags.GPS.GPSHPositioningError)
        return f"{place},{float(error):.0f}" if error and 0 < float(error) < 1e6 else place
    except Exception:
        return None


def _degrees(parts: Any, side: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if side[:1].upper() in ("S", "W") else value
