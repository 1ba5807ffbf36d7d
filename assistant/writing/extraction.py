"""Drafts in the articles' own words: statements from the ledger, excerpts of the best passages."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Container, Sequence

from assistant.drafts import Draft, DraftSentence, Evidence
from assistant.phrases import quoted
from ingest.archive.archive import Archive, Found
from ingest.embeddings.models import EmbeddingModel
from ingest.folding import bare
from ingest.models import Article, Quotation, Span
from ingest.sentences import sentences

# How many of the best passages are looked into for sentences: more cost time and add nothing.
_PASSAGES = 4
_LONGEST_SENTENCE = 450
_SHORTEST_SENTENCE = 15
# An excerpt is the best sentence with so many of its neighbours in the passage, the better ones first: the answer is
# often next to the sentence that shares its words with the question. On the development questions over news, that and
# a margin of 0.1 below the best cite what answers for 81 of 100 (79 with four single sentences and no margin), and
# 66 of 100 citations touch it (22 then).
_NEIGHBOURS = 2
_MARGIN = 0.1
_WORDS_WEIGHT = 0.15
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
    """Return excerpts of the found passages that come nearest to the question, best first: `limit` sentences in all.

    A sentence is scored by its own cosine and the words it shares, and by its passage, which knows the context.
    """
    candidates = list[_Candidate]()
    for number, each in enumerate(found[:_PASSAGES]):
        article = archive.catalog.article(each.passage.article_id, each.passage.version)
        for span in sentences(article.text, article.language, within=each.passage.span, longest=_LONGEST_SENTENCE):
            if len(span) >= _SHORTEST_SENTENCE:
                candidates.append(_Candidate(article, span, number, each.score))
    if not candidates:
        return []
    scores = _scored(question, candidates, model, language=language)
    best = max(scores)
    chosen, used = list[Evidence](), set[int]()
    for start in sorted(range(len(candidates)), key=lambda i: (-scores[i], i)):
        if scores[start] < best - _MARGIN or len(used) >= limit:
            break
        if start not in used:
            group = _with_neighbours(start, candidates, scores, used, most=min(_NEIGHBOURS + 1, limit - len(used)))
            used |= group
            span = Span(candidates[min(group)].span.start, candidates[max(group)].span.end)
            chosen.append(_attributed(Evidence(candidates[start].article, span), archive))
    return chosen


@dataclasses.dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of the passage of that number among the found ones, and the score of that passage."""

    article: Article
    span: Span
    passage: int
    score: float


def _scored(question: str, candidates: Sequence[_Candidate], model: EmbeddingModel, *, language: str) -> list[float]:
    texts = [each.span.of(each.article.text) for each in candidates]
    centred = model.centring.of_passages(model.passages(texts), [each.article.language for each in candidates])
    cosines = centred @ model.question(question, language)
    asked = set(_WORD.findall(bare(question)))
    shared = [len(asked & set(_WORD.findall(bare(text)))) / max(1, len(asked)) for text in texts]
    return [
        float(cosine) + _WORDS_WEIGHT * share + each.score
        for cosine, share, each in zip(cosines, shared, candidates, strict=True)
    ]


def _with_neighbours(
    start: int, candidates: Sequence[_Candidate], scores: Sequence[float], used: Container[int], *, most: int
) -> set[int]:
    """The positions of a sentence and of up to `most` less one others that follow each other in its passage."""
    group = {start}
    while len(group) < most:
        beside = [
            i
            for i in (min(group) - 1, max(group) + 1)
            if 0 <= i < len(candidates) and i not in used and candidates[i].passage == candidates[start].passage
        ]
        if not beside:
            break
        group.add(max(beside, key=lambda i: scores[i]))
    return group


def whole_sentence(evidence: Evidence) -> Evidence:
    """Return a quotation with the rest of its sentences, in which its speaker is named."""
    article, span = evidence.article, evidence.span
    around = next((p.span for p in article.paragraphs if p.span.covers(span)), span)
    touched = [each for each in sentences(article.text, article.language, within=around) if each.overlaps(span)]
    if not touched:
        return evidence
    return dataclasses.replace(evidence, span=Span(touched[0].start, touched[-1].end))


def _attributed(evidence: Evidence, archive: Archive) -> Evidence:
    """The same words, with the quotation that makes up most of them where all of it is one speaker's."""
    said = [
        quotation
        for quotation in archive.catalog.ledger(evidence.article.id).quotations
        if not quotation.nested and quotation.span.overlaps(evidence.span)
    ]
    if len({quotation.speaker for quotation in said}) == 1 and said[0].speaker:
        most = max(said, key=lambda quotation: _share(evidence.span, quotation))
        if _share(evidence.span, most) > 0.5:
            return dataclasses.replace(evidence, quotation=most)
    return evidence


def _share(span: Span, quotation: Quotation) -> float:
    return (min(span.end, quotation.span.end) - max(span.start, quotation.span.start)) / max(1, len(span))
