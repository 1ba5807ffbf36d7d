"""Paths to articles: which files are articles, and which reader reads each."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ingest.errors import NothingToRead, UnreadableArticle
from ingest.models import Article
from ingest.reading import markdown, plain, tables
from ingest.reading.encoding import decoded

Reader = Callable[[str, str], Iterator[Article | UnreadableArticle]]


def _single(read: Callable[..., Article]) -> Reader:
    def reader(text: str, name: str) -> Iterator[Article | UnreadableArticle]:
        if not text.strip():
            yield UnreadableArticle(name, "empty")
            return
        try:
            yield read(text, id=Path(name).stem)
        except UnreadableArticle as error:
            yield UnreadableArticle(name, error.reason)

    return reader


READERS: dict[str, Reader] = {
    ".txt": _single(plain.article),
    ".md": _single(markdown.article),
    ".jsonl": lambda text, name: tables.jsonl(text, name=name),
    ".csv": lambda text, name: tables.delimited(text, name=name),
}
TABLES = frozenset({".jsonl", ".csv"})
LARGEST = 512 * 1024 * 1024
_ADDRESS = re.compile(r"(?P<scheme>https?|ftp):/+(?P<rest>.+)", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that holds articles. `key` is its absolute path: what makes it the same source at the next run."""

    path: Path
    key: str
    size: int
    modified_ns: int


def source_files(paths: Iterable[Path]) -> Iterator[SourceFile | NothingToRead]:
    """Yield the files that hold articles, folders searched through in order, and the error of each path without one.

    A file named outright must have a known ending; in a folder, other files and hidden ones are passed over.
    """
    seen = set[str]()
    for path in paths:
        for source in _source_files(path):
            if isinstance(source, NothingToRead) or source.key not in seen:
                yield source
            if isinstance(source, SourceFile):
                seen.add(source.key)


def articles(path: Path, data: bytes) -> Iterator[Article | UnreadableArticle]:
    """Yield the articles in the `data` of the file at `path`, and for each one that cannot be read the error."""
    name = _name(path)
    if not data:
        yield UnreadableArticle(name, "empty")
        return
    if len(data) > LARGEST:
        yield UnreadableArticle(name, f"larger than {LARGEST // 2**20} MiB")
        return
    try:
        text = decoded(data, name=name)
    except UnreadableArticle as error:
        yield error
        return
    yield from READERS[path.suffix.lower()](text, name)


def _source_files(path: Path) -> Iterator[SourceFile | NothingToRead]:
    name = _name(path)
    try:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in READERS and _is_visible(p, path))
            if not found:
                yield NothingToRead(name, f"no articles in this folder ({', '.join(READERS)} are read)")
            for each in found:
                yield from _source_files(each)
        elif not path.exists():
            if address := _ADDRESS.match(name):
                # A path has only one stroke where an address has two.
                name = f"{address['scheme']}://{address['rest']}"
                yield NothingToRead(name, "addresses are not read yet; save the page's text as a file")
            else:
                yield NothingToRead(name, "no such file or folder")
        elif path.suffix.lower() not in READERS:
            yield NothingToRead(name, f"not a format that is read ({', '.join(READERS)} are)")
        elif not path.is_file():
            yield NothingToRead(name, "no regular file")
        else:
            stat = path.stat()
            yield SourceFile(path, _name(path.resolve()), stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        yield NothingToRead(name, error.strerror or str(error))


def _name(path: Path) -> str:
    """The path as text; bytes that are none in the system's encoding are written as escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _is_visible(path: Path, root: Path) -> bool:
    return path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
