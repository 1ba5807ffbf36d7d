"""Words between quotation marks in a sentence: where they are printed, what they were translated or cut from."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Sequence

from assistant import locales
from assistant.drafts import Evidence
from assistant.models import Omission
from assistant.phrases import phrase, quoted
from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import occurrences, words_of
from assistant.verification import lexicon, literals, marks
from assistant.verification.changes import CONFLICTS, hedges_in, is_turned
from assistant.verification.grounds import Grounds, whole
from assistant.verification.names import is_named, same_name
from assistant.verification.spellings import is_heard_in, named_elsewhere
from ingest.folding import is_cased
from ingest.models import Article, Kind, Quotation, Span
from ingest.roles import is_role
from ingest.sentences import sentences

_CLAUSE = re.compile(r"[,;:–—…]|\.\s|[«“„»”\"]")
# A negation so many words before governs what follows.
_REACH = 5
# "But" so many words behind what is quoted is about it.
_CONTRASTS = 3
_READ = 4000
# So many Latin letters say what one Chinese character or Korean syllable does.
_WIDE, _UNVOWELLED = 2.5, 1.3
# Fewer letters than these are no statement, where words are not parted.
_FEWEST = 12
# And fewer words than these, where they are. Numbers up to this one are written in words.
_FEWEST_WORDS, _IN_WORDS = 3, 12


@dataclasses.dataclass(frozen=True, slots=True)
class Quoted:
    """Words between marks: where they stand in the sentence, with and without the marks, and where they are printed."""

    outer: Span
    words: str
    evidence: Evidence | None = None
    place: Span | None = None


def marked_in(text: str) -> list[Quoted] | None:
    """Return what stands between quotation marks; None where a mark has no other."""
    found = [Quoted(span, words) for span, words in marks.marked(text)]
    if marks.has_lone_mark(unmarked(text, found)):
        return None
    return [each for each in found if any(c.isalnum() for c in each.words)]


def unmarked(text: str, marked: Sequence[Quoted], *, instead: Sequence[str] = ()) -> str:
    """Return a sentence without what stands between marks in it, or with a word `instead` of each."""
    parts, at = [], 0
    for number, each in enumerate(marked):
        parts.append(f"{text[at : each.outer.start]} {instead[number] if instead else '…'} ")
        at = each.outer.end
    return "".join([*parts, text[at:]])


def printed_at(marked: Quoted, cited: Sequence[Evidence]) -> Quoted | None:
    """Return where quoted words are printed: in the evidence, else in the rest of its sentences."""
    wanted = words_of(marked.words.strip(" .,;:!?…"))
    if not wanted.keys:
        return None
    for each in cited:
        for area in dict.fromkeys((each.span, whole(each))):
            printed = words_of(area.of(each.article.text))
            for first, end in occurrences(wanted, printed):
                if end - first != len(wanted.keys) or not any(
                    claims.differs_by_accent(key, wanted.printed(i, i + 1), printed.printed(first + i, first + i + 1))
                    for i, key in enumerate(wanted.keys)
                ):
                    span = printed.span(first, end)
                    place = Span(area.start + span.start, area.start + span.end)
                    if not lexicon.is_instruction(place.of(each.article.text)):
                        return dataclasses.replace(
                            marked, evidence=each, place=_ended(marked.words, place, each.article)
                        )
    return None


def _around(evidence: Evidence) -> Span:
    return next((p.span for p in evidence.article.paragraphs if p.span.covers(evidence.span)), evidence.span)


def _ended(words: str, place: Span, article: Article) -> Span:
    """The place with the mark that ends the quoted words, where the article prints the same one there."""
    last = words.rstrip()[-1:]
    following = article.text[place.end : place.end + 1]
    return Span(place.start, place.end + 1) if last and last in ".!?…," and following == last else place


def translation_of(
    marked: Quoted, cited: Sequence[Evidence], language: str, prose: str
) -> Quoted | None:  # fmt: skip
    """Return the one statement or title in another language that quoted words can be a translation of.

    Of several, the one of whoever the rest of the sentence, its `prose`, names.
    """
    is_short = (
        _length(marked.words) < _FEWEST if language in locales.UNPARTED else len(marked.words.split()) < _FEWEST_WORDS
    )
    is_in_script = is_cased(marked.words) == is_cased(prose)
    if not is_in_script or lexicon.is_another_language(marked.words, language):
        return None
    fitting = list[Quoted]()
    speakers = dict[Span, str]()
    for each in cited:
        article = each.article
        if article.language == language:
            continue
        statements = [
            (fragment, said) for said in Grounds(each, each.span).said if each.span.overlaps(said.span)
            for fragment in said.fragments
        ]  # fmt: skip
        titles = [span for span in _titles(each) if not any(span.overlaps(place) for place, _ in statements)]
        if any(_is_altered(marked, place.of(article.text)) for place in [*(place for place, _ in statements), *titles]):
            return None
        if not is_short:
            for place, said in statements:
                if _can_be(marked, place.of(article.text), each, language) and _is_of(said, prose, language):
                    fitting.append(dataclasses.replace(marked, evidence=each, place=place))
                    speakers[place] = said.speaker or ""
        fitting += [
            dataclasses.replace(marked, evidence=each, place=place) for place in titles
            if _can_be(marked, place.of(article.text), each, language)
        ]  # fmt: skip
    places = {(each.evidence.article.id, each.place) for each in fitting if each.evidence}
    if len(places) > 1:
        named = {
            name for each in cited for name in named_elsewhere(prose, [member.name for member in each.cast])
        }  # fmt: skip
        fitting = [
            each for each in fitting
            if each.place and (who := speakers.get(each.place))
            and (is_named(who, prose) or any(same_name(who, name) for name in named))
        ]  # fmt: skip
        places = {(each.evidence.article.id, each.place) for each in fitting if each.evidence}
    return fitting[0] if len(places) == 1 else None


def _is_of(said: Quotation, prose: str, language: str) -> bool:
    """Whether a sentence may give a statement to its speaker: without word lists, only where it names them."""
    who = said.speaker or ""
    return lexicon.knows(language) or is_role(who) or is_heard_in(who, prose)


def _titles(evidence: Evidence) -> list[Span]:
    """Where a piece of evidence has words between marks: of a film, say."""
    start, text = evidence.span.start, evidence.text
    return [
        Span(start + at, start + at + len(words)) for span, words in marks.marked(text)
        if words and (at := text.find(words, span.start)) >= 0
    ]  # fmt: skip


def _is_altered(marked: Quoted, words: str) -> bool:
    """Whether quoted words are the printed ones changed, in no other language."""
    ours, theirs = set(words_of(marked.words).keys), set(words_of(words).keys)
    return len(ours & theirs) * 3 > len(ours)


def _can_be(marked: Quoted, words: str, evidence: Evidence, language: str) -> bool:
    """Whether quoted words can be printed ones in another language: as long, with the same numbers, dates and names."""
    article = evidence.article
    if not 0.55 * _length(marked.words) <= _length(words) <= 1.6 * _length(marked.words) + 6:
        return False
    written, day = article.language, article.published
    against = claims.conflicts(marked.words, language, words, written, [member.name for member in evidence.cast])
    ours, theirs = literals.numbers(marked.words, language), literals.numbers(words, written)
    if not lexicon.knows(written):
        ours = [each for each in ours if each.value > _IN_WORDS]
    printed = [*theirs, *literals.numbers_elsewhere(words)]
    if CONFLICTS.keys() & set(against) or literals.unsupported_number(ours, printed, by_noun=False):
        return False
    if literals.unsupported_date(marked.words, language, words, written, day):
        return False
    if not lexicon.knows(language):
        # Numbers in words are not known, and few are written so.
        large = [each for each in theirs if each.value > _IN_WORDS and each.value % 10]
        return not literals.unsupported_number(large, ours, by_noun=False) and literals.names_days_of(
            words, written, marked.words, language
        )
    return not (
        literals.unsupported_number(
            [each for each in theirs if each.value > 1],
            [*ours, *literals.numbers_elsewhere(marked.words)],
            by_noun=False,
        )
        or literals.unsupported_date(words, written, marked.words, language, day)
        or is_turned(words_of(marked.words).keys, words_of(words).keys)
    )


def _length(text: str) -> float:
    """How long a text is, in Latin letters: a Chinese character is a word's half, Arabic leaves vowels out."""
    return sum(
        _WIDE if unicodedata.east_asian_width(c) in "WF" else _UNVOWELLED if "\u0590" <= c <= "\u06ff" else 1
        for c in text
    )


