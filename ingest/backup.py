"""One file that an archive can be made from again: the catalog. The vector index is made from it, embedding nothing."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from ingest.archive.archive import Archive
from ingest.archive.catalog import SCHEMA_VERSION
from ingest.errors import ArchiveUnusable

_READABLE = {str(version) for version in range(1, SCHEMA_VERSION + 1)}


def written(archive: Archive, file: Path) -> int:
    """Back an archive up, as it is at one moment, while others read and write it. Returns the file's size in bytes.

    The file is there whole or not at all. Raises ArchiveUnusable where it cannot be written.
    """
    draft = file.with_name(f".{file.name}.tmp")
    try:
        draft.unlink(missing_ok=True)
        archive.catalog.backup(draft)
        checked(draft)
        with draft.open("rb") as finished:
            os.fsync(finished.fileno())
        draft.replace(file)
        return file.stat().st_size
    except OSError as error:
        raise ArchiveUnusable(f"{file}: cannot be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def restored(archive: Archive, file: Path) -> int:
    """Put what a backup holds in the place of all that an archive holds; the caller holds it for writing.

    Returns how many articles it then holds. The vector index is forgotten first: it belongs to what was there.
    """
    checked(file)
    archive.forget_index()
    archive.catalog.restore(file)
    archive.forget_index()
    return archive.status().articles


def checked(file: Path) -> None:
    """Raise ArchiveUnusable where a file is no sound backup that this version of the software reads."""
    if not file.is_file():
        raise ArchiveUnusable(f"{file}: no such file")
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            (version,) = opened.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() or ("",)
            (state,) = opened.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise ArchiveUnusable(f"{file}: no backup of an archive ({error})") from error
    if version not in _READABLE:
        raise ArchiveUnusable(f"{file}: a backup of format {version or 'unknown'}, which this version does not read")
    if state != "ok":
        raise ArchiveUnusable(f"{file}: the backup is damaged ({' '.join(state.split())})")
