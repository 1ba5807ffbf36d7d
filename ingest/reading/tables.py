"""Tables of articles: one JSON object a line, or CSV with a header line."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.errors import UnreadableArticle
from ingest.models import Article
from ingest.reading import records

# A long article fits a CSV field; a stray quotation mark must not swallow a gigabyte.
_LONGEST_FIELD = 20_000_000


def jsonl(text: str, *, name: str) -> Iterator[Article | UnreadableArticle]:
    """Yield the articles of a JSONL table in order, and for each bad line the error that names it."""
    places: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield UnreadableArticle(where, "not JSON")
            continue
        if isinstance(record, dict):
            yield _read(record, where, places)
        else:
            yield UnreadableArticle(where, "no JSON object")


def delimited(text: str, *, name: str) -> Iterator[Article | UnreadableArticle]:
    """Yield the articles of a CSV table (comma, semicolon or tab) in order, and for each bad row the error."""
    csv.field_size_limit(_LONGEST_FIELD)
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [column.strip().lower() for column in rows.fieldnames or ()]
    except csv.Error as error:
        yield UnreadableArticle(f"{name}, line 1", str(error))
        return
    if "text" not in columns:
        yield UnreadableArticle(name, "no column named text")
        return
    rows.fieldnames = columns
    places: dict[str, tuple[str, str]] = {}
    while True:
        where = f"{name}, line {rows.line_num + 1}"
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            # Where a row ends is unknown from here on; guessing would make articles of fragments.
            yield UnreadableArticle(where, f"{error}; the rest of the file is not read")
            return
        fields: dict[str | None, Any] = dict(row)
        # The module files what has no column under None.
        if any(field.strip() for field in fields.pop(None, None) or ()):
            # A text with a bare delimiter in it would otherwise be cut there without a word.
            yield UnreadableArticle(where, "more fields than columns; is a field without its quotation marks?")
        else:
            yield _read({column: field for column, field in fields.items() if column}, where, places)


def _read(record: Mapping[str, Any], where: str, places: dict[str, tuple[str, str]]) -> Article | UnreadableArticle:
    """The article of a record. `places` has for each id read so far the hash of its record and where it stands."""
    # Without an id of its own, an article is known by its words: the same words are the same article.
    identity = _hash(record.get("title"), record.get("text"))
    try:
        read = records.article(record, name=where, id=identity)
    except UnreadableArticle as error:
        return error
    whole = _hash(*sorted((key, str(value)) for key, value in record.items()))
    known, earlier = places.setdefault(read.id, (whole, where))
    if known != whole:
        return UnreadableArticle(where, f"the id {read.id!r} is that of another article, at {earlier}")
    return read


def _hash(*values: Any) -> str:
    return hashlib.sha256("\n".join(map(str, values)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
