"""Commands that keep an archive: watched, in proportion, backed up, and free of what counts twice."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import typer

from ingest import progress
from ingest.commands import (
    ARCHIVE,
    JSON,
    archive_created,
    archive_opened,
    bulk_model,
    folder_size,
    for_writing,
    print_json,
    remark,
    say,
    settings,
    summary_line,
    summary_record,
)

app = typer.Typer(rich_markup_mode=None)


@app.command()
def watch(
    paths: list[Path] = typer.Argument(None, metavar="DIR...", help="Folders to watch."),
    feeds: list[str] = typer.Option([], "--feed", metavar="URL", help="An address to ask again and again."),
    every: str = typer.Option("5m", "--every", metavar="TIME", help="How often: 30s, 5m, 1h."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """Add what comes into folders or feeds, until stopped by a signal."""
    import signal

    from ingest import watch as watching
    from ingest.errors import NothingToRead
    from ingest.pipeline import Summary

    if not paths and not feeds:
        raise typer.BadParameter("name a folder, or a feed with --feed")
    seconds = _seconds(every)
    for path in paths or []:
        if not path.exists():
            raise NothingToRead(str(path), "no such folder")
    chosen, stop = settings(archive), watching.Stop()
    opened = archive_created(chosen)

    def told(summary: Summary | None, line: str) -> None:
        if summary is None:
            remark(line)
            return
        if as_json:
            print_json(summary_record(summary), pretty=False)
        else:
            say(summary_line(summary))
        for place, reason in summary.failed:
            remark(f"failed: {place}: {' '.join(reason.splitlines())}")

    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.ask())
    rules = watching.Rules(chosen.passage_size, chosen.publish_after, chosen.lock_timeout, chosen.limits)
    watched = watching.Watched(tuple(path.resolve() for path in paths or []), tuple(feeds), seconds)
    remark(f"watching {', '.join([*map(str, watched.paths), *feeds])}; stop with Ctrl-C")
    try:
        watching.watch(opened, lambda: bulk_model(chosen, background=True), watched, rules, stop=stop, told=told)
    finally:
        opened.close()
    remark("stopped")


def _seconds(words: str) -> float:
    """Read "30s", "5m" or "1h"."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", words.strip())
    seconds = float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]] if found else 0.0
    if seconds < 1:
        raise typer.BadParameter(f"--every {words}: say a time such as 30s, 5m or 1h")
    return seconds


@app.command()
def duplicates(archive: Path = ARCHIVE, as_json: bool = JSON) -> None:
    """List articles that are copies of one report, with the share of common text."""
    from ingest.duplicates import grouped

    opened = archive_opened(settings(archive))
    found = grouped(opened.catalog.copies())
    known = {article.id: article for article in opened.catalog.articles()} if found else {}
    if as_json:
        print_json([
            {
                "group": each.ids[0],
                "articles": [
                    {"id": id_, "title": known[id_].title, "outlet": known[id_].outlet,
                     "published": known[id_].published}
                    for id_ in each.ids
                ],
                "links": [dataclasses.asdict(link) for link in each.links],
            }
            for each in found
        ])  # fmt: skip
        return
    if not found:
        remark("no copies")
    for each in found:
        shares = sorted({f"{link.share:.0%}" for link in each.links}, key=lambda share: int(share[:-1]))
        say(f"{len(each.ids)} copies of one report, {' to '.join(shares[:: max(1, len(shares) - 1)])} in common")
        for id_ in each.ids:
            say("", id_, known[id_].published or "-", known[id_].outlet or "-", known[id_].title)


@app.command()
def withdrawn(
    readmit: str = typer.Option("", "--readmit", metavar="ID", help="Forget the record: it may be added again."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """List the articles that were withdrawn with a record, which stay out."""
    chosen = settings(archive)
    if readmit:
        with for_writing(chosen, existing=True) as opened:
            opened.catalog.readmit(readmit)
    records = list(archive_opened(chosen).catalog.withdrawals().values())
    if as_json:
        print_json([dataclasses.asdict(record) for record in records])
        return
    for record in records:
        say(record.article_id, record.withdrawn_at, record.reason or "-")


@app.command()
def compact(archive: Path = ARCHIVE, as_json: bool = JSON) -> None:
    """Give back the room that nothing needs. Takes as much room again while it works."""
    chosen = settings(archive)
    with for_writing(chosen, existing=True) as opened:
        before = folder_size(opened.folder)
        opened.compact()
        after = folder_size(opened.folder)
    if as_json:
        print_json({"before": before, "after": after})
    else:
        say(f"{_megabytes(before)} before, {_megabytes(after)} now")


@app.command()
def backup(
    file: Path = typer.Argument(metavar="FILE"),
    replace: bool = typer.Option(False, "--replace", help="Put it in the place of an earlier backup."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """Write the archive into one file, as it is at one moment, while it is in use."""
    from ingest import backup as backups
    from ingest.errors import ArchiveUnusable

    if file.exists() and not replace:
        raise ArchiveUnusable(f"{file}: is there already; say --replace to put the new backup in its place")
    opened = archive_opened(settings(archive))
    if file.exists():
        # What is not a backup is never overwritten.
        backups.checked(file)
    size = backups.written(opened, file)
    values = {"file": str(file), "articles": opened.status().articles, "bytes": size}
    print_json(values) if as_json else say(f"{values['articles']} articles, {_megabytes(size)} in {file}")


@app.command()
def restore(
    file: Path = typer.Argument(metavar="FILE"),
    replace: bool = typer.Option(False, "--replace", help="Let go of all that the archive holds now."),
    archive: Path = ARCHIVE,
    as_json: bool = JSON,
) -> None:
    """Make an archive from a backup; nothing is embedded again."""
    from ingest import backup as backups
    from ingest.archive.archive import Archive
    from ingest.errors import ArchiveUnusable

    chosen = settings(archive)
    backups.checked(file)
    opened = archive_created(chosen)
    opened.require_space()
    with opened.writing(timeout=chosen.lock_timeout, waiting=remark):
        if not opened.catalog.is_empty() and not replace:
            raise ArchiveUnusable(f"{opened.folder}: holds articles; say --replace to let go of them")
        articles = backups.restored(opened, file)
    model = opened.catalog.meta("embedding_model") or chosen.embeddings
    opened.close()
    again = Archive.opened(
        chosen.archive, model=model, free_space_floor_mb=chosen.free_space_floor_mb, servers=chosen.servers
    )
    with again.writing(timeout=chosen.lock_timeout, waiting=remark), progress.shown(quiet=as_json) as shown:
        shown("publish", 0, None)
        # Whatever index the backup speaks of, it is not this archive's.
        if again.catalog.is_embedded():
            again.publish(anew=True)
        shown("publish", 1, 1)
    again.close()
    print_json({"articles": articles}) if as_json else say(f"{articles} articles from {file}")


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"
