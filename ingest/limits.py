"""How much of what others send is read: sizes in bytes, times in seconds."""

from __future__ import annotations

import dataclasses

MIB = 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What a file, a packed folder or an address may cost before it is refused or cut, and said to be.

    document    one article's file, after unpacking; it is held in memory whole
    collection  a table, a mailbox or a zip file, which are read bit by bit
    unpacked    all that a zip file unpacks to
    entries     files in a zip file, articles in a feed, pages that a feed or a sitemap leads to
    nesting     zip files in zip files, sitemaps in sitemaps
    pages       of a PDF
    seconds     an answer to a request takes, redirects included; also a PDF to be read
    redirects   before an answer
    download    one answer of a server
    private     whether addresses of the machine itself and its own network may be asked
    """

    document: int = 64 * MIB
    collection: int = 4096 * MIB
    unpacked: int = 1024 * MIB
    entries: int = 10_000
    nesting: int = 3
    pages: int = 2000
    seconds: float = 30.0
    redirects: int = 5
    download: int = 20 * MIB
    private: bool = False


USUAL = Limits()
