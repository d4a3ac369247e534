"""The tablet's application: one document for all its pages, its worker, its manifest and its words.

Nothing here knows a person or a visit, so that a tablet may keep it and everybody may have it.
"""

from uuid import UUID

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import tablet_shell
from compliance.people.gate import public
from compliance.shared import clock, packing
from compliance.shared.words import LANGUAGES

bp = Blueprint("tablet_app", __name__, url_prefix="/tablet")


@bp.get("/")
@public
def shell() -> ResponseReturnValue:
    """The document of every page of the application; which page it is, the tablet itself finds out."""
    document = render_template(
        tablet_shell.DOCUMENT, release=tablet_shell.release(current_app), modules=tablet_shell.modules()
    )
    return _packed(document, "text/html; charset=utf-8")


def _packed(text: str, kind: str) -> Response:
    data, how = packing.pack(text.encode(), request.headers.get("Accept-Encoding", ""))
    response = Response(data, content_type=kind)
    if how:
        response.headers["Content-Encoding"] = how
    response.vary.add("Accept-Encoding")
    return response


@bp.get("/queue")
@bp.get("/device")
@bp.get("/ready")
@public
def about() -> ResponseReturnValue:
    """The same document at the addresses of what is unsent, of the tablet itself, and of whether it is ready."""
    return shell()


@bp.get("/visit/<uuid:visit_id>/<part>")
@public
def page(visit_id: UUID, part: str) -> ResponseReturnValue:
    """The same document at the address of a visit: it says nothing of whether there is such a visit."""
    return shell()


@bp.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """The worker, with the name of the release and the addresses of its files above its own lines."""
    facts = {
        "release": tablet_shell.release(current_app),
        "files": tablet_shell.files(current_app),
        "document": url_for("tablet_app.shell"),
        "style": url_for("tablet_app.style"),
        "words": [url_for("tablet_app.words", language=language) for language in LANGUAGES],
    }
    head = f"const SHELL = {current_app.json.dumps(facts)};\n"
    return Response(head + tablet_shell.WORKER.read_text(encoding="utf-8"), mimetype="text/javascript")


@bp.get("/words/<language>.json")
@public
def words(language: str) -> ResponseReturnValue:
    """What the scripts say, in one language."""
    if language not in LANGUAGES:
        abort(404)
    said = current_app.json.dumps(dict(tablet_shell.words(language)), ensure_ascii=False, separators=(",", ":"))
    return _packed(said, "application/json")


@bp.get("/style.css")
@public
def style() -> ResponseReturnValue:
    """How all pages of the application look."""
    return _packed(tablet_shell.style(), "text/css; charset=utf-8")


@bp.get("/clock")
@public
def time() -> ResponseReturnValue:
    """The server's time, for a tablet that looks whether its own is right."""
    return jsonify(now=clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"))


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """What a tablet needs to install the application. Its names tell nothing of whose it is."""
    pictures = [
        {"src": url_for("static", filename=f"img/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    whole = url_for("static", filename="img/app-mask-512.png")
    facts = {
        "id": url_for("tablet_app.shell"),
        "name": "Visits · 走访",
        "short_name": "Visits",
        "start_url": url_for("tablet_app.shell"),
        "scope": "/",  # signing in stays inside the installed application
        "display": "standalone",
        "background_color": "#f2f5f6",
        "theme_color": "#0f3d4c",
        "icons": [*pictures, {"src": whole, "sizes": "512x512", "type": "image/png", "purpose": "maskable"}],
    }
    return Response(current_app.json.dumps(facts, ensure_ascii=False), mimetype="application/manifest+json")
