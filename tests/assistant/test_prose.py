"""A model's prose to sentences: the same however it is cut into chunks, without thoughts, and in little time."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator

import pytest

from assistant.drafts import DraftSentence
from assistant.generating import thoughts
from assistant.generating.prose import Beat, drafted

Told = list[tuple[str, tuple[int, ...]] | None]


def _told(chunks: Iterable[str], language: str = "en") -> Told:
    pieces = drafted(chunks, language=language)
    return [
        (each.text, each.evidence) if isinstance(each, DraftSentence) else None
        for each in pieces
        if not isinstance(each, Beat)
    ]


PROSE = [
    pytest.param("en", "One [1]. Two [2].", [("One.", (0,)), ("Two.", (1,))], id="marker-before-the-stop"),
    pytest.param("en", "One. [1] Two. [2]", [("One.", (0,)), ("Two.", (1,))], id="marker-behind-the-stop"),
    pytest.param("en", "One [1]. [2] Forty [3].", [("One.", (0, 1)), ("Forty.", (2,))], id="markers-on-both-sides"),
    pytest.param("en", "One [1].\nTwo. [2]\nEnd", [("One.", (0,)), ("Two.", (1,)), ("End", ())], id="lines"),
    pytest.param("en", "One. Two [2].", [("One.", (1,)), ("Two.", (1,))], id="one-marker-for-two"),
    pytest.param("en", "One. [1] [2]. Two [3].", [("One.", (0, 1)), ("Two.", (2,))], id="stops-around-a-marker"),
    pytest.param(
        "en", "“It will hold,” he said. [1] “It will not.” [2]",
        [("“It will hold,” he said.", (0,)), ("“It will not.”", (1,))], id="quotations",
    ),
    pytest.param(
        "fr", "Il a dit : « Nous partons. Nous reviendrons. » [1] Puis il est parti [2].",
        [("Il a dit : « Nous partons. Nous reviendrons. »", (0,)), ("Puis il est parti.", (1,))],
        id="a-quotation-of-two-sentences",
    ),
    pytest.param(
        "en", "He met Mr. Smith [1]. The U.S. said no. [2] It cost $3.5 million [1][2].",
        [("He met Mr. Smith.", (0,)), ("The U.S. said no.", (1,)), ("It cost $3.5 million.", (0, 1))],
        id="abbreviations",
    ),
    pytest.param(
        "de", "Am 1. Oktober kam er [1]. Er zahlte 3,5 Mio. Euro. [3]",
        [("Am 1. Oktober kam er.", (0,)), ("Er zahlte 3,5 Mio. Euro.", (2,))], id="german-dates",
    ),
    pytest.param(
        "en", "One 【1】. Two【2†source】. Three [Source 3]. Four (source 4). Five [1-3].",
        [("One.", (0,)), ("Two.", (1,)), ("Three.", (2,)), ("Four.", (3,)), ("Five.", (0, 1, 2))],
        id="markers-of-other-forms",
    ),
    pytest.param(
        "en", "1. First [1].\n2. Second [2].\n- Third [3].",
        [("First.", (0,)), ("Second.", (1,)), ("Third.", (2,))], id="a-list",
    ),
    pytest.param(
        "en", "Answer: The bridge closed [1].\n\nNO_ANSWER", [("The bridge closed.", (0,)), None],
        id="preface",
    ),
    pytest.param("en", "The port (near Osk) opened [1].", [("The port (near Osk) opened.", (0,))], id="brackets"),
    pytest.param("en", "Ships [sic] waited [1]. A [x", [("Ships [sic] waited.", (0,)), ("A [x", ())], id="sic"),
    pytest.param(
        "en", "<think>It says [1]. Hmm.\nMore [2].</think>\n1. First [1].\n2. Second [2].\n- Third [3].",
        [("First.", (0,)), ("Second.", (1,)), ("Third.", (2,))], id="a-list-behind-a-thought",
    ),
    pytest.param(
        "en", "Okay, the user asks when [1].\nSo: on Monday [2].\n</think>\nOn Monday [1].", [("On Monday.", (0,))],
        id="a-thought-that-nobody-saw-begin",
    ),
    pytest.param(
        "en", "The words are there. No number yet.\n</think>On Monday [1].", [("On Monday.", (0,))],
        id="a-thought-without-a-citation",
    ),
    pytest.param(
        "en", "One [1]. <THINK>no [2].</THINK> Two [3].", [("One.", (0,)), ("Two.", (2,))], id="a-thought-between"
    ),
    pytest.param("en", "One [1]. <thinking>never ends [2].", [("One.", (0,))], id="a-thought-without-end"),
    pytest.param("en", "[THINK]So [1].[/THINK]One [1].", [("One.", (0,))], id="another-tag"),
    pytest.param("en", "Let it be <b>bold</b> [1].", [("Let it be <b>bold</b>.", (0,))], id="no-tag-of-a-thought"),
    pytest.param("en", "", [], id="nothing"),
    pytest.param(
        "zh", "港口开放【1】。船等待。[2] 完",
        [("港口开放。", (0,)), ("船等待。", (1,)), ("完", ())], id="chinese",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "told"), PROSE)
def test_prose_is_told_in_sentences_with_what_they_cite(language: str, text: str, told: Told) -> None:
    assert _told([text], language) == told


@pytest.mark.parametrize(("language", "text", "told"), PROSE)
def test_what_is_told_does_not_depend_on_how_the_text_was_cut(language: str, text: str, told: Told) -> None:
    chance = random.Random(text)
    for _ in range(60):
        assert _told(_cut(text, chance), language) == told
    assert _told(list(text), language) == told


PIECES = [
    *"“”«»\"'()[]【】.!?…,:;-*\n ",
    " [1]", "[2][3]", ". ", ". [4] ", "\n- ", "\n\n", "<think>", "</think>", "<thi",
    "[/THINK]", "M. Dupont", "Mr. Smith said", "3.5 million", "Le 1er octobre", "Z. B.", "NO_ANSWER", "Okay, ",
    "the harbour", " A", "…", "...", "   ", "Answer: ", "1. ", "U.S.", "【5†source】", "(source 6)",
    "\f", "。", "et", "Forty ships had waited",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_nonsense_of_any_kind_is_told_the_same_however_it_is_cut(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(6):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 60)))
        language = chance.choice(["en", "fr", "de"])
        whole = _told([text], language)
        assert _told(list(text), language) == whole, text
        for _ in range(4):
            assert _told(_cut(text, chance), language) == whole, text


def _cut(text: str, chance: random.Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = chance.choice([1, 1, 2, 3, 4, 5, 8, 13, 30])
        yield text[at : at + size]
        at += size


def test_a_sentence_is_told_before_the_next_one_is_written() -> None:
    read = 0

    def chunks() -> Iterator[str]:
        nonlocal read
        for word in "The harbour reopened on Monday [1]. Forty ships had waited outside the breakwater [2].".split():
            read += 1
            yield word + " "

    pieces = drafted(chunks(), language="en")
    first = next(each for each in pieces if isinstance(each, DraftSentence))
    assert first.text == "The harbour reopened on Monday."
    assert read <= 10


@pytest.mark.parametrize(
    "text",
    [
        "NO_ANSWER", "**NO_ANSWER**", "`NO_ANSWER`", "no_answer", "NO_ANSWER.", '"NO_ANSWER"', "NO\\_ANSWER",
        "NO ANSWER",
    ],
)  # fmt: skip
def test_a_model_declines_in_whatever_markup(text: str) -> None:
    assert _told([text]) == [None]
    assert _told(list(text)) == [None]


def test_an_answer_that_begins_with_those_words_is_one() -> None:
    assert _told(["No answer was given by the minister [1]."]) == [("No answer was given by the minister.", (0,))]


def test_a_model_that_was_seen_to_think_aloud_is_waited_for() -> None:
    habit = thoughts.Habit()
    # By its beginning it could be an answer.
    first = "The harbour reopened on Monday [1]. Or did it? It did [2].</think>On Monday [1]."
    assert _texts([first], habit) == ["The harbour reopened on Monday.", "On Monday."]
    again = "Forty ships had waited for days [2]. Or three? So it says [2].</think>Forty [2]."
    assert _texts(list(again), habit) == ["Forty."]
    assert _texts(["An answer without a thought [1]."], habit) == ["An answer without a thought."]


def _texts(chunks: Iterable[str], habit: thoughts.Habit) -> list[str]:
    pieces = drafted(chunks, language="en", habit=habit)
    return [each.text for each in pieces if isinstance(each, DraftSentence)]


@pytest.mark.parametrize(
    ("reply", "rest"),
    [
        pytest.param('<think>{"ids": [2]}\n</think>{"ids": [1]}', '{"ids": [1]}', id="thought"),
        pytest.param('I take 2: {"ids": [2]}</think>\n{"ids": [1]}', '{"ids": [1]}', id="end-alone"),
        pytest.param('{"ids": [1]}', '{"ids": [1]}', id="no-thought"),
        pytest.param("<think>for ever", "", id="no-end"),
        pytest.param("[1] is it.</think>[2]", "[2]", id="end-alone-behind-a-citation"),
    ],
)
def test_a_whole_reply_is_read_without_its_thoughts(reply: str, rest: str) -> None:
    assert thoughts.without(reply) == rest


DEGENERATE = [
    pytest.param(["a" + " " * 32_000 + "b."], id="spaces"),
    pytest.param(["a "] + [" " * 100] * 320 + ["b [1]."], id="spaces-in-chunks"),
    pytest.param(["..."] * 1500, id="dots"),
    pytest.param(["." * 32_000], id="dots-at-once"),
    pytest.param(["[1, "] * 8000, id="markers-that-never-close"),
    pytest.param(["[1" + "-1" * 16_000 + "."], id="a-marker-without-end"),
    pytest.param(["(source "] * 4000, id="another-marker-that-never-closes"),
    pytest.param(["\n"] * 12_000, id="empty-lines"),
    pytest.param(["so. "] * 3000, id="stops-that-end-nothing"),
    pytest.param(["<think>"] + ["so. "] * 3000, id="a-thought-without-end"),
    pytest.param(["<"] * 12_000, id="tags-that-never-close"),
    pytest.param(["“"] * 6000 + ["a. "] * 2000, id="quotations-that-never-close"),
    pytest.param(["word "] * 6000, id="no-stop"),
    pytest.param(["Okay [1. "] * 1300, id="a-thought-aloud"),
]


@pytest.mark.parametrize("chunks", DEGENERATE)
def test_a_text_that_makes_no_sense_costs_no_time(chunks: list[str]) -> None:
    _told(["Warm. "])
    started = time.process_time()
    _told(chunks)
    assert time.process_time() - started < 1.0
