"""A mail server on loopback that keeps what it is given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Post(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs."""

    def handle(self):
        self._say("220 test ready")
        body = []
        while line := self.rfile.readline().decode():
            word = line.split(" ")[0].strip().upper()
            if word == "DATA":
                self._say("354 go on")
                while (text := self.rfile.readline().decode()).strip() != ".":
                    body.append(text)
                self.server.received.append("".join(body))
                self._say("250 kept")
            elif word == "QUIT":
                self._say("221 bye")
                return
            elif word == "RCPT" and self.server.refuses:
                self._say("550 no such person")
            else:
                self._say("250 ok")

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mailbox(app: Any) -> Iterator[Any]:
    """While this lasts, the application's mail goes to ``received``; ``refuses`` turns every recipient away."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Post) as server:
        server.daemon_threads, server.received, server.refuses = True, [], False
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        app.config["MAIL_URL"] = f"smtp://127.0.0.1:{server.server_address[1]}"
        app.config["MAIL_FROM"] = "visits@example.org"
        try:
            yield server
        finally:
            app.config["MAIL_URL"] = None
            server.shutdown()
            thread.join()
