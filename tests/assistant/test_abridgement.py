"""A sentence is verified that is one of the article's, cut down, with nothing cut out that turns it."""

from __future__ import annotations

import pytest

from assistant.verification.abridgement import Cast, is_abridged, stand_in

MAYOR = (
    "The repairs cost eleven million crowns and took nine days, the deputy mayor, Ana Ruiz, told reporters on Monday."
)
CAST = Cast(
    whose=(("ana", "ruiz"), ("the", "deputy", "mayor")),
    cues=frozenset({"told"}),
    people=("Ana Ruiz", "Ivo Zeller", "Ana Zeller"),
    speakers=frozenset({0}),
    cues_spelled=frozenset({"told"}),
)


@pytest.mark.parametrize(
    ("prose", "printed"),
    [
        pytest.param(MAYOR, MAYOR, id="copied"),
        pytest.param("The repairs cost 11 million crowns and took 9 days, Ana Ruiz said.", MAYOR, id="figures"),
        pytest.param("According to Ana Ruiz, they took nine days.", "They took nine days, Ruiz said.", id="framed"),
        pytest.param("Ruiz said that the repairs cost eleven million crowns.", MAYOR, id="surname"),
        pytest.param("According to the article, Osk paid.", "Osk paid.", id="according-to-the-article"),
        pytest.param("On 3 June, Osk paid nine crowns.", "Osk paid nine crowns on June 3.", id="date-first"),
        pytest.param("Osk, the mayor, paid.", "Osk, the mayor, also paid.", id="also"),
        pytest.param("Osk paid.", "Osk, who was late, paid.", id="clause-between-marks"),
        pytest.param("Osk paid.", "Osk paid, which surprised nobody.", id="clause-at-the-end"),
        pytest.param("Osk paid and left.", "Osk paid and left and slept.", id="and-at-the-end"),
    ],
)  # fmt: skip
def test_what_is_cut_down_is_verified(prose: str, printed: str) -> None:
    assert is_abridged(prose, [printed], "en", cast=CAST)


@pytest.mark.parametrize(
    ("prose", "printed"),
    [
        pytest.param("The port closed.", "The port opened.", id="another-word"),
        pytest.param("Osk signed a control.", "Osk signed a contract.", id="a-word-that-begins-alike"),
        pytest.param("Osk voted for it.", "Osk voted against it.", id="a-small-word"),
        pytest.param("Osk only paid.", "Osk paid.", id="a-word-put-in"),
        pytest.param("Osk paid nine crowns.", "Osk will pay nine crowns.", id="tense"),
        pytest.param("Osk resigned.", "Osk threatened to resign. He resigned.", id="verb-of-another"),
        pytest.param("Osk resigned.", "The brother of Osk resigned.", id="head-noun"),
        pytest.param("Osk paid the fine.", "Osk refused to have paid the fine.", id="governing-verb"),
        pytest.param("All of the ships left.", "Almost all of the ships left.", id="almost"),
        pytest.param("Osk beat Varn.", "Varn beat Osk.", id="changed-places"),
        pytest.param("Osk paid nine and Varn eleven.", "Osk paid eleven and Varn nine.", id="numbers-changed-places"),
        pytest.param("The port reopened.", "Without help, the port reopened.", id="clause-at-the-beginning"),
        pytest.param("Prices fell.", "Prices fell, except in Osk.", id="exception"),
        pytest.param("The port is open.", "The port is open, according to the rebels.", id="whose-claim"),
        pytest.param("The port is open.", "The port is open, Ana Ruiz said.", id="who-said-it"),
        pytest.param("It is safe.", "It is safe in most places.", id="in-most-places"),
        pytest.param("The mayor said that it is over.", "It is over, the deputy mayor said.", id="half-a-role"),
        pytest.param("The port took nine days.", "The port opened. The repairs took nine days.", id="halves-of-two"),
        pytest.param("The terrorists left.", "The “terrorists” left.", id="marks"),
        pytest.param("Osk stopped on Monday.", "Osk stopped on Monday its talks with Varn.", id="behind-a-date"),
        pytest.param("The port is open.", "The port is open, or so it seemed.", id="or-so"),
        pytest.param("Osk stole it.", "Osk stole it, his rival shouted.", id="somebodys"),
        pytest.param("Osk would have won.", "Osk would have won, had it rained.", id="had-it"),
        pytest.param("The mayor stole it.", "The mayor, the critics claim, stole it.", id="somebodys-between"),
        pytest.param("It ended, begun after a vote.", "It ended, begun on 4 March, after a vote.", id="a-mark-lost"),
        pytest.param("Osk must pay before June.", "Osk must pay before 20 June.", id="day-of-a-date"),
        pytest.param("It will not open before.", "It will not open before March.", id="date-that-is-governed"),
        pytest.param("Osk stole it.", "Osk stole it, Ivo Zeller shouted.", id="somebodys-by-name"),
        pytest.param("Ana Ruiz left.", "Ana Zeller left.", id="another-of-that-name"),
        pytest.param("Ana Ruiz said.", "It is over, Ana Ruiz said.", id="nothing-told"),
        pytest.param("The port is open, to the joy of all.", "The port is open.", id="clause-put-in"),
    ],
)
def test_what_is_turned_is_not(prose: str, printed: str) -> None:
    printed_apart = [f"{each}." for each in printed.removesuffix(".").split(". ")]
    assert not is_abridged(prose, printed_apart, "en", cast=CAST)


def test_quotations_keep_their_place() -> None:
    first, second = stand_in(0), stand_in(1)
    printed = [f"The team lost to {first} and beat {second}."]
    assert is_abridged(f"The team lost to {first} and beat {second}.", printed, "en", cast=Cast())
    assert not is_abridged(f"The team lost to {second}.", printed, "en", cast=Cast())


def test_in_german_articles_tell_who_does_what() -> None:
    assert is_abridged("Der Mann biss den Hund.", ["Der Mann biss den Hund am Montag."], "de", cast=Cast())
    assert not is_abridged("Den Mann biss der Hund.", ["Der Mann biss den Hund."], "de", cast=Cast())
    assert not is_abridged("Der Hund biss den Mann.", ["Den Hund biss der Mann."], "de", cast=Cast())


def test_long_sentences_take_no_longer_than_short_ones() -> None:
    import time

    words = "a b c d e f, " * 300
    started = time.process_time()
    is_abridged(words, [words[::-1]] * 3, "en", cast=Cast(people=tuple(f"Ana Ruiz{i}" for i in range(300))))
    assert time.process_time() - started < 3
