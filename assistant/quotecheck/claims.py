"""What is claimed: the words of a quotation, its pieces, and who is said to have said them."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Sequence

from assistant.quotecheck.lexicon import languages, tables
from assistant.quotecheck.words import Words, words_of
from assistant.understanding import is_pronoun
from ingest.errors import UnusableQuestion
from ingest.folding import unaccented
from ingest.languages import language_of

LONGEST = 5000
_ELLIPSIS = re.compile(r"[\[(]\s*(?:…|\.\s?\.\s?\.\.?)\s*[\])]|…|\.\s?\.\s?\.+")
_MARKED = re.compile(r"«\s*([^«»]+?)\s*»|“\s*([^“”„]+?)\s*”|„\s*([^„“”]+?)\s*[“”]|\"([^\"]+)\"")
_EMAIL = re.compile(r"(?m)^[ \t]*>+[ \t]?")


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """A claimed quotation: its words, and before which of them an ellipsis marks a gap.

    `text` is what was pasted; `speaker` is who is said to have said it, "" for nobody; `beside` is
    a name that stands outside the marks of the pasted text, which may be the speaker's; `is_marked` tells that the
    words are claimed as somebody's very own, not retold.
    """

    text: str
    words: Words
    gaps: tuple[int, ...]
    language: str
    speaker: str = ""
    is_marked: bool = True
    beside: str = ""

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """The stretches between the gaps: first word, and one after the last."""
        edges = (0, *self.gaps, len(self.words))
        return tuple(itertools.pairwise(edges))

    @property
    def said(self) -> str:
        """The claimed words as text, from the first to the last."""
        return self.words.printed(0, len(self.words))


def claimed(quotation: str, *, speaker: str = "", language: str | None = None, longest: int = LONGEST) -> Claim:
    """Return what a pasted quotation claims. Raises UnusableQuestion where it holds no words, or too many.

    Where marks stand inside the pasted text, what stands in them is claimed and the rest tells who said it.
    """
    if len(quotation) > longest:
        raise UnusableQuestion(f"the quotation has {len(quotation):,} characters; at most {longest:,} are checked")
    text = "".join(
        c if c.isprintable() or c in "\n\r\t\u00ad\u200b\u200c\u200d\u2060\ufeff" else " " for c in quotation
    )
    text = _EMAIL.sub("", text).strip()
    if not any(c.isalnum() for c in text):
        raise UnusableQuestion("the quotation is empty: it has no words")
    parts, outside = _marked(text)
    found = language_of(" ".join(" ".join(parts).split()), default=language or "en")
    if language and len(text) < 25:
        found = language
    return _claim(text, parts, found, " ".join(speaker.split()), beside=_name(outside) if not speaker.strip() else "")


def whole(claim: Claim) -> Claim:
    """Return the claim that all of the pasted text was said, what stands outside its marks too."""
    return _claim(claim.text, [claim.text], claim.language, claim.speaker, beside=claim.beside)


def retold_claim(claim: Claim, retold: Retold) -> Claim:
    """Return the claim that `retold` makes of a text without marks."""
    return dataclasses.replace(
        _claim(claim.text, [retold.words], claim.language, claim.speaker or retold.speaker), is_marked=False
    )


def _claim(text: str, parts: Sequence[str], language: str, speaker: str, *, beside: str = "") -> Claim:
    cuts = [cut for part in parts for cut in _ELLIPSIS.split(part) if len(words_of(cut))] or [text]
    gaps, at = [], 0
    for cut in cuts[:-1]:
        at += len(words_of(cut))
        gaps.append(at)
    return Claim(text, words_of(" … ".join(cuts)), tuple(gaps), language, speaker, beside=beside)


def _marked(text: str) -> tuple[list[str], str]:
    """The parts in marks and what stands outside them; the whole text where the marks hold the lesser part of it."""
    found = [(m.start(), m.end(), next(filter(None, m.groups()))) for m in _MARKED.finditer(text)]
    inside = [words for _, _, words in found]
    outside, at = "", 0
    for start, end, _ in found:
        outside += text[at:start] + " | "
        at = end
    outside += text[at:]
    if not any(c.isalnum() for c in outside):
        return (inside if len(inside) > 1 else [text]), ""
    if len(words_of(" ".join(inside))) < max(3, len(words_of(outside))):
        return [text], ""
    is_most = len(words_of(" ".join(inside))) > 1.5 * len(words_of(outside))
    if not is_most and not any(_speech_verb(outside, language) for language in languages()):
        return [text], ""
    return [" ".join(inside)], outside


def _speech_verb(text: str, language: str) -> bool:
    return bool(_say(language).search(unaccented(text).casefold())) or any(
        form in unaccented(text).casefold() for form in tables()[language]["according"]
    )


def attributed(outside: str) -> str | None:
    """Return whom the words outside the marks of a quotation give it to; None where they do not give it to anybody.

    "|" stands for the marked words. A pronoun is returned as such.
    """
    plain = unaccented(outside).lower()
    for language in languages():
        say = _say(language).pattern
        before = re.search(rf"\b(\w+)[- ](?:(?:a|ha|hat|has|had|avait) )?{say}", plain)
        after = re.search(rf"{say}(?:-t)?[- ](\w+)\s*(?:[|.,:]|$)", plain)
        for beside in (before, after):
            if beside and is_pronoun(beside[1]):
                return beside[1]
    if any(_speech_verb(outside, language) for language in languages()):
        return _name(outside)
    # "Ana Ruiz: …", "… — Ana Ruiz, minister".
    words = re.findall(r"\w+", outside)
    name = _name(outside)
    return name if name and len(words) <= 8 and 2 * len(name.split()) >= len(words) else None


_NAME = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*")


def _name(outside: str) -> str:
    """The longest run of words with a capital outside the marks: "a déclaré le général Igor Konachenkov"."""
    best: list[str] = []
    run: list[str] = []
    for match in _NAME.finditer(outside):
        if match[0][0].isupper():
            run.append(match[0])
            best = max(best, list(run), key=len)
        else:
            run = []
    return " ".join(best)


@dataclasses.dataclass(frozen=True, slots=True)
class Retold:
    """A claim that somebody said something, in no marks: who, and what."""

    speaker: str
    words: str


def retold(text: str) -> Sequence[Retold]:
    """Return the ways in which `text` reads as "X said that Y", "according to X, Y" or "Y, said X"."""
    plain = unaccented(" ".join(text.split()))
    text = " ".join(text.split())
    if len(plain) != len(text) or len(text) > 1000:
        return ()
    found = []
    for language in languages():
        for pattern in _patterns(language):
            if match := pattern.match(plain):
                who = text[match.start("who") : match.end("who")].strip(" ,:")
                said = text[match.start("said") : match.end("said")].strip(' ,:."«»“”„')
                if any(c.isupper() for c in who) or len(who.split()) > 1:
                    found.append(Retold(who, said))
    return tuple(dict.fromkeys(found))


@functools.cache
def _say(language: str) -> re.Pattern[str]:
    forms = sorted(tables()[language]["say"], key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, forms))})\b", re.IGNORECASE)


@functools.cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    table = tables()[language]
    say = _say(language).pattern
    that = "|".join(map(re.escape, table["that"]))
    after = "|".join(map(re.escape, table["according"]))
    that = rf"(?:\s*,?\s+(?:{that})(?:\s+|')|\s*[:,]\s*|\s+)"
    return (
        re.compile(rf"^(?P<who>\S.{{1,70}}?)\s+{say}{that}(?P<said>\S.{{7,}})$", re.IGNORECASE),
        re.compile(rf"^(?:{after})\s+(?P<who>[^,]{{2,70}}),\s+(?P<said>\S.{{7,}})$", re.IGNORECASE),
        re.compile(rf"^(?P<said>\S.{{7,}}?),\s+{say}\s+(?P<who>[^,]{{2,70}})$", re.IGNORECASE),
        re.compile(rf"^(?P<said>\S.{{7,}}?),\s+(?P<who>[^,]{{2,50}})\s+{say}$", re.IGNORECASE),
    )
