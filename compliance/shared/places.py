"""Where the project's data files are, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = PACKAGE.parent


def templates_dir() -> Path:
    """The folder of Jinja templates."""
    return _data("templates")


def checklists_dir() -> Path:
    """The folder of the shipped code of conduct and checklists."""
    return _data("checklists")


def _data(name: str) -> Path:
    # The wheel carries the two top-level data folders inside the package, below "shipped".
    inside = PACKAGE / "shipped" / name
    return inside if inside.is_dir() else _CHECKOUT / name
