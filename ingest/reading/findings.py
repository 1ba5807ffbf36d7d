"""What a reader is given and what it finds there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ingest.errors import UnreadableArticle
from ingest.limits import MIB, USUAL, Limits
from ingest.models import Article


class Budget:
    """How many bytes a zip file, and those inside it, may still unpack to."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._size = size

    def take(self, size: int, name: str) -> None:
        """Take from what is left. Raises UnreadableArticle where that is too little."""
        self._left -= size
        if self._left < 0:
            raise UnreadableArticle(name, f"unpacks to more than {self._size // MIB} MiB; the rest is not read")


@dataclasses.dataclass(frozen=True, slots=True)
class Data:
    """Bytes that may hold articles, from a file, a zip file, an e-mail or a server.

    `name` is for messages; `id` becomes that of an article which states none and is alone. `charset` is what the sender
    calls the encoding. `address` is where it was fetched, `depth` how many zip files it stands in, `budget` what these
    may still unpack to. `cut` says why it is only the beginning of what there was, where it is.
    """

    stream: BinaryIO
    name: str
    id: str
    limits: Limits = USUAL
    charset: str = ""
    address: str = ""
    depth: int = 0
    budget: Budget | None = None
    cut: str = ""

    def whole(self) -> bytes:
        """Return all of it. Raises UnreadableArticle where that is more than one article's file may hold."""
        data = self.stream.read(self.limits.document + 1)
        if len(data) > self.limits.document:
            raise UnreadableArticle(self.name, too_large(self.limits.document))
        return data

    def head(self, size: int = 2048) -> bytes:
        """Return its first bytes without taking them."""
        at = self.stream.tell()
        data = self.stream.read(size)
        self.stream.seek(at)
        return data


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """An article that was read.

    `one_of_several` tells that its source holds more, `names_itself` that its id is the source's own word for it and
    not made from the name of a file.
    """

    article: Article
    one_of_several: bool = False
    names_itself: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Remark:
    """Something left out on purpose, which whoever runs the ingest should know of."""

    place: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """An address that a feed or a sitemap leads to."""

    address: str


Finding = Reading | UnreadableArticle | Remark | Link
Reader = Callable[[Data], Iterator[Finding]]


def too_large(limit: int) -> str:
    """Return the reason for refusing what is larger than `limit` bytes."""
    return f"larger than {limit // MIB} MiB" if limit >= MIB else f"larger than {limit} bytes"
