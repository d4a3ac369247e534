"""A real mail server on loopback that keeps what it is given, and misbehaves when it is told to."""

import asyncio
import datetime
import ipaddress
import socketserver
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "visits", "p@ss word/1"
AN_HOUR = 3600


class Post:
    """What the server got, and how it behaves: ``says`` holds its answers to RCPT or DATA instead of the usual ones,
    ``hangs`` the step at which it falls silent. ``heard`` is called in the instant when all of a mail is there.
    """

    def __init__(self) -> None:
        self.received: list[str] = []
        self.recipients: list[str] = []
        self.says: dict[str, str] = {}
        self.hangs = ""
        self.heard = lambda: None
        self.conversations = 0
        self.signed_in: list[str] = []
        self.encrypted: list[bool] = []

    @property
    def refuses(self) -> bool:
        """Whether every recipient is turned away for good."""
        return "RCPT" in self.says

    @refuses.setter
    def refuses(self, wanted: bool) -> None:
        self.says = {"RCPT": "550 no such person"} if wanted else {}

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any) -> Any:
        self.conversations += 1
        session.host_name = hostname
        await self._silence("EHLO")
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        await self._silence("RCPT")
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" not in self.says:
            self.received.append(envelope.content.decode().replace("\r\n", "\n"))
            self.recipients += envelope.rcpt_tos
            self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        self.heard()
        await self._silence("DATA")
        return self.says.get("DATA", "250 kept")

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        """One account."""
        good = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
        if good:
            self.signed_in.append(mechanism)
        return AuthResult(success=good, handled=good)

    async def _silence(self, step: str) -> None:
        if self.hangs == step:
            await asyncio.sleep(AN_HOUR)


class _Server(Controller):
    def __init__(self, post: Post, tls: Any, account: bool, implicit: bool) -> None:
        self.wanted = {
            "tls_context": None if implicit else tls,
            "authenticator": post.authenticate if account else None,
            "auth_required": account,
            "auth_require_tls": not implicit,  # it does not know that it is encrypted then
            "enable_SMTPUTF8": True,
        }
        super().__init__(post, "127.0.0.1", 0, ssl_context=tls if implicit else None)

    def factory(self) -> SMTP:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            return SMTP(self.handler, hostname="test", ident="test", **self.wanted)

    def _trigger_server(self) -> None:
        """Its look whether it listens goes to the port it was told, which is none yet."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailbox(
    app: Any,
    *,
    certificate: "Certificate | None" = None,
    account: bool = False,
    implicit: bool = False,
    **settings: Any,
) -> Iterator[Post]:
    """While this lasts, the application's mail goes to ``received``. With a certificate it offers STARTTLS, or
    (``implicit``) speaks nothing else; with an ``account`` it wants the one user's password.
    """
    post = Post()
    server = _Server(post, certificate.context() if certificate else None, account, implicit)
    server.start()
    who = f"{USER}:p%40ss%20word%2F1@" if account else ""
    app.config["MAIL_URL"] = f"{'smtps' if implicit else 'smtp'}://{who}127.0.0.1:{server.port}"
    app.config["MAIL_TLS"] = "required" if certificate else "offered"
    app.config["MAIL_AUTHORITY"] = certificate and str(certificate.file)
    app.config["MAIL_FROM"] = "visits@example.org"
    app.config.update(settings)
    try:
        yield post
    finally:
        app.config.update(MAIL_URL=None, MAIL_TLS="required", MAIL_AUTHORITY=None)
        server.stop()


class Certificate:
    """A certificate that its own authority made, for this machine unless for another ``name``."""

    def __init__(self, folder: Path, name: str = "127.0.0.1", days: int = 7) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
        address = x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        made = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - datetime.timedelta(days=14))
            .not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        self.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def context(self) -> ssl.SSLContext:
        """How a server speaks that has it."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.file, self.key)
        return context


class _Odd(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.server.behave(self.request, self.server.over)  # type: ignore[attr-defined]


@contextmanager
def odd_server(app: Any, behave: Any) -> Iterator[None]:
    """A server that does with each connection whatever ``behave(socket, over)`` does, until ``over`` is set."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Odd) as server:
        server.daemon_threads, server.behave, server.over = True, behave, threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        app.config.update(MAIL_URL=f"smtp://127.0.0.1:{server.server_address[1]}", MAIL_TLS="offered")
        try:
            yield
        finally:
            app.config.update(MAIL_URL=None, MAIL_TLS="required")
            server.over.set()  # type: ignore[attr-defined]
            server.shutdown()
            thread.join()
