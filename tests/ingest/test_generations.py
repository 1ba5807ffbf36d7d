from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import ArchiveUnusable
from tests.ingest.conftest import silent

if TYPE_CHECKING:
    from tests.conftest import HashedWords
    from tests.ingest.conftest import Put

TOPICS = ["pont", "gare", "pain", "zoo", "lune", "port", "vin", "neige", "piano", "tigre"]


def page(topic: str) -> str:
    return (
        f"Tout sur le {topic}\n\nLe {topic} a changé hier, disent les habitants. Rien d’autre que le {topic} ne compte."
    )


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive of ten articles, all in one sealed generation; to be copied."""
    from ingest.embeddings.centring import NO_CENTRING
    from ingest.passages import passages
    from ingest.quotations.extraction import ledger
    from ingest.reading import plain
    from tests.conftest import HashedWords

    folder = tmp_path_factory.mktemp("sealed") / "archive"
    archive = Archive.created(folder, model="hashed", free_space_floor_mb=0)
    with archive.writing(timeout=0):
        for topic in TOPICS:
            article = plain.article(page(topic), id=topic)
            archive.catalog.put(
                article, passages(article), ledger(article), source_key=topic, content_hash=topic, extraction=1,
                model="hashed",
            )  # fmt: skip
        pipeline.embed(archive, EmbeddingModel("hashed", HashedWords(), NO_CENTRING), progress=silent)
        archive.publish()
    archive.close()
    return folder


@pytest.fixture
def archive(sealed: Path, archive_folder: Path) -> Iterator[Archive]:
    """A copy of that archive, open."""
    shutil.copytree(sealed, archive_folder)
    opened = Archive.opened(archive_folder, model="hashed", free_space_floor_mb=0)
    yield opened
    opened.close()


def pointer(archive: Archive) -> str:
    return (archive.folder / "vectors" / "CURRENT").read_text(encoding="utf-8")


def nearest(archive: Archive, model: EmbeddingModel, topic: str, *, limit: int = 10) -> list[str]:
    vector = model.question(page(topic).partition("\n\n")[2], "fr")
    return [found.passage.article_id for found in archive.search("", vector, limit=limit)]


def test_a_generation_holds_all_that_is_embedded_and_a_second_publish_has_nothing_to_do(archive: Archive) -> None:
    assert (archive.indexed(), archive.unpublished(), pointer(archive)) == (10, 0, "gen-000001")
    archive.publish()
    assert pointer(archive) == "gen-000001"


def test_a_new_generation_takes_up_what_changed_and_leftovers_are_cleared_away(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel
) -> None:
    vectors = archive.folder / "vectors"
    left = vectors / "gen-000002.tmp"
    shutil.copytree(vectors / "gen-000001", left)
    (vectors / "gen-000002.job.tmp").write_text("{}", encoding="utf-8")
    (vectors / "CURRENT.tmp").write_text("gen-00", encoding="utf-8")
    put("train", page("train"))
    archive.catalog.remove("pont")
    embed()
    assert archive.unpublished() == 2
    archive.publish()
    assert (archive.indexed(), archive.unpublished(), pointer(archive)) == (10, 0, "gen-000002")
    assert not list(vectors.glob("*.tmp"))
    assert nearest(archive, hashed_model, "train")[0] == "train"
    assert "pont" not in nearest(archive, hashed_model, "pont", limit=20)


def test_rebuilding_embeds_nothing_and_finds_the_same(
    archive: Archive, hashed: HashedWords, hashed_model: EmbeddingModel
) -> None:
    calls = len(hashed.calls)
    before = [nearest(archive, hashed_model, topic, limit=1) for topic in TOPICS]
    shutil.rmtree(archive.folder / "vectors")
    assert archive.indexed() == 0
    exact = [nearest(archive, hashed_model, topic, limit=1) for topic in TOPICS]
    archive.publish(anew=True)
    assert (archive.indexed(), pointer(archive)) == (10, "gen-000001")
    assert [nearest(archive, hashed_model, topic, limit=1) for topic in TOPICS] == exact == before
    assert len(hashed.calls) == calls


FILES = ["chroma.sqlite3", "header.bin", "data_level0.bin", "length.bin", "index_metadata.pickle"]


def garbled(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(bytes((byte * 7 + at) % 251 for at, byte in enumerate(data)))


def halved(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("damage", [Path.unlink, garbled, halved], ids=["gone", "garbled", "halved"])
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_generation_is_searched_around(
    archive: Archive, hashed_model: EmbeddingModel, file: str, damage: Callable[[Path], None]
) -> None:
    (path,) = (archive.folder / "vectors").rglob(file)
    damage(path)
    for topic in TOPICS:
        assert nearest(archive, hashed_model, topic, limit=1) == [topic]


@pytest.mark.parametrize("file", ["data_level0.bin", "chroma.sqlite3"])
def test_the_publish_after_a_damage_was_noticed_makes_the_index_anew(
    archive: Archive, hashed: HashedWords, hashed_model: EmbeddingModel, file: str
) -> None:
    (path,) = (archive.folder / "vectors").rglob(file)
    garbled(path)
    assert nearest(archive, hashed_model, "pont", limit=1) == ["pont"]
    assert archive.indexed() == 0
    pipeline.publish(archive, at_least=256, progress=silent)
    assert archive.indexed() == 10
    assert [nearest(archive, hashed_model, topic, limit=1) for topic in TOPICS] == [[topic] for topic in TOPICS]
    assert hashed.calls == []


def test_a_reader_that_cannot_open_a_generation_leaves_it_to_the_others_and_to_the_next_writer(
    archive: Archive, hashed_model: EmbeddingModel
) -> None:
    other = Archive.opened(archive.folder, model="hashed", free_space_floor_mb=0)
    assert nearest(other, hashed_model, "zoo", limit=1) == ["zoo"]
    (path,) = (archive.folder / "vectors").rglob("data_level0.bin")
    sound = path.read_bytes()
    garbled(path)
    assert nearest(archive, hashed_model, "pont", limit=1) == ["pont"]
    path.write_bytes(sound)
    assert pointer(archive) == "gen-000001"
    assert (archive.folder / "vectors" / "gen-000001.suspect").exists()
    assert nearest(other, hashed_model, "pont", limit=1) == ["pont"]
    assert (other.indexed(), other.unpublished() > 0) == (0, True)
    with other.writing(timeout=0):
        pipeline.publish(other, at_least=256, progress=silent)
    assert (pointer(archive), other.indexed(), archive.indexed()) == ("gen-000002", 10, 10)
    other.publish(anew=True)
    assert not list((archive.folder / "vectors").glob("*.suspect"))
    other.close()


class Panic(BaseException):
    """As a panic in Rust reaches Python."""


class Panicking:
    """A store of Chroma that panics at `moment`, in place of the real one."""

    def __init__(self, moment: str, error: type[BaseException]) -> None:
        self._moment, self._error = moment, error

    def _perhaps(self, moment: str) -> None:
        if moment == self._moment:
            raise self._error("range end index 5 out of range")

    def get_collection(self, *_: object, **__: object) -> Panicking:
        self._perhaps("open")
        return self

    def count(self) -> int:
        return 10

    def query(self, **_: object) -> None:
        self._perhaps("query")

    def close(self) -> None:
        raise self._error("range end index 5 out of range")


@pytest.mark.parametrize("moment", ["open", "query"])
def test_a_store_that_panics_is_searched_around(
    archive: Archive, hashed_model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr("chromadb.PersistentClient", lambda *_, **__: Panicking(moment, Panic))
    assert nearest(archive, hashed_model, "zoo", limit=1) == ["zoo"]


def test_a_stop_at_the_keyboard_is_no_damage(
    archive: Archive, hashed_model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chromadb.PersistentClient", lambda *_, **__: Panicking("open", KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        nearest(archive, hashed_model, "zoo", limit=1)
    assert archive.indexed() == 10


def test_a_base_that_turns_out_damaged_is_not_built_upon(archive: Archive, hashed_model: EmbeddingModel) -> None:
    (path,) = (archive.folder / "vectors").rglob("index_metadata.pickle")
    path.unlink()
    archive.catalog.remove("pont")
    assert archive.publish().count == 9
    assert [nearest(archive, hashed_model, topic, limit=1) for topic in TOPICS[1:]] == [[t] for t in TOPICS[1:]]


@pytest.mark.parametrize(
    "stated",
    ["", "{", "[]", '{"model": "hashed"}', json.dumps(dict.fromkeys(["model", "centring", "seq", "count", "files"]))],
    ids=["empty", "cut-off", "a-list", "incomplete", "of-other-types"],
)  # fmt: skip
def test_a_generation_that_states_nothing_of_use_is_none(
    archive: Archive, hashed_model: EmbeddingModel, stated: str
) -> None:
    (archive.folder / "vectors" / "gen-000001" / "generation.json").write_text(stated, encoding="utf-8")
    assert archive.indexed() == 0
    assert nearest(archive, hashed_model, "zoo", limit=1) == ["zoo"]


def test_below_the_floor_of_free_space_nothing_is_published(sealed: Path, archive_folder: Path) -> None:
    shutil.copytree(sealed, archive_folder)
    archive = Archive.opened(archive_folder, model="hashed", free_space_floor_mb=10**9)
    with pytest.raises(ArchiveUnusable, match="MB free on this disk") as raised:
        archive.publish(anew=True)
    assert "ONRECORD_FREE_SPACE_FLOOR_MB" in str(raised.value)
    assert pointer(archive) == "gen-000001"


def test_a_change_of_model_embeds_everything_again_and_only_once(
    archive: Archive, hashed: HashedWords, hashed_model: EmbeddingModel
) -> None:
    import dataclasses

    other = dataclasses.replace(hashed_model, name="other")
    archive.change_model("other")
    assert (archive.indexed(), archive.status().unembedded) == (0, 10)
    assert pipeline.embed(archive, other, progress=silent) == 10
    assert len(hashed.embedded) == 10
    archive.publish(anew=True)
    archive.close()
    reopened = Archive.opened(archive.folder, model="other", free_space_floor_mb=0)
    assert (reopened.indexed(), reopened.status().unembedded) == (10, 0)
    assert nearest(reopened, other, "zoo", limit=1) == ["zoo"]
    # The way back is free: what the first model embedded is still known.
    reopened.change_model("hashed")
    assert (reopened.status().unembedded, reopened.publish(anew=True).count) == (0, 10)
    reopened.close()
