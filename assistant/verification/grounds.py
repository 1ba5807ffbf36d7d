"""The sentences of the cited evidence that a model's sentence rests on: few, and only those that carry it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from assistant.drafts import Evidence
from assistant.quotecheck.words import words_of
from assistant.verification import lexicon
from assistant.verification.literals import numbers
from ingest.models import Quotation, Span
from ingest.sentences import sentences

# A sentence rests on so many sentences of one piece of evidence at most, and looks for them in so many.
_MOST, _SEARCHED = 3, 60
# A neighbour that adds less may add the very word that was changed.
_FEWEST_GAINED = 3
_LONGEST = 600
_NEARLY_ALL = 0.9


@dataclasses.dataclass(frozen=True, slots=True)
class Grounds:
    """Neighbouring sentences of one piece of evidence."""

    evidence: Evidence
    span: Span

    @property
    def text(self) -> str:
        """The words."""
        return self.span.of(self.evidence.article.text)

    @property
    def before(self) -> str:
        """The sentence before them in their paragraph, which may name whom they call "she"."""
        article = self.evidence.article
        around = next((p.span for p in article.paragraphs if p.span.covers(self.span)), self.span)
        area = Span(max(around.start, self.span.start - _LONGEST), self.span.start)
        *_, last = ["", *(span.of(article.text) for span in sentences(article.text, article.language, within=area))]
        return last

    @property
    def said(self) -> tuple[Quotation, ...]:
        """The statements that overlap them, the quoted within a quotation aside."""
        evidence = self.evidence
        said = (*([evidence.quotation] if evidence.quotation else []), *evidence.said)
        once = {each.span: each for each in said if each.span.overlaps(self.span) and not each.nested}
        return tuple(once.values())

    @property
    def cited(self) -> Evidence:
        """The evidence narrowed to these words, as the statement that it is where they are one."""
        quotation = self.evidence.quotation
        if quotation is not None and quotation.span.overlaps(self.span):
            within = quotation.span if self.span.covers(quotation.span) else self.evidence.span
            return dataclasses.replace(self.evidence, span=within)
        whole = [each for each in self.said if each.span.covers(self.span) or len(each.span) * 2 > len(self.span)]
        return dataclasses.replace(self.evidence, span=self.span, quotation=whole[0] if len(whole) == 1 else None)


def meanings(text: str, language: str) -> set[str]:
    """Return the stems of the words that say something, and the numbers in them."""
    found = {lexicon.stem(key) for key in words_of(text).keys if lexicon.is_content(key, language)}
    return found | {f"#{each.value:g}" for each in numbers(text, language)}


def grounds(
    stated: Collection[str], evidence: Evidence, places: Sequence[Span], *, language: str
) -> Grounds | None:  # fmt: skip
    """Return the sentences of a piece of evidence that say most of what is `stated`, stems and numbers.

    They hold `places`, where its quoted words stand. None where there are none, and no sentence says any of it.
    """
    article = evidence.article
    spans = list(sentences(article.text, article.language, within=whole(evidence), longest=_LONGEST))[:_SEARCHED]
    if not spans:
        return None
    held = [_held(span.of(article.text), article.language, language) for span in spans]
    wanted = set(stated)
    if places:
        touched = [i for i, span in enumerate(spans) if any(span.overlaps(place) for place in places)]
        if not touched:
            return None
        first, last = touched[0], touched[-1]
    else:
        shares = [len(wanted & each) for each in held]
        best = max(range(len(spans)), key=lambda i: shares[i])
        if not shares[best]:
            return None
        first = last = best
    found = set[str]().union(*held[first : last + 1])
    while last - first + 1 < _MOST:
        gains = {
            i: len((wanted & held[i]) - found)
            for i in (first - 1, last + 1)
            if 0 <= i < len(spans)
            and not article.text[spans[min(i, first)].end : spans[max(i, last)].start].count("\n\n")
        }
        chosen = max(gains, key=lambda i: gains[i], default=-1)
        if chosen < 0 or not (gains[chosen] >= _FEWEST_GAINED or _completes(wanted, found, held[chosen])):
            break
        first, last = min(first, chosen), max(last, chosen)
        found |= held[chosen]
    return Grounds(evidence, Span(spans[first].start, spans[last].end))


def _completes(wanted: set[str], found: set[str], more: set[str]) -> bool:
    """Whether a neighbouring sentence says all that is missing, and that is more than a number or a word."""
    gained = {each for each in (wanted & more) - found if not each.lstrip("#")[:1].isdigit()}
    return len(gained) > 1 and len(wanted & (found | more)) >= _NEARLY_ALL * len(wanted)


def _held(text: str, written: str, language: str) -> set[str]:
    """What a sentence says, its numbers also as the other language would read them."""
    return meanings(text, written) | (
        {f"#{each.value:g}" for each in numbers(text, language)} if written != language else set()
    )


def whole(evidence: Evidence) -> Span:
    """Return the evidence; of a statement, with the rest of its sentences, in which its speaker is named."""
    if evidence.quotation is None:
        return evidence.span
    article = evidence.article
    around = next((p.span for p in article.paragraphs if p.span.covers(evidence.span)), evidence.span)
    if len(around) > 20_000:
        return evidence.span
    # What is one sentence beside a lone mark may be several by itself.
    for _ in range(3):
        touched = [
            span
            for span in sentences(article.text, article.language, within=around, longest=_LONGEST)
            if span.overlaps(evidence.span)
        ]
        if not touched:
            return evidence.span
        before, around = around, Span(touched[0].start, touched[-1].end)
        if around == before:
            break
    return around
