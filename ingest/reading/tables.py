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
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            record = json.loads(line)
        except ValueError:
            yield UnreadableArticle(f"{where}: not JSON")
            continue
        if isinstance(record, dict):
            yield _read(record, where)
        else:
            yield UnreadableArticle(f"{where}: no JSON object")


def delimited(text: str, *, name: str) -> Iterator[Article | UnreadableArticle]:
    """Yield the articles of a CSV table (comma, semicolon or tab) in order, and for each bad row the error."""
    csv.field_size_limit(_LONGEST_FIELD)
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = [column.strip().lower() for column in rows.fieldnames or ()]
    if "text" not in columns:
        yield UnreadableArticle(f"{name}: no column named text")
        return
    rows.fieldnames = columns
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield UnreadableArticle(f"{name}, line {rows.line_num}: {error}")
            return
        yield _read({key: value for key, value in row.items() if key}, f"{name}, line {rows.line_num}")


def _read(record: Mapping[str, Any], where: str) -> Article | UnreadableArticle:
    # Without an id of its own, an article is known by its words: the same words are the same article.
    identity = hashlib.sha256(f"{record.get('title')}\n{record.get('text')}".encode()).hexdigest()[:16]
    try:
        return records.article(record, name=where, id=identity)
    except UnreadableArticle as error:
        return error
