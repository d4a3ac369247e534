"""Where to go next: only to this site's own pages."""

from urllib.parse import urlsplit

from flask import url_for


def back_or_home(address: str | None) -> str:
    """The given local path, or the start page when it is missing or leads elsewhere."""
    if address:
        parts = urlsplit(address)
        clean = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
        if clean and not parts.scheme and not parts.netloc and not any(ord(c) < 32 for c in address):
            return address
    return url_for("home.start")
