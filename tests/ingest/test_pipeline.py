from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import ArchiveUnusable
from ingest.pipeline import Summary
from ingest.servers import Servers
from tests.ingest.conftest import silent

if TYPE_CHECKING:
    from tests.conftest import HashedWords
    from tests.ingest.conftest import Read

pytestmark = pytest.mark.both_catalogs

PONT = "Le pont rouvre\n\n«Le pont est sûr», a déclaré la maire de Nîmes, Ana Ruiz. Il rouvre demain."
GARE = "La gare ferme\n\n«La gare ne ferme pas», a assuré Paul Roy. Les trains passent."


def write(file: Path, text: str | bytes) -> Path:
    """Write a file as if it had been written an hour ago."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    hour_ago = time.time() - 3600
    os.utime(file, (hour_ago, hour_ago))
    return file


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return len(summary.added), len(summary.updated), len(summary.unchanged), len(summary.failed)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    write(tmp_path / "news" / "pont.txt", PONT)
    write(tmp_path / "news" / "deep" / "gare.md", f"# {GARE}")
    write(
        tmp_path / "news" / "table.jsonl", "\n".join(json.dumps({"id": f"t{n}", "text": f"Texte {n}."}) for n in (1, 2))
    )
    return tmp_path / "news"


def test_a_second_run_finds_everything_unchanged(news: Path, read: Read) -> None:
    assert counts(read(news)) == (4, 0, 0, 0)
    second = read(news)
    assert counts(second) == (0, 0, 4, 0)
    assert sorted(second.unchanged) == ["gare", "pont", "t1", "t2"]


def test_a_file_whose_size_and_time_are_the_same_is_not_read_again(news: Path, read: Read, archive: Archive) -> None:
    read(news)
    write(news / "pont.txt", PONT.replace("demain", "jamais"))
    times = (news / "deep" / "gare.md").stat()
    os.utime(news / "pont.txt", ns=(times.st_atime_ns, archive.catalog.sources()[str(news / "pont.txt")].modified_ns))
    assert counts(read(news)) == (0, 0, 4, 0)
    assert "jamais" not in archive.catalog.article("pont").text


@pytest.mark.sqlite_alone
def test_a_file_written_a_moment_ago_is_read_again(tmp_path: Path, read: Read, archive: Archive) -> None:
    file = tmp_path / "pont.txt"
    file.write_text(PONT, encoding="utf-8")
    before = file.stat().st_mtime_ns
    read(file)
    file.write_text(PONT.replace("demain", "jamais"), encoding="utf-8")
    os.utime(file, ns=(before, before))
    assert counts(read(file)) == (0, 1, 0, 0)
    assert "jamais" in archive.catalog.article("pont").text


def test_a_touched_file_is_unchanged(news: Path, read: Read) -> None:
    read(news)
    (news / "pont.txt").touch()
    assert counts(read(news)) == (0, 0, 4, 0)


def test_an_edited_file_is_updated_and_nothing_else_is(news: Path, read: Read, archive: Archive) -> None:
    read(news)
    write(news / "pont.txt", PONT + " Enfin.")
    write(news / "table.jsonl", '{"id": "t1", "text": "Texte 1."}\n{"id": "t2", "text": "Texte 2, corrigé."}')
    summary = read(news)
    assert (sorted(summary.updated), sorted(summary.unchanged)) == (["pont", "t2"], ["gare", "t1"])
    assert [archive.catalog.article(id_).version for id_ in ("pont", "t2", "gare", "t1")] == [2, 2, 1, 1]


def test_a_moved_file_is_the_same_article(news: Path, read: Read, archive: Archive) -> None:
    read(news)
    (news / "elsewhere").mkdir()
    shutil.move(news / "pont.txt", news / "elsewhere" / "pont.txt")
    assert counts(read(news)) == (0, 0, 4, 0)
    assert archive.catalog.states()["pont"][0] == str(news / "elsewhere" / "pont.txt")
    write(news / "elsewhere" / "pont.txt", PONT + " Enfin.")
    assert read(news).updated == ["pont"]


@pytest.mark.sqlite_alone
def test_two_files_of_one_name_are_two_articles(tmp_path: Path, read: Read, archive: Archive) -> None:
    first, second = write(tmp_path / "a" / "x.txt", PONT), write(tmp_path / "b" / "x.txt", GARE)
    added = read(tmp_path / "a", tmp_path / "b").added
    assert added[0] == "x"
    assert added[1].startswith("x-")
    assert [archive.catalog.article(id_).text for id_ in added] == [PONT, GARE]
    write(second, GARE + " Encore.")
    first.touch()
    summary = read(tmp_path)
    assert (summary.updated, summary.unchanged) == ([added[1]], ["x"])


@pytest.mark.sqlite_alone
def test_a_path_with_a_hash_sign_is_like_any_other(tmp_path: Path, read: Read, archive: Archive) -> None:
    file = write(tmp_path / "a#b" / "x#y.txt", PONT)
    assert read(file).added == ["x#y"]
    assert read(file).unchanged == ["x#y"]
    archive.catalog.remove("x#y")
    assert read(file).added == ["x#y"]


@pytest.mark.parametrize("id_", ["t#1", "#", "a#t.jsonl#1"])
def test_a_removed_row_comes_back_with_its_table(tmp_path: Path, read: Read, archive: Archive, id_: str) -> None:
    file = write(tmp_path / "t#.jsonl", json.dumps({"id": id_, "text": "Texte."}))
    assert read(file).added == [id_]
    assert read(file).unchanged == [id_]
    archive.catalog.remove(id_)
    assert read(file).added == [id_]


def test_a_bad_file_never_stops_the_others_and_is_tried_again(news: Path, read: Read) -> None:
    write(news / "a-binary.txt", b"\0" * 5000)
    write(news / "b-empty.txt", b"")
    write(news / "c-front.md", "---\ndate: 2024-13-45\n---\nTexte.")
    write(news / "d-table.csv", 'id,text\n1,"Un" deux\n')
    write(news / "z.txt", GARE)
    summary = read(news, news / "missing", news / "photo.jpg")
    assert len(summary.added) == 5
    assert [Path(where.partition(",")[0]).name for where, _ in summary.failed] == [
        "a-binary.txt", "b-empty.txt", "c-front.md", "d-table.csv", "missing", "photo.jpg",
    ]  # fmt: skip
    again = read(news)
    assert (len(again.unchanged), len(again.failed)) == (5, 4)
    write(news / "a-binary.txt", PONT.replace("pont", "quai"))
    assert (read(news).added, len(read(news).failed)) == (["a-binary"], 3)


def test_a_new_way_of_extracting_reads_again_and_embeds_nothing(
    news: Path, read: Read, archive: Archive, embed: Callable[[], int]
) -> None:
    read(news)
    assert embed() == 4
    # An archive that an earlier version of the software left.
    with archive.catalog.writing() as connection:
        connection.exec_driver_sql("UPDATE articles SET extraction = 0")
        connection.exec_driver_sql("UPDATE sources SET extraction = 0")
        connection.exec_driver_sql("DELETE FROM quotations")
    assert counts(read(news)) == (0, 0, 4, 0)
    assert archive.status().quotations == 2
    assert [article.version for article in archive.catalog.articles()] == [1] * 4
    assert embed() == 0


def test_one_text_in_many_articles_is_embedded_once(
    tmp_path: Path, read: Read, embed: Callable[[], int], hashed: HashedWords
) -> None:
    rows = [{"id": str(n), "title": "Titre", "text": "Toujours la même phrase."} for n in range(40)]
    write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows)))
    assert len(read(tmp_path).added) == 40
    assert embed() == 1
    assert hashed.embedded == ["Titre. Toujours la même phrase."]


def test_embedding_goes_on_where_it_was_broken_off(
    tmp_path: Path, read: Read, archive: Archive, hashed: HashedWords, hashed_model: EmbeddingModel
) -> None:
    rows = [{"id": str(n), "text": f"La phrase numéro {n}."} for n in range(40)]
    write(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows)))
    read(tmp_path)

    class Enough(Exception):
        pass

    def stop(step: str, done: int, total: int | None) -> None:
        assert (step, 0 < done < 40, total) == ("embed", True, 40)
        raise Enough

    with pytest.raises(Enough):
        pipeline.embed(archive, hashed_model, progress=stop)
    assert 0 < archive.status().unembedded < 40
    pipeline.embed(archive, hashed_model, progress=silent)
    assert archive.status().unembedded == 0
    assert len(hashed.embedded) == len(set(hashed.embedded)) == 40


def test_below_the_floor_of_free_space_nothing_is_written_and_nothing_lost(
    news: Path, read: Read, archive: Archive, catalog_url: str
) -> None:  # fmt: skip
    read(news / "pont.txt")
    servers = Servers(catalog=catalog_url)
    full = Archive.opened(archive.folder, model="hashed", free_space_floor_mb=10**9, servers=servers)
    with pytest.raises(ArchiveUnusable, match="nothing more is written"):
        pipeline.read(full, [news], Summary(), passage_size=500, progress=silent)
    full.close()
    assert [article.id for article in archive.catalog.articles()] == ["pont"]


@pytest.mark.sqlite_alone
def test_a_small_change_is_found_at_once_and_published_later(
    tmp_path: Path, archive: Archive, hashed_model: EmbeddingModel
) -> None:
    def add(publish_after: int) -> tuple[int, int]:
        pipeline.add(
            archive, hashed_model, [tmp_path / "n"], passage_size=500, publish_after=publish_after, progress=silent
        )
        return archive.indexed(), archive.unpublished()

    write(tmp_path / "n" / "pont.txt", PONT)
    assert add(256) == (1, 0)
    write(tmp_path / "n" / "gare.txt", GARE)
    assert add(256) == (1, 1)
    write(tmp_path / "n" / "quai.txt", PONT.replace("pont", "quai"))
    assert add(2) == (3, 0)


def rows(file: Path, **texts: str) -> Path:
    """Write a table of articles: texts by their ids."""
    return write(file, "\n".join(json.dumps({"id": id_, "text": text}) for id_, text in texts.items()))


@pytest.mark.parametrize("second", ["two.jsonl", "two.csv"])
def test_two_tables_with_the_same_ids_never_overwrite_each_other(
    tmp_path: Path, read: Read, archive: Archive, second: str
) -> None:
    one = rows(tmp_path / "one.jsonl", i1="Le pont rouvre.", i2="La gare ferme.")
    two = tmp_path / second
    if second.endswith("jsonl"):
        rows(two, i1="Le zoo ouvre.", i2="La gare ferme.", i3="Le port dort.")
    else:
        write(two, "id,text\ni1,Le zoo ouvre.\ni2,La gare ferme.\ni3,Le port dort.\n")
    summary = read(tmp_path)
    assert (summary.added, summary.updated, summary.unchanged) == (["i1", "i2", "i3"], [], ["i2"])
    ((place, reason),) = summary.failed
    assert place == str(two)
    assert f"the id 'i1' is that of another article, from {one};" in reason
    assert archive.catalog.article("i1").text == "Le pont rouvre."
    assert read(tmp_path).failed == summary.failed


@pytest.mark.sqlite_alone
def test_a_table_does_not_overwrite_the_article_of_a_file(tmp_path: Path, read: Read, archive: Archive) -> None:
    file, table = write(tmp_path / "pont.txt", PONT), rows(tmp_path / "table.jsonl", pont="Un autre pont.")
    summary = read(file, table)
    assert (summary.added, [place for place, _ in summary.failed]) == (["pont"], [str(table)])
    assert str(file) in summary.failed[0][1]
    assert archive.catalog.article("pont").text == PONT


def test_a_table_that_takes_the_place_of_one_that_is_gone_updates_its_articles(
    tmp_path: Path, read: Read, archive: Archive
) -> None:
    one = rows(tmp_path / "one.jsonl", i1="Le pont rouvre.")
    read(one)
    one.unlink()
    assert read(rows(tmp_path / "two.jsonl", i1="Le pont ferme.")).updated == ["i1"]
    assert archive.catalog.article("i1").version == 2


@pytest.mark.sqlite_alone
def test_a_failure_keeps_its_place_and_reason_apart_whatever_the_path(tmp_path: Path, read: Read) -> None:
    file = write(tmp_path / "notes: march" / "x: y.jsonl", "{\n")
    missing = tmp_path / "z: missing.txt"
    assert read(file, missing).failed == [(f"{file}, line 1", "not JSON"), (str(missing), "no such file or folder")]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    "address", ["https://paper.invalid/pont.txt?x=1", "http://paper.invalid", "HTTPS://paper.invalid/a"]
)
def test_an_address_that_no_server_bears_is_named_with_its_reason(read: Read, address: str) -> None:
    ((named, reason),) = read(Path(address)).failed
    assert "paper.invalid" in named
    assert reason == "no server of the name paper.invalid"


@pytest.mark.sqlite_alone
def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path, read: Read) -> None:
    file = write(tmp_path / "endless.txt", PONT)
    os.truncate(file, 2**40)
    assert read(file).failed == [(str(file), "larger than 64 MiB")]


def test_another_passage_size_cuts_anew_and_embeds_only_what_is_new(
    tmp_path: Path, archive: Archive, hashed: HashedWords, hashed_model: EmbeddingModel
) -> None:
    long = " ".join(f"La phrase numéro {n} de ce texte n’en finit pas." for n in range(12))
    write(tmp_path / "short.txt", PONT)
    write(tmp_path / "long.txt", long)

    def add(size: int) -> tuple[tuple[int, int, int, int], int]:
        summary = Summary()
        pipeline.read(archive, [tmp_path], summary, passage_size=size, progress=silent)
        return counts(summary), pipeline.embed(archive, hashed_model, progress=silent)

    assert add(500)[0] == (2, 0, 0, 0)
    before = len(archive.catalog.passages_of("long"))
    unchanged, embedded = add(200)
    assert unchanged == (0, 0, 2, 0)
    assert embedded == len(archive.catalog.passages_of("long")) > before
    assert add(200) == ((0, 0, 2, 0), 0)
    assert len(hashed.embedded) == len(set(hashed.embedded))
    assert [article.version for article in archive.catalog.articles()] == [1, 1]
    # The way back is free: what was embedded is still known.
    assert add(500) == ((0, 0, 2, 0), 0)
