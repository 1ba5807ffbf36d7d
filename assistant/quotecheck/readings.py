"""One way in which a claim may rest on an article, and the verdict that it earns there."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from assistant.models import Change, Difference, Match, Operation, Verdict
from assistant.quotecheck.alignment import Aligned, Step
from assistant.quotecheck.claims import Claim
from assistant.quotecheck.lexicon import changes, has
from assistant.quotecheck.printed import Printed, Voice
from assistant.quotecheck.voices import Claimant
from assistant.quotecheck.words import words_of
from ingest.models import Kind, Span
from ingest.sentences import sentences

_ORDER = tuple(Verdict)
_ENDED = re.compile(r"[.!?…][\s»”\"’')]*$")
_CLAUSE = re.compile(r"[,;:.!?–—]")


def worst(*verdicts: Verdict) -> Verdict:
    """Return the least favourable of several verdicts."""
    return max(verdicts, key=_ORDER.index)


@dataclasses.dataclass(frozen=True)
class Reading:
    """A claim as it stands in one article: the printed `parts` it consists of, first word and one after the last each.

    `steps` lay the claim against the print; `is_exact` where nothing but typography differs, the words of an
    attribution between two parts and those that an ellipsis stands for left aside.
    """

    claim: Claim
    printed: Printed
    parts: tuple[tuple[int, int], ...]
    steps: tuple[Step, ...]
    voices: tuple[Voice, ...]
    is_exact: bool
    is_abridged: bool
    similarity: float
    verdict: Verdict
    missing: tuple[Span, ...]
    right_speaker: bool | None

    @property
    def rank(self) -> tuple[bool, bool, int, float]:
        """What sorts exact readings, the one to be shown first least.

        The right speaker before another, somebody's quoted words before the reporter's, then by the verdict and by
        likeness to the letter.
        """
        letter = fuzz.ratio(self.claim.said, self.span.of(self.printed.article.text)) / 100
        wrong = self.verdict is Verdict.MISATTRIBUTED
        return wrong, not all(voice.is_quoted for voice in self.voices), _ORDER.index(self.verdict), -letter

    @property
    def span(self) -> Span:
        """All that the reading rests on, from its first word to its last."""
        return Span(
            min(self.printed.words.starts[first] for first, _ in self.parts),
            max(self.printed.words.ends[end - 1] for _, end in self.parts),
        )

    @property
    def voice(self) -> Voice:
        """Who says it: the voice of the longest part."""
        longest = max(range(len(self.parts)), key=lambda i: self.parts[i][1] - self.parts[i][0])
        return self.voices[longest]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The claimed and the printed words, stretch by stretch."""
        return tuple(difference for step in self.steps if (difference := self._difference(step)))

    def changes(self) -> frozenset[Change]:
        """What turns the meaning."""
        return frozenset(change for difference in self.differences for change in difference.changes)

    def _difference(self, step: Step) -> Difference | None:
        ours, theirs = self.claim.words, self.printed.words
        claimed, words = ours.printed(*step.claimed), theirs.printed(*step.printed)
        if step.equal:
            return Difference(Operation.EQUAL, claimed, words)
        kinds = changes(ours, theirs, step.claimed, step.printed, self.printed.article.language)
        operation = Operation.REPLACE if claimed and words else Operation.DELETE if claimed else Operation.INSERT
        return Difference(operation, claimed, words, kinds)


def exact(
    claim: Claim, printed: Printed, parts: Sequence[tuple[int, int]], claimant: Claimant, *, gaps: bool
) -> Reading:  # fmt: skip
    """Return the reading of a claim whose words all stand in `parts`, in this order; `gaps`: an ellipsis parts them."""
    steps, at = [], 0
    sizes = [b - a for a, b in claim.pieces] if len(parts) == len(claim.pieces) else []
    for number, part in enumerate(parts):
        size = sizes[number] if sizes else (len(claim.words) if len(parts) == 1 else part[1] - part[0])
        steps.append(Step(True, (at, min(at + size, len(claim.words))), part))
        at += size
    return _judged(claim, printed, tuple(parts), tuple(steps), claimant, 1.0, is_exact=True, gaps=gaps)


