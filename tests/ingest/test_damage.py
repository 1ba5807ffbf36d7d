"""Full disks, folders that cannot be written, files cut off or garbled: a line, and never a wrong answer."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.embeddings.centring import NO_CENTRING
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import ArchiveUnusable
from tests.conftest import HashedWords, command
from tests.ingest.conftest import added, silent

if TYPE_CHECKING:
    from tests.conftest import Ran

TOPICS = ["pont", "gare", "pain", "zoo", "lune", "port", "vin", "neige", "piano", "tigre"]
# So many places of each file are damaged, one after the other; more with ONRECORD_TORTURE.
PLACES = int(os.environ.get("ONRECORD_TORTURE") or 12)
ADVICE = "the catalog is damaged; make another archive, from a backup"


def page(topic: str) -> str:
    return f"Tout sur le {topic}\n\nLe {topic} a changé hier, disent les habitants. Rien que le {topic} ne compte."


@pytest.fixture(scope="module")
def model() -> EmbeddingModel:
    return EmbeddingModel("hashed", HashedWords(), NO_CENTRING)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, model: EmbeddingModel) -> Path:
    """The folder of an archive of ten articles in one generation, closed; to be copied."""
    folder = tmp_path_factory.mktemp("sealed") / "archive"
    archive = Archive.created(folder, model="hashed", free_space_floor_mb=0)
    with archive.writing(timeout=0):
        for topic in TOPICS:
            added(archive, topic, page(topic))
        pipeline.embed(archive, model, progress=silent)
        archive.publish()
    archive.close()
    return folder


def answers(archive: Archive, model: EmbeddingModel) -> list[list[str]]:
    """Return for each topic which articles are found by their vectors alone, and how near they are."""
    vectors = [model.question(page(topic).partition("\n\n")[2], "fr") for topic in TOPICS]
    found = [archive.search("", vector, limit=len(TOPICS)) for vector in vectors]
    return [sorted(f"{each.cosine:.2f} {each.passage.article_id}" for each in best) for best in found]


def test_a_generation_damaged_byte_by_byte_never_answers_wrongly(
    sealed: Path, archive_folder: Path, model: EmbeddingModel
) -> None:
    chance = random.Random(6)
    shutil.copytree(sealed, archive_folder)
    archive = Archive.opened(archive_folder, model="hashed", free_space_floor_mb=0)
    expected = answers(archive, model)
    archive.close()
    files = [path for path in (archive_folder / "vectors" / "gen-000001").rglob("*") if path.is_file()]
    assert len(files) >= 5
    tried = 0
    for path in files:
        sound = path.read_bytes()
        for at in chance.sample(range(len(sound)), min(PLACES, len(sound))):
            path.write_bytes(sound[:at] + bytes([sound[at] ^ (1 << chance.randrange(8))]) + sound[at + 1 :])
            archive = Archive.opened(archive_folder, model="hashed", free_space_floor_mb=0)
            assert answers(archive, model) == expected, f"{path.name}, byte {at}"
            archive.close()
            for mark in (archive_folder / "vectors").glob("*.suspect"):
                mark.unlink()
            tried += 1
        path.write_bytes(sound)
    assert tried > 4 * PLACES


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.99])
def test_a_catalog_that_was_cut_off_is_refused_with_what_to_do(
    sealed: Path, archive_folder: Path, share: float
) -> None:
    shutil.copytree(sealed, archive_folder)
    path = archive_folder / "catalog.sqlite"
    os.truncate(path, int(path.stat().st_size * share))
    for opening in (Catalog.opened, Catalog.created):
        if share == 0 and opening == Catalog.created:
            # As a writer leaves it that was killed before it made the tables.
            continue
        with pytest.raises(ArchiveUnusable) as raised:
            opening(archive_folder)
        assert (ADVICE if share else "the archive is empty") in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1


def test_a_catalog_garbled_in_the_middle_is_a_line_and_never_another_answer(sealed: Path, archive_folder: Path) -> None:
    chance = random.Random(7)
    shutil.copytree(sealed, archive_folder)
    path = archive_folder / "catalog.sqlite"
    sound = path.read_bytes()
    expected = said(archive_folder)
    refused = 0
    pages = range(1, len(sound) // 4096)
    for page_number in chance.sample(pages, min(2 * PLACES, len(pages))):
        at = page_number * 4096
        path.write_bytes(sound[:at] + bytes(4096) + sound[at + 4096 :])
        try:
            assert said(archive_folder) == expected
        except ArchiveUnusable as error:
            assert len(str(error).splitlines()) == 1  # noqa: PT017
            refused += 1
        for left in archive_folder.glob("catalog.sqlite-*"):
            left.unlink()
    assert refused


def said(folder: Path) -> tuple[object, ...]:
    catalog = Catalog.opened(folder)
    try:
        listed = catalog.articles()
        articles = [catalog.article(each.id) for each in listed]
        texts = [(each.id, each.text) for each in articles]
        passages = [sorted(p.text for p in catalog.passages_of(each.id).values()) for each in articles]
        found = [sorted(catalog.word_scores(topic, limit=9)) for topic in TOPICS]
        return texts, passages, found, catalog.status("hashed"), len(catalog.vectors_of("hashed", list(range(99)))[0])
    finally:
        catalog.close()


# The disk


def small_disk(folder: Path, *, megabytes: int) -> None:
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root may make a small disk")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Make a disk of so many megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def made(megabytes: int) -> Path:
        small_disk(folder, megabytes=megabytes)
        return folder

    yield made
    subprocess.run(["umount", "-l", folder], capture_output=True, check=False)


def written(folder: Path) -> Path:
    """Write a table of articles whose archive needs some megabytes."""
    chance = random.Random(1)
    words = ["".join(chance.choices("aeioulmnrst", k=7)) for _ in range(4000)]
    table = folder / "many.csv"
    rows = [f'{n},"{" ".join(chance.choices(words, k=180))}."' for n in range(100)]
    table.write_text("\n".join(["id,text", *rows]), encoding="utf-8")
    return table


# Articles are committed without a model: what fills the disk is the catalog.
READ = """
import pathlib, resource, sys
from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.languages import language_of
# Libraries that unpack their data at first may.
language_of("Le pont rouvre demain.", default="fr")
if sys.argv[3] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
def main():
    archive = Archive.created(pathlib.Path(sys.argv[1]), model="hashed", free_space_floor_mb=0)
    summary = pipeline.Summary()
    with archive.writing(timeout=0):
        pipeline.read(archive, [pathlib.Path(sys.argv[2])], summary, passage_size=500, progress=lambda *_: None)
    print(len(summary.added), len(summary.unchanged))
