"""Web pages: the article without navigation, captions and related links, and what the page states about it.

Nothing in a page is run, rendered or fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ingest.errors import UnreadableArticle
from ingest.folding import bare
from ingest.languages import language_of, words
from ingest.models import Article, ParagraphKind
from ingest.reading import flow, layout, records
from ingest.reading.encoding import decoded
from ingest.reading.findings import Data, Finding, Reading
from ingest.reading.layout import Block

_STATED_ENCODING = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,200}?encoding=[\"']([\w.-]+)", re.I)  # noqa: E501  # fmt: skip
_LANGUAGE = re.compile(r"<html\b[^>]{0,1000}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)
# As long as this, a text shows its language better than the template of the page it stands in.
_TELLS_ITS_LANGUAGE = 300
# An error page says little else; an article that mentions one goes on.
_LONGEST_ERROR_PAGE = 1500
# Beside a picture, in the words that sites use; the extraction knows captions itself.
_CREDITS = [f'//*[contains(concat(" ", @class, " "), " {name} ")]' for name in (
    "credit", "credits", "photo-credit", "image-credit", "img-credit", "media-credit", "picture-credit", "video-title",
)]  # fmt: skip
_OUTSIDE = re.compile(r"\A\s*<\?xml[^>]*\?>")
_INNER = frozenset({"p", "head", "list", "quote", "table"})
_LETTER = re.compile(r"\w")
_BODY = 250
_PULLED, _COMPARED, _RIGHTS = 30, 1000, 200
_COPYRIGHT = re.compile(r"©|\(c\)\s|copyright\b", re.IGNORECASE)
_HEADLINE_PARTS = re.compile(r"\s[-|:·•]+\s|[:|]")


def read(data: Data) -> Iterator[Finding]:
    """Yield the article of a page."""
    page = data.whole()
    stated = _STATED_ENCODING.search(page[:4096])
    # A page that can say so in single bytes is not written in pairs of them.
    named = next(filter(None, stated.groups())).decode().lower() if stated else ""
    charset = data.charset or ("" if named.startswith("utf-16") else named)
    text = decoded(page, name=data.name, stated=charset)
    yield Reading(article(text, id=data.id, name=data.name, address=data.address))


def article(page: str, *, id: str, name: str, address: str = "") -> Article:  # noqa: A002
    """Return the article of a page that was found at `address`.

    Raises UnreadableArticle, naming `name`, for a page that holds none, as a list of links or an error in disguise.
    """
    from trafilatura import bare_extraction

    document = bare_extraction(
        page, url=address or None, with_metadata=True, include_comments=False, include_formatting=True,
        include_tables=True, include_images=False, include_links=True,
        prune_xpath=_CREDITS,
        date_extraction_params={"original_date": True, "extensive_search": False, "max_date": "2099-12-31"},
    )  # fmt: skip
    linked = _linked(page)
    if isinstance(document, dict):
        raise TypeError("asked for a document")
    blocks = _own(list(_blocks(document.body))) if document and document.body is not None else []
    if len(blocks) == 1:
        blocks = _of_short_page(page, blocks[0])
    said = sum(len(block.words) for block in blocks if block.kind is ParagraphKind.PROSE)
    if said < len(linked.get("body", "")) // 2:
        # A page that a script fills in carries its text in its head, for search engines.
        blocks = [Block(line) for line in linked["body"].splitlines()]
    title = (document and document.title) or linked.get("headline", "")
    heads = [title, *(block.words for block in blocks[:3] if block.kind is not ParagraphKind.PROSE)]
    if sum(len(block.words) for block in blocks) < _LONGEST_ERROR_PAGE and any(map(_is_error, heads)):
        raise UnreadableArticle(name, f"a page that says there is no article: {layout.clean(title)[:80]!r}")
    try:
        read = layout.article(blocks, id=id, title=title)
    except UnreadableArticle as error:
        raise UnreadableArticle(name, "no article in this page") from error
    if not read.prose:
        raise UnreadableArticle(name, "no article in this page")
    stated = {
        "title": read.title,
        "lang": _language(page, read.text, linked),
        "date": linked.get("date") or (document and document.date),
        "outlet": (document and document.sitename) or linked.get("outlet", ""),
        "author": linked.get("author") or ((document and document.author) or "").replace("; ", ", "),
        "url": _own_address(document.url if document else None, address),
    }
    return records.with_metadata(read, stated)


def _of_short_page(page: str, extracted: Block) -> list[Block]:
    """The paragraphs of an article so short that the extraction gives its words in one, headline and all."""
    from lxml import etree, html

    try:
        root = html.fromstring(_OUTSIDE.sub("", page))
    except (etree.LxmlError, ValueError):
        return [extracted]
    area = next((found for tag in ("article", "main", "body") if (found := root.find(f".//{tag}")) is not None), root)
    for furniture in [*area.iter("header", "footer", "form")]:
        if not any(True for _ in furniture.iter("h1")):
            furniture.drop_tree()
    shown = [block for block in flow.of_element(area) if layout.clean(block.words)]
    same = layout.clean(" ".join(block.words for block in shown)) in layout.clean(extracted.words)
    return shown if shown and same else [extracted]


def _own(blocks: list[Block]) -> list[Block]:
    """The blocks that are the article's: no line of rights, and nothing pulled out of its text to be seen larger."""
    # No page has so many; comparing each with each would take as long as whoever made it wants.
    shown = [bare(block.words) for block in blocks[:_COMPARED]]
    pulled = {
        number
        for number, words in enumerate(shown)
        if len(inner := words.strip("\"' ")) >= _PULLED and blocks[number].kind is ParagraphKind.PROSE
        and any(inner in other and len(other) > len(words) for other in shown)
    }  # fmt: skip
    return [
        block for number, block in enumerate(blocks)
        if number not in pulled and not (len(block.words) < _RIGHTS and _COPYRIGHT.match(block.words.strip()))
    ]  # fmt: skip