def near(claim: Claim, printed: Printed, aligned: Aligned, claimant: Claimant) -> Reading:
    """Return the reading of a claim laid against an article, and forgive what is no change of the words."""
    parts, steps, gaps, is_exact = list[tuple[int, int]](), list[Step](), False, True
    begin = aligned.printed[0]
    for number, step in enumerate(aligned.steps):
        dropped = not step.equal and step.claimed[0] == step.claimed[1]
        if dropped and 0 < number < len(aligned.steps) - 1:
            if step.claimed[0] in claim.gaps:
                parts.append((begin, step.printed[0]))
                begin, gaps = step.printed[1], True
                continue
            one = printed.voice(aligned.steps[number - 1].printed)
            two = printed.voice(aligned.steps[number + 1].printed)
            if printed.together(one, two) and printed.is_silent(*step.printed) and one.quotation != two.quotation:
                parts.append((begin, step.printed[0]))
                begin = step.printed[1]
                continue
        is_exact &= step.equal
        steps.append(step)
    parts.append((begin, aligned.printed[1]))
    similarity = 1.0 if is_exact else min(aligned.similarity, 0.999)
    return _judged(claim, printed, tuple(parts), tuple(steps), claimant, similarity, is_exact=is_exact, gaps=gaps)


def _judged(
    claim: Claim, printed: Printed, parts: tuple[tuple[int, int], ...], steps: tuple[Step, ...], claimant: Claimant,
    similarity: float, *, is_exact: bool, gaps: bool,
) -> Reading:  # fmt: skip
    if is_exact:
        voices = tuple(printed.voice(part) for part in parts)
    else:
        voices = tuple(_loose_voice(printed, part, steps) for part in parts)
    together = all(printed.together(one, two) for one, two in itertools.pairwise(voices))
    in_order = all(one[1] <= two[0] for one, two in itertools.pairwise(parts))
    verdicts = [Verdict.VERBATIM if is_exact else Verdict.ALTERED]
    missing: tuple[Span, ...] = ()
    if gaps:
        verdicts.append(Verdict.ABRIDGED)
    if len(parts) > 1 and not (together and in_order):
        verdicts.append(Verdict.STITCHED)
    if not all(voice.is_quoted for voice in voices):
        verdicts.append(Verdict.REPORTED)
    elif is_exact:
        missing = _missing(printed, parts, voices)
        if missing:
            verdicts.append(Verdict.TRUNCATED)
    right = claimant.is_speaker(printed, voices, printed.words.span(*parts[0]))
    if right is False:
        verdicts.append(Verdict.MISATTRIBUTED)
    return Reading(
        claim, printed, parts, steps, voices, is_exact, gaps, similarity, worst(*verdicts), missing, right
    )  # fmt: skip


def _loose_voice(printed: Printed, part: tuple[int, int], steps: Sequence[Step]) -> Voice:
    """Who says a stretch that is not all of one statement: whoever says most of what is equal."""
    voice = printed.voice(part)
    if voice.quotation is not None:
        return voice
    inside = [s for s in steps if s.equal and part[0] <= s.printed[0] and s.printed[1] <= part[1]]
    longest = max(inside, key=lambda s: s.printed[1] - s.printed[0], default=None)
    return printed.voice(longest.printed) if longest else voice


def _missing(printed: Printed, parts: Sequence[tuple[int, int]], voices: Sequence[Voice]) -> tuple[Span, ...]:
    """Return what of the same sentence was left out and turns it: a negation, a condition, a reservation."""
    quotation = voices[0].quotation
    assert quotation is not None
    outer = voices[0].outer
    within = printed.spans(outer if outer and quotation.speaker is None else quotation)
    first, last = printed.words.span(*parts[0]), printed.words.span(*parts[-1])
    start = printed.sentence(parts[0], within).start
    end = printed.sentence(parts[-1], within).end
    found = []
    if start < first.start and _turns_before(printed, Span(start, first.start)):
        found.append(_tidy(printed, Span(start, first.start)))
    for one, two in itertools.pairwise(parts):
        between = Span(printed.words.ends[one[1] - 1], printed.words.starts[two[0]])
        inside = [part for part in within if part.overlaps(between)]
        same_sentence = printed.sentence(one, within).overlaps(printed.words.span(*two))
        if same_sentence and inside and _turns_after(printed, between):
            found.append(_tidy(printed, between))
    if last.end < end and _turns_after(printed, Span(last.end, end)):
        found.append(_tidy(printed, Span(last.end, end)))
    found += _beyond(printed, within, start, end)
    cue = quotation.cue
    if cue and quotation.kind is not Kind.DIRECT and has("denials", _keys(printed, cue), printed.article.language):
        found.append(cue)
    return tuple(found)