try:
    main()
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def read(archive: Path, table: Path, *, limit: int = 0) -> Ran:
    return command(["-c", READ, archive, table, str(limit)], folder=table.parent)


@pytest.mark.parametrize("kind", ["small-disk", "largest-file"])
def test_a_full_disk_is_a_line_loses_nothing_and_the_run_goes_on_when_there_is_room(
    tmp_path: Path, disk: Callable[[int], Path], kind: str
) -> None:
    table = written(tmp_path)
    archive = (disk(1) if kind == "small-disk" else tmp_path) / "archive"
    limit = 2**19 if kind == "largest-file" else 0
    full = read(archive, table, limit=limit)
    assert full.code == 1
    assert full.lines[-1].startswith("ArchiveUnusable: ")
    assert "disk is full" in full.lines[-1]
    catalog = Catalog.opened(archive)
    kept = {article.id for article in catalog.articles()}
    assert all(catalog.passages_of(id_) for id_ in kept)
    catalog.close()
    if kind == "small-disk":
        subprocess.run(["mount", "-o", "remount,size=64m", archive.parent], check=True)
    done = read(archive, table)
    assert done.code == 0, done.err
    new, unchanged = map(int, done.out.split())
    assert (new + unchanged, unchanged >= len(kept) > 0) == (100, True)
    with sqlite3.connect(archive / "catalog.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_disk_that_cannot_be_written_is_a_line(sealed: Path, disk: Callable[[int], Path]) -> None:
    folder = disk(64) / "archive"
    shutil.copytree(sealed, folder)
    subprocess.run(["mount", "-o", "remount,ro", folder.parent], check=True)
    for opening in (Catalog.opened, Catalog.created):
        with pytest.raises(ArchiveUnusable, match="look at who may read and write in the folder") as raised:
            opening(folder)
        assert len(str(raised.value).splitlines()) == 1
    with pytest.raises(ArchiveUnusable, match="cannot be made"):
        Catalog.created(folder.parent / "another")
