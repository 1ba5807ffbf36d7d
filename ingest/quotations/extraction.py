"""The ledger of an article: every statement in it, and who made it."""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Sequence

from ingest.models import Article, Kind, Ledger, Paragraph, ParagraphKind, Quotation, Reference, Span, SpeakerKind
from ingest.quotations import attribution, cast, interviews, marks, scenes, words
from ingest.quotations.interviews import Turn
from ingest.quotations.lexicon import Lexicon, lexicon
from ingest.quotations.marks import Marked
from ingest.quotations.phrases import Mention
from ingest.quotations.scenes import Scene, Statement

_SILENT = frozenset({ParagraphKind.TEASER, ParagraphKind.SECTION})


def ledger(article: Article) -> Ledger:
    """Return who said what in an article.

    Without a lexicon for the article's language only what stands in quotation marks is found, and nobody is named.
    """
    spoken = [p for p in article.paragraphs if p.kind not in _SILENT]
    known = lexicon(article.language)
    found = marks.marked(article.text, [p.span for p in spoken], elisions=known.elisions if known else frozenset())
    if known is None:
        return Ledger(tuple(_unattributed(article.text, found)))
    scenes = _scenes(article, spoken, found, known)
    people = cast.Cast(known)
    for _, scene in scenes:
        people.read(scene)
    quotations = _resolved(scenes, people)
    return Ledger(tuple(quotations), people.frozen(article.text))


_LONG_ENOUGH = 25


def _unattributed(text: str, found: Sequence[Marked]) -> list[Quotation]:
    return [
        Quotation(mark.span, Kind.DIRECT, (mark.span,), nested=mark.depth > 0)
        for mark in found
        if not mark.lost and mark.depth == 0 and len(mark.span) >= _LONG_ENOUGH and " " in mark.span.of(text)
    ]


def _scenes(
    article: Article, paragraphs: Sequence[Paragraph], found: Sequence[Marked], known: Lexicon
) -> list[tuple[Paragraph, Scene]]:
    """Return the paragraphs as scenes; paragraphs that one quotation runs through are one scene."""
    result: list[tuple[Paragraph, Scene]] = []
    tokens = words.pattern(known)
    starts = [m.outer.start for m in found]
    number = 0
    turns = interviews.turns(article.text, paragraphs, known)
    while number < len(paragraphs):
        paragraph = paragraphs[number]
        area = paragraph.span
        if area.start in turns:
            result.append((paragraph, _turn(article.text, area, turns[area.start], tokens, known)))
            number += 1
            continue
        first = bisect.bisect_left(starts, area.start)
        while True:
            last = bisect.bisect_left(starts, area.end)
            reach = max((m.outer.end for m in found[first:last]), default=0)
            if reach <= area.end:
                break
            while number + 1 < len(paragraphs) and paragraphs[number].span.end < reach:
                number += 1
            if paragraphs[number].span.end <= area.end:
                break
            area = Span(area.start, paragraphs[number].span.end)
        number += 1
        own = found[first:last]
        result.append((paragraph, _scene(article.text, area, tokens, own, known)))
    return result


def _turn(text: str, area: Span, turn: Turn, tokens: re.Pattern[str], known: Lexicon) -> Scene:
    """Return a turn of a transcript or an interview: all of an answer is said by whom its label names."""
    last = 0
    start, end = turn.start, area.end
    while start < end and text[start] in ' \t"“«*_':
        start += 1
    while end > start and text[end - 1] in ' "”»*_':
        end -= 1
    span = Span(start, start if turn.question else end)
    label = turn.label
    if label is not None and label.start < area.start:
        # The paragraph goes on with what a labelled one began: its label's words stand before its own.
        spelled = [*words.words(text, label, tokens, ()), *words.words(text, area, tokens, ())]
        last = sum(word.start < label.end for word in spelled)
    else:
        spelled = words.words(text, area, tokens, ())
        if label is not None:
            last = sum(word.start < label.end for word in spelled)
    return Scene(text, spelled, [words.Sentence(0, len(spelled))], [], known, turn=(span, last))


def _scene(text: str, area: Span, tokens: re.Pattern[str], own: Sequence[Marked], known: Lexicon) -> Scene:
    spelled = words.words(text, area, tokens, own)
    split = words.sentences(spelled, known)
    if any(m.lost == "opening" for m in own):
        own = scenes.opened(text, spelled, split, own, known)
        spelled = words.words(text, area, tokens, own)
        split = words.sentences(spelled, known)
    return Scene(text, spelled, split, scenes.pairs(spelled, text), known)


