"""What a chat model is asked: fixed rules, numbered evidence in which nothing acts as a marker, the question last."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from assistant import locales
from assistant.drafts import Evidence
from assistant.generating.costs import tokens
from assistant.phrases import FALLBACK
from ingest.models import Kind

# To be raised with every change of what a model is told: kept answers were written by other words.
VERSION = 3
NO_ANSWER = "NO_ANSWER"
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_TEMPLATE = re.compile(
    r"<\|[^|>\n]{0,60}\|>|\[/?(?:INST|THINK)\]|<</?SYS>>|</?s>"
    r"|</?(?:think(?:ing)?|thought|reasoning|system|user|assistant|evidence)\b[^>\n]{0,60}>",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\[(?=\s*(?:\^|source|evidence)?\s*\d)([^\[\]\n]{0,40})\]|【([^【】\n]{0,40})】", re.IGNORECASE)
_ROLE = re.compile(
    r"^(\s*(?:#{1,6}\s*)?(?:system|assistant|user|developer|human|ai))(\s*):", re.IGNORECASE | re.MULTILINE
)
_FENCE = re.compile(r"={3,}|-{4,}|#{3,}|`{3,}|~{3,}")


def neutralised(text: str) -> str:
    """Return an article's words without anything that could pass for a marker, a role or the end of the evidence.

    The words stay, so that what is quoted from them can be found again in the article.
    """
    seen = _TEMPLATE.sub(" ", _INVISIBLE.sub("", text))
    seen = _MARKER.sub(lambda match: f"({match[1] or match[2] or ''})", seen)
    seen = _FENCE.sub("—", _ROLE.sub(r"\1\2 —", seen))
    return " ".join(seen.split())


def messages(
    question: str, evidence: Sequence[Evidence], *, language: str, most: int
) -> tuple[list[tuple[str, str]], int]:  # fmt: skip
    """Return what a model that writes is asked, as (role, text), and how many pieces of the evidence went in.

    The evidence is cut from its end where it and the rules would be more than `most` tokens, estimated.
    """
    rules = _words("rules").replace("{no_answer}", NO_ANSWER)
    pieces = (f"{_heading(each)}\n{neutralised(each.text)}" for each in evidence)
    lines = _fitting(pieces, most=most, spent=tokens(rules) + tokens(question) + 60)
    spoken = locales.name_of(language) or locales.name_of(FALLBACK)
    asked = f"Evidence:\n\n{chr(10).join(lines)}\n\nQuestion: {neutralised(question)}\nAnswer in {spoken}."
    return [("system", rules), ("user", asked)], len(lines)


_KINDS = {Kind.DIRECT: "verbatim", Kind.MIXED: "in part verbatim", Kind.INDIRECT: "reported"}


def _heading(evidence: Evidence) -> str:
    article, quotation = evidence.article, evidence.quotation
    origin = ", ".join(
        filter(None, [article.outlet, article.published.isoformat() if article.published else "", article.title[:120]])
    )
    sort = "passage"
    if quotation is not None and quotation.speaker:
        sort = f"statement, {_KINDS[quotation.kind]}, by {quotation.speaker}"
    return neutralised(f"({sort}; {origin})" if origin else f"({sort})")


def selection(question: str, sentences: Sequence[str], *, most: int) -> tuple[list[tuple[str, str]], int]:
    """Return what a model that selects is asked, as (role, text), and how many of the sentences went in."""
    asked = list[tuple[str, str]]([("system", _words("select"))])
    for example in _tables()["examples"]:
        asked += [("user", example["asked"].strip()), ("assistant", example["reply"])]
    spent = sum(tokens(text) for _, text in asked) + tokens(question) + 40
    lines = _fitting(map(neutralised, sentences), most=most, spent=spent)
    return [*asked, ("user", f"{chr(10).join(lines)}\n\nQuestion: {neutralised(question)}")], len(lines)


def _fitting(pieces: Iterable[str], *, most: int, spent: int) -> list[str]:
    """The pieces, numbered, as many as `most` tokens hold of which some are `spent`; at least one."""
    lines = list[str]()
    for number, piece in enumerate(pieces, 1):
        line = f"[{number}] {piece}"
        spent += tokens(line)
        if lines and spent > most:
            break
        lines.append(line[: 4 * most])
    return lines


def rewriting(question: str, history: Sequence[str]) -> list[tuple[str, str]]:
    """Return what a model that rewrites a question is asked: the last eight questions, each cut to 400 characters."""
    earlier = "\n".join(f"- {neutralised(each)[:400]}" for each in history[-8:])
    asked = f"Earlier questions:\n{earlier}\n\nLast question: {neutralised(question)[:1000]}"
    return [("system", _words("rewrite")), ("user", asked)]


@functools.cache
def asking(language: str) -> frozenset[str]:
    """Return the words of a language that a question may be asked with; of all where it has none here."""
    tables: Mapping[str, Sequence[str]] = _tables()["asking"]
    return frozenset(tables.get(language) or (word for words in tables.values() for word in words))


@functools.cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("assistant.lexicon").joinpath("prompts.toml").read_text(encoding="utf-8"))


def _words(name: str) -> str:
    return str(_tables()[name]).strip()
