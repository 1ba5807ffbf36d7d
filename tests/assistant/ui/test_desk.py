"""One assistant for all visitors, and an archive that may change under it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.ui.desk import Desk
from ingest.archive.catalog import Catalog
from ingest.errors import ArchiveUnusable


@pytest.fixture
def desk(archive_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("ONRECORD_ARCHIVE", str(archive_folder))
    return Desk()


def test_the_assistant_is_opened_once(desk: Desk, seed_archive_copy: Path) -> None:
    assert not desk.is_open
    one = desk.assistant()
    assert desk.is_open
    assert desk.assistant() is one
    assert one.archive.folder == seed_archive_copy


def test_an_archive_that_is_made_later_is_noticed(desk: Desk, archive_folder: Path, seed_archive: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="no archive here yet"):
        desk.assistant()
    shutil.copytree(seed_archive, archive_folder)
    assert len(desk.assistant().archive.catalog.articles()) == 1


def test_an_archive_that_is_deleted_and_made_anew_is_opened_anew(desk: Desk, seed_archive_copy: Path) -> None:
    assert len(desk.assistant().archive.catalog.articles()) == 1
    seed_archive_copy.rename(seed_archive_copy.with_name("old"))
    with pytest.raises(ArchiveUnusable):
        desk.assistant()
    Catalog.created(seed_archive_copy).close()
    assert desk.assistant().archive.catalog.articles() == []


def test_whoever_waits_is_let_go_when_nothing_is_loading(desk: Desk) -> None:
    assert list(desk.waited()) == []
