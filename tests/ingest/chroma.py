"""A Chroma server for the tests: `chroma run` in a temporary folder, on a free port."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import environment, small_files

_PATIENCE = 90.0


class ChromaServer:
    """One server that can be stopped and started again at the same address, with what it holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = Path(sys.executable).with_name("chroma")
        with small_files():
            self._process = subprocess.Popen(
                [program, "run", "--path", self._folder, "--host", "127.0.0.1", "--port", str(self.port)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(),
            )  # fmt: skip
        until = time.monotonic() + _PATIENCE
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=5).close()
                return
            assert self._process.poll() is None, "chroma run ended"
            assert time.monotonic() < until, "chroma run does not answer"
            time.sleep(0.1)

    def stop(self) -> None:
        """Kill it."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextlib.contextmanager
def server(folder: Path) -> Iterator[ChromaServer]:
    """Run a server."""
    one = ChromaServer(folder)
    one.start()
    try:
        yield one
    finally:
        one.stop()
