"""Watching folders and feeds: what is new or changed is read when it has settled, embedded when there is time.

One thread listens, one works. It holds the archive for writing only while it writes, a moment at a time, so that others
may write between. Stopped, by a signal, it ends with what it is doing: a file, a few passages; an index half made is
thrown away.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import ArchiveBusy, ArchiveUnusable
from ingest.limits import Limits
from ingest.pipeline import Summary

# A file is read when so long nothing was written to it. One whose writer pauses longer is read as it is then, and again
# when it goes on: a new version.
_SETTLED = 1.0
# The system's list of changes may run over: everything is looked at again after so many at once, and now and then.
_TOO_MANY, _LOOKED_EVERY = 2000, 600.0
# Files of one turn, so that what was read answers while thousands more are.
_AT_ONCE = 200
_TICK = 0.2
_BACK_OFF = 10.0
# Between two looks at what else there is to do.
_EMBEDDING = 5.0
# The index is made when as much is new as for `add`, or when nothing came for so long.
_IDLE = 30.0


class Stopped(BaseException):
    """A signal asked for the end while an index was made."""


class Told(Protocol):
    """Who is told what a turn did, and in a line what went wrong."""

    def __call__(self, summary: Summary | None, line: str) -> None:
        """One of the two is given."""


@dataclasses.dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: folders or files, and addresses that are asked `every` so many seconds."""

    paths: tuple[Path, ...]
    addresses: tuple[str, ...] = ()
    every: float = 300.0


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """How an archive is written: see the settings of these names."""

    passage_size: int
    publish_after: int
    lock_timeout: float
    limits: Limits


class Stop:
    """Asked for once, from wherever: also from a signal's handler."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._may_break = False

    def ask(self) -> None:
        """Ask for the end. Raises Stopped where what is going on may be broken off."""
        self._asked.set()
        if self._may_break:
            raise Stopped

    @property
    def asked(self) -> bool:
        """Whether the end was asked for."""
        return self._asked.is_set()

    @property
    def event(self) -> threading.Event:
        """What the listening thread looks at."""
        return self._asked

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Let what is inside be broken off."""
        self._may_break = True
        try:
            yield
        except Stopped:
            pass
        finally:
            self._may_break = False


def watch(
    archive: Archive, model: Callable[[], EmbeddingModel], watched: Watched, rules: Rules, *, stop: Stop, told: Told
) -> None:
    """Keep an archive up to date with what is watched, until `stop` is asked for."""
    _Watch(archive, model, watched, rules, stop, told).run()


