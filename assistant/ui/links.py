"""Addresses: /article?id=…&v=…&s=…&e=… names an article, a version of it and a span; /speakers?name=… a speaker."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from urllib.parse import urlencode

from ingest.models import Article, Span

_LARGEST = 2**31 - 1
# Whoever pastes a page into the address is looking for nobody.
LONGEST_NAME = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """What an address asks for: an article, perhaps in an earlier version, perhaps with words to light."""

    article_id: str
    version: int | None = None
    start: int | None = None
    end: int | None = None

    def span(self, article: Article) -> Span | None:
        """Return the words to light, held inside the text; None where the address names none."""
        if self.start is None or self.end is None:
            return None
        start, end = (max(0, min(offset, len(article.text))) for offset in (self.start, self.end))
        return Span(start, end) if start < end else None

    @property
    def address(self) -> str:
        """The address itself, relative to the pages of the app."""
        return f"article?{urlencode(self.parameters)}"

    @property
    def parameters(self) -> dict[str, str]:
        """The query parameters of the address."""
        named = {"v": self.version, "s": self.start, "e": self.end}
        return {"id": self.article_id} | {name: str(value) for name, value in named.items() if value is not None}


@dataclasses.dataclass(frozen=True, slots=True)
class Whose:
    """Whom an address names: by a name as anybody may write it; exactly, by a record's key or as an article has it."""

    name: str = ""
    key: str = ""
    article_id: str = ""

    @property
    def address(self) -> str:
        """The address itself, relative to the pages of the app."""
        return f"speakers?{urlencode(self.parameters)}"

    @property
    def parameters(self) -> dict[str, str]:
        """The query parameters of the address."""
        named = {"name": self.name, "key": self.key, "in": self.article_id}
        return {parameter: value for parameter, value in named.items() if value}


def whose(parameters: Mapping[str, str]) -> Whose:
    """Read the address of a speaker as anybody may have typed it."""
    name = " ".join(parameters.get("name", "").split())
    return Whose(name=name[:LONGEST_NAME], key=parameters.get("key", ""), article_id=parameters.get("in", ""))


def place(parameters: Mapping[str, str]) -> Place:
    """Read an address as anybody may have typed it: what is no number counts as not given."""
    version = _number(parameters.get("v", ""))
    return Place(
        article_id=parameters.get("id", ""),
        version=version if version is not None and version > 0 else None,
        start=_number(parameters.get("s", "")),
        end=_number(parameters.get("e", "")),
    )


def _number(text: str) -> int | None:
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not (digits.isascii() and digits.isdigit()):
        return None
    # No text is that long, and Python refuses to read integers of thousands of digits.
    return sign * (int(digits) if len(digits) < 10 else _LARGEST)
