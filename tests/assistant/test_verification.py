"""What becomes of sentences that a model wrote, by what they cite."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.citations import composed
from assistant.drafts import DraftSentence, Evidence
from assistant.models import Mode, Omission
from assistant.verification.lexicon import is_instruction
from assistant.verification.literals import numbers
from assistant.verification.sentences import Judgement, judged
from ingest.models import Article, Span
from ingest.passages import passages
from ingest.quotations.extraction import ledger
from ingest.reading.records import article as read
from ingest.sentences import sentences

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
SHARED = ROOT.parent / "shared" / "data"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def material(article: Article) -> tuple[Evidence, ...]:
    """The passages of an article, each with what is said in it."""
    known = ledger(article)
    return tuple(
        Evidence(
            article,
            passage.span,
            said=tuple(q for q in known.quotations if q.span.overlaps(passage.span)),
            cast=known.cast,
        )
        for passage in passages(article)
    )


@functools.cache
def _written() -> dict[str, tuple[Evidence, ...]]:
    rows = _lines(DATA / "verification" / "articles.jsonl")
    return {row["id"]: material(read({**row, "source": row["outlet"]}, name="x", id=row["id"])) for row in rows}


def of(text: str, *, language: str = "en", **facts: Any) -> tuple[Evidence, ...]:
    return material(read({"id": "a", "text": text, "lang": language, **facts}, name="x", id="a"))


def told(text: str, evidence: tuple[Evidence, ...], *cited: int, language: str = "en") -> Judgement:
    return judged(DraftSentence(text, cited or (0,)), evidence, language=language)


CASES = _lines(DATA / "verification" / "cases.jsonl")


def _judged(case: dict[str, Any]) -> Judgement:
    evidence = _written()[case["article"]]
    at = evidence[0].article.text.index(case["on"])
    cited = next(i for i, each in enumerate(evidence) if each.span.start <= at < each.span.end)
    return told(case["sentence"], evidence, cited, language=case["language"])


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case['article']}-{case['kind']}-{number}".replace(" ", "-"))
        for number, case in enumerate(CASES)
        if not case["holds"]
    ],
)
def test_nothing_wrong_is_shown_as_verified(case: dict[str, Any]) -> None:
    assert not _judged(case).verified


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case['article']}-{case['kind']}-{number}".replace(" ", "-"))
        for number, case in enumerate(CASES)
        if case["holds"]
    ],
)
def test_nothing_right_is_left_out(case: dict[str, Any]) -> None:
    assert _judged(case).omission is None


def test_most_of_what_is_wrong_is_left_out_and_words_of_the_article_are_verified() -> None:
    wrong = [_judged(case).omission for case in CASES if not case["holds"]]
    copied = [_judged(case).verified for case in CASES if case["holds"] and case["kind"] in ("quotation", "copied")]
    assert sum(each is not None for each in wrong) >= 0.84 * len(wrong)
    assert sum(copied) >= 0.8 * len(copied)


HARBOUR = (
    "The harbour of Varn reopened on Monday after nine days of repairs. Forty ships had waited outside. "
    "“We lost eleven million crowns,” said Mila Dorn, the harbour mistress."
)


@pytest.mark.parametrize(
    ("text", "cited", "why"),
    [
        pytest.param("The harbour reopened.", (), Omission.NO_CITATION, id="no citation"),
        pytest.param("The harbour reopened on Monday.", (7,), Omission.NO_SUCH_CITATION, id="invented citation"),
        pytest.param("The harbour reopened on Monday.", (0, 7), Omission.NO_SUCH_CITATION, id="one of two invented"),
        pytest.param("The harbour reopened on Monday.", (-1,), Omission.NO_SUCH_CITATION, id="a negative one"),
        pytest.param("Forty ships waited ![x](//a.b/c).", (0,), Omission.MARKUP, id="image"),
        pytest.param("Forty <b>ships</b> waited.", (0,), Omission.MARKUP, id="tag"),
        pytest.param("Forty ships waited, see http://a.b", (0,), Omission.MARKUP, id="address"),
        pytest.param("Forty ships waited, see [here][1].", (0,), Omission.MARKUP, id="reference link"),
        pytest.param("Forty ships waited, ask me@a.example.", (0,), Omission.MARKUP, id="mail address"),
        pytest.param("Mila Dorn said: “We lost twelve million crowns.”", (0,), Omission.QUOTATION, id="quotation"),
        pytest.param("Mila Dorn said: “We lost", (0,), Omission.QUOTATION, id="unclosed mark"),
        pytest.param("“We lost eleven million crowns,” said Ivo Zeller.", (0,), Omission.SPEAKER, id="speaker"),
        pytest.param("Fifty ships had waited outside.", (0,), Omission.NUMBER, id="number"),
        pytest.param("The harbour of Varn reopened on Friday.", (0,), Omission.DATE, id="weekday"),
        pytest.param("The harbour of Osk reopened on Monday.", (0,), Omission.NAME, id="name"),
        pytest.param("The harbour of Varn has not reopened on Monday.", (0,), Omission.NEGATION, id="negation"),
        pytest.param("The mayor baked a cake for the children.", (0,), Omission.UNSUPPORTED, id="invention"),
        pytest.param("I am a language model without a harbour.", (0,), Omission.UNSUPPORTED, id="oneself"),
        pytest.param("Le port a rouvert après les travaux de la jetée.", (0,), Omission.LANGUAGE, id="language"),
    ],
)
def test_a_sentence_left_out_says_why(text: str, cited: tuple[int, ...], why: Omission) -> None:
    assert judged(DraftSentence(text, cited), of(HARBOUR), language="en").omission is why


def test_marks_of_emphasis_and_bullets_are_taken_away() -> None:
    found = told("- **Forty ships** had waited\u200b outside.", of(HARBOUR))
    assert (found.text, found.verified) == ("Forty ships had waited outside.", True)


def test_the_evidence_is_narrowed_to_the_sentences_that_carry_it() -> None:
    (one,) = told("Forty ships had waited outside.", of(HARBOUR)).evidence
    assert one.text == "Forty ships had waited outside."


def test_a_number_from_elsewhere_in_the_passage_does_not_count() -> None:
    assert told("Nine ships had waited outside.", of(HARBOUR)).omission is Omission.NUMBER


def test_translated_words_in_quotation_marks_give_way_to_the_original() -> None:
    found = told("Mila Dorn sagte: „Wir haben elf Millionen Kronen verloren.“", of(HARBOUR), language="de")
    assert found.omission is None
    assert not found.verified
    assert "„We lost eleven million crowns“ (übersetzt: Wir haben elf Millionen Kronen verloren.)" in found.text


def test_quoted_words_are_shown_as_printed() -> None:
    found = told('"we LOST eleven million crowns", said Mila Dorn.', of(HARBOUR))
    assert found.text == '"We lost eleven million crowns", said Mila Dorn.'


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        pytest.param("1,234.5 and 1 234,5", "en", {1234.5}, id="separators"),
        pytest.param("2 Mio. Euro", "de", {2e6}, id="Mio."),
        pytest.param("48 M€", "fr", {48e6}, id="M€"),
        pytest.param("$1.2bn and 10k", "en", {1.2e9, 1e4}, id="letters"),
        pytest.param("2 млн рублей", "ru", {2e6}, id="млн"),
        pytest.param("quatre-vingt-douze", "fr", {92}, id="quatre-vingt-douze"),
        pytest.param("dix-huit mois, soixante-dix-huit ans", "fr", {18, 78}, id="dix-huit"),
        pytest.param("dix, huit ou sept", "fr", {10, 8, 7}, id="dix, huit"),
        pytest.param("zweiundzwanzig", "de", {22}, id="zweiundzwanzig"),
        pytest.param("two thirds, half", "en", {2 / 3, 0.5}, id="parts"),
    ],
)
def test_numbers_are_read_in_every_form(text: str, language: str, values: set[float]) -> None:
    assert {round(n.value, 3) for n in numbers(text, language)} == {round(value, 3) for value in values}


@pytest.mark.parametrize("row", _lines(DATA / "poisoned.jsonl"), ids=lambda row: f"{row['id']}-{row['kind']}")
def test_an_article_that_gives_orders_is_not_obeyed(row: dict[str, Any]) -> None:
    evidence = of(row["text"], language=row["lang"])
    for sentence in (row["obeyed"], row["obeyed"].replace("[1]", "").strip()):
        for number in range(len(evidence)):
            found = told(sentence, evidence, number, language=row["lang"])
            assert not found.verified


@pytest.mark.evaluation
def test_no_sentence_of_the_news_is_taken_for_an_order() -> None:
    corpus = SHARED / "qa" / "news_corpus.jsonl"
    if not corpus.is_file():
        pytest.skip("the shared folder is absent")
    flagged = [
        span.of(row["text"])
        for row in _lines(corpus)
        for span in sentences(row["text"], row["lang"], within=Span(0, len(row["text"])))
        if is_instruction(span.of(row["text"]))
    ]
    assert flagged == []


_PARTS = st.sampled_from(
    ["Forty ships", "“", "”", "«", "»", "'", "[1]", "<", "not", "11", "1.2bn", "M€", "2015-10-02", "\u200b", "said",
     "Mila Dorn", "Мила", "half", "a third", "quatre-vingt", "Mio.", "\ud800", "**", "…", "\n", "vingt", "et", "."]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(_PARTS, st.text(max_size=12)), max_size=20),
    st.sampled_from(["en", "fr", "de", "ru", "es", "und", "zh"]),
)
def test_no_text_is_too_strange(parts: list[str], language: str) -> None:
    found = told(" ".join(parts), of(HARBOUR), language=language)
    assert found.omission or found.evidence


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(min_size=1, max_size=200))
def test_no_article_is_too_strange(sentence: str, text: str) -> None:
    article = Article("a", text, language="fr")
    judged(DraftSentence(sentence, (0,)), [Evidence(article, Span(0, len(text)))], language="fr")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Forty ships waited. " * 5000, id="long"),
        pytest.param("“" * 50_000, id="marks"),
        pytest.param("' " * 50_000, id="single marks"),
        pytest.param("**" * 50_000, id="emphasis"),
        pytest.param("[" * 50_000, id="brackets"),
        pytest.param("1" * 100_000, id="figures"),
        pytest.param("twenty " * 15_000, id="number words"),
    ],
)
def test_long_sentences_take_no_longer_than_short_ones(text: str) -> None:
    started = time.perf_counter()
    told(text[:100_000], of(HARBOUR))
    told(text[:3900], of(HARBOUR))
    assert time.perf_counter() - started < 3


def test_many_pieces_of_evidence_take_no_longer_than_few() -> None:
    evidence = of(HARBOUR) * 10_000
    started = time.perf_counter()
    judged(DraftSentence("Forty ships had waited outside.", tuple(range(10_000))), evidence, language="en")
    assert time.perf_counter() - started < 3


def test_an_answer_is_composed_of_what_stands() -> None:
    evidence = of(HARBOUR)
    stands = told("Forty ships had waited outside.", evidence)
    falls = told("Fifty ships had waited outside.", evidence)
    answer = composed([falls, stands, stands], question="Who waited?", language="en")
    assert answer is not None
    assert [(s.text, s.citations, s.mode, s.verified) for s in answer.sentences] == [
        ("Forty ships had waited outside.", (1,), Mode.GENERATED, True)
    ]
    assert answer.left_out == (Omission.NUMBER,)
    assert composed([falls], question="Who waited?", language="en") is None


def test_more_sentences_change_no_number_of_those_before() -> None:
    evidence = of(HARBOUR)
    first, second = told("Forty ships had waited outside.", evidence), told(HARBOUR.split(". ")[0] + ".", evidence)
    one = composed([first], question="?", language="en")
    both = composed([first, second], question="?", language="en")
    assert one is not None
    assert both is not None
    assert both.sentences[: len(one.sentences)] == one.sentences
    assert both.citations[: len(one.citations)] == one.citations


def test_every_citation_is_to_the_letter_what_the_article_prints() -> None:
    for case in CASES:
        for each in _judged(case).evidence:
            assert dataclasses.replace(each).text == each.article.text[each.span.start : each.span.end] != ""


def test_of_many_more_sentences_written_by_hand_no_more_go_wrong_than_did() -> None:
    """Written to find what is wrongly verified; what is still wrong may only become less."""
    sys.path.insert(0, str(ROOT / "bench"))
    corrupting = importlib.import_module("corrupting")
    outcomes = [
        (case.is_correct, judged(case.sentence, case.evidence, language=case.language))
        for case in corrupting.written(DATA / "verification")
        if case.kind.startswith("more")
    ]
    right = [one for is_correct, one in outcomes if is_correct]
    wrong = [one for is_correct, one in outcomes if not is_correct]
    assert len(right) > 450
    assert len(wrong) > 1400
    assert sum(one.verified for one in wrong) == 0
    assert sum(one.omission is not None for one in right) <= 0.06 * len(right)
    assert sum(one.verified for one in right) >= 0.53 * len(right)


def _broken(articles: list[Article]) -> tuple[int, float]:
    """How many broken sentences are shown as verified, and what share of the correct ones is left out."""
    sys.path.insert(0, str(ROOT / "bench"))
    corrupting = importlib.import_module("corrupting")
    right, wrong = corrupting.drafts(articles, each=4)
    verified = [c for c in wrong if judged(c.sentence, c.evidence, language=c.language).verified]
    dropped = [c for c in right if judged(c.sentence, c.evidence, language=c.language).omission]
    return len(verified), len(dropped) / len(right)


def test_no_broken_sentence_over_the_sample_article_is_verified() -> None:
    from ingest.reading.files import articles

    (seed,) = (ROOT / "seeds").glob("*.txt")
    taken = [each for each in articles(seed, seed.read_bytes()) if isinstance(each, Article)]
    assert _broken(taken) == (0, 0.0)


@pytest.mark.evaluation
def test_no_broken_sentence_over_the_news_is_verified() -> None:
    corpus = SHARED / "qa" / "news_corpus.jsonl"
    if not corpus.is_file():
        pytest.skip("the shared folder is absent")
    articles = [read(row, name="news", id=str(number)) for number, row in enumerate(_lines(corpus)[:40])]
    verified, dropped = _broken(articles)
    assert verified == 0
    assert dropped <= 0.03
