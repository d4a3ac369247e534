"""An uploaded picture of a seal becomes a clean one of our own making: square, white made transparent. Pure."""

import io

from PIL import Image, ImageChops, UnidentifiedImageError

from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_

MOST_BYTES = 5 * 2**20
MOST_PIXELS = 40_000_000
_EDGE = 700  # a seal of 42 mm at more than 400 dots to the inch
_FAINT = 40  # of 255: what is fainter is paper


def prepared(data: bytes) -> bytes:
    """PNG bytes of a PNG or JPEG picture of a seal, cut to its edge, without anything else that was in the file.

    Raises ``Problem`` for any other format and for an empty picture, ``TooLarge``.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge("seal-large", N_("A picture of the seal has at most 5 megabytes."), field="picture")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooLarge("seal-large", N_("This picture has too many pixels."), field="picture")
            picture.draft("RGB", (_EDGE * 2, _EDGE * 2))
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Problem("seal-format", N_("A picture of the seal is a PNG or JPEG."), field="picture") from None
    drawn.thumbnail((_EDGE * 2, _EDGE * 2))
    plain = Image.new("RGB", drawn.size, "white")
    plain.paste(drawn, mask=drawn.getchannel("A"))
    red, green, blue = plain.split()
    ink = ImageChops.invert(ImageChops.darker(ImageChops.darker(red, green), blue))
    edge = ink.point(lambda value: 255 if value > _FAINT else 0).getbbox()
    if edge is None:
        raise Problem("seal-empty", N_("There is nothing to see in this picture."), field="picture")
    plain.putalpha(ink)
    cut = plain.crop(edge)
    side = max(cut.size)
    square = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    square.paste(cut, ((side - cut.width) // 2, (side - cut.height) // 2))
    square.thumbnail((_EDGE, _EDGE))
    out = io.BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()
