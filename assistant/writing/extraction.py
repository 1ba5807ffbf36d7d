"""Drafts in the articles' own words: statements from the ledger, excerpts of the best passages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from assistant.drafts import Draft, DraftSentence, Evidence
from assistant.phrases import quoted
from assistant.writing import ranking, sources
from assistant.writing.ranking import SHORTEST_SENTENCE, Candidate
from ingest.archive.archive import Archive
from ingest.models import Article, Kind, Quotation, Span
from ingest.sentences import sentences

# A sentence goes into the answer if it is at least so likely, by the likeliest: one beside a chosen sentence of the
# same excerpt, and one elsewhere. On the development questions over news these cite what answers in 88 of 100, and 51
# of 100 citations touch it (`bench/sentences`).
_BESIDE, _ELSEWHERE = 0.01, 0.12
# A statement of less than this share of its sentence is a fragment.
_FRAGMENT = 0.5


def draft(evidence: Sequence[Evidence], *, opening: str, language: str, named: bool = False) -> Draft:
    """Return a draft that says each piece of evidence in its own words, with marks only round what is verbatim.

    Where it is to be `named`, its source comes before it.
    """
    lines = []
    for number, each in enumerate(evidence):
        words = quoted(each.text, language) if each.is_verbatim else each.text
        lines.append(DraftSentence(f"{sources.named(each.article)}: {words}" if named else words, (number,)))
    return Draft(lines, evidence, opening)


def best_sentences(candidates: Sequence[Candidate], archive: Archive, *, limit: int) -> list[Evidence]:
    """Return excerpts of the articles that likeliest answer the question, best first: `limit` sentences in all."""
    return [_attributed(Evidence(article, span), archive) for article, span in excerpts(candidates, limit=limit)]


def excerpts(candidates: Sequence[Candidate], *, limit: int) -> list[tuple[Article, Span]]:
    """Return the likeliest sentences, up to `limit`, those that follow each other as one, best first."""
    usable = [each for each in candidates if len(each.span) >= SHORTEST_SENTENCE]
    chosen = list[Candidate]()
    for _ in range(min(limit, len(usable))):
        best = max((each.probability for each in chosen), default=0.0)
        left = [
            each for each in usable
            if each not in chosen
            and each.probability >= best * (_BESIDE if any(_adjoin(each, one) for one in chosen) else _ELSEWHERE)
        ]  # fmt: skip
        if not left:
            break
        chosen.append(max(left, key=lambda each: each.probability))
    runs = list[list[Candidate]]()
    for each in sorted(chosen, key=lambda each: (each.article.id, each.span)):
        if runs and _adjoin(runs[-1][-1], each):
            runs[-1].append(each)
        else:
            runs.append([each])
    runs.sort(key=lambda run: -max(each.probability for each in run))
    return [(run[0].article, Span(run[0].span.start, run[-1].span.end)) for run in runs]


def _adjoin(one: Candidate, other: Candidate) -> bool:
    """Whether nothing but white space is between two sentences of an article."""
    first, second = sorted((one, other), key=lambda each: each.span)
    if one.article.id != other.article.id or first.span.end > second.span.start:
        return False
    return not one.article.text[first.span.end : second.span.start].strip()


def distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the evidence with the same words of an article once, in its order."""
    return list({(each.article.id, each.span): each for each in reversed(list(evidence))}.values())[::-1]


def told(evidence: Evidence) -> Evidence:
    """Return a statement, or where it is but a fragment of what the article tells, the sentence that tells it.

    'He deplored a few "false joys", while granting that …' says more than 'a few "false joys"'.
    """
    quotation = evidence.quotation
    if quotation is None or quotation.kind is Kind.DIRECT:
        return evidence
    whole = whole_sentence(evidence)
    return whole if len(evidence.span) < _FRAGMENT * len(whole.span) else evidence


def whole_sentence(evidence: Evidence) -> Evidence:
    """Return a quotation with the rest of its sentences, in which its speaker is named."""
    article, span = evidence.article, evidence.span
    around = next((p.span for p in article.paragraphs if p.span.covers(span)), span)
    inside = sentences(article.text, article.language, within=around, longest=ranking.LONGEST_SENTENCE)
    touched = [each for each in inside if each.overlaps(span)]
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