def _resolved(scenes: Sequence[tuple[Paragraph, Scene]], people: cast.Cast) -> list[Quotation]:
    result: list[Quotation] = []
    previous: cast.Member | None = None
    groups = 0
    announced: cast.Member | None = None
    focus: cast.Member | None = None  # whom the sentence before is about, if it reports nothing
    late: list[tuple[int, cast.Member]] = []
    waiting: list[int] = []  # quotations whose speaker the text names only afterwards
    guest = _guest(scenes, people)
    for paragraph, scene in scenes:
        seen: dict[int, int] = {}
        begun = len(result)
        if announced is not None:
            previous = announced
        drafts: list[tuple[Statement, int, cast.Resolution]] = []
        topic: Mention | None = None
        prose = paragraph.kind is ParagraphKind.PROSE
        for found, topic in attribution.statements(scene):
            statements = [s for s in found if prose or s.kind is not Kind.INDIRECT]
            for statement in statements:
                inner = statement.mention
                if (
                    inner is not None
                    and topic is not None
                    and inner.reference is Reference.PRONOUN
                    and inner.first > topic.last
                    and topic.reference is not Reference.PRONOUN
                ):
                    people.spoke(people.known(scene, topic), only_named=True)
                bare = statement.mention is None and statement.cue is None and not statement.chained
                by_default = guest if scene.turn is not None else focus if bare and focus else previous
                resolution = people.resolved(scene, statement.mention, by_default)
                if resolution.member is None and not statement.nested and statement.kind is not Kind.INDIRECT:
                    waiting.append(begun + len(drafts))
                elif resolution.member is not None:
                    late.extend((number, resolution.member) for number in waiting)
                    waiting.clear()
                if not statement.nested:
                    previous = resolution.member
                    people.spoke(resolution.member)
                drafts.append((statement, statement.group, resolution))
            focus = None
            if not statements and topic is not None and prose:
                known = people.known(scene, topic)
                people.spoke(known, only_named=True)
                if known is not None and known.kind is SpeakerKind.PERSON:
                    focus = known
                    late.extend((number, known) for number in waiting)
                    waiting.clear()
        announced = None
        if scene.words and scene.words[-1].low == ":" and topic is not None:
            announced = people.resolved(scene, topic, previous).member
        for _, group, _ in drafts:
            seen[group] = seen.get(group, 0) + 1
        numbers: dict[int, int] = {}
        for statement, group, resolution in drafts:
            if group and seen[group] > 1 and group not in numbers:
                groups += 1
                numbers[group] = groups
            result.append(_quotation(scene, statement, resolution, numbers.get(group) if group else None))
    for number, member in late:
        result[number] = _named_later(result[number], member)
    return sorted(result, key=lambda q: (q.span.start, -q.span.end))


def _guest(scenes: Sequence[tuple[Paragraph, Scene]], people: cast.Cast) -> cast.Member | None:
    """Return who is interviewed: whom the paragraphs before the first question or answer name most."""
    first = next((scene.words[0].start for _, scene in scenes if scene.turn is not None and scene.words), -1)
    if first <= 0:
        return None
    people_named = [m for m in people.members if m.kind is SpeakerKind.PERSON]
    counts = [(sum(span.start < first for span in m.mentions), bool(m.roles), -n) for n, m in enumerate(people_named)]
    best = max(counts, default=(0, False, 0))
    return people_named[-best[2]] if best[0] else None


_FARTHEST = 600  # characters after a quotation within which its speaker may be named


def _named_later(quotation: Quotation, member: cast.Member) -> Quotation:
    """Give a quotation nobody was known for yet whom the text names next, if that is near and may be meant."""
    near = [m for m in member.mentions if 0 <= m.start - quotation.span.end < _FARTHEST]
    if not near or member.kind is not SpeakerKind.PERSON:
        return quotation
    return dataclasses.replace(quotation, speaker=member.name, antecedent=near[0], confidence=0.45)


def _quotation(scene: Scene, statement: Statement, resolution: cast.Resolution, group: int | None) -> Quotation:
    mention = statement.mention
    span: Span | None = None
    reference = Reference.NONE
    if mention is not None and (mention.head or mention.name):
        first, last = mention.name if mention.name is not None else (mention.first, mention.last)
        span = Span(scene.words[first].start, scene.words[last - 1].end)
        if mention.reference is Reference.PRONOUN and scene.words[first].low.endswith("-" + mention.head):
            # "a-t-il": the pronoun alone
            span = Span(scene.words[first].end - len(mention.head), scene.words[first].end)
        reference = mention.reference
    antecedent = resolution.evidence
    if antecedent is not None and span is not None and antecedent.overlaps(span):
        antecedent = None
    return Quotation(
        span=statement.span,
        kind=statement.kind,
        fragments=statement.fragments,
        cue=statement.cue,
        speaker=resolution.speaker,
        mention=span,
        reference=reference,
        antecedent=antecedent,
        confidence=round(resolution.confidence * statement.weight, 3),
        group=group,
        nested=statement.nested,
    )
