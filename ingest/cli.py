"""The command line of ingest: articles in, out, and the state of the archive."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ingest.commands import (
    ARCHIVE,
    JSON,
    archive_created,
    archive_opened,
    json_lines,
    print_json,
    remark,
    say,
    settings,
)

if TYPE_CHECKING:
    from ingest.archive.archive import Archive
    from ingest.pipeline import Progress, Summary
    from ingest.settings import Settings

app = typer.Typer(
    help="Put articles into the archive and keep it in order.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def add(
    paths: list[str] = typer.Argument(
        metavar="PATH_OR_URL...", help="Files, folders, zip files, web addresses, feeds, sitemaps."
    ),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """Add articles, or bring them up to date. Running it again does nothing the second time."""
    from ingest import pipeline

    started, chosen = time.monotonic(), settings(archive)
    model = _model(chosen)
    with _for_writing(chosen) as opened, _progress(quiet=as_json) as progress:
        summary = pipeline.add(
            opened, model, paths, passage_size=chosen.passage_size, publish_after=chosen.publish_after,
            progress=progress, limits=chosen.limits,
        )  # fmt: skip
    _report(summary, as_json, time.monotonic() - started)


@app.command()
def remove(
    ids: list[str] = typer.Argument(metavar="ID...", help="Ids of articles, as `list` prints them."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """Erase articles with all that was made of them."""
    from ingest.errors import UnknownArticle

    chosen = settings(archive)
    removed, failed = list[str](), list[str]()
    with _for_writing(chosen, existing=True) as opened:
        for article_id in dict.fromkeys(ids):
            try:
                opened.catalog.remove(article_id)
                removed.append(article_id)
            except UnknownArticle as error:
                failed.append(str(error))
        if removed:
            opened.catalog.scrub()
        if removed and opened.indexed():
            opened.publish()
    if as_json:
        print_json({"removed": removed, "failed": failed})
    else:
        for article_id in removed:
            say(f"removed {article_id}")
    _end_with(failed)


@app.command("list")
def list_(archive: Path = ARCHIVE, as_json: bool = JSON) -> None:
    """List the articles."""
    opened = archive_opened(settings(archive))
    articles = opened.catalog.articles()
    if as_json:
        print_json([dataclasses.asdict(article) for article in articles])
        return
    for article in articles:
        say(article.id, article.published or "-", article.outlet or "-", article.title)


@app.command()
def status(archive: Path = ARCHIVE, as_json: bool = JSON) -> None:
    """Say what the archive holds and what is pending."""
    opened = archive_opened(settings(archive))
    counted = opened.status()
    size = sum(map(_size, opened.folder.rglob("*")))
    values = {
        "archive": str(opened.folder),
        "embeddings": opened.model,
        "articles": counted.articles,
        "passages": counted.passages,
        "quotations": counted.quotations,
        "speakers": counted.speakers,
        "not_embedded": counted.unembedded,
        "in_vector_index": opened.indexed(),
        "bytes": size,
    }
    if as_json:
        print_json(values)
        return
    for name, value in values.items():
        say(f"{name.replace('_', ' '):16} {value}")


@app.command()
def rebuild(
    archive: Path = ARCHIVE,
    embed: bool = typer.Option(False, "--embed", help="Embed with the model in the settings what it has not embedded."),
    as_json: bool = JSON,
) -> None:
    """Make the vector index anew from the catalog; nothing is embedded again unless asked."""
    from ingest import pipeline
    from ingest.archive.archive import Archive
    from ingest.archive.catalog import Catalog

    chosen = settings(archive)
    catalog = Catalog.opened(chosen.archive, chosen.servers.catalog)
    remembered = catalog.meta("embedding_model") or chosen.embeddings
    catalog.close()
    current = chosen.embeddings if embed else remembered
    opened = Archive.opened(
        chosen.archive, model=remembered, free_space_floor_mb=chosen.free_space_floor_mb, servers=chosen.servers
    )
    embedded = 0
    with opened.writing(timeout=chosen.lock_timeout, waiting=remark), _progress(quiet=as_json) as progress:
        if embed:
            model = _model(chosen)
            if current != remembered:
                # Told of a bad key or a missing server before anything is changed.
                model.passages(["test"])
                opened.change_model(current)
            embedded = pipeline.embed(opened, model, progress=progress)
        progress("publish", 0, None)
        generation = opened.publish(anew=True)
        progress("publish", 1, 1)
    values = {"embeddings": current, "embedded": embedded, "in_vector_index": generation.count}
    print_json(values) if as_json else say(f"{generation.count} passages in the vector index, {embedded} embedded")


@app.command()
def quotations(
    jsonl: Path = typer.Option(..., "--jsonl", metavar="FILE", help='Articles, one a line: {"id","lang","text"}.'),
) -> None:
    """Print who says what in articles, one JSON object a line. Needs no archive."""
    from ingest.quotations.extraction import ledger
    from ingest.quotations.records import record
    from ingest.reading.records import article

    for number, line in enumerate(json_lines(jsonl), 1):
        read = article(line, name=f"{jsonl}, line {number}", id=str(number))
        print_json(record(read, ledger(read)), pretty=False)


speakers_app = typer.Typer(
    help="Say who is one person and who is two, where names alone do not tell.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(speakers_app, name="speakers")


@speakers_app.command("list")
def list_speakers(
    merged: bool = typer.Option(False, "--merged", help="Only those joined from several names."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """List the speakers with the names that were taken for one person."""
    opened = archive_opened(settings(archive))
    known = [s for s in opened.catalog.known_speakers() if not merged or len(s.keys) > 1]
    if as_json:
        print_json([dataclasses.asdict(speaker) for speaker in known])
        return
    for speaker in known:
        others = [name for name in speaker.names if name != speaker.name]
        say(speaker.statements, speaker.kind.value, speaker.name, *([f"= {'; '.join(others)}"] if others else []))


@speakers_app.command("join")
def join_speakers(
    first: str = typer.Argument(metavar="NAME"),
    second: str = typer.Argument(metavar="NAME"),
    archive: Path = ARCHIVE,
) -> None:
    """Take two names for one person, now and whatever is ingested later."""
    _decide(first, second, "join", archive)


@speakers_app.command("split")
def split_speakers(
    first: str = typer.Argument(metavar="NAME"),
    second: str = typer.Argument(metavar="NAME"),
    archive: Path = ARCHIVE,
) -> None:
    """Take two names for two people, now and whatever is ingested later."""
    _decide(first, second, "part", archive)


@speakers_app.command("undo")
def undo_decision(
    first: str = typer.Argument(metavar="NAME"),
    second: str = typer.Argument(metavar="NAME"),
    archive: Path = ARCHIVE,
) -> None:
    """Take back what was decided about two names."""
    _decide(first, second, "forget", archive)


def _decide(first: str, second: str, decision: str, archive: Path | None) -> None:
    from ingest.errors import OnRecordError

    chosen = settings(archive)
    with _for_writing(chosen, existing=True) as opened:
        keys = [opened.catalog.speaker_keys(name) for name in (first, second)]
        for name, found in zip((first, second), keys, strict=True):
            if not found:
                raise OnRecordError(f"{name}: no speaker of exactly this name; see: python -m ingest speakers list")
        if set(keys[0]) & set(keys[1]):
            raise OnRecordError(f"{first} and {second} are written so alike that they are one and the same entry")
        for one in keys[0]:
            for other in keys[1]:
                opened.catalog.decide(one, other, decision)
    words = {"join": "are one person", "part": "are two people", "forget": "are left to their names again"}
    say(f"{first} and {second} {words[decision]}")


def _size(path: Path) -> int:
    # A writer may publish, and delete what it no longer needs, while we look.
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size if path.is_file() else 0
    return 0


@contextlib.contextmanager
def _for_writing(chosen: Settings, *, existing: bool = False) -> Iterator[Archive]:
    opened = archive_opened(chosen) if existing else archive_created(chosen)
    try:
        opened.require_space()
        with opened.writing(timeout=chosen.lock_timeout, waiting=remark):
            yield opened
    finally:
        opened.close()


def _model(chosen: Settings):  # type: ignore[no-untyped-def]
    from ingest.embeddings.e5 import Bulk
    from ingest.embeddings.models import embedding_model

    return embedding_model(chosen.embeddings, bulk=Bulk(threads=chosen.embedding_threads, warn=remark))


_STEPS = {"read": "Reading files", "embed": "Embedding passages", "publish": "Publishing the vector index"}


@contextlib.contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress]:
    """A bar on a terminal, a line now and then elsewhere, nothing beside JSON."""
    if quiet or not sys.stderr.isatty():
        last, pace = {"at": time.monotonic()}, _Pace()

        def lines(step: str, done: int, total: int | None) -> None:
            speed = pace.of(step, done)
            if not quiet and (time.monotonic() - last["at"] > 10):
                last["at"] = time.monotonic()
                left = f", {speed:.1f} a second, {_duration(((total or done) - done) / speed)} left" if speed else ""
                remark(f"{_STEPS[step]}: {done}" + (f" of {total}" if total else "") + left)

        yield lines
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:28}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=False) as bars:
        tasks, pace = {}, _Pace()

        def bar(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(_STEPS[step], total=total, speed="")
            speed = pace.of(step, done)
            bars.update(tasks[step], completed=done, total=total, speed=f"{speed:.1f}/s" if speed else "")

        yield bar


class _Pace:
    """How fast embedding goes, from its second report on: before the first, the model is loaded."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def of(self, step: str, done: int) -> float:
        """Return passages a second, 0.0 where that is not known or the step is another."""
        if step != "embed":
            return 0.0
        now = time.monotonic()
        if self._first is None:
            self._first = now, done
        since, before = self._first
        return (done - before) / (now - since) if now > since else 0.0


def _duration(seconds: float) -> str:
    """Say a time as people do."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def _report(summary: Summary, as_json: bool, seconds: float) -> None:
    if as_json:
        print_json({
            "added": summary.added,
            "updated": summary.updated,
            "unchanged": summary.unchanged,
            "failed": [{"source": where, "reason": reason} for where, reason in summary.failed],
            "remarks": [{"source": where, "remark": text} for where, text in summary.remarks],
            "embedded": summary.embedded,
            "seconds": round(seconds, 2),
        })  # fmt: skip
    else:
        counts = {"added": summary.added, "updated": summary.updated, "unchanged": summary.unchanged}
        say(", ".join(f"{len(ids)} {name}" for name, ids in counts.items()) + f", {len(summary.failed)} failed")
    for where, text in summary.remarks:
        remark(f"note: {where}: {text}")
    _end_with([f"{where}: {reason}" for where, reason in summary.failed])


def _end_with(failed: list[str]) -> None:
    for line in failed:
        remark(f"failed: {' '.join(line.splitlines())}")
    if failed:
        raise typer.Exit(1)
