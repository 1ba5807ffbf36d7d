"""A watched folder: files half written, renamed, deleted, many at once; a signal ends it cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.archive.catalog import Catalog
from ingest.errors import ArchiveUnusable
from tests.conftest import started

TEXT = "The bridge at Orle opens on Monday, the mayor said. It cost four million and took two years."
_PATIENCE = 60


@contextlib.contextmanager
def watching(folder: Path, archive: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Watch a folder from a process of its own, which is sent SIGTERM in the end and must heed it."""
    process = started(["-m", "ingest", "watch", folder, "--archive", archive, *options], folder=folder.parent)
    try:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("watching ")
        yield process
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=_PATIENCE)
        assert (process.returncode, err.splitlines()[-1]) == (0, "stopped"), err
        assert "Traceback" not in err
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def texts(archive: Path) -> dict[str, str]:
    """The articles in an archive, by id."""
    try:
        catalog = Catalog.opened(archive)
    except ArchiveUnusable:
        return {}
    try:
        return {id_: catalog.article(id_).text for id_ in catalog.states()}
    finally:
        catalog.close()


def test_a_watched_folder_is_followed_whatever_happens_in_it(tmp_path: Path, archive_folder: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "before.txt").write_text(TEXT)
    with watching(folder, archive_folder):
        until(lambda: "before" in texts(archive_folder))

        # Written in two goes: what is read is never the first alone.
        with (folder / "slow.txt").open("w") as slow:
            slow.write(TEXT[:40])
            slow.flush()
            time.sleep(0.5)
            slow.write(TEXT[40:])
        (folder / "part").write_text(TEXT)
        (folder / "part").rename(folder / "moved-in.txt")
        (folder / "short-lived.txt").write_text(TEXT)
        (folder / "short-lived.txt").unlink()
        (folder / "bad.txt").write_bytes(b"")
        (folder / "many").mkdir()
        for number in range(300):
            (folder / "many" / f"s{number}.txt").write_text(f"{TEXT} Part {number}.")
        until(lambda: len(texts(archive_folder)) == 303)
        assert texts(archive_folder)["slow"] == TEXT
        assert "short-lived" not in texts(archive_folder)

        (folder / "before.txt").write_text(TEXT.replace("Monday", "Tuesday"))
        until(lambda: "Tuesday" in texts(archive_folder)["before"])
        # What was embedded in between is kept, and goes on at the next start.
        catalog = Catalog.opened(archive_folder)
        until(catalog.is_embedded)
        assert catalog.article("slow").version == 1
        assert catalog.article("before").version == 2
        assert [failure.reason for failure in catalog.failures()] == ["empty"]
        catalog.close()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing-to-watch"),
        pytest.param(["--feed", "https://example.org/feed", "--every", "never"], id="no-time"),
    ],
)
def test_a_watch_without_sense_is_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    process = started(["-m", "ingest", "watch", *arguments], folder=tmp_path)
    _, err = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 2, err
