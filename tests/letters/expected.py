"""The letters' full texts as they are expected; ``python -m tests.letters.expected`` writes them anew, to be read."""

from pathlib import Path
from typing import Any

from compliance.letters import press, rules
from tests.letters import samples

FOLDER = Path(__file__).parent / "expected"


def plain(letter: dict[str, Any]) -> str:
    """A letter's words as plain text: a line for each thing said, cells of a row apart by a bar."""
    lines: list[str] = []

    def say(said: Any, start: str = "") -> None:
        lines.extend(start + text for _, text in said)

    def blocks(of: Any) -> None:
        for block in of:
            match block["form"]:
                case "paragraph":
                    say(block["said"])
                case "listing":
                    for point in block["points"]:
                        say(point, "- ")
                case "table":
                    lines.append(" | ".join(" / ".join(text for _, text in said) for said in block["head"]))
                    for row in block["rows"]:
                        cells = ([text for line in cell for _, text in line["said"]] for cell in row["cells"])
                        lines.append(" | ".join(" / ".join(cell) for cell in cells))

    for name in ("masthead", "particulars", "confidential", "number_label"):
        value = letter[name]
        for said in value if name == "particulars" else [value]:
            say(said)
    lines.append(letter["number"])
    say(letter["title"])
    for said in letter["addressee"]:
        say(said)
    say(letter["salutation"])
    for section in letter["sections"]:
        lines.append("")
        say(section["heading"], "# ")
        blocks(section["blocks"])
    lines.append("")
    for paragraph in letter["closing"]:
        say(paragraph["said"])
    for name in ("annex_line", "signatory", "signer", "date", "seal"):
        say(letter[name])
    for note in letter["notes"]:
        say(note)
    if letter["annex"]:
        lines.append("")
        say(letter["annex"]["label"], "# ")
        say(letter["annex"]["title"])
        blocks(letter["annex"]["blocks"])
        say(letter["annex"]["signature"])
    return "\n".join(line.rstrip() for line in lines) + "\n"


NAMES = (*rules.KINDS, *samples.VARIANTS)


def made(name: str, language: str) -> dict[str, Any]:
    """The sample letter of a kind or variant, as if issued."""
    kind, facts = samples.VARIANTS.get(name) or (name, samples.BY_KIND[name])
    number = rules.number("示协", facts.dated.year if facts.dated else 2026, 31 if facts.cites else 12)
    letter = rules.compose(kind, facts, language, press.words(), number=number, code="7Q4K-M2ZD-91XA")
    return letter.as_json()


def main() -> None:
    """Write every expected text."""
    FOLDER.mkdir(exist_ok=True)
    for kind in NAMES:
        for language in rules.LANGUAGES:
            (FOLDER / f"{kind}.{language}.txt").write_text(plain(made(kind, language)), "utf-8")


if __name__ == "__main__":
    main()
