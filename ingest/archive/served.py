"""Chroma as a server: the vector index kept by a process or a service of its own, for many readers and machines.

A server keeps one collection for each index of an archive. The catalog says which is in use and how much of the outbox
is in it, so that an index is put in place of another in one transaction; what is not in it yet is searched exactly.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ingest.archive.catalog import Catalog
from ingest.archive.vectors import GRAPH, apart
from ingest.embeddings.centring import Vectors, shipped
from ingest.errors import ArchiveUnusable, IndexUnreachable
from ingest.servers import Servers

# What Chroma Cloud takes in one call, and gives (notes of September 2026); a server of one's own takes more.
_MOST_AT_ONCE = 300
_WINDOW = 20_000
_CLOUD = "trychroma.com"
# A server that is starting, or a proxy that is busy, is asked again after 0.5, 1, 2 and 4 seconds, by a writer.
_ATTEMPTS, _FIRST_PAUSE = 5, 0.5
_BUSY = {408, 425, 429, 502, 503, 504}
_REFUSED = {401, 403}
_SECONDS_TO_CONNECT, _SECONDS_TO_ANSWER = 10.0, 30.0
# Readers leave a server that does not answer alone for so long: every question would wait for it otherwise.
_LEFT_ALONE = 5.0
# An index keeps what was deleted from it as dead weight: past this share, a new one is smaller and finds better.
_REPLACED = 0.3
_LARGEST_COSINE = 1.001
_INDEX, _SUSPECT, _ARCHIVE_ID = "served_index", "served_index_suspect", "archive_id"

_START = "; start it, or look at ONRECORD_CHROMA_URL"

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class ServedIndex:
    """The collection in use: every entry of the outbox up to `seq` is in it, by `model` and its `centring`.

    `removed` counts what was deleted from it since it was made, and still takes its room.
    """

    collection: str
    model: str
    centring: str
    seq: int
    count: int
    removed: int = 0


class ServedVectors:
    """The vector index of one archive on a Chroma server. Threads may share it."""

    def __init__(self, servers: Servers, catalog: Catalog) -> None:
        self._servers = servers
        self._catalog = catalog
        self._lock = threading.Lock()
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._silent_until = 0.0
        self.dropped: set[str] = set()
        parts = urlsplit(servers.chroma)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ArchiveUnusable("ONRECORD_CHROMA_URL: not an address of a server, such as http://localhost:8000")
        # What messages call it: neither a password in the address nor a key in its path.
        self.place = f"the Chroma server at {parts.hostname}" + (f":{parts.port}" if parts.port else "")

    def close(self) -> None:
        """Close the connection."""
        with self._lock, contextlib.suppress(Exception):
            if self._client is not None:
                self._client.close()
            self._client = None
            self._collections = {}

    # What the catalog says of it

    def current(self, model: str) -> ServedIndex | None:
        """Return the index in use, or None where there is none that `model` can search."""
        stated = self._catalog.meta(_INDEX)
        try:
            index = ServedIndex(**json.loads(stated))
        except (ValueError, TypeError):
            return None
        fits = index.model == model and index.centring == shipped(model).fingerprint
        return index if fits and index.collection not in self.dropped else None

    def trusted(self, model: str) -> ServedIndex | None:
        """Return the index in use where no reader, of any process, has found fault with it."""
        index = self.current(model)
        return index if index and self._catalog.meta(_SUSPECT) != index.collection else None

    def drop(self, index: ServedIndex) -> None:
        """Note that an index is at fault: it is searched around, and the next `publish` builds another."""
        self.dropped.add(index.collection)
        with contextlib.suppress(ArchiveUnusable):
            self._catalog.set_meta(_SUSPECT, index.collection)

    def oldest_seq(self) -> int:
        """Return up to which entry of the outbox the index was told, 0 where there is none."""
        try:
            return int(json.loads(self._catalog.meta(_INDEX))["seq"])
        except (ValueError, TypeError, KeyError):
            return 0

    def keep_current(self) -> None:
        """An index made anew stands alone already."""

    # Reading

    def nearest(self, index: ServedIndex, vector: Vectors, *, limit: int) -> dict[int, float]:
        """Return passage ids with their cosine to the unit `vector` (d,), best first.

        Raises IndexUnreachable where the server does not answer, ArchiveUnusable where the index is at fault.
        """
        limit = min(limit, index.count, _MOST_AT_ONCE)
        if not limit:
            return {}
        if time.monotonic() < self._silent_until:
            raise IndexUnreachable(f"{self.place} does not answer{_START}")
        try:
            found = self._asked(
                lambda: self._collection(index.collection).query(
                    query_embeddings=[vector], n_results=limit, include=["distances"]
                )
            )
        except IndexUnreachable:
            self._silent_until = time.monotonic() + _LEFT_ALONE
            raise
        except _missing():
            newer = self.current(index.model)
            if newer and newer.collection != index.collection:
                # A writer put another in its place since it was looked up.
                return self.nearest(newer, vector, limit=limit)
            raise ArchiveUnusable(f"{self.place}: the vector index is gone") from None
        cosines = {
            int(id_): 1.0 - float(distance)
            for id_, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }
        # Passages that go while an index is brought up to date are fewer; one that lost its vectors finds none.
        if not cosines or not all(abs(cosine) < _LARGEST_COSINE for cosine in cosines.values()):
            raise ArchiveUnusable(f"{self.place}: the vector index is damaged")
        return cosines

    # Writing

    def publish(self, catalog: Catalog, model: str, *, anew: bool = False) -> ServedIndex:
        """Bring the index up to date, or build it `anew` in another collection and put that in place.

        The caller holds the archive for writing. Nothing is embedded. Raises IndexUnreachable.
        """
        until = catalog.last_seq()
        base = None if anew else self.trusted(model)
        if base and (base.seq > until or not self._holds(base)):
            base = None
        if base and base.seq == until:
            return base
        removed = base.removed + self._catalog.removals(after=base.seq) if base else 0
        if base and removed > _REPLACED * base.count:
            base = None
        if base:
            try:
                return self._put_in_place(base.collection, model, base.seq, until, removed)
            except IndexUnreachable:
                raise
            except ArchiveUnusable:
                # What the server holds is not what it was told: another is built beside it.
                self.dropped.add(base.collection)
        name = self._next_name()
        with contextlib.suppress(_missing()):
            self._patiently(lambda: self._connected().delete_collection(name))
        self._patiently(lambda: self._connected().get_or_create_collection(
            name, embedding_function=None, configuration=self._configuration()
        ))  # fmt: skip
        index = self._put_in_place(name, model, 0, until, 0)
        self._clear_away(name)
        return index

    def _put_in_place(self, name: str, model: str, after: int, until: int, removed_before: int) -> ServedIndex:
        collection = self._patiently(lambda: self._collection(name, fresh=True))
        centring = shipped(model)
        size = min(_MOST_AT_ONCE, self._patiently(lambda: int(self._connected().get_max_batch_size())))
        while after < until:
            ids, vectors, languages, removed, last = self._catalog.changes(
                model, after=after, until=until, limit=_WINDOW
            )
            if last == after:
                break
            for part in _slices(removed, size):
                self._patiently(lambda part=part: collection.delete(ids=[str(id_) for id_ in part]))  # type: ignore[misc]
            centred = apart(centring.of_passages(vectors, languages), ids)
            for part in _slices(range(len(ids)), size):
                self._patiently(lambda part=part, centred=centred, ids=ids: collection.upsert(  # type: ignore[misc]
                    ids=[str(ids[i]) for i in part], embeddings=centred[list(part)]
                ))  # fmt: skip
            after = last
        count = self._checked(collection, model)
        index = ServedIndex(name, model, centring.fingerprint, until, count, removed_before)
        self._catalog.set_meta(_INDEX, json.dumps(dataclasses.asdict(index)))
        return index

    def _checked(self, collection: Any, model: str) -> int:
        """Raise ArchiveUnusable where the collection is not what the catalog holds; returns how many vectors it has."""
        expected = self._catalog.embedded_ids(model)
        count = self._patiently(lambda: int(collection.count()))
        if count != len(expected):
            raise ArchiveUnusable(f"{self.place}: the vector index holds {count} vectors, not {len(expected)}")
        sample = [str(id_) for id_ in expected[:: max(1, len(expected) // 50)]]
        if sample:
            stored = self._patiently(lambda: collection.get(ids=sample, include=["embeddings"]))["embeddings"]
            found = self._patiently(
                lambda: collection.query(query_embeddings=stored, n_results=1, include=["distances"])
            )["distances"]
            # The search is approximate, and equal texts have nearly equal vectors.
            lost = sum(not distances or distances[0] > 1e-3 for distances in found)
            if lost > len(sample) // 10:
                raise ArchiveUnusable(
                    f"{self.place}: {lost} of {len(sample)} passages do not find themselves in the vector index"
                )
        return count

    def _holds(self, index: ServedIndex) -> bool:
        """Tell whether the server still has the collection; what is in it is checked when it was brought up to date."""
        try:
            self._patiently(lambda: self._collection(index.collection, fresh=True))
        except _missing():
            return False
        return True

    def _next_name(self) -> str:
        archive = self._catalog.meta(_ARCHIVE_ID)
        if not archive:
            archive = secrets.token_hex(6)
            self._catalog.set_meta(_ARCHIVE_ID, archive)
        try:
            last = int(json.loads(self._catalog.meta(_INDEX))["collection"].rpartition("-")[2])
        except (ValueError, KeyError, TypeError):
            last = 0
        return f"onrecord-{archive}-{last + 1:06}"

    def _clear_away(self, kept: str) -> None:
        """Delete this archive's other collections: those before, and what a killed writer left."""
        prefix = kept.rpartition("-")[0]
        for each in self._patiently(lambda: self._connected().list_collections()):
            if each.name.startswith(f"{prefix}-") and each.name != kept:
                with contextlib.suppress(_missing()):
                    self._patiently(lambda name=each.name: self._connected().delete_collection(name))  # type: ignore[misc]

    # The server

    def _configuration(self) -> Any:
        # Chroma Cloud has a graph of its own kind.
        on_cloud = _CLOUD in self._servers.chroma
        return {"spann": {"space": "cosine"}} if on_cloud else {"hnsw": GRAPH}

    def _collection(self, name: str, *, fresh: bool = False) -> Any:
        with self._lock:
            known = None if fresh else self._collections.get(name)
        if known is None:
            known = self._connected().get_collection(name, embedding_function=None)
            with self._lock:
                self._collections = {name: known}
        return known

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _within(_SECONDS_TO_CONNECT, lambda: _client(self._servers))
            return self._client

    def _patiently(self, operation: Callable[[], T]) -> T:
        """Do what a server can be asked to do twice, again where it does not answer."""
        pause = _FIRST_PAUSE
        for attempt in range(_ATTEMPTS):
            try:
                return self._asked(operation)
            except IndexUnreachable:
                if attempt == _ATTEMPTS - 1:
                    raise
            # Many who were turned away at once must not come back at once.
            time.sleep(pause * random.uniform(0.75, 1.25))
            pause *= 2
        raise AssertionError("unreachable")

    def _asked(self, operation: Callable[[], T]) -> T:
        """Ask the server once. Raises IndexUnreachable, and passes on that something is missing."""
        try:
            return operation()
        except (ArchiveUnusable, _missing()):
            raise
        except Exception as error:
            status = _status(error)
            if status in _REFUSED:
                raise ArchiveUnusable(
                    f"{self.place} refuses (HTTP {status}): look at ONRECORD_CHROMA_TOKEN, ONRECORD_CHROMA_TENANT and "
                    "ONRECORD_CHROMA_DATABASE"
                ) from None
            if status is None or status in _BUSY:
                raise IndexUnreachable(
                    f"{self.place} does not answer" + (f" (HTTP {status})" if status else "") + _START
                ) from None
            raise ArchiveUnusable(f"{self.place} failed (HTTP {status})") from None


