"""Markdown: the first heading is the title, the others are headings; front matter states date, author and outlet."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import yaml

from ingest.cleaning import paragraphs
from ingest.errors import UnreadableArticle
from ingest.languages import language_of
from ingest.models import Article, Paragraph, ParagraphKind, Span
from ingest.reading import records

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(?P<text>.*?)[ \t]*#*\Z", re.DOTALL)
_NOT_PROSE = re.compile(r"!\[|```|\||(?:[-*_] ?){3,}\Z|\[[^\]]+\]:")
_FENCED = re.compile(r"^(```|~~~)[^\n]*\n(?:.*?\n)?\1", re.DOTALL | re.MULTILINE)
_LEADER = re.compile(r"(?:>[ \t]*)+|[-*+][ \t]+|\d+[.)][ \t]+")


def article(text: str, *, id: str) -> Article:  # noqa: A002
    """Return the article in a Markdown file. `text` stays as published, marks and all; spans leave the marks out."""
    stated = _FRONT_MATTER.match(text)
    metadata = _stated(stated[1], id) if stated else {}
    body = stated.end() if stated else 0
    title, parts = "", list[Paragraph]()
    code = [Span(*fence.span()) for fence in _FENCED.finditer(text, body)]
    for part in paragraphs(text[body:], title="\0"):
        words = part.span.of(text[body:])
        start = body + part.span.start
        if any(fence.start <= start < fence.end for fence in code):
            continue
        if heading := _HEADING.match(words):
            kind = ParagraphKind.HEADING if title else ParagraphKind.TITLE
            title = title or " ".join(heading["text"].split())
            parts.append(Paragraph(Span(start + heading.start("text"), start + heading.end("text")), kind))
        elif not _NOT_PROSE.match(words):
            leader = _LEADER.match(words)
            parts.append(
                dataclasses.replace(part, span=Span(start + (leader.end() if leader else 0), body + part.span.end))
            )
    read = Article(id=id, text=text, title=title, language=language_of(text[body:]), paragraphs=tuple(parts))
    return records.with_metadata(read, metadata)


def _stated(front_matter: str, name: str) -> dict[str, Any]:
    try:
        metadata = yaml.safe_load(front_matter)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date like 2024-13-45 is a ValueError
        raise UnreadableArticle(name, "its front matter is no YAML that can be read") from error
    return metadata if isinstance(metadata, dict) else {}
