"""What only a catalog on a server has to do: one writer from many machines, a server that goes, passwords."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.errors import ArchiveBusy, ArchiveUnusable
from ingest.servers import Servers
from tests.conftest import started
from tests.ingest.conftest import added

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Ran

HOLDER = """
import sys, pathlib
from ingest.archive.archive import Archive
from ingest.servers import Servers
servers = Servers(catalog=sys.argv[2])
archive = Archive.created(pathlib.Path(sys.argv[1]), model="hashed", free_space_floor_mb=0, servers=servers)
with archive.writing(timeout=0):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path: Path, postgresql_catalog: str) -> Iterator[subprocess.Popen[str]]:
    """Another machine's process, with a folder of its own, that writes until it is told a line, or killed."""
    process = started(["-c", HOLDER, tmp_path / "another", postgresql_catalog], folder=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def archive(archive_folder: Path, postgresql_catalog: str) -> Iterator[Archive]:
    """An archive of this machine on the same server."""
    servers = Servers(catalog=postgresql_catalog)
    opened = Archive.created(archive_folder, model="hashed", free_space_floor_mb=0, servers=servers)
    yield opened
    opened.close()


def test_a_writer_on_another_machine_is_named(holder: subprocess.Popen[str], archive: Archive) -> None:
    with pytest.raises(ArchiveBusy) as raised, archive.writing(timeout=0):
        pass
    assert f"process {holder.pid} on {socket.gethostname()} has been writing" in str(raised.value)


@pytest.mark.parametrize("end", ["done", "killed"])
def test_whoever_waits_says_so_once_and_goes_on_when_the_other_is_done_or_dead(
    holder: subprocess.Popen[str], archive: Archive, end: str
) -> None:
    said: list[str] = []

    def let_go(message: str) -> None:
        said.append(message)
        assert holder.stdin is not None
        if end == "killed":
            os.killpg(holder.pid, signal.SIGKILL)
        else:
            threading.Timer(0.3, lambda: (holder.stdin.write("\n"), holder.stdin.flush())).start()  # type: ignore[union-attr]

    with archive.writing(timeout=30, waiting=let_go):
        added(archive, "pont", "Le pont rouvre\n\nIl rouvre demain.")
    assert (len(said), said[0].endswith("; waiting")) == (1, True)
    assert archive.catalog.status("hashed").articles == 1


def test_a_writer_whose_lock_the_server_has_freed_writes_no_more(
    archive: Archive, postgresql: str
) -> None:  # fmt: skip
    with archive.writing(timeout=0):
        added(archive, "pont", "Le pont rouvre\n\nIl rouvre demain.")
        with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                          " AND application_name = 'On Record'")  # fmt: skip
        with pytest.raises(ArchiveUnusable) as raised:
            added(archive, "gare", "La gare ferme\n\nElle ferme demain.")
    assert len(str(raised.value).splitlines()) == 1
    assert [article.id for article in archive.catalog.articles()] == ["pont"]
    with archive.writing(timeout=0):
        added(archive, "gare", "La gare ferme\n\nElle ferme demain.")
    assert archive.catalog.status("hashed").articles == 2


def test_two_who_make_the_tables_at_once_both_succeed(tmp_path: Path, postgresql_catalog: str) -> None:
    made: list[Catalog] = []
    threads = [
        threading.Thread(target=lambda n=n: made.append(Catalog.created(tmp_path / str(n), postgresql_catalog)))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [catalog.status("hashed").articles for catalog in made] == [0] * 4
    for catalog in made:
        catalog.close()


@pytest.mark.parametrize("text", ["a\0b", "\x01", "\x01a\x01b\0", "\0"], ids=["nul", "mark", "both", "only-nul"])
def test_characters_that_a_server_has_no_room_for_come_back(archive: Archive, text: str) -> None:
    added(archive, "a", f"Le titre\n\n{text} et la suite.", title=text)
    held = archive.catalog.article("a")
    assert (held.title, text in held.text) == (text, True)


def test_a_match_of_words_is_worth_the_same_as_in_sqlite(archive: Archive, tmp_path: Path) -> None:
    texts = {
        "pont": "Le vieux pont rouvre\n\nLe maire a rouvert le vieux pont, le pont des Arts, aux voitures de la ville.",
        "pain": "Le prix du pain\n\nLes boulangers de la ville proposent un pain moins cher.",
        "zoo": "Le zoo\n\nDeux girafes sont arrivées au zoo de la ville, où le vieux pont mène.",
        "lune": "La Lune\n\nUne sonde a photographié la face cachée de la Lune, longtemps et souvent.",
        "paix": "La paix\n\nDes propositions de paix ont été faites à Genève par les diplomates.",
    }
    local = Catalog.created(tmp_path / "local")
    alike = Archive(tmp_path / "local", local, model="hashed")
    for id_, text in texts.items():
        added(archive, id_, text)
        added(alike, id_, text)
    added(archive, "gone", "Le pont\n\nLe pont, le pont, et encore un pont.")
    archive.catalog.remove("gone")
    for question in ("le vieux pont", "pain de la ville", "Proposition de paix", "girafes girafes", "la face cachée"):
        assert archived(archive.catalog, question) == pytest.approx(archived(local, question), abs=1e-6)
        assert archive.catalog.stand_together(question) == local.stand_together(question)
        assert archive.catalog.word_frequencies(question.split()) == local.word_frequencies(question.split())
        for found in ("passages_quoting", "passages_sharing"):
            asked = [question] if found == "passages_quoting" else question
            assert ids(archive.catalog, getattr(archive.catalog, found)(asked, limit=9)) == ids(
                local, getattr(local, found)(asked, limit=9)
            )
    local.close()


def archived(catalog: Catalog, question: str) -> dict[str, float]:
    scores = catalog.word_scores(question, limit=9)
    return {passage.article_id: scores[id_] for id_, (passage, _) in catalog.passages(list(scores)).items()}


def ids(catalog: Catalog, passages: list[int]) -> set[str]:
    return {passage.article_id for passage, _ in catalog.passages(passages).values()}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("postgresql+psycopg://x:s3cret@127.0.0.1:1/db", "127.0.0.1:1/db", id="nobody-there"),
        pytest.param("postgresql+psycopg://x@127.0.0.1:1/db?password=s3cret", "127.0.0.1:1/db", id="in-the-query"),
        pytest.param("mysql://x:s3cret@127.0.0.1/db", "ONRECORD_CATALOG_URL", id="another-database"),
        pytest.param("postgresql://x:s3cret@[/db", "ONRECORD_CATALOG_URL", id="no-address"),
        pytest.param("s3cret", "ONRECORD_CATALOG_URL", id="no-address-at-all"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line_without_the_password(
    archive_folder: Path, address: str, said: str
) -> None:  # fmt: skip
    with pytest.raises(ArchiveUnusable) as raised:
        Catalog.opened(archive_folder, address)
    told = str(raised.value)
    assert (said in told, len(told.splitlines()), "s3cret" in told) == (True, 1, False)


def test_the_commands_use_the_catalog_that_the_settings_name(
    run: Callable[..., Ran], archive_folder: Path, seeds: Path, postgresql_catalog: str
) -> None:
    settings = {"ONRECORD_CATALOG_URL": postgresql_catalog}
    assert run("ingest", "add", seeds, archive=archive_folder, settings=settings).code == 0
    assert not (archive_folder / "catalog.sqlite").exists()
    asked = run("assistant", "ask", "What did Konashenkov say?", "--json", archive=archive_folder, settings=settings)
    assert len(asked.json["sentences"]) == 5
