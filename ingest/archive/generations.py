"""Sealed generations of the vector index: built aside, checked, then put in place by swapping a pointer.

vectors/CURRENT          the name of the generation in use
vectors/gen-000007/      sealed; never written again
vectors/gen-000007.suspect  a reader could not use it: the next writer builds anew from the catalog
vectors/gen-000008.tmp/  being built; whoever finds one without its builder deletes it
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Mapping
from pathlib import Path

from ingest.archive.catalog import Catalog
from ingest.archive.vectors import CATALOG_ADDRESS, Job
from ingest.embeddings.centring import shipped
from ingest.errors import ArchiveUnusable

_KEPT = 2
# A reader opens the generation that the pointer named a moment ago; after so many seconds none still does.
_GRACE = 10.0
# An index keeps what was deleted from it as dead weight: past this share, a new one is smaller and finds better.
_REPLACED = 0.3
_PATIENCE = 3600.0


@dataclasses.dataclass(frozen=True, slots=True)
class Generation:
    """A sealed generation: every entry of the outbox up to `seq` is in it, by `model` and its `centring`.

    `removed` counts what was deleted from it since it was made anew, and still takes its room.
    `files` are the checksums of the index's files: chromadb may kill the process that opens damaged ones.
    """

    folder: Path
    model: str
    centring: str
    seq: int
    count: int
    files: Mapping[str, int]
    removed: int = 0

    @property
    def is_sound(self) -> bool:
        """Tell whether the files are as they were sealed; reads them all, at 4 GB a second."""
        return _checksums(self.folder) == self.files


class Generations:
    """The generations of one archive."""

    def __init__(self, archive: Path, catalog_address: str = "") -> None:
        self._archive = archive
        self._address = catalog_address
        self._root = archive / "vectors"
        self._dropped: list[Generation] = []

    def current(self, model: str) -> Generation | None:
        """Return the generation in use, or None where there is none that `model` can search.

        One that was dropped, by this process, is none.
        """
        try:
            name = (self._root / "CURRENT").read_text(encoding="utf-8").strip()
            folder = self._root / name
            stated = json.loads((folder / "generation.json").read_text(encoding="utf-8"))
            checksum = stated.pop("checksum")
            generation = Generation(folder, **stated)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
        if checksum != _checksum_of(stated):
            # A number that is not what was written would hide articles.
            return None
        fits = name and generation.model == model and generation.centring == shipped(model).fingerprint
        return generation if fits and generation not in self._dropped else None

    def trusted(self, model: str) -> Generation | None:
        """Return the generation in use where no reader, of any process, has found fault with it."""
        generation = self.current(model)
        return None if generation is None or _mark(generation.folder).exists() else generation

    def publish(self, catalog: Catalog, model: str, *, anew: bool = False) -> Generation:
        """Build, check and put in place a generation that holds all that is embedded now. The caller holds the lock.

        On top of the current one, or `anew` from the catalog alone, which embeds nothing. Where the current one turns
        out broken, it is dropped and the new one built from the catalog.
        """
        self.tidy()
        until = catalog.last_seq()
        base = None if anew else self.trusted(model)
        if base and (base.seq > until or not base.is_sound):
            base = None
        if base and base.seq == until:
            return base
        removed = base.removed + catalog.removals(after=base.seq) if base else 0
        if base and removed > _REPLACED * base.count:
            base, removed = None, 0
        try:
            return self._built(base, model, until, removed)
        except ArchiveUnusable:
            if base is None:
                raise
            return self._built(None, model, until, 0)

    def drop(self, generation: Generation) -> None:
        """Use a generation no more in this process, and note it: the next `publish` builds one from the catalog.

        What is wrong may be wrong with this process alone, and a writer may be putting another generation in place:
        the pointer and the files are the writer's.
        """
        self._dropped.append(generation)
        # An archive that cannot be written is searched all the same.
        with contextlib.suppress(OSError):
            if generation.folder.is_dir():
                _mark(generation.folder).touch()

    def tidy(self) -> None:
        """Delete what a killed builder left, and generations that no reader can still be about to open."""
        if not self._root.is_dir():
            return
        for left in self._root.glob("*.tmp"):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        for old in self._sealed()[: None if self._swapped_long_ago() else -_KEPT]:
            if old.name != self._pointer():
                shutil.rmtree(old, ignore_errors=True)
        for mark in self._root.glob("*.suspect"):
            if mark.stem != self._pointer():
                mark.unlink(missing_ok=True)

    def _swapped_long_ago(self) -> bool:
        try:
            return time.time() - (self._root / "CURRENT").stat().st_mtime > _GRACE
        except OSError:
            return False

    def keep_current(self) -> None:
        """Delete every generation but the one in use; who has an older one open reads on until the next question."""
        self.tidy()
        for old in self._sealed():
            if old.name != self._pointer():
                shutil.rmtree(old, ignore_errors=True)

    def forget(self) -> None:
        """Delete all generations: what they were made from is not the catalog any more."""
        (self._root / "CURRENT").unlink(missing_ok=True)
        for old in self._sealed():
            shutil.rmtree(old, ignore_errors=True)
        self.tidy()

    def oldest_seq(self) -> int:
        """Return up to which entry of the outbox every generation on the disk was told, 0 where there is none."""
        told = []
        for folder in self._sealed():
            try:
                told.append(int(json.loads((folder / "generation.json").read_text(encoding="utf-8"))["seq"]))
            except (OSError, ValueError, TypeError, KeyError):
                # One that nobody can open.
                continue
        return min(told, default=0)

    def _built(self, base: Generation | None, model: str, until: int, removed: int) -> Generation:
        number = int(self._sealed()[-1].name.removeprefix("gen-")) + 1 if self._sealed() else 1
        name = f"gen-{number:06}"
        draft, sealed = self._root / f"{name}.tmp", self._root / name
        shutil.rmtree(draft, ignore_errors=True)
        if base:
            shutil.copytree(base.folder, draft)
        else:
            draft.mkdir(parents=True)
        job = Job(str(self._archive), str(draft), model, base.seq if base else 0, until, whole=base is None)
        job_file = self._root / f"{name}.job.tmp"
        job.write(job_file)
        count = int(_child("build", job_file, self._address))
        _child("check", job_file, self._address)
        generation = Generation(sealed, model, shipped(model).fingerprint, until, count, _checksums(draft), removed)
        stated = {field: value for field, value in dataclasses.asdict(generation).items() if field != "folder"}
        stated["checksum"] = _checksum_of(stated)
        (draft / "generation.json").write_text(json.dumps(stated), encoding="utf-8")
        _flushed(draft)
        draft.rename(sealed)
        job_file.unlink(missing_ok=True)
        pointer = self._root / "CURRENT.tmp"
        pointer.write_text(name, encoding="utf-8")
        _flushed(pointer)
        # A folder deleted by hand leaves its number, and what was noted of it, to another.
        _mark(sealed).unlink(missing_ok=True)
        pointer.replace(self._root / "CURRENT")
        return generation

    def _sealed(self) -> list[Path]:
        return sorted(p for p in self._root.glob("gen-*") if p.is_dir() and not p.name.endswith(".tmp"))

    def _pointer(self) -> str:
        try:
            return (self._root / "CURRENT").read_text(encoding="utf-8").strip()
        except OSError:
            return ""


def _mark(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.suspect")


def _checksums(folder: Path) -> dict[str, int]:
    """Checksums of the files that hold the graph; the database beside them notes each opening, and checks itself."""
    files = sorted(path for path in folder.glob("*/*") if path.is_file())
    try:
        return {path.relative_to(folder).as_posix(): _checksum(path) for path in files}
    except OSError:
        return {}


def _checksum_of(stated: Mapping[str, object]) -> int:
    return zlib.crc32(json.dumps(stated, sort_keys=True).encode())


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while part := file.read(2**20):
            found = zlib.crc32(part, found)
    return found


def _child(step: str, job_file: Path, address: str) -> str:
    """Run a step of the build in a process of its own, which a damaged store may kill without harm to this one."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "ingest.archive.vectors", step, str(job_file)],
        capture_output=True, text=True, timeout=_PATIENCE, check=False,
        env={**os.environ, "PYTHONPATH": path, CATALOG_ADDRESS: address},
    )  # fmt: skip
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise ArchiveUnusable(f"the vector index could not be made ({step}): {reason}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def _flushed(path: Path) -> None:
    """Have the system write a file, or every file of a folder, to the disk."""
    for each in [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]:
        with each.open("rb") as file:
            os.fsync(file.fileno())
