"""An uploaded logo becomes a clean picture of our own making, whatever else was in the file."""

import io

from PIL import Image, UnidentifiedImageError

from compliance.shared.problems import Problem, TooLarge
from compliance.shared.words import N_

MOST_BYTES = 5 * 2**20
MOST_PIXELS = 40_000_000
_BOX = (1200, 600)  # enough for a letterhead at 300 dots to the inch


def prepared(data: bytes) -> bytes:
    """PNG bytes of a PNG or JPEG upload, made anew: no metadata, at most 1200 x 600 pixels.

    Raises ``Problem`` for any other format (SVG may carry scripts) and ``TooLarge``.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge("logo-large", N_("A logo has at most 5 megabytes."), field="logo")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooLarge("logo-large", N_("This picture has too many pixels."), field="logo")
            picture.load()
            clean = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Problem("logo-format", N_("A logo is a PNG or JPEG picture."), field="logo") from None
    clean.thumbnail(_BOX)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
