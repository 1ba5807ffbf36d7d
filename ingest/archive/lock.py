"""One writer at a time: a lock that the operating system frees when its holder dies, and a note of who holds it."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import ArchiveBusy, ArchiveUnusable


@contextlib.contextmanager
def writer_lock(folder: Path, *, timeout: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the writer's lock on the archive in `folder`, waiting up to `timeout` seconds for another holder.

    `waiting` is told once, in a sentence, who holds it. Raises ArchiveBusy, with the same words, when time is up.
    """
    lock, note = FileLock(folder / "writer.lock"), folder / "writer.json"
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting and timeout:
                waiting(f"{_holder(note)}; waiting")
            lock.acquire(timeout=timeout)
    except Timeout as error:
        raise ArchiveBusy(_holder(note)) from error
    except OSError as error:
        raise ArchiveUnusable(f"{folder}: cannot be written: {error.strerror or error}") from error
    try:
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
        # Where the disk is full the lock holds all the same, and what is written under it says so.
        with contextlib.suppress(OSError):
            note.write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']} has been writing to the archive since {holder['since']}"
    except (OSError, ValueError, KeyError):
        return "another process is writing to the archive"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
