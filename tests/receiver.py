"""A receiver of webhooks on this machine: keeps what it is sent, and answers as it is told."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STOPS_S = 0.01  # how often the server looks whether it shall stop


class Receiver:
    """What came, in order, as (headers, body); `status` and `seconds` say how it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status, self.seconds, self.location = 200, 0.0, ""
        self.drip = 0.0  # seconds between two bytes of the answer, headers and all
        self.url = ""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for as long as the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(receiver.seconds)
            if receiver.drip:
                self._drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000)
                return
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def _drip(self, answer: bytes) -> None:
            with contextlib.suppress(OSError):  # until the caller has had enough
                for byte in answer:
                    self.wfile.write(bytes([byte]))
                    time.sleep(receiver.drip)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(STOPS_S,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
