"""Whether the passages found answer a question at all.

No reader checks a sentence against a question here; what tells is how near the best passage and the best sentence come.
That tells absent subjects from present ones (over news with an AUROC of .99, over encyclopaedia paragraphs .93), and
hardly tells a question that is nearly answered (SQuAD 2's unanswerable ones: .61). What else was tried for those is in
`docs/retrieval.md`. The weights are fitted by `bench/abstention --fit`.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.writing import ranking
from assistant.writing.ranking import Candidate
from ingest.archive.archive import Found

# Below this confidence a question is not answered. Over the development news it refuses one in fifty of the questions
# that can be answered and 93 % of those on absent subjects; over encyclopaedia paragraphs, where questions are shorter
# and lean on their paragraph, one in nine and 91 % (`bench/abstention`).
_ANSWERED_FROM = 0.465


def is_answered(candidates: Sequence[Candidate], found: Sequence[Found], *, language: str) -> bool:
    """Tell whether the candidates, sentences of the passages found, are likely to answer the question."""
    return confidence(candidates, found, language=language) >= _ANSWERED_FROM


def confidence(candidates: Sequence[Candidate], found: Sequence[Found], *, language: str) -> float:
    """Return how surely the candidates hold an answer, 0 to 1; `language` is that of the question."""
    return ranking.probabilities([cues(candidates, found, language=language)], "answerable")[0] if candidates else 0.0


def cues(candidates: Sequence[Candidate], found: Sequence[Found], *, language: str) -> dict[str, float]:
    """Return what speaks for an answer, by name, each about 0 to 1."""
    return {
        "passage meaning": found[0].cosine,
        "passage words": found[0].words,
        "meaning": max(each.meaning for each in candidates),
        "foreign": float(candidates[0].article.language != language),
    }
