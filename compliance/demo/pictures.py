"""Drawn stand-ins for photographs: nobody is in them."""

import io
import random

from PIL import Image, ImageDraw

from compliance.shared import files
from compliance.shared.files import StoredFile

_WALLS = ("#8d9a94", "#9a8f84", "#7f8d99", "#a39a7d")


def scene(item: str, chance: random.Random) -> bytes:
    """A JPEG of an empty corner of a workshop, marked as drawn for the demo."""
    picture = Image.new("RGB", (1200, 900), chance.choice(_WALLS))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 660, 1200, 900), fill="#5f5b55")
    left = 250 + chance.randrange(300)
    draw.rectangle((left, 190, left + 330, 690), fill="#3c4a49", outline="#2a3231", width=14)
    draw.line((left - 10, 430, left + 340, 470), fill="#d8c46a", width=16)
    draw.ellipse((left + 140, 420, left + 200, 490), fill="#c9a227", outline="#7d6414", width=6)
    for number in range(chance.randrange(2, 6)):
        x = 40 + number * 180
        draw.rectangle((x, 600 - number % 2 * 60, x + 140, 760), fill="#a9825a", outline="#6f5437", width=5)
    draw.text((24, 850), f"DEMO {item}: drawn, not photographed", fill="#ffffff")
    out = io.BytesIO()
    picture.reduce(2).save(out, "JPEG", quality=82)
    return out.getvalue()


def proof(number: int) -> StoredFile:
    """A stored PNG that stands for a photo of the correction."""
    picture = Image.new("RGB", (800, 600), "#dfe7e3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((240, 120, 540, 520), fill="#4c8a6a", outline="#2c5a43", width=10)
    draw.text((24, 560), f"DEMO correction {number + 1}: drawn, not photographed", fill="#333333")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return files.put(out.getvalue(), "image/png")
