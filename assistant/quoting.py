"""A message that is a quotation, or asks about one: whose words, and what a check of them replies."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from assistant import understanding
from assistant.citations import verified
from assistant.drafts import Evidence
from assistant.models import Abstention, Match, QuoteCheck, Reason, Reply, Verdict
from assistant.quotecheck.claims import attributed
from assistant.quotecheck.explaining import verdict_name
from assistant.writing import extraction
from ingest.archive.archive import Archive
from ingest.errors import UnusableQuestion
from ingest.folding import unaccented
from ingest.languages import language_of

# So many words in marks, and nothing else, are a quotation; fewer may be a title or a name.
_FEWEST_PASTED = 4
# The same without marks.
_FEWEST_BARE = 5
# With more of the question behind the marks, fewer words in them are a name that the question is about.
_FEWEST_BEFORE_MORE = 3
_REMEMBERED = 8
# Nobody asks about a quotation in more words than these.
_LONGEST_FRAME = 300
_MARKED = re.compile(
    r"«\s*(?P<a>[^«»]+?)\s*»|“\s*(?P<b>[^“”„]+?)\s*”|„\s*(?P<c>[^„“”]+?)\s*[“”]|\"(?P<d>[^\"]+)\"|‹\s*(?P<e>[^‹›]+?)\s*›"
    r"|(?<!\w)['‘‚](?P<f>(?=\S)(?s:.)+?)['’](?!\w)(?!(?s:.)*\w['’](?!\w))"
)
# Stands for the quoted words: of one character, which no text has.
_PLACE = "\ue000"
_EDGES = " ?!.…:;,¿¡\n\t"


@dataclasses.dataclass(frozen=True, slots=True)
class Quoted:
    """Words that a message asks about, and who is said to have said them: a name, a role, or "" for nobody."""

    words: str
    speaker: str
    language: str


def quoted(message: str, *, history: Sequence[str] = (), language: str | None = None) -> Quoted | None:
    """Return the quotation that a message is or asks about; None where it is neither.

    A pronoun stands for whoever the earlier messages, oldest first, last asked about. `language` is the caller's.

    >>> quoted("Did Ana Ruiz say “the port opens tomorrow”?").speaker
    'Ana Ruiz'
    """
    text = message.strip()
    found = list(_MARKED.finditer(text))
    if not found or len(text) - sum(match.end() - match.start() for match in found) > _LONGEST_FRAME:
        return None
    return _asked(text, found, history) or _pasted(text, found, history, language)


def may_be_words(message: str) -> bool:
    """Tell whether a message without marks has the shape of pasted words: no question, and longer than a title."""
    words = re.findall(r"\w+", message)
    return "?" not in message and len(words) >= _FEWEST_BARE and not understanding.asks(words[0])


def reply(
    check: QuoteCheck, archive: Archive, *, question: str, language: str, limit: int = 5
) -> Reply:  # fmt: skip
    """Return a check as a reply: the verdict first, then the words it rests on, each cited."""
    name = verdict_name(check.verdict, language)
    opening = f"{name[:1].upper()}{name[1:]}. {check.explanation}"
    evidence = list(dict.fromkeys(_evidence(match, archive) for match in check.matches[:limit]))
    if check.verdict is not Verdict.NOT_FOUND:
        draft = extraction.draft(evidence, opening=opening, language=language)
        answer = verified(draft, question=question, language=language)
        if answer is not None:
            return dataclasses.replace(answer, check=check)
    nearest = tuple(each.citation(number) for number, each in enumerate(evidence, 1))
    return Abstention(question, language, Reason.NOT_IN_ARTICLES, opening, nearest, check=check)


def _evidence(match: Match, archive: Archive) -> Evidence:
    article = archive.catalog.article(match.article_id, match.version)
    span = match.span
    said = [q for q in archive.catalog.ledger(match.article_id).quotations if q.speaker == match.speaker]
    said = [q for q in said if q.kind is match.kind and q.span.overlaps(span)]
    whole = next((q for q in said if q.span.covers(span)), said[0] if said else None)
    # A full stop that the claim left out is no reason to show less than the whole statement.
    if whole is not None and whole.span.covers(span) and not any(
        c.isalnum() for c in article.text[whole.span.start : span.start] + article.text[span.end : whole.span.end]
    ):  # fmt: skip
        span = whole.span
    return Evidence(article, span, whole)


def _asked(text: str, found: Sequence[re.Match[str]], history: Sequence[str]) -> Quoted | None:
    for match in found:
        words = next(filter(None, match.groups()))
        frame = " ".join(f"{text[: match.start()]}{_PLACE}{text[match.end() :]}".split())
        plain = unaccented(frame).lower()
        if len(plain) != len(frame):
            continue
        start = len(plain) - len(plain.lstrip(_EDGES))
        end = len(plain.rstrip(_EDGES))
        for spoken, pattern in _patterns():
            if not (fit := pattern.fullmatch(plain, start, end)):
                continue
            groups = fit.groupdict()
            if groups.pop("more", None) and len(words.split()) < _FEWEST_BEFORE_MORE:
                continue
            name = next((n for n, value in groups.items() if n.startswith("who") and value), "")
            who = frame[fit.start(name) : fit.end(name)].strip(" ,:") if name else ""
            if who and understanding.asks(who.split()[0]):
                continue
            if who and unaccented(who).lower() in _tables()[spoken]["nobody"]:
                who = ""
            if groups.get("he") is not None:
                return Quoted(words, _last_named(history), spoken)
            return Quoted(words, _resolved(who, history), spoken)
    return None


def _pasted(
    text: str, found: Sequence[re.Match[str]], history: Sequence[str], language: str | None
) -> Quoted | None:  # fmt: skip
    """A message that is nothing but a quotation, with its attribution or without one."""
    inside = " ".join(next(filter(None, match.groups())) for match in found)
    outside, at = "", 0
    for match in found:
        outside += f"{text[at : match.start()]} {_PLACE} "
        at = match.end()
    outside = f"{outside}{text[at:]}"
    plain = unaccented(outside).lower()
    first = re.findall(r"\w+", plain)[:1]
    if (
        "?" in outside.rstrip().rstrip("?")
        or (first and understanding.asks(first[0]))
        or len(inside.split()) < _FEWEST_PASTED
    ):
        return None
    spoken = language_of(inside, default=language or "en")
    if not any(c.isalnum() for c in outside):
        return Quoted(inside if len(found) == 1 else text, "", spoken)
    who = attributed(outside.replace(_PLACE, "|"))
    if who is None:
        return None
    return Quoted(inside, _resolved(who, history), spoken)


def _resolved(who: str, history: Sequence[str]) -> str:
    """The speaker named; for a pronoun, whoever the conversation was last about, or nobody."""
    return _last_named(history) if who and understanding.is_pronoun(who) else who


def _last_named(history: Sequence[str]) -> str:
    for number in range(len(history) - 1, max(-1, len(history) - 1 - _REMEMBERED), -1):
        before = history[:number]
        if (earlier := quoted(history[number])) is not None and earlier.speaker:
            return earlier.speaker
        try:
            named = understanding.understood(history[number], history=before, longest=10**6).who
        except UnusableQuestion:
            continue
        if named and not understanding.is_pronoun(named):
            return named
    return ""


@functools.cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("assistant.lexicon").joinpath("quoting.toml").read_text(encoding="utf-8"))


@functools.cache
def _patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    return [
        (language, _compiled(pattern, table, more=sort == "asked"))
        for sort in ("asked", "asked_before")
        for language, table in _tables().items()
        for pattern in table[sort]
    ]


def _compiled(pattern: str, table: Mapping[str, Any], *, more: bool) -> re.Pattern[str]:
    numbers = iter(range(100))
    filled = (
        pattern.replace("‹›", _PLACE)
        .replace("{say}", rf"\b{_one_of(table['say'])}\b")
        .replace("{that}", rf"(?: {_one_of(table['that'])}\b)*[ ,:'–—-]*")
        .replace("{really}", f"(?:,? ?{_one_of(table['really'])},? ?)*")
    )
    filled = filled.replace("{he}", "(?P<he>)")
    who = rf"[^\s{_PLACE}](?:[^{_PLACE}?]{{0,68}}?[^\s{_PLACE}])?"
    filled = re.sub(r"\{who\}", lambda _: f"(?P<who{next(numbers)}>{who})", filled)
    # What the words were about, or where they were said, may follow.
    ending = (
        rf"(?P<more>[ ,]+[^{_PLACE}]{{1,80}})?" if more and filled.removesuffix("(?P<he>)").endswith(_PLACE) else ""
    )
    return re.compile(filled + ending)


def _one_of(words: Sequence[str]) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"