def said_at(quoted_words: Quoted) -> list[Quotation]:
    """Return the statements in which quoted words are printed."""
    if quoted_words.evidence is None or quoted_words.place is None:
        return []
    return [
        each for each in Grounds(quoted_words.evidence, quoted_words.place).said
        if each.span.overlaps(quoted_words.place)
    ]  # fmt: skip


def unquoted(grounds: Grounds, found: Sequence[Quoted], *, instead: Sequence[str] = ()) -> str:
    """Return the words of the grounds without those that a sentence quotes, or with a word `instead` of each."""
    article, at, parts = grounds.evidence.article, grounds.span.start, []
    places = sorted(
        (each.place, instead[number] if instead else "…")
        for number, each in enumerate(found)
        if each.place and each.evidence and each.evidence.article is article
    )
    for place, word in places:
        if place.start >= at and place.end <= grounds.span.end:
            parts.append(f"{article.text[at : place.start]} {word} ")
            at = place.end
    return "".join([*parts, article.text[at : grounds.span.end]])


def cut_short(
    text: str, found: Sequence[Quoted], marked: Sequence[Quoted], language: str
) -> Omission | str | None:  # fmt: skip
    """Return whether quoted words lost, or were given, what turns them: QUOTATION where they mean something else.

    A negation of their own clause, a condition or a reservation before or behind them counts as told where the
    sentence tells one of its own beside the marks. "Hoped" before them or "but" behind makes them less than sure.
    """
    doubt = None
    for number, each in enumerate(found):
        if each.evidence is None or each.place is None:
            continue
        written = each.evidence.article.language
        start = marked[number - 1].outer.end if number else 0
        end = marked[number + 1].outer.start if number + 1 < len(marked) else len(text)
        told_before, told_after = text[start : each.outer.start], text[each.outer.end : end]
        told = words_of(f"{told_before} {told_after}")
        if not _is_whole(each):
            doubt = "cut"
        before, after = _rest_of_sentence(each)
        negated = claims.has("negations", words_of(_CLAUSE.split(before)[-1]).keys[-_REACH:], written)
        negates = claims.has("negations", words_of(_CLAUSE.split(told_before)[-1]).keys[-_REACH:], language)
        if negated != negates and (negated or not claims.has("negations", words_of(before).keys, written)):
            return Omission.QUOTATION
        behind = after.split(";")[0]
        lost = [
            sort for sort in ("conditions", "reservations")
            if any(claims.has(sort, words_of(part).keys, written) for part in (before, behind))
        ]  # fmt: skip
        if any(not claims.has(sort, told.keys, language) for sort in lost) and not hedges_in(told, language):
            return Omission.QUOTATION
        if claims.has("contrasts", words_of(behind).keys[:_CONTRASTS], written) and not claims.has(
            "contrasts", words_of(told_after).keys, language
        ):
            doubt = "cut"
        cut_off = (*words_of(before).keys, *words_of(behind).keys)
        if claims.has("negations", cut_off, written) and not claims.has("negations", told.keys, language):
            doubt = "cut"
        if lexicon.begins("stances", words_of(before).keys, written) and not lexicon.begins(
            "stances", told.keys, language
        ):
            doubt = "cut"
    return doubt


