"""Verification: only what the cited words carry becomes an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.drafts import Draft, DraftSentence, Evidence
from assistant.models import Answer, Citation, Mode, Sentence
from assistant.verification.sentences import Judgement
from ingest.models import Span

_QUOTED = re.compile(r"«\s*([^«»]+?)\s*»|“\s*([^“”]+?)\s*”|„\s*([^„“]+?)\s*“|\"([^\"]+)\"")


def verified(draft: Draft, *, question: str, language: str) -> Answer | None:
    """Return what of a draft is borne out by its evidence, or None where nothing is.

    A sentence stays if every piece of evidence it names exists, and every stretch it puts between quotation marks
    stands so in one of them. Citations are numbered in the order in which the sentences use them.
    """
    sentences, numbers = list[Sentence](), dict[int, int]()
    for sentence in draft.sentences:
        if not _is_borne_out(sentence, draft):
            continue
        for position in sentence.evidence:
            numbers.setdefault(position, len(numbers) + 1)
        sentences.append(Sentence(sentence.text, tuple(numbers[position] for position in sentence.evidence)))
    if not sentences:
        return None
    citations = tuple(draft.evidence[position].citation(number) for position, number in numbers.items())
    return Answer(question, language, tuple(sentences), citations, opening=draft.opening, mode=draft.mode)


def composed(judgements: Sequence[Judgement], *, question: str, language: str, opening: str = "") -> Answer | None:
    """Return the answer that the judged sentences of a model make, those left out counted; None where none stands.

    Citations are numbered in the order in which the sentences use them, so that more sentences behind the same ones
    change no number. A sentence that says again what one before it says is shown once.
    """
    sentences, citations = dict[tuple[str, tuple[int, ...]], Sentence](), dict[tuple[str, int, Span], Citation]()
    for each in judgements:
        if each.omission is not None or not each.evidence:
            continue
        numbers = list[int]()
        for evidence in each.evidence:
            place = (evidence.article.id, evidence.article.version, evidence.span)
            citation = citations.setdefault(place, evidence.citation(len(citations) + 1))
            numbers.append(citation.number)
        cited = tuple(dict.fromkeys(numbers))
        sentences.setdefault((each.text, cited), Sentence(each.text, cited, Mode.GENERATED, each.verified))
    if not sentences:
        return None
    return Answer(
        question,
        language,
        tuple(sentences.values()),
        tuple(citations.values()),
        opening=opening,
        mode=Mode.GENERATED,
        left_out=tuple(each.omission for each in judgements if each.omission is not None),
    )


def _is_borne_out(sentence: DraftSentence, draft: Draft) -> bool:
    if not sentence.evidence or any(not 0 <= each < len(draft.evidence) for each in sentence.evidence):
        return False
    cited = [draft.evidence[each] for each in sentence.evidence]
    return all(_is_printed(words, cited) for words in quoted_words(sentence.text))


def quoted_words(text: str) -> list[str]:
    """Return every stretch that stands between quotation marks, outermost marks first."""
    return [next(filter(None, match.groups())) for match in _QUOTED.finditer(text)]


def _is_printed(words: str, cited: list[Evidence]) -> bool:
    return any(words in each.article.text for each in cited)
