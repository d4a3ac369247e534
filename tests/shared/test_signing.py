"""Signing: by a file, a token or the demo's own key, with time stamps; and everything that may be wrong with them."""

import io
import json
import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption
from flask import Flask

from compliance.letters import press
from compliance.shared import clock, keyfiles, signatures, signing, timestamps
from compliance.shared.certificates import DEMO, SignFault, Source, Standing
from compliance.shared.signatures import Content, Signature
from tests import stamps
from tests.letters import expected
from tests.shared.conformance import faults
from tests.stamps import PASSPHRASE, PEM, PIN, PKCS8, Authority


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def letter() -> bytes:
    return press.print_letter(expected.made("L1", "both")).pdf


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """An application that has nothing but where its key is."""
    app = Flask("bare")
    app.config["SIGNING"] = Source(demo=tmp_path / "signing" / "demo.pem")
    with app.app_context():
        timestamps._failed_at.clear()
        yield app
        signing.forget()


def configure(app: Flask, **wanted: object) -> None:
    app.config["SIGNING"] = replace(app.config["SIGNING"], **wanted)


def fault(app: Flask, **wanted: object) -> SignFault:
    configure(app, **wanted)
    with pytest.raises(SignFault) as caught:
        signing.require_usable()
    assert PASSPHRASE not in str(caught.value)
    return caught.value


def only(pdf: bytes, roots: str = "") -> Signature:
    """The one signature in a file, found as the child process finds it."""
    content, told = signatures._content(pdf, signatures._roots(roots.encode()))
    assert content is Content.signed
    [one] = [signatures._read(json.loads(json.dumps(each))) for each in told]
    return one


def test_the_first_signature_makes_a_demo_certificate_that_says_so(bare: Flask, letter: bytes) -> None:
    signed = signing.sign(letter)
    file = bare.config["SIGNING"].demo
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert (signed.certificate.holder, signed.certificate.demo) == (DEMO, True)
    assert "not valid" in DEMO
    assert "无效" in DEMO
    looked = signatures.look(signed.pdf)
    assert looked.content is Content.signed
    [one] = looked.signatures
    assert (one.intact, one.whole, one.trusted, one.certificate.demo) == (True, True, False, True)
    assert one.certificate.fingerprint == signing.certificate().fingerprint
    assert signing.sign(letter).certificate.fingerprint == one.certificate.fingerprint


def test_what_was_printed_is_only_added_to(bare: Flask, letter: bytes) -> None:
    pdf = signing.sign(letter).pdf
    assert pdf.startswith(letter)
    with pikepdf.open(io.BytesIO(letter)) as before, pikepdf.open(io.BytesIO(pdf)) as after:
        assert bytes(after.Root.Metadata.read_bytes()) == bytes(before.Root.Metadata.read_bytes())
        [field] = after.Root.AcroForm.Fields
        assert int(field.F) & 0b110 == 0b100, "printed and not hidden: PDF/A"
        left, bottom, right, top = (float(one) for one in field.Rect)
        assert (left, bottom) == (right, top)
        assert right <= 0, "outside the page: PDF/UA"
        assert str(after.pages[0].Tabs) == "/S"
        assert "/TU" in field