def _blocks(body: Any) -> Iterator[Block]:
    """The paragraphs of an extracted page, in the extraction's own small vocabulary."""
    for element in body:
        if not isinstance(element.tag, str):
            continue
        if element.tag == "head":
            kind = ParagraphKind.TITLE if element.get("rend") == "h1" else ParagraphKind.HEADING
            yield Block(_words(element), kind)
        elif element.tag == "list":
            for item in element.iter("item"):
                yield from _paragraph(item)
        elif element.tag == "table":
            # Rows of figures say nothing in sentences; pages laid out as tables do.
            yield from (Block(cell) for cell in map(_words, element.iter("cell")) if layout.is_text(cell))
        elif element.tag == "quote" and any(child.tag in _INNER for child in element):
            yield from flow.parted(element.text or "")
            yield from _blocks(element)
        elif element.tag not in {"graphic", "code"}:
            yield from _paragraph(element)
        if element.tail and element.tail.strip():
            yield Block(element.tail)


def _paragraph(element: Any) -> Iterator[Block]:
    if element.tag == "ref" or (len(element) and _is_link(element)):
        # It leads to another article, whatever it says.
        yield Block(_words(element).replace("\v", " "), ParagraphKind.TEASER)
        return
    is_bold = not (element.text or "").strip() and len(element) == 1 and element[0].get("rend") == "#b" and not (
        element[0].tail or ""
    ).strip()  # fmt: skip
    for block in flow.parted(_words(element)):
        yield Block(block.words, layout.bold(block.words)) if is_bold else block


def _is_link(element: Any) -> bool:
    """Tell whether all the words of an element are links."""
    outside = [element.text, *(child.tail for child in element)]
    return not any(words and _LETTER.search(words) for words in outside) and all(
        child.tag in {"ref", "lb"} or (child.tag == "hi" and len(child) and _is_link(child)) for child in element
    )


def _words(element: Any) -> str:
    if element.tag == "lb":
        return "\v"
    parts = [element.text or ""]
    for child in element:
        words = _words(child) if isinstance(child.tag, str) else ""
        parts += [flow.asked(words, parts) if child.get("rend") == "#b" else words, child.tail or ""]
    return "".join(parts)


def _language(page: str, text: str, linked: Mapping[str, str]) -> str:
    """What the page states, unless its words are enough to show another: templates are copied from one another."""
    written = _LANGUAGE.search(page)
    stated = linked.get("language") or (written[1] if written else "")
    if len(text) >= _TELLS_ITS_LANGUAGE or not stated:
        return language_of(text)
    return stated


_LINKED = re.compile(r"<script[^>]{0,200}application/ld\+json[^>]{0,200}>(.*?)</script", re.DOTALL | re.IGNORECASE)


def _linked(page: str) -> dict[str, str]:
    """What the page's JSON-LD states of the article: headline, date, author, outlet, language."""
    for script in _LINKED.finditer(page):
        try:
            value = json.loads(script[1].strip(), strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _items(value):
            kinds = item.get("@type")
            if any("Article" in str(kind) or "Posting" in str(kind) for kind in _listed(kinds)):
                return {
                    "headline": _text(item.get("headline")),
                    "body": _body(item.get("articleBody")),
                    "date": _text(item.get("datePublished")),
                    "author": ", ".join(filter(None, (_text(author) for author in _listed(item.get("author"))))),
                    "outlet": _text(item.get("publisher")),
                    "language": _text(item.get("inLanguage")),
                }
    return {}


def _items(value: Any) -> Iterator[Mapping[str, Any]]:
    for item in _listed(value):
        if isinstance(item, dict):
            yield item
            yield from (inner for inner in _listed(item.get("@graph")) if isinstance(inner, dict))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or ""
    return layout.clean(value) if isinstance(value, str) else ""


def _body(value: Any) -> str:
    """The text of an article as JSON-LD carries it: some write HTML into it."""
    if not isinstance(value, str) or len(value) < _BODY:
        return ""
    return "\n".join(block.words for block in flow.of_html(value)) if "<p" in value else value


def _own_address(stated: str | None, address: str) -> str:
    """The page's own word for its address, which may be any page of the same site but no other site's."""
    if not address:
        return stated or ""
    same_site = urlsplit(stated or "").hostname == urlsplit(address).hostname
    return stated if stated and same_site else address


def _is_error(headline: str) -> bool:
    """Tell whether a headline, or a part of it beside the outlet's name, is what error pages are headed."""
    known = words("error_pages")
    return any(part.strip(" .!…") in known for part in _HEADLINE_PARTS.split(bare(headline)))
