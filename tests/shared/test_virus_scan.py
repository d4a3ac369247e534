"""A ClamAV daemon is asked over its socket: what it finds is refused, and so is what it could not look at."""

import socket
import struct
import threading

import pytest

from compliance.shared import virus_scan
from compliance.shared.problems import Problem


@pytest.fixture
def scanner(app):
    """A daemon that speaks INSTREAM: ``scanner(answer)`` starts it for one question; gives what it was sent."""
    got = []

    def started(answer):
        door = socket.create_server(("127.0.0.1", 0))

        def serve():
            line, _address = door.accept()
            with line, line.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                while size := struct.unpack("!I", said.read(4))[0]:
                    got.append(said.read(size))
                line.sendall(answer)
            door.close()

        thread = threading.Thread(target=serve)
        thread.start()
        app.config["VIRUS_SCANNER"] = f"tcp:127.0.0.1:{door.getsockname()[1]}"
        return thread, got

    return started


def test_what_is_clean_passes_and_reaches_the_scanner_whole(app, scanner):
    thread, got = scanner(b"stream: OK\0")
    data = b"x" * 200_000
    with app.app_context():
        virus_scan.require_clean(data, "plan.pdf")
    thread.join()
    assert b"".join(got) == data


def test_what_is_found_is_refused_by_name(app, scanner):
    thread, _got = scanner(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
    with app.app_context(), pytest.raises(Problem, match=r"plan\.pdf is infected"):
        virus_scan.require_clean(b"x", "plan.pdf")
    thread.join()


def test_without_an_answer_nothing_is_taken_and_without_the_setting_nothing_is_asked(app, scanner):
    thread, _got = scanner(b"")
    with app.app_context(), pytest.raises(Problem, match="could not be checked"):
        virus_scan.require_clean(b"x", "plan.pdf")
    thread.join()
    with app.app_context(), pytest.raises(Problem, match="could not be checked"):
        virus_scan.require_clean(b"x", "plan.pdf")  # nobody listens there any more
    app.config["VIRUS_SCANNER"] = None
    with app.app_context():
        virus_scan.require_clean(b"x", "plan.pdf")
