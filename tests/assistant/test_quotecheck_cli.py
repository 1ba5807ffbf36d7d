"""The check on the command line: one quotation, JSON lines, a table in and out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
PRINTED = "la plupart de ces propositions pourraient être acceptées"


def test_check_prints_the_contract(run: Run, seed_archive: Path) -> None:
    ran = run("assistant", "check", f"«{PRINTED}»", "--speaker", "Конашенков", "--json", archive=seed_archive)
    assert ran.code == 0
    assert ran.err == ""
    assert {"verdict", "confidence", "quotation", "claimed_speaker", "matches", "explanation"} <= set(ran.json)
    assert (ran.json["verdict"], ran.json["claimed_speaker"]) == ("verbatim", "Конашенков")
    match = ran.json["matches"][0]
    assert {"article_id", "version", "start", "end", "text", "speaker", "kind", "similarity", "difference"} <= set(
        match
    )
    assert (match["article_id"], match["version"], match["start"], match["end"]) == (
        "000_58d039704cceb878",
        1,
        543,
        599,
    )
    assert (match["text"], match["speaker"], match["kind"]) == (PRINTED, "Igor Konachenkov", "direct")
    assert match["difference"] == [{"op": "equal", "claimed": PRINTED, "printed": PRINTED, "meaning": []}]


def test_what_is_not_on_record_is_no_failure(run: Run, seed_archive: Path) -> None:
    ran = run("assistant", "check", "The harvest was poor in the whole province", "--json", archive=seed_archive)
    assert ran.code == 0
    assert ran.json["verdict"] == "not_found"


def test_a_person_reads_the_verdict_the_difference_and_the_source(run: Run, seed_archive: Path) -> None:
    ran = run("assistant", "check", PRINTED.replace("la plupart de", "toutes"), archive=seed_archive)
    assert ran.code == 0
    assert ran.out.startswith("ALTÉRÉ")
    assert "[-toutes-]{+la plupart de+}" in " ".join(ran.out.split())
    assert "000_58d039704cceb878:543-599" in ran.out


def test_check_reads_many_quotations_and_answers_in_order(run: Run, seed_archive: Path, tmp_path: Path) -> None:
    given = tmp_path / "claims.jsonl"
    lines = [{"id": "a", "quotation": PRINTED, "speaker": "Obama"}, {"id": "b", "quotation": ""},
             {"id": "c", "quotation": PRINTED.upper()}]  # fmt: skip
    given.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = run("assistant", "check", "--jsonl", given, archive=seed_archive)
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["id"] for each in found] == ["a", "b", "c"]
    assert [each.get("verdict") for each in found] == ["misattributed", None, "verbatim"]
    assert "empty" in found[1]["error"]
    assert ran.code == 1
    assert len(ran.lines) == 1


@pytest.mark.parametrize("delimiter", [pytest.param(",", id="commas"), pytest.param(";", id="semicolons")])
def test_a_table_comes_back_with_its_verdicts(run: Run, seed_archive: Path, tmp_path: Path, delimiter: str) -> None:
    given, out = tmp_path / "claims.csv", tmp_path / "checked.csv"
    rows = [["No", "Quotation", "Speaker"], ["1", PRINTED, "Konachenkov"], ["2", "=1+1 toutes ces propositions", "@x"],
            ["3", "", ""]]  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    given.write_text(text.getvalue(), encoding="utf-8-sig")
    ran = run("assistant", "check", "--csv", given, "--out", out, archive=seed_archive)
    found = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [row["No"] for row in found] == ["1", "2", "3"]
    assert (found[0]["verdict"], found[0]["said_by"]) == ("verbatim", "Igor Konachenkov")
    # A spreadsheet would run these cells.
    assert found[1]["Quotation"] == "'=1+1 toutes ces propositions"
    assert found[1]["Speaker"] == "'@x"
    assert "empty" in found[2]["error"]
    assert ran.code == 1
    assert len(ran.lines) == 1


def test_json_lines_come_back_as_json_lines(run: Run, seed_archive: Path, tmp_path: Path) -> None:
    given = tmp_path / "claims.jsonl"
    given.write_text(json.dumps({"quotation": PRINTED, "ticket": 7}), encoding="utf-8")
    ran = run("assistant", "check", "--csv", given, archive=seed_archive)
    assert ran.code == 0
    found = json.loads(ran.out)
    assert (found["ticket"], found["verdict"]) == ("7", "verbatim")


@pytest.mark.parametrize(
    ("arguments", "content", "code", "words"),
    [
        pytest.param(["check", ""], None, 1, "empty", id="empty-quotation"),
        pytest.param(["check", "«…» !"], None, 1, "no words", id="only-marks"),
        pytest.param(["check", "x" * 10_000], None, 1, "10,000 characters", id="quotation-of-10000-characters"),
        pytest.param(["check"], None, 2, "", id="nothing-given"),
        pytest.param(["check", "a", "--jsonl", "b"], None, 2, "", id="quotation-and-file"),
        pytest.param(["check", "--csv", "nowhere.csv"], None, 1, "nowhere.csv", id="missing-table"),
        pytest.param(["check", "--csv", "t.csv"], b"words,who\na,b\n", 1, "no column named quotation", id="no-column"),
        pytest.param(["check", "--csv", "t.csv"], b"quotation\n", 1, "no quotations", id="header-alone"),
        pytest.param(["check", "--csv", "t.csv"], b"quotation\ncaf\xe9 noir\n", 1, "UTF-8", id="wrong-encoding"),
        pytest.param(["check", "--csv", "t.jsonl"], b"nonsense\n", 1, "not JSON", id="not-json"),
    ],
)
def test_bad_input_gets_a_line_and_an_exit_code(
    run: Run, seed_archive: Path, tmp_path: Path, arguments: list[str], content: bytes | None, code: int, words: str
) -> None:
    if content is not None:
        (tmp_path / arguments[-1]).write_bytes(content)
    ran = run("assistant", *arguments, archive=seed_archive)
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert words in ran.err
    assert code == 2 or len(ran.lines) == 1