def test_another_reader_finds_the_signature_valid(bare: Flask, letter: bytes, tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(signing.sign(letter).pdf)
    told = subprocess.run(["pdfsig", "-nocert", str(file)], stdout=subprocess.PIPE, text=True).stdout
    assert "Signature is Valid" in told
    assert "ETSI.CAdES.detached" in told
    assert "Total document signed" in told


def test_a_signed_letter_conforms_as_the_unsigned_one_did(bare: Flask, letter: bytes, tmp_path: Path) -> None:
    signed = signing.sign(letter).pdf
    assert faults(signed) == faults(letter) == []
    (tmp_path / "signed.pdf").write_bytes(signed)
    assert subprocess.run(["qpdf", "--check", tmp_path / "signed.pdf"], stdout=subprocess.DEVNULL).returncode == 0


def test_a_changed_byte_anywhere_is_told(bare: Flask, letter: bytes) -> None:
    pdf = signing.sign(letter).pdf
    changed = bytearray(pdf)
    changed[len(letter) // 2] ^= 1
    assert not only(bytes(changed)).intact
    added = only(pdf + b"\n")
    assert (added.intact, added.whole) == (True, False)
    within = bytearray(pdf)
    within[pdf.rindex(b"/Contents <") + 200] ^= 1
    looked = signatures.look(bytes(within))
    assert looked.content is Content.broken or not looked.signatures[0].intact


def test_a_file_of_an_authority_signs_with_its_chain(
    bare: Flask, letter: bytes, authority: Authority, tmp_path: Path
) -> None:
    configure(bare, file=authority.file(tmp_path), passphrase=PASSPHRASE)
    signed = signing.sign(letter)
    assert (signed.certificate.holder, signed.certificate.issuer) == ("Test Association", "Test Authority")
    assert signed.certificate.chain.count("BEGIN CERTIFICATE") == 2
    assert not only(signed.pdf).trusted
    assert only(signed.pdf, authority.roots(tmp_path).read_text()).trusted


def test_key_and_certificates_may_lie_in_files_of_their_own(
    bare: Flask, letter: bytes, authority: Authority, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    (tmp_path / "key.pem").write_bytes(key.private_bytes(PEM, PKCS8, NoEncryption()))
    lacking = fault(bare, file=tmp_path / "key.pem")
    assert lacking.code == "sign-no-certificate"
    chain = tmp_path / "chain.pem"
    own = authority.issue("By RSA", key.public_key())
    chain.write_bytes(authority.middle.public_bytes(PEM) + own.public_bytes(PEM))
    configure(bare, chain=chain)
    assert only(signing.sign(letter).pdf, authority.roots(tmp_path).read_text()).trusted


def test_a_new_file_in_the_place_of_the_old_signs_from_then_on(
    bare: Flask, letter: bytes, authority: Authority, tmp_path: Path
) -> None:
    file = authority.file(tmp_path)
    configure(bare, file=file, passphrase=PASSPHRASE)
    first = signing.sign(letter).certificate.fingerprint
    authority.file(tmp_path, days=500)
    os.utime(file, ns=(1, 1))
    assert signing.sign(letter).certificate.fingerprint != first


def test_what_is_wrong_with_a_file_is_said_so_that_one_knows_what_to_do(
    bare: Flask, authority: Authority, tmp_path: Path
) -> None:
    good = authority.file(tmp_path)
    assert fault(bare, file=tmp_path / "nothing.p12").code == "sign-file"
    assert fault(bare, file=tmp_path).code == "sign-file"
    assert fault(bare, file=good, passphrase="wrong").code == "sign-passphrase"
    assert "COMPLIANCE_SIGN_PASSPHRASE" in str(fault(bare, passphrase=""))
    for junk in (
        b"",
        b"hello",
        b"-----BEGIN nonsense",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ):
        (tmp_path / "junk").write_bytes(junk)
        assert fault(bare, file=tmp_path / "junk", passphrase="").code == "sign-unknown"
    weak = rsa.generate_private_key(65537, 1024).private_bytes(PEM, PKCS8, NoEncryption())
    odd = ec.generate_private_key(ec.SECP256K1()).private_bytes(PEM, PKCS8, NoEncryption())
    for key in (weak, odd):
        (tmp_path / "key.pem").write_bytes(key)
        assert fault(bare, file=tmp_path / "key.pem").code == "sign-kind"
    (tmp_path / "chain.pem").write_bytes(b"no certificates")
    assert fault(bare, file=good, passphrase=PASSPHRASE, chain=tmp_path / "chain.pem").code == "sign-chain"


def test_a_certificate_that_does_not_hold_signs_nothing(
    bare: Flask, letter: bytes, authority: Authority, tmp_path: Path
) -> None:
    over = authority.file(tmp_path, "Over", days=10, since=-20)
    assert fault(bare, file=over, passphrase=PASSPHRASE).code == "sign-expired"
    with pytest.raises(SignFault, match="Over ended on"):
        signing.sign(letter)
    assert fault(bare, file=authority.file(tmp_path, "Early", since=5)).code == "sign-early"
    assert fault(bare, file=authority.file(tmp_path, "Other use", use=False)).code == "sign-use"
    configure(bare, file=authority.file(tmp_path, "Soon", days=30))
    soon = signing.require_usable()
    assert soon.standing(clock.now()) is Standing.ends_soon
    assert soon.standing(clock.now() + timedelta(days=40)) is Standing.expired


def test_a_token_signs_and_its_key_stays_in_it(
    bare: Flask, letter: bytes, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = stamps.soft_token(tmp_path, authority, monkeypatch)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(authority.middle.public_bytes(PEM))
    configure(bare, module=module, token="letters", pin=PIN, chain=chain)
    signed = signing.sign(letter)
    assert signed.certificate.holder == "Test Token"
    assert only(signed.pdf, authority.roots(tmp_path).read_text()).trusted
    signing.forget()
    assert only(signing.sign(letter).pdf).intact, "opened anew after it was closed"
    signing.forget()
    assert fault(bare, pin="999999").code == "sign-pin"
    signing.forget()
    assert fault(bare, pin=PIN, token="another").code == "sign-token"
    signing.forget()
    assert fault(bare, token="letters", label="no such key").code == "sign-label"


def test_a_token_without_its_driver_says_so(bare: Flask, tmp_path: Path) -> None:
    assert fault(bare, module=tmp_path / "no.so", token="letters").code == "sign-module"
    (tmp_path / "no.so").write_bytes(b"no library")
    assert fault(bare, module=tmp_path / "no.so", token="letters").code == "sign-module"
    bare.config["SIGNING"] = replace(bare.config["SIGNING"], module=None)


def test_a_server_attests_the_time(bare: Flask, letter: bytes, authority: Authority, tmp_path: Path) -> None:
    with stamps.stamp_server(authority) as server:
        url = server.url.replace("http://", "http://user:p%40ss@")
        configure(bare, file=authority.file(tmp_path), passphrase=PASSPHRASE, stamp_url=url)
        signed = signing.sign(letter)
    assert server.asked == 1
    assert server.allowed == ["Basic dXNlcjpwQHNz"]
    assert signed.stamped_at is not None
    assert "Test Time Stamps" in signed.stamped_by
    one = only(signed.pdf, authority.roots(tmp_path).read_text())
    assert (one.stamped_at, one.stamped_by, one.stamp_trusted) == (signed.stamped_at, "Test Time Stamps", True)


def test_what_was_stamped_in_time_stays_good_when_the_certificate_has_ended(
    bare: Flask, letter: bytes, authority: Authority, tmp_path: Path
) -> None:
    short = authority.file(tmp_path, "Short", days=10, since=-20)
    during = clock.now() - timedelta(days=15)
    with stamps.stamp_server(authority) as server, clock.at(during):
        server.stamper.fixed_dt = during
        configure(bare, file=short, passphrase=PASSPHRASE, stamp_url=server.url)
        pdf = signing.sign(letter).pdf
    one = only(pdf, authority.roots(tmp_path).read_text())
    assert (one.intact, one.trusted, one.stamp_trusted) == (True, True, True)
    assert one.certificate.standing(clock.now()) is Standing.expired


@pytest.mark.parametrize(
    "says",
    [
        (500, "text/plain", b"oops"),
        (200, "text/html", b"<p>hello"),
        (200, "application/timestamp-reply", b"nonsense"),
        (200, "application/timestamp-reply", bytes.fromhex("30053003020102")),
        (200, "application/timestamp-reply", b"x" * 100_000),
    ],
    ids=["failing", "a page", "nonsense", "refusing", "too long"],
)
def test_without_a_stamp_nothing_is_signed_unless_that_is_allowed(
    bare: Flask, letter: bytes, authority: Authority, tmp_path: Path, says: tuple[int, str, bytes]
) -> None:
    with stamps.stamp_server(authority) as server:
        server.says = says
        configure(bare, stamp_url=server.url)
        with pytest.raises(SignFault) as caught:
            signing.sign(letter)
        assert caught.value.code == "sign-stamp"
        configure(bare, stamp_required=False)
        signed = signing.sign(letter)
    assert signed.stamped_at is None
    assert only(signed.pdf).intact


def test_a_server_that_failed_is_left_alone_for_a_while(bare: Flask, letter: bytes, authority: Authority) -> None:
    with stamps.stamp_server(authority) as server:
        server.says = (503, "text/plain", b"")
        configure(bare, stamp_url=server.url)
        for _ in range(3):
            with pytest.raises(SignFault):
                signing.sign(letter)
    assert server.asked == 1


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"", Content.empty),
        (b"hello", Content.no_pdf),
        (b"%PDF-1.7 hello", Content.broken),
        (b"%PDF-1.7\n" + b"\0" * 50_000, Content.broken),
    ],
    ids=["empty", "text", "a beginning", "zeros"],
)
def test_whatever_a_file_is_there_is_an_answer(data: bytes, content: Content) -> None:
    assert signatures.look(data).content is content


def test_a_locked_or_unsigned_file_is_told_apart(letter: bytes) -> None:
    assert signatures.look(letter).content is Content.unsigned
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(letter)) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="owner", user="user"))
    assert signatures.look(locked.getvalue()).content is Content.encrypted


def test_a_file_that_is_too_large_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "LARGEST", 1000)
    assert signatures.look(b"%PDF-1.7" + b" " * 1000).content is Content.too_large


def test_two_processes_at_once_make_one_demo_certificate(tmp_path: Path) -> None:
    path = tmp_path / "signing" / "demo.pem"
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            keyfiles.make_demo(path)
            keyfiles.load(Source(demo=path))
            os._exit(0)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert list(path.parent.iterdir()) == [path]
