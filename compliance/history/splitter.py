"""A process of its own that takes texts apart by regular expressions: one that never ends is killed with it.

Reads ``{"pattern": ..., "texts": [...]}`` as JSON and answers with a list: for each text None where nothing fits, or
the rest of the text and the named groups.
"""

import json
import re
import sys


def main() -> None:
    """Answer one question."""
    asked = json.load(sys.stdin)
    pattern = re.compile(asked["pattern"])
    json.dump([_split(pattern, text) for text in asked["texts"]], sys.stdout)


def _split(pattern: re.Pattern[str], text: str) -> tuple[str, dict[str, str]] | None:
    found = pattern.search(text)
    if found is None:
        return None
    rest = f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()
    return rest, {name: value.strip() for name, value in found.groupdict().items() if value is not None}


if __name__ == "__main__":
    main()
