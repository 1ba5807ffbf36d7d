from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.archive.archive import Archive
from ingest.archive.sql import fulltext
from ingest.servers import Servers

if TYPE_CHECKING:
    from tests.ingest.conftest import Put

pytestmark = pytest.mark.both_catalogs

TEXTS = {
    "pont": "Le vieux pont rouvre\n\nLe maire de Nîmes a rouvert le vieux pont aux voitures.",
    "pain": "Le prix du pain\n\nLes boulangers de Brest proposent un pain moins cher.",
    "accord": "Un accord\n\nDes propositions de paix ont été faites à Genève par les diplomates.",
    "match": "Un match nul\n\nLes joueurs ont proposé une revanche à leurs adversaires de Metz.",
    "zoo": "Le zoo ouvre\n\nDeux girafes sont arrivées hier au zoo de la ville.",
    "lune": "La Lune\n\nUne sonde a photographié la face cachée de la Lune.",
}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        pytest.param("L’Été", ["l", "ete"], id="case-accents-apostrophe"),
        pytest.param("propositions", ["propositions", "_propo"], id="long-word-and-its-beginning"),
        pytest.param("porte", ["porte"], id="five-letters"),
        pytest.param("Straße", ["strasse", "_stras"], id="sharp-s"),
        pytest.param("n° 12 %_\"*'", ["n", "12", "_"], id="signs"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_the_terms_of_a_text(text: str, terms: list[str]) -> None:
    assert fulltext.terms(text) == terms


@pytest.fixture
def filled(archive: Archive, put: Put) -> Archive:
    for id_, text in TEXTS.items():
        put(id_, text)
    return archive


def found(archive: Archive, question: str) -> dict[str, float]:
    scores = archive.catalog.word_scores(question, limit=10)
    held = archive.catalog.passages(list(scores))
    return {held[id_][0].article_id: score for id_, score in scores.items()}


@pytest.mark.parametrize(
    ("question", "best"),
    [
        pytest.param("le pont de Nîmes", "pont", id="words"),
        pytest.param("NIMES VOITURE", "pont", id="case-accents-number"),
        pytest.param("Une proposition de paix", "accord", id="another-form-of-the-word"),
        pytest.param("girafe", "zoo", id="one-word"),
        pytest.param("face cachée", "lune", id="phrase"),
    ],
)
def test_a_question_finds_the_passage_of_its_words(filled: Archive, question: str, best: str) -> None:
    assert next(iter(found(filled, question))) == best


def test_a_question_of_the_passage_itself_scores_high_and_no_question_above_one(filled: Archive) -> None:
    scores = found(filled, "maire nîmes rouvert vieux pont voitures")
    assert 0.4 < scores["pont"] <= 1


def test_a_word_nobody_wrote_lowers_the_score(filled: Archive) -> None:
    assert found(filled, "girafes hippopotames")["zoo"] < found(filled, "girafes")["zoo"]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Когда открыли старый мост?", id="another-alphabet"),
        pytest.param("", id="empty"),
        pytest.param("?! … «»", id="no-words"),
        pytest.param("and the of", id="words-of-another-language"),
    ],
)
def test_a_question_that_shares_no_word_scores_nothing(filled: Archive, question: str) -> None:
    assert sum(found(filled, question).values()) < 0.05


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.one_of(st.text(max_size=80), st.sampled_from([
    '"', 'pont" OR "pain', "pont AND", "NOT pont", "words:pont", "pont*", "^pont", "NEAR(pont pain)", "(", "pont\0pain",
    "pont " * 500, "'; DROP TABLE passages; --", "{pont}", "-pont",
])))  # fmt: skip
def test_any_question_is_only_words_and_scores_between_nothing_and_one(filled: Archive, question: str) -> None:
    assert all(0 <= score <= 1 for score in found(filled, question).values())


def test_words_on_record_are_told_from_others(filled: Archive) -> None:
    asked = ["Girafes", "NIMES", "hippopotame", "???"]
    assert filled.catalog.words_on_record(asked) == {"Girafes", "NIMES"}


def test_a_removed_article_leaves_the_full_text(filled: Archive) -> None:
    filled.catalog.remove("zoo")
    assert "zoo" not in found(filled, "girafes zoo")
    assert filled.catalog.words_on_record(["girafes"]) == set()


def test_what_words_occur_in_is_known_anew_after_every_commit_whoever_made_it(
    archive_folder: Path, catalog_url: str, filled: Archive, put: Put
) -> None:
    servers = Servers(catalog=catalog_url)
    reader = Archive.opened(archive_folder, model=filled.model, servers=servers)
    asked = {"pont", "phare"}
    assert reader.catalog.word_frequencies(asked) == filled.catalog.word_frequencies(asked) == {"pont": 1 / 6}
    put("phare", "Le phare\n\nLe phare de Brest se voit du pont.")
    told = {"pont": 2 / 7, "phare": 1 / 7}
    assert reader.catalog.word_frequencies(asked) == filled.catalog.word_frequencies(asked) == told
    reader.close()
