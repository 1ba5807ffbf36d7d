"""A backup is one file, consistent while the archive is in use; an archive made from it embeds nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import backup
from ingest.archive.archive import Archive
from ingest.errors import ArchiveUnusable
from tests.conftest import Run
from tests.ingest.conftest import Put

TEXT = "Le port de Marane rouvre lundi, dit Ana Ruiz. « Les grues sont réparées », assure-t-elle."


def test_a_backup_made_while_articles_come_in_is_whole(
    tmp_path: Path, archive: Archive, put: Put, embed: Callable[[], int]
) -> None:
    put("first", TEXT)
    embed()
    written, stop = list[str](), threading.Event()

    def write() -> None:
        while not stop.is_set():
            put(f"a{len(written)}", f"{TEXT} Nouvelle numéro {len(written)}.")
            written.append("")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5:
            stop.wait(0.01)
        size = backup.written(archive, tmp_path / "one.backup")
    finally:
        stop.set()
        writer.join()
    assert size == (tmp_path / "one.backup").stat().st_size
    assert [path.name for path in tmp_path.glob("*one*")] == ["one.backup"]

    put("later", "Un article d’après la sauvegarde.")
    other = Archive.created(tmp_path / "other", model="hashed", free_space_floor_mb=0)
    with other.writing(timeout=0):
        count = backup.restored(other, tmp_path / "one.backup")
    assert 5 < count <= len(written) + 1
    assert other.catalog.article("first") == archive.catalog.article("first")
    assert other.catalog.ledger("first") == archive.catalog.ledger("first")
    assert "later" not in other.catalog.states()
    # One whole article each: passages, quotations, embeddings.
    assert all(
        other.catalog.passages_of(id_) and other.catalog.ledger(id_).quotations for id_ in other.catalog.states()
    )
    assert other.catalog.passages_quoting(["grues sont réparées"], limit=1)
    assert other.status().unembedded == other.status().passages - 1
    other.close()


def broken(file: Path, how: str) -> Path:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE meta (key, value)")
        if how == "another-format":
            connection.execute("INSERT INTO meta VALUES ('schema_version', '99')")
    connection.close()
    return file


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        pytest.param("missing", "no such file", id="missing"),
        pytest.param("text", "no backup of an archive", id="no-database"),
        pytest.param("another-format", "a backup of format 99", id="another-format"),
        pytest.param("unknown-format", "a backup of format unknown", id="unknown-format"),
        pytest.param("torn", "damaged|no backup", id="torn"),
    ],
)
def test_what_is_no_sound_backup_changes_nothing(
    tmp_path: Path, archive: Archive, put: Put, how: str, reason: str
) -> None:
    put("first", TEXT)
    file = tmp_path / "b"
    if how == "text":
        file.write_text("not a database, though it is long enough to be taken for one" * 20)
    elif how == "torn":
        for number in range(30):
            put(f"a{number}", f"{TEXT * 20} {number}")
        data = file.read_bytes() if backup.written(archive, file) else b""
        file.write_bytes(data[: len(data) // 2])
    elif how != "missing":
        broken(file, how)
    with pytest.raises(ArchiveUnusable, match=reason):
        backup.restored(archive, file)
    assert archive.catalog.article("first").text == TEXT


def test_the_commands_back_up_and_restore(run: Run, tmp_path: Path, seed_archive: Path) -> None:
    file, other = tmp_path / "seed.backup", tmp_path / "other"
    assert run("ingest", "backup", file, archive=seed_archive).out.startswith("1 articles, ")
    refused = run("ingest", "backup", file, archive=seed_archive)
    assert (refused.code, "say --replace" in refused.err) == (1, True)
    (tmp_path / "letter").write_text("no backup")
    kept = run("ingest", "backup", tmp_path / "letter", "--replace", archive=seed_archive)
    assert (kept.code, (tmp_path / "letter").read_text()) == (1, "no backup")

    restored = run("ingest", "restore", file, archive=other)
    assert (restored.code, restored.out) == (0, f"1 articles from {file}\n")
    status = run("ingest", "status", "--json", archive=other).json
    assert (status["articles"], status["in_vector_index"], status["not_embedded"]) == (1, 7, 0)
    again = run("ingest", "restore", file, archive=other)
    assert (again.code, "say --replace" in again.err) == (1, True)
