"""Paths and addresses to articles: which of them hold articles, and which reader reads each."""

from __future__ import annotations

import dataclasses
import importlib
import io
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ingest.errors import NothingToRead, UnreadableArticle
from ingest.limits import USUAL, Limits
from ingest.models import Article
from ingest.reading import markdown, packed, plain, tables
from ingest.reading.encoding import decoded
from ingest.reading.findings import Data, Finding, Reader, Reading, too_large

if TYPE_CHECKING:
    from ingest.reading.web import Page


def _text(data: Data) -> Iterator[Finding]:
    yield Reading(plain.article(_words(data), id=data.id))


def _markdown(data: Data) -> Iterator[Finding]:
    yield Reading(markdown.article(_words(data), id=data.id))


def _words(data: Data) -> str:
    text = decoded(data.whole(), name=data.name, stated=data.charset)
    if not text.strip():
        raise UnreadableArticle(data.name, "empty")
    return text


def _zip(data: Data) -> Iterator[Finding]:
    yield from packed.read(data, findings, is_known)


def _later(module: str, function: str = "read") -> Reader:
    """A reader whose libraries are loaded when it first reads."""

    def reader(data: Data) -> Iterator[Finding]:
        for library in _TALKATIVE:
            # What they report is told in our own words, once.
            logging.getLogger(library).addHandler(logging.NullHandler())
        found: Reader = getattr(importlib.import_module(f"ingest.reading.{module}"), function)
        yield from found(data)

    return reader


