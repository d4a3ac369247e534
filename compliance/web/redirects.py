"""Where to go next: only to this site's own pages."""

from urllib.parse import urlsplit

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed


def back_or_home(address: str | None) -> str:
    """The given local path, or the start page when it is missing or leads elsewhere."""
    if address:
        parts = urlsplit(address)
        clean = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
        if clean and not parts.scheme and not parts.netloc and not any(ord(c) < 32 for c in address):
            return _readable(address)
    return url_for("home.start")


def _readable(address: str) -> str:
    """The address, or the nearest page above it where forms are only sent to it: nobody can look at such a one."""
    routes = current_app.url_map.bind("")
    path = urlsplit(address).path
    try:
        routes.match(path, method="GET")
    except MethodNotAllowed:
        while path and not routes.test(path, method="GET"):
            path = path.rpartition("/")[0]
        return path or "/"
    except HTTPException:
        pass
    return address
