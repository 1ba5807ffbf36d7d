"""OpenDocument texts (.odt): outline levels say what is a heading; comments, notes and deletions are left out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ingest.errors import UnreadableArticle
from ingest.folding import bare
from ingest.models import ParagraphKind
from ingest.reading import flow, layout, packed, records
from ingest.reading.findings import Data, Finding, Reading
from ingest.reading.layout import Block

_LEFT_OUT = frozenset(
    "text:tracked-changes text:note office:annotation office:annotation-end text:table-of-content draw:frame "
    "text:sequence-decls office:forms".split()
)


def read(data: Data) -> Iterator[Finding]:
    """Yield the article of an OpenDocument text."""
    from odfdo import Document

    stream = packed.document(data)
    try:
        document = Document(io.BytesIO(stream.read()))
        body, stated = document.body, document.meta
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise UnreadableArticle(data.name, "damaged, or not the format its name says") from error
    blocks = list(_blocks(body, document))
    title = layout.clean(stated.title or "")
    title = title if any(bare(title) == bare(layout.clean(block.words)) for block in blocks[:4]) else ""
    article = layout.article(blocks, id=data.id, title=title)
    author = stated.initial_creator or stated.creator or ""
    yield Reading(records.with_metadata(article, {"author": author, "title": article.title}))


def _blocks(parent: Any, document: Any, *, in_cell: bool = False) -> Iterator[Block]:
    for element in parent.children:
        if element.tag in _LEFT_OUT:
            continue
        if element.tag == "text:h":
            level = str(element.get_attribute("text:outline-level") or "1")
            kind = ParagraphKind.TITLE if level == "1" else ParagraphKind.HEADING
            yield Block(_words(element).replace("\v", " "), kind)
        elif element.tag == "text:p":
            yield from _paragraph(element, document, in_cell=in_cell)
        else:
            yield from _blocks(element, document, in_cell=in_cell or element.tag == "table:table-cell")


def _paragraph(element: Any, document: Any, *, in_cell: bool) -> Iterator[Block]:
    words = _words(element)
    if in_cell and not layout.is_text(words):
        return
    style = str(element.get_attribute("text:style-name") or "")
    names = {style, *_parents(style, document)}
    if "Title" in names:
        yield Block(words.replace("\v", " "), ParagraphKind.TITLE)
    elif not names & {"Caption", "Illustration", "Header", "Footer"}:
        kind = layout.bold(words) if _is_bold(element, style, document) else ParagraphKind.PROSE
        yield from (Block(block.words, kind) for block in flow.parted(words))


def _parents(style: str, document: Any) -> Iterator[str]:
    """The styles that a paragraph's own, made by the program, stands on."""
    found = document.get_style("paragraph", style) if style else None
    for _ in range(5):
        parent = found.get_attribute("style:parent-style-name") if found is not None else None
        if not parent:
            return
        yield str(parent)
        found = document.get_style("paragraph", str(parent))


def _is_bold(element: Any, style: str, document: Any) -> bool:
    if _weighs("paragraph", style, document):
        return True
    spans = element.children
    return (
        len(spans) == 1
        and spans[0].tag == "text:span"
        and not ((element.text or "") + (spans[0].tail or "")).strip()
        and _weighs("text", str(spans[0].get_attribute("text:style-name") or ""), document)
    )


def _weighs(family: str, style: str, document: Any) -> bool:
    found = document.get_style(family, style) if style else None
    properties = found.get_properties(area="text") if found is not None else None
    return properties is not None and properties.get("fo:font-weight") == "bold"


def _words(element: Any) -> str:
    parts = [element.text or ""]
    for child in element.children:
        if child.tag == "text:s" or child.tag == "text:tab":
            parts.append(" ")
        elif child.tag == "text:line-break":
            parts.append("\v")
        elif child.tag not in _LEFT_OUT:
            parts.append(_words(child))
        parts.append(child.tail or "")
    return "".join(parts)
