"""Chroma: building a generation of the vector index, sealing it, checking it, searching it.

chromadb's embedded store must never be open in two processes one of which writes: readers get wrong answers and the
files are damaged. So a generation is built in a folder nobody reads, by a child process of its own, sealed (all records
out of its log and in the index, so that opening it writes nothing), checked by another child, and never written again.

    python -m ingest.archive.vectors build JOB.json
    python -m ingest.archive.vectors check JOB.json
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import resource
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.archive.catalog import Catalog
from ingest.embeddings.centring import Vectors, shipped, unit
from ingest.errors import ArchiveUnusable

COLLECTION = "passages"
# Where a child process is told the address of a catalog on a server: never in a file, as it may hold a password.
CATALOG_ADDRESS = "ONRECORD_CATALOG_URL"
_BATCH = 1000
_WINDOW = 20_000
_SYNC_THRESHOLD = 1000
_SEALS = ("__seal1", "__seal2")
_LARGEST_COSINE = 1.001
_HAIR = np.float32(1e-3)
# An approximate search that looks at 200 candidates found every neighbour that an exact one finds, on clustered data.
_SEARCH_EFFORT = 200
# Many nearly equal passages (a notice that every article carries) link to each other alone and tear the graph apart;
# with twice the usual links and effort they do so far less.
GRAPH = {
    "space": "cosine",
    "ef_search": _SEARCH_EFFORT,
    "ef_construction": 200,
    "max_neighbors": 32,
    "sync_threshold": _SYNC_THRESHOLD,
}
# A damaged store can grow without end; no honest file of an index comes near this many bytes a vector.
_LARGEST_FILE_BASE = 256 * 2**20
_LARGEST_FILE_PER_VECTOR = 32 * 2**10


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """What one generation is made of: the entries of the outbox in (after, until], on top of what `folder` holds.

    `whole` ignores the outbox and takes every embedded passage.
    """

    archive: str
    folder: str
    model: str
    after: int
    until: int
    whole: bool

    @classmethod
    def read(cls, path: Path) -> Job:
        """Return the job written at `path`."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path) -> None:
        """Write the job for a child process."""
        path.write_text(json.dumps(dataclasses.asdict(self)), encoding="utf-8")


class SealedVectors:
    """A sealed generation of `count` vectors, open for searching. Threads may share it.

    Raises ArchiveUnusable, here or in a search, where it is damaged: chromadb has errors of many kinds for that, or
    answers with fewer neighbours than were asked for or with distances that cannot be.
    """

    def __init__(self, folder: Path, *, count: int) -> None:
        self._lock = threading.Lock()
        self.count = count
        with _damage_told(f"{folder}: the vector index is damaged"):
            self._client = _client(folder)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            held = self._collection.count()
        if held != count:
            raise ArchiveUnusable(f"{folder}: the vector index is damaged: {held} vectors, not {count}")

    def nearest(self, vector: Vectors, *, limit: int) -> dict[int, float]:
        """Return passage ids with their cosine to the unit `vector` (d,), best first."""
        with self._lock:
            limit = min(limit, self.count)
            if not limit:
                return {}
            with _damage_told("the vector index is damaged"):
                found = self._collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        cosines = {
            int(id_): 1.0 - float(distance)
            for id_, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }
        if len(cosines) < limit or not all(abs(cosine) < _LARGEST_COSINE for cosine in cosines.values()):
            raise ArchiveUnusable("the vector index is damaged")
        return cosines

    def close(self) -> None:
        """Close the store, when the queries under way have ended."""
        # One that is damaged may fail in this too; nobody asks it anything any more.
        with self._lock, contextlib.suppress(ArchiveUnusable), _damage_told("the vector index is damaged"):
            self._client.close()


