"""A time stamp server on loopback that stamps, or misbehaves when it is told to; and certificates made for tests."""

import datetime
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

NOW = datetime.datetime.now(datetime.UTC)
PASSPHRASE = "a long passphrase"
PIN = "123456"
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8


class Authority:
    """An authority of its own: a root, one below it, and whatever that one issues."""

    def __init__(self) -> None:
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._made(
            "Test Root", self.root_key.public_key(), "Test Root", self.root_key, since=-60, authority=True
        )
        self.middle = self._made(
            "Test Authority", self.key.public_key(), "Test Root", self.root_key, since=-60, authority=True
        )

    def issue(
        self, name: str, public: Any, *, days: int = 365, since: int = -1, stamps: bool = False, use: bool = True
    ) -> x509.Certificate:
        """A certificate for a name, valid from ``since`` for so many ``days``."""
        return self._made(name, public, "Test Authority", self.key, days=days, since=since, stamps=stamps, use=use)

    def _made(
        self,
        name: str,
        public: Any,
        by: str,
        key: Any,
        *,
        authority: bool = False,
        days: int = 3650,
        since: int = -1,
        stamps: bool = False,
        use: bool = True,
    ) -> x509.Certificate:
        begins = NOW + datetime.timedelta(days=since)
        flags = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, by)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=use and not authority,
                    content_commitment=use and not authority,
                    key_cert_sign=authority or not use,
                    crl_sign=authority,
                    **flags,
                ),
                critical=True,
            )
        )
        if stamps:
            usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(key, hashes.SHA256())

    def file(self, folder: Path, name: str = "Test Association", **more: Any) -> Path:
        """A PKCS#12 file with key, certificate and the one above, as an authority sends it."""
        key = ec.generate_private_key(ec.SECP256R1())
        own = self.issue(name, key.public_key(), **more)
        path = folder / f"{name.replace(' ', '-')}.p12"
        locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"signing", key, own, [self.middle], locked))
        return path

    def roots(self, folder: Path) -> Path:
        """The root as a file, to be trusted."""
        path = folder / "roots.pem"
        path.write_bytes(self.root.public_bytes(PEM))
        return path


class Stamps:
    """How the server behaves: ``says`` an answer of its own (status, type, body) instead of a stamp."""

    def __init__(self, authority: Authority) -> None:
        key = rsa.generate_private_key(65537, 2048)
        own = authority.issue("Test Time Stamps", key.public_key(), since=-60, stamps=True)
        self.stamper = DummyTimeStamper(
            asn1.Certificate.load(own.public_bytes(DER)),
            keys.PrivateKeyInfo.load(key.private_bytes(DER, PKCS8, serialization.NoEncryption())),
            [asn1.Certificate.load(authority.middle.public_bytes(DER))],
        )
        self.says: tuple[int, str, bytes] | None = None
        self.asked = 0
        self.allowed: list[str | None] = []
        self.url = ""

    def answer(self, question: bytes) -> tuple[int, str, bytes]:
        """What it says to a request."""
        self.asked += 1
        if self.says:
            return self.says
        stamp = self.stamper.request_tsa_response(tsp.TimeStampReq.load(question))
        return 200, "application/timestamp-reply", stamp.dump()


@contextmanager
def stamp_server(authority: Authority) -> Iterator[Stamps]:
    """A real HTTP server that stamps while this lasts."""
    stamps = Stamps(authority)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            stamps.allowed.append(self.headers.get("Authorization"))
            status, kind, body = stamps.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        stamps.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield stamps
        finally:
            server.shutdown()
            thread.join()


def soft_token(folder: Path, authority: Authority, monkeypatch: Any) -> Path:
    """A token in software with a key and its certificate, labelled ``letters``; the path of its module."""
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    _run("softhsm2-util", "--init-token", "--free", "--label", "letters", "--so-pin", "87654321", "--pin", PIN)
    key = ec.generate_private_key(ec.SECP256R1())
    plain = folder / "token-key.pem"
    plain.write_bytes(key.private_bytes(PEM, PKCS8, serialization.NoEncryption()))
    _run(
        "softhsm2-util", "--import", str(plain), "--token", "letters", "--label", "signing", "--id", "A1", "--pin", PIN
    )
    module = next(path for path in Path("/usr/lib").rglob("libsofthsm2.so"))
    _write_certificate(module, authority.issue("Test Token", key.public_key()))
    return module


def _write_certificate(module: Path, certificate: x509.Certificate) -> None:
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    library = pkcs11.lib(str(module))
    with library.get_token(token_label="letters").open(user_pin=PIN, rw=True) as session:
        attributes = decode_x509_certificate(certificate.public_bytes(DER))
        attributes |= {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: b"\xa1", pkcs11.Attribute.LABEL: "signing"}
        session.create_object(attributes)
    pkcs11.unload(str(module))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
