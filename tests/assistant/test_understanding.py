"""What a question asks for."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding import Asked, is_pronoun, timeless, understood
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
                     "How many ships came?", id="of-fact"),
        pytest.param("And in 2020?", ["How many ships came in 2019?"], "",
                     "How many ships came? And in 2020?", id="of-fact-in-another-year"),
        pytest.param("And at night?", ["How many ships came in 2019?"], "",
                     "How many ships came in 2019? And at night?", id="of-fact-in-the-same-year"),
        pytest.param("Et cette année ?", ["Combien de navires ?", ""], "", "Et cette année ?", id="nothing-before"),
    ],
)  # fmt: skip
def test_a_follow_up_leans_on_the_question_before(question: str, history: list[str], who: str, query: str) -> None:
    found = understood(question, history=history)
    assert (found.who, found.query) == (who, query)


def test_a_topic_carries_over_to_the_next_speaker() -> None:
    assert understood("and Obama?", history=["What did Ruiz say about the port?"]).topic == "the port"


@pytest.mark.parametrize(
    ("question", "history", "who", "topic", "words"),
    [
        pytest.param("What did Obama say last week?", [], "Obama", "", ["last week"], id="its-own"),
        pytest.param("And Putin?", ["What did Obama say last week?"], "Putin", "", ["last week"], id="carried-over"),
        pytest.param("And Putin?", ["What did Obama say?", "And since March?"], "Putin", "", ["since March"],
                     id="carried-over-twice"),
        pytest.param("And since March?", ["What did Obama say about Syria last week?"], "Obama", "Syria",
                     ["since March"], id="another"),
        pytest.param("Et depuis mars ?", ["Qu’a dit Obama sur la Syrie ?"], "Obama", "la Syrie", ["depuis mars"],
                     id="another-in-french"),
        pytest.param("А на прошлой неделе?", ["Что сказал Обама?"], "Обама", "", ["на прошлой неделе"],
                     id="another-in-russian"),
        pytest.param("What did he say about Syria?", ["What did Obama say last week?"], "he", "Syria", ["last week"],
                     id="of-a-pronoun"),
        pytest.param("What did Putin say about Syria?", ["What did Obama say last week?"], "Putin", "Syria", [],
                     id="a-question-of-its-own"),
        pytest.param("And at night?", ["How many ships came last week?"], "", "", ["last week"], id="of-fact"),
        pytest.param("And at night yesterday?", ["How many ships came last week?"], "", "", ["yesterday"],
                     id="of-fact-with-its-own"),
        pytest.param("How many boats are there?", ["How many ships came last week?"], "", "", [],
                     id="of-fact-of-its-own"),
    ],
)  # fmt: skip
def test_a_follow_up_keeps_subject_and_period(
    question: str, history: list[str], who: str, topic: str, words: list[str]
) -> None:
    found = understood(question, history=history, today=datetime.date(2026, 11, 22))
    assert (found.who, found.topic, [each.words for each in found.periods]) == (who, topic, words)
    assert found.asked_on == datetime.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("question", "topic", "words"),
    [
        ("Who warned that the port closes before March?", "the port closes before March", []),
        ("Who spoke about the port since March?", "the port", ["since March"]),
        ("Who said on 2 October that the port is closed?", "the port is closed", ["on 2 October"]),
    ],
)
def test_a_time_inside_what_was_said_is_part_of_it(question: str, topic: str, words: list[str]) -> None:
    found = understood(question, today=datetime.date(2026, 11, 22))
    assert (found.topic, [each.words for each in found.periods]) == (topic, words)


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What did Obama say last week?", "What did Obama say?"),
        ("And since March?", ""),
        ("And Putin?", "And Putin?"),
    ],
)
def test_a_question_can_be_remembered_without_its_time(question: str, left: str) -> None:
    assert timeless(question) == left


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
        pytest.param("谁赢得了第 49 届超级碗？", "zh", id="words-not-parted"),
        pytest.param("من فاز بالسوبر بول 49؟", "ar", id="arabic"),
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
    assert found.who in found.text or any(found.who in each for each in history)
    assert found.topic in found.text or any(found.topic in each for each in history)
