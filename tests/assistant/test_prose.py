"""A model's prose to sentences: the same however it is cut into chunks, without thoughts, and in little time."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator

import pytest

from assistant.drafts import DraftSentence
from assistant.generating import thoughts
from assistant.generating.prose import Beat, Forget, drafted
from ingest.errors import ModelFailed

Told = list[tuple[str, tuple[int, ...]] | None]


def _told(chunks: Iterable[str], language: str = "en") -> Told:
    told: Told = []
    for each in drafted(chunks, language=language):
        if isinstance(each, Forget):
            told.clear()
        elif not isinstance(each, Beat):
            told.append((each.text, each.evidence) if each is not None else None)
    return told


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
        "ja", "受け入れられると述べた[1]。彼は「協力しない。戦争は望まない。」と述べた[2]。",
        [("受け入れられると述べた。", (0,)), ("彼は「協力しない。戦争は望まない。」と述べた。", (1,))], id="japanese",
    ),
    pytest.param(
        "zh", "他说：“我们在努力。会有结果。”[1]奥巴马不同意［2］。",
        [("他说：“我们在努力。会有结果。”", (0,)), ("奥巴马不同意。", (1,))], id="chinese",
    ),
    pytest.param(
        "th", "ข้อเสนอยอมรับได้ [1] โอบามาปฏิเสธ [2]",
        [("ข้อเสนอยอมรับได้", (0,)), ("โอบามาปฏิเสธ", (1,))], id="thai",
    ),
    pytest.param(
        "hi", "प्रस्ताव ठीक हैं।[1] ओबामा ने मना किया।[2]",
        [("प्रस्ताव ठीक हैं।", (0,)), ("ओबामा ने मना किया।", (1,))], id="hindi",
    ),
    pytest.param(
        "sv", "Han sade: ”De kan godtas. Vi arbetar.” [1] Obama sade nej [2].",
        [("Han sade: ”De kan godtas. Vi arbetar.”", (0,)), ("Obama sade nej.", (1,))], id="marks-that-are-alike",
    ),
    pytest.param(
        "he", "הוא אמר: ״הן יתקבלו. אנו עובדים.״ [1] אובמה סירב [2].",
        [("הוא אמר: ״הן יתקבלו. אנו עובדים.״", (0,)), ("אובמה סירב.", (1,))], id="hebrew",
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
        "de", "5. Oktober 2015 trafen sie sich [1].\n2. Sie gingen [2].\n31. März war es [3].",
        [("5. Oktober 2015 trafen sie sich.", (0,)), ("Sie gingen.", (1,)), ("31. März war es.", (2,))],
        id="german-dates-at-the-beginning",
    ),
    pytest.param(
        "en", "1. March 3, 2015: it closed [1].\n10) It opened [2].",
        [("March 3, 2015: it closed.", (0,)), ("It opened.", (1,))], id="a-list-of-days",
    ),
    pytest.param(
        "en", 'The 6" pipe burst [1]. Two men died [2]. It was "in 1999" [3]. “It is 6" wide. It is.” [4]',
        [
            ('The 6" pipe burst.', (0,)), ("Two men died.", (1,)), ('It was "in 1999".', (2,)),
            ('“It is 6" wide. It is.”', (3,)),
        ], id="inches",
    ),
    pytest.param(
        "en", "One.\n[1]\nTwo [2].\n[3]\nThree.\n\n [4].\nFive.\nSix. Seven.\n[5][6]\n\nEight.",
        [
            ("One.", (0,)), ("Two.", (1,)), ("Three.", (3,)), ("Five.", ()), ("Six.", (4, 5)), ("Seven.", (4, 5)),
            ("Eight.", ()),
        ], id="markers-on-lines-of-their-own",
    ),
    pytest.param(
        "en", "One [1]. Two [2]. And a good deal of words.</think>Three [3].", [("Three.", (2,))],
        id="a-thought-that-was-told-already",
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
    "5. Oktober", "6\" ", "\n[1]\n", "\n1. ", "\f", "。", "et", "Forty ships had waited",
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
    assert _texts(list(first), habit) == ["On Monday."]
    assert habit.thinks_aloud
    again = "Forty ships had waited for days [2]. Or three? So it says [2].</think>Forty [2]."
    assert _texts(list(again), habit) == ["Forty."]
    assert _texts(["An answer without a thought [1]."], habit) == ["An answer without a thought."]
    assert not habit.thinks_aloud


def test_what_was_a_thought_is_taken_back() -> None:
    reply = "The harbour reopened on Monday [1]. Or did it, as it says? It did [2].</think>On Monday [1]."
    pieces = [each for each in drafted(list(reply), language="en") if not isinstance(each, Beat)]
    assert [type(each) for each in pieces] == [DraftSentence, Forget, DraftSentence]


def _texts(chunks: Iterable[str], habit: thoughts.Habit) -> list[str]:
    texts = list[str]()
    for each in drafted(chunks, language="en", habit=habit):
        if isinstance(each, Forget):
            texts.clear()
        elif isinstance(each, DraftSentence):
            texts.append(each.text)
    return texts


@pytest.mark.parametrize(
    "beginning",
    [
        "Alors, voici ce qui est dit", "We know the date", "First Minister Swinney said so", "I-95 was closed",
        "The source said no", "Now open is the port", "Je suis parti", "Also kam er", "Я видел порт", "So said he",
        "“Let us go,” he said", "The question remained open", "The user data was stolen", "Evidence was found",
        "Now I-95 is open", "Ich bin ein Berliner", "The task force met", "Well over 300 died",
    ],
)  # fmt: skip
def test_an_answer_is_told_at_its_first_citation_however_it_begins(beginning: str) -> None:
    def chunks() -> Iterator[str]:
        yield f"{beginning} [1]. It goes on with words. "
        pytest.fail("held back")

    assert "".join(_first(thoughts.spoken(chunks()))).startswith(beginning)


@pytest.mark.parametrize(
    "beginning",
    [
        "Okay, the user asks when", "Okay, the user just sent this", "The user wants to know", "Let me see",
        "Let's look", "Hmm, it says", "I need to find it", "We need to answer", "First, I look at", "Alright, so",
        "**Okay**, so it is", "D'accord, l'utilisateur", "D’accord, l’utilisateur demande", "Okay, der Benutzer",
        "Okay, der Nutzer fragt", "Ich muss sehen", "Je dois trouver", "Vale, el usuario", "Necesito ver",
        "Хорошо, пользователь", "Мне нужно найти", "好的，用户", "嗯", "首先", "用户想知道", "Now, let me see",
    ],
)  # fmt: skip
def test_a_thought_aloud_is_held_back(beginning: str) -> None:
    read = 0

    def chunks() -> Iterator[str]:
        nonlocal read
        for _ in range(5):
            read += 1
            yield f"{beginning} [1]. It goes on with words. "
        yield "</think>"

    assert "".join(_first(thoughts.spoken(chunks()))) == thoughts.FORGET
    assert read == 5


def _first(told: Iterable[str]) -> list[str]:
    return [next(each for each in told if each)]


def _broken(text: str) -> Iterator[str]:
    yield from text
    raise ModelFailed("broken")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        pytest.param("Let me say it: the port is open [1]", "Let me say it: the port is open [1]", id="held"),
        pytest.param("No number yet", "No number yet", id="before-a-citation"),
        pytest.param("<think>The port is open [1].", "", id="a-thought"),
        pytest.param("Open [1]. <think>The port", "Open [1]. ", id="a-thought-behind"),
    ],
)
def test_what_was_held_back_is_told_before_the_reply_fails(reply: str, told: str) -> None:
    parts = list[str]()
    with pytest.raises(ModelFailed):
        parts.extend(thoughts.spoken(_broken(reply)))
    assert "".join(parts) == told


def test_of_a_model_that_thinks_aloud_nothing_is_told_before_the_reply_fails() -> None:
    habit = thoughts.Habit(thinks_aloud=True)
    with pytest.raises(ModelFailed):
        assert not any(thoughts.spoken(_broken("The port is open [1]. Or is it?"), habit))
    assert habit.thinks_aloud


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
