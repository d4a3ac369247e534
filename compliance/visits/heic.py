"""HEIC pictures become JPEG in a process of their own, with little memory and little time.

The decoder is a large library in C that reads what strangers send. Whatever a crafted file does to it, only that
process ends, and the file is refused.

This file, run as a program, reads a HEIC picture from standard input; see ``upright``.
"""

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

SECONDS = 30
MEMORY = 1_500 * 2**20
"""Bytes of address space; 60 million pixels take a third of it."""
EDGE = 2400
"""Longest edge, in pixels, of the JPEG that comes out."""


class Undecodable(Exception):
    """No picture came out: damaged, too large for the process, or too slow."""


class TooManyPixels(Exception):
    """The picture says that it is larger than is allowed."""


@dataclass(frozen=True)
class Decoded:
    """The picture as JPEG, upright, without hidden data; its true measures; its camera data as EXIF bytes."""

    jpeg: bytes
    width: int
    height: int
    exif: bytes


def upright(data: bytes, pixel_limit: int) -> Decoded:
    """Decode a HEIC picture. Raises ``Undecodable`` or ``TooManyPixels``."""
    try:
        done = subprocess.run(  # noqa: S603 - this very file
            [sys.executable, "-I", __file__, str(pixel_limit)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Undecodable from None
    head, _, jpeg = done.stdout.partition(b"\n")
    if done.returncode == _TOO_MANY:
        raise TooManyPixels
    if done.returncode or not jpeg:
        raise Undecodable
    facts: dict[str, Any] = json.loads(head)
    return Decoded(jpeg, facts["width"], facts["height"], bytes.fromhex(facts["exif"]))


_TOO_MANY = 3


def _main() -> int:
    _limit()
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False, decode_threads=1)
    picture: Any = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["HEIF"])
    width, height = picture.size  # the opener turns the picture upright itself
    if width * height > int(sys.argv[1]):
        return _TOO_MANY
    exif = picture.getexif().tobytes()
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    picture = picture.convert("RGB")
    picture.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=b"", icc_profile=None)
    facts = {"width": width, "height": height, "exif": exif.hex() if len(exif) < 65_536 else ""}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + out.getvalue())
    return 0


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(_main())
