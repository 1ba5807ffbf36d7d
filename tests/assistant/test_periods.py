"""Stretches of time in questions."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import Day
from assistant.periods import Period, described, named

# A Sunday.
TODAY = datetime.date(2026, 11, 22)


def ends(text: str) -> tuple[str, str]:
    [period] = named(text, today=TODAY).periods
    return str(period.start or ""), str(period.end or "")


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        pytest.param("What did Ruiz say yesterday?", "2026-11-21", "2026-11-21", id="en-yesterday"),
        pytest.param("How many boats came today?", "2026-11-22", "2026-11-22", id="en-today"),
        pytest.param("What happened this week?", "2026-11-16", "2026-11-22", id="en-this-week"),
        pytest.param("What happened last week?", "2026-11-09", "2026-11-15", id="en-last-week"),
        pytest.param("What happened in the last 3 days?", "2026-11-19", "2026-11-22", id="en-last-days"),
        pytest.param("What happened two weeks ago?", "2026-11-02", "2026-11-08", id="en-ago"),
        pytest.param("What did Ruiz say on Monday?", "2026-11-16", "2026-11-16", id="en-weekday"),
        pytest.param("What did Ruiz say last October?", "2026-10-01", "2026-10-31", id="en-last-october"),
        pytest.param("And since March?", "2026-03-01", "", id="en-since"),
        pytest.param("What happened after March?", "2026-04-01", "", id="en-after"),
        pytest.param("What happened from 2 to 5 October?", "2026-10-02", "2026-10-05", id="en-figures"),
        pytest.param("What happened between 30 December and 5 January?", "2025-12-30", "2026-01-05", id="en-new-year"),
        pytest.param("Qu’a dit Ruiz hier ?", "2026-11-21", "2026-11-21", id="fr-yesterday"),
        pytest.param("Que s’est-il passé la semaine dernière ?", "2026-11-09", "2026-11-15", id="fr-last-week"),
        pytest.param("Qu’a dit Ruiz lundi dernier ?", "2026-11-16", "2026-11-16", id="fr-last-monday"),
        pytest.param("Qu’a dit Ruiz lundi ?", "2026-11-16", "2026-11-16", id="fr-monday"),
        pytest.param("Qu’a dit Ruiz ces trois derniers jours ?", "2026-11-19", "2026-11-22", id="fr-last-days"),
        pytest.param("Et depuis mars ?", "2026-03-01", "", id="fr-since"),
        pytest.param("Que s’est-il passé entre mars et mai ?", "2026-03-01", "2026-05-31", id="fr-between"),
        pytest.param("Que s’est-il passé du 2 au 5 octobre ?", "2026-10-02", "2026-10-05", id="fr-figures"),
        pytest.param("¿Qué dijo Ruiz el año pasado?", "2025-01-01", "2025-12-31", id="es-last-year"),
        pytest.param("¿Qué dijo Ruiz el lunes pasado?", "2026-11-16", "2026-11-16", id="es-last-monday"),
        pytest.param("¿Qué pasó en los últimos tres días?", "2026-11-19", "2026-11-22", id="es-last-days"),
        pytest.param("¿Y desde marzo?", "2026-03-01", "", id="es-since"),
        pytest.param("¿Qué pasó entre el 2 y el 5 de octubre?", "2026-10-02", "2026-10-05", id="es-figures"),
        pytest.param("Was ist letzte Woche passiert?", "2026-11-09", "2026-11-15", id="de-last-week"),
        pytest.param("Was sagte Ruiz am Montag?", "2026-11-16", "2026-11-16", id="de-monday"),
        pytest.param("Was hat Ruiz vor zwei Wochen gesagt?", "2026-11-02", "2026-11-08", id="de-ago"),
        pytest.param("Und seit März?", "2026-03-01", "", id="de-since"),
        pytest.param("Was geschah vom 2. bis 5. Oktober?", "2026-10-02", "2026-10-05", id="de-figures"),
        pytest.param("Что сказала Руис на прошлой неделе?", "2026-11-09", "2026-11-15", id="ru-last-week"),
        pytest.param("Что сказала Руис в понедельник?", "2026-11-16", "2026-11-16", id="ru-monday"),
        pytest.param("Что было за последние 3 дня?", "2026-11-19", "2026-11-22", id="ru-last-days"),
        pytest.param("А с марта?", "2026-03-01", "", id="ru-since"),
        pytest.param("Что было с 2 по 5 октября?", "2026-10-02", "2026-10-05", id="ru-figures"),
    ],
)
def test_what_counts_from_today_restricts(question: str, start: str, end: str) -> None:
    assert ends(question) == (start, end)
    assert named(question, today=TODAY).periods[0].restricts


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        pytest.param("What was said on Friday, 2 October 2015?", "2015-10-02", "2015-10-02", id="en-day"),
        pytest.param("What happened in May 2015?", "2015-05-01", "2015-05-31", id="en-month"),
        pytest.param("Who ruled between 1918 and 1939?", "1918-01-01", "1939-12-31", id="en-years"),
        pytest.param("What was agreed before March 2015?", "", "2015-02-28", id="en-before"),
        pytest.param("What was agreed by 2 October 2015?", "", "2015-10-02", id="en-by"),
        pytest.param("Qui a gagné en 2015 ?", "2015-01-01", "2015-12-31", id="fr-year"),
        pytest.param("Qu’a dit Ruiz jusqu’au 2 octobre 2015 ?", "", "2015-10-02", id="fr-until"),
        pytest.param("¿Qué pasó en octubre de 2015?", "2015-10-01", "2015-10-31", id="es-month"),
        pytest.param("Wer hat im Jahr 2015 gewonnen?", "2015-01-01", "2015-12-31", id="de-year"),
        pytest.param("Что было до марта 2015 года?", "", "2015-02-28", id="ru-before"),
        pytest.param("Кто победил в 2015 году?", "2015-01-01", "2015-12-31", id="ru-year"),
    ],
)
def test_what_the_calendar_names_restricts_nothing(question: str, start: str, end: str) -> None:
    assert ends(question) == (start, end)
    assert not named(question, today=TODAY).periods[0].restricts


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("What did Ruiz say on 2 October?", Day(10, 2)),
        ("Qu’a dit Ruiz vendredi 2 octobre ?", Day(10, 2)),
        ("What happened in May?", Day(5)),
        ("Que s’est-il passé en octobre ?", Day(10)),
        ("¿Qué dijo el 2 de octubre?", Day(10, 2)),
        ("Was geschah im Oktober?", Day(10)),
        ("Что он сказал в мае?", Day(5)),
    ],
)
def test_a_day_or_month_without_a_year_leaves_it_open(question: str, day: Day) -> None:
    [period] = named(question, today=TODAY).periods
    assert (period.start, period.end, period.day) == (None, None, day)
    assert period.includes(datetime.date(2015, day.month, day.day or 9))
    assert not period.includes(datetime.date(2015, day.month + 1, day.day or 9))


@pytest.mark.parametrize(
    "question",
    [
        "What did Theresa May say?",
        "What became of last week's strike?",
        "Que donne la réunion d’hier ?",
        "Mars a-t-elle de l’eau ?",
        "World Cup 2014 winner",
        "What is the last month of the year?",
        "Was ist am 31. Februar 2015?",
        "no time at all",
    ],
)
def test_what_only_looks_like_a_time_is_none(question: str) -> None:
    assert named(question, today=TODAY).periods == ()
    assert named(question, today=TODAY).without == question


@pytest.mark.parametrize(
    ("question", "without", "alone"),
    [
        ("What did Ruiz say last week?", "What did Ruiz say?", False),
        ("Qu’a dit Ruiz le 2 octobre sur le port ?", "Qu’a dit Ruiz sur le port ?", False),
        ("And since March?", "And?", True),
        ("Et la semaine dernière ?", "Et ?", True),
        ("¿Y la semana pasada?", "¿Y?", True),
        ("Und letzte Woche?", "Und?", True),
        ("А на прошлой неделе?", "А?", True),
        ("yesterday", "", True),
        ("And Putin?", "And Putin?", False),
    ],
)
def test_a_question_is_left_without_its_period(question: str, without: str, alone: bool) -> None:
    found = named(question, today=TODAY)
    assert (found.without, found.alone) == (without, alone)


@pytest.mark.parametrize(
    ("stated", "published", "meets"),
    [
        pytest.param(Day(11, 10, 2026), None, True, id="in-it"),
        pytest.param(Day(11, 10, 2025), None, False, id="another-year"),
        pytest.param(Day(11, 10), datetime.date(2026, 11, 20), True, id="of-the-year-of-publication"),
        pytest.param(Day(11, 10), datetime.date(2025, 11, 20), False, id="of-another-year-of-publication"),
        pytest.param(Day(11, 10), None, False, id="of-no-year-at-all"),
        pytest.param(Day(11), datetime.date(2026, 11, 20), True, id="a-month"),
    ],
)
def test_a_date_without_a_year_is_of_the_year_of_publication(
    stated: Day, published: datetime.date | None, meets: bool
) -> None:
    [week] = named("last week", today=TODAY).periods
    assert week.meets(stated, published=published) is meets


@pytest.mark.parametrize(
    ("question", "language", "told"),
    [
        ("last week", "en", "Only articles from 9 to 15 November 2026"),
        ("last week", "fr", "Seulement les articles du 9 au 15 novembre 2026"),
        ("last week", "es", "Solo artículos del 9 al 15 de noviembre de 2026"),
        ("last week", "de", "Nur Artikel vom 9. bis 15. November 2026"),
        ("last week", "ru", "Только статьи с 9 по 15 ноября 2026 года"),
        ("last week", "pt", "Only articles from 9 to 15 November 2026"),
        ("the last 3 months", "en", "Only articles from 22 August to 22 November 2026"),
        ("depuis mars", "fr", "Seulement les articles depuis le 1er mars 2026"),
        ("le 2 octobre", "fr", "Seulement les articles du 2 octobre"),
        ("en octobre 2015", "fr", "Seulement les articles d’octobre 2015"),
        ("в октябре 2015 года", "ru", "Только статьи за октябрь 2015 года"),
        ("im Jahr 2015", "de", "Nur Artikel aus dem Jahr 2015"),
        ("before March 2015", "en", "Only articles up to 28 February 2015"),
    ],
)
def test_a_period_is_told_in_the_language_of_the_question(question: str, language: str, told: str) -> None:
    [period] = named(question, today=TODAY).periods
    assert described(period, language, sort="only_articles") == told


@given(st.text(), st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2200, 1, 1)))
def test_any_text_on_any_day_is_read(text: str, today: datetime.date) -> None:
    found = named(text, today=today)
    assert all(isinstance(period, Period) and period.words in text for period in found.periods)


@given(st.integers(min_value=0, max_value=999), st.sampled_from(["days", "weeks", "months", "years"]))
def test_any_number_of_days_can_be_counted_back(number: int, unit: str) -> None:
    assert len(named(f"in the last {number} {unit}", today=TODAY).periods) == 1
