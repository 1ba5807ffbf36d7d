"""The command line of ingest: articles in, out, and the state of the archive."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from ingest import keeping, progress
from ingest.commands import (
    ARCHIVE,
    JSON,
    archive_exists,
    archive_opened,
    bulk_model,
    end_with,
    folder_size,
    for_writing,
    json_lines,
    print_json,
    remark,
    say,
    settings,
    summary_line,
    summary_record,
)

if TYPE_CHECKING:
    from ingest.pipeline import Summary
    from ingest.settings import Settings

app = typer.Typer(
    help="Put articles into the archive and keep it in order.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(keeping.app)


@app.command()
def add(
    paths: list[str] = typer.Argument(
        None, metavar="PATH_OR_URL...", help="Files, folders, zip files, web addresses, feeds, sitemaps."
    ),
    retry_failed: bool = typer.Option(False, "--retry-failed", help="Also what could not be read at earlier runs."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be done, and write nothing."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """Add articles, or bring them up to date. Running it again does nothing the second time."""
    from ingest import pipeline

    if not paths and not retry_failed:
        raise typer.BadParameter("name a file, a folder or an address, or say --retry-failed")
    started, chosen = time.monotonic(), settings(archive)
    if dry_run:
        summary = _tried(chosen, paths or [], retry_failed=retry_failed, quiet=as_json)
    else:
        model = bulk_model(chosen)
        with for_writing(chosen, existing=not paths) as opened, progress.shown(quiet=as_json) as shown:
            again = pipeline.unread(opened) if retry_failed else []
            summary = pipeline.add(
                opened, model, [*(paths or []), *again], passage_size=chosen.passage_size,
                publish_after=chosen.publish_after, progress=shown, limits=chosen.limits,
            )  # fmt: skip
    _report(summary, as_json, time.monotonic() - started, dry=dry_run)


def _tried(chosen: Settings, paths: list[str], *, retry_failed: bool, quiet: bool) -> Summary:
    """What a run would do to the archive, or to a new one where there is none."""
    from ingest import pipeline
    from ingest.archive.archive import Archive
    from ingest.pipeline import Summary

    summary = Summary()
    with contextlib.ExitStack() as closing:
        if archive_exists(chosen):
            opened = archive_opened(chosen)
        else:
            opened = Archive.created(Path(closing.enter_context(TemporaryDirectory())), model=chosen.embeddings)
        closing.callback(opened.close)
        shown = closing.enter_context(progress.shown(quiet=quiet))
        again = [failure.key for failure in opened.catalog.failures()] if retry_failed else []
        pipeline.read(
            opened, [*paths, *again], summary, passage_size=chosen.passage_size, progress=shown,
            limits=chosen.limits, dry=True,
        )  # fmt: skip
    return summary


@app.command()
def remove(
    ids: list[str] = typer.Argument(metavar="ID...", help="Ids of articles, as `list` prints them."),
    keep_record: bool = typer.Option(
        False, "--keep-record", help="Keep id, date and reason of the withdrawal; the article then stays out."
    ),
    reason: str = typer.Option("", "--reason", help="Why, for the record."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """Erase articles with all that was made of them."""
    from ingest.errors import UnknownArticle

    if reason and not keep_record:
        raise typer.BadParameter("--reason is kept with --keep-record only")
    chosen = settings(archive)
    removed, failed = list[str](), list[str]()
    with for_writing(chosen, existing=True) as opened:
        for article_id in dict.fromkeys(ids):
            try:
                opened.catalog.remove(article_id, record=reason if keep_record else None)
                removed.append(article_id)
            except UnknownArticle as error:
                failed.append(str(error))
        if removed:
            opened.erase()
    if as_json:
        print_json({"removed": removed, "failed": failed})
    else:
        for article_id in removed:
            say(f"removed {article_id}")
    end_with(failed)


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
    counted, waiting = opened.status(), opened.catalog.waiting(opened.model)
    values = {
        "archive": str(opened.folder),
        "embeddings": opened.model,
        "articles": counted.articles,
        "passages": counted.passages,
        "quotations": counted.quotations,
        "speakers": counted.speakers,
        "not_embedded": counted.unembedded,
        "not_embedded_characters": waiting.characters,
        "not_embedded_since": waiting.since,
        "in_vector_index": opened.indexed(),
        "unpublished": opened.unpublished(),
        "unread": len(opened.catalog.failures()),
        "withdrawn": len(opened.catalog.withdrawals()),
        "bytes": folder_size(opened.folder),
    }
    if as_json:
        print_json(values)
        return
    for name, value in values.items():
        say(f"{name.replace('_', ' '):24} {'-' if value == '' else value}")


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
    with opened.writing(timeout=chosen.lock_timeout, waiting=remark), progress.shown(quiet=as_json) as shown:
        if embed:
            model = bulk_model(chosen)
            if current != remembered:
                # Told of a bad key or a missing server before anything is changed.
                model.passages(["test"])
                opened.change_model(current)
            embedded = pipeline.embed(opened, model, progress=shown)
        shown("publish", 0, None)
        generation = opened.publish(anew=True)
        shown("publish", 1, 1)
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
    with for_writing(chosen, existing=True) as opened:
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


def _report(summary: Summary, as_json: bool, seconds: float, *, dry: bool) -> None:
    if as_json:
        print_json({**summary_record(summary), "seconds": round(seconds, 2), "dry_run": dry})
    else:
        say(summary_line(summary) + (" (nothing was written)" if dry else ""))
    for where, text in summary.remarks:
        remark(f"note: {where}: {text}")
    end_with([f"{where}: {reason}" for where, reason in summary.failed])