@contextlib.contextmanager
def _damage_told(message: str) -> Iterator[None]:
    """Raise ArchiveUnusable with this message for whatever a store raises.

    A panic in chromadb's Rust part is an exception that is no `Exception`.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise ArchiveUnusable(message) from error


def build(job: Job) -> int:
    """Apply a job to the index in its folder and seal it. Returns how many vectors it then holds."""
    folder = Path(job.folder)
    catalog = _catalog(job)
    centring = shipped(job.model)
    client, collection = _writable(folder)
    for ids, vectors, languages, removed in _changes(catalog, job):
        for part in _slices(removed):
            collection.delete(ids=[str(id_) for id_ in part])
        centred = apart(centring.of_passages(vectors, languages), ids)
        for part in _slices(range(len(ids))):
            collection.upsert(ids=[str(ids[i]) for i in part], embeddings=centred[list(part)])
    collection = _sealed(client, collection, folder)
    count: int = collection[1].count()
    collection[0].close()
    return count


def apart(vectors: Vectors, ids: Sequence[int]) -> Vectors:
    """Return the vectors (n, d) moved by a hair's breadth, each in another direction; cosines change by 0.0001 at most.

    Among many equal vectors, as of a text published many times, the graph falls to pieces and loses others: with half
    of 600 vectors equal, a tenth of the rest was not found. A thousandth of their length apart, all were.
    """
    if not len(vectors):
        return vectors
    aside = np.random.default_rng(ids[0]).standard_normal(vectors.shape, np.float32)
    return unit(vectors + _HAIR * unit(aside))


def check(job: Job) -> None:
    """Raise AssertionError, or die, where the generation in the job's folder is not what it should be."""
    folder = Path(job.folder)
    catalog = _catalog(job)
    expected = catalog.embedded_ids(job.model)
    client = _client(folder)
    collection = client.get_collection(COLLECTION, embedding_function=None)
    held = {int(id_) for id_ in collection.get(include=[])["ids"]}
    # Passages may have come or gone since the job was written; those of its own window must be there.
    ids, _, _, removed, _ = catalog.changes(job.model, after=job.after, until=job.until)
    gone = set(removed)
    missing = [id_ for id_ in (expected if job.whole else ids) if id_ not in held and id_ not in gone]
    if job.whole:
        newest = catalog.changes(job.model, after=job.until)[0]
        missing = [id_ for id_ in missing if id_ not in set(newest)]
    assert not missing, f"{len(missing)} of the passages are not in the index"
    # What was there before is sampled too: a base that lost vectors must not be built upon.
    sample = [*_sample([id_ for id_ in ids if id_ in held]), *_sample([id_ for id_ in expected if id_ in held])]
    lost = [id_ for id_ in sample if not _finds_itself(collection, id_)]
    # The search is approximate: a damaged index loses everything or a long stretch (a half, where it was seen), a sound
    # one a passage now and then, and a few more among nearly equal ones.
    assert len(lost) <= len(sample) // 10, f"{len(lost)} of {len(sample)} passages do not find themselves"
    limit = _largest_file(len(held))
    for file in folder.rglob("*"):
        assert not file.is_file() or file.stat().st_size < limit, f"{file.name} has grown out of proportion"
    client.close()


def _catalog(job: Job) -> Catalog:
    return Catalog.opened(Path(job.archive), os.environ.get(CATALOG_ADDRESS, ""))


def _sample(ids: Sequence[int]) -> Sequence[int]:
    return ids[:: max(1, len(ids) // 50)]


def _finds_itself(collection: Any, passage_id: int) -> bool:
    stored = collection.get(ids=[str(passage_id)], include=["embeddings"])["embeddings"]
    nearest = collection.query(query_embeddings=stored, n_results=1, include=["distances"])["distances"][0]
    # Equal texts have nearly equal vectors: the passage itself, or one that is as near.
    return bool(nearest) and nearest[0] < 1e-3


def _changes(catalog: Catalog, job: Job) -> Any:
    if job.whole:
        after, until = 0, job.until
    else:
        after, until = job.after, job.until
    while after < until:
        ids, vectors, languages, removed, last = catalog.changes(job.model, after=after, until=until, limit=_WINDOW)
        if last == after:
            return
        yield ids, vectors, languages, removed
        after = last


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _writable(folder: Path) -> tuple[Any, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    client = _client(folder)
    collection = client.get_or_create_collection(
        COLLECTION,
        embedding_function=None,
        configuration={"hnsw": GRAPH},
    )
    return client, collection


def _sealed(client: Any, collection: Any, folder: Path) -> tuple[Any, Any]:
    """Make Chroma write everything out of its log, which it does only when a threshold is passed.

    The threshold can be lowered only for the next opening; two records that come and go then pass it.
    """
    collection.modify(configuration={"hnsw": {"sync_threshold": 2}})
    client.close()
    client, collection = _writable(folder)
    dimensions = _dimensions(collection)
    if dimensions:
        vectors = np.eye(2, dimensions, dtype=np.float32)
        collection.upsert(ids=list(_SEALS), embeddings=vectors)
        collection.delete(ids=list(_SEALS))
    collection.modify(configuration={"hnsw": {"sync_threshold": _SYNC_THRESHOLD}})
    client.close()
    return _writable(folder)


def _dimensions(collection: Any) -> int:
    one = collection.get(limit=1, include=["embeddings"])["embeddings"]
    return len(one[0]) if one is not None and len(one) else 0


def _slices(values: Sequence[Any]) -> Any:
    for at in range(0, len(values), _BATCH):
        yield values[at : at + _BATCH]


def _largest_file(vectors: int) -> int:
    return _LARGEST_FILE_BASE + _LARGEST_FILE_PER_VECTOR * vectors


def main(arguments: Sequence[str]) -> int:
    """Run one step as a child process: the exit code says whether it went well, standard error why not."""
    step, path = arguments
    job = Job.read(Path(path))
    expected = len(_catalog(job).embedded_ids(job.model))
    limit, (_, allowed) = _largest_file(expected), resource.getrlimit(resource.RLIMIT_FSIZE)
    # Nobody but root may raise a limit that is lower already.
    limit = limit if allowed == resource.RLIM_INFINITY else min(limit, allowed)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if step == "build":
        print(build(job))
    else:
        check(job)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
