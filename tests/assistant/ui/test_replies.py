"""What the browser is given of a reply."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.models import Abstention, Answer, Citation, Filter, Mode, Omission, Reason, Sentence, Usage
from assistant.ui import source
from assistant.ui.texts import ENGLISH, FRENCH
from assistant.ui.turns import DrawnTurn, earlier_questions, shown
from ingest.models import Article, Kind, Paragraph, ParagraphKind, Reference, Span

TEXT = "«Le port rouvre», a dit Ana Ruiz. Elle a ajouté que les «bateaux» attendent."
ARTICLE = Article(id="a", text=TEXT, title="Le port", language="fr", outlet="Ouest")


def citation(number: int, start: int, end: int, kind: Kind | None = None, *pieces: Span) -> Citation:
    speaker = "Ana Ruiz" if kind else None
    cited = Citation(number, "a", 1, Span(start, end), TEXT[start:end], language="fr", speaker=speaker, kind=kind)
    return dataclasses.replace(cited, title="Le port", outlet="Ouest", published="2024-03-01", fragments=pieces)


DIRECT = citation(1, 1, 15, Kind.DIRECT, Span(1, 15))
MIXED = citation(2, 52, 75, Kind.MIXED, Span(57, 64))


def test_statements_of_one_article_stand_together_in_order() -> None:
    elsewhere = dataclasses.replace(MIXED, number=3, article_id="b", title="Ailleurs", outlet="", published="")
    answer = Answer(
        "What did Ana Ruiz say?", "en", tuple(Sentence(c.text, (c.number,)) for c in (DIRECT, MIXED, elsewhere)),
        (DIRECT, MIXED, elsewhere), opening="Ana Ruiz: 3 statements.",
    )  # fmt: skip
    reply = shown(DrawnTurn(0, answer.question, answer), FRENCH)["reply"]
    assert [(g["title"], g["source"], len(g["lines"])) for g in reply["groups"]] == [
        ("Le port", "Ouest · 1er mars 2024", 2),
        ("Ailleurs", "", 1),
    ]
    assert [(line["speaker"], line["label"]) for group in reply["groups"] for line in group["lines"]] == [
        ("Ana Ruiz", "verbatim"),
        ("Ana Ruiz", "partly verbatim"),
        ("Ana Ruiz", "partly verbatim"),
    ]
    assert reply["groups"][0]["lines"][0]["citations"][0]["label"] == "Source 1 : Le port"
    assert not reply["prose"]


def test_sentences_of_a_chat_model_are_prose_and_not_evidence() -> None:
    sentences = (
        Sentence("The port reopens.", (1, 2), Mode.GENERATED),
        Sentence("It may rain.", (1,), Mode.GENERATED, verified=False),
        Sentence("«Nous sommes prêts»", (1,)),
    )
    usage = Usage("small", 1200, 0, 30, 0.0123)
    answer = Answer("?", "en", sentences, (DIRECT, MIXED), mode=Mode.GENERATED, left_out=(Omission.DATE,), usage=usage)
    reply = shown(DrawnTurn(0, "?", answer), ENGLISH)["reply"]
    assert [[c["number"] for c in line["citations"]] for line in reply["prose"]] == [[1, 2], [1]]
    assert [bool(line["doubt"]) for line in reply["prose"]] == [False, True]
    assert [line["text"] for group in reply["groups"] for line in group["lines"]] == ["«Nous sommes prêts»"]
    assert "small" in reply["made"]
    assert reply["remarks"][-1] == "1 call · 1,200 tokens read, 30 written · $0.0123"
    assert any("left out" in line for line in reply["remarks"])


def test_the_nearest_evidence_of_an_abstention_is_kept_out_of_the_answer() -> None:
    reply = shown(DrawnTurn(0, "?", Abstention("?", "en", Reason.NOT_IN_ARTICLES, "No.", (MIXED,))), ENGLISH)["reply"]
    assert reply["groups"] == []
    assert reply["opening"] == "No."
    assert len(reply["nearest"]) == 1
    assert "no answer" in reply["nearestLabel"]


@pytest.mark.parametrize(
    ("cited", "kind"),
    [
        pytest.param(DIRECT, Kind.DIRECT, id="the-quoted-words-alone"),
        pytest.param(citation(1, 0, 33, Kind.DIRECT, Span(1, 15)), Kind.MIXED, id="a-sentence-with-its-attribution"),
        pytest.param(MIXED, Kind.MIXED, id="partly-quoted"),
        pytest.param(citation(1, 34, 76, Kind.INDIRECT), Kind.INDIRECT, id="reported"),
        pytest.param(citation(1, 0, 33), None, id="nobody-speaks"),
    ],
)
def test_a_citation_is_called_verbatim_only_where_all_of_it_is(cited: Citation, kind: Kind | None) -> None:
    assert source.kind_of(cited) is kind


@pytest.mark.parametrize(
    ("reference", "antecedent", "expected"),
    [
        pytest.param(
            Reference.PRONOUN, Span(24, 32), "“Elle” is Ana Ruiz, named earlier in the article.", id="pronoun"
        ),
        pytest.param(Reference.PRONOUN, Span(57, 64), "“Elle” is Ana Ruiz, named later in the article.", id="cataphor"),
        pytest.param(Reference.DESCRIPTION, None, "“Elle” is Ana Ruiz.", id="description-without-a-place"),
        pytest.param(Reference.NAME, Span(24, 32), "", id="a-name-explains-itself"),
    ],
)
def test_the_drawer_says_whom_a_pronoun_stands_for(
    reference: Reference, antecedent: Span | None, expected: str
) -> None:
    cited = dataclasses.replace(MIXED, mention=Span(34, 38), reference=reference, antecedent=antecedent)
    assert source.shown(cited, ARTICLE, ENGLISH)["resolved"] == expected


def test_the_title_is_drawn_once() -> None:
    titled = dataclasses.replace(ARTICLE, paragraphs=(Paragraph(Span(0, 33), ParagraphKind.TITLE),))
    assert source.heading(ARTICLE) == "Le port"
    assert source.heading(titled) == ""


def test_what_a_question_was_limited_to_is_shown_in_its_language() -> None:
    limit = Filter("period", "Seulement les articles de 2015", "en 2015", excludes=True)
    data = shown(
        DrawnTurn(0, "?", Abstention("?", "fr", Reason.NOT_IN_PERIOD, "Non.", (MIXED,), filters=(limit,))), ENGLISH
    )
    assert data["filters"] == ["Seulement les articles de 2015"]
    assert data["anyTime"] == "Demander sans cette limite"


def test_a_time_that_was_taken_away_does_not_come_back_in_follow_ups() -> None:
    turns = [
        DrawnTurn(0, "What did Ana Ruiz say last week?"),
        DrawnTurn(1, "What did Ana Ruiz say last week?", any_time=True),
        DrawnTurn(2, "And since March?", any_time=True),
    ]
    assert earlier_questions(turns) == ["What did Ana Ruiz say last week?", "What did Ana Ruiz say?"]
