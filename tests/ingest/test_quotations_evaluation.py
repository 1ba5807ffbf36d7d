"""The figures on the annotated sets: recorded, and they may only improve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import cleaning
from ingest.models import Article
from ingest.quotations.extraction import ledger
from ingest.quotations.records import record

ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("ONRECORD_SHARED", ROOT.parent / "shared"))
BASELINE: dict[str, dict[str, float]] = json.loads(
    (ROOT / "tests/data/quotations/baseline.json").read_text(encoding="utf-8")
)


@pytest.mark.evaluation
@pytest.mark.parametrize("name", BASELINE)
def test_the_recorded_figures_do_not_fall(name: str, tmp_path: Path) -> None:
    gold = SHARED / "data" / "quotes" / f"{name}.jsonl"
    if not gold.is_file():
        pytest.skip(f"the annotated sets are not here: {gold}")
    predicted = tmp_path / "predicted.jsonl"
    with predicted.open("w", encoding="utf-8") as out:
        for line in gold.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            paragraphs = cleaning.paragraphs(row["text"])
            article = Article(id=row["id"], text=row["text"], language=row["lang"], paragraphs=paragraphs)
            out.write(json.dumps(record(article, ledger(article))) + "\n")
    scorer = SHARED / "scorers" / "score_quotes.py"
    done = subprocess.run([sys.executable, str(scorer), str(gold), str(predicted)], capture_output=True, check=True)
    report = json.loads(done.stdout)
    figures = {
        "span_f1": report["span"]["f1"],
        "speaker": report["speaker_accuracy"],
        "joint": report["quote_and_speaker_recall"],
    }
    fallen = {key: (figures[key], floor) for key, floor in BASELINE[name].items() if figures[key] < floor}
    assert not fallen, f"{name}: now, recorded: {fallen}"