READERS: dict[str, Reader] = {
    ".txt": _text,
    ".md": _markdown,
    ".html": _later("html"),
    ".pdf": _later("pdf"),
    ".docx": _later("word"),
    ".odt": _later("opendocument"),
    ".rtf": _later("rtf"),
    ".eml": _later("mail"),
    ".mbox": _later("mail", "mailbox"),
    ".json": tables.document,
    ".jsonl": tables.jsonl,
    ".csv": tables.delimited,
    ".tsv": tables.delimited,
    ".xml": _later("xml"),
    ".zip": _zip,
}
_SAME = {".htm": ".html", ".xhtml": ".html", ".ndjson": ".jsonl", ".rss": ".xml", ".atom": ".xml"}
# Read bit by bit; the others are held in memory whole, and are smaller.
COLLECTIONS = frozenset({".mbox", ".jsonl", ".csv", ".tsv", ".zip"})
_ZIPPED = frozenset({".docx", ".odt", ".zip"})
_TEXTS = frozenset({".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".eml", ".mbox"})
_TALKATIVE = ("trafilatura", "htmldate", "courlan", "readability_lxml", "justext", "pdfminer", "dateparser", "odfdo")
_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+):/+(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_DAMAGED = "damaged, or not the format its name says"
_MEDIA = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt", "application/rtf": ".rtf", "text/rtf": ".rtf",
    "message/rfc822": ".eml", "application/mbox": ".mbox", "application/json": ".json", "text/csv": ".csv",
    "application/feed+json": ".json", "application/jsonl": ".jsonl", "application/x-ndjson": ".jsonl",
    "text/tab-separated-values": ".tsv", "application/xml": ".xml", "text/xml": ".xml",
    "application/rss+xml": ".xml", "application/atom+xml": ".xml", "application/rdf+xml": ".xml",
    "application/zip": ".zip",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that holds articles. `key` is its absolute path: what makes it the same source at the next run."""

    path: Path
    key: str
    size: int
    modified_ns: int


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """An address of the web that may hold articles, or lead to them; `depth` feeds and sitemaps led to it."""

    key: str
    depth: int = 0


Source = SourceFile | Address


def source_files(paths: Iterable[str | Path]) -> Iterator[Source | NothingToRead]:
    """Yield the files that hold articles, folders searched through in order, and the error of each path without one.

    A file named outright must have a known ending; in a folder, other files and hidden ones are passed over.
    """
    seen = set[str]()
    for path in paths:
        for source in _sources(path):
            if isinstance(source, NothingToRead) or source.key not in seen:
                yield source
            if not isinstance(source, NothingToRead):
                seen.add(source.key)


def articles(path: Path, data: bytes, *, limits: Limits = USUAL) -> Iterator[Article | UnreadableArticle]:
    """Yield the articles in the `data` of a file called `path`, and for each one that cannot be read the error."""
    name = name_of(path)
    for found in findings(Data(io.BytesIO(data), name, Path(name).stem, limits)):
        if isinstance(found, Reading):
            yield found.article
        elif isinstance(found, UnreadableArticle):
            yield found


def findings(data: Data, *, media_type: str = "") -> Iterator[Finding]:
    """Yield what is found in a file, in a member of a zip file, or in what a server sent as `media_type`.

    Whatever is wrong with it is an UnreadableArticle among what is yielded; nothing is raised.
    """
    try:
        ending = format_of(data, media_type=media_type)
        if data.cut and ending not in {".xml", ".jsonl"}:
            yield UnreadableArticle(data.name, data.cut)
            return
        yield from READERS[ending](data)
    except UnreadableArticle as error:
        # A reader of one article knows it by its id alone.
        yield UnreadableArticle(data.name, error.reason) if error.place in {"", data.id} else error
    except OSError as error:
        yield UnreadableArticle(data.name, error.strerror or _DAMAGED)
    except Exception:  # libraries fail in as many ways as there are broken files
        yield UnreadableArticle(data.name, _DAMAGED)


def is_known(name: str) -> bool:
    """Tell whether a file of this name in a folder or a zip file is read: hidden ones and other formats are not."""
    path = PurePosixPath(name.replace("\\", "/"))
    hidden = any(part.startswith(".") and part.strip(".") for part in path.parts) or path.parts[:1] == ("__MACOSX",)
    return not hidden and _ending(name) in READERS


def largest(path: Path, limits: Limits) -> int:
    """Return how many bytes a file of this name may have."""
    return limits.collection if _ending(path.name) in COLLECTIONS else limits.document


def format_of(data: Data, *, media_type: str = "") -> str:
    """Return the ending of the format that the data is in, by its first bytes where they are plain, then by its name.

    Raises UnreadableArticle for an empty file and for one that its first bytes show to be something else.
    """
    head = data.head()
    if not head:
        raise UnreadableArticle(data.name, "empty")
    stated = _MEDIA.get(media_type) or _ending(data.address.partition("?")[0] or data.name)
    if head.startswith(b"%PDF-") or (stated == ".pdf" and b"%PDF-" in head):
        return ".pdf"
    if head.startswith(b"{\\rtf"):
        return ".rtf"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise UnreadableArticle(data.name, "an old Word or Office file; save it as .docx")
    if head.startswith(b"PK\x03\x04") and (stated not in READERS or stated not in _TEXTS):
        return stated if stated in _ZIPPED else ".zip"
    if _PAGE.match(head) and stated not in {".eml", ".mbox"}:
        return ".html"
    if data.address and stated not in {".xml", ".json", ".jsonl", ".csv", ".tsv", ".md", ".eml", ".mbox"}:
        # Servers call feeds and pages by many names.
        return ".xml" if _is_xml(head) else ".html" if b"<" in head[:200] or media_type == "text/html" else ".txt"
    if stated == ".html" and _is_xml(head) and b"<html" not in head.lower():
        return ".xml"
    if stated not in READERS:
        raise UnreadableArticle(data.name, f"not a format that is read ({', '.join(READERS)} are)")
    return stated


def is_address(name: str) -> bool:
    """Tell whether what was asked for is an address of the web and no path."""
    return name.lower().startswith(("http://", "https://"))


def name_of(path: Path) -> str:
    """Return the path as text; bytes that are none in the system's encoding are written as escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _is_xml(head: bytes) -> bool:
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex", b"<nitf", b"<newsItem"))


def _ending(name: str) -> str:
    ending = PurePosixPath(name).suffix.lower()
    return _SAME.get(ending, ending)


def _sources(given: str | Path) -> Iterator[Source | NothingToRead]:
    path = Path(given)
    name = name_of(path)
    try:
        if path.is_dir():
            yield from _in_folder(path, name)
        elif not path.exists():
            if address := _ADDRESS.match(str(given)):
                yield _address(address)
            else:
                yield NothingToRead(name, "no such file or folder")
        elif _ending(path.name) not in READERS:
            yield NothingToRead(name, f"not a format that is read ({', '.join(READERS)} are)")
        elif not path.is_file():
            yield NothingToRead(name, "no regular file")
        else:
            stat = path.stat()
            yield SourceFile(path, name_of(path.resolve()), stat.st_size, stat.st_mtime_ns)
    except (OSError, ValueError) as error:
        yield NothingToRead(name, getattr(error, "strerror", "") or str(error))


def _in_folder(folder: Path, name: str) -> Iterator[Source | NothingToRead]:
    inside = folder.resolve()
    found = sorted(p for p in folder.rglob("*") if is_known(str(p.relative_to(folder))) and p.is_file())
    if not found:
        yield NothingToRead(name, f"no articles in this folder ({', '.join(READERS)} are read)")
    for path in found:
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            yield NothingToRead(name_of(path), "a link out of the folder; name the file itself to add it")
        else:
            yield from _sources(path)


def _address(found: re.Match[str]) -> Address | NothingToRead:
    # A path has only one stroke where an address has two.
    address = f"{found['scheme'].lower()}://{found['rest'].partition('#')[0]}"
    if found["scheme"].lower() not in {"http", "https"}:
        return NothingToRead(address, "no address that is read; http and https are")
    return Address(address)


def downloaded(page: Page, *, name: str, limits: Limits) -> Iterator[Finding]:
    """Yield what is found in what a server sent; `name` is the address that was asked for."""
    from ingest.reading.names import name_of as id_of

    received = Data(
        io.BytesIO(page.data), name, id_of(page.address), limits, page.charset, page.address, cut=page.cut
    )  # fmt: skip
    yield from findings(received, media_type=page.media_type)


def opened(source: SourceFile, *, limits: Limits) -> Iterator[Finding]:
    """Yield what is found in a file, which is read while it is yielded."""
    if source.size > largest(source.path, limits):
        yield UnreadableArticle(source.key, too_large(largest(source.path, limits)))
        return
    with source.path.open("rb") as stream:
        yield from findings(Data(stream, name_of(source.path), name_of(Path(source.path.stem)), limits))
