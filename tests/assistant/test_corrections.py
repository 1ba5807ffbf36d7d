"""What a correction changed is shown word by word, paragraph by paragraph."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from assistant.corrections import changes, still_stand
from ingest.models import Article
from ingest.reading import plain

TEXT = "The bridge at Orle\n\nThe bridge opens on Monday.\n\nIt cost four million.\n\nNobody was hurt."


def read(text: str) -> Article:
    return plain.article(text, id="a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(TEXT, [], id="nothing"),
        pytest.param(
            TEXT.replace("four", "five"), [[("It cost ", None), ("four", "five"), (" million.", None)]], id="a-word"
        ),
        pytest.param(TEXT.replace("\n\nNobody was hurt.", ""), [[("Nobody was hurt.", "")]], id="a-paragraph-gone"),
        pytest.param(
            TEXT.replace("It cost", "Rain fell.\n\nIt cost"), [[("", "Rain fell.")]], id="a-paragraph-more"
        ),
        pytest.param(
            TEXT.replace("Monday", "Tuesday").replace("Nobody was", "Two were"),
            [
                [("The bridge opens on ", None), ("Monday", "Tuesday"), (".", None)],
                [("Nobody was", "Two were"), (" hurt.", None)],
            ],
            id="two-places",
        ),
    ],
)  # fmt: skip
def test_changed_paragraphs_are_shown_with_what_was_and_what_is(
    text: str, expected: list[list[tuple[str, str | None]]]
) -> None:
    found = [
        [(piece.before, piece.after if piece.is_change else None) for piece in paragraph]
        for paragraph in changes(read(TEXT), read(text))
    ]
    assert found == expected


def test_the_pieces_joined_are_the_two_paragraphs() -> None:
    old, new = "A b c d e f g h, i j.", "A x c y e f q g h i, j!"
    (pieces,) = changes(read("T\n\n" + old), read("T\n\n" + new))
    assert "".join(piece.before for piece in pieces) == old
    assert "".join(piece.after for piece in pieces) == new


def test_a_stated_date_that_changed_is_a_change() -> None:
    old = dataclasses.replace(read(TEXT), published=datetime.date(2024, 1, 1))
    new = dataclasses.replace(old, published=datetime.date(2024, 1, 2))
    ((piece,),) = changes(old, new)
    assert (piece.before, piece.after) == ("2024-01-01", "2024-01-02")


def test_a_long_paragraph_is_shown_as_a_whole() -> None:
    long = "word " * 2000
    ((piece,),) = changes(read("T\n\n" + long + "a"), read("T\n\n" + long + "b"))
    assert piece.before.endswith(" a")


@pytest.mark.parametrize(
    ("words", "stand"),
    [("It cost\nfour million", True), ("It cost five million", False)],
    ids=["line-break", "changed"],
)
def test_cited_words_still_stand_or_not(words: str, stand: bool) -> None:
    assert still_stand(words, read(TEXT)) is stand