class _Watch:
    """The working thread's view."""

    def __init__(
        self, archive: Archive, model: Callable[[], EmbeddingModel], watched: Watched, rules: Rules, stop: Stop,
        told: Told,
    ) -> None:  # fmt: skip
        self._archive, self._watched, self._rules = archive, watched, rules
        self._load = model
        self._model: EmbeddingModel | None = None
        self._stop, self._told = stop, told
        self._changed: queue.SimpleQueue[set[str]] = queue.SimpleQueue()
        # When something was last written to each file that is to be read.
        self._due: dict[str, float] = {}
        self._look_at = 0.0
        self._ask_at = dict.fromkeys(watched.addresses, 0.0)
        self._worked_at = time.monotonic()
        self._wait_until = 0.0
        # Others may have added what is not embedded: that is looked for now and then.
        self._embed_at = self._publish_at = 0.0
        self._said = ""

    def run(self) -> None:
        listener = threading.Thread(target=self._listen, name="watching", daemon=True)
        if self._watched.paths:
            listener.start()
        while not self._stop.asked:
            self._take_changes()
            if time.monotonic() < self._wait_until or not self._work():
                self._stop.event.wait(_TICK)
        if self._watched.paths:
            listener.join(timeout=5)

    def _listen(self) -> None:
        """Hand over what the system says has changed. A folder that is gone is waited for."""
        from watchfiles import Change, watch

        while not self._stop.asked:
            there = [path for path in self._watched.paths if path.exists()]
            if there:
                try:
                    for changes in watch(*there, stop_event=self._stop.event, debounce=200, step=50, rust_timeout=500,
                                         yield_on_timeout=True, raise_interrupt=False):  # fmt: skip
                        self._changed.put({path for change, path in changes if change is not Change.deleted})
                        if any(not path.exists() for path in there) or len(there) < len(self._watched.paths):
                            break
                except (OSError, RuntimeError) as error:
                    self._say(f"cannot be watched just now: {error}")
            # Whatever came meanwhile is found by looking.
            self._look_at = 0.0
            self._stop.event.wait(_TICK if there else 2.0)

    def _take_changes(self) -> None:
        now = time.monotonic()
        while not self._changed.empty():
            changed = self._changed.get()
            self._due |= dict.fromkeys(changed, now)
            if len(changed) > _TOO_MANY:
                self._look_at = 0.0

    def _work(self) -> bool:
        """Do the most urgent piece of work; tells whether there was any."""
        now = time.monotonic()
        settled = [path for path, at in self._due.items() if now - at > _SETTLED][:_AT_ONCE]
        asked = [address for address, at in self._ask_at.items() if now >= at]
        try:
            if settled:
                # A file that is gone again is nobody's failure.
                self._read([path for path in settled if Path(path).exists()])
                for path in settled:
                    self._due.pop(path, None)
            elif self._watched.paths and now >= self._look_at:
                self._look_at = now + _LOOKED_EVERY
                self._look()
            elif asked:
                self._ask_at[asked[0]] = now + self._watched.every
                self._read(asked[:1])
            elif now >= self._embed_at:
                self._embed()
            elif now >= self._publish_at:
                self._publish(now)
            else:
                return False
        except ArchiveBusy as error:
            self._say(str(error))
            self._wait_until = time.monotonic() + _TICK
            return False
        except ArchiveUnusable as error:
            # A full disk, a folder that cannot be written: what is to be read stays due.
            self._say(str(error))
            self._wait_until = time.monotonic() + _BACK_OFF
            return False
        self._said = ""
        return True

    def _look(self) -> None:
        """Read whatever is new or changed among all that is watched, a part at a time."""
        from ingest.reading import files

        known = self._archive.catalog.sources()
        made_by = pipeline.extraction(self._rules.passage_size)
        news = [
            source.key
            for source in files.source_files([path for path in self._watched.paths if path.exists()])
            if isinstance(source, files.SourceFile)
            and not pipeline.is_unchanged(source, known.get(source.key), made_by)
        ]
        settled = time.monotonic() - _SETTLED - _TICK
        self._due = dict.fromkeys(news, settled) | self._due

    def _read(self, places: Sequence[str]) -> None:
        if not places:
            return
        summary = Summary()
        with self._writing():
            pipeline.read(
                self._archive, places, summary, passage_size=self._rules.passage_size,
                progress=_silent, limits=self._rules.limits,
            )  # fmt: skip
            self._archive.tidy(catalog=bool(summary.updated))
        self._embed_at = 0.0
        self._worked_at = time.monotonic()
        if summary.found != len(summary.unchanged) or summary.failed:
            self._told(summary, "")

    def _embed(self) -> None:
        """Embed what is pending, for a few seconds or until something else is urgent."""
        until = time.monotonic() + _EMBEDDING

        def enough() -> bool:
            self._take_changes()
            return self._stop.asked or bool(self._due) or time.monotonic() > until

        if not self._archive.catalog.pending(self._archive.model, limit=1):
            self._embed_at = time.monotonic() + _IDLE
            return
        self._model = self._model or self._load()
        with self._writing():
            pipeline.embed(self._archive, self._model, progress=_silent, enough=enough)
        self._worked_at = self._publish_at = time.monotonic()

    def _publish(self, now: float) -> None:
        """Bring the index up to date where much is new, or where nothing came for a while."""
        self._publish_at = now + 1.0
        lag = self._archive.unpublished()
        waited = not self._archive.indexed() or now - self._worked_at > _IDLE
        if lag >= self._rules.publish_after or (lag > 0 and waited):
            with self._writing(), self._stop.breaking():
                pipeline.publish(self._archive, at_least=1, progress=_silent)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._archive.require_space()
        # Never for long: a signal is to be heeded while another process writes.
        with self._archive.writing(timeout=min(1.0, self._rules.lock_timeout)):
            yield

    def _say(self, line: str) -> None:
        """Say what went wrong once, not at every turn."""
        if line != self._said:
            self._said = line
            self._told(None, line)


def _silent(step: str, done: int, total: int | None) -> None:
    """A watch tells what it did when it did it."""
