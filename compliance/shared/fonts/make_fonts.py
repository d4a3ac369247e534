"""Make the letters' fonts from two pinned npm packages; see the README beside this file. Run by hand, once a version.

npm install --prefix /tmp/fonts @expo-google-fonts/noto-sans-sc@0.4.3 @expo-google-fonts/source-sans-3@0.4.1
python make_fonts.py /tmp/fonts/node_modules/@expo-google-fonts
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
LATIN = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x2060),
    0x20AC,
    0x2116,
    0x2122,
}


def _gb2312() -> set[int]:
    """The 7,445 characters of GB 2312: enough for headings, which carry fixed words and no names."""
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def make(source: Path, family: str, style: str, characters: set[int] | None) -> None:
    """Write ``family-style.ttf``: only ``characters`` (None: all), no hints, no vertical metrics, a name of its own."""
    options = subset.Options()
    options.layout_features = ["kern", "liga", "locl", "ccmp", "mark", "mkmk"]
    options.name_IDs = ["*"]
    options.drop_tables += ["vhea", "vmtx", "BASE", "STAT", "gasp", "prep"]
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.recalc_timestamp = False  # the same bytes from the same source
    font: TTFont = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters or set(font.getBestCmap()))
    subsetter.subset(font)
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 5, 7, 8, 9, 11, 13, 14)]
    full = f"{family} {style}"
    for number, text in ((1, family), (2, style), (3, full), (4, full), (6, f"{family.replace(' ', '')}-{style}")):
        names.setName(text, number, 3, 1, 0x409)
    target = HERE / f"{family.replace(' ', '')}-{style}.ttf"
    subset.save_font(font, str(target), options)
    sys.stdout.write(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size} bytes\n")


def main() -> None:
    """Make the four files from the folder that holds the unpacked packages."""
    packages = Path(sys.argv[1])
    chinese, latin = packages / "noto-sans-sc", packages / "source-sans-3"
    make(chinese / "400Regular/NotoSansSC_400Regular.ttf", "Letter Hei", "Regular", None)
    make(chinese / "700Bold/NotoSansSC_700Bold.ttf", "Letter Hei", "Bold", _gb2312() | LATIN)
    make(latin / "400Regular/SourceSans3_400Regular.ttf", "Letter Latin", "Regular", LATIN)
    make(latin / "700Bold/SourceSans3_700Bold.ttf", "Letter Latin", "Bold", LATIN)


if __name__ == "__main__":
    main()
