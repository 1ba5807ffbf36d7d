"""Questions in the languages that replies are not given in: what somebody said, and what is a matter of fact."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.models import Answer, Reason
from assistant.speakers import meant
from assistant.understanding import Asked, is_pronoun, understood

DATA = Path(__file__).parents[1] / "data"
QUESTIONS = tomllib.loads((DATA / "questions.toml").read_text(encoding="utf-8"))
NAMES = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
STATEMENTS = [(language, question) for language, each in QUESTIONS.items() for question in each["statements"]]
FACTS = [(language, question) for language, each in QUESTIONS.items() for question in each["facts"]]


@pytest.mark.parametrize(("language", "question"), STATEMENTS)
def test_what_somebody_said_is_answered_from_the_ledger(language: str, question: str, on_seed: Assistant) -> None:
    asked = understood(question)
    reply = on_seed.ask(question)
    assert reply.language == language
    if isinstance(reply, Answer):
        assert {citation.speaker for citation in reply.citations} == {"Igor Konachenkov"}
        assert asked.topic or reply.text.startswith("Igor Konachenkov: 5 statements.")
    else:
        # The bundled model knows some topics by their names in some languages only.
        assert asked.topic
        assert reply.reason is Reason.SPEAKER_NOT_ON_TOPIC
        assert reply.text.startswith("Igor Konachenkov ")


@pytest.mark.parametrize(("language", "question"), FACTS)
def test_a_question_of_fact_remains_one(language: str, question: str) -> None:
    asked = understood(question)
    assert (asked.language, asked.asked) == (language, Asked.FACT)


@pytest.mark.parametrize(
    ("question", "who", "topic"),
    [
        pytest.param("Erdoğan'ın açıklamaları", "Erdoğan", "", id="turkish-genitive"),
        pytest.param("Igor Konaşenkov Suriye hakkında ne dedi?", "Igor Konaşenkov", "Suriye", id="turkish-topic"),
        pytest.param("문재인이 무엇을 말했나요?", "문재인", "", id="korean-subject"),
        pytest.param("아베 총리는 뭐라고 했나요?", "아베", "", id="korean-title"),
        pytest.param("安倍さんは何と言いましたか", "安倍", "", id="japanese-title"),
        pytest.param("总统普京说了什么？", "普京", "", id="chinese-title-before"),
        pytest.param("普京先生对叙利亚问题说了什么？", "普京", "叙利亚", id="chinese-title-behind"),
        pytest.param("ماذا قال الرئيس بوتين عن سوريا؟", "بوتين", "سوريا", id="arabic-title"),
        pytest.param("\u200fماذا قال بوتين\u200f؟\u200f", "بوتين", "", id="marks-of-direction"),
    ],
)
def test_what_is_glued_to_a_name_is_no_part_of_it(question: str, who: str, topic: str) -> None:
    asked = understood(question)
    assert (asked.asked, asked.who, asked.topic) == (Asked.STATEMENTS, who, topic)


@pytest.mark.parametrize(
    ("question", "sort", "topic"),
    [
        pytest.param("Chi ha detto che il porto è chiuso?", Asked.SPEAKERS, "il porto è chiuso", id="italian"),
        pytest.param("Kto powiedział, że port jest zamknięty?", Asked.SPEAKERS, "port jest zamknięty", id="polish"),
        pytest.param("谁说了港口关闭？", Asked.SPEAKERS, "港口关闭", id="chinese"),
        pytest.param("誰が港は閉まっていると言いましたか？", Asked.SPEAKERS, "港は閉まっている", id="japanese"),
        pytest.param("هل قال بوتين إن الميناء مغلق؟", Asked.CLAIM, "الميناء مغلق", id="arabic"),
        pytest.param("Heeft Ruiz gezegd dat de haven dicht is?", Asked.CLAIM, "de haven dicht is", id="dutch"),
    ],
)
def test_who_said_something_and_whether_somebody_did_are_told_apart(question: str, sort: Asked, topic: str) -> None:
    asked = understood(question)
    assert (asked.asked, asked.topic) == (sort, topic)


@pytest.mark.parametrize(
    ("question", "history", "who"),
    [
        pytest.param("E Obama?", "Cosa ha detto Konashenkov?", "Obama", id="italian"),
        pytest.param("A Obama?", "Co powiedział Konaszenkow?", "Obama", id="polish"),
        pytest.param("那奥巴马呢？", "科纳申科夫说了什么？", "奥巴马", id="chinese"),
        pytest.param("Και ο Ομπάμα;", "Τι είπε ο Κονασένκοφ;", "Ομπάμα", id="greek"),
    ],
)
def test_a_question_follows_on(question: str, history: str, who: str) -> None:
    asked = understood(question, history=[history])
    assert (asked.asked, asked.who) == (Asked.STATEMENTS, who)


def test_nobody_is_taken_for_one_of_those_on_record(on_seed: Assistant) -> None:
    catalog = on_seed.archive.catalog
    on_record = {speaker.name for speaker in catalog.known_speakers()}
    found = {
        (name, spelling): {speaker.name for speaker in meant(re.split(r"[\s·・]", spelling)[-1], catalog).speakers}
        for name, spellings in NAMES.items()
        for spelling in spellings
    }
    assert [(key, names) for key, names in found.items() if names - {key[0]}] == []
    of_these = [bool(names) for (name, _), names in found.items() if name in on_record]
    assert sum(of_these) >= 0.75 * len(of_these)


def test_a_pronoun_of_one_language_is_a_name_in_another() -> None:
    assert is_pronoun("han")
    assert not is_pronoun("Han")
    assert understood("What did Han say?").who == "Han"
