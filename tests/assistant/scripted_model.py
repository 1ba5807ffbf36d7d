"""A local server that speaks OpenAI's chat API and writes what a test tells it to, whole or in parts, or fails."""

from __future__ import annotations

import dataclasses
import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-marked-7Qm2Zx"
MODEL = "scripted"


@dataclasses.dataclass
class Script:
    """What the server does with each request.

    `reply` is the text, or what makes it of the messages; `status` other than 200 is an error with `error` for its
    text. `parts` sends the text in so many pieces, `pause` seconds apart; `breaks_after` ends the connection behind so
    many of them. `wait` is how long nothing comes at first. `events` are sent instead of all that: bytes as they are,
    a mapping as an event, and a number is so many seconds of silence.
    """

    reply: str | Callable[[Sequence[dict[str, str]]], str] = "NO_ANSWER"
    status: int = 200
    error: dict[str, Any] = dataclasses.field(default_factory=dict)
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    parts: int = 8
    pause: float = 0.0
    wait: float = 0.0
    breaks_after: int | None = None
    is_endless: bool = False
    events: Callable[[], Iterable[bytes | dict[str, Any] | float]] | None = None
    requests: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    cut_short: int = 0
    gate: threading.Event | None = None

    @property
    def asked(self) -> list[str]:
        """The last message of each request that asked for an answer."""
        return [request["messages"][-1]["content"] for request in self.requests if "messages" in request]


class _Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._json(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def do_POST(self) -> None:
        script = self.script
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script.requests.append(body)
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            # A provider may repeat the key.
            self._json(401, {"error": {"message": f"Incorrect API key provided: {self.headers.get('Authorization')}"}})
            return
        if script.wait and not self._waits(script.wait):
            return
        if script.status != 200:
            self._json(script.status, {"error": {"message": f"no, {KEY}", **script.error}}, script.headers)
            return
        text = script.reply if isinstance(script.reply, str) else script.reply(body["messages"])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            if script.events is not None:
                for event in script.events():
                    if isinstance(event, bytes):
                        self.wfile.write(event)
                    elif isinstance(event, dict):
                        self._event(event)
                    elif not self._waits(event):
                        return
                return
            for number, part in enumerate(self._parts(text)):
                if script.breaks_after is not None and number >= script.breaks_after:
                    self.connection.close()
                    return
                self._event({"choices": [{"index": 0, "delta": {"content": part}, "finish_reason": None}]})
                if script.pause:
                    time.sleep(script.pause)
                if script.gate is not None and number == 0:
                    script.gate.wait(20)
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            counted = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            self._event({"choices": [], "usage": {**counted, "prompt_tokens_details": {"cached_tokens": 40}}})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            script.cut_short += 1
        finally:
            self.close_connection = True

    def _waits(self, seconds: float) -> bool:
        """Say nothing for so long; whether the client stays."""
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            self.script.cut_short += 1
            self.close_connection = True
            return False
        return True

    def _parts(self, text: str) -> Iterator[str]:
        if self.script.is_endless:
            while True:
                yield text
                time.sleep(0.002)
        size = max(1, len(text) // self.script.parts)
        yield from (text[at : at + size] for at in range(0, len(text), size))

    def _event(self, fields: dict[str, Any]) -> None:
        record = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, **fields}
        self.wfile.write(f"data: {json.dumps(record)}\n\n".encode())
        self.wfile.flush()

    def _json(self, status: int, record: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(record).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def delta(text: str = "", *, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return an event with a piece of text."""
    return {"choices": [{"index": 0, "delta": {"content": text, **fields}, "finish_reason": finish}]}


@contextmanager
def served() -> Iterator[tuple[Script, str]]:
    """Serve a script: gives it, to be changed by the test, and the base URL."""
    script = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"script": script}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield script, f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        if script.gate is not None:
            script.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
