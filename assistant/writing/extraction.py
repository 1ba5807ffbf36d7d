"""Drafts in the articles' own words: statements from the ledger, sentences from the best passages."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from assistant.drafts import Draft, DraftSentence, Evidence
from assistant.phrases import quoted
from ingest.archive.archive import Archive, Found
from ingest.embeddings.models import EmbeddingModel
from ingest.folding import bare
from ingest.models import Quotation, Span
from ingest.sentences import sentences

# How many of the best passages are looked into for sentences: more cost time and add little.
_PASSAGES = 4
_LONGEST_SENTENCE = 450
_SHORTEST_SENTENCE = 15
# Sentences that score so much less than the best one would only fill the list.
_MARGIN = 0.15
_WORD = re.compile(r"\w{3,}")


def draft(evidence: Sequence[Evidence], *, opening: str, language: str) -> Draft:
    """Return a draft that says each piece of evidence in its own words, with marks only round what is verbatim."""
    lines = [
        DraftSentence(quoted(each.text, language) if each.is_verbatim else each.text, (number,))
        for number, each in enumerate(evidence)
    ]
    return Draft(lines, evidence, opening)


def best_sentences(
    question: str, found: Sequence[Found], archive: Archive, model: EmbeddingModel, *, language: str, limit: int
) -> list[Evidence]:
    """Return the sentences of the found passages that come nearest to the question, best first.

    A sentence is scored by its own cosine and the words it shares, and by its passage, which knows the context.
    """
    candidates = list[tuple[Evidence, float]]()
    for each in found[:_PASSAGES]:
        article = archive.catalog.article(each.passage.article_id, each.passage.version)
        for span in sentences(article.text, article.language, within=each.passage.span, longest=_LONGEST_SENTENCE):
            if len(span) >= _SHORTEST_SENTENCE:
                candidates.append((Evidence(article, span), each.score))
    if not candidates:
        return []
    texts = [evidence.text for evidence, _ in candidates]
    centred = model.centring.of_passages(model.passages(texts), [e.article.language for e, _ in candidates])
    cosines = centred @ model.question(question, language)
    asked = set(_WORD.findall(bare(question)))
    shared = [len(asked & set(_WORD.findall(bare(text)))) / max(1, len(asked)) for text in texts]
    scores = cosines + 0.15 * np.array(shared) + 0.5 * np.array([score for _, score in candidates])
    order = [int(i) for i in np.argsort(-scores)[:limit]]
    return [_attributed(candidates[i][0], archive) for i in order if scores[i] >= scores[order[0]] - _MARGIN]


def whole_sentence(evidence: Evidence) -> Evidence:
    """Return a quotation with the rest of its sentences, in which its speaker is named."""
    article, span = evidence.article, evidence.span
    around = next((p.span for p in article.paragraphs if p.span.covers(span)), span)
    touched = [each for each in sentences(article.text, article.language, within=around) if each.overlaps(span)]
    if not touched:
        return evidence
    return dataclasses.replace(evidence, span=Span(touched[0].start, touched[-1].end))


def _attributed(evidence: Evidence, archive: Archive) -> Evidence:
    """The same words, with the quotation that makes up most of them, so that a reader sees whose they are."""
    for quotation in archive.catalog.ledger(evidence.article.id).quotations:
        if quotation.speaker and not quotation.nested and _share(evidence.span, quotation) > 0.5:
            return Evidence(evidence.article, evidence.span, quotation)
    return evidence


def _share(span: Span, quotation: Quotation) -> float:
    return (min(span.end, quotation.span.end) - max(span.start, quotation.span.start)) / max(1, len(span))
