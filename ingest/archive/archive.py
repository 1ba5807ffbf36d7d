"""The archive as the rest of the software sees it: a folder that articles are put into and found in."""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from ingest.archive.catalog import Catalog, Published, Status
from ingest.archive.generations import Generation, Generations
from ingest.archive.lock import writer_lock
from ingest.archive.served import ServedIndex, ServedVectors, forget_served
from ingest.archive.vectors import SealedVectors
from ingest.embeddings.centring import Vectors, shipped
from ingest.errors import ArchiveUnusable, EmbeddingModelMismatch, IndexUnreachable
from ingest.models import Passage, Span
from ingest.servers import NONE, Servers
from ingest.timings import stage

_MODEL = "embedding_model"
# Of the dense candidates, so many more than asked for are looked at, as fusion may lift any of them.
_CANDIDATES = 60
# Words that a passage of another language shares with the question are names and numbers: they say more than a match
# within one language. Measured on the development questions (docs/retrieval.md).
_WORD_WEIGHT, _FOREIGN_WORD_WEIGHT = 0.4, 0.6
_MOST_REMOVED = 1000
# Of the days asked for, so many passages are compared exactly: 12 MB of vectors. Of more, so many times what their
# share of the archive suggests are searched, as what is near the question is not spread evenly over the days.
_FEW, _SPARE, _MOST_FILTERED = 8000, 3, 4000
_ROUNDING = 0.01
# Without the server of the index an archive of up to so many entries is searched exactly: 150 MB, 30 ms a question.
_SEARCHED_EXACTLY = 100_000
_OUTAGES: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("outages", default=None)


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, with what it scored: `cosine` and `words` (0 to 1) make up `score`."""

    passage: Passage
    language: str
    score: float
    cosine: float
    words: float


class Archive:
    """One archive folder. Reading needs no lock and sees every article as soon as it is committed."""

    def __init__(
        self, folder: Path, catalog: Catalog, *, model: str, free_space_floor_mb: int = 200, servers: Servers = NONE,
        searched_exactly: int = _SEARCHED_EXACTLY,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.catalog = catalog
        self.model = model
        self._floor_mb = free_space_floor_mb
        self._searched_exactly = searched_exactly
        self.compared_exactly = _FEW
        self._served = ServedVectors(servers, catalog) if servers.chroma else None
        self._generations = Generations(folder, servers.catalog)
        self._index = self._served or self._generations
        self._open: tuple[Generation, SealedVectors] | None = None
        self._recent = _Recent(after=-1, last=-1)
        self._swap = threading.Lock()

    @classmethod
    def opened(
        cls, folder: Path, *, model: str, free_space_floor_mb: int = 200, servers: Servers = NONE
    ) -> Archive:  # fmt: skip
        """Open an existing archive for reading and writing.

        Raises ArchiveUnusable where there is none, and EmbeddingModelMismatch where another model embedded it.
        """
        return cls._checked(folder, Catalog.opened(folder, servers.catalog), model, free_space_floor_mb, servers)

    @classmethod
    def created(
        cls, folder: Path, *, model: str, free_space_floor_mb: int = 200, servers: Servers = NONE
    ) -> Archive:  # fmt: skip
        """Open the archive in `folder`, making it where there is none."""
        return cls._checked(folder, Catalog.created(folder, servers.catalog), model, free_space_floor_mb, servers)

    @classmethod
    def _checked(cls, folder: Path, catalog: Catalog, model: str, floor: int, servers: Servers) -> Archive:
        remembered = catalog.meta(_MODEL)
        # A name that has embedded nothing, as a mistyped one, binds nobody.
        if remembered and remembered != model and catalog.is_embedded():
            raise EmbeddingModelMismatch(
                f"{folder} was embedded by {remembered}, the settings say {model}; "
                f"set ONRECORD_EMBEDDINGS={remembered}, or embed all of it again with: python -m ingest rebuild --embed"
            )
        return cls(folder, catalog, model=model, free_space_floor_mb=floor, servers=servers)

    def close(self) -> None:
        """Close the catalog and the vectors."""
        with self._swap:
            if self._open:
                self._open[1].close()
            self._open = None
        if self._served:
            self._served.close()
        self.catalog.close()

    # Writing

    @contextlib.contextmanager
    def writing(self, *, timeout: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
        """Hold the archive for writing; see `lock.writer_lock`."""
        with (
            writer_lock(self.folder, timeout=timeout, waiting=waiting),
            self.catalog.held(timeout=timeout, waiting=waiting),
        ):
            if self.catalog.meta(_MODEL) != self.model:
                self.catalog.set_meta(_MODEL, self.model)
            yield

    def require_space(self) -> None:
        """Raise ArchiveUnusable where the disk has less free than the floor: before it is full, not after."""
        free = shutil.disk_usage(self.folder).free // 2**20
        if free < self._floor_mb:
            raise ArchiveUnusable(
                f"{self.folder}: only {free} MB free on this disk, and {self._floor_mb} MB are kept free "
                "(ONRECORD_FREE_SPACE_FLOOR_MB); nothing more is written"
            )

    def unpublished(self) -> int:
        """Return how many entries the vector index has yet to be told of."""
        generation = self._index.trusted(self.model)
        return self.catalog.last_seq() - (generation.seq if generation else 0)

    def publish(self, *, anew: bool = False) -> Generation | ServedIndex:
        """Bring the vector index up to date; the caller holds the archive for writing. Nothing is embedded."""
        self.require_space()
        return self._index.publish(self.catalog, self.model, anew=anew)

    def erase(self) -> None:
        """Have what was removed off the disk: the words out of the catalog, the vectors out of every index.

        The index is made anew, as one that a vector is deleted from keeps its numbers; nothing is embedded.
        """
        self.catalog.scrub()
        if self._index.current(self.model):
            self.publish(anew=True)
            self._index.keep_current()

    def tidy(self, *, catalog: bool) -> None:
        """Forget what no reader needs; the caller holds the archive. The `catalog` has some only after corrections."""
        self._generations.tidy()
        if catalog:
            self.catalog.tidy(told=self._index.oldest_seq())

    def compact(self) -> None:
        """Make the archive as small as what it holds: one index, made anew, and the catalog without gaps."""
        self.require_space()
        if self._index.current(self.model):
            self.publish(anew=True)
            self._index.keep_current()
        self.catalog.tidy(told=self._index.oldest_seq())
        self.catalog.compact()

    def forget_index(self) -> None:
        """Let go of the vector index, before and after another catalog takes the place of this one."""
        self._generations.forget()
        # A copy of a catalog names the collection of the archive that it was copied from.
        forget_served(self.catalog)

    def change_model(self, model: str) -> None:
        """Make `model` the archive's own: what it has not embedded is pending from now on."""
        self.catalog.announce_all(model, facts={_MODEL: model})
        self.model = model

    # Reading

    def status(self) -> Status:
        """Count what is held and what is pending."""
        return self.catalog.status(self.model)

    def indexed(self) -> int:
        """Return how many passages the current generation holds."""
        generation = self._index.trusted(self.model)
        return generation.count if generation else 0

    def search(
        self, question: str, vector: Vectors | None, *, limit: int, language: str = "",
        published: Published | None = None,
    ) -> list[Found]:  # fmt: skip
        """Return the passages nearest to a question in `language`, best first: its cosine and the match of words.

        With `published`, only those of articles of these days.

        `vector` is the question's centred unit vector; without one only words count. Scores are fused, not ranks:
        a question in another language than the passages shares few words with them, and ranks would then bury them.
        """
        inside = self.catalog.count_passages(published) if published else 0
        if published and not inside:
            return []
        with stage("words"):
            # Where many a passage is left out, the best of the others may stand far down.
            most = max(_CANDIDATES, limit)
            words = self.catalog.word_scores(question, limit=_MOST_FILTERED if published else most)
            if published:
                of_these = self.catalog.published_among(list(words), published)
                words = dict([(id_, score) for id_, score in words.items() if id_ in of_these][:most])
        cosines: dict[int, float] = {}
        if vector is not None:
            with stage("vectors"):
                most = max(_CANDIDATES, 3 * limit)
                cosines = (
                    self._cosines_published(vector, published, inside, limit=most)
                    if published
                    else (self._cosines(vector, limit=most))
                )
                # A passage found by its words alone gets its own cosine too, or half of the scale is missing.
                cosines |= self._exact(vector, [id_ for id_ in words if id_ not in cosines])
        found = []
        for id_, (passage, spoken) in self.catalog.passages(list({**cosines, **words})).items():
            cosine, match = cosines.get(id_, 0.0), words.get(id_, 0.0)
            weight = _WORD_WEIGHT if language in ("", spoken) else _FOREIGN_WORD_WEIGHT
            found.append((id_, Found(passage, spoken, score=cosine + weight * match, cosine=cosine, words=match)))
        return [each for _, each in sorted(found, key=lambda pair: (-pair[1].score, pair[0]))[:limit]]

    def _cosines_published(
        self, vector: Vectors, published: Published, inside: int, *, limit: int
    ) -> dict[int, float]:  # fmt: skip
        """The nearest of the `inside` passages of these days: exactly where they are few, else out of enough others."""
        if inside <= self.compared_exactly:
            exact = self._exact(vector, self.catalog.passages_published(published))
        else:
            share = inside / self.catalog.count_passages()
            near = self._cosines(vector, limit=min(_MOST_FILTERED, int(_SPARE * limit / share)))
            of_these = self.catalog.published_among(list(near), published)
            exact = {id_: cosine for id_, cosine in near.items() if id_ in of_these}
        return dict(sorted(exact.items(), key=lambda pair: (-pair[1], pair[0]))[:limit])

    def _cosines(self, vector: Vectors, *, limit: int) -> dict[int, float]:
        """The nearest of the index, and of what came after it, exactly."""
        if self._served:
            return self._cosines_served(self._served, vector, limit=limit)
        generation, sealed = self._sealed()
        recent = self._since(generation.seq if generation else 0)
        found: dict[int, float] = {}
        if generation is not None and sealed is not None:
            if sealed.count and len(vector) != self._dimensions():
                raise EmbeddingModelMismatch("the question's vector does not fit the archive's; was the model changed?")
            try:
                # Passages removed since would take the places of others.
                found = sealed.nearest(vector, limit=limit + min(len(recent.removed), _MOST_REMOVED))
                self._spot_check(vector, found)
            except ArchiveUnusable:
                self._discard(generation)
                recent = self._since(0)
        return _merged(found, recent, vector, limit)

    def _cosines_served(self, served: ServedVectors, vector: Vectors, *, limit: int) -> dict[int, float]:
        """The same with an index on a server. Without it, a smaller archive is searched exactly, and of a larger one
        what came after it."""
        index = served.current(self.model)
        found: dict[int, float] = {}
        if index:
            recent = self._since(index.seq)
            if index.count and len(vector) != self._dimensions():
                raise EmbeddingModelMismatch("the question's vector does not fit the archive's; was the model changed?")
            try:
                found = served.nearest(index, vector, limit=limit + min(len(recent.removed), _MOST_REMOVED))
                self._spot_check(vector, found)
                return _merged(found, recent, vector, limit)
            except IndexUnreachable as error:
                _missed(str(error))
            except ArchiveUnusable:
                served.drop(index)
        if self.catalog.last_seq() <= self._searched_exactly:
            recent = self._since(0)
        elif not index or index.collection in served.dropped:
            _missed("there is no vector index; make it with: python -m ingest rebuild")
            return {}
        return _merged(found, recent, vector, limit)

    def article_cosines(self, vector: Vectors, article_ids: Iterable[str]) -> dict[str, list[tuple[Span, float]]]:
        """Return the passages of these articles, by article, with their cosine to the unit `vector` (d,)."""
        passages = self.catalog.passages_of(*sorted(set(article_ids)))
        found: dict[str, list[tuple[Span, float]]] = {}
        for id_, cosine in self._exact(vector, list(passages)).items():
            found.setdefault(passages[id_].article_id, []).append((passages[id_].span, cosine))
        return found

    def _exact(self, vector: Vectors, ids: list[int]) -> dict[int, float]:
        languages, vectors = self.catalog.vectors_of(self.model, ids)
        if not languages:
            return {}
        centred = shipped(self.model).of_passages(vectors, [language for _, language in languages])
        return {id_: float(cosine) for (id_, _), cosine in zip(languages, centred @ vector, strict=True)}

    def _spot_check(self, vector: Vectors, found: dict[int, float]) -> None:
        """Raise ArchiveUnusable where the index gives the best passages another cosine than the catalog does."""
        for id_, cosine in self._exact(vector, list(found)[:3]).items():
            if abs(cosine - found[id_]) > _ROUNDING:
                raise ArchiveUnusable("the vector index is damaged")

    def _dimensions(self) -> int:
        return self.catalog.dimensions(self.model)

    def _sealed(self) -> tuple[Generation | None, SealedVectors | None]:
        """The generation that the pointer names, opened if it is another than before. One that cannot be opened is
        taken out of use, and everything is searched exactly until the next writer makes another."""
        generation = self._generations.current(self.model)
        with self._swap:
            if generation is None:
                return None, None
            if self._open is None or self._open[0].folder != generation.folder:
                try:
                    if not generation.is_sound:
                        raise ArchiveUnusable(f"{generation.folder}: the vector index is damaged")
                    fresh = SealedVectors(generation.folder, count=generation.count)
                except ArchiveUnusable:
                    self._generations.drop(generation)
                    return None, None
                old, self._open = self._open, (generation, fresh)
                if old:
                    old[1].close()
            return self._open

    def _discard(self, generation: Generation) -> None:
        """Take a generation that turned out damaged out of use."""
        with self._swap:
            if self._open and self._open[0].folder == generation.folder:
                self._open[1].close()
                self._open = None
            self._generations.drop(generation)

    def _since(self, seq: int) -> _Recent:
        """Centred vectors of the passages announced after `seq`, kept from one question to the next."""
        with self._swap:
            recent = self._recent
            if recent.after != seq:
                recent = _Recent(after=seq, last=seq)
            if self.catalog.last_seq() > recent.last:
                ids, vectors, languages, removed, last = self.catalog.changes(self.model, after=recent.last)
                gone = {*removed, *ids}
                kept = [i for i, id_ in enumerate(recent.ids) if id_ not in gone]
                centred = shipped(self.model).of_passages(vectors, languages)
                both = [part for part in (recent.vectors[kept] if kept else None, centred if ids else None)
                        if part is not None]  # fmt: skip
                recent = _Recent(
                    after=seq,
                    last=last,
                    ids=[*(recent.ids[i] for i in kept), *ids],
                    vectors=np.concatenate(both) if both else np.zeros((0, 0), np.float32),
                    removed=recent.removed | set(removed),
                )
            self._recent = recent
            return recent


