"""Whether the passages found answer a question at all.

No reader checks a sentence against a question here; what tells is how near the best passage and the best sentence come.
That tells absent subjects from present ones (over news with an AUROC of .99, over encyclopaedia paragraphs .93), and
hardly tells a question that is nearly answered (SQuAD 2's unanswerable ones: .61). What else was tried for those is in
`docs/retrieval.md`. The weights are fitted by `bench/abstention --fit`.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.expected import understands
from assistant.writing import ranking
from assistant.writing.ranking import Candidate
from ingest.archive.archive import Found
from ingest.speakers import sound

# Below these confidences a question is not answered: the higher one where none of the names in the question stands in
# the best article, the lowest for a question in a language whose cosines are lower throughout, as it is none of those
# that questions are understood in. On the development questions these refuse one in twenty of those that can be
# answered in the five languages (none over news) and 78 % of those on absent subjects (`bench/abstention`).
_ANSWERED_FROM, _WITHOUT_ITS_NAMES, _IN_OTHER_LANGUAGES = 0.27, 0.47, 0.12


def is_answered(question: str, candidates: Sequence[Candidate], found: Sequence[Found], *, language: str) -> bool:
    """Tell whether the candidates, sentences of the passages found, are likely to answer the question."""
    return bool(candidates) and confidence(candidates, found, language=language) >= floor(
        question, candidates, language=language
    )


def floor(question: str, candidates: Sequence[Candidate], *, language: str) -> float:
    """Return the confidence from which a question is answered."""
    if not understands(language):
        return _IN_OTHER_LANGUAGES
    # German writes every noun with a capital: names cannot be told there.
    names = ranking.names(question) if language != "de" else set()
    best = max(candidates, key=lambda each: each.probability).article
    told = {sound(name) for name in ranking.names(best.text)}
    return _WITHOUT_ITS_NAMES if names and not told & {sound(name) for name in names} else _ANSWERED_FROM


def confidence(candidates: Sequence[Candidate], found: Sequence[Found], *, language: str) -> float:
    """Return how surely the candidates hold an answer, 0 to 1; `language` is that of the question."""
    return ranking.probabilities([cues(candidates, found, language=language)], "answerable")[0] if candidates else 0.0


def cues(candidates: Sequence[Candidate], found: Sequence[Found], *, language: str) -> dict[str, float]:
    """Return what speaks for an answer, by name, each about 0 to 1."""
    meaning = max(each.meaning for each in candidates)
    return {
        # An article answers before it is embedded: then its best sentence speaks for its passage.
        "passage meaning": found[0].cosine or meaning,
        "passage words": found[0].words,
        "meaning": meaning,
        "foreign": float(candidates[0].article.language != language),
    }