def _beyond(printed: Printed, within: Sequence[Span], start: int, end: int) -> list[Span]:
    """What an attribution parts from the sentence and turns it: "A", said X, "unless B"."""
    text, language, found = printed.article.text, printed.article.language, list[Span]()
    before = [area for area in within if area.end <= start]
    if (
        before
        and not _ENDED.search(text[: before[-1].end])
        and all(area.start >= start for area in within if area.end > start)
    ):
        *_, last = sentences(text, language, within=before[-1])
        found += [last] if _turns_before(printed, last) else []
    after = [area for area in within if area.start >= end]
    if after and not _ENDED.search(text[:end]) and all(area.end <= end for area in within if area.start < end):
        first = next(iter(sentences(text, language, within=after[0])))
        found += [_tidy(printed, first)] if _turns_after(printed, first) else []
    return found


def _turns_before(printed: Printed, span: Span) -> bool:
    """A condition or reservation turns all that follows in its sentence, a negation only its own clause."""
    text, language = span.of(printed.article.text), printed.article.language
    if any(has(sort, words_of(text).keys, language) for sort in ("conditions", "reservations")):
        return True
    return has("negations", words_of(_CLAUSE.split(text)[-1]).keys, language)


def _turns_after(printed: Printed, span: Span) -> bool:
    text, language = span.of(printed.article.text), printed.article.language
    keys = words_of(text.split(";")[0]).keys
    return any(has(sort, keys, language) for sort in ("negations", "conditions", "reservations", "contrasts"))


def _keys(printed: Printed, span: Span) -> Sequence[str]:
    return words_of(span.of(printed.article.text)).keys


def _tidy(printed: Printed, span: Span) -> Span:
    text = printed.article.text
    start, end = span.start, span.end
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return Span(start, end)


def matches(reading: Reading) -> tuple[Match, ...]:
    """Return what a reading is shown as: one match, or one for each piece that an ellipsis parts."""
    if not reading.is_abridged:
        return (match(reading.printed, reading.parts, reading.voice, reading.similarity, reading.differences,
                      missing=reading.missing),)  # fmt: skip
    found = []
    for part, voice in zip(reading.parts, reading.voices, strict=True):
        inside = tuple(
            difference
            for step in reading.steps
            if part[0] <= step.printed[0] and step.printed[1] <= part[1] and (difference := reading._difference(step))
        )
        found.append(match(reading.printed, (part,), voice, reading.similarity, inside, missing=reading.missing))
    return tuple(found)


def match(
    printed: Printed, parts: Sequence[tuple[int, int]], voice: Voice, similarity: float,
    difference: Sequence[Difference], *, missing: Sequence[Span] = (),
) -> Match:  # fmt: skip
    """Return words of an article as a match, with all that a reader needs to judge and to cite it."""
    spans = tuple(printed.words.span(*part) for part in parts)
    return match_of(printed, spans, voice, similarity, difference, missing=missing)


def match_of(
    printed: Printed, pieces: Sequence[Span], voice: Voice, similarity: float, difference: Sequence[Difference], *,
    missing: Sequence[Span] = (),
) -> Match:  # fmt: skip
    """Return stretches of an article as a match."""
    article = printed.article
    span = Span(min(p.start for p in pieces), max(p.end for p in pieces))
    before, after = printed.around(span)
    published = article.published.isoformat() if article.published else ""
    within = printed.spans(voice.quotation) if voice.quotation else ()
    sentence = printed.sentences_of(_tidy(printed, span), within)
    return Match(
        article_id=article.id,
        version=article.version,
        span=span,
        text=span.of(article.text),
        pieces=tuple(pieces),
        speaker=voice.speaker,
        quoted_by=voice.outer.speaker if voice.outer else None,
        kind=voice.quotation.kind if voice.quotation else None,
        similarity=round(similarity, 3),
        difference=tuple(difference),
        missing=tuple(missing),
        sentence=sentence,
        whole_sentence=sentence.of(article.text),
        before=before,
        after=after,
        title=article.headline,
        outlet=article.outlet,
        published=published,
        url=article.url,
        language=article.language,
        reference=_reference(printed, span, voice),
    )


def _reference(printed: Printed, span: Span, voice: Voice) -> str:
    """Outlet, title, date, the words, link: what the article does not state is left out."""
    from assistant.phrases import quoted, spoken

    article = printed.article
    words = " ".join(span.of(article.text).split())
    marks = quoted(words, spoken(article.language))
    whose = f"{voice.speaker}: {marks}" if voice.speaker else marks
    published = article.published.isoformat() if article.published else ""
    return " — ".join(filter(None, [article.outlet, article.headline, published, whose, article.url]))
