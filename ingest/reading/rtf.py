"""Rich text (.rtf): its words in the encodings that it names itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ingest.errors import UnreadableArticle
from ingest.reading import layout, records
from ingest.reading.findings import Data, Finding, Reading
from ingest.reading.layout import Block

_STATED = re.compile(r"\{\\(title|author)\s((?:[^{}\\]|\\'[0-9a-fA-F]{2}|\\u-?\d+\s?\??|\\[{}\\])*)\}")

_PICTURE = re.compile(r"[0-9a-fA-F\s]{1000,}")


def read(data: Data) -> Iterator[Finding]:
    """Yield the article of a rich text file."""
    from striprtf import striprtf

    rtf_to_text: Callable[..., str] = striprtf.rtf_to_text

    # Seven bits by definition; a letter beyond them is that of a program that did not know.
    source = data.whole().decode("cp1252", "replace")
    if not source.lstrip().startswith("{\\rtf"):
        raise UnreadableArticle(data.name, "not the format its name says")
    # Pictures are digits by the million, which take the reader long to pass over.
    text = rtf_to_text(_PICTURE.sub("", source), errors="replace")
    blocks = [Block(line) for line in text.splitlines()]
    stated = {
        found[1]: rtf_to_text(f"{{\\rtf1\\ansi {found[2]}}}", errors="replace")
        for found in _STATED.finditer(source[:20000])
    }
    article = layout.article(blocks, id=data.id)
    yield Reading(records.with_metadata(article, {"title": article.title, "author": stated.get("author", "")}))
