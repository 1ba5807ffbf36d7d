"""XML: the wire formats NewsML-G2 and NITF, and by their root feeds, sitemaps and pages.

Entities are never expanded and nothing is loaded: a document that declares entities of its own is refused.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import Any

from ingest.errors import UnreadableArticle
from ingest.models import Article, ParagraphKind
from ingest.reading import feeds, flow, html, layout, records
from ingest.reading.encoding import decoded
from ingest.reading.findings import Data, Finding, Reading
from ingest.reading.layout import Block

_DECLARED = re.compile(rb"<\?xml[^>]*?encoding=[\"']([\w.-]+)")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>\s*")
_FEEDS = frozenset({"rss", "feed", "RDF"})
_SITEMAPS = frozenset({"urlset", "sitemapindex"})
_WITHDRAWN = frozenset({"stat:canceled", "stat:cancelled", "stat:withheld", "canceled", "withheld"})


def read(data: Data) -> Iterator[Finding]:
    """Yield the articles of an XML file, by what its root says it is."""
    whole = data.whole()
    declared = _DECLARED.search(whole[:200])
    text = decoded(whole, name=data.name, stated=data.charset or (declared[1].decode() if declared else ""))
    if "<!ENTITY" in text:
        raise UnreadableArticle(data.name, "declares entities of its own, which are not expanded")
    # From here on it is UTF-8, and no declaration says otherwise.
    source = _DECLARATION.sub("", text, count=1).encode()
    if data.cut or _root(source) in _FEEDS:
        # Feeds are often no good XML, and their reader knows.
        yield from feeds.read(data, source)
        return
    root = _parsed(source, data.name)
    if root.tag in _SITEMAPS:
        yield from feeds.sitemap(data, root)
    elif root.tag == "html":
        yield Reading(html.article(text, id=data.id, name=data.name, address=data.address))
    else:
        yield from _wire(data, root)


def _root(source: bytes) -> str:
    """The name of the first element, read no further than to it."""
    from lxml import etree

    with contextlib.suppress(etree.XMLSyntaxError, ValueError):
        for _, element in etree.iterparse(
            io.BytesIO(source), events=("start",), resolve_entities=False, no_network=True, load_dtd=False
        ):  # fmt: skip
            return str(etree.QName(element).localname)
    return ""


def _parsed(source: bytes, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableArticle(name, f"no well-formed XML: {layout.clean(str(error))[:120]}") from error
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def _wire(data: Data, root: Any) -> Iterator[Finding]:
    items = list(root.iter("newsItem", "NewsItem")) or list([root] if root.tag == "nitf" else root.iter("nitf"))
    if not items:
        reason = f"XML of another kind (<{root.tag}>); NewsML-G2, NITF, feeds and sitemaps are read"
        raise UnreadableArticle(data.name, reason)
    several = len(items) > 1
    known = set[str]()
    for number, item in enumerate(items, 1):
        place = f"{data.name}, item {number}" if several else data.name
        stated = _identity(item)[:200]
        if several and stated in known:
            yield UnreadableArticle(place, f"the item {stated!r} stands twice")
            continue
        known.add(stated)
        try:
            article = _item(
                item, place, stated if several and stated else f"{data.id}-{number}" if several else data.id
            )
        except UnreadableArticle as error:
            yield UnreadableArticle(place, error.reason)
        else:
            if article is not None:
                yield Reading(article, one_of_several=several, names_itself=several and bool(stated))


def _identity(item: Any) -> str:
    if item.tag == "newsItem":
        return str(item.get("guid") or "")
    found = item.find(".//doc-id")
    return str(found.get("id-string") or "") if found is not None else ""


def _item(item: Any, place: str, id_: str) -> Article | None:
    """The article of one item of a wire; None for a picture, a video or a graphic."""
    nitf = item if item.tag == "nitf" else item.find(".//nitf")
    sort = item.find("itemMeta/itemClass")
    if sort is not None and "text" not in str(sort.get("qcode") or sort.get("uri") or "text"):
        return None
    status = item.find("itemMeta/pubStatus")
    if status is not None and str(status.get("qcode")) in _WITHDRAWN:
        raise UnreadableArticle(place, "withdrawn by its publisher")
    title = _first(item, "contentMeta/headline", ".//body.head//hl1", ".//head/title", ".//HeadLine")
    title = title or (_first(item, ".//hedline") if nitf is not None else "")
    article = layout.article(_body(item, nitf), id=id_, title=title)
    return records.with_metadata(article, {
        "title": article.title,
        "lang": _language(item, nitf),
        "date": _date(item),
        "outlet": _outlet(item),
        "author": _first(item, "contentMeta/by", ".//byline/person", ".//byline", "contentMeta/creator/name"),
    })  # fmt: skip


def _body(item: Any, nitf: Any) -> list[Block]:
    lower = [Block(words, ParagraphKind.HEADING) for words in [_first(nitf, ".//body.head//hl2")] if words]
    if nitf is not None:
        content = nitf.find(".//body.content")
        return [*lower, *(flow.of_element(content) if content is not None else ())]
    found: list[Block] = []
    for inline in item.iterfind("contentSet/inlineXML"):
        found += flow.of_element(inline)
    for inline in item.iterfind("contentSet/inlineData"):
        text = "".join(inline.itertext())
        found += flow.of_html(text) if "<p" in text else [Block(line) for line in text.splitlines()]
    if not found:
        content = item.find(".//DataContent")
        found = flow.of_element(content) if content is not None else []
    return found


def _language(item: Any, nitf: Any) -> str:
    tag = item.find("contentMeta/language")
    stated = tag.get("tag") if tag is not None else None
    own = "{http://www.w3.org/XML/1998/namespace}lang"
    inner = nitf.find("body") if nitf is not None else None
    return str(stated or item.get(own) or (inner.get(own) if inner is not None else "") or "")


def _date(item: Any) -> str:
    words = _first(item, "contentMeta/contentCreated", "itemMeta/firstCreated", "itemMeta/versionCreated",
                   ".//FirstCreated")  # fmt: skip
    for path in (".//date.release", ".//date.issue", ".//story.date"):
        found = item.find(path)
        words = words or (str(found.get("norm") or "") if found is not None else "")
    return words


def _outlet(item: Any) -> str:
    provider = item.find("itemMeta/provider")
    named = _first(
        item, "itemMeta/provider/name", "contentMeta/creditline", ".//distributor", "contentMeta/infoSource/name"
    )
    literal = str(provider.get("literal") or "") if provider is not None else ""
    holder = item.find(".//doc.copyright")
    return named or literal or (str(holder.get("holder") or "") if holder is not None else "")


def _first(item: Any, *paths: str) -> str:
    """The words of the first of these elements that has any."""
    for path in paths if item is not None else ():
        found = item.find(path)
        words = layout.clean("".join(found.itertext())) if found is not None else ""
        if words:
            return words
    return ""
