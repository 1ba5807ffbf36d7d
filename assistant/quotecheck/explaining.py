"""What a verdict means, in a sentence or two."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources

from assistant.models import Change, Match, Verdict
from ingest.models import Article

_FALLBACK = "en"


@functools.cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("assistant.lexicon").joinpath("checks.toml").read_text(encoding="utf-8"))


def spoken(language: str) -> str:
    """Return the language that a check is explained in."""
    return language if language in _tables() else _FALLBACK


def verdict_name(verdict: Verdict, language: str) -> str:
    """Return a verdict in words."""
    return _tables()[spoken(language)][f"name_{verdict.value}"]


def change_name(change: Change, language: str) -> str:
    """Return in words what kind of word was changed."""
    return _tables()[spoken(language)][f"change_{change.value}"]


def explanation(
    verdict: Verdict, matches: Sequence[Match], claimed: str, language: str, *, unresolved: bool = False,
    few: bool = False,
) -> str:  # fmt: skip
    """Return why the verdict is what it is."""
    table = _tables()[spoken(language)]
    first = matches[0] if matches else None
    speaker = first.speaker if first else None
    key = verdict.value
    if verdict is Verdict.MISATTRIBUTED and not speaker:
        key = "misattributed_unknown"
    elif verdict is Verdict.REPORTED and not speaker:
        key = "reported_by_nobody"
    elif verdict is Verdict.NOT_FOUND and matches:
        key = "not_found_near"
    changed = dict.fromkeys(change for m in matches[:1] for d in m.difference for change in d.changes)
    kinds = ", ".join(table[f"change_{change.value}"] for change in changed)
    missing = (
        " … ".join(" ".join(_piece(first, each.start, each.end).split()) for each in first.missing) if first else ""
    )
    values = {
        "speaker": speaker or table["nobody"],
        "claimed": claimed,
        "missing": missing,
        "title": first.title if first else "",
        "kinds": kinds,
        "count": str(len(matches)),
    }
    lines = [_filled(table[key], values)]
    if verdict in (Verdict.ALTERED, Verdict.MISATTRIBUTED) and kinds:
        lines.append(_filled(table["meaning"], values))
    if first and first.quoted_by:
        lines.append(_filled(table["quoted_by"], {**values, "quoted_by": first.quoted_by}))
    if unresolved and verdict not in (Verdict.NOT_FOUND, Verdict.REPORTED):
        lines.append(_filled(table["unresolved"], values))
    if few and verdict is not Verdict.NOT_FOUND:
        lines.append(table["few"])
    return " ".join(lines)


def corrected_since(article: Article, language: str) -> str:
    """Return that the claimed words stood in this earlier version of an article."""
    values = {"version": str(article.version), "title": article.headline}
    return _filled(_tables()[spoken(language)]["earlier"], values)


def _piece(match: Match | None, start: int, end: int) -> str:
    """The missing words, from the sentence that the match carries."""
    if match is None or match.sentence is None:
        return ""
    offset = match.sentence.start
    return match.whole_sentence[max(0, start - offset) : max(0, end - offset)]


def _filled(text: str, values: Mapping[str, str]) -> str:
    for place, value in values.items():
        text = text.replace("{" + place + "}", value)
    return text
