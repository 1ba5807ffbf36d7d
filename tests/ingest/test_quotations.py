"""Who said what: rules as tables of cases, the sample article, and what holds of any text."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import cleaning
from ingest.models import Article, Kind, Ledger
from ingest.quotations.extraction import ledger
from ingest.quotations.lexicon import languages, lexicon
from ingest.quotations.records import record

DATA = Path(__file__).parent.parent / "data" / "quotations"
SEED = Path(__file__).parent.parent.parent / "seeds"


def article(text: str, language: str) -> Article:
    return Article(id="a", text=text, language=language, paragraphs=cleaning.paragraphs(text))


def said(text: str, language: str) -> list[tuple[str, str, str | None]]:
    """Return kind, words and speaker of every quotation."""
    return [(q.kind.value, q.span.of(text), q.speaker) for q in ledger(article(text, language)).quotations]


def cases() -> list[Any]:
    rows = [json.loads(line) for line in (DATA / "cases.jsonl").read_text(encoding="utf-8").splitlines() if line]
    return [pytest.param(row, id=row["id"]) for row in rows]


@pytest.mark.parametrize("case", cases())
def test_a_rule_of_reporting_holds(case: dict[str, Any]) -> None:
    expected = [(q["kind"], q["text"], q["speaker"]) for q in case["quotes"]]
    assert said(case["text"], case["lang"]) == expected


def test_the_sample_article_is_read_exactly() -> None:
    expected = json.loads((DATA / "seed.json").read_text(encoding="utf-8"))
    text = next(SEED.glob("*.txt")).read_text(encoding="utf-8")
    found = [
        {
            "kind": q.kind.value,
            "text": q.span.of(text),
            "speaker": q.speaker,
            "ref": q.reference.value,
            "fragments": [f.of(text) for f in q.fragments],
        }
        for q in ledger(article(text, "fr")).quotations
    ]  # fmt: skip
    assert found == expected


def test_the_ministry_and_its_spokesman_are_two() -> None:
    text = next(SEED.glob("*.txt")).read_text(encoding="utf-8")
    cast = {member.name: member for member in ledger(article(text, "fr")).cast}
    assert cast["Igor Konachenkov"].kind == "person"
    assert any("porte-parole" in role for role in cast["Igor Konachenkov"].roles)
    assert cast["le ministère russe de la Défense"].kind == "organisation"


def test_teasers_say_nothing() -> None:
    text = (
        "La gare ferme, a dit le maire.\n\nLire aussi : Le préfet accuse : « C'est une honte pour la ville. »\n\nFin."
    )
    assert [speaker for _, _, speaker in said(text, "fr")] == ["le maire"]


def test_a_language_without_a_lexicon_keeps_its_marks() -> None:
    text = "Το λιμάνι ανοίγει. «Είμαστε έτοιμοι για τα πλοία», είπε ο δήμαρχος."
    assert said(text, "el") == [("direct", "Είμαστε έτοιμοι για τα πλοία", None)]


@pytest.mark.parametrize("language", languages())
def test_a_lexicon_is_a_file_that_loads(language: str) -> None:
    words = lexicon(language)
    assert words is not None
    assert len(words.verbs) > 300


def test_the_record_has_the_words_of_every_offset() -> None:
    text = "« Le port rouvre », a dit la maire Ana Ruiz. Elle a ajouté que les quais étaient « prêts »."
    row = record(article(text, "fr"), ledger(article(text, "fr")))
    assert [q["speaker"] for q in row["quotes"]] == ["Ana Ruiz", "Ana Ruiz"]
    for quote in row["quotes"]:
        for piece in (quote, *quote["fragments"], quote["mention"], quote["antecedent"]):
            if piece is not None:
                assert text[piece["start"] : piece["end"]] == piece["text"]


def sound(text: str, found: Ledger) -> None:
    """Fail unless every span is in range and says what its kind promises."""
    for quotation in found.quotations:
        words = quotation.span.of(text)
        assert quotation.span.end <= len(text)
        assert words.strip() == words != ""
        assert all(quotation.span.covers(f) and f.of(text) for f in quotation.fragments)
        if quotation.kind is Kind.DIRECT:
            assert quotation.fragments == (quotation.span,)
        if quotation.kind is Kind.INDIRECT:
            assert quotation.fragments == ()
        for span in (quotation.cue, quotation.mention, quotation.antecedent):
            assert span is None or span.of(text)
        assert 0 <= quotation.confidence <= 1
    for member in found.cast:
        assert member.name
        assert all(span.of(text) for span in member.mentions)


WORDS = (
    "Ana Ruiz|le maire|Elle|il|she|said|a dit|a-t-il ajouté|selon|according to|que|that|laut|"
    "sagte|dass|заявил|что|según|dijo|l'"
    '|l"|M.|Dr.|12|U.S.|Le port rouvre|et|and|but|ajoutant|adding|Lire aussi :|PENCE: |Q: |שלום'
).split("|")
SIGNS = [*"«»“”„\"'‘’,.:-—()…", "''", " ", "\n\n", "\n", "\x00", "\u202e", "😀", "\ud7ff", "\u00a0", "\u2028", "\r"]
PIECES = st.sampled_from([*WORDS, *SIGNS])
TEXTS = st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES, max_size=40).map("".join)


@settings(max_examples=250, deadline=None)
@given(TEXTS, st.sampled_from([*languages(), "und"]))
def test_spans_are_sound_on_any_arrangement_of_marks_and_cues(text: str, language: str) -> None:
    sound(text, ledger(article(text, language)))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.sampled_from([*languages(), "und"]))
def test_spans_are_sound_on_any_text(text: str, language: str) -> None:
    sound(text, ledger(article(text, language)))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"' * 1_000_000, id="nothing-but-marks"),
        pytest.param("«" * 500_000 + "»" * 500_000, id="all-opened-then-closed"),
        pytest.param("mot " * 100_000, id="one-sentence-without-end"),
        pytest.param("a dit que " * 30_000, id="nothing-but-cues"),
        pytest.param(" ".join(f"Ana Ruiz{n} a dit que oui et non." for n in range(8_000)), id="thousands-of-speakers"),
    ],
)
def test_bad_input_is_read_in_linear_time(text: str) -> None:
    started = time.perf_counter()
    sound(text, ledger(article(text, "fr")))
    assert time.perf_counter() - started < 5
