"""A web server of this machine that answers as it is told to."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; `send` answers it."""

    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.headers.append(dict(self.headers))
        answer = self.server.answers.get(self.path)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if answer is None:
                self.send(b"<html><title>404</title></html>", status=404)
            else:
                answer(self)

    def send(self, data: bytes, *, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: Any) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def send_forever(self, first: bytes, piece: bytes, *, pause: float = 0.0, kind: str = "text/html") -> None:
        """Send an answer that never ends."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(first)
        while True:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(pause)

    def send_headers_forever(self) -> None:
        """Send the beginning of an answer that never begins."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-Header: of many\r\n")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Site(ThreadingHTTPServer):
    """A server and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    def handle_error(self, *_: Any) -> None:
        """Whoever breaks off a connection is no concern of ours."""

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def has(self, path: str, data: bytes, **headers: Any) -> str:
        """Have an answer at a path; returns its address. Unchanged pages are told so."""
        tag = f'"{hash(data)}"'

        def answer(request: Request) -> None:
            if request.headers.get("If-None-Match") == tag:
                request.send(b"", status=304, kind="")
            else:
                request.send(data, ETag=tag, **headers)

        self.answers[path] = answer
        return self.address + path

    def moves(self, path: str, to: str, status: int = 302) -> str:
        """Redirect from a path; returns its address."""
        self.answers[path] = lambda request: request.send(b"", status=status, Location=to)
        return self.address + path


@contextlib.contextmanager
def site() -> Iterator[Site]:
    """Serve while the block runs."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
