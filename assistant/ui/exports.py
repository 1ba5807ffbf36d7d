"""A speaker's statements as files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.quotecheck.tables import cell
from ingest.folding import latin

if TYPE_CHECKING:
    from ingest.archive.catalog import KnownSpeaker, Statement


def as_json(speaker: KnownSpeaker, said: Sequence[Statement]) -> bytes:
    """Return what `speakers NAME --json` prints, of these statements."""
    from assistant.records import speaker_record, statement_record

    record = {**speaker_record(speaker), "said": [statement_record(each) for each in said]}
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(said: Sequence[Statement]) -> bytes:
    """Return a table of these statements that a spreadsheet opens as text.

    It begins with a byte order mark, by which spreadsheets tell UTF-8.
    """
    from assistant.records import statement_record

    out = io.StringIO(newline="")
    rows = [statement_record(each) for each in said]
    table = csv.DictWriter(out, list(rows[0]) if rows else [])
    table.writeheader()
    table.writerows({column: cell(value) for column, value in row.items()} for row in rows)
    return out.getvalue().encode("utf-8-sig")


def file_name(speaker: KnownSpeaker, ending: str) -> str:
    """Return a name for the file that every system takes."""
    plain = re.sub(r"[^a-z0-9]+", "-", latin(speaker.name)).strip("-")[:60].rstrip("-")
    return f"{plain or 'speaker'}.{ending}"
