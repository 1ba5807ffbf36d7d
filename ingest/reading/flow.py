"""Marked-up text that is an article already, as feeds, wires and e-mails carry it, to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.models import ParagraphKind
from ingest.reading import layout
from ingest.reading.layout import Block

# The elements of HTML and NITF. What is in neither list is inline: its words run on.
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 hl1 hl2".split())
_PARAGRAPHS = _HEADINGS | frozenset(
    "p li blockquote bq block div section article main header footer ul ol dl dt dd tr td th tbody thead table hr pre "
    "body html center body.content".split()
)
_LEFT_OUT = frozenset(
    "head title figure figcaption aside nav script style template noscript button form iframe video audio svg object "
    "media media-caption media-reference media-producer body.head body.end nitf-table note".split()
)
_BOLD = frozenset({"b", "strong"})
# No text holds this character: it marks the question of an interview while a paragraph is gathered.
_ASKED = "\x02"
# Deeper than any page is nested; what is deeper was made to break its reader.
_DEEPEST = 200
_OUTSIDE = re.compile(r"<!--.*?-->|<!\[CDATA\[|\]\]>", re.DOTALL)


def of_html(fragment: str) -> list[Block]:
    """Return the paragraphs of a piece of HTML; none where there is nothing to read."""
    from lxml import html
    from lxml.etree import LxmlError

    try:
        root = html.fragment_fromstring(_OUTSIDE.sub("", fragment), create_parent="div")
    except (ValueError, AssertionError, LxmlError):
        return []
    return of_element(root)


def of_element(root: Any) -> list[Block]:
    """Return the paragraphs below an element of lxml whose tags have no namespace."""
    return list(_flow(root, 0))


def words_of(fragment: str) -> str:
    """Return the words of a piece of HTML on one line, to measure and compare."""
    return layout.clean(" ".join(block.words for block in of_html(fragment)))


def parted(words: str) -> Iterator[Block]:
    """Yield a paragraph's words as blocks: a line break inside it ("\\v") parts it in two, as it does for the eye."""
    for part in words.split("\v"):
        if part.strip():
            asked = part.lstrip().startswith(_ASKED)
            yield Block(part, layout.bold(layout.clean(part)) if asked else ParagraphKind.PROSE)


def asked(words: str, before: list[str]) -> str:
    """Return words in bold, set apart where they are the question that a paragraph or a line of it begins with."""
    begins = "".join(before).rstrip(" \t\r\n")[-1:] in {"", "\v"}
    return f"{_ASKED}{words}\v" if begins and words.strip().endswith("?") else words


def _flow(element: Any, depth: int) -> Iterator[Block]:
    if depth > _DEEPEST:
        return
    gathered = [element.text or ""]
    for child in element:
        if _is(child, _LEFT_OUT):
            pass
        elif _is(child, _PARAGRAPHS) or (isinstance(child.tag, str) and any(_is(e, _PARAGRAPHS) for e in child.iter())):
            yield from parted("".join(gathered))
            gathered = []
            yield from _paragraph(child, depth + 1)
        else:
            words = _inline(child, depth)
            gathered.append(asked(words, gathered) if _is(child, _BOLD) else words)
        gathered.append(child.tail or "")
    yield from parted("".join(gathered))


def _paragraph(element: Any, depth: int) -> Iterator[Block]:
    is_heading, is_bold = _is(element, _HEADINGS), _is_bold(element)
    for block in _flow(element, depth):
        if is_heading:
            yield Block(block.words, ParagraphKind.HEADING)
        elif is_bold:
            yield Block(block.words, layout.bold(block.words))
        elif element.tag not in {"td", "th"} or layout.is_text(block.words):
            # Cells of figures say nothing in sentences; pages laid out as tables do.
            yield block


def _is_bold(element: Any) -> bool:
    return len(element) == 1 and _is(element[0], _BOLD) and not ((element.text or "") + (element[0].tail or "")).strip()


def _inline(element: Any, depth: int) -> str:
    if not isinstance(element.tag, str) or depth > _DEEPEST:
        return ""
    if element.tag == "br":
        return "\v"
    parts = [element.text or ""]
    for child in element:
        parts += ["" if _is(child, _LEFT_OUT) else _inline(child, depth + 1), child.tail or ""]
    return "".join(parts)


def _is(element: Any, tags: frozenset[str]) -> bool:
    return isinstance(element.tag, str) and element.tag in tags
