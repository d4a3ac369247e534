"""The application factory."""

import hashlib
import secrets
from datetime import timedelta
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from pydantic_core import from_json
from werkzeug.middleware.proxy_fix import ProxyFix

from compliance.api import door
from compliance.people import accounts, gate
from compliance.shared import database, jobs, packing, places, read_only
from compliance.shared.bucket import Bucket
from compliance.shared.certificates import Source
from compliance.trends import store_put as cells
from compliance.web import (
    again,
    documented,
    errors,
    exports,
    formats,
    headers,
    health,
    home,
    languages,
    menu,
    metrics,
    pages,
    tables,
)
from compliance.web.settings import Settings, load


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Build the application. ``overrides`` are Flask configuration for tests."""
    settings = settings or load()
    settings.instance.mkdir(parents=True, exist_ok=True)
    static = places.PACKAGE / "static"
    app = Flask(
        "compliance",
        root_path=str(places.PACKAGE),
        instance_path=str(settings.instance),
        template_folder=str(places.templates_dir()),
        static_folder=str(static),
        # The address carries a digest of all static files: a new release is a new address, so browsers may keep it.
        static_url_path=f"/static/{_digest(static)}",
    )
    app.config.update(_configuration(settings))
    app.config.update(overrides)
    app.extensions["settings"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    tables.load_all()
    cells.init()
    database.db.init_app(app)
    # There are no asynchronous engines, and their farewell would start a thread at the end of every request.
    app.teardown_appcontext_funcs[:] = [f for f in app.teardown_appcontext_funcs if not iscoroutinefunction(f)]
    with app.app_context():
        database.prepare(database.db.engine)
    jobs.init_app(app)
    CSRFProtect(app).exempt(door.bp)  # programs bring a token with each request, and no cookie counts there
    languages.init_app(app)
    read_only.init_app(app)
    accounts.init_app(app)
    gate.init_app(app)
    exports.init_app(app)
    formats.init_app(app)
    menu.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    documented.init_app(app)
    app.register_blueprint(home.bp)
    app.register_blueprint(health.bp)
    pages.mount(app)
    _open_static(app)
    _pack_static(app)
    _commit_after_success(app)
    metrics.note(app)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    instance = settings.instance
    engine: dict[str, Any] = {
        "url": settings.database_url or f"sqlite:///{instance / 'compliance.db'}",
        "json_deserializer": from_json,  # a visit has hundreds of small values: ten times as fast as Python's own
    }
    if engine["url"].startswith("sqlite"):
        import pysqlite3.dbapi2

        # The SQLite of Debian 12 can damage a write-ahead log with several writers; this one is repaired.
        engine["module"] = pysqlite3.dbapi2
        engine["connect_args"] = {"cached_statements": 1024}  # the pages have more than the 128 that it would keep
    else:
        engine |= {
            "pool_size": settings.threads,
            "max_overflow": 4,
            "pool_timeout": 20,
            "pool_recycle": 1800,
            "pool_pre_ping": True,  # a connection that broke while nobody used it is made anew
            "connect_args": {"connect_timeout": 5, "application_name": "compliance"},
        }
    return {
        "READ_ONLY": settings.read_only,
        "SECRET_KEY": settings.secret_key or _kept_secret(instance / "secret_key"),
        "SEALING_KEY": settings.sealing_key.get_secret_value(),
        "SEALING_KEYS_COMMAND": settings.sealing_keys_command,
        "SEALING_KEYS": str(settings.sealing_keys or instance / "sealing_keys"),
        "SQLALCHEMY_ENGINES": {"default": engine},
        "FILES_FOLDER": str(instance / "files"),
        "FILES_BUCKET": _bucket(settings),
        "QUEUE_URL": settings.queue_url or f"sqlite:///{instance / 'jobs.db'}",
        "PUBLIC_URL": settings.public_url or "",
        "HOSTED_IN": settings.hosted_in,
        "MODE": settings.mode,
        "MAIL_URL": settings.mail_url,
        "MAIL_FROM": settings.mail_from,
        "MAIL_TLS": settings.mail_tls,
        "MAIL_AUTHORITY": settings.mail_authority and str(settings.mail_authority),
        "SMS_URL": settings.sms_url,
        "SMS_TOKEN": settings.sms_token,
        "WECOM_URL": settings.wecom_url,
        "WECOM_CORPORATION": settings.wecom_corporation,
        "WECOM_AGENT": settings.wecom_agent,
        "WECOM_SECRET": settings.wecom_secret,
        "SIGNING": _signing(settings),
        "BREACHED_PASSWORDS": settings.breached_passwords,
        "VIRUS_SCANNER": settings.virus_scanner,
        "ANCHORS": str(instance / "anchors.jsonl"),
        "ANCHOR_TO": settings.anchor_to,
        "MAX_CONTENT_LENGTH": settings.upload_limit_mb * 2**20,
        "MAX_FORM_MEMORY_SIZE": 8 * 2**20,  # a checklist page full of long notes
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": bool(settings.public_url and settings.public_url.startswith("https://")),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "TABLET_POLICY": {
            "idle_minutes": settings.tablet_idle_minutes,
            "keep_days": settings.tablet_keep_days,
            "wipe_days": settings.tablet_wipe_days,
            "warn_hours": settings.tablet_warn_hours,
        },
        "WTF_CSRF_TIME_LIMIT": None,  # a checklist page stays open for a whole visit; the session bounds the token
    }


def _bucket(settings: Settings) -> Bucket | None:
    if settings.files_url is None:
        return None
    return Bucket(
        settings.files_url,
        settings.files_endpoint,
        settings.files_region,
        settings.files_access_key,
        settings.files_secret_key.get_secret_value(),
    )


def _signing(settings: Settings) -> Source:
    return Source(
        demo=settings.instance / "signing" / "demo.pem",
        file=settings.sign_file,
        passphrase=settings.sign_passphrase.get_secret_value(),
        chain=settings.sign_chain,
        module=settings.sign_module,
        token=settings.sign_token,
        pin=settings.sign_pin.get_secret_value(),
        label=settings.sign_label,
        stamp_url=settings.sign_stamp_url.get_secret_value(),
        stamp_required=settings.sign_stamp == "required",
        trust=settings.sign_trust,
    )


def _kept_secret(path: Path) -> str:
    """The demo's own secret, made at the first start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            whole.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return whole.hexdigest()[:12]


def _open_static(app: Flask) -> None:
    static: Any = app.view_functions["static"]
    gate.public(static)


_PACKED = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def _pack_static(app: Flask) -> None:
    """Styles and scripts go over the line compressed: tablets load them over slow networks."""

    @app.after_request
    def _pack(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in _PACKED:
            return response
        response.vary.add("Accept-Encoding")
        if request.method == "GET" and response.status_code == 200:
            response.direct_passthrough = False
            whole = response.get_data()
            if request.path.endswith(".js"):
                whole = packing.lean(whole)
            data, how = packing.pack(whole, request.headers.get("Accept-Encoding", ""))
            response.set_data(data)
            if how:
                response.headers["Content-Encoding"] = how
        return response


def _commit_after_success(app: Flask) -> None:
    """One transaction a request: kept when the answer is a success, dropped when it is an error."""
    again.init_app(app)

    @app.after_request
    def _end(response: Response) -> Response:
        session = database.session()
        if response.status_code < 400:
            session.commit()
        else:
            session.rollback()
        return response
