"""What both command lines share: errors as one line, results on standard output, remarks on standard error."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ingest.errors import OnRecordError

if TYPE_CHECKING:
    from ingest.archive.archive import Archive
    from ingest.embeddings.models import EmbeddingModel
    from ingest.pipeline import Summary
    from ingest.settings import Settings

ARCHIVE = typer.Option(
    None, "--archive", metavar="DIR", help="The archive folder (ONRECORD_ARCHIVE; default: archive)."
)
_INTERRUPTED = 130
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
JSON = typer.Option(False, "--json", help="Print one JSON document on standard output.")


def run(app: typer.Typer, name: str) -> None:
    """Run a command line; whatever goes wrong is one line on standard error, and the exit code says so."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(prog_name=name)
    except OnRecordError as error:
        fail(str(error))
    except SystemExit as ending:
        # Typer turns an interruption into this and says nothing.
        if ending.code == _INTERRUPTED:
            fail("stopped; run the same command again to go on", code=_INTERRUPTED)
        raise
    except KeyboardInterrupt:
        fail("stopped; run the same command again to go on", code=_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except BaseException as error:  # a panic in a library written in Rust is no Exception
        if os.environ.get("ONRECORD_DEBUG"):
            raise
        reason = " ".join(str(error).split())[:300]
        fail(f"unexpected {type(error).__name__}: {reason} (ONRECORD_DEBUG=1 shows where)")


def fail(message: str, *, code: int = 1) -> None:
    """End with one line on standard error."""
    print(f"error: {shown(' '.join(message.splitlines()))}", file=sys.stderr)
    sys.exit(code)


def remark(message: str) -> None:
    """Print a line on standard error."""
    print(shown(message), file=sys.stderr, flush=True)


def say(*fields: object, wrapped: int = 0) -> None:
    """Print a line on standard output, fields parted by tabs; nothing in them can steer the terminal.

    `wrapped` breaks it into lines of at most so many characters.
    """
    line = "\t".join(shown(str(field)) for field in fields)
    print(textwrap.fill(line, wrapped) if wrapped else line)


def shown(text: str) -> str:
    """Return `text` for a terminal: what would move the cursor, colour or turn the line is written as an escape."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def print_json(value: Any, *, pretty: bool = True) -> None:
    """Print a JSON document: indented, or on one line."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if pretty else None), flush=True)


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in a file, one a line ("-" is standard input). Raises OnRecordError at a bad line."""
    try:
        with sys.stdin if str(path) == "-" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        value = json.loads(line)
                    except ValueError as error:
                        raise OnRecordError(f"{path}, line {number}: not JSON") from error
                    if not isinstance(value, dict):
                        raise OnRecordError(f"{path}, line {number}: no JSON object")
                    yield value
    except UnicodeDecodeError as error:
        raise OnRecordError(f"{path}: not UTF-8") from error
    except OSError as error:
        raise OnRecordError(f"{path}: {error.strerror or error}") from error


def settings(archive: Path | None) -> Settings:
    """Read the settings, with the archive folder that the command names."""
    from pydantic import ValidationError

    from ingest.settings import Settings, described

    try:
        return Settings() if archive is None else Settings(archive=archive)
    except ValidationError as error:
        raise described(error) from error


def archive_opened(chosen: Settings) -> Archive:
    """Open the existing archive that the settings name."""
    from ingest.archive.archive import Archive

    return Archive.opened(
        chosen.archive, model=chosen.embeddings, free_space_floor_mb=chosen.free_space_floor_mb, servers=chosen.servers
    )


def archive_created(chosen: Settings) -> Archive:
    """Open the archive that the settings name, making it where there is none."""
    from ingest.archive.archive import Archive

    return Archive.created(
        chosen.archive, model=chosen.embeddings, free_space_floor_mb=chosen.free_space_floor_mb, servers=chosen.servers
    )


def archive_exists(chosen: Settings) -> bool:
    """Tell whether the settings name an archive that has been made."""
    from ingest.errors import ArchiveUnusable

    try:
        archive_opened(chosen).close()
    except ArchiveUnusable:
        return False
    return True


@contextlib.contextmanager
def for_writing(chosen: Settings, *, existing: bool = False) -> Iterator[Archive]:
    """Give the archive that the settings name, held for writing; it is made where there is none, or must exist."""
    opened = archive_opened(chosen) if existing else archive_created(chosen)
    try:
        opened.require_space()
        with opened.writing(timeout=chosen.lock_timeout, waiting=remark):
            yield opened
    finally:
        opened.close()


def bulk_model(chosen: Settings, *, background: bool = False) -> EmbeddingModel:
    """Return the embedding model of the settings, for many passages; in the background it gives way to all others."""
    from ingest.embeddings.e5 import Bulk
    from ingest.embeddings.models import embedding_model

    return embedding_model(
        chosen.embeddings, bulk=Bulk(threads=chosen.embedding_threads, background=background, warn=remark)
    )


def folder_size(folder: Path) -> int:
    """Return how many bytes the files in a folder take."""
    return sum(map(_size, folder.rglob("*")))


def _size(path: Path) -> int:
    # A writer may publish, and delete what it no longer needs, while we look.
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size if path.is_file() else 0
    return 0


def summary_line(summary: Summary) -> str:
    """Say in a line what a run did."""
    counts = {"added": summary.added, "updated": summary.updated, "unchanged": summary.unchanged}
    counts |= {"withdrawn": summary.withdrawn} if summary.withdrawn else {}
    return ", ".join(f"{len(ids)} {name}" for name, ids in counts.items()) + f", {len(summary.failed)} failed"


def summary_record(summary: Summary) -> dict[str, Any]:
    """Return what a run did as JSON values."""
    return {
        "added": summary.added,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "withdrawn": summary.withdrawn,
        "failed": [{"source": where, "reason": reason} for where, reason in summary.failed],
        "remarks": [{"source": where, "remark": text} for where, text in summary.remarks],
        "embedded": summary.embedded,
    }


def end_with(failed: Sequence[str]) -> None:
    """Say what failed, one line each on standard error, and end accordingly."""
    for line in failed:
        remark(f"failed: {' '.join(line.splitlines())}")
    if failed:
        raise typer.Exit(1)
