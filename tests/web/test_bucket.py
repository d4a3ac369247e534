"""Files in a bucket: the same promises as in a folder, against a server that speaks S3."""

import hashlib
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from compliance.shared import files
from compliance.shared.bucket import Bucket
from compliance.shared.problems import NotFound, NotNow
from compliance.web import file_commands, health
from tests.web.test_serving import free_port

SERVER = """
import sys
from werkzeug.serving import run_simple
from moto.server import DomainDispatcherApplication, create_backend_app
run_simple("127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=True)
"""


@pytest.fixture(scope="module")
def endpoint():
    """A server that speaks S3, in a process of its own, with one bucket."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                assert time.monotonic() < until and server.poll() is None
                time.sleep(0.1)
        made = urllib.request.Request(f"{address}/photos", method="PUT", headers={"Authorization": "AWS x:y"})
        assert urllib.request.urlopen(made).status == 200
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def bucket(app, endpoint, request):
    """The application keeps its files in a bucket, under a prefix of this test."""
    kept = app.config["FILES_BUCKET"]
    app.config["FILES_BUCKET"] = Bucket(f"s3://photos/{request.node.name}", endpoint, "us-east-1", "key", "secret")
    with app.app_context():
        yield app.config["FILES_BUCKET"]
    app.config["FILES_BUCKET"] = kept


def test_what_is_put_comes_back_once_and_damage_shows(bucket):
    kept = files.put("证据".encode(), "text/plain")
    assert files.put("证据".encode(), "text/plain") == kept
    assert (files.get(kept.digest), files.size(kept.digest)) == ("证据".encode(), 6)
    assert list(files.every()) == [kept.digest]
    bucket._ask(lambda s3: s3.put_object(**bucket._named(kept.digest), Body=b"damage"))
    with pytest.raises(NotFound, match="damaged"):
        files.get(kept.digest)
    files.mend(kept.digest, "证据".encode())
    assert files.get(kept.digest) == "证据".encode()
    files.remove(kept.digest)
    files.remove(kept.digest)
    for wrong in (kept.digest, "../../etc/passwd", "0" * 64, ""):
        with pytest.raises(NotFound):
            files.get(wrong)
        with pytest.raises(NotFound):
            files.size(wrong)


def test_a_store_out_of_reach_is_said_and_nothing_is_half_done(app, bucket, client, caplog):
    bucket.endpoint = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NotNow):
        files.put(b"x", "text/plain")
    assert "out of reach" in caplog.text
    assert [wrong for wrong in health.what_is_wrong() if "files" in wrong]
    assert client.http.get("/health/ready").status_code == 503


def test_a_bucket_that_is_not_there_is_named_in_the_log(app, endpoint, bucket, caplog):
    bucket.url = "s3://no-such-bucket"
    with pytest.raises(NotNow):
        files.put(b"x", "text/plain")
    assert "there is no such bucket (files_url)" in caplog.text


def test_copying_brings_every_file_reads_it_back_and_names_the_damaged(app, bucket, tmp_path):
    folder = files.Folder(tmp_path)
    digests = []
    for content in (b"one", b"two", b"three"):
        digests.append(hashlib.sha256(content).hexdigest())
        folder.write(digests[-1], content)
    (Path(tmp_path) / digests[2][:2] / digests[2]).write_bytes(b"changed")
    run = app.test_cli_runner().invoke
    done = run(file_commands.group, ["copy", "--from", str(tmp_path)])
    assert done.exit_code == 1 and digests[2] in done.output
    assert "2 files are in the store and were read back, 2 of them are new; 1 are damaged." in done.output
    assert sorted(files.every()) == sorted(digests[:2])
    again = run(file_commands.group, ["copy", "--from", str(tmp_path)])
    assert "0 of them are new" in again.output
    assert run(file_commands.group, ["verify"]).output == "2 files are whole, 0 are damaged.\n"
    bucket.endpoint, bucket._client = f"http://127.0.0.1:{free_port()}", (0, None)
    assert run(file_commands.group, ["verify"]).exit_code == 2
