from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.archive.lock import writer_lock
from ingest.errors import ArchiveBusy, ArchiveUnusable
from tests.conftest import started

HOLDER = """
import sys, pathlib
from ingest.archive.lock import writer_lock
with writer_lock(pathlib.Path(sys.argv[1]), timeout=0):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is told a line, or killed."""
    process = started(["-c", HOLDER, tmp_path], folder=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_writer_is_told_who_holds_the_archive(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(ArchiveBusy) as raised, writer_lock(tmp_path, timeout=0):
        pass
    assert f"process {holder.pid} on {socket.gethostname()} has been writing" in str(raised.value)


def test_a_second_writer_says_once_that_it_waits_and_goes_on(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    said: list[str] = []

    def end(message: str) -> None:
        said.append(message)
        assert holder.stdin is not None
        threading.Timer(0.3, lambda: (holder.stdin.write("\n"), holder.stdin.flush())).start()  # type: ignore[union-attr]

    with writer_lock(tmp_path, timeout=30, waiting=end):
        assert len(said) == 1
        assert said[0].endswith("; waiting")
        assert str(os.getpid()) in (tmp_path / "writer.json").read_text(encoding="utf-8")


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.killpg(holder.pid, signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "writer.json").is_file()
    with writer_lock(tmp_path, timeout=0):
        pass
    assert not (tmp_path / "writer.json").exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveUnusable, match="cannot be written"), writer_lock(tmp_path / "file" / "x", timeout=0):
        pass
