"""What a start says about the certificate that signs letters."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from compliance.shared import signing
from compliance.shared.certificates import Source
from compliance.web.production import look_at_signing
from tests.stamps import PASSPHRASE, Authority


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Flask]:
    app = Flask("starting")
    app.config.update(SIGNING=Source(demo=tmp_path / "signing" / "demo.pem"), MODE="demo")
    yield app
    with app.app_context():
        signing.forget()


def said(app: Flask, capsys: pytest.CaptureFixture[str], **wanted: object) -> str:
    app.config["SIGNING"] = replace(app.config["SIGNING"], **wanted)
    look_at_signing(app)
    return capsys.readouterr().err


def test_a_first_start_makes_the_demo_certificate_and_production_warns_of_it(
    starting: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(starting, capsys) == ""
    assert starting.config["SIGNING"].demo.exists()
    starting.config["MODE"] = "production"
    assert "proves nothing (set COMPLIANCE_SIGN_FILE)" in said(starting, capsys)


def test_a_wrong_configuration_stops_the_start_with_what_to_do(
    starting: Flask, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = Authority().file(tmp_path)
    for wanted, named in (
        ({"file": tmp_path / "none.p12"}, "none.p12 cannot be read"),
        ({"file": file, "passphrase": "wrong"}, "COMPLIANCE_SIGN_PASSPHRASE"),
        ({"file": None, "module": tmp_path / "none.so", "token": "letters"}, "COMPLIANCE_SIGN_MODULE"),
    ):
        with pytest.raises(SystemExit) as ended:
            said(starting, capsys, **wanted)
        assert ended.value.code == 2
        assert named in capsys.readouterr().err
    starting.config["SIGNING"] = replace(starting.config["SIGNING"], module=None)


def test_a_certificate_near_or_beyond_its_end_is_warned_of(
    starting: Flask, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    authority = Authority()
    near = said(starting, capsys, file=authority.file(tmp_path, "Near", days=30), passphrase=PASSPHRASE)
    assert "Near that signs letters ends on" in near
    assert "Over ended on" in said(starting, capsys, file=authority.file(tmp_path, "Over", days=5, since=-10))
