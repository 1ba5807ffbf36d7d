"""Many quotations at once: a table or JSON lines in, the same with the verdicts out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assistant.models import Operation, QuoteCheck
from ingest.errors import OnRecordError

_QUOTATION = ("quotation", "quote", "citation", "cita", "zitat", "цитата", "text")
_SPEAKER = (
    "speaker",
    "locuteur",
    "orateur",
    "auteur",
    "name",
    "nom",
    "sprecher",
    "hablante",
    "orador",
    "спикер",
    "кто",
)
# A spreadsheet takes a cell that begins so for a formula; so do some after white space and what nobody sees.
_FORMULA = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
ADDED = ("verdict", "confidence", "said_by", "difference", "source", "printed", "explanation", "error")


def rows(content: bytes, *, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV or JSONL file. Raises OnRecordError in a line that says what is wrong with it."""
    text = _decoded(content, name)
    found = list(_json_rows(text, name)) if name.lower().endswith((".jsonl", ".ndjson")) else _csv_rows(text, name)
    if not found:
        raise OnRecordError(f"{name}: no quotations in it")
    if _column(found[0], _QUOTATION) is None:
        raise OnRecordError(f"{name}: no column named quotation; its columns are {', '.join(found[0])}")
    return found


def claim_of(row: Mapping[str, str]) -> tuple[str, str]:
    """Return the quotation of a row and its claimed speaker, "" where there is none."""
    quotation, speaker = _column(row, _QUOTATION), _column(row, _SPEAKER)
    return (row[quotation] or "") if quotation else "", (row[speaker] or "") if speaker else ""


def with_verdict(row: Mapping[str, str], check: QuoteCheck | None, error: str = "") -> dict[str, str]:
    """Return a row with what its check found; `error` where the row could not be checked."""
    first = check.matches[0] if check and check.matches else None
    found = {
        "verdict": check.verdict.value if check else "",
        "confidence": str(check.confidence) if check else "",
        "said_by": (first.speaker or "") if first else "",
        "difference": _difference(check) if check else "",
        "source": f"{first.article_id}:{first.span.start}-{first.span.end}" if first else "",
        "printed": " ".join(first.text.split()) if first else "",
        "explanation": check.explanation if check else "",
        "error": error,
    }
    return {**row, **{(f"check_{name}" if name in row else name): value for name, value in found.items()}}


def as_csv(checked: Sequence[Mapping[str, str]]) -> str:
    """Return rows as a CSV that a spreadsheet opens without running anything in it."""
    out = io.StringIO()
    columns = list(dict.fromkeys(column for row in checked for column in row))
    writer = csv.writer(out)
    writer.writerow([cell(column) for column in columns])
    for row in checked:
        writer.writerow([cell(row.get(column) or "") for column in columns])
    return out.getvalue()


def cell(value: object) -> str:
    """Return a value as the text of a cell that no spreadsheet calculates: an apostrophe stands before a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def as_jsonl(checked: Iterable[Mapping[str, str]]) -> str:
    """Return rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in checked)


def _difference(check: QuoteCheck) -> str:
    """The changed stretches of the best match: "[claimed → printed]"."""
    changed = [d for d in (check.matches[0].difference if check.matches else ()) if d.operation is not Operation.EQUAL]
    return " ".join(f"[{' '.join(d.claimed.split())} → {' '.join(d.printed.split())}]" for d in changed)


def _decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise OnRecordError(f"{name}: not UTF-8; save it as CSV UTF-8")


def _csv_rows(text: str, name: str) -> list[dict[str, str]]:
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise OnRecordError(f"{name}: no readable table: {error}") from error
    table = [line for line in table if any(cell.strip() for cell in line)]
    if not table:
        return []
    columns = [column.strip() for column in table[0]]
    return [dict(zip(columns, [*line, *[""] * len(columns)], strict=False)) for line in table[1:]]


def _json_rows(text: str, name: str) -> Iterator[dict[str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value: Any = json.loads(line)
        except ValueError as error:
            raise OnRecordError(f"{name}, line {number}: not JSON") from error
        if not isinstance(value, dict):
            raise OnRecordError(f"{name}, line {number}: no JSON object")
        yield {str(key): "" if cell is None else str(cell) for key, cell in value.items()}


def _column(row: Mapping[str, str], names: Sequence[str]) -> str | None:
    by_name = {column.strip().casefold(): column for column in row}
    return next((by_name[name] for name in names if name in by_name), None)
