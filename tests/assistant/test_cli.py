"""The command line that scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_ask_prints_the_contract(run: Run, seed_archive: Path) -> None:
    ran = run("assistant", "ask", "what did Konachenkov say?", "--json", archive=seed_archive)
    assert ran.code == 0
    assert ran.err == ""
    reply = ran.json
    assert {"question", "language", "answered", "reason", "text", "mode", "sentences", "citations", "timings",
            "usage"} <= set(reply)  # fmt: skip
    assert reply["answered"] is True
    assert reply["reason"] is None
    assert reply["mode"] == "extracted"
    assert [sentence["citations"] for sentence in reply["sentences"]] == [[1], [2], [3], [4], [5]]
    first = reply["citations"][0]
    assert (first["n"], first["article_id"], first["version"]) == (1, "000_58d039704cceb878", 1)
    assert (first["start"], first["end"], first["speaker"], first["kind"]) == (254, 442, "Igor Konachenkov", "direct")


def test_an_abstention_is_no_failure(run: Run, seed_archive: Path) -> None:
    ran = run("assistant", "ask", "What did Macron say?", "--json", archive=seed_archive)
    assert ran.code == 0
    assert ran.json["answered"] is False
    assert ran.json["reason"] == "speaker_not_in_articles"
    assert ran.json["sentences"] == []


def test_ask_reads_many_questions_and_answers_in_order(run: Run, seed_archive: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [{"id": "a", "question": "What did Konachenkov say?"},
             {"id": "b", "question": "and Obama?", "history": ["What did Konachenkov say?"]},
             {"id": "c", "question": ""}]  # fmt: skip
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = run("assistant", "ask", "--jsonl", questions, archive=seed_archive)
    replies = [json.loads(line) for line in ran.out.splitlines()]
    assert [reply["id"] for reply in replies] == ["a", "b", "c"]
    assert [len(reply["citations"]) for reply in replies] == [5, 2, 0]
    assert "empty" in replies[2]["error"]
    assert ran.code == 1
    assert len(ran.lines) == 1


def test_a_time_is_told_and_can_be_left_out_of_account(run: Run, seed_archive: Path, tmp_path: Path) -> None:
    question = "What did Obama say on 2 October?"
    limited = run("assistant", "ask", question, archive=seed_archive)
    assert limited.lines == ["Only statements of 2 October; --any-time asks without it"]
    [limit] = run("assistant", "ask", question, "--json", archive=seed_archive).json["filters"]
    assert (limit["kind"], limit["words"], limit["excludes"]) == ("period", "on 2 October", True)
    assert run("assistant", "ask", question, "--any-time", "--json", archive=seed_archive).json["filters"] == []
    lines = tmp_path / "questions.jsonl"
    asked = [{"question": "What did Obama say last week?", "today": day} for day in ("2026-11-22", "soon")]
    lines.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    ran = run("assistant", "ask", "--jsonl", lines, archive=seed_archive)
    first, second = map(json.loads, ran.out.splitlines())
    assert first["reason"] == "not_in_period"
    assert first["filters"][0]["text"] == "Only statements from 9 to 15 November 2026"
    assert "today" in second["error"]


def test_search_ranks_each_article_once(run: Run, seed_archive: Path) -> None:
    ran = run("assistant", "search", "accord sur les frappes aériennes", "-k", "5", "--json", archive=seed_archive)
    assert ran.code == 0
    assert ran.json["ranked"] == ["000_58d039704cceb878"]
    assert ran.json["passages"][0]["score"] == ran.json["score"]


def test_speakers_prints_a_ledger(run: Run, seed_archive: Path) -> None:
    ran = run("assistant", "speakers", "Конашенков", "--json", archive=seed_archive)
    assert ran.code == 0
    assert ran.json["name"] == "Igor Konachenkov"
    assert [said["start"] for said in ran.json["said"]] == [254, 543, 604, 878, 1161]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["ask", ""], 1, "empty", id="empty-question"),
        pytest.param(["ask", "x" * 10_000], 1, "10,000 characters", id="question-of-10000-characters"),
        pytest.param(["ask"], 2, "", id="no-question"),
        pytest.param(["ask", "a", "--jsonl", "b"], 2, "", id="question-and-file"),
        pytest.param(["ask", "--jsonl", "nowhere.jsonl"], 1, "nowhere.jsonl", id="missing-file"),
        pytest.param(["search", "  "], 1, "empty", id="empty-query"),
        pytest.param(["search", "a", "-k", "0"], 2, "", id="no-results-asked-for"),
        pytest.param(["speakers", "Nobody Known"], 1, "no such speaker", id="unknown-speaker"),
        pytest.param(["shout"], 2, "", id="unknown-command"),
    ],
)
def test_bad_input_gets_a_line_and_an_exit_code(
    run: Run, seed_archive: Path, arguments: list[str], code: int, words: str
) -> None:
    where = seed_archive if arguments[0] != "shout" else None
    ran = run("assistant", *arguments, archive=where)
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert words in ran.err
    assert code == 2 or len(ran.lines) == 1


def test_without_an_archive_nothing_is_made(run: Run, tmp_path: Path) -> None:
    ran = run("assistant", "ask", "anything?", archive=tmp_path / "nowhere")
    assert ran.code == 1
    assert "python -m ingest add" in ran.err
    assert not (tmp_path / "nowhere").exists()


def test_an_article_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "articles.jsonl"
    text = '"The \x1b[31mdocks\x1b[2J open\x07 tomorrow," said Ana Ruiz, mayor of Kelby. \x1b]0;owned\x07 The end.'
    table.write_text(json.dumps({"id": "a", "lang": "en", "title": "T\x1b[5m", "text": text}), encoding="utf-8")
    assert run("ingest", "add", table, archive=tmp_path / "archive").code == 0
    for arguments in (["ask", "What did Ana Ruiz say?"], ["ask", "When do the docks open?"], ["search", "docks"],
                      ["speakers", "Ana Ruiz"], ["check", "The docks open tomorrow"]):  # fmt: skip
        ran = run("assistant", *arguments, archive=tmp_path / "archive")
        assert ran.code == 0, ran.err
        assert "\x1b" not in ran.out
        assert "\x07" not in ran.out