def _is_whole(each: Quoted) -> bool:
    """Whether quoted words are whole sentences, or all that the article puts between a pair of marks."""
    assert each.evidence is not None
    assert each.place is not None
    article = each.evidence.article
    # The comma behind the words may stand outside the marks.
    place = Span(each.place.start, each.place.start + len(each.place.of(article.text).rstrip(" .,;:!?…")))
    own = {f for said in said_at(each) for f in said.fragments if f.covers(place)}
    area = min(own, key=len, default=_around(each.evidence))
    whole = list(sentences(article.text, article.language, within=area))
    begins = any(_is_nothing(article.text, span.start, place.start) for span in (area, *whole))
    ends = any(_is_nothing(article.text, place.end, span.end) for span in (area, *whole))
    # "…," he said, "…": the second half of the sentence.
    following = [f for said in said_at(each) for f in said.fragments if f.start >= area.end]
    goes_on = bool(own) and any(article.text[f.start : f.start + 1].islower() for f in following[:1])
    return begins and ends and not goes_on


def _is_nothing(text: str, start: int, end: int) -> bool:
    return not any(c.isalnum() for c in text[min(start, end) : max(start, end)]) and abs(end - start) <= _MARKS_WIDE


# Marks and spaces around words are no wider.
_MARKS_WIDE = 12


def _rest_of_sentence(each: Quoted) -> tuple[str, str]:
    """The words of its sentence before and behind quoted words, within the marks that they stand in where they do."""
    assert each.evidence is not None
    assert each.place is not None
    article, place = each.evidence.article, each.place
    fragments = [f for said in said_at(each) if said.kind is Kind.DIRECT for f in said.fragments if f.covers(place)]
    area = min(fragments, key=len, default=_around(each.evidence))
    if len(area) > _READ:
        area = Span(max(area.start, place.start - _READ // 2), min(area.end, place.end + _READ // 2))
    touched = [s for s in sentences(article.text, article.language, within=area) if s.overlaps(place)]
    if not touched:
        return "", ""
    start, end = min(touched[0].start, place.start), max(touched[-1].end, place.end)
    return article.text[start : place.start], article.text[place.end : end]


def as_shown(text: str, found: Sequence[Quoted], language: str) -> str:
    """Return the sentence with quoted words as they are printed, translated ones behind the original and named so."""
    parts, at = [], 0
    for each in found:
        if each.evidence is None or each.place is None:
            continue
        original = each.place.of(each.evidence.article.text)
        is_translated = words_of(original).keys != words_of(each.words).keys and len(
            set(words_of(original).keys) & set(words_of(each.words).keys)
        ) < 0.8 * len(words_of(each.words).keys)
        parts.append(text[at : each.outer.start])
        if is_translated:
            parts.append(f"{quoted(original, language)} ({phrase('translated_words', language, words=each.words)})")
        else:
            opening, closing = _marks_of(text, each)
            parts.append(f"{opening}{original}{closing}")
        at = each.outer.end
    return "".join([*parts, text[at:]])


def _marks_of(text: str, each: Quoted) -> tuple[str, str]:
    outer = each.outer.of(text)
    inside = outer.find(each.words)
    return outer[:inside], outer[inside + len(each.words) :]
