"""Names in a sentence: whether the article knows them, and which are one."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Prefix

from assistant.quotecheck import lexicon as claims
from assistant.quotecheck.words import words_of
from assistant.verification import lexicon, literals, places
from assistant.verification.grounds import Grounds
from ingest.folding import CAPITALS, bare, is_cased, latin
from ingest.hearing import heard_likeness, skeletons
from ingest.models import Span
from ingest.roles import is_role_word, is_somebody
from ingest.speakers import likeness, name_words, sound

_SAME_NAME = 0.84
CAPITAL = re.compile(rf"(?<![\w’'])[{CAPITALS}][\w]*(?:[’'-][^\W\d_][\w]*)*")
_BEGINS = re.compile(r"(?:^|[.!?…:;]\s*|[«“„\"(\[–—-]\s*)$")
_NAME_PAIR = re.compile(rf"[{CAPITALS}]\w+ [{CAPITALS}]\w+")
_HONORIFICS = frozenset("mr mrs ms dr sir lady mme mlle me sr sra don dona herr frau herrn г-н г-жа".split())
# Names of so few consonants are like too many others; of so many of a hundred in common they are one.
_FEWEST_CONSONANTS, _SAME_CONSONANTS = 2, 0.75
# So many tell by themselves; of fewer, or less alike ones, the sounds must be the same too.
_FEWEST_TELLING, _HALF = 3, 0.5
# Longer words in capitals are no initials; an office has so many words before the last in capitals.
_LONGEST_INITIALS, _OFFICE = 5, 4
# A minister in most languages; their ministries are written with capitals.
_MINISTRY = re.compile(r"minist|ypourg|bakan")
# An ending behind an apostrophe, and a small word, may stand within a name.
_JOINED = re.compile(r"(?:[’'][^\W\d]{1,6})?[ -](?:[^\W\d]{1,4} )?")
_READ_ON = 40
# Before a family name in Arabic stands an article.
_ARTICLE = re.compile(r"\s(?:[^\W\d]{2}[- ])?")
_FEWEST_JOINED, _SAME_SKELETON = 4, 0.7
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
# A name is taken for somebody's from such a likeness on, and for those whom it fits nearly as well.
_NAMED_SO, _AS_WELL = 0.8, 0.1
# Where nothing but that is to be told, it may be somebody's from less on.
_MAY_BE_NAMED = 0.7
_UNPARTED = re.compile("[\u0e00-\u0eff\u3400-\u9fff]")
# What Korean writes behind a name, which has two syllables at least.
_PARTICLE = re.compile(r"^([가-힣]{2,}?)(?:은|는|이|가|을|를|의|와|과|도|씨|씨는|씨가|에게|에)$")
_KATAKANA = re.compile(r"[\u30a1-\u30ff＝=]{3,}")
_NAMES = re.compile(rf"[{CAPITALS}]\w+(?:-\w+)*(?:[ -][{CAPITALS}]\w+(?:-\w+)*)+")
_WORD = re.compile(r"[^\W\d_]+")
# What keeps its letters from one language to another: so many of them tell.
KINDRED = 4


def same_name(one: str, other: str) -> bool:
    """Return whether two names may be of one person or body, in whatever spelling."""
    if not one or not other:
        return False
    if likeness(one, other) >= _SAME_NAME or likeness(other, one) >= _SAME_NAME:
        return True
    first, second = name_words(one), name_words(other)
    if min(len(first), len(second)) > 1 and first[-2][0] == second[-2][0] and sound(first[-1]) == sound(second[-1]):
        # "Оуэн Таррант" is Owen Tarrant.
        return True
    return bool(first and second) and claims.places(first) == claims.places(second) != set()


def is_same_elsewhere(one: str, language: str, other: str, written: str) -> bool:
    """Tell whether two names may be of one person or body as two languages write them ("ВОЗ", "WHO")."""
    if same_name(one, other):
        return True
    keys = places.keys_of(one, language)
    if keys and keys & places.keys_of(other, written):
        return True
    return heard_likeness(one, other) >= _NAMED_SO


def is_named(who: str, text: str) -> bool:
    """Return whether a text names somebody, by the sounds of a word of the name."""
    words = [word for word in name_words(who) if len(word) > 2]
    return bool(words) and sound(words[-1]) in _sounds_of(text)


def word_in(name: str, word: str) -> bool:
    """Return whether a word is part of a name, by its sounds."""
    return sound(latin(word)) in _sounds(name)


@functools.lru_cache(maxsize=4096)
def _sounds(name: str) -> frozenset[str]:
    return frozenset(sound(each) for each in name_words(name) if len(each) > 2)


def own_names(text: str, language: str) -> list[str]:
    """Return the words of a text with a capital that no beginning of a sentence explains; German nouns among them."""
    return [word for word, _ in own_names_at(text, language)]


def own_names_at(text: str, language: str, *, opening: bool = True) -> list[tuple[str, int]]:
    """Return the same words, each with where it begins; `opening` ones too that only another behind tells."""
    found = []
    for match in CAPITAL.finditer(text):
        if re.match(r"[^\W\d_]{1,2}[’'](?=[a-zà-öø-ÿ])", match[0]):
            # "L’avocate": what is elided before it has the capital.
            continue
        if len(match[0]) < 2 or lexicon.words_for("stop", language) & {latin(match[0])}:
            continue
        if _BEGINS.search(text, max(0, match.start() - 4), match.start()) and not (
            opening and re.match(rf"\s+[{CAPITALS}]\w", text[match.end() : match.end() + 4])
        ):
            continue
        found.append((match[0], match.start()))
    return found


def _stands_by_role(text: str, start: int, end: int) -> bool:
    """Whether the word beside a word says what somebody is."""
    before, after = re.search(r"([\w’'-]+)\s+$", text[:start]), re.match(r"\s+([\w’'-]+)", text[end:])
    return any(match is not None and is_role_word(match[1]) for match in (before, after))


def _is_of_office(text: str, here: Span, language: str) -> bool:
    """Whether a word belongs to what an office is called: "de Medio Ambiente", "Health Minister", "Bộ Y tế"."""
    run = next((span for span in map(_span, _RUN.finditer(text)) if span.covers(here)), here)
    before, behind = _PART.findall(text[: run.start])[-_OFFICE:], _PART.findall(text[run.end : run.end + _READ_ON])[:1]
    if language in _IN_CAPITALS:
        return _PART.findall(run.of(text))[0] in _IN_CAPITALS[language]
    is_bound = bool(before) and len(before[-1]) <= _SMALL and before[-1].islower()
    return any(is_somebody(word) or _MINISTRY.search(latin(word)) for word in [*(before if is_bound else ()), *behind])


def _span(match: re.Match[str]) -> Span:
    return Span(*match.span())


def own_names_in(text: str, language: str) -> list[str]:
    """Return the names of a text, where they can be told from other words with a capital."""
    return [] if language == "de" else [word for name in own_names(text, language) for word in name_words(name)]


def speakers_and_roles(resting: Sequence[Grounds]) -> tuple[str, str]:
    """Return the names of all whose words grounds hold, and what they are, each in one text."""
    speakers = " ".join(one.speaker or "" for each in resting for one in each.said)
    roles = " ".join(
        role for each in resting for m in each.evidence.cast for role in m.roles
        if any(same_name(m.name, one.speaker or "") for one in each.said)
    )  # fmt: skip
    return speakers, roles


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
    is_foreign = any(each.evidence.article.language != language for each in resting)
    # Numbers, days and months are compared by what they mean.
    literal = [span for span, _ in literals.meanings(prose, language)]
    doubtful, known, strangers = False, list[tuple[int, int]](), list[int]()
    if is_foreign:
        located, is_elsewhere = _places(prose, near, f"{heading} {before}", resting, language)
        if is_elsewhere:
            return True, False
        literal += [*located, *_spelled_elsewhere(prose, [*people, speakers])]
    accepted = list(literal)
    folded = latin(text)
    # A role opens a sentence in capitals too, before the name.
    for word, at_word in own_names_at(prose, language, opening=not is_foreign):
        if any(span.start <= at_word < span.end for span in literal) or latin(word) in _HONORIFICS:
            continue
        if is_foreign:
            here = Span(at_word, at_word + len(word))
            if is_kindred(word, near) or _is_short_before_kindred(prose, here, near):
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
    prose: str, near: str, around: str, resting: Sequence[Grounds], language: str
) -> tuple[list[Span], bool]:  # fmt: skip
    """Where a sentence names places that its grounds name too in another language, and whether it names others."""
    written = {each.evidence.article.language for each in resting}
    there = frozenset[str]().union(*(places.keys_of(near, each) for each in written))
    beside = frozenset[str]().union(*(places.keys_of(around, each) for each in written))
    here = places.named(prose, language)
    strange = [each for each in here if not each.keys & (there | beside)]
    if not is_cased(prose):
        # Without capitals, a word may be taken for a place: one for another is told by both.
        missed = there - frozenset[str]().union(*(each.keys for each in here))
        return [], bool(strange) and bool(missed)
    people = " ".join(member.name for each in resting for member in each.evidence.cast)
    is_elsewhere = any(
        each.is_sure
        and each.is_on_the_map
        and prose[each.span.start].isupper()
        and not is_known(each.span.of(prose), f"{near} {people}")
        for each in strange
    )
    known = [
        each for each in here
        if each not in strange and (each.is_sure or " " in each.span.of(prose) or _is_of_people(each, prose, near))
    ]  # fmt: skip
    return [each.span for each in known], is_elsewhere


def _is_of_people(place: places.Named, prose: str, near: str) -> bool:
    """Whether a word is of a people, "Dutch", and no family name behind one that nobody knows ("Judith Russell")."""
    run = next((span for span in map(_span, _RUN.finditer(prose)) if span.covers(place.span)), place.span)
    before = _PART.findall(prose[run.start : place.span.start])
    return place.is_people and all(
        len(word) < _FEWEST_JOINED or is_somebody(word) or is_kindred(word, near) for word in before
    )


def named_elsewhere(prose: str, people: Iterable[str]) -> dict[str, float]:
    """Return which people a sentence names, as another language or script than theirs spells them, and how surely.

    Where names sound alike, whom it fits best.
    """
    runs, is_parted = _runs(prose)
    scores = dict[str, float]()
    for name in dict.fromkeys(people):
        family = "".join(_WORD.findall(name)[-1:])
        wanted = [each for each in (name, family) if len(_skeleton(each)) >= _FEWEST_JOINED]
        if is_parted:
            score = max((_heard_as(run, each) for each in wanted for run in runs), default=0.0)
        else:
            # Where words are not parted, a name in their midst is soon there by chance.
            found = [each for each in wanted if len(_skeleton(each)) > _FEWEST_JOINED]
            score = float(any(_skeleton(each) in _skeleton(run) for each in found for run in runs))
        if score >= _NAMED_SO:
            scores[name] = score
    best = max(scores.values(), default=0.0)
    return {name: score for name, score in scores.items() if score >= best - _AS_WELL}


def is_heard_in(name: str, prose: str) -> bool:
    """Tell whether a sentence names somebody, in whatever script, by the whole name or the family name."""
    if is_named(name, prose):
        return True
    runs, is_parted = _runs(prose)
    family = "".join(_WORD.findall(name)[-1:])
    if is_parted:
        is_long = len(_skeleton(family)) >= _FEWEST_JOINED
        return any(heard_likeness(run, name) >= _MAY_BE_NAMED or (is_long and _is_heard(run, [family])) for run in runs)
    return len(_skeleton(family)) >= _FEWEST_CONSONANTS and any(
        fuzz.partial_ratio(_skeleton(family), _skeleton(run)) >= 100 * _MAY_BE_NAMED for run in runs
    )


def _runs(prose: str) -> tuple[list[str], bool]:
    """What may be names in a sentence, and whether each is one from its beginning to its end."""
    if is_cased(prose):
        names = [match[0] for match in _NAMES.finditer(prose)]
        return [*names, *(word for word, _ in own_names_at(prose, "", opening=False))], True
    if katakana := _KATAKANA.findall(prose):
        return [*katakana, *(part for run in katakana for part in re.split("[・＝=]", run))], True
    words = [_PARTICLE.sub(r"\1", word) for word in prose.split()]
    if not _UNPARTED.search(prose):
        starts = range(len(words))
        return [" ".join(words[i:j]) for i in starts for j in range(i + 1, min(i + 4, len(words) + 1))], True
    return [prose], False


def _heard_as(run: str, name: str) -> float:
    """How surely a run is a name, as it is heard; 0 where so few consonants are the same that none need be heard."""
    alike = OSA.normalized_similarity(_skeleton(run), _skeleton(name))
    return heard_likeness(run, name) if alike >= _SAME_SKELETON else 0.0


def _spelled_elsewhere(prose: str, people: Sequence[str]) -> list[Span]:
    """Where a sentence names somebody in full as another language spells it: "Пак Сон Мин" is Park Sung-min."""
    return [
        Span(*match.span()) for match in _NAMES.finditer(prose) if any(_is_alike(match[0], name) for name in people)
    ]


def _is_alike(one: str, other: str) -> bool:
    ours, theirs = _skeleton(one), _skeleton(other)
    is_long = min(len(ours), len(theirs)) >= _FEWEST_JOINED
    return is_long and OSA.normalized_similarity(ours, theirs) >= _SAME_SKELETON


@functools.lru_cache(maxsize=65536)
def _skeleton(name: str) -> str:
    return "".join(skeletons(name))


def _is_beside(text: str, here: Span, other: Span) -> bool:
    """Whether a word with a capital goes on from another, or leads to it, as in the name of a body."""
    first, second = sorted((here, other), key=lambda span: span.start)
    between = text[first.end : second.start]
    return bool(_JOINED.fullmatch(between)) if first.end <= second.start else True


def is_kindred(word: str, text: str) -> bool:
    """Tell whether a text has a name that can be the same as another language spells it, as it is heard."""
    plain = latin(word)
    for other in _heard(text):
        # "Киотского" is of Kioto.
        if Prefix.similarity(plain, other) >= max(KINDRED, min(len(plain), len(other)) - 1):
            return True
    names = CAPITAL if is_cased(text) else _WORD
    there = dict.fromkeys(part for match in names.finditer(text) for part in _WORD.findall(match[0]))
    return any(_is_heard(part, there) for part in re.split(r"[\s’'-]+", word) if len(part) > 1)


def _is_short_before_kindred(prose: str, here: Span, text: str) -> bool:
    """Whether a given name has too few consonants to tell ("João"), and the family name behind it is told."""
    behind = CAPITAL.search(prose, here.end, here.end + _READ_ON)
    return (
        behind is not None
        and _ARTICLE.fullmatch(prose, here.end, behind.start()) is not None
        and len(_skeleton(here.of(prose))) < _FEWEST_CONSONANTS
        and is_kindred(behind[0], text)
    )


def _is_heard(part: str, there: Iterable[str]) -> bool:
    ours = _skeleton(part)
    if len(ours) < _FEWEST_CONSONANTS:
        return False
    for other in there:
        theirs = _skeleton(other)
        alike = OSA.normalized_similarity(ours, theirs)
        if any(
            min(len(form), len(theirs)) >= _FEWEST_TELLING
            and OSA.normalized_similarity(form, theirs) >= _SAME_CONSONANTS
            # A case may end it.
            for form in (ours, ours[:-1])
        ):
            return True
        if alike >= _HALF and heard_likeness(part, other) >= _NAMED_SO:
            return True
    return False


def is_known(word: str, text: str) -> bool:
    """Return whether a text has a name, also inflected or in another spelling."""
    plain_word = latin(word)
    there = _heard(text)
    parts = [part for part in re.split(r"[\s'-]+", plain_word) if len(part) > 1] or [plain_word]
    if all(_one_known(part, there) for part in parts):
        return True
    named = claims.places(words_of(word).keys)
    return bool(named) and named <= claims.places(words_of(text).keys)


def _begins_name(word: str, prose: str, text: str, people: Sequence[str]) -> bool:
    """Whether a word is the given name of somebody of the text in another spelling: "Оуэн" before "Таррант"."""
    match = re.search(rf"{re.escape(word)}\s+([^\W\d_][\w’'-]+)", prose)
    if match is None or not is_known(match[1], text):
        return False
    surnames = [(words[-2], words[-1]) for name in people if len(words := name_words(name)) > 1]
    return any(given[0] == latin(word)[:1] and sound(surname) == sound(latin(match[1])) for given, surname in surnames)


@functools.lru_cache(maxsize=256)
def _sounds_of(text: str) -> frozenset[str]:
    return frozenset(map(sound, name_words(text)))


@functools.lru_cache(maxsize=256)
def _heard(text: str) -> frozenset[str]:
    return frozenset(name_words(text)) | frozenset(re.findall(r"\w+", latin(text)))


def _one_known(part: str, there: frozenset[str]) -> bool:
    part = part.removesuffix("'s")
    if part in there or (len(part) > 3 and part.rstrip("s") in there):
        return True
    heard = sound(part)
    for each in there:
        if len(each) < 3 or len(part) < 3:
            continue
        other = sound(each)
        if heard == other and len(heard) > 2:
            return True
        # A case or a demonym goes on where the name ends.
        if len(part) > 3 and len(each) > 3 and (each[:5] == part[:5] if min(len(each), len(part)) > 4 else False):
            return True
        if len(heard) > 3 and len(other) > 3 and (heard.startswith(other) or other.startswith(heard)):
            return True
    return False
