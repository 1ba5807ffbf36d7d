"""Runs: what failed is known and tried again, a dry run writes nothing, a file that moves stays the same article."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.pipeline import Summary
from tests.conftest import Run
from tests.ingest.conftest import Read, silent

pytestmark = pytest.mark.both_catalogs

HARBOUR = (
    "Harbour opens early\n\nThe harbour at Lannick opens two weeks before the date that the county had named. "
    "Three trawlers and a ferry came in on the first morning and found the lights already burning.\n\n"
    "The keeper says that the new crane will be tried on Friday, if the wind lets anybody climb it."
)
EDITED = HARBOUR.replace("Three trawlers", "Four trawlers").replace("on Friday", "on Saturday")
ANOTHER = (
    "Index\n\nA goat was found on the roof of the town hall on Sunday, and nobody can say how it came to be there. "
    "The mayor fed it, the fire brigade carried it down, and it has been seen at the market since.\n\n"
    "Its owner has until the end of the week to come for it; the mayor is said to be fond of it by now."
)


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_what_failed_is_noted_until_it_can_be_read_or_is_gone(tmp_path: Path, read: Read, archive: Archive) -> None:
    good, bad, gone = (tmp_path / name for name in ("good.txt", "bad.txt", "gone.txt"))
    write(good, HARBOUR)
    bad.write_bytes(b"\xff\xfe\x00\xd8\x00\x00")
    write(gone, "")
    summary = read(tmp_path, tmp_path / "never.txt")
    assert (summary.added, len(summary.failed)) == (["good"], 3)
    noted = archive.catalog.failures()
    assert [failure.key for failure in noted] == [str(bad), str(gone)]
    assert noted[1].reason == "empty"

    gone.unlink()
    write(bad, ANOTHER)
    assert pipeline.unread(archive) == [str(bad)]
    assert read(Path(pipeline.unread(archive)[0])).added == ["bad"]
    assert archive.catalog.failures() == []


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path, read: Read, archive: Archive) -> None:
    write(tmp_path / "a.txt", HARBOUR)
    read(tmp_path)
    write(tmp_path / "a.txt", EDITED)
    write(tmp_path / "b.txt", ANOTHER)
    write(tmp_path / "c.txt", "")
    before = archive.catalog.fingerprint(), archive.catalog.sources(), archive.catalog.failures()
    tried = Summary()
    pipeline.read(archive, [tmp_path], tried, passage_size=500, progress=silent, dry=True)
    assert (archive.catalog.fingerprint(), archive.catalog.sources(), archive.catalog.failures()) == before
    done = read(tmp_path)
    assert (done.added, done.updated, len(done.failed)) == (["b"], ["a"], 1)
    assert (tried.added, tried.updated, tried.failed) == (done.added, done.updated, done.failed)


@pytest.mark.parametrize(
    ("name", "text", "articles", "version"),
    [
        pytest.param("other/a.txt", HARBOUR, ["a"], 1, id="moved"),
        pytest.param("other/a.txt", EDITED, ["a"], 2, id="moved-and-edited"),
        pytest.param("other/a.txt", ANOTHER, ["a", "a-"], 1, id="another-article-of-the-same-name"),
        pytest.param("z.txt", EDITED, ["a", "z"], 1, id="renamed-and-edited"),
    ],
)
def test_a_file_that_moved_is_the_same_article_where_it_can_be_told(
    tmp_path: Path, read: Read, archive: Archive, name: str, text: str, articles: list[str], version: int
) -> None:
    first = write(tmp_path / "a.txt", HARBOUR)
    read(first)
    first.unlink()
    read(write(tmp_path / name, text))
    found = sorted(article.id for article in archive.catalog.articles())
    assert [id_[: len(wanted)] for id_, wanted in zip(found, articles, strict=True)] == articles
    assert archive.catalog.article("a").version == version
    # What cannot be told to be the same article is at least known to be a copy.
    assert len(archive.catalog.copies()) == (name == "z.txt")


@pytest.mark.sqlite_alone
def test_the_options_of_add_are_told_apart(run: Run, tmp_path: Path, archive_folder: Path) -> None:
    write(tmp_path / "in" / "a.txt", HARBOUR)
    write(tmp_path / "in" / "b.txt", "")
    tried = run("ingest", "add", "in", "--dry-run", archive=archive_folder)
    assert (tried.code, tried.out) == (1, "1 added, 0 updated, 0 unchanged, 1 failed (nothing was written)\n")
    assert not archive_folder.exists()
    assert run("ingest", "add", archive=archive_folder).code == 2
    assert run("ingest", "add", "in", archive=archive_folder).code == 1
    write(tmp_path / "in" / "b.txt", ANOTHER)
    again = run("ingest", "add", "--retry-failed", "--json", archive=archive_folder)
    assert (again.code, again.json["added"], again.json["unchanged"]) == (0, ["b"], [])


def test_a_thousand_corrections_leave_little_behind(archive: Archive, read: Read, tmp_path: Path) -> None:
    """A part of them here; all in bench/cycles."""
    file = tmp_path / "a.txt"
    texts = [HARBOUR.replace("two weeks", f"{number} days") for number in range(60)]
    for text in texts:
        read(write(file, text))
        archive.tidy(catalog=True)
    assert archive.catalog.article("a").version == 60
    assert [archive.catalog.article("a", number + 1).text for number in range(60)] == texts
    with archive.catalog.reading() as connection:
        kept = connection.exec_driver_sql("SELECT sum(length(delta)), sum(length(text)) FROM versions").one()
    assert kept[1] == len(texts[-1])
    assert kept[0] < 60 * 60


@pytest.mark.sqlite_alone
def test_an_index_that_is_corrected_again_and_again_is_made_anew_in_time(
    archive: Archive, read: Read, embed: Callable[[], int], tmp_path: Path
) -> None:
    def published() -> int:
        embed()
        number = archive.publish()
        return int(json.loads((number.folder / "generation.json").read_text())["removed"])  # type: ignore[union-attr]

    for number in range(10):
        write(tmp_path / f"a{number}.txt", f"{HARBOUR} Number {number}.")
    read(tmp_path)
    held = [published()]
    for turn in range(2):
        write(tmp_path / "a0.txt", f"{HARBOUR} Turn {turn}.")
        write(tmp_path / "a1.txt", f"{HARBOUR} Turn {turn}, once more.")
        read(tmp_path / "a0.txt", tmp_path / "a1.txt")
        held.append(published())
    # Two of ten, then four of ten: what is deleted takes its room until the index is made anew.
    assert held == [0, 2, 0]


@pytest.mark.sqlite_alone
def test_an_archive_of_the_format_before_is_brought_up_to_date_when_it_is_opened(
    archive: Archive, read: Read, tmp_path: Path
) -> None:
    read(write(tmp_path / "a.txt", HARBOUR))
    archive.close()
    with contextlib.closing(sqlite3.connect(archive.catalog.path)) as old, old:
        for table in ("buckets", "copies", "failures", "withdrawals"):
            old.execute(f"DROP TABLE {table}")
        for column in ("delta", "recorded_at"):
            old.execute(f"ALTER TABLE versions DROP COLUMN {column}")
        old.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    opened = Archive.opened(archive.folder, model="hashed", free_space_floor_mb=0)
    assert opened.catalog.article("a").text == HARBOUR
    assert (opened.catalog.recorded_at("a"), opened.catalog.copies()) == ("", [])
    summary = Summary()
    pipeline.read(
        opened, [write(tmp_path / "a.txt", EDITED), write(tmp_path / "z.txt", HARBOUR)], summary, passage_size=500,
        progress=silent,
    )  # fmt: skip
    assert (summary.updated, summary.added) == (["a"], ["z"])
    assert opened.catalog.article("a", 1).text == HARBOUR
    assert [(link.first, link.second) for link in opened.catalog.copies()] == [("a", "z")]
    opened.close()
