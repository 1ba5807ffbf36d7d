"""RSS and Atom feeds, and sitemaps: articles that they carry whole, and links to those that they only announce."""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from ingest.errors import UnreadableArticle
from ingest.reading import flow, layout, records
from ingest.reading.findings import Data, Finding, Link, Reading, Remark
from ingest.reading.names import name_of

# What is shorter announces an article, unless it is in the element that is meant for the whole of it.
_WHOLE, _WHOLE_SUMMARY = 250, 1500
_GOES_ON = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\[&#8230;\])\W*$|\bread more\W*$", re.IGNORECASE)


def read(data: Data, source: bytes) -> Iterator[Finding]:
    """Yield what a feed holds: articles in full, links to the others where the feed itself was fetched."""
    import feedparser

    feed = feedparser.parse(io.BytesIO(source), response_headers={"content-location": data.address})
    entries = list(feed.entries)
    if data.cut and entries:
        # The last one is the one that was cut.
        entries = entries[:-1]
        yield Remark(data.name, f"{data.cut}; its first {len(entries)} entries are read")
    if len(entries) > data.limits.entries:
        yield Remark(data.name, f"only the first {data.limits.entries} of {len(entries)} entries are read")
    if not entries and (data.cut or not feed.version):
        raise UnreadableArticle(data.name, data.cut or "no feed that can be read")
    known = set[str]()
    for number, entry in enumerate(entries[: data.limits.entries], 1):
        place = f"{data.name}, entry {number}"
        address = _address(entry, data)
        key = address or str(entry.get("id") or "")
        if key and key in known:
            continue
        known.add(key)
        yield _entry(entry, address, place, feed.feed, data)


def sitemap(data: Data, root: Any) -> Iterator[Finding]:
    """Yield the links of a sitemap."""
    if not data.address:
        raise UnreadableArticle(data.name, "a sitemap holds addresses only; add it by its own")
    found = dict.fromkeys(
        layout.clean(place.text or "") for entry in root if isinstance(entry.tag, str) for place in entry.iter("loc")
        if place.getparent() is entry
    )  # fmt: skip
    if len(found) > data.limits.entries:
        yield Remark(data.name, f"only the first {data.limits.entries} of {len(found)} addresses are read")
    site = urlsplit(data.address).hostname
    for address in list(found)[: data.limits.entries]:
        if urlsplit(address).hostname == site:
            yield Link(address)
        else:
            # A sitemap speaks for its own site only.
            yield UnreadableArticle(data.name, f"{address[:200]!r} is no address of this site")


def _entry(entry: Any, address: str, place: str, feed: Any, data: Data) -> Finding:
    body = _whole(entry)
    if not body:
        if address and data.address:
            return Link(address)
        reason = "only a summary; add the feed by its address, so that its pages are read"
        return UnreadableArticle(place, reason if address else "neither a text nor an address")
    id_ = name_of(address) if address else layout.clean(str(entry.get("id") or ""))[:200]
    try:
        article = layout.article(flow.of_html(body), id=id_ or data.id, title=_plain(entry.get("title")))
    except UnreadableArticle as error:
        return UnreadableArticle(place, error.reason)
    stated = {
        "title": article.title,
        "date": _date(entry),
        "outlet": _plain(feed.get("title")),
        "author": ", ".join(filter(None, (_plain(each.get("name")) for each in entry.get("authors") or ()))),
        "url": address,
    }
    return Reading(records.with_metadata(article, stated), one_of_several=True)


def _whole(entry: Any) -> str:
    """The HTML of an entry that is the article itself; nothing where it only announces one."""
    bodies = [str(content.get("value") or "") for content in entry.get("content") or ()]
    for body, shortest in [*((b, _WHOLE) for b in bodies), (str(entry.get("summary") or ""), _WHOLE_SUMMARY)]:
        words = flow.words_of(body)
        if len(words) >= shortest and not _GOES_ON.search(words):
            return body
    return ""


def _address(entry: Any, data: Data) -> str:
    stated = str(entry.get("link") or "").strip()
    try:
        address = urljoin(data.address, stated) if stated else ""
        return address if urlsplit(address).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def _plain(value: Any) -> str:
    return layout.clean(flow.words_of(str(value or "")))


def _date(entry: Any) -> str:
    """The day an entry was published on, where it was published."""
    stated = str(entry.get("published") or entry.get("updated") or "").strip()
    for parsed in (datetime.datetime.fromisoformat, email.utils.parsedate_to_datetime):
        with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
            return parsed(stated).date().isoformat()
    day = entry.get("published_parsed") or entry.get("updated_parsed")
    return f"{day[0]:04}-{day[1]:02}-{day[2]:02}" if day else ""
