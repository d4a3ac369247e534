"""Pictures as cameras make them, for tests: turned, with a position, large, odd, damaged."""

import io
import random

import pillow_heif
from PIL import ExifTags, Image, ImageDraw

pillow_heif.register_heif_opener(thumbnails=False)

GPS, BASE = ExifTags.GPS, ExifTags.Base


def camera_data(orientation: int = 6, offset: str = "+08:00", position: bool = True) -> Image.Exif:
    """EXIF as a telephone writes it: on its side, 25°02'03"N 121°30'03"E, 21 November 2026 at 09:30."""
    exif = Image.Exif()
    exif[BASE.Orientation] = orientation
    exif[BASE.Make] = "SecretCam"
    exif.get_ifd(ExifTags.IFD.Exif)[BASE.DateTimeOriginal] = "2026:11:21 09:30:00"
    if offset:
        exif.get_ifd(ExifTags.IFD.Exif)[BASE.OffsetTimeOriginal] = offset
    if position:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (25.0, 2.0, 3.0)
        place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (121.0, 30.0, 3.0)
        place[GPS.GPSHPositioningError] = 12.0
    return exif


POSITION = "25.034167,121.500833,12"


def scene(size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """A workshop with its upper left corner red and somebody's face and name plate in the middle."""
    width, height = size
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, width // 4, height // 4), fill="red")
    x, y, r = width // 2, height // 2, height // 10
    pen.ellipse((x - r, y - r, x + r, y + r), fill="#e8b58f")
    for eye in (-r // 3, r // 3):
        pen.ellipse((x + eye - r // 8, y - r // 4 - r // 8, x + eye + r // 8, y - r // 4 + r // 8), fill="black")
    pen.rectangle((x - r, y + 2 * r, x + r, y + 3 * r), fill="white")
    for stripe in range(x - r, x + r, max(2, r // 8)):
        pen.line((stripe, y + 2 * r, stripe, y + 3 * r), fill="black", width=max(1, r // 20))
    return picture


def noisy(size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Every pixel different from its neighbours: whatever shows through a cover is found."""
    return Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))


def written(picture: Image.Image, kind: str, **given: object) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **given)
    return out.getvalue()


def turned(size: tuple[int, int] = (1200, 900), **given: object) -> bytes:
    """A JPEG that lies on its side: upright, the red corner is at the upper right."""
    return written(scene(size), "JPEG", quality=85, exif=camera_data(), **given)


def heic(size: tuple[int, int] = (800, 600), orientation: int = 6) -> bytes:
    """A HEIC picture on its side with a position, as a telephone writes it."""
    picture = scene(size)
    picture.info["exif"] = camera_data(orientation).tobytes()
    return written(picture, "HEIF", quality=70)
