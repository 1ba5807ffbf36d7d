from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.archive.archive import Archive
from tests.ingest.reading import made
from tests.ingest.reading.test_formats import INTERVIEW, REPORT

if TYPE_CHECKING:
    from ingest.pipeline import Summary

Read = Callable[..., "Summary"]
CORRECTED = dataclasses.replace(REPORT, paragraphs=(*REPORT.paragraphs[:-1], "Un démenti a suivi mardi."))


def write(file: Path, data: bytes) -> Path:
    """Write a file as if it had been written an hour ago."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (time.time() - 3600 + len(data), time.time() - 3600 + len(data)))
    return file


def test_a_second_run_over_every_format_finds_all_unchanged(tmp_path: Path, read: Read) -> None:
    for id_, name, make in made.FORMATS:
        write(tmp_path / "news" / f"{id_}{Path(name).suffix}", make(REPORT))
    first = read(tmp_path / "news")
    second = read(tmp_path / "news")
    assert (second.added, second.updated, second.failed) == ([], [], first.failed)
    assert sorted(second.unchanged) == sorted({*first.added, *first.unchanged})


@pytest.mark.parametrize(
    ("name", "make"), [pytest.param(name, make, id=id_) for id_, name, make in made.FORMATS if id_ not in {
        # Without an id of its own, a row is known by its words: other words are another article.
        "jsonl", "csv", "tsv", "mbox",
    }]
)  # fmt: skip
def test_a_corrected_file_is_a_new_version(
    tmp_path: Path, read: Read, archive: Archive, name: str, make: made.Maker
) -> None:
    (id_,) = read(write(tmp_path / name, make(REPORT))).added
    assert read(write(tmp_path / name, make(CORRECTED))).updated == [id_]
    article = archive.catalog.article(id_)
    assert article.version == 2
    assert "Un démenti a suivi mardi." in article.text


def test_one_member_of_a_zip_file_is_corrected_and_another_comes(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "n.zip"
    read(write(file, made.zipped({"a/x.txt": made.txt(REPORT), "b.html": made.html(INTERVIEW)})))
    members = {"a/x.txt": made.txt(CORRECTED), "b.html": made.html(INTERVIEW), "c.txt": made.txt(INTERVIEW)}
    summary = read(write(file, made.zipped(members)))
    assert (summary.updated, summary.unchanged, summary.added) == (["x"], ["b"], ["c"])


def test_a_zip_file_and_a_file_beside_it_may_share_a_name(tmp_path: Path, read: Read, archive: Archive) -> None:
    write(tmp_path / "n" / "x.txt", made.txt(REPORT))
    write(tmp_path / "n" / "y.zip", made.zipped({"x.txt": made.txt(INTERVIEW)}))
    added = read(tmp_path / "n").added
    assert [archive.catalog.article(id_).title for id_ in added] == [REPORT.title, INTERVIEW.title]
    assert read(tmp_path / "n").unchanged == added
