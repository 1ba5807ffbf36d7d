"""What the browser is given of a check, and what a batch keeps."""

from __future__ import annotations

import pytest

from assistant.models import Change, Difference, Match, Operation, QuoteCheck, Verdict
from assistant.ui import check, source
from assistant.ui.check import Asked, Batch
from assistant.ui.texts import ENGLISH, FRENCH
from ingest.models import Kind, Ledger, Quotation, Span

TEXT = "Le port ne rouvre pas lundi, sauf accord."
MATCH = Match(
    "a", 1, Span(10, 37), TEXT[:27], pieces=(Span(10, 37),), speaker="Ana Ruiz", kind=Kind.DIRECT,
    difference=(
        Difference(Operation.EQUAL, "Le port", "Le port"),
        Difference(Operation.INSERT, "", "ne", (Change.NEGATION,)),
        Difference(Operation.REPLACE, "mardi", "lundi", (Change.DATE,)),
    ),
    missing=(Span(37, 51),), sentence=Span(10, 51), whole_sentence=TEXT, title="Le port", outlet="Ouest",
    published="2024-03-01", language="fr", reference="Ouest, 1 March 2024",
)  # fmt: skip


def checked(verdict: Verdict, *matches: Match) -> QuoteCheck:
    return QuoteCheck(verdict, 0.9, "Le port rouvre mardi", None, "en", matches, "Because.")


@pytest.mark.parametrize("verdict", Verdict)
def test_only_what_is_verbatim_looks_sound(verdict: Verdict) -> None:
    drawn = check.shown(checked(verdict, MATCH), ENGLISH)
    assert (drawn["tone"] == "sound") == (verdict is Verdict.VERBATIM)
    assert drawn["verdict"]
    assert len({"sound", "care", "wrong"} & {drawn["tone"]}) == 1


def test_changes_of_meaning_are_named_in_the_readers_language() -> None:
    (match,) = check.shown(checked(Verdict.ALTERED, MATCH), FRENCH)["matches"]
    assert [each["changes"] for each in match["difference"]] == ["", "une négation", "une date"]
    assert match["original"] == ""
    assert match["source"] == "Ouest · 1er mars 2024"
    assert match["address"] == "speakers?name=Ana+Ruiz&in=a"


def test_a_translation_is_shown_whole_beside_its_original() -> None:
    (match,) = check.shown(checked(Verdict.TRANSLATED, MATCH), ENGLISH)["matches"]
    assert (match["claimed"], match["original"]) == ("Le port rouvre mardi", MATCH.text)


def test_the_sentence_marks_what_the_claim_lost() -> None:
    assert list(check.runs(MATCH)) == [(TEXT[:27], "printed"), (TEXT[27:], "missing")]
    assert "".join(text for text, _ in check.runs(MATCH)) == TEXT


def test_words_beyond_one_sentence_are_shown_alone() -> None:
    assert list(check.runs(Match("a", 1, Span(0, 5), "Un. D"))) == [("Un. D", "printed")]


def test_the_drawer_knows_from_the_ledger_what_is_verbatim() -> None:
    ledger = Ledger((Quotation(Span(10, 51), Kind.DIRECT, (Span(10, 51),), speaker="Ana Ruiz"),))
    assert source.kind_of(check.citation(1, MATCH, ledger)) is Kind.DIRECT
    assert source.kind_of(check.citation(1, MATCH, Ledger())) is Kind.MIXED


def test_a_short_quotation_has_an_address_and_a_long_one_none() -> None:
    assert Asked("Le port", "Ana").parameters == {"q": "Le port", "by": "Ana"}
    assert Asked("Le port").parameters == {"q": "Le port"}
    assert Asked("x" * 5000, "Ana").parameters == {}


def test_a_batch_is_written_as_it_came() -> None:
    rows = [{"quotation": "Le port", "verdict": "verbatim"}]
    assert check.written(Batch("", "a.CSV", rows, rows)).decode("utf-8-sig").startswith("quotation,verdict\r\n")
    assert check.written(Batch("", "a.jsonl", rows, rows)) == b'{"quotation": "Le port", "verdict": "verbatim"}\n'
