"""A message that is a quotation, or asks about one, is told from one that merely holds a quoted word."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.models import Abstention, Answer, Verdict
from assistant.quoting import quoted
from assistant.records import reply_record
from assistant.settings import Settings
from assistant.wiring import assistant

PRINTED = "la plupart de ces propositions pourraient être acceptées"


@pytest.mark.parametrize(
    ("message", "words", "speaker", "language"),
    [
        ("Did Ana Ruiz really say “the port opens tomorrow”?", "the port opens tomorrow", "Ana Ruiz", "en"),
        ("Did the mayor say 'it's over, folks' yesterday?", "it's over, folks", "the mayor", "en"),
        ("Who said 'this is unbearable'?", "this is unbearable", "", "en"),
        ('"We will never give up." Did Ruiz say that?', "We will never give up.", "Ruiz", "en"),
        ("Is this quote by Ruiz real: “we will never give up”?", "we will never give up", "Ruiz", "en"),
        ("Can you check the quote “we will never give up” by Ana Ruiz?", "we will never give up", "Ana Ruiz", "en"),
        ("Did anybody say “we will never give up”?", "we will never give up", "", "en"),
        ("Ruiz a-t-elle vraiment dit « le port rouvre » ?", "le port rouvre", "Ruiz", "fr"),
        ("Est-ce que la maire a dit « le port rouvre » ?", "le port rouvre", "la maire", "fr"),
        ("Qui a dit « le port rouvre » ?", "le port rouvre", "", "fr"),
        ("« Le port rouvre demain » : qui a dit cela ?", "Le port rouvre demain", "", "fr"),
        ("¿Dijo la ministra que «el puerto abre mañana»?", "el puerto abre mañana", "la ministra", "es"),
        ("¿Quién dijo «el puerto abre mañana»?", "el puerto abre mañana", "", "es"),
        ("Hat Ruiz wirklich gesagt: „Der Hafen öffnet morgen“?", "Der Hafen öffnet morgen", "Ruiz", "de"),
        ("Stimmt es, dass Ruiz „Der Hafen öffnet“ gesagt hat?", "Der Hafen öffnet", "Ruiz", "de"),
        ("Wer hat „Der Hafen öffnet“ gesagt?", "Der Hafen öffnet", "", "de"),
        ("Говорила ли Руис «порт открывается завтра»?", "порт открывается завтра", "Руис", "ru"),
        ("Правда ли, что Руис сказала: «порт открывается»?", "порт открывается", "Руис", "ru"),
        ("Кто сказал «порт открывается завтра»?", "порт открывается завтра", "", "ru"),
        ("“The port opens again tomorrow”", "The port opens again tomorrow", "", "en"),
        ("“The port opens again tomorrow” — Ana Ruiz", "The port opens again tomorrow", "Ana Ruiz", "en"),
        ("« Le port rouvre dès demain », a déclaré Ana Ruiz.", "Le port rouvre dès demain", "Ana Ruiz", "fr"),
        ("Ana Ruiz: «El puerto abre otra vez mañana»", "El puerto abre otra vez mañana", "Ana Ruiz", "es"),
    ],
)
def test_words_that_are_asked_about_are_found_with_their_speaker(
    message: str, words: str, speaker: str, language: str
) -> None:
    found = quoted(message)
    assert found is not None
    assert (found.words, found.speaker, found.language) == (words, speaker, language)


@pytest.mark.parametrize(
    "message",
    [
        "What is 'Nord Stream'?",
        "Is “Nord Stream” a pipeline?",
        "What did Ruiz say about “Nord Stream”?",
        "Did Ruiz say “Nord Stream” would be closed?",
        "Why did Ruiz say “it is over”?",
        "When did Ruiz say “the port is closed for good”?",
        "What does she mean by “the end of the harbour as we know it”?",
        "Who wrote “War and Peace”?",
        "Qui a écrit « Guerre et Paix » ?",
        "Qu'a dit Ruiz sur « Nord Stream » ?",
        "Que signifie « tout à fait insoutenable » ?",
        "¿Qué es «Nord Stream»?",
        "Was bedeutet „Nord Stream“?",
        "Что такое «Северный поток»?",
        "Tell me about the film “The Last Tram of the Night”",
        "“Nord Stream”",
        "What did the ministers' spokesman say about the workers' pay?",
        "“Why?” “Because.” What did he say?",
        "",
    ],
)
def test_a_quoted_word_or_title_in_a_question_asks_for_no_check(message: str) -> None:
    assert quoted(message) is None


@pytest.mark.parametrize(
    ("message", "history"),
    [
        pytest.param("Did he say “it is over”?", ["What did Ana Ruiz say?"], id="en"),
        pytest.param("A-t-il dit « c'est fini » ?", ["Qu'a dit Ana Ruiz ?", "Et quand ?"], id="fr"),
        pytest.param("¿Ha dicho realmente «se acabó»?", ["¿Qué dijo Ana Ruiz?"], id="es-without-subject"),
        pytest.param("Hat sie „es ist vorbei“ gesagt?", ["Did Ana Ruiz say “no more of this”?"], id="de-after-check"),
        pytest.param("Действительно ли он сказал «это конец»?", ["What did Ana Ruiz say?"], id="ru"),
        pytest.param("He said: “it is over for all of us”", ["What did Ana Ruiz say?"], id="pasted"),
    ],
)
def test_a_pronoun_is_whoever_the_conversation_was_about(message: str, history: list[str]) -> None:
    found = quoted(message, history=history)
    assert found is not None
    assert found.speaker == "Ana Ruiz"
    alone = quoted(message)
    assert alone is not None
    assert alone.speaker == ""


@pytest.mark.parametrize("piece", ["'a' “b” «", "' a", "did he say ", "a-t-il dit « ", "“a” said b "])
def test_a_long_message_full_of_marks_is_looked_at_quickly(piece: str) -> None:
    since = time.perf_counter()
    quoted((piece * 2000)[:2000] + "?", history=["What did Ana Ruiz say?"])
    assert time.perf_counter() - since < 2


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Iterator[Assistant]:
    """The assistant over the sample article."""
    from tests.conftest import command

    folder = tmp_path_factory.mktemp("quoting")
    assert command(["-m", "ingest", "add", seeds, "--archive", folder / "a"], folder=folder).code == 0
    one = assistant(Settings(archive=folder / "a"))
    yield one
    one.archive.close()


@pytest.mark.parametrize(
    ("question", "history", "verdict", "opening"),
    [
        (f"Konachenkov a-t-il dit « {PRINTED} » ?", [], Verdict.VERBATIM, "Verbatim. Ces mots"),
        ("Did he say 'most of these proposals could be accepted'?", ["What did Konachenkov say?"],
         Verdict.TRANSLATED, "Translated."),
        ("Did Konachenkov say “all of these proposals could be accepted”?", [], Verdict.ALTERED, "Altered."),
        ("Did Konachenkov say that all the proposals would be accepted?", [], Verdict.ALTERED, "Altered."),
        (f"Hat Obama „{PRINTED}“ gesagt?", [], Verdict.MISATTRIBUTED, "Von jemand anderem gesagt."),
        (f"¿Quién dijo «{PRINTED}»?", [], Verdict.VERBATIM, "Literal."),
        (f"Говорил ли Конашенков «{PRINTED}»?", [], Verdict.VERBATIM, "Дословно"),
        (PRINTED, [], Verdict.VERBATIM, "Verbatim."),
    ],
)  # fmt: skip
def test_a_question_about_a_quotation_is_answered_with_its_check(
    asking: Assistant, question: str, history: list[str], verdict: Verdict, opening: str
) -> None:
    reply = asking.ask(question, history=history)
    assert isinstance(reply, Answer)
    assert reply.check is not None
    assert reply.check.verdict is verdict
    assert reply.opening.startswith(opening)
    for citation in reply.citations:
        article = asking.archive.catalog.article(citation.article_id, citation.version)
        assert citation.text == citation.span.of(article.text)
    assert reply.citations[0].speaker == "Igor Konachenkov"
    assert PRINTED in reply.citations[0].text


def test_a_quotation_that_nobody_said_is_an_abstention_with_its_check(asking: Assistant) -> None:
    reply = asking.ask("Did Obama say “the moon is made of green cheese”?")
    assert isinstance(reply, Abstention)
    assert reply.check is not None
    assert reply.check.verdict is Verdict.NOT_FOUND
    record = reply_record(reply)
    assert (record["answered"], record["reason"]) == (False, "not_in_articles")
    assert record["check"]["verdict"] == "not_found"


@pytest.mark.parametrize(
    "question", ["What did Konachenkov say?", "What is “Nord Stream”?", "Moscou et Washington en Syrie, où en est-on"]
)
def test_any_other_question_has_no_check(asking: Assistant, question: str) -> None:
    assert reply_record(asking.ask(question))["check"] is None
