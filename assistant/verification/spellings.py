"""Names as another language or script spells them: by how they are heard."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Prefix

from assistant.verification import places
from assistant.verification.names import CAPITAL, KINDRED, heard, is_named, own_names_at, same_name
from ingest.folding import CAPITALS, is_cased, latin
from ingest.hearing import heard_likeness, skeletons
from ingest.models import Span

# Names of so few consonants are like too many others; of so many of a hundred in common they are one.
_FEWEST_CONSONANTS, _SAME_CONSONANTS = 2, 0.75
# So many tell by themselves; of fewer, or less alike ones, the sounds must be the same too.
_FEWEST_TELLING, _HALF = 3, 0.5
_FEWEST_JOINED, _SAME_SKELETON = 4, 0.7
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
# Before a family name in Arabic stands an article.
_ARTICLE = re.compile(r"\s(?:[^\W\d]{2}[- ])?")
_READ_ON = 40


def is_same_elsewhere(one: str, language: str, other: str, written: str) -> bool:
    """Tell whether two names may be of one person or body as two languages write them ("ВОЗ", "WHO")."""
    if same_name(one, other):
        return True
    keys = places.keys_of(one, language)
    if keys and keys & places.keys_of(other, written):
        return True
    return heard_likeness(one, other) >= _NAMED_SO


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


def spelled_elsewhere(prose: str, people: Sequence[str]) -> list[Span]:
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


def is_kindred(word: str, text: str) -> bool:
    """Tell whether a text has a name that can be the same as another language spells it, as it is heard."""
    plain = latin(word)
    for other in heard(text):
        # "Киотского" is of Kioto.
        if Prefix.similarity(plain, other) >= max(KINDRED, min(len(plain), len(other)) - 1):
            return True
    there = _words_of_names(text)
    return any(_is_heard(part, there) for part in re.split(r"[\s’'-]+", word) if len(part) > 1)


@functools.lru_cache(maxsize=256)
def _words_of_names(text: str) -> tuple[str, ...]:
    """The words of a text that may be of names: those with capitals, where its script has them."""
    names = CAPITAL if is_cased(text) else _WORD
    return tuple(dict.fromkeys(part for match in names.finditer(text) for part in _WORD.findall(match[0])))


def is_short_before_kindred(prose: str, here: Span, text: str) -> bool:
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
