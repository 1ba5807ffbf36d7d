from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.archive.archive import Archive
from ingest.archive.catalog import Published
from ingest.embeddings.models import EmbeddingModel
from ingest.errors import EmbeddingModelMismatch
from ingest.servers import Servers

if TYPE_CHECKING:
    from tests.ingest.conftest import Put

pytestmark = pytest.mark.both_catalogs

TEXTS = {
    "pont": "Le vieux pont rouvre\n\nLe maire de Nîmes a rouvert le vieux pont aux voitures.",
    "pain": "Le prix du pain\n\nLes boulangers de Brest vendent un pain moins cher.",
    "zoo": "Le zoo ouvre\n\nDeux girafes sont arrivées hier au zoo de la ville.",
    "lune": "La Lune\n\nUne sonde a photographié la face cachée de la Lune.",
}
QUESTIONS = ["Qui a rouvert le vieux pont ?", "le pain de Brest", "des girafes au zoo", "la face cachée"]


def found(archive: Archive, model: EmbeddingModel, question: str, *, limit: int = 3) -> list[tuple[str, float]]:
    results = archive.search(question, model.question(question, "fr"), limit=limit)
    return [(each.passage.article_id, round(each.score, 3)) for each in results]


@pytest.mark.sqlite_alone
def test_an_article_is_found_before_it_is_embedded_before_it_is_published_and_after(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel
) -> None:
    for id_, text in TEXTS.items():
        put(id_, text)
    assert [found(archive, hashed_model, question)[0][0] for question in QUESTIONS] == list(TEXTS)
    embed()
    exact = [found(archive, hashed_model, question) for question in QUESTIONS]
    archive.publish()
    sealed = [found(archive, hashed_model, question) for question in QUESTIONS]
    assert [results[0][0] for results in exact] == list(TEXTS)
    for before, after in zip(exact, sealed, strict=True):
        assert [id_ for id_, _ in before] == [id_ for id_, _ in after]
        assert [score for _, score in before] == pytest.approx([score for _, score in after], abs=0.002)


def test_sealed_and_newer_passages_are_ranked_together_and_a_removed_one_never_shows(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel
) -> None:
    for id_ in ("pont", "pain"):
        put(id_, TEXTS[id_])
    embed()
    archive.publish()
    for id_ in ("zoo", "lune"):
        put(id_, TEXTS[id_])
    embed()
    merged = [found(archive, hashed_model, question) for question in QUESTIONS]
    assert [results[0][0] for results in merged] == list(TEXTS)
    archive.catalog.remove("pont")
    archive.catalog.remove("zoo")
    for question in QUESTIONS:
        assert {"pont", "zoo"}.isdisjoint(id_ for id_, _ in found(archive, hashed_model, question, limit=10))
    archive.publish()
    for question in QUESTIONS:
        assert {"pont", "zoo"}.isdisjoint(id_ for id_, _ in found(archive, hashed_model, question, limit=10))
    put("pain", TEXTS["pain"].replace("moins", "beaucoup plus"))
    embed()
    assert [id_ for id_, _ in found(archive, hashed_model, "le pain de Brest")].count("pain") == 1


@pytest.mark.sqlite_alone
def test_what_was_removed_does_not_crowd_out_what_is_there(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel
) -> None:
    crowd = "Le pont\n\n" + "\n\nLire aussi : Autre chose\n\n".join(f"Le pont, le pont {n}." for n in range(90))
    put("crowd", crowd)
    put("pont", "Un autre titre\n\nLe pont a été repeint par la ville.")
    put("pain", TEXTS["pain"])
    embed()
    archive.publish()
    assert archive.indexed() == 92
    put("crowd", "Le musée\n\nTout à fait autre chose.")
    vector = hashed_model.question("Le pont, le pont", "fr")
    assert archive.search("", vector, limit=3)[0].passage.article_id == "pont"


def test_without_a_vector_words_count_alone(archive: Archive, put: Put) -> None:
    for id_, text in TEXTS.items():
        put(id_, text)
    (best, *_) = archive.search("girafes", None, limit=3)
    assert (best.passage.article_id, best.cosine) == ("zoo", 0.0)
    assert best.words > 0


def test_an_empty_archive_finds_nothing(archive: Archive, hashed_model: EmbeddingModel) -> None:
    assert archive.search("pont", hashed_model.question("pont", "fr"), limit=5) == []


def test_no_more_is_found_than_was_asked_for(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel
) -> None:
    for number in range(30):
        put(f"a{number}", f"Titre {number}\n\nLe pont numéro {number} a rouvert.")
    embed()
    for limit in (1, 7, 30, 100):
        assert len(found(archive, hashed_model, "le pont", limit=limit)) == min(limit, 30)


@pytest.mark.sqlite_alone
def test_a_vector_of_another_length_is_refused(
    archive: Archive, put: Put, embed: Callable[[], int]
) -> None:  # fmt: skip
    put("pont", TEXTS["pont"])
    embed()
    archive.publish()
    with pytest.raises(EmbeddingModelMismatch, match="does not fit"):
        archive.search("pont", np.ones(5, np.float32), limit=3)


def test_another_open_archive_sees_an_article_as_soon_as_it_is_committed(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel, catalog_url: str
) -> None:
    for id_ in ("pont", "pain", "lune"):
        put(id_, TEXTS[id_])
    embed()
    reader = Archive.opened(archive.folder, model="hashed", servers=Servers(catalog=catalog_url))
    assert "zoo" not in [id_ for id_, _ in found(reader, hashed_model, "girafes")]
    put("zoo", TEXTS["zoo"])
    assert found(reader, hashed_model, "girafes", limit=1)[0][0] == "zoo"
    embed()
    archive.publish()
    assert found(reader, hashed_model, "des girafes au zoo", limit=1)[0][0] == "zoo"
    reader.close()


@pytest.mark.parametrize("few", [pytest.param(8000, id="exactly"), pytest.param(0, id="out-of-more-than-enough")])
def test_only_passages_of_the_days_asked_for_are_found(
    archive: Archive, put: Put, embed: Callable[[], int], hashed_model: EmbeddingModel, few: int
) -> None:
    dates = dict(zip(TEXTS, (datetime.date(2015, 10, 2), datetime.date(2026, 3, 1), None, datetime.date(2026, 11, 12)),
                     strict=True))  # fmt: skip
    for id_, text in TEXTS.items():
        put(id_, text, published=dates[id_])
    embed()
    archive.publish()
    archive.compared_exactly = few
    question = QUESTIONS[2]
    vector = hashed_model.question(question, "fr")

    def of(first: datetime.date | None, last: datetime.date | None) -> set[str]:
        results = archive.search(question, vector, limit=5, published=Published(first, last))
        return {each.passage.article_id for each in results}

    assert of(datetime.date(2026, 1, 1), None) == {"pain", "lune"}
    assert of(None, datetime.date(2015, 10, 2)) == {"pont"}
    assert of(datetime.date(2026, 3, 1), datetime.date(2026, 3, 1)) == {"pain"}
    assert of(datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)) == set()
    assert of(None, None) == {"pont", "pain", "lune"}
    assert archive.catalog.dates_of(TEXTS) == {id_: date for id_, date in dates.items() if date}
    assert archive.catalog.is_dated()