@contextlib.contextmanager
def outages() -> Iterator[list[str]]:
    """Give a list of what could not be searched inside the block, each in a sentence; filled in as it happens."""
    missed: list[str] = []
    token = _OUTAGES.set(missed)
    try:
        yield missed
    finally:
        _OUTAGES.reset(token)


def _missed(sentence: str) -> None:
    noticed = _OUTAGES.get()
    if noticed is not None and sentence not in noticed:
        noticed.append(sentence)


def _merged(found: dict[int, float], recent: _Recent, vector: Vectors, limit: int) -> dict[int, float]:
    """What an index found, without what is gone since, and with the nearest of what came since."""
    merged = {id_: cosine for id_, cosine in found.items() if id_ not in recent.removed}
    if len(recent.ids):
        cosines = recent.vectors @ vector
        merged |= {recent.ids[i]: float(cosines[i]) for i in np.argsort(-cosines)[:limit]}
    return merged


@dataclasses.dataclass(frozen=True, slots=True)
class _Recent:
    """Passages newer than the generation, in memory: `vectors` of shape (n, d) for `ids`; and those gone since."""

    after: int
    last: int
    ids: list[int] = dataclasses.field(default_factory=list)
    vectors: Vectors = dataclasses.field(default_factory=lambda: np.zeros((0, 0), np.float32))
    removed: frozenset[int] = frozenset()
