"""Finding evidence: passages by meaning and words, statements by who made them. LangChain's retriever seam."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from ingest.archive.archive import Archive, Found
from ingest.embeddings.models import EmbeddingModel
from ingest.languages import language_of
from ingest.timings import stage


class PassageRetriever(BaseRetriever):
    """The passages nearest to a question, whatever the language of either."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    archive: Archive
    model: EmbeddingModel
    limit: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager
        return [_document(found) for found in self.found(query, language=language_of(query, default="en"))]

    def found(self, query: str, *, language: str, limit: int | None = None) -> list[Found]:
        """Return passages with their scores, best first."""
        with stage("retrieval"):
            vector = self.model.question(query, language)
            return self.archive.search(query, vector, limit=limit or self.limit, language=language)


@dataclasses.dataclass(frozen=True, slots=True)
class Ranked:
    """Articles ranked for a question: each once, best first, with the passages that ranked them."""

    article_ids: tuple[str, ...]
    score: float | None
    passages: tuple[Found, ...]


def ranked(retriever: PassageRetriever, query: str, *, limit: int) -> Ranked:
    """Return up to `limit` articles for `query`, each ranked by its best passage."""
    language = language_of(query, default="en")
    passages: Sequence[Found] = []
    wanted = limit
    # Long articles take several places each: look further until there are enough articles.
    while True:
        passages = retriever.found(query, language=language, limit=wanted)
        ids = tuple(dict.fromkeys(found.passage.article_id for found in passages))
        if len(ids) >= limit or len(passages) < wanted or wanted >= 32 * limit:
            break
        wanted *= 2
    kept = set(ids[:limit])
    return Ranked(
        ids[:limit],
        passages[0].score if passages else None,
        tuple(found for found in passages if found.passage.article_id in kept),
    )


def as_record(found: Found) -> dict[str, Any]:
    """Return a found passage as JSON values."""
    passage = found.passage
    return {
        "article_id": passage.article_id,
        "version": passage.version,
        "start": passage.span.start,
        "end": passage.span.end,
        "text": passage.text,
        "score": round(found.score, 4),
    }


def _document(found: Found) -> Document:
    record = as_record(found)
    return Document(page_content=record.pop("text"), metadata=record)
