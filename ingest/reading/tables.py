"""Tables of articles: one JSON object a line, a JSON document, or CSV with a header line. Read bit by bit."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from ingest.errors import UnreadableArticle
from ingest.models import Article
from ingest.reading import records
from ingest.reading.encoding import decoded, lines_of
from ingest.reading.findings import Data, Finding, Reading

# A long article fits a CSV field; a stray quotation mark must not swallow a gigabyte.
_LONGEST_FIELD = 20_000_000
# Under what names a JSON document keeps its list of articles.
_LISTS = ("articles", "items", "results", "data")


def jsonl(data: Data) -> Iterator[Finding]:
    """Yield the articles of a JSONL table in order, and for each bad line the error that names it."""
    known = _Known(data.name, "line")
    for number, line in _lines(lines_of(data.stream, name=data.name, newline="\n"), data.name):
        if not line.strip():
            continue
        record = _json(line)
        if isinstance(record, dict):
            yield known.read(record, number)
        else:
            yield UnreadableArticle(f"{data.name}, line {number}", "not JSON" if record is _BAD else "no JSON object")


def document(data: Data) -> Iterator[Finding]:
    """Yield the articles of a JSON document: one object, a list of them, or an object with such a list."""
    value = _json(decoded(data.whole(), name=data.name))
    if isinstance(value, dict):
        value = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), value)
    if isinstance(value, list):
        known = _Known(data.name, "entry")
        for number, record in enumerate(value, 1):
            if isinstance(record, dict):
                yield known.read(record, number)
            else:
                yield UnreadableArticle(f"{data.name}, entry {number}", "no JSON object")
    elif isinstance(value, dict):
        yield Reading(records.article(value, name=data.name, id=data.id), names_itself=bool(value.get("id")))
    else:
        yield UnreadableArticle(data.name, "not JSON" if value is _BAD else "no JSON object or list")


def delimited(data: Data) -> Iterator[Finding]:
    """Yield the articles of a CSV table (comma, semicolon or tab) in order, and for each bad row the error."""
    csv.field_size_limit(_LONGEST_FIELD)
    text = lines_of(data.stream, name=data.name, newline="")
    header = text.readline(_LONGEST_FIELD)
    delimiter = max(",;\t", key=header.count)
    lines = _Lines(header, text)
    rows = csv.DictReader(lines, delimiter=delimiter, strict=True)
    try:
        columns = [column.strip().lower() for column in rows.fieldnames or ()]
    except (csv.Error, UnicodeDecodeError) as error:
        yield UnreadableArticle(f"{data.name}, line 1", _reason(error))
        return
    if "text" not in columns:
        yield UnreadableArticle(data.name, "no column named text")
        return
    rows.fieldnames = columns
    known = _Known(data.name, "line")
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            # Where a row ends is unknown from here on; guessing would make articles of fragments.
            yield UnreadableArticle(
                f"{data.name}, line {number}", f"{_reason(error)}; the rest of the file is not read"
            )
            return
        fields: dict[str | None, Any] = dict(row)
        # The module files what has no column under None.
        if any(field.strip() for field in fields.pop(None, None) or ()):
            # A text with a bare delimiter in it would otherwise be cut there without a word.
            yield UnreadableArticle(
                f"{data.name}, line {number}", "more fields than columns; is a field without its quotation marks?"
            )
        else:
            yield known.read({column: field for column, field in fields.items() if column}, number)


class _Lines:
    """The lines of a table for the csv module, none of them longer than a field may be."""

    def __init__(self, header: str, text: TextIO) -> None:
        self._next, self._text = header, text

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line, self._next = self._next, ""
        line = line or self._text.readline(_LONGEST_FIELD)
        if not line:
            raise StopIteration
        if len(line) >= _LONGEST_FIELD:
            raise csv.Error(f"a line longer than {_LONGEST_FIELD} characters")
        return line


class _Known:
    """The articles of a table so far: for each id a hash of its record and where it stands, in few bytes."""

    def __init__(self, name: str, unit: str) -> None:
        self._name, self._unit = name, unit
        self._places: dict[bytes, tuple[bytes, int]] = {}

    def read(self, record: Mapping[str, Any], number: int) -> Finding:
        """Return the article of a record, or what is wrong with it."""
        where = f"{self._name}, {self._unit} {number}"
        # Without an id of its own, an article is known by its words: the same words are the same article.
        identity = _hash(record.get("title"), record.get("text")).hex()
        try:
            read = records.article(record, name=where, id=identity)
        except UnreadableArticle as error:
            return error
        return self._unless_another(read, record, where, number)

    def _unless_another(self, read: Article, record: Mapping[str, Any], where: str, number: int) -> Finding:
        whole = _hash(*sorted((key, str(value)) for key, value in record.items()))
        known, earlier = self._places.setdefault(_hash(read.id), (whole, number))
        if known != whole:
            other = f"{self._name}, {self._unit} {earlier}"
            return UnreadableArticle(where, f"the id {read.id!r} is that of another article, at {other}")
        return Reading(read, one_of_several=True, names_itself=True)


_BAD = object()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _BAD


def _lines(text: TextIO, name: str) -> Iterator[tuple[int, str]]:
    number = 0
    while True:
        number += 1
        try:
            line = text.readline(_LONGEST_FIELD)
        except UnicodeDecodeError as error:
            raise UnreadableArticle(f"{name}, line {number}", f"{_reason(error)}; the rest is not read") from error
        if not line:
            return
        if len(line) >= _LONGEST_FIELD:
            reason = f"longer than {_LONGEST_FIELD} characters; the rest is not read"
            raise UnreadableArticle(f"{name}, line {number}", reason)
        yield number, line


def _reason(error: Exception) -> str:
    return "not in the encoding of what stands before" if isinstance(error, UnicodeDecodeError) else str(error)


def _hash(*values: Any) -> bytes:
    return hashlib.sha256("\n".join(map(str, values)).encode("utf-8", "surrogatepass")).digest()[:8]
