"""Finding evidence: passages by meaning and words, statements by who made them. LangChain's retriever seam."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.periods import Period
from ingest.archive.archive import Archive, Found
from ingest.archive.catalog import Published
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

    def found(
        self, query: str, *, language: str, limit: int | None = None, periods: Sequence[Period] = ()
    ) -> list[Found]:  # fmt: skip
        """Return passages with their scores, best first.

        Of the `periods`, one that restricts leaves out whatever was not published then; the others lift what was
        published then or states such a date.
        """
        with stage("retrieval"):
            vector = self.model.question(query, language)
            most = limit or self.limit
            found = self.archive.search(
                query, vector, limit=most, language=language, published=only_published(periods)
            )  # fmt: skip
            lifting = [each for each in periods if not each.restricts]
            if not lifting or not found:
                return found
            # Those of that time may stand too far down to be lifted.
            for each in lifting:
                if each.start or each.end:
                    of_then = Published(each.start, each.end)
                    found += self.archive.search(query, vector, limit=most, language=language, published=of_then)
            return self._lifted(found, lifting)[:most]

    def _lifted(self, found: Sequence[Found], periods: Sequence[Period]) -> list[Found]:
        """Each passage once, those of that time with a higher score, best first."""
        once = {(each.passage.article_id, each.passage.number): each for each in found}
        dates = self.archive.catalog.dates_of(each.passage.article_id for each in found)
        lifted = []
        for each in once.values():
            published = dates.get(each.passage.article_id)
            is_then = any(
                (published and period.includes(published))
                or period.is_stated_in(each.passage.text, published=published)
                for period in periods
            )
            lifted.append(dataclasses.replace(each, score=each.score + _LIFT * is_then))
        return sorted(lifted, key=lambda each: -each.score)


# What being of the time asked about adds to the score of a passage: as much as a third of a match of all words.
_LIFT = 0.12


def only_published(periods: Sequence[Period]) -> Published | None:
    """Return the days of publication that the periods restrict a search to, first to last; None for any."""
    restricting = [each for each in periods if each.restricts]
    if not restricting:
        return None
    starts = [each.start for each in restricting if each.start]
    ends = [each.end for each in restricting if each.end]
    return Published(
        min(starts) if len(starts) == len(restricting) else None, max(ends) if len(ends) == len(restricting) else None
    )


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
