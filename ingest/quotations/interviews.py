"""Interviews and transcripts: which paragraphs are questions, which are answers, and whose."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from ingest.folding import bare
from ingest.models import Paragraph, ParagraphKind, Span
from ingest.quotations.lexicon import Lexicon

_WORD = r"[^\W\d_a-zà-ÿа-я][\w.'’-]*"
# Each word begins where a space parts it from the one before: in a run of letters there is one way to read it.
_LABEL = re.compile(
    rf"[\"“«*_]{{0,3}}(?:(?P<label>{_WORD}(?:[ \t]{_WORD}){{0,4}}?[ \t]?)(?:[ \t]?:|[ \t]?\.?[ \t]?[-–—])"
    r"|(?P<letter>[QAR])\.)[*_]{0,2}[ \t](?=\S)"
)
_DASH = re.compile(r"(?:[-–—•]|\*\*|__)[ \t]*")
_QUESTION = re.compile(r"\?[\s»”\"*_]*$")
_LONGEST_QUESTION = 500
_SHORTEST_ANSWER = 30
_LONGEST_CREDIT = 140
_ONCE_IS_ENOUGH = 3
_PLAIN_QUESTIONS = 3
_TWO = 2  # who asks and who answers


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """What one paragraph says: a question, which is no statement, or an answer.

    `label` names who speaks ("PENCE"); without one an answer is of whoever is interviewed. `start` is where it begins.
    """

    question: bool
    label: Span | None
    start: int


def turns(text: str, paragraphs: Sequence[Paragraph], known: Lexicon) -> dict[int, Turn]:
    """Return the turns of an interview or a transcript by where their paragraphs begin; nothing for other articles."""
    return _labelled(text, paragraphs, known) or _unlabelled(text, paragraphs, known)


def _is_question(text: str, area: Span) -> bool:
    return len(area) < _LONGEST_QUESTION and bool(_QUESTION.search(text, max(area.start, area.end - 12), area.end))


def _labelled(text: str, paragraphs: Sequence[Paragraph], known: Lexicon) -> dict[int, Turn]:
    labels: dict[int, tuple[str, Span, int]] = {}
    asked: dict[str, int] = {}
    counts: dict[str, int] = {}
    for paragraph in paragraphs:
        area = paragraph.span
        match = _LABEL.match(text, area.start, min(area.end, area.start + 80))
        if match is None or paragraph.kind is not ParagraphKind.PROSE or len(area) <= len(match[0]) + 2:
            continue
        group = "label" if match["label"] else "letter"
        name = bare(match[group].strip().rstrip("."))
        if any(word in known.no_labels for word in name.split()):
            continue  # "WHERE: …" on a list of events
        labels[area.start] = (name, Span(*match.span(group)), match.end())
        counts[name] = counts.get(name, 0) + 1
        asked[name] = asked.get(name, 0) + _is_question(text, area)
    introduction = bare(text[: min(labels, default=0)])
    repeated = {name for name, count in counts.items() if count > 1}
    interviewers = {
        name
        for name, count in counts.items()
        if name in known.question_labels
        or (count > 1 and 2 * asked[name] > count and _only_asks(name, counts, introduction, known))
    }
    if not repeated or (not interviewers and sum(counts[name] for name in repeated) < _ONCE_IS_ENOUGH):
        return {}
    found: dict[int, Turn] = {}
    speaking: Span | None = None
    inside = False
    for paragraph in paragraphs:
        area = paragraph.span
        if area.start in labels:
            name, span, start = labels[area.start]
            question = name in interviewers
            answer = name in known.answer_labels
            found[area.start] = Turn(question, None if question or answer else span, start)
            inside = bool(interviewers)
            if not question:
                speaking = None if answer else span
        elif inside and paragraph.kind is ParagraphKind.PROSE:
            if _is_credit(text, area, known):
                inside = False
            else:
                found[area.start] = Turn(False, speaking, area.start)
    return found


def _only_asks(name: str, counts: dict[str, int], introduction: str, known: Lexicon) -> bool:
    """Tell whether a label is an outlet's ("Le Courrier"), or that of the one of two whom the introduction leaves out.

    The moderator of a debate is heard like everybody else.
    """
    words = name.split()
    if name in known.answer_labels:
        return False
    if words[0] in known.articles or any(w in known.organisations for w in words):
        return True
    other = next((label for label in counts if label != name), "")
    return (
        len(counts) == _TWO
        and other.split()[-1:] != []
        and _named(other, introduction, known) > _named(name, introduction, known)
    )


def _named(label: str, introduction: str, known: Lexicon) -> bool:
    return label in known.answer_labels or label.split()[-1] in re.findall(r"\w+", introduction)


def _unlabelled(text: str, paragraphs: Sequence[Paragraph], known: Lexicon) -> dict[int, Turn]:
    """Return the turns of an interview whose questions are told apart by type or by a dash."""
    areas = [p.span for p in paragraphs if p.kind in {ParagraphKind.PROSE, ParagraphKind.HEADING}]
    asking = {n for n, area in enumerate(areas) if _is_question(text, area) and text[area.start] not in '«“"„'}
    questions = [
        n for n in sorted(asking)
        if n + 1 < len(areas) and n + 1 not in asking and len(areas[n + 1]) > _SHORTEST_ANSWER
    ]  # fmt: skip
    dashed = sum(bool(_DASH.match(text, areas[n].start)) for n in questions)
    if len(questions) < _PLAIN_QUESTIONS and (dashed < 2 or dashed < len(questions)):
        return {}
    personal = sum(_speaks_of_oneself(areas[n + 1].of(text), known) for n in questions)
    if 2 * personal < len(questions):
        return {}
    found: dict[int, Turn] = {}
    for n in range(questions[0], len(areas)):
        area = areas[n]
        if n in asking:
            found[area.start] = Turn(True, None, area.start)
        elif _is_credit(text, area, known):
            break
        else:
            dash = _DASH.match(text, area.start)
            found[area.start] = Turn(False, None, dash.end() if dash else area.start)
    return found


def _is_credit(text: str, area: Span, known: Lexicon) -> bool:
    """Tell whether a paragraph is the reporter's again: "Propos recueillis par …"."""
    low = bare(text[area.start : min(area.end, area.start + _LONGEST_CREDIT)])
    return len(area) < _LONGEST_CREDIT and any(credit in low for credit in known.credits)


def _speaks_of_oneself(answer: str, known: Lexicon) -> bool:
    return any(word in known.first_person for word in re.findall(r"[^\W\d_]+['’]?", answer.lower().replace("’", "'")))
