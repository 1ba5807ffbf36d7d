"""What sort of thing a question asks for, and what in a sentence is one."""

import pytest

from assistant.expected import Expected, expected, things


@pytest.mark.parametrize(
    ("language", "question", "sort"),
    [
        pytest.param("en", "When did the bridge reopen?", Expected.DATE, id="when"),
        pytest.param("en", "In what year did the mill burn?", Expected.DATE, id="what-year"),
        pytest.param("fr", "En quelle année le moulin a-t-il brûlé ?", Expected.DATE, id="quelle-annee"),
        pytest.param("fr", "Le pont a rouvert quand ?", Expected.DATE, id="at-the-end"),
        pytest.param("de", "Seit wann ist die Brücke gesperrt?", Expected.DATE, id="seit-wann"),
        pytest.param("ru", "В каком году сгорела мельница?", Expected.DATE, id="v-kakom-godu"),
        pytest.param("en", "How many people crossed the bridge?", Expected.NUMBER, id="how-many"),
        pytest.param("fr", "À combien s'élève la facture ?", Expected.NUMBER, id="combien"),
        pytest.param("es", "¿Cuántos vecinos votaron?", Expected.NUMBER, id="cuantos"),
        pytest.param("ru", "Сколько человек погибло?", Expected.NUMBER, id="skolko"),
        pytest.param("fr", "Qui dirige le port ?", Expected.PERSON, id="qui"),
        pytest.param("fr", "À qui le port appartient-il ?", Expected.PERSON, id="behind-a-preposition"),
        pytest.param("es", "¿De quién es el puerto?", Expected.PERSON, id="de-quien"),
        pytest.param("fr", "Où le ferry accoste-t-il ?", Expected.PLACE, id="ou-with-its-accent"),
        pytest.param("de", "Wo legt die Fähre an?", Expected.PLACE, id="wo"),
        pytest.param("es", "¿Por qué cerró la mina?", Expected.REASON, id="por-que"),
        pytest.param("fr", "Le ferry ou le train va-t-il plus vite ?", None, id="ou-without-its-accent"),
        pytest.param("en", "Which prize did the man who built the mill win?", None, id="relative-who"),
        pytest.param("en", "What is built in the harbour?", None, id="what"),
        pytest.param("zh", "大桥什么时候重新开放?", None, id="a-language-without-a-table"),
    ],
)
def test_a_question_tells_what_it_asks_for(language: str, question: str, sort: Expected | None) -> None:
    assert expected(question, language) is sort


@pytest.mark.parametrize(
    ("sort", "language", "text", "asked", "held"),
    [
        pytest.param(Expected.DATE, "fr", "Il a rouvert le 3 mai.", "", True, id="day"),
        pytest.param(Expected.DATE, "en", "It reopened in 1998.", "", True, id="year"),
        pytest.param(Expected.DATE, "en", "It reopened in 1998.", "What happened in 1998?", False, id="year-asked"),
        pytest.param(Expected.NUMBER, "en", "Twelve boats sank.", "", True, id="in-words"),
        pytest.param(Expected.NUMBER, "fr", "Le bateau a coulé.", "", False, id="none"),
        pytest.param(Expected.NUMBER, "en", "All 12 boats sank.", "How many of 12 boats sank?", False, id="the-same"),
        pytest.param(Expected.PERSON, "en", "The port is run by Ana Ruiz.", "Who runs it?", True, id="person"),
        pytest.param(Expected.PERSON, "en", "The port is run by nobody.", "Who runs it?", False, id="nobody"),
        pytest.param(Expected.PERSON, "de", "Der Hafen hat einen Kran.", "Wer leitet ihn?", False, id="german-noun"),
        pytest.param(Expected.PLACE, "fr", "Le ferry accoste à Brest.", "Où ?", True, id="place"),
        pytest.param(Expected.PLACE, "fr", "Le ferry de Brest est à Brest.", "Où est Brest ?", False, id="its-own"),
        pytest.param(Expected.REASON, "es", "Cerró debido al viento.", "", True, id="reason"),
    ],
)
def test_a_sentence_holds_what_the_question_does_not_name(
    sort: Expected, language: str, text: str, asked: str, *, held: bool
) -> None:
    assert bool(things(text, sort, language, asked=asked)) is held
