"""The examples of the handbook run as they stand there, against a server, in both languages the same."""

import re
import threading

import pytest
from werkzeug.serving import make_server

from compliance.handbook import book
from compliance.shared.database import session
from tests.casework import made

ADDRESS = "https://compliance.example.org"


def examples(language):
    return re.findall(r"^```python\n(.*?)^```", book.source(language, "integrators"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def address(app):
    """The address at which the application is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_examples_run_and_print_what_there_is(app, world, program, address, monkeypatch, capsys):
    with app.app_context():
        made.released(world, [made.short("WAG01", workers=6)])
        session().commit()
    monkeypatch.setenv("COMPLIANCE_TOKEN", program().words)
    written = examples("en")
    assert len(written) == 6 and ADDRESS in written[0]
    shared = {}
    try:
        for example in written:
            exec(example.replace(ADDRESS, address), shared)
    finally:
        shared["door"].close()
    printed = capsys.readouterr().out
    assert f"{world.enterprises[0]} Example Garments No. 1 示例制衣一厂 60" in printed
    assert "WAG01" in printed and "Seen at WAG01." in printed
    assert "2 new, 0 changed, 0 refused" in printed


def test_the_examples_are_the_same_in_both_languages():
    assert examples("en") == examples("zh")