def forget_served(catalog: Catalog) -> None:
    """Forget which collection is the archive's: the next `publish` makes one of another name."""
    for fact in (_INDEX, _SUSPECT, _ARCHIVE_ID):
        if catalog.meta(fact):
            catalog.set_meta(fact, "")


def _client(servers: Servers) -> Any:
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(servers.chroma)
    is_secure = parts.scheme == "https"
    # Chroma Cloud reads the one header, proxies the other.
    token = servers.chroma_token
    headers = {"x-chroma-token": token, "Authorization": f"Bearer {token}"} if token else {}
    # A path is that of a proxy; only a whole address keeps it.
    has_path = bool(parts.path.strip("/")) or bool(parts.username)
    client = chromadb.HttpClient(
        host=servers.chroma.rstrip("/") if has_path else parts.hostname or "",
        port=parts.port or (443 if is_secure else 8000),
        ssl=is_secure,
        headers=headers,
        settings=Settings(anonymized_telemetry=False),
        tenant=servers.chroma_tenant,
        database=servers.chroma_database,
    )
    # chromadb waits for ever, and has no setting for that.
    client._server._session.timeout = _SECONDS_TO_ANSWER  # type: ignore[attr-defined]
    return client


def _within(seconds: float, operation: Callable[[], T]) -> T:
    """Do something that may never end; raises TimeoutError where it does not in time."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(operation())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise TimeoutError
    return done[0]


def _status(error: BaseException) -> int | None:
    """The HTTP status that an error came from, where the server sent one."""
    seen: BaseException | None = error
    while seen is not None:
        response = getattr(seen, "response", None)
        if response is not None and hasattr(response, "status_code"):
            return int(response.status_code)
        seen = seen.__context__
    code = getattr(error, "code", None)
    return int(code()) if callable(code) else None


def _missing() -> type[Exception]:
    from chromadb.errors import NotFoundError

    return NotFoundError


def _slices(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), size):
        yield values[at : at + size]
