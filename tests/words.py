"""``make words``: collect the texts of code and templates into the Chinese catalogue."""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from compliance.shared.places import PACKAGE

CATALOGUE = PACKAGE / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
SOURCES = """[python: compliance/**.py]
[javascript: compliance/static/js/tablet/**.js]
parse_template_string = true
[ignore: templates/letters/**]
[jinja2: templates/**.html]
trimmed = true
"""


def main() -> int:
    """Write the catalogue; return how many texts have no Chinese."""
    with tempfile.TemporaryDirectory() as folder:
        sources, template = Path(folder, "sources.cfg"), Path(folder, "messages.pot")
        sources.write_text(SOURCES)
        subprocess.run(
            [
                Path(sys.executable).parent / "pybabel",
                "-q",
                "extract",
                "-F",
                sources,
                "-k",
                "_l",
                "-k",
                "N_",
                "-o",
                template,
                ".",
            ],
            check=True,
            cwd=PACKAGE.parent,
        )
        found = read_po(template.open("rb"))
    known = {m.id: m.string for m in read_po(CATALOGUE.open("rb")) if m.id}
    day = datetime(2026, 1, 1, tzinfo=UTC)  # no date of today: an unchanged catalogue stays the same file
    catalogue = Catalog(
        locale="zh_Hans_CN",
        project="workplace-compliance",
        fuzzy=False,
        header_comment="# Simplified Chinese.",
        creation_date=day,
        revision_date=day,
    )
    missing = 0
    for message in sorted((m for m in found if m.id), key=lambda m: str(m.id)):
        chinese = known.get(message.id, "")
        missing += not chinese
        catalogue.add(message.id, chinese, flags=[f for f in message.flags if f != "fuzzy"])
        if not chinese:
            print("no Chinese:", message.id)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, no_location=True)
    print(f"{len(catalogue)} texts, {missing} without Chinese")
    return missing


if __name__ == "__main__":
    sys.exit(bool(main()))
