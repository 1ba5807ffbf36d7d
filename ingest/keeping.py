"""Commands that keep an archive: watched, in proportion, backed up, and free of what counts twice."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import typer

from ingest import progress
from ingest.commands import (
    ARCHIVE,
    JSON,
    archive_created,
    archive_opened,
    folder_size,
    for_writing,
    print_json,
    remark,
    say,
    settings,
)

app = typer.Typer(rich_markup_mode=None)


@app.command()
def duplicates(archive: Path = ARCHIVE, as_json: bool = JSON) -> None:
    """List articles that are copies of one report, with the share of common text."""
    from ingest.duplicates import groups

    opened = archive_opened(settings(archive))
    links = opened.catalog.copies()
    group_of = groups(links)
    known = {article.id: article for article in opened.catalog.articles()} if links else {}
    found = []
    for group, ids in itertools.groupby(
        sorted(group_of, key=lambda id_: (group_of[id_], id_)), key=group_of.__getitem__
    ):
        members = list(ids)
        found.append({
            "group": group,
            "articles": [
                {"id": id_, "title": known[id_].title, "outlet": known[id_].outlet, "published": known[id_].published}
                for id_ in members
                if id_ in known
            ],
            "links": [dataclasses.asdict(link) for link in links if link.first in members],
        })  # fmt: skip
    if as_json:
        print_json(found)
        return
    for group in found:
        shares = [link["share"] for link in group["links"]]
        low, high = (f"{share:.0%}" for share in (min(shares), max(shares)))
        say(f"{len(group['articles'])} copies of one report, {low if low == high else f'{low} to {high}'} in common")
        for each in group["articles"]:
            say("", each["id"], each["published"] or "-", each["outlet"] or "-", each["title"])


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
    from ingest import pipeline
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
        pipeline.publish(again, at_least=1, progress=shown)
    again.close()
    print_json({"articles": articles}) if as_json else say(f"{articles} articles from {file}")


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"
