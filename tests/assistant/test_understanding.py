"""What a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding import Asked, is_pronoun, understood
from ingest.errors import UnusableQuestion


@pytest.mark.parametrize(
    ("question", "language", "asked", "who", "topic"),
    [
        ("What did Ana Ruiz say?", "en", Asked.STATEMENTS, "Ana Ruiz", ""),
        ("what has the minister said about the new bridge?", "en", Asked.STATEMENTS, "the minister", "the new bridge"),
        ("What does Ruiz think of the plan?", "en", Asked.STATEMENTS, "Ruiz", "the plan"),
        ("What was Ruiz's reaction to the vote?", "en", Asked.STATEMENTS, "Ruiz", "the vote"),
        ("Quotes by Ana Ruiz", "en", Asked.STATEMENTS, "Ana Ruiz", ""),
        ("Who said that the port was closed?", "en", Asked.SPEAKERS, "", "the port was closed"),
        ("Who spoke about the port?", "en", Asked.SPEAKERS, "", "the port"),
        ("Did Ruiz say that the port was closed?", "en", Asked.CLAIM, "Ruiz", "the port was closed"),
        ("Qu’a dit Ana Ruiz sur le port ?", "fr", Asked.STATEMENTS, "Ana Ruiz", "le port"),
        ("Qu'est-ce qu'Ana Ruiz a déclaré ?", "fr", Asked.STATEMENTS, "Ana Ruiz", ""),
        ("que pense ruiz du projet", "fr", Asked.STATEMENTS, "ruiz", "projet"),
        ("Quelle est la réaction de Ruiz au vote ?", "fr", Asked.STATEMENTS, "Ruiz", "vote"),
        ("Les déclarations d'Ana Ruiz", "fr", Asked.STATEMENTS, "Ana Ruiz", ""),
        ("Qui a dit que le port était fermé ?", "fr", Asked.SPEAKERS, "", "le port était fermé"),
        ("Quel ministre a dit que le port était fermé ?", "fr", Asked.SPEAKERS, "", "le port était fermé"),
        ("¿Qué dijo Ana Ruiz sobre el puerto?", "es", Asked.STATEMENTS, "Ana Ruiz", "el puerto"),
        ("¿Quién dijo que el puerto estaba cerrado?", "es", Asked.SPEAKERS, "", "el puerto estaba cerrado"),
        ("Was hat Ana Ruiz über den Hafen gesagt?", "de", Asked.STATEMENTS, "Ana Ruiz", "den Hafen"),
        ("Was sagte die Ministerin?", "de", Asked.STATEMENTS, "die Ministerin", ""),
        ("Что сказала Ана Руис о порте?", "ru", Asked.STATEMENTS, "Ана Руис", "порте"),
        ("Кто сказал, что порт закрыт?", "ru", Asked.SPEAKERS, "", "порт закрыт"),
        ("How many ships are waiting?", "en", Asked.FACT, "", ""),
        ("Combien de navires attendent ?", "fr", Asked.FACT, "", ""),
    ],
)
def test_a_question_is_understood(question: str, language: str, asked: Asked, who: str, topic: str) -> None:
    found = understood(question)
    assert (found.language, found.asked, found.who, found.topic) == (language, asked, who, topic)


@pytest.mark.parametrize(
    ("question", "history", "who", "query"),
    [
        pytest.param("and Obama?", ["What did Ruiz say?"], "Obama", "and Obama?", id="english"),
        pytest.param("et Obama ?", ["Qu'a dit Ruiz ?"], "Obama", "et Obama ?", id="french"),
        pytest.param("And this year?", ["How many ships came in 2019?"], "",
                     "How many ships came in 2019? And this year?", id="of-fact"),
        pytest.param("Et cette année ?", ["Combien de navires ?", ""], "", "Et cette année ?", id="nothing-before"),
    ],
)  # fmt: skip
def test_a_follow_up_leans_on_the_question_before(question: str, history: list[str], who: str, query: str) -> None:
    found = understood(question, history=history)
    assert (found.who, found.query) == (who, query)


def test_a_topic_carries_over_to_the_next_speaker() -> None:
    assert understood("and Obama?", history=["What did Ruiz say about the port?"]).topic == "the port"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who is Igor Konachenkov?", "en"),
        ("Konashenkov", "fr"),
        ("Qui est Barack Obama ?", "fr"),
        ("¿Quién es Barack Obama?", "es"),
        ("Wer ist Barack Obama?", "de"),
        ("Кто такой Барак Обама?", "ru"),
        ("Где Томск?", "ru"),
    ],
)
def test_names_do_not_decide_the_language(question: str, language: str) -> None:
    assert understood(question, language="fr" if question == "Konashenkov" else None).language == language


@pytest.mark.parametrize("word", ["he", "She", "il", "Elle", "él", "sie", "она"])
def test_pronouns_name_nobody(word: str) -> None:
    assert is_pronoun(word)


@given(st.text(max_size=600), st.lists(st.text(max_size=80), max_size=3))
def test_any_text_is_understood_or_refused(text: str, history: list[str]) -> None:
    try:
        found = understood(text, history=history)
    except UnusableQuestion:
        return
    assert found.text
    assert found.who in found.text
    assert found.topic in found.text or any(found.topic in each for each in history)
