"""Names of a sentence that what it rests on does not know."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.quotecheck import lexicon as claims
from assistant.verification import lexicon, literals, places
from assistant.verification.grounds import Grounds
from assistant.verification.names import (
    CAPITAL,
    KINDRED,
    is_known,
    is_named,
    own_names_at,
    same_name,
    speakers_and_roles,
    word_in,
)
from assistant.verification.spellings import is_kindred, is_short_before_kindred, named_elsewhere, spelled_elsewhere
from ingest.folding import CAPITALS, bare, is_cased, latin
from ingest.models import Span
from ingest.roles import is_role_word, is_somebody
from ingest.speakers import name_words, sound

_NAME_PAIR = re.compile(rf"[{CAPITALS}]\w+ [{CAPITALS}]\w+")
_HONORIFICS = frozenset("mr mrs ms dr sir lady mme mlle me sr sra don dona herr frau herrn г-н г-жа".split())
# Longer words in capitals are no initials; an office has so many words before the last in capitals.
_LONGEST_INITIALS, _OFFICE = 5, 4
# A minister in most languages; their ministries are written with capitals.
_MINISTRY = re.compile(r"minist|ypourg|bakan")
# An ending behind an apostrophe, and a small word, may stand within a name.
_JOINED = re.compile(r"(?:[’'][^\W\d]{1,6})?[ -](?:[^\W\d]{1,4} )?")
_READ_ON = 40
# Languages that give other words a capital too, in the names of bodies and of offices.
_IN_CAPITALS = {
    "vi": frozenset(
        "Bộ Tòa Thủ Tổng Liên Ủy Quốc Chủ Hội Ngân Cơ Tổ Đại Viện Trường Sở Nhà Công Đảng Hồng Chữ Bảo Cục".split()
    )
}
_RUN = re.compile(rf"[{CAPITALS}][\w’'-]*(?:[ -][{CAPITALS}][\w’'-]*)*")
_PART = re.compile(r"[\w’'-]+")
# The small word that binds an office to its name has so few letters.
_SMALL = 5
# A word before that of a people tells whether that is a family name where it has so many letters.
_LONG = 4


def unknown_names(
    prose: str, text: str, resting: Sequence[Grounds], language: str
) -> tuple[bool, bool]:  # fmt: skip
    """Return whether a sentence names somebody whom its grounds do not, and whether it doubts who did what to whom."""
    speakers, roles = speakers_and_roles(resting)
    heading = " ".join(
        f"{each.evidence.article.outlet} {each.evidence.article.author} {each.evidence.article.title}"
        for each in resting
    )
    near = f"{text} {speakers} {roles}"
    before = " ".join(each.before for each in resting)
    people = [member.name for each in resting for member in each.evidence.cast]
    written = {each.evidence.article.language for each in resting}
    is_foreign = written != {language}
    # Numbers, days and months are compared by what they mean.
    literal = [span for span, _ in literals.meanings(prose, language)]
    doubtful, known, strangers = False, list[tuple[int, int]](), list[int]()
    if is_foreign:
        located, is_elsewhere = _places(prose, near, f"{heading} {before}", people, written, language)
        if is_elsewhere:
            return True, False
        literal += [*located, *spelled_elsewhere(prose, [*people, speakers])]
    accepted = list(literal)
    folded = latin(text)
    # A role opens a sentence in capitals too, before the name.
    for word, at_word in own_names_at(prose, language, opening=not is_foreign):
        if any(span.start <= at_word < span.end for span in literal) or latin(word) in _HONORIFICS:
            continue
        if is_foreign:
            here = Span(at_word, at_word + len(word))
            if is_kindred(word, near) or is_short_before_kindred(prose, here, near):
                accepted.append(here)
                continue
            is_initials = word.isupper() and len(word) <= _LONGEST_INITIALS
            is_of_body = any(_is_beside(prose, here, each) for each in accepted) or _is_of_office(prose, here, language)
            if is_initials or is_of_body:
                # "Южно Перу", "Beyrut Havalimanı", "Comisión Europea"; "PIB"; "el ministro de Medio Ambiente".
                accepted.append(here)
                doubtful = True
                continue
        if is_known(word, near) or _begins_name(word, prose, near, people):
            at = folded.find(latin(word)[:KINDRED])
            if at >= 0 and any(word_in(name, word) for name in people):
                known.append((prose.find(word), at))
            continue
        if is_role_word(word) or bare(word) in lexicon.words_for("sources", language):
            continue
        if is_known(word, heading):
            doubtful = True
            continue
        if is_known(word, before) and any(word_in(name, word) for name in people):
            doubtful = True
            continue
        if any(word_in(name, word) and is_named(name, near) for name in people):
            # Said in full, where the article says the surname alone.
            continue
        is_somebody = any(word_in(name, word) for name in people)
        if is_foreign and language == "en" and not is_somebody and _stands_by_role(prose, at_word, at_word + len(word)):
            # "Health Minister": English gives what somebody is a capital.
            doubtful = True
            continue
        if language == "de" and not is_somebody and not claims.places([latin(word)]):
            # Every German noun has a capital; two in a row that the article does not know are a name.
            strangers.append(prose.find(word))
            doubtful = True
            continue
        return True, False
    if any(
        _NAME_PAIR.match(prose, at)
        and prose[at:].split()[1].strip(",.;:")
        and not is_known(prose[at:].split()[1].strip(",.;:"), near)
        for at in strangers
    ):
        return True, False
    if is_foreign and (members := named_elsewhere(prose, people)):
        told = f"{near} {heading} {before}"
        if not any(is_named(name, told) or same_name(name, speakers) for name in members):
            return True, False
    # Somebody at the beginning of a sentence, whom the article names elsewhere.
    for match in CAPITAL.finditer(prose):
        whose = [name for name in people if word_in(name, match[0])]
        if not is_known(match[0], f"{near} {heading} {before}") and whose and not any(is_named(n, near) for n in whose):
            return True, False
    known.sort()
    order = [at for _, at in known]
    return False, doubtful or (len(set(order)) > 1 and order != sorted(order))


def _places(
    prose: str, near: str, around: str, people: Sequence[str], written: Collection[str], language: str
) -> tuple[list[Span], bool]:  # fmt: skip
    """Where a sentence names places that its grounds name too, `written` in others, and whether it names others."""
    there = frozenset[str]().union(*(places.keys_of(near, each) for each in written))
    beside = frozenset[str]().union(*(places.keys_of(around, each) for each in written))
    here = places.named(prose, language)
    strange = [each for each in here if not each.keys & (there | beside)]
    if not is_cased(prose):
        # Without capitals, a word may be taken for a place: one for another is told by both.
        missed = there - frozenset[str]().union(*(each.keys for each in here))
        return [], bool(strange) and bool(missed)
    known_by_name = f"{near} {' '.join(people)}"
    is_elsewhere = any(
        each.is_sure
        and each.is_on_the_map
        and prose[each.span.start].isupper()
        and not is_known(each.span.of(prose), known_by_name)
        for each in strange
    )
    known = [
        each for each in here
        if each not in strange and (each.is_sure or " " in each.span.of(prose) or _is_of_people(each, prose, near))
    ]  # fmt: skip
    return [each.span for each in known], is_elsewhere


def _is_of_people(place: places.Named, prose: str, near: str) -> bool:
    """Whether a word is of a people, "Dutch", and no family name behind one that nobody knows ("Judith Russell")."""
    run = _run_at(prose, place.span)
    before = _PART.findall(prose[run.start : place.span.start])
    return place.is_people and all(len(word) < _LONG or is_somebody(word) or is_kindred(word, near) for word in before)


def _is_of_office(text: str, here: Span, language: str) -> bool:
    """Whether a word belongs to what an office is called: "de Medio Ambiente", "Health Minister", "Bộ Y tế"."""
    run = _run_at(text, here)
    before, behind = _PART.findall(text[: run.start])[-_OFFICE:], _PART.findall(text[run.end : run.end + _READ_ON])[:1]
    if language in _IN_CAPITALS:
        return _PART.findall(run.of(text))[0] in _IN_CAPITALS[language]
    is_bound = bool(before) and len(before[-1]) <= _SMALL and before[-1].islower()
    return any(is_somebody(word) or _MINISTRY.search(latin(word)) for word in [*(before if is_bound else ()), *behind])


def _is_beside(text: str, here: Span, other: Span) -> bool:
    """Whether a word with a capital goes on from another, or leads to it, as in the name of a body."""
    first, second = sorted((here, other), key=lambda span: span.start)
    between = text[first.end : second.start]
    return bool(_JOINED.fullmatch(between)) if first.end <= second.start else True


def _stands_by_role(text: str, start: int, end: int) -> bool:
    """Whether the word beside a word says what somebody is."""
    before, after = re.search(r"([\w’'-]+)\s+$", text[:start]), re.match(r"\s+([\w’'-]+)", text[end:])
    return any(match is not None and is_role_word(match[1]) for match in (before, after))


def _begins_name(word: str, prose: str, text: str, people: Sequence[str]) -> bool:
    """Whether a word is the given name of somebody of the text in another spelling: "Оуэн" before "Таррант"."""
    match = re.search(rf"{re.escape(word)}\s+([^\W\d_][\w’'-]+)", prose)
    if match is None or not is_known(match[1], text):
        return False
    surnames = [(words[-2], words[-1]) for name in people if len(words := name_words(name)) > 1]
    return any(given[0] == latin(word)[:1] and sound(surname) == sound(latin(match[1])) for given, surname in surnames)


def _run_at(text: str, here: Span) -> Span:
    """The words with capitals in a row that a place belongs to."""
    runs = (Span(*match.span()) for match in _RUN.finditer(text))
    return next((span for span in runs if span.covers(here)), here)
