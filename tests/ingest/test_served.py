"""The vector index on a Chroma server: a real one, started, stopped, emptied and damaged."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ingest import backup, pipeline
from ingest.archive.archive import Archive, outages
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import ArchiveUnusable, IndexUnreachable
from ingest.servers import Servers
from tests.ingest import chroma
from tests.ingest.conftest import added, silent

if TYPE_CHECKING:
    from tests.conftest import HashedWords
    from tests.ingest.conftest import Put

TOPICS = ["pont", "gare", "pain", "zoo", "lune", "port", "vin", "neige", "piano", "tigre"]


def page(topic: str) -> str:
    return (
        f"Tout sur le {topic}\n\nLe {topic} a changé hier, disent les habitants. Rien d’autre que le {topic} ne compte."
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chroma.ChromaServer]:
    with chroma.server(tmp_path_factory.mktemp("chroma")) as running:
        yield running


@pytest.fixture
def archive(archive_folder: Path, server: chroma.ChromaServer) -> Iterator[Archive]:
    """A new archive whose vectors are on the server."""
    servers = Servers(chroma=server.url)
    opened = Archive.created(archive_folder, model="hashed", free_space_floor_mb=0, servers=servers)
    with opened.writing(timeout=0):
        yield opened
    opened.close()


@pytest.fixture
def filled(archive: Archive, put: Put, embed: Callable[[], int]) -> Archive:
    """The same with ten articles, all in the index."""
    for topic in TOPICS:
        put(topic, page(topic))
    embed()
    archive.publish()
    return archive


def nearest(archive: Archive, model: EmbeddingModel, topic: str, *, words: bool = False, limit: int = 10) -> list[str]:
    vector = model.question(page(topic).partition("\n\n")[2], "fr")
    return [found.passage.article_id for found in archive.search(topic if words else "", vector, limit=limit)]


def stated(archive: Archive) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.catalog.meta("served_index"))
    return found


def collections(server: chroma.ChromaServer, archive: Archive) -> list[str]:
    import chromadb

    client = chromadb.HttpClient(host="127.0.0.1", port=server.port)
    prefix = stated(archive)["collection"].rpartition("-")[0]
    return sorted(each.name for each in client.list_collections() if each.name.startswith(prefix))


def test_what_is_embedded_is_told_to_the_server_and_found_there(
    filled: Archive, hashed_model: EmbeddingModel, put: Put, embed: Callable[[], int], hashed: HashedWords
) -> None:
    assert (filled.indexed(), filled.unpublished()) == (10, 0)
    assert not (filled.folder / "vectors").exists()
    with outages() as missed:
        assert [nearest(filled, hashed_model, topic, limit=1) for topic in TOPICS] == [[topic] for topic in TOPICS]
    assert missed == []
    put("train", page("train"))
    filled.catalog.remove("pont")
    embed()
    assert nearest(filled, hashed_model, "train", limit=1) == ["train"]
    before = stated(filled)["collection"]
    filled.publish()
    assert (filled.indexed(), filled.unpublished(), stated(filled)["collection"]) == (10, 0, before)
    assert "pont" not in nearest(filled, hashed_model, "pont", limit=20)
    assert len(hashed.embedded) == 11


def test_a_rebuild_goes_into_another_collection_embeds_nothing_and_readers_follow(
    filled: Archive, hashed_model: EmbeddingModel, server: chroma.ChromaServer, hashed: HashedWords
) -> None:
    reader = Archive.opened(filled.folder, model="hashed", servers=Servers(chroma=server.url))
    assert nearest(reader, hashed_model, "zoo", limit=1) == ["zoo"]
    before, embedded = stated(filled)["collection"], len(hashed.embedded)
    filled.publish(anew=True)
    assert stated(filled)["collection"] != before
    assert collections(server, filled) == [stated(filled)["collection"]]
    with outages() as missed:
        assert nearest(reader, hashed_model, "zoo", limit=1) == ["zoo"]
    assert (missed, len(hashed.embedded)) == ([], embedded)
    reader.close()


def test_corrections_over_many_runs_are_counted_together_and_cannot_fill_the_index(
    filled: Archive, put: Put, embed: Callable[[], int]
) -> None:
    used = [stated(filled)["collection"]]
    for run in range(8):
        for topic in TOPICS[:2]:
            put(topic, page(topic) + f" Le {topic} a encore changé, pour la fois {run}.")
        embed()
        filled.publish()
        used.append(stated(filled)["collection"])
    assert 1 < len(set(used)) < len(used)


def test_more_than_one_call_may_hold_is_told_in_several(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel
) -> None:
    put("long", "\n\n".join(f"Le numéro {n} du journal parle du sujet {n * 7919 % 1000}." for n in range(320)))
    put("zoo", page("zoo"))
    embed()
    archive.publish()
    assert archive.indexed() == archive.status().passages
    assert nearest(archive, hashed_model, "zoo", limit=1) == ["zoo"]


@pytest.mark.parametrize("loss", ["gone", "emptied", "another's-vectors"])
def test_an_index_that_the_server_lost_is_searched_around_and_made_anew(
    filled: Archive, hashed_model: EmbeddingModel, server: chroma.ChromaServer, loss: str, put: Put,
    embed: Callable[[], int], hashed: HashedWords,
) -> None:  # fmt: skip
    import chromadb

    client = chromadb.HttpClient(host="127.0.0.1", port=server.port)
    name = stated(filled)["collection"]
    held = client.get_collection(name, embedding_function=None)
    if loss == "gone":
        client.delete_collection(name)
    elif loss == "emptied":
        held.delete(ids=held.get(include=[])["ids"])
    else:
        ids = held.get(include=[])["ids"]
        held.update(ids=ids, embeddings=np.eye(96, dtype=np.float32)[: len(ids)])
    assert [nearest(filled, hashed_model, topic, limit=1) for topic in TOPICS] == [[topic] for topic in TOPICS]
    put("train", page("train"))
    embed()
    pipeline.publish(filled, at_least=256, progress=silent)
    assert (filled.indexed(), filled.unpublished()) == (11, 0)
    assert stated(filled)["collection"] != name
    assert len(hashed.embedded) == 11
    assert [nearest(filled, hashed_model, topic, limit=1) for topic in TOPICS] == [[topic] for topic in TOPICS]


def test_while_the_server_is_down_words_and_what_is_new_are_found_and_it_is_said(
    archive_folder: Path, tmp_path: Path, hashed_model: EmbeddingModel
) -> None:
    with chroma.server(tmp_path / "chroma") as own:
        servers = Servers(chroma=own.url)
        archive = Archive.created(archive_folder, model="hashed", free_space_floor_mb=0, servers=servers)
        for topic in TOPICS:
            added(archive, topic, page(topic))
        pipeline.embed(archive, hashed_model, progress=silent)
        archive.publish()
        assert nearest(archive, hashed_model, "zoo", limit=1) == ["zoo"]
        own.stop()
        added(archive, "train", page("train"))
        pipeline.embed(archive, hashed_model, progress=silent)
        since = time.monotonic()
        with outages() as missed:
            # A small archive is searched exactly.
            assert [nearest(archive, hashed_model, topic, limit=1) for topic in TOPICS] == [[t] for t in TOPICS]
            assert nearest(archive, hashed_model, "train", limit=1) == ["train"]
        assert [sentence.partition(";")[0] for sentence in missed] == [
            f"the Chroma server at 127.0.0.1:{own.port} does not answer"
        ]
        large = Archive(archive_folder, archive.catalog, model="hashed", servers=servers, searched_exactly=5)
        with outages() as missed:
            # Of a larger one, passages are found by their words, with their own cosine, and those that are new.
            vector = hashed_model.question("le zoo a changé hier", "fr")
            (best, *_) = large.search("le zoo a changé hier", vector, limit=3)
            assert (best.passage.article_id, best.cosine > 0.4) == ("zoo", True)
            assert nearest(large, hashed_model, "train", limit=1) == ["train"]
            assert nearest(large, hashed_model, "zoo", limit=5) == ["train"]
        assert [sentence.partition(";")[0] for sentence in missed] == [
            f"the Chroma server at 127.0.0.1:{own.port} does not answer"
        ]
        assert time.monotonic() - since < 15
        with pytest.raises(IndexUnreachable, match="does not answer"):
            archive.publish()
        own.start()
        archive.publish()
        reader = Archive.opened(archive_folder, model="hashed", servers=servers)
        with outages() as missed:
            assert nearest(reader, hashed_model, "gare", limit=1) == ["gare"]
        assert (missed, reader.indexed()) == ([], 11)
        reader.close()
        archive.close()


def test_an_archive_made_from_a_backup_gets_a_collection_of_its_own(
    filled: Archive, tmp_path: Path, server: chroma.ChromaServer, hashed_model: EmbeddingModel
) -> None:
    backup.written(filled, tmp_path / "backup")
    servers = Servers(chroma=server.url)
    other = Archive.created(tmp_path / "other", model="hashed", free_space_floor_mb=0, servers=servers)
    with other.writing(timeout=0):
        assert backup.restored(other, tmp_path / "backup") == 10
        other.publish()
        other.catalog.remove("zoo")
        other.publish()
    assert stated(other)["collection"] != stated(filled)["collection"]
    assert (nearest(filled, hashed_model, "zoo", limit=1), filled.publish().count) == (["zoo"], 10)
    other.close()


class Proxy(http.server.BaseHTTPRequestHandler):
    """A proxy before the server that lets nobody in but with the token, and is busy at first."""

    target: str
    busy = 0
    seen: list[dict[str, str]]

    def _passed_on(self) -> None:
        import urllib.error
        import urllib.request

        type(self).seen.append(dict(self.headers))
        length = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length) if length else None
        if self.headers.get("Authorization") != "Bearer s3cret-t0ken":
            return self._answer(401, b"<html>no s3cret-t0ken</html>")
        if type(self).busy:
            type(self).busy -= 1
            return self._answer(503, b"<html>busy</html>")
        request = urllib.request.Request(type(self).target + self.path, data=data, method=self.command)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request) as answer:
                return self._answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            return self._answer(error.code, error.read())

    do_GET = do_POST = do_PUT = do_DELETE = _passed_on  # noqa: N815

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy(server: chroma.ChromaServer) -> Iterator[tuple[str, type[Proxy]]]:
    handler = type("Handler", (Proxy,), {"target": server.url, "seen": [], "busy": 0})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}", handler
        running.shutdown()


def test_a_proxy_is_sent_the_token_and_asked_again_while_it_is_busy(
    archive_folder: Path, proxy: tuple[str, type[Proxy]], hashed_model: EmbeddingModel
) -> None:
    address, handler = proxy
    servers = Servers(chroma=address, chroma_token="s3cret-t0ken")
    archive = Archive.created(archive_folder, model="hashed", free_space_floor_mb=0, servers=servers)
    added(archive, "zoo", page("zoo"))
    pipeline.embed(archive, hashed_model, progress=silent)
    handler.busy = 2
    archive.publish()
    assert handler.busy == 0
    assert archive.indexed() == 1
    assert {seen.get("X-Chroma-Token") or seen.get("x-chroma-token") for seen in handler.seen} == {"s3cret-t0ken"}
    archive.close()


def test_a_wrong_token_is_said_without_showing_it(
    archive_folder: Path, proxy: tuple[str, type[Proxy]], hashed_model: EmbeddingModel
) -> None:
    servers = Servers(chroma=proxy[0], chroma_token="wr0ng")
    assert "wr0ng" not in repr(servers)
    archive = Archive.created(archive_folder, model="hashed", free_space_floor_mb=0, servers=servers)
    added(archive, "zoo", page("zoo"))
    pipeline.embed(archive, hashed_model, progress=silent)
    with pytest.raises(ArchiveUnusable, match="ONRECORD_CHROMA_TOKEN") as raised:
        archive.publish()
    assert "wr0ng" not in str(raised.value)
    assert "s3cret" not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1
    archive.close()


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://x", "http://", "chroma"])
def test_what_is_no_address_of_a_server_is_said(archive_folder: Path, address: str) -> None:
    with pytest.raises(ArchiveUnusable, match="ONRECORD_CHROMA_URL"):
        Archive.created(archive_folder, model="hashed", servers=Servers(chroma=address))
