"""Quotations checked, on the sample article and on articles invented for the purpose, in five languages."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answering import Assistant
from assistant.models import Operation, QuoteCheck, Verdict
from assistant.settings import Settings
from assistant.wiring import assistant
from ingest.errors import UnusableQuestion
from ingest.models import Article, Kind

DATA = Path(__file__).resolve().parents[1] / "data" / "checks"
SEED = "000_58d039704cceb878"
CASES = [json.loads(line) for line in (DATA / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def checking(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Iterator[Assistant]:
    """The assistant over the sample article and the invented ones."""
    from tests.conftest import command

    folder = tmp_path_factory.mktemp("checks")
    added = command(["-m", "ingest", "add", seeds, DATA / "articles.jsonl", "--archive", folder / "a"], folder=folder)
    assert added.code == 0, added.err
    one = assistant(Settings(archive=folder / "a"))
    yield one
    one.archive.close()


def _changes(checked: QuoteCheck) -> set[str]:
    return {change.value for each in checked.matches[0].difference for change in each.changes}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_a_quotation_gets_its_verdict(checking: Assistant, case: dict[str, Any]) -> None:
    checked = checking.check(case["quotation"], speaker=case.get("speaker", ""))
    assert checked.verdict.value == case["verdict"], checked
    assert checked.explanation
    if "said_by" in case:
        assert checked.matches[0].speaker == case["said_by"]
    if "meaning" in case:
        assert _changes(checked) >= set(case["meaning"])
        assert bool(_changes(checked)) == bool(case["meaning"])
    if "missing" in case:
        article = checking.archive.catalog.article(checked.matches[0].article_id)
        assert case["missing"] in " ".join(span.of(article.text) for span in checked.matches[0].missing)
    if "starts" in case:
        assert checked.matches[0].text.casefold().startswith(case["starts"])


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_every_match_is_in_its_article_and_can_be_cited(checking: Assistant, case: dict[str, Any]) -> None:
    checked = checking.check(case["quotation"], speaker=case.get("speaker", ""))
    for match in checked.matches:
        article = checking.archive.catalog.article(match.article_id, match.version)
        assert match.text == match.span.of(article.text)
        assert all(match.span.covers(piece) for piece in match.pieces)
        assert article.headline in match.reference
        assert " ".join(match.text.split()) in match.reference
        assert match.before in " ".join(article.text.split())
        assert match.after in " ".join(article.text.split())
    if checked.verdict is Verdict.ALTERED:
        assert any(each.operation is not Operation.EQUAL for each in checked.matches[0].difference)
    if checked.verdict is Verdict.VERBATIM:
        assert all(each.operation is Operation.EQUAL for each in checked.matches[0].difference)


def test_the_whole_of_a_long_quotation_is_aligned(checking: Assistant) -> None:
    said = next(s for s in checking.archive.catalog.statements_in(SEED) if len(s.text) > 400)
    checked = checking.check(said.text.replace("presque impossibles", "impossibles"))
    assert checked.verdict is Verdict.ALTERED
    changed = [d for d in checked.matches[0].difference if d.operation is not Operation.EQUAL]
    assert [(d.operation, d.claimed, d.printed) for d in changed] == [(Operation.INSERT, "", "presque")]
    assert checked.matches[0].text == said.text.rstrip(".")


def test_a_statement_parted_by_its_attribution_is_one_match_with_two_pieces(checking: Assistant) -> None:
    checked = checking.check("Le pont doit être démonté pièce par pièce, ce qui prendra quatre mois")
    assert [len(match.pieces) for match in checked.matches[:1]] == [2]
    assert "a précisé Paul Kervadec" in checked.matches[0].text


def test_a_quotation_inside_a_quotation_names_both(checking: Assistant) -> None:
    match = checking.check("The river always wins in the end").matches[0]
    assert (match.speaker, match.quoted_by) == ("Neil Abara", "Margaret Oyelaran")


def test_each_piece_of_a_stitched_quotation_is_cited(checking: Assistant) -> None:
    checked = checking.check("Les 12 entreprises du port seront toutes indemnisées et nous publierons les chiffres")
    assert [match.article_id for match in checked.matches] == ["fr-pont", "fr-second"]
    assert [match.speaker for match in checked.matches] == ["Élodie Marchetti", "Paul Kervadec"]


def test_a_translation_is_shown_beside_its_original_and_never_verbatim(checking: Assistant) -> None:
    checked = checking.check("Most of these proposals could be accepted")
    assert checked.matches[0].text == "la plupart de ces propositions pourraient être acceptées"
    assert [d.operation for d in checked.matches[0].difference] == [Operation.REPLACE]


def test_the_explanation_is_in_the_language_of_the_quotation_or_of_the_caller(checking: Assistant) -> None:
    words = "la plupart de ces propositions pourraient être acceptées"
    assert "imprimés" in checking.check(words).explanation
    assert "printed" in checking.check(words, language="en").explanation
    assert "gedruckt" in checking.check(words, language="de").explanation
    assert "printed" in checking.check(words, language="ja").explanation


def test_a_reference_holds_outlet_title_date_words_and_link(checking: Assistant) -> None:
    reference = checking.check("Les 12 entreprises du port seront toutes indemnisées").matches[0].reference
    for part in (
        "La Vigie",
        "Le pont de Kerlan fermé",
        "2024-03-05",
        "Les 12 entreprises",
        "https://vigie.example/pont",
    ):
        assert part in reference


@pytest.mark.parametrize(
    ("quotation", "words"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("   \n\t ", "empty", id="white-space"),
        pytest.param("« … » — !?", "empty", id="only-marks"),
        pytest.param("\x00\x07\x1b", "empty", id="control-characters"),
        pytest.param("x" * 10_000, "10,000 characters", id="10000-characters"),
    ],
)
def test_what_holds_no_quotation_is_refused_in_a_line(checking: Assistant, quotation: str, words: str) -> None:
    with pytest.raises(UnusableQuestion, match=words) as refused:
        checking.check(quotation)
    assert "\n" not in str(refused.value)


def test_control_characters_inside_a_quotation_change_nothing(checking: Assistant) -> None:
    checked = checking.check("la plupart\x00 de ces\x07 propositions pourraient\x1b être acceptées")
    assert checked.verdict is Verdict.VERBATIM


def test_one_word_proves_little(checking: Assistant) -> None:
    assert checking.check("soutenir", speaker="Obama").confidence < 0.7


def _direct(one: Assistant) -> list[tuple[str, str]]:
    catalog = one.archive.catalog
    return [
        (s.article_id, s.text)
        for summary in catalog.articles()
        for s in catalog.statements_in(summary.id)
        if s.quotation.kind is Kind.DIRECT and len(s.text.split()) > 3
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 10**6), start=st.integers(0, 10**6), size=st.integers(3, 40))
def test_three_words_and_more_of_a_direct_quotation_are_never_altered_nor_lost(
    checking: Assistant, number: int, start: int, size: int
) -> None:
    direct = _direct(checking)
    _, text = direct[number % len(direct)]
    words = text.split()
    first = start % max(1, len(words) - 2)
    checked = checking.check(" ".join(words[first : first + size]))
    assert checked.verdict in (Verdict.VERBATIM, Verdict.TRUNCATED), (words[first : first + size], checked)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 10**6), seed=st.integers(0, 10**6))
def test_another_word_is_never_verbatim(checking: Assistant, number: int, seed: int) -> None:
    direct = _direct(checking)
    _, text = direct[number % len(direct)]
    words = text.split()
    chance = random.Random(seed)
    places = [i for i, word in enumerate(words) if len(word) > 4]
    for at in chance.sample(places, chance.randint(1, min(3, len(places)))):
        words[at] = chance.choice(["gondole", "Zanzibar", "orange", "Фонарь", "lantern", "siebzehn", "4711"])
    assert checking.check(" ".join(words)).verdict is not Verdict.VERBATIM


def test_an_article_is_not_written_to(checking: Assistant, seed_article: Article) -> None:
    assert checking.archive.catalog.article(SEED).text == seed_article.text


def test_words_of_a_version_that_was_corrected_are_told_to_have_been_printed(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    table, versions = tmp_path / "articles.jsonl", ("forty lanterns", "fourteen lanterns")
    for lamps in versions:
        text = f"The quay at Oberfeld will be lit.\n\n“We have ordered {lamps} for the lower quay,” said Ana Ruiz."
        table.write_text(json.dumps({"id": "quay", "title": "Lamps for the quay", "text": text}), encoding="utf-8")
        assert run("ingest", "add", table, archive=tmp_path / "archive").code == 0
    one = assistant(Settings(archive=tmp_path / "archive"))
    said, invented = (one.check(f"We have ordered {n} lanterns for the lower quay") for n in ("forty", "ninety"))
    one.archive.close()
    assert said.verdict is invented.verdict is Verdict.ALTERED
    assert "version 1 of “Lamps for the quay”" in said.explanation
    assert "version" not in invented.explanation
