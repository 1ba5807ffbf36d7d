"""The connection that a request runs over, which another thread can cut."""

from __future__ import annotations

import contextlib
import contextvars
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

_current: contextvars.ContextVar[Connection | None] = contextvars.ContextVar("connection", default=None)


class Connection:
    """The connection of the requests that are made inside `used`; cut at any moment, also before it stands."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._lock = threading.Lock()

    def cut(self) -> None:
        """End it: whoever reads from it reads its end, and the server is free for others."""
        with self._lock:
            self._is_cut = True
            self._shut()

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Let requests of the block run over it, where their client is one of `client`."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def followed(self, _: str, info: dict[str, Any]) -> None:
        """Hear from the HTTP client what happens to the connection."""
        told = getattr(info.get("return_value"), "get_extra_info", None)
        if told is not None and (found := told("socket")) is not None:
            with self._lock:
                self._socket = found
                if self._is_cut:
                    self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # That of TLS would take away from under a reader what it reads with; closing wakes nobody.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def client() -> httpx2.Client:
    """Return an HTTP client whose connections can be cut: each request has one of its own."""
    import httpx2
    import openai

    def follow(request: httpx2.Request) -> None:
        if (connection := _current.get()) is not None:
            request.extensions["trace"] = connection.followed

    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=0)
    return openai.DefaultHttpxClient(limits=limits, event_hooks={"request": [follow]})
