"""A PostgreSQL server for the tests: Debian's, in a temporary folder, on a free port, gone when they end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PATIENCE = 60.0


def programs() -> Path | None:
    """Return the folder of the server's programs, of the newest version that is installed; None where none is."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).parent if found else next(reversed(debian), None)


@contextlib.contextmanager
def server(folder_of_programs: Path) -> Iterator[str]:
    """Run a server; gives the address of its database."""
    # It refuses to run as root, and another user may not look into the folders of pytest.
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="onrecord-postgresql-"))
    log = folder / "log"
    try:
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        made = subprocess.run(
            [folder_of_programs / "initdb", "-D", data, "-U", "onrecord", "-A", "trust", "-E", "UTF8", "--no-locale",
             "--no-sync"],
            user=user, cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
                   "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 60}  # fmt: skip
        with log.open("w") as written:
            process = subprocess.Popen(
                [folder_of_programs / "postgres", "-D", data,
                 *(f"-c{name}={value}" for name, value in options.items())],
                user=user, cwd=folder, stdout=written, stderr=written,
            )  # fmt: skip
        try:
            _awaited(port, process, log)
            yield f"postgresql+psycopg://onrecord@127.0.0.1:{port}/postgres"
        finally:
            # At once: nothing of it is kept.
            process.send_signal(signal.SIGQUIT)
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _awaited(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    until = time.monotonic() + _PATIENCE
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="onrecord", dbname="postgres").close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        else:
            return
